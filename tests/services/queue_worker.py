"""Work off a queue over one store and one spool, and die by SIGKILL at a named point: for test_worker_crash.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime

from tests.services.crash_worker import Armed, Fuse
from tests.stores.worker import opened

from loansms import Lender, OutreachService
from loansms.model import Account
from loansms.portfolio import read_book
from loansms.providers import SpoolProvider
from loansms.services import Worker

VERBS = ("take_jobs", "claim", "finish", "end_jobs", "put_jobs")


class BookFacts:
    """A book as the core system: every loan is as it was read."""

    def __init__(self, book: object) -> None:
        read = read_book(book, default_country="CN")
        self.accounts = {row.account.loan_id: row.account for row in read.rows}

    def current(self, loan_ids: Sequence[str]) -> dict[str, Account]:
        """Return the accounts asked for."""
        return {one: self.accounts[one] for one in loan_ids if one in self.accounts}


def main(store: str, spool: str, book: str, now: str, point: str, count: str) -> None:
    """Put the book into the queue, or ("work" before the point) work it off."""
    verb, _, point = point.partition(":")
    fuse = Fuse(point, int(count))
    armed = Armed(opened(store), VERBS, fuse)
    service = OutreachService(
        policy="cn-consumer",
        lender=Lender.example("CN"),
        store=armed,
        provider=Armed(SpoolProvider(spool), ("submit",), fuse),
        facts=BookFacts(book),
        window=16,
    )
    at = datetime.fromisoformat(now)
    report = service.enqueue(book, armed, now=at) if verb == "put" else Worker(service, armed).work(1000, at)
    sys.stdout.write(json.dumps([[done.row.loan_id, done.outcome.value] for done in report.rows]))

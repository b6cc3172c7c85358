"""Run a book or tell events over one store file and one spool, and die by SIGKILL at a named point.

The worker of test_crash.py: `main` takes the verb around which it dies as `point`, "none" never. A `book` of
"events:N" tells N events to N borrowers, one of "stops:N" takes in a refusal of every second of N borrowers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from typing import Any

from tests.services.parts import event

from loansms import IntakeService, Lender, OutreachService
from loansms.model import InboundMessage
from loansms.model.examples import borrower
from loansms.privacy import Secret
from loansms.providers import SpoolProvider
from loansms.stores import SqliteStore


class Fuse:
    """Counts down at one point and kills the process there."""

    def __init__(self, point: str, count: int) -> None:
        self.point, self.left = point, count

    def at(self, point: str) -> None:
        """Die here when this is the point and the count has run out."""
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def around(target: Any, verb: str, fuse: Fuse) -> None:
    """Put the fuse before and after one verb of an object."""
    plain = getattr(target, verb)

    def armed(*args: Any, **kwargs: Any) -> Any:
        fuse.at(f"before_{verb}")
        result = plain(*args, **kwargs)
        fuse.at(f"after_{verb}")
        return result

    setattr(target, verb, armed)


class Armed:
    """Delegates to a real store or provider, with a fuse around the verbs that matter."""

    def __init__(self, inner: Any, verbs: tuple[str, ...], fuse: Fuse) -> None:
        self._inner = inner
        for verb in verbs:
            setattr(self, verb, getattr(inner, verb))
            around(self, verb, fuse)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def main(store: str, spool: str, book: str, now: str, point: str, count: str) -> None:
    fuse = Fuse(point, int(count))
    service = OutreachService(
        policy="cn-consumer",
        lender=Lender.example("CN"),
        store=Armed(SqliteStore(store), ("claim", "finish", "defer", "histories"), fuse),
        provider=Armed(SpoolProvider(spool), ("submit",), fuse),
    )
    at, (kind, _, count_of) = datetime.fromisoformat(now), book.partition(":")
    if kind == "stops":
        intake = IntakeService(store=SqliteStore(store), lender=Lender.example("CN"))
        for number in range(0, int(count_of), 2):
            intake.reply(InboundMessage(borrower_id=f"B-{number}", text=Secret("TD"), received_at=at))
        rows = []
    elif kind == "events":
        people = [borrower(borrower_id=f"B-{number}") for number in range(int(count_of))]
        rows = service.notify_many([event(f"E-{one.borrower_id}", one) for one in people], now=at)
    else:
        rows = service.run(book, now=at).rows
    sys.stdout.write(
        json.dumps([[done.row.loan_id or done.row.borrower_id, done.outcome.value] for done in rows])
    )

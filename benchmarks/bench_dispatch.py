"""End to end to the sandbox: a queue worked off by one worker, beside a plain Celery task that promises nothing.

Both tell as many people of the same loans through the same sandbox. The plain task fills a text and submits: no plan, no
review of its words, no claim, no record, one task a message over Celery's in-memory broker. The worker takes jobs, plans
each loan anew, gates it, claims it under its caps and finishes it; what it keeps is on the disk before it goes on.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from servers import fresh_schema, postgres_dsn

from loansms import Lender, OutreachService
from loansms.clock import FrozenClock
from loansms.model import Accepted, Account, Channel, Message, Purpose, SubmitResult
from loansms.portfolio import read_book
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.services import Worker
from loansms.stores import FullLedger, MemoryStore, PostgresStore, SqliteStore

# It comes without types.
celery: Any = import_module("celery")
start_worker: Any = import_module("celery.contrib.testing.worker").start_worker

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
LOANS = 1_000
BOOK = [
    {
        "loan_id": f"L-{n}", "borrower_id": f"B-{n}", "phone": f"1740000{n:04}", "currency": "CNY",
        "amount_due": "1256.30", "next_due_on": "2026-09-24", "name": "D. Roe",
    }
    for n in range(LOANS)
]  # fmt: skip


class Core:
    """The lender's core system, answering from memory."""

    def __init__(self) -> None:
        self.accounts = {
            row.account.loan_id: row.account for row in read_book(BOOK, default_country="CN").rows
        }

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        return {one: self.accounts[one] for one in loan_ids}


class Counting(SandboxProvider):
    """The sandbox, which notes when the first and the last message came."""

    first = last = 0.0

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        answer = super().submit(message, deadline)
        self.last = time.perf_counter()
        self.first = self.first or self.last
        return answer


def plain_message(account: Account) -> Message:
    """Return what a team writes first: a text filled in."""
    due = account.amount_due
    return Message(
        message_id=f"m-{account.loan_id}",
        step_key=account.loan_id,
        borrower_id=account.borrower.borrower_id,
        loan_id=account.loan_id,
        to=account.borrower.phone,
        text=Secret(f"您的借款应还{due.amount}元，今日到期，请及时还款。"),
        signature="安信示例",
        purpose=Purpose.REPAYMENT_REMINDER,
        channel=Channel.SMS,
        template="plain",
        locale="zh-CN",
        segments=1,
    )


def celery_alone(core: Core) -> tuple[float, float]:
    """Return the seconds of putting a task a message on the broker, and of working them off."""
    provider, app = (
        Counting(1, reject_rate=0.0, unknown_rate=0.0),
        celery.Celery("plain", broker="memory://", set_as_current=False),
    )
    app.conf.update(
        broker_connection_retry_on_startup=False,
        broker_transport_options={"polling_interval": 0.001},
        worker_hijack_root_logger=False,
        task_ignore_result=True,
    )

    def tell(loan_id: str) -> None:
        provider.submit(plain_message(core.accounts[loan_id]), NOW + timedelta(seconds=30))

    send = app.task(name="send")(tell)

    began = time.perf_counter()
    for row in BOOK:
        send.delay(row["loan_id"])
    put = time.perf_counter() - began
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        while len(provider.outbox) < LOANS:
            time.sleep(0.01)
    # The start of Celery's worker is not counted.
    return put, provider.last - provider.first


def worker_alone(core: Core, store: FullLedger) -> tuple[float, float]:
    """Return the seconds of planning the book into the queue, and of working it off."""
    provider = Counting(1, reject_rate=0.0, unknown_rate=0.0)
    service = OutreachService(
        policy="cn-consumer",
        lender=Lender.example("CN"),
        store=store,
        provider=provider,
        facts=core,
        clock=FrozenClock(NOW),
    )
    began = time.perf_counter()
    service.enqueue(BOOK, store, now=NOW)
    put = time.perf_counter() - began
    began = time.perf_counter()
    report = Worker(service, store).work(LOANS, NOW)
    spent = time.perf_counter() - began
    if report.counts["submitted"] != LOANS or len(provider.outbox) != LOANS:
        raise AssertionError(f"the benchmark measures messages that go: {report}")
    if not all(isinstance(one.result, Accepted) for one in provider.outbox):
        raise AssertionError("the benchmark measures messages that are taken")
    return put, spent


@contextmanager
def sqlite() -> Iterator[FullLedger]:
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder) / "run.db") as store:
        yield store


@contextmanager
def postgres() -> Iterator[FullLedger]:
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema) as store:
        yield store


@contextmanager
def memory() -> Iterator[FullLedger]:
    yield MemoryStore()


def run() -> list[tuple[str, float, str]]:
    logging.getLogger("celery").setLevel(logging.ERROR)
    core = Core()
    floor_put, floor = celery_alone(core)
    told: list[tuple[str, float, str]] = []
    for name, opened in {"memory": memory, "SQLite": sqlite, "PostgreSQL": postgres}.items():
        with opened() as store:
            put, spent = worker_alone(core, store)
        told += [
            (f"worked off, {name}", floor / spent, f"plain Celery task, {LOANS / floor:,.0f}/s here"),
            (
                f"queued and worked off, {name}",
                (floor_put + floor) / (put + spent),
                "the same, put and worked off",
            ),
        ]
    return told


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.3f} x  {unit}")

"""A deployment: PostgreSQL keeps ledger and queue, Redis carries Celery's tasks, any number of workers share a book.

    celery -A celery_deployment worker --concurrency 4        # on as many machines as you like
    celery -A celery_deployment beat                          # once

Environment: LENDER_PG and LENDER_REDIS name the two servers; LENDER_SCHEMA and LENDER_SPOOL are where the ledger and, here, the
messages lie; LENDER_SHIFT rehearses another day. The loans are in the lender's own table `loans`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import psycopg
from attrs import frozen
from celery import Celery
from celery.schedules import crontab
from psycopg.rows import dict_row

from loansms import Lender, OutreachService
from loansms.clock import Clock, SystemClock
from loansms.model import Account
from loansms.portfolio import read_book
from loansms.providers import SpoolProvider
from loansms.services import Worker
from loansms.services.celery import wake, work_task
from loansms.stores import PostgresStore

app = Celery("lender", broker=os.environ["LENDER_REDIS"])
app.conf.update(
    timezone="Asia/Shanghai",
    broker_connection_retry_on_startup=True,
    # A task that takes longer than this is given out again; that does no harm, and costs a look at the queue.
    broker_transport_options={"visibility_timeout": 3600},
    beat_schedule={
        "plan": {"task": "lender.plan_the_day", "schedule": crontab(hour="9", minute="5")},
        "wake": {"task": "lender.wake_workers", "schedule": 300.0},
    },
)


class Loans:
    """The lender's own table; asked once for the book, and again just before each window of messages."""

    def book(self) -> list[dict[str, Any]]:
        """Return today's open loans, columns named as a book names them."""
        return self._asked("select * from loans where not closed order by loan_id", ())

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each loan that is still open."""
        told = self._asked("select * from loans where not closed and loan_id = any(%s)", (list(loan_ids),))
        return {row.account.loan_id: row.account for row in read_book(told).rows} if told else {}

    def _asked(self, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        with psycopg.connect(os.environ["LENDER_PG"], row_factory=dict_row) as connection:
            rows = connection.execute(query.encode(), values).fetchall()
        return [{name: one for name, one in row.items() if name != "closed"} for row in rows]


@frozen
class Rehearsal:
    """The clock of another day, the same in every process: the machine's own, shifted."""

    shift: timedelta

    def now(self) -> datetime:
        """Return the moment it would be."""
        return SystemClock().now() + self.shift


def the_clock() -> Clock:
    """Return the clock, shifted by LENDER_SHIFT seconds where another day is rehearsed."""
    shift = os.environ.get("LENDER_SHIFT")
    return Rehearsal(timedelta(seconds=float(shift))) if shift else SystemClock()


@cache
def store_of(pid: int) -> PostgresStore:
    """Return this process's store: connections do not outlive a fork."""
    del pid
    return PostgresStore(os.environ["LENDER_PG"], schema=os.environ.get("LENDER_SCHEMA", "loansms"))


def service() -> OutreachService:
    """Return the service of this process."""
    clock = the_clock()
    return OutreachService(
        policy="cn-consumer",
        lender=Lender.example(),  # your own: Lender.load("lender.toml")
        store=store_of(os.getpid()),
        provider=SpoolProvider(os.environ["LENDER_SPOOL"], clock),  # your gateway
        facts=Loans(),
        clock=clock,
    )


work = work_task(app, lambda: Worker(service(), store_of(os.getpid())))


@app.task(name="lender.plan_the_day", ignore_result=True)
def plan_the_day() -> None:
    """Put what is due today on the queue and wake the workers; given twice, it queues nothing twice."""
    store = store_of(os.getpid())
    service().enqueue(Loans().book(), store)
    wake(work, waiting=store.count_jobs())


@app.task(name="lender.wake_workers", ignore_result=True)
def wake_workers() -> None:
    """Wake the workers for what waited for its hour."""
    wake(work, waiting=store_of(os.getpid()).count_jobs())

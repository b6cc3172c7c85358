"""Celery over its in-memory broker: what is on the wire, and that a task given twice sends nothing twice."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from tests.services.parts import NOW, book, overdue
from tests.services.test_worker import Desk

from loansms.clock import FrozenClock
from loansms.errors import CallerError
from loansms.services import Worker
from loansms.services.celery import OPTIONS, wake, work_task


@signals.setup_logging.connect
def _leave_logging_alone(**_: object) -> None:
    """With a receiver Celery sets up no logging: its level of the root logger would end the watch of every other test."""


ROWS = book(*({"name": "张三", **overdue(31)} for _ in range(5)))


def app_of(name: str) -> Celery:
    app = Celery(name, broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=False,
        broker_transport_options={"polling_interval": 0.01},
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
    )
    return app


class Numbered:
    """Sends a task under a name of its own: Celery's random ones may look like codes."""

    def __init__(self, task: Any) -> None:
        self.task, self.sent = task, 0

    def delay(self, *args: Any) -> Any:
        self.sent += 1
        return self.task.apply_async(args, task_id=f"work-{self.sent}", ignore_result=False)


def test_a_worker_of_celery_sends_each_step_once() -> None:
    """Three tasks for two, as after a redelivery: five messages, and the third finds nothing."""
    app, desk = app_of("once"), Desk(ROWS, clock=FrozenClock(NOW))
    desk.enqueue()
    made: list[int] = []

    def make() -> Worker:
        made.append(1)
        return desk.worker

    task = Numbered(work_task(app, make))
    assert wake(task, waiting=desk.store.count_jobs(), most=3) == 2
    again = task.delay(3)
    with start_worker(
        app,
        pool="solo",
        perform_ping_check=False,
        loglevel="error",
    ):
        assert again.get(timeout=30, interval=0.02) == {}
    assert sorted(str(one) for one in desk.provider.loans) == [f"L-{n}" for n in range(1, 6)]
    assert made == [1]


def test_a_task_carries_a_number_and_nothing_of_anybody() -> None:
    """What lies on the broker, whole, holds no phone, name, loan, borrower, amount or step key."""
    app, desk = app_of("swept"), Desk(ROWS, clock=FrozenClock(NOW))
    desk.enqueue()
    wake(Numbered(work_task(app, lambda: desk.worker)), waiting=5)
    with app.connection_for_read() as broker:
        told = broker.default_channel._get("celery")
    assert told["body"]
    lying = repr(told) + repr(b64decode(told["body"]))
    key = desk.store.take_jobs(1, NOW, timedelta(minutes=1))[0].job.step_key
    assert not [one for one in ("1740000", "张三", "L-1", "B-1", "1256", key) if one in lying]


def test_redelivery_is_asked_for_and_faults_are_not_tried_again() -> None:
    """A process that dies with a task leaves it to the next; the task itself is never repeated for a fault."""
    task = work_task(app_of("options"), lambda: Desk(ROWS).worker)
    assert {name: getattr(task, name) for name in OPTIONS} == OPTIONS
    with pytest.raises(CallerError, match="most"):
        wake(task, waiting=1, most=0)
    assert wake(task, waiting=0) == 0

"""Celery as what wakes the workers: a task says how many jobs to work off, and the jobs stay in the store's queue.

    work = work_task(app, make_worker)          # where the host's tasks are
    wake(work, waiting=store.count_jobs())      # after `OutreachService.enqueue`, and from beat

A task's whole payload is one number, so a broker, its logs and its result backend hold nothing of anybody, not even a
step key. Whether Celery delivers a task twice, late or to two workers at once changes nothing: each job is in one
worker's hands, and the claim decides what is sent.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from attrs import define, field

from loansms.errors import CallerError
from loansms.services.sending._sync.worker import Worker

JOBS_A_TASK = 500
"""How many jobs a task works off: few enough to end soon, enough that the broker's work is nothing beside them."""

# A task that its process did not live to acknowledge comes again; it is not tried again for a fault, because
# the jobs are back in the queue by then and the next task has them.
OPTIONS = {"acks_late": True, "reject_on_worker_lost": True, "max_retries": 0, "ignore_result": True}


class CeleryApp(Protocol):
    """What is asked of `celery.Celery`."""

    def task(self, *args: Any, **options: Any) -> Any:
        """Return a decorator that registers a task."""
        ...


class WorkTask(Protocol):
    """What is asked of a task of Celery's."""

    def delay(self, *args: Any) -> Any:
        """Put one call of it on the broker."""
        ...


@define
class _OfProcess:
    """One worker for each process: a store's connections do not outlive a fork."""

    make: Callable[[], Worker]
    pid: int = 0
    worker: Worker | None = None
    lock: threading.Lock = field(factory=threading.Lock)

    def __call__(self) -> Worker:
        with self.lock:
            if self.worker is None or self.pid != os.getpid():
                self.worker, self.pid = self.make(), os.getpid()
            return self.worker


def work_task(app: CeleryApp, make_worker: Callable[[], Worker], *, name: str = "loansms.work") -> Any:
    """Register and return the task that works off jobs; it returns how many had each outcome.

    `make_worker` is called once in each process, on its first task.
    """
    worker_of = _OfProcess(make_worker)

    def work(most: int = JOBS_A_TASK) -> dict[str, int]:
        report = worker_of().work(most)
        return dict(Counter(row.outcome.value for row in report.rows))

    return app.task(name=name, **OPTIONS)(work)


def wake(task: WorkTask, *, waiting: int, most: int = JOBS_A_TASK) -> int:
    """Put as many tasks on the broker as `waiting` jobs need, `most` jobs each; return how many.

    Too many do no harm: a task that finds nothing ends at once. Raise CallerError when `most` is not positive.
    """
    if most < 1:
        raise CallerError(f"most: expected 1 or more, got {most}", f"most：应不小于 1，实际为 {most}")
    tasks = -(-waiting // most)
    for _ in range(tasks):
        task.delay(most)
    return tasks

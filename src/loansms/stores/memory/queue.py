"""The queue in memory: for tests and for one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import evolve

from loansms.clock import require_aware
from loansms.stores.queue import Job, TakenJob


class MemoryQueue:
    """Jobs under the lock of the store they belong to."""

    def __init__(self, lock: threading.RLock, token: Callable[[], str]) -> None:
        self._held = lock
        self._draw = token
        self._jobs: dict[str, Job] = {}
        self._hands: dict[str, tuple[str, datetime]] = {}

    def put_jobs(self, jobs: Sequence[Job]) -> int:
        """Add jobs; a step key that waits already stays as it is. Return how many are new."""
        with self._held:
            before = len(self._jobs)
            for job in jobs:
                self._jobs.setdefault(job.step_key, job)
            return len(self._jobs) - before

    def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]:
        """Take up to `most` jobs that may go `at` now and are in nobody's hands, the most urgent first."""
        require_aware(at, "at")
        with self._held:
            free = [
                job
                for key, job in self._jobs.items()
                if job.not_before <= at and (key not in self._hands or self._hands[key][1] <= at)
            ]
            free.sort(key=lambda job: (-job.priority, job.not_before, job.step_key))
            taken = [TakenJob(job, self._draw()) for job in free[:most]]
            self._hands.update({one.job.step_key: (one.token, at + lease_for) for one in taken})
            return taken

    def end_jobs(self, taken: Sequence[TakenJob]) -> int:
        """Remove jobs that are done with; one whose lease went to somebody else stays."""
        with self._held:
            mine = {one.job.step_key for one in taken if self._in_hand(one)}
            for key in mine:
                del self._jobs[key], self._hands[key]
            return len(mine)

    def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int:
        """Put jobs back for a later moment; return how many were still held."""
        require_aware(not_before, "not_before")
        with self._held:
            mine = [one.job for one in taken if self._in_hand(one)]
            for job in mine:
                self._jobs[job.step_key] = evolve(job, not_before=not_before)
                del self._hands[job.step_key]
            return len(mine)

    def oldest_job(self) -> datetime | None:
        """Return since when the job that waits longest may go, None when there is no job."""
        with self._held:
            return min((job.not_before for job in self._jobs.values()), default=None)

    def count_jobs(self) -> int:
        """Return how many jobs wait or are in a worker's hands."""
        with self._held:
            return len(self._jobs)

    def _in_hand(self, one: TakenJob) -> bool:
        return self._hands.get(one.job.step_key, ("",))[0] == one.token

"""The queue of steps that several workers share: a job names its step and its loan, and nothing of the person.

Each job is taken by one worker for a lease and comes back when the worker falls silent; what is sent once is the
claim's affair, so a job that comes twice does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from attrs import field, frozen

from loansms.clock import require_aware


@frozen(kw_only=True)
class Job:
    """One planned step: its key, its loan and tenant, when it may go at the earliest and until when.

    A higher `priority` goes first. ``deadline`` None = none: what is left then is not sent late, but planned anew.
    """

    step_key: str
    tenant: str
    borrower_id: str
    loan_id: str
    priority: int = 0
    not_before: datetime = field(converter=require_aware)
    deadline: datetime | None = None


@frozen
class TakenJob:
    """A job in a worker's hands until its lease ends; `token` is what it is finished under."""

    job: Job
    token: str = field(repr=False)


class JobQueue(Protocol):
    """Jobs in, jobs out; every verb one atomic operation."""

    def put_jobs(self, jobs: Sequence[Job]) -> int:
        """Add jobs; a step key that waits already stays as it is. Return how many are new."""
        ...

    def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]:
        """Take up to `most` jobs that may go `at` now and are in nobody's hands, the most urgent first."""
        ...

    def end_jobs(self, taken: Sequence[TakenJob]) -> int:
        """Remove jobs that are done with; one whose lease went to somebody else stays. Return how many went."""
        ...

    def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int:
        """Put jobs back for a later moment; return how many were still held."""
        ...

    def oldest_job(self) -> datetime | None:
        """Return since when the job that waits longest may go, None when there is no job."""
        ...

    def count_jobs(self) -> int:
        """Return how many jobs wait or are in a worker's hands."""
        ...


class AsyncJobQueue(Protocol):
    """`JobQueue`, awaited: the same verbs, arguments and answers."""

    async def put_jobs(self, jobs: Sequence[Job]) -> int: ...  # noqa: D102

    async def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]: ...  # noqa: D102

    async def end_jobs(self, taken: Sequence[TakenJob]) -> int: ...  # noqa: D102

    async def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int: ...  # noqa: D102

    async def oldest_job(self) -> datetime | None: ...  # noqa: D102

    async def count_jobs(self) -> int: ...  # noqa: D102

"""Through a queue that workers share: what a run would send becomes jobs, and jobs become what is sent.

The parts of the service that this needs are named as abstract: it plans and sends by the same gate, claim and record as
a run does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from loansms.clock import Clock, RunningClock, require_aware
from loansms.errors import ConfigurationError
from loansms.model import History
from loansms.planning import PlanRow
from loansms.portfolio import Book, with_known_lenders
from loansms.services.sending.claims import key_of, unsent
from loansms.services.sending.facts import AsyncFactSource, checked_facts
from loansms.services.sending.jobs import book_of, ended, jobs_of, not_planned, queued, wanted
from loansms.services.sending.report import RunReport, RunRow
from loansms.services.sending.setup import Setup
from loansms.services.watching.signals import Signals
from loansms.stores import AsyncJobQueue, Job


class AsyncQueueing(ABC):
    """What an outreach service offers to a queue and its workers."""

    setup: Setup
    _clock: Clock
    _facts: AsyncFactSource | None
    _window: int
    _signals: Signals

    @property
    def clock(self) -> Clock:
        """The clock the service goes by."""
        return self._clock

    @property
    def window(self) -> int:
        """How many rows are claimed together."""
        return self._window

    async def enqueue(
        self, book: object, queue: AsyncJobQueue, *, now: datetime | None = None, **reading: Any
    ) -> RunReport:
        """Plan the whole book at `now` and put what goes now, or at a known later instant, into `queue`; send nothing.

        `queue` is as a rule the store itself. A row whose step waits there or was put there now is told as PLANNED; a
        step that waits already stays as it is, so the same book may be given twice. Arguments as for `run`.
        """
        at = require_aware(now or self._clock.now())
        read, setup = self._read(book, reading), self.setup.in_force(at.date())
        planned, _ = await self._planned(read, at, setup)
        await self._remember_deferred([row for _, row in planned])
        jobs = [list(jobs_of(row, at)) for _, row in planned]
        await queue.put_jobs([job for several in jobs for job in several])
        rows = [
            queued(row, line) if several else unsent(row, line)
            for (line, row), several in zip(planned, jobs, strict=True)
        ]
        await self._written(rows, at, setup)
        return self._report(read, at, rows)

    async def send_jobs(self, jobs: Sequence[Job], *, now: datetime | None = None) -> list[RunRow]:
        """Plan the loans of `jobs` again from today's facts and send those whose step is still the job's.

        Return one row a job, in their order; `AsyncWorker` ends or gives back the jobs by them. Nothing is sent twice,
        whoever has the same job in hand: the claim decides. Raise ConfigurationError for a service without `facts`: a
        job carries none.
        """
        if self._facts is None:
            raise ConfigurationError(
                "facts: expected a FactSource, because a job carries no account; give one to the service",
                "facts：任务不含借据信息，需为服务提供 FactSource",
            )
        at = require_aware(now or self._clock.now())
        clock, setup = RunningClock(at, self._clock), self.setup.in_force(at.date())
        if not jobs:
            return []
        fresh = checked_facts(await self._facts.current(list({job.loan_id: None for job in jobs})))
        book = with_known_lenders(book_of(jobs, fresh, at), self.setup.lenders)
        planned, histories = await self._planned(book, at, setup)
        rows = [row for _, row in planned]
        going = wanted(rows, jobs)
        sent: dict[str, RunRow] = {}
        for first in range(0, len(going), self._window):
            window = going[first : first + self._window]
            told = await self._send_window(window, histories, clock, setup, facts_at=at)
            sent.update((key_of(row), one) for row, one in zip(window, told, strict=True))
        await self._remember_deferred([row for row in rows if key_of(row) not in sent])
        theirs: defaultdict[str, list[PlanRow]] = defaultdict(list)
        for row in rows:
            theirs[row.loan_id].append(row)
        done = [not_planned(job, fresh, at) or ended(job, theirs[job.loan_id], sent) for job in jobs]
        settled = await self._settled(done, at)
        await self._written(settled, at, setup)
        return settled

    @property
    def signals(self) -> Signals:
        """Where the service tells of its work."""
        return self._signals

    @abstractmethod
    def _read(self, book: object, reading: Mapping[str, Any]) -> Book: ...

    @abstractmethod
    async def _planned(
        self, book: Book, at: datetime, setup: Setup
    ) -> tuple[list[tuple[int, PlanRow]], Mapping[str, History]]: ...

    @abstractmethod
    async def _send_window(
        self,
        rows: Sequence[PlanRow],
        histories: Mapping[str, History],
        clock: Clock,
        setup: Setup,
        *,
        facts_at: datetime | None = None,
    ) -> list[RunRow]: ...

    @abstractmethod
    async def _settled(self, rows: Sequence[RunRow], at: datetime) -> list[RunRow]: ...

    @abstractmethod
    async def _written(self, rows: Iterable[RunRow], at: datetime, setup: Setup) -> None: ...

    @abstractmethod
    async def _remember_deferred(self, rows: Iterable[PlanRow]) -> None: ...

    @abstractmethod
    def _report(self, book: Book, at: datetime, rows: Sequence[RunRow]) -> RunReport: ...

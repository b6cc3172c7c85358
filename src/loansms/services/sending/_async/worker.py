"""A worker: takes jobs from the queue, has the service send them, ends what is settled and gives back what waits.

Any number of workers may share one queue and one ledger. A worker that dies leaves its jobs to the next one once their
lease ends, and the claim then answers for what it had sent: nothing goes twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from loansms.clock import AsyncPause, RunningClock, require_aware
from loansms.errors import ConfigurationError, StoreError
from loansms.services.sending._async.queueing import AsyncQueueing
from loansms.services.sending.jobs import back
from loansms.services.sending.report import RunReport, RunRow
from loansms.services.watching.signals import Figure, Span
from loansms.stores import AsyncJobQueue, TakenJob
from loansms.stores.claims import LEASE_FOR


class AsyncWorker:
    """Sends what waits in `queue` through `service`, an `AsyncOutreachService` with a fact source.

    No more than one window of the service is ever in hand. A job is held for `lease_for`, which has to be longer than a
    window takes; `retry_for` is the wait of a job that is stopped by a brake, `idle_for` that of a worker that
    found nothing to do. Raise ConfigurationError for waits that are not positive.
    """

    def __init__(
        self,
        service: AsyncQueueing,
        queue: AsyncJobQueue,
        *,
        lease_for: timedelta = LEASE_FOR,
        retry_for: timedelta = timedelta(minutes=5),
        idle_for: timedelta = timedelta(seconds=1),
        pause: AsyncPause | None = None,
    ) -> None:
        if min(lease_for, retry_for, idle_for) <= timedelta(0):
            raise ConfigurationError(
                "worker: lease_for, retry_for and idle_for must be positive",
                "worker：lease_for、retry_for、idle_for 必须为正",
            )
        self._service = service
        self._queue = queue
        self._lease_for = lease_for
        self._retry_for = retry_for
        self._idle_for = idle_for
        self._pause = pause or AsyncPause()
        self._stopped = False

    def stop(self) -> None:
        """Take no further window: the one in hand is finished, everything else stays in the queue.

        It may be called from a signal handler or another thread.
        """
        self._stopped = True

    async def work(self, most: int, now: datetime | None = None) -> RunReport:
        """Send up to `most` jobs that may go now, the most urgent first; return one row a job.

        DEFERRED rows, and DENIED ones that name a time, are back in the queue for then; all others are done with. What
        the service or the store raises comes out, and the jobs in hand go back.
        """
        at = require_aware(now or self._service.clock.now())
        clock = RunningClock(at, self._service.clock)
        rows: list[RunRow] = []
        while len(rows) < most and not self._stopped:
            moment = clock.now()
            size = min(self._service.window, most - len(rows))
            taken = await self._queue.take_jobs(size, moment, self._lease_for)
            if not taken:
                break
            with self._service.signals.span(Span.WORK):
                rows += await self._window(taken, moment)
        versions = [f"{name} {version}" for name, version in self._service.setup.versions.items()]
        return RunReport(now=at, rows=rows, versions=versions, book="jobs")

    async def run(
        self, until: datetime | None = None, *, on_report: Callable[[RunReport], None] | None = None
    ) -> dict[str, int]:
        """Work window after window until `until` (None: for ever) or `stop`; return how many jobs had each outcome.

        `on_report` is handed the report of every window that had jobs.
        """
        clock, counts = self._service.clock, Counter[str]()
        while not self._stopped and (until is None or clock.now() < until):
            report = await self.work(self._service.window)
            if report.rows:
                counts.update(row.outcome.value for row in report.rows)
                if on_report:
                    on_report(report)
            elif not self._stopped:
                await self._pause(self._idle_for)
        return dict(counts)

    async def _window(self, taken: Sequence[TakenJob], at: datetime) -> list[RunRow]:
        rows: list[RunRow] = []
        signals = self._service.signals
        for one in taken:
            signals.add(Figure.QUEUE_LAG, (at - one.job.not_before).total_seconds())
        try:
            told = await self._service.send_jobs([one.job for one in taken], now=at)
            after: defaultdict[datetime | None, list[TakenJob]] = defaultdict(list)
            for one, done in zip(taken, told, strict=True):
                row, when = back(done, one.job, at, self._retry_for)
                after[when].append(one)
                rows.append(row)
            # What is settled first: a crash here brings back only what waits anyway.
            await self._queue.end_jobs(after.pop(None, []))
            for when, several in after.items():
                if when is not None:
                    await self._queue.give_back_jobs(several, when)
        finally:
            if len(rows) < len(taken):
                # Something was raised. The claim knows what was sent of it; a store that fails now keeps the lease.
                with suppress(StoreError):
                    await self._queue.give_back_jobs(taken, at)
        for outcome, count in Counter(row.outcome.value for row in rows).items():
            signals.add(Figure.ROWS, count, outcome=outcome)
        return rows

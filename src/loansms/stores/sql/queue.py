"""The queue over any SQL database: several workers take from it, each its own jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from loansms.stores.queue import Job, TakenJob
from loansms.stores.rows import job_from, job_row, micros, moment
from loansms.stores.sql import statements as sql
from loansms.stores.sql.claiming import SqlClaims
from loansms.stores.sql.dialect import COLUMNS


class SqlQueue(SqlClaims):
    """Jobs in, jobs out."""

    def put_jobs(self, jobs: Sequence[Job]) -> int:
        """Add jobs; a step key that waits already stays as it is. Return how many are new."""
        new = self._db.dialect.skip("ledger_job", COLUMNS["ledger_job"], ("step_key",))
        with self._db.writing() as db:
            # The first of a key stays, in this list as in the table.
            first = {one.step_key: one for one in reversed(jobs)}
            return db.tell_each(new, [job_row(first[key]) for key in sorted(first)])

    def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]:
        """Take up to `most` jobs that may go `at` now and are in nobody's hands, the most urgent first."""
        now, until = micros(at), micros(at + lease_for)
        with self._db.writing() as db:
            rows = db.ask((self._sql(sql.FREE_JOBS), (now, now, most)))[0]
            taken = [TakenJob(job_from(*row), self._token()) for row in rows]
            if taken:
                db.later(self._sql(sql.TAKE_JOB), [(one.token, until, one.job.step_key) for one in taken])
        return taken

    def end_jobs(self, taken: Sequence[TakenJob]) -> int:
        """Remove jobs that are done with; one whose lease went to somebody else stays."""
        with self._db.writing() as db:
            return db.tell_each(self._sql(sql.END_JOB), [(one.job.step_key, one.token) for one in taken])

    def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int:
        """Put jobs back for a later moment; return how many were still held."""
        when = micros(not_before, "not_before")
        with self._db.writing() as db:
            held = [(when, one.job.step_key, one.token) for one in taken]
            return db.tell_each(self._sql(sql.GIVE_BACK_JOB), held)

    def oldest_job(self) -> datetime | None:
        """Return since when the job that waits longest may go, None when there is no job."""
        with self._db.reading() as db:
            since: int | None = db.ask((self._sql(sql.OLDEST_JOB), ()))[0][0][0]
        return None if since is None else moment(since)

    def count_jobs(self) -> int:
        """Return how many jobs wait or are in a worker's hands."""
        with self._db.reading() as db:
            count: int = db.ask((self._sql(sql.COUNT_JOBS), ()))[0][0][0]
        return count

"""Checks of a queue: a job is in one hand at a time, and comes back when the hand lets go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from loansms.stores import Job
from loansms.testing.examples import AT
from loansms.testing.kept_case import KeptCase

LEASE = timedelta(minutes=5)
HOUR = timedelta(hours=1)


def _job(step_key: str, **changes: Any) -> Job:
    fields: dict[str, Any] = {"tenant": "bank", "borrower_id": "B-1", "loan_id": "L-1", "not_before": AT}
    return Job(step_key=step_key, **{**fields, **changes})


class QueueChecks(KeptCase):
    """Jobs in, jobs out."""

    def test_a_job_is_put_once(self) -> None:
        """A step key that waits already is not put again."""
        with self.opened_full() as store:
            assert store.put_jobs([_job("s-1"), _job("s-2")]) == 2
            assert store.put_jobs([_job("s-2"), _job("s-3")]) == 1
            assert store.count_jobs() == 3

    def test_of_two_jobs_of_one_step_the_first_is_kept(self) -> None:
        """Whether it came in one list or in two, and with however many others."""
        with self.opened_full() as store:
            first = [_job("s-1", priority=7), _job("s-2"), _job("s-1", priority=1)]
            assert store.put_jobs(first) == 2
            assert store.put_jobs([_job("s-2", priority=9), _job("s-3")]) == 1
            taken = store.take_jobs(9, AT, LEASE)
            assert [(one.job.step_key, one.job.priority) for one in taken] == [
                ("s-1", 7),
                ("s-2", 0),
                ("s-3", 0),
            ]
            assert store.end_jobs([*taken, *taken]) == 3
            assert store.put_jobs([]) == store.end_jobs([]) == store.give_back_jobs([], AT) == 0

    def test_the_job_that_waits_longest_is_told(self) -> None:
        """By when it could have gone; a job for tomorrow is not late today."""
        with self.opened_full() as store:
            assert store.oldest_job() is None
            store.put_jobs(
                [_job("s-1", not_before=AT + HOUR), _job("s-2"), _job("s-3", not_before=AT + HOUR)]
            )
            assert store.oldest_job() == AT
            store.end_jobs(store.take_jobs(1, AT, LEASE))
            assert store.oldest_job() == AT + HOUR

    def test_the_most_urgent_goes_first_and_only_once(self) -> None:
        """What may not go yet stays; what another holds is left out."""
        with self.opened_full() as store:
            late = _job("s-3", not_before=AT + HOUR, priority=9)
            jobs = [_job("s-1"), _job("s-2", priority=5, deadline=AT + HOUR), late]
            store.put_jobs(jobs)
            first = store.take_jobs(1, AT, LEASE)
            assert [one.job for one in first] == [jobs[1]]
            assert [one.job.step_key for one in store.take_jobs(9, AT, LEASE)] == ["s-1"]
            assert store.take_jobs(9, AT, LEASE) == []
            assert [one.job for one in store.take_jobs(1, AT + HOUR, LEASE)] == [late]

    def test_a_silent_hand_lets_go(self) -> None:
        """When its lease is over the job is taken anew, and the old hand can end it no more."""
        with self.opened_full() as store:
            store.put_jobs([_job("s-1")])
            old = store.take_jobs(1, AT, LEASE)
            new = store.take_jobs(1, AT + LEASE, LEASE)
            assert [one.job.step_key for one in new] == ["s-1"]
            assert store.end_jobs(old) == 0
            assert store.end_jobs(new) == 1
            assert store.count_jobs() == 0

    def test_a_job_is_given_back_for_later(self) -> None:
        """And by nobody who does not hold it."""
        with self.opened_full() as store:
            store.put_jobs([_job("s-1")])
            taken = store.take_jobs(1, AT, LEASE)
            assert store.give_back_jobs(taken, AT + HOUR) == 1
            assert store.give_back_jobs(taken, AT) == 0
            assert store.take_jobs(1, AT, LEASE) == []
            assert len(store.take_jobs(1, AT + HOUR, LEASE)) == 1

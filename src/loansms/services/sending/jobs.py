"""Between a planned row and the queue: the job it becomes, and what became of a job when its loan was planned again.

A job names a step, a loan and a borrower id and nothing else of the person; its words and its number are made anew,
from that day's facts, by the worker that sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve

from loansms.model import Account, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.portfolio import Book, BookRow
from loansms.services.sending.claims import key_of, outcome_of_twin, unsent, waits_until
from loansms.services.sending.recheck import ANOTHER_LOAN, NO_LONGER_THERE
from loansms.services.sending.report import Outcome, RunRow
from loansms.stores import Job

PAST_DEADLINE = Reason(
    "past_deadline",
    "house",
    "The last day on which this step may speak is over; it is not sent late.",
    message_zh="该步骤可发送的最后一天已过，不再补发。",
)
ANOTHER_STEP = Reason(
    "another_step_due",
    "house",
    "The loan has moved on since the job was queued: its step is no longer the one that is due.",
    message_zh="借据状态已变化，排队时的步骤已不是当前应执行的步骤。",
)


def jobs_of(row: PlanRow, at: datetime) -> Iterator[Job]:
    """Yield the jobs of a row that goes now or at a known later instant: its own, and those of the loans joined to it.

    The joined ones have its priority, so that a worker takes them together with it. An event's row yields none: its
    values are not in any book.
    """
    known = row.decision is PlanDecision.SEND or (row.decision is PlanDecision.DEFER and row.send_at)
    if not known or row.account is None:
        return
    starts = at if row.decision is PlanDecision.SEND else (row.send_at or at)
    for one in (row, *row.joined):
        deadline = _deadline(one)
        if deadline is None or starts < deadline:
            yield Job(
                step_key=key_of(one),
                tenant=one.tenant,
                borrower_id=one.borrower_id,
                loan_id=one.loan_id,
                priority=row.priority,
                not_before=starts,
                deadline=deadline,
            )


def queued(row: PlanRow, line: int) -> RunRow:
    """Return how a row is told that was put into the queue: planned."""
    return RunRow(row, Outcome.PLANNED, line)


def book_of(jobs: Sequence[Job], fresh: Mapping[str, Account], at: datetime) -> Book:
    """Return the accounts to plan for `jobs`, each loan once; its line is the place of its first job, from 1.

    Left out are a loan that is no longer there or is another than the job's, and one whose jobs are all past their
    deadline.
    """
    places: dict[str, int] = {}
    for place, job in enumerate(jobs, 1):
        if not_planned(job, fresh, at) is None:
            places.setdefault(job.loan_id, place)
    rows = tuple(BookRow(place, fresh[loan_id]) for loan_id, place in places.items())
    return Book(name="jobs", rows=rows)


def not_planned(job: Job, fresh: Mapping[str, Account], at: datetime) -> RunRow | None:
    """Return the outcome of a job whose loan need not be planned, None where it must be."""
    if job.deadline is not None and at >= job.deadline:
        return _without_row(job, PlanDecision.NONE, PAST_DEADLINE)
    account = fresh.get(job.loan_id)
    if account is None:
        return _without_row(job, PlanDecision.NONE, NO_LONGER_THERE)
    if account.loan_id != job.loan_id or account.borrower.borrower_id != job.borrower_id:
        return _without_row(job, PlanDecision.DENY, ANOTHER_LOAN)
    return None


def wanted(planned: Iterable[PlanRow], jobs: Iterable[Job]) -> list[PlanRow]:
    """Return the planned rows that go now and whose step is one of the jobs', the most urgent first."""
    keys = {job.step_key for job in jobs}
    going = [row for row in planned if row.decision is PlanDecision.SEND and key_of(row) in keys]
    return sorted(going, key=lambda row: -row.priority)


def ended(job: Job, planned: Sequence[PlanRow], sent: Mapping[str, RunRow]) -> RunRow:
    """Return what became of a job; `planned` are the rows of its loan, `sent` those carried out, by step key."""
    done = sent.get(job.step_key)
    if done is not None:
        return done
    row = next((one for one in planned if key_of(one) == job.step_key), None)
    if row is not None:
        winner = _speaker(job.step_key, sent)
        return unsent(row) if winner is None or _told(winner) else outcome_of_twin(row, winner)
    if planned and planned[0].decision not in (PlanDecision.SEND, PlanDecision.DEFER):
        return unsent(planned[0])
    return _without_row(job, PlanDecision.NONE, ANOTHER_STEP)


def back(done: RunRow, job: Job, at: datetime, retry_for: timedelta) -> tuple[RunRow, datetime | None]:
    """Return a job's outcome, and from when on it waits for its next worker: None where the queue is done with it.

    `retry_for` is the wait where no later instant is known: behind a brake, or where another process holds a joined
    loan. What would wait past the job's deadline does not wait.
    """
    if done.outcome not in (Outcome.DEFERRED, Outcome.DENIED):
        return done, None
    told = waits_until(done.row)
    if told is None and done.outcome is Outcome.DENIED:
        return done, None
    until = max(told or at, at + retry_for)
    if job.deadline is None or until < job.deadline:
        return done, until
    if done.outcome is Outcome.DENIED:
        return done, None
    reasons = (PAST_DEADLINE, *done.row.reasons)
    return unsent(
        evolve(done.row, decision=PlanDecision.NONE, reasons=reasons, text=None, send_at=None)
    ), None


def _deadline(row: PlanRow) -> datetime | None:
    if row.last_on is None or row.borrower is None:
        return None
    return row.borrower.start_of(row.last_on + timedelta(days=1))


def _without_row(job: Job, decision: PlanDecision, why: Reason) -> RunRow:
    row = PlanRow(
        loan_id=job.loan_id,
        borrower_id=job.borrower_id,
        decision=decision,
        reasons=(why,),
        tenant=job.tenant,
        priority=job.priority,
    )
    return unsent(row)


def _speaker(step_key: str, sent: Mapping[str, RunRow]) -> RunRow | None:
    """Return the row that spoke, or was to speak, for the step of another loan."""
    return next(
        (one for one in sent.values() if any(key_of(row) == step_key for row in one.row.joined)), None
    )


def _told(winner: RunRow) -> bool:
    return winner.outcome in (Outcome.SUBMITTED, Outcome.ALREADY_DONE)

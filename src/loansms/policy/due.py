"""Which step is due for one account today, or why none is: exactly one answer for every account and instant.

Asked in this order: is anything owed, does a hold stop the ladder, has today's step been done, is it due.
Contacts of the past play no part, so that a trimmed history changes nothing; only the marks of steps do.

>>> from datetime import datetime, timezone
>>> from loansms.model import History
>>> from loansms.model.examples import account
>>> from loansms.policy import Policy
>>> now = datetime(2026, 9, 25, 2, 0, tzinfo=timezone.utc)
>>> answer = Policy.preset("cn-consumer").next_step(account(), History(), (), now)
>>> answer.stage, answer.step, answer.template, answer.why.code, answer.due_at.isoformat()
('early', 'day-1', 'collection.early', 'overdue_early', '2026-09-25T00:00:00+08:00')
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import frozen

from loansms.model import Account, Channel, History, Hold, HoldKind, Purpose, Reason, RecipientRole, StepMark
from loansms.model.decision import no_truth
from loansms.policy import why
from loansms.policy.ladder import Ladder, Rung
from loansms.policy.stages import SendAt, Stage, Step


@frozen(kw_only=True)
class StepDue:
    """A step that is due.

    ``due_at`` is the first instant of its day in the borrower's likeliest zone (aware); ``due_on`` the date it
    counts from, which belongs to its dedupe key. ``last_on`` is the last day on which it may speak (None: no end): a
    step that has to wait beyond it is over. ``channel`` is the first choice of the step's ``channels``, which go out
    ``together`` or one after another. ``obligatory``: a duty that no cap of the lender's own may keep back. ``send_at``:
    for which hour it waits.
    """

    stage: str
    step: str
    channel: Channel
    template: str
    recipient: RecipientRole
    due_at: datetime
    due_on: date
    last_on: date | None = None
    purpose: Purpose
    priority: int
    why: Reason
    channels: tuple[Channel, ...] = ()
    obligatory: bool = False
    together: bool = False
    send_at: SendAt | None = None
    __bool__ = no_truth


@frozen(kw_only=True)
class NothingDue:
    """Nothing is due, and why.

    ``step`` and ``due_on`` name the mark of a step that was done before, so that a caller can look up how it
    ended; ``until`` is the last day of a hold, None for one without an end.
    """

    why: Reason
    stage: str = ""
    step: str = ""
    due_on: date | None = None
    until: date | None = None
    __bool__ = no_truth


def next_step(
    ladder: Ladder,
    version: str,
    account: Account,
    history: History,
    active: Sequence[Hold],
    today: date,
) -> StepDue | NothingDue:
    """Return the one step of `ladder` due for `account` on `today`, the reader's date, or why there is none.

    `active` are the holds of that day, those the account itself states among them.
    """
    if account.amount_due.amount <= 0:
        return NothingDue(why=why.nothing_due(version))
    if not ladder.steps:
        return NothingDue(why=why.not_for_it(version))
    dpd = account.days_past_due(today)
    if active:
        return _held(ladder, version, account, history, active, today)
    if 0 < dpd <= account.grace_days:
        return NothingDue(why=why.in_grace(version, dpd, account.grace_days))
    # A book of the due date itself may be its end of day, which most core systems hand on the next morning.
    if dpd > 0 and account.as_of is not None and account.as_of < account.due_on:
        return NothingDue(why=why.outdated(version, account.as_of))
    rung = ladder.at(dpd)
    if rung is None or _is_past(rung, account, history, dpd):
        return _between(ladder, version, account, dpd)
    debit_on = account.debit_on
    if debit_on is not None and rung is ladder.first_overdue and not _debit_known(account, debit_on, today):
        return NothingDue(why=why.debit_pending(version, debit_on))
    step, stage = rung.step, rung.stage
    if done(history, StepMark(account.loan_id, step.id, account.due_on)):
        return NothingDue(
            why=why.already_done(version, step.id), stage=stage.name, step=step.id, due_on=account.due_on
        )
    reason = why.due(version, dpd=dpd, stage=stage.name, label=stage.label, label_zh=stage.label_zh)
    last_on = None if rung.last is None else account.due_on + timedelta(days=rung.last)
    return as_due(step, stage.name, account, account.due_on, last_on, reason)


def _debit_known(account: Account, debit_on: date, today: date) -> bool:
    """Whether the book was made when the debit had been tried: on its day or later, and its day is over."""
    return debit_on < today and (account.as_of is None or account.as_of >= debit_on)


def _is_past(rung: Rung, account: Account, history: History, dpd: int) -> bool:
    """A reminder outlives its own day only where it was due then and had to wait."""
    if not rung.is_reminder or dpd == rung.step.day:
        return False
    return StepMark(account.loan_id, rung.step.id, account.due_on) not in history.deferred


def _between(ladder: Ladder, version: str, account: Account, dpd: int) -> NothingDue:
    # An overdue step that begins inside the grace days is first heard on the day after them.
    coming, heard = ladder.after(dpd), dpd
    if coming is not None and 0 < coming.step.day <= account.grace_days:
        heard = account.grace_days + 1
        coming = ladder.at(heard) or ladder.after(heard)
    if coming is None:
        return NothingDue(why=why.ladder_ended(version))
    on = account.due_on + timedelta(days=max(coming.step.day, heard))
    return NothingDue(why=why.between_steps(version, coming.step.id, on))


def _held(
    ladder: Ladder, version: str, account: Account, history: History, active: Sequence[Hold], today: date
) -> StepDue | NothingDue:
    # The hold that lasts longest answers; one without an end lasts longest of all.
    longest = max(active, key=lambda hold: hold.until or date.max)
    step = ladder.promise
    promised = all(hold.kind is HoldKind.PROMISE for hold in active) and longest.until == today
    if step is None or not promised:
        return NothingDue(why=why.held(version, longest.kind, longest.until), until=longest.until)
    stage = _name(ladder.stage_on(account.days_past_due(today)))
    if done(history, StepMark(account.loan_id, step.id, today)):
        return NothingDue(why=why.already_done(version, step.id), stage=stage, step=step.id, due_on=today)
    return as_due(step, stage, account, today, today, why.promise_day(version))


def as_due(
    step: Step, stage: str, account: Account, counted_from: date, last_on: date | None, reason: Reason
) -> StepDue:
    """Return `step` as due, its day counted from `counted_from`."""
    return StepDue(
        stage=stage,
        step=step.id,
        channel=step.channels[0],
        template=step.template,
        recipient=step.recipient,
        due_at=_day_start(counted_from + timedelta(days=step.day), account.borrower.zones[0]),
        due_on=counted_from,
        last_on=last_on,
        purpose=step.purpose,
        priority=step.priority,
        why=reason,
        channels=step.channels,
        obligatory=step.obligatory,
        together=step.together,
        send_at=step.send_at,
    )


def done(history: History, mark: StepMark) -> bool:
    """Return whether a step was claimed before."""
    return mark in history.done or mark in history.unknown


def _name(stage: Stage | None) -> str:
    return stage.name if stage else ""


@lru_cache(maxsize=4096)
def _day_start(on: date, zone: str) -> datetime:
    # Through UTC and back: where clocks jump at midnight the day begins at 01:00, and 00:00 does not exist.
    return datetime.combine(on, time(), ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))

"""Steps beside the ladder: those on dates of their own, and duties that must arrive in time.

A dated step counts from a date column of the account (a birthday, the day of disbursement, maturity) or from the
calendar, once, every month or every year; it may go on its day and for its carry days. A duty counts from the due
date and is due until its deadline. What stops whom is a table: marketing stops for a promise, a duty does not. None
speaks of a debt that is paid, or of arrears that are not there: grace days and the age of the book count here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

from loansms.model import Account, History, Hold, HoldKind, Purpose, StepMark
from loansms.model.loan import month_later
from loansms.policy import why
from loansms.policy.columns import BOOK, read_day
from loansms.policy.due import StepDue, as_due, done
from loansms.policy.faults import OVERDUE_ONLY
from loansms.policy.stages import Anchor, Every, Step

# After these nothing but a duty is said, and after a death not even that; marketing stops for every hold.
_FINAL: Final = frozenset({HoldKind.DECEASED, HoldKind.BANKRUPTCY, HoldKind.LEGAL, HoldKind.OPERATOR})
_NO_DUTY: Final = frozenset({HoldKind.DECEASED, HoldKind.BANKRUPTCY})
_OF_A_DEBT: Final = OVERDUE_ONLY | {Purpose.REPAYMENT_REMINDER}
_MONTHS: Final[Mapping[Every, int]] = {Every.MONTH: 1, Every.YEAR: 12}


def beside(
    steps: Sequence[Step],
    version: str,
    account: Account,
    history: History,
    active: Sequence[Hold],
    today: date,
) -> Iterator[StepDue]:
    """Yield the steps beside the ladder that are due on `today`, the reader's date."""
    for step in steps:
        found = _duty(step, version, account, today) if step.obligatory else None
        if step.dated and not step.obligatory:
            found = _dated(step, version, account, today)
        if found is None or _stopped(step, account, active, today) or _untrue(step, account, today):
            continue
        if not done(history, StepMark(account.loan_id, step.id, found.due_on)):
            yield found


def _stopped(step: Step, account: Account, active: Sequence[Hold], today: date) -> bool:
    if step.purpose is Purpose.MARKETING:
        overdue = account.amount_due.amount > 0 and account.days_past_due(today) > 0
        refused = not account.borrower.consent_marketing
        return bool(active) or overdue or account.dispute or account.hardship or refused
    if step.purpose in _OF_A_DEBT and not step.obligatory:
        return bool(active)
    stops = _NO_DUTY if step.obligatory else _FINAL
    return any(hold.kind in stops for hold in active)


def _untrue(step: Step, account: Account, today: date) -> bool:
    """Whether a step would speak of a debt that is not owed, not overdue, or no longer a matter of a reminder."""
    if step.purpose not in _OF_A_DEBT:
        return False
    dpd = account.days_past_due(today)
    if account.amount_due.amount <= 0:
        return True
    if step.purpose not in OVERDUE_ONLY:
        return dpd > 0
    return dpd <= account.grace_days or (account.as_of is not None and account.as_of < account.due_on)


def _duty(step: Step, version: str, account: Account, today: date) -> StepDue | None:
    """Return a duty from its day until its deadline, where anything is owed at all.

    One that speaks of arrears begins after the grace days, and so does its time.
    """
    first = max(step.day, account.grace_days + 1) if step.purpose in OVERDUE_ONLY else step.day
    waited = account.days_past_due(today) - first
    if account.amount_due.amount <= 0 or not 0 <= waited <= step.deadline_days:
        return None
    last = today + timedelta(days=step.deadline_days - waited)
    return as_due(step, "", account, account.due_on, last, why.obligatory(version, step.id, last))


def _dated(step: Step, version: str, account: Account, today: date) -> StepDue | None:
    """Return a dated step on its day and its carry days after it."""
    base = step.on if step.anchor == Anchor.CALENDAR else _date_in(account, step.anchor)
    if base is None:
        return None
    for counted in _occurrences(base, step, today):
        # Counted in days: a bank that writes 9999-12-31 for "no end" has no day after it.
        waited = (today - counted).days - step.day
        if 0 <= waited <= step.carry_days:
            first, last = today - timedelta(days=waited), today + timedelta(days=step.carry_days - waited)
            return as_due(step, "", account, counted, last, why.on_its_date(version, step.id, first))
    return None


def _date_in(account: Account, column: str) -> date | None:
    """Return the date a column of the account holds, one of the lender's own from its text."""
    if column in BOOK:
        found: date | None = attrgetter(BOOK[column].path)(account)
        return found
    text = account.extra.get(column, "")
    return None if read_day(text) is None else date.fromisoformat(text)


def _occurrences(base: date, step: Step, today: date) -> Iterator[date]:
    """Yield the days on which `base` comes round near `today`, the latest first.

    A date of the account is the first of its kind and comes round afterwards; a date of the calendar is said itself.
    """
    if step.every is None:
        yield base
        return
    months = _MONTHS[step.every]
    # The day counted from may lie before or after the day spoken on, by as much as the step's day and carry days.
    around = today - timedelta(days=step.day)
    past = (around.year - base.year) * 12 + around.month - base.month
    rounds = past // months
    for number in range(rounds + 1, rounds - 2 - step.carry_days // 28, -1):
        if number >= (0 if step.anchor == Anchor.CALENDAR else 1):
            yield month_later(base, number * months)

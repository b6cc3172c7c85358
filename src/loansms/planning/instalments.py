"""From the terms of a loan to its due dates, and from due dates and payments to the account a policy is asked about.

Dates count from the agreed ones: a date moved off a holiday moves no later one. Payments settle the oldest
instalment first, by the day on which they count, not the day on which they were booked; so a payment that comes to
light later restates every day past due since.

>>> from decimal import Decimal
>>> from loansms.calendars import calendar_for
>>> from loansms.model.examples import borrower
>>> loan = Loan(loan_id="L-1", principal=Money("3000.00", "CNY"), annual_rate=Decimal("0.12"), periods=3,
...             method="flat", first_due_on=date(2026, 10, 1))
>>> plan = due_dates(loan, BusinessDays.ADD, calendar_for("CN"))
>>> [one.due_on.isoformat() for one in plan]
['2026-10-08', '2026-11-02', '2026-12-01']
>>> paid = [Payment(date(2026, 10, 8), Money("400.00", "CNY"))]
>>> now = account_on(plan, paid, borrower(), date(2026, 10, 20), loan_id="L-1")
>>> now.amount_due, now.due_on.isoformat(), now.days_past_due(date(2026, 10, 20))
(Money('630.00', 'CNY'), '2026-10-08', 12)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import evolve, frozen

from loansms.calendars import BusinessDays, WorkCalendar, moved
from loansms.errors import CallerError
from loansms.model import Account, Borrower, Instalment, Loan, Money


@frozen
class Payment:
    """Money that settles instalments; `on` is the day on which it counts, however late it was booked."""

    on: date
    amount: Money


def due_dates(
    loan: Loan, rule: BusinessDays | str, calendar: WorkCalendar, *, provisional: bool = False
) -> tuple[Instalment, ...]:
    """Return the instalments of `loan` on the days on which they have to be paid.

    No date moves back before the disbursement. Raise CalendarStale when a date hangs on a plan of working days that
    is not out; with `provisional` that date is a best reading that may change (`calendars.is_provisional`).
    """
    return tuple(
        evolve(
            one,
            due_on=moved(one.due_on, rule, calendar, not_before=loan.disbursed_on, provisional=provisional),
        )
        for one in loan.schedule()
    )


def account_on(
    schedule: Iterable[Instalment],
    payments: Iterable[Payment],
    borrower: Borrower,
    today: date,
    *,
    loan_id: str,
    grace_days: int = 0,
) -> Account:
    """Return the account as it stands on `today`, the borrower's date; what it lacks, `attrs.evolve` adds.

    Payments of a later day are left out. Where anything is overdue or due today, `amount_due` is all that has fallen
    due less all that was paid, and `due_on` the oldest due date not paid in full; otherwise the next instalment, less
    what was paid ahead. A loan paid in full asks for nothing. Raise CallerError for an empty schedule or a payment
    that is not positive or of another currency.
    """
    plan = sorted(schedule, key=lambda one: (one.due_on, one.number))
    if not plan:
        raise CallerError("schedule: expected at least one instalment", "还款计划：至少应有一期")
    counted = [one for one in payments if one.on <= today]
    _check(counted, plan[0].total.currency)
    nothing = plan[0].total - plan[0].total
    paid = sum((one.amount for one in counted), nothing)
    unpaid = _unpaid(plan, paid)
    oldest, left = unpaid[0] if unpaid else (plan[-1], nothing)
    asked = sum((rest for one, rest in unpaid if one.due_on <= today), nothing)
    return Account(
        loan_id=loan_id,
        borrower=borrower,
        amount_due=asked if oldest.due_on <= today else left,
        due_on=oldest.due_on,
        instalment_amount=oldest.total,
        grace_days=grace_days,
        last_paid_on=max((one.on for one in counted), default=None),
        as_of=today,
    )


def _unpaid(plan: Iterable[Instalment], paid: Money) -> list[tuple[Instalment, Money]]:
    """Return the instalments not paid in full, each with what is left of it."""
    found: list[tuple[Instalment, Money]] = []
    for one in plan:
        settled = min(paid, one.total)
        paid -= settled
        if settled < one.total:
            found.append((one, one.total - settled))
    return found


def _check(payments: Iterable[Payment], currency: str) -> None:
    for at, one in enumerate(payments):
        if one.amount.currency != currency or one.amount.amount <= 0:
            raise CallerError(
                f"payments[{at}].amount: expected a positive amount of {currency}; leave a returned payment out",
                f"payments[{at}].amount：应为正的 {currency} 金额；被退回的还款请勿列入",
            )

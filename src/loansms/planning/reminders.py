"""The calendar of a loan: every day on which its policy will speak of each instalment, if nothing else happens.

The policy itself is asked, day by day, so that audiences, arms, grace days and missed steps count as they will on
the day. What may be said, and at what hour, is decided then.

>>> from datetime import date
>>> from decimal import Decimal
>>> from loansms.model import Money
>>> from loansms.model.examples import account
>>> loan = Loan(loan_id="L-1", principal=Money("3000.00", "CNY"), annual_rate=Decimal("0.12"), periods=3,
...             method="flat", first_due_on=date(2026, 10, 8))
>>> planned = reminders(loan, Policy.preset("cn-consumer"), account())
>>> [(one.number, one.step, one.on.isoformat()) for one in planned[:3]]
[(1, 't-7', '2026-10-01'), (1, 't-3', '2026-10-05'), (1, 't-0', '2026-10-08')]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from loansms.model import Account, Borrower, History, Instalment, Loan, RecipientRole, StepMark
from loansms.policy import Ladder, Policy, StepDue

_DAY = timedelta(days=1)


@frozen
class PlannedReminder:
    """One step on one day, about the instalment `number`; `on` is the borrower's date."""

    number: int
    step: str
    template: str
    on: date
    recipient: RecipientRole = RecipientRole.BORROWER


def reminders(
    schedule: Loan | Iterable[Instalment],
    policy: Policy,
    account: Account,
    *,
    overdue: bool = False,
    since: date | None = None,
) -> tuple[PlannedReminder, ...]:
    """Return when `policy` speaks of each instalment of `schedule`, by day.

    `account` is the loan whose borrower, columns and arms the policy asks about; amount and due date are those of the
    instalment, taken by itself: the ones before it paid, itself not. With `overdue` the steps after its due date are
    told too. Days before `since` are left out. Steps on dates of their own (a birthday) are no part of this.
    """
    plan = schedule.schedule() if isinstance(schedule, Loan) else tuple(schedule)
    found = [one for due in plan for one in _of(due, policy, account, overdue=overdue, since=since)]
    return tuple(sorted(found, key=lambda one: (one.on, one.number)))


def _of(
    due: Instalment, policy: Policy, account: Account, *, overdue: bool, since: date | None
) -> Iterator[PlannedReminder]:
    # The book of that day will be of that day; today's cannot tell who will have paid.
    then = evolve(account, amount_due=due.total, due_on=due.due_on, as_of=None)
    dated = {step.id for step in policy.steps if step.dated}
    first, last = _span(policy, account)
    on = due.due_on + timedelta(days=first)
    end = due.due_on + timedelta(days=last if overdue else 0)
    on = on if since is None else max(on, since)
    said: set[StepMark] = set()
    while on <= end:
        for one in policy.steps_due(then, History(done=said), (), noon(on, account.borrower)):
            if isinstance(one, StepDue) and one.step not in dated and one.due_on == due.due_on:
                said.add(StepMark(account.loan_id, one.step, one.due_on))
                yield PlannedReminder(due.number, one.step, one.template, on, one.recipient)
        on += _DAY


def _span(policy: Policy, account: Account) -> tuple[int, int]:
    """Return the first and the last day past due on which a step begins to speak."""
    days = [rung.step.day for rung in Ladder(policy.stages, policy.steps).rungs]
    days += [step.day for step in policy.steps if step.obligatory]
    # Inside the grace days nothing is overdue: what falls there is said on the day after them.
    return min(days, default=0), max([*days, account.grace_days + 1])


def noon(on: date, borrower: Borrower) -> datetime:
    """Return the middle of a borrower's day, at which a policy is asked about it."""
    return datetime.combine(on, time(12), ZoneInfo(borrower.zones[0]))

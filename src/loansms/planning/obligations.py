"""Which duties towards one loan are open: obligatory steps whose day has come, against what was done.

A duty is done when its step was sent and nothing says that it failed. Where nobody knows, it is not done.

>>> from datetime import timedelta, timezone
>>> from loansms.model import Channel, Purpose
>>> from loansms.model.examples import account
>>> from loansms.policy import Stage, Step
>>> told = Step(id="pre-notice", day=5, obligatory=True, deadline_days=3, template="legal.credit_prenotice",
...             purpose=Purpose.CREDIT_PRENOTICE, channels=(Channel.SMS,), priority=90)
>>> policy = Policy(name="duties", stages=[Stage(name="overdue", from_dpd=1)], steps=[told])
>>> loan = account()  # due on 2026-09-24
>>> now = datetime(2026, 9, 30, 4, tzinfo=timezone.utc)
>>> [one] = obligations(loan, policy, History(), now)
>>> one.state.value, one.due_on.isoformat(), one.deadline.isoformat()
('open', '2026-09-29', '2026-10-02')
>>> obligations(loan, policy, History(), now + timedelta(days=5))[0].state.value
'missed'
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from attrs import frozen

from loansms.clock import require_aware
from loansms.model import Account, History, RecipientRole, StepMark
from loansms.planning.reminders import noon
from loansms.policy import Policy, Step, StepDue


class DutyState(StrEnum):
    """How a duty stands, the gravest first.

    MISSED: its deadline is over and it was not done, or certainly did not arrive. UNKNOWN: handed to a provider, and
    nobody knows whether it went out. OPEN: there is still time. DONE: carried out.
    """

    MISSED = "missed"
    UNKNOWN = "unknown"
    OPEN = "open"
    DONE = "done"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(DutyState).index(self)


@frozen(kw_only=True)
class Obligation:
    """One duty towards one loan.

    ``due_on`` is the first day on which the step may be sent, ``deadline`` the last on which it must have arrived.
    A state ``unknown`` was handed to a provider and nobody knows whether it went out. ``failed``: it was tried and
    certainly did not arrive, so that a person has to act. ``late``: the deadline is over and it is not known to be done.
    """

    loan_id: str
    step: str
    template: str
    recipient: RecipientRole
    due_on: date
    deadline: date
    state: DutyState
    failed: bool = False
    late: bool = False


def obligations(
    account: Account,
    policy: Policy,
    history: History,
    now: datetime,
    *,
    failed: Collection[StepMark] = (),
) -> tuple[Obligation, ...]:
    """Return the duties whose day has come at `now` (aware), the gravest first; days are the borrower's own.

    `history` is the debtor's; `failed` are marks of attempts that certainly did not arrive (refused by the provider, or
    undelivered by receipt), which a history counts as done. A loan of which nothing is asked has no duties, and a duty
    is about the account's present due date: an earlier one is no longer in the book.
    """
    today = account.borrower.local_date(require_aware(now))
    found = [
        _obligation(due, step.deadline_days, account, history, failed, today)
        for due, step in _duties(account, policy, today)
    ]
    return tuple(sorted(found, key=lambda one: (one.state.rank, one.deadline, one.step)))


def _duties(account: Account, policy: Policy, today: date) -> Iterator[tuple[StepDue, Step]]:
    """Yield the duties that the policy has named up to `today`, as it named each first.

    It is asked on the days on which a duty begins or ends, and today: whatever it says on no other day is over.
    """
    duties = {step.id: step for step in policy.steps if step.obligatory}
    begin = {day for step in duties.values() for day in (step.day, max(step.day, account.grace_days + 1))}
    end = {day + step.deadline_days for step in duties.values() for day in begin}
    dpd = account.days_past_due(today)
    said: set[str] = set()
    for day in sorted({one for one in begin | end if one <= dpd} | {dpd}) if duties else ():
        on = account.due_on + timedelta(days=day)
        for due in policy.steps_due(account, History(), (), noon(on, account.borrower)):
            if isinstance(due, StepDue) and due.obligatory and due.step not in said:
                said.add(due.step)
                yield due, duties[due.step]


def _obligation(
    due: StepDue,
    deadline_days: int,
    account: Account,
    history: History,
    failed: Collection[StepMark],
    today: date,
) -> Obligation:
    mark = StepMark(account.loan_id, due.step, due.due_on)
    deadline = due.last_on or today
    if mark in history.unknown:
        state = DutyState.UNKNOWN
    elif mark in history.done and mark not in failed:
        state = DutyState.DONE
    else:
        state = DutyState.MISSED if today > deadline else DutyState.OPEN
    return Obligation(
        loan_id=account.loan_id,
        step=due.step,
        template=due.template,
        recipient=due.recipient,
        due_on=deadline - timedelta(days=deadline_days),
        deadline=deadline,
        state=state,
        failed=mark in failed,
        late=state is not DutyState.DONE and today > deadline,
    )

"""What is still owed to a borrower in notices: open until it is known to be done, missed after its deadline."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.model import Account, Channel, History, Money, Purpose, RecipientRole, StepMark
from loansms.model.examples import account
from loansms.planning import DutyState, Obligation, obligations
from loansms.policy import NothingDue, Policy, Stage, Step

DUE = date(2026, 9, 24)  # of the example account
MARK = StepMark("L-1", "told", DUE)


def step(name: str = "told", day: int = 5, deadline_days: int = 3, **more: Any) -> Step:
    return Step(**{
        "id": name, "day": day, "obligatory": True, "deadline_days": deadline_days, "template": "legal.credit_prenotice",
        "purpose": Purpose.CREDIT_PRENOTICE, "channels": (Channel.SMS,), "priority": 90, **more,
    })  # fmt: skip


def policy(*steps: Step) -> Policy:
    return Policy(name="duties", stages=[Stage(name="late", from_dpd=1)], steps=steps or (step(),))


def on(dpd: int) -> datetime:
    at = DUE + timedelta(days=dpd)
    return datetime(at.year, at.month, at.day, 4, tzinfo=UTC)


def listed(
    dpd: int,
    history: History | None = None,
    *,
    rules: Policy | None = None,
    failed: tuple[StepMark, ...] = (),
    **changes: Any,
) -> tuple[Obligation, ...]:
    return obligations(account(**changes), rules or policy(), history or History(), on(dpd), failed=failed)


def test_a_duty_is_open_from_its_day_through_its_deadline_and_missed_after_it() -> None:
    assert listed(4) == ()
    states = {dpd: listed(dpd)[0].state.value for dpd in (5, 8, 9, 400)}
    assert states == {5: "open", 8: "open", 9: "missed", 400: "missed"}
    [one] = listed(9)
    assert (one.due_on, one.deadline, one.late) == (date(2026, 9, 29), date(2026, 10, 2), True)


def test_what_was_sent_is_done_for_good() -> None:
    for dpd in (5, 30):
        [one] = listed(dpd, History(done={MARK}))
        assert (one.state, one.late) == (DutyState.DONE, False)


def test_what_nobody_knows_to_be_sent_is_not_done_and_becomes_late() -> None:
    history = History(done={MARK}, unknown={MARK})
    assert (listed(5, history)[0].state, listed(5, history)[0].late) == (DutyState.UNKNOWN, False)
    assert (listed(9, history)[0].state, listed(9, history)[0].late) == (DutyState.UNKNOWN, True)


def test_an_attempt_that_certainly_did_not_arrive_leaves_the_duty_open() -> None:
    history = History(done={MARK})
    [one] = listed(6, history, failed=(MARK,))
    assert (one.state, one.failed) == (DutyState.OPEN, True)
    assert listed(9, history, failed=(MARK,))[0].state is DutyState.MISSED


def test_the_notice_of_another_month_is_not_this_one() -> None:
    earlier = StepMark("L-1", "told", date(2026, 8, 24))
    assert listed(6, History(done={earlier}))[0].state is DutyState.OPEN


def test_a_loan_that_is_paid_has_no_duties() -> None:
    assert listed(9, amount_due=Money("0.00", "CNY")) == ()


def test_the_gravest_and_soonest_come_first_and_other_steps_are_no_duties() -> None:
    rules = policy(
        step("late-one", 1, 2),
        step("soon", 6, 2),
        step("sooner", 6, 1),
        step("sent", 2, 9),
        step("ladder", obligatory=False, deadline_days=0, stage="late"),
        step("guarantor", 2, 3, recipient=RecipientRole.GUARANTOR),
    )
    found = listed(6, History(done={StepMark("L-1", "sent", DUE)}), rules=rules)
    assert [(one.step, one.state.value) for one in found] == [
        ("late-one", "missed"),
        ("sooner", "open"),
        ("soon", "open"),
        ("sent", "done"),
    ]


def test_only_the_accounts_it_is_for_have_a_duty() -> None:
    rules = policy(step(audience="amount_due >= 5000"))
    assert listed(6, rules=rules) == ()
    assert len(listed(6, rules=rules, amount_due=Money("5000.00", "CNY"))) == 1


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        obligations(account(), policy(), History(), datetime(2026, 9, 30, 4))


@given(
    day=st.integers(-5, 20),
    deadline_days=st.integers(1, 10),
    grace=st.integers(0, 12),
    dpd=st.integers(-10, 60),
    purpose=st.sampled_from([Purpose.CREDIT_PRENOTICE, Purpose.TRANSACTION_NOTICE]),
)
def test_it_is_open_exactly_when_the_policy_would_send_it(
    day: int, deadline_days: int, grace: int, dpd: int, purpose: Purpose
) -> None:
    if purpose is Purpose.CREDIT_PRENOTICE:
        day = max(day, 1)
    rules = policy(step(day=day, deadline_days=deadline_days, purpose=purpose))
    loan: Account = account(grace_days=grace)
    said = [
        one
        for one in rules.steps_due(loan, History(), (), on(dpd))
        if not isinstance(one, NothingDue) and one.obligatory
    ]
    found = obligations(loan, rules, History(), on(dpd))
    assert [one.step for one in found if one.state is DutyState.OPEN] == [one.step for one in said]
    assert [one.deadline for one in found if one.state is DutyState.OPEN] == [one.last_on for one in said]
    over = [one for one in found if one.state is DutyState.MISSED]
    assert all(one.deadline < DUE + timedelta(days=dpd) for one in over)
    begun = (
        max(day, grace + 1) + deadline_days if purpose is Purpose.CREDIT_PRENOTICE else day + deadline_days
    )
    assert bool(over) == (dpd > begun)

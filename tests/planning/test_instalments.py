"""A schedule becomes due dates, an account on any day, and a calendar of reminders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import BusinessDays, calendar_for
from loansms.errors import CalendarStale, CallerError
from loansms.model import Account, History, Loan, Money, RepaymentMethod, StepMark
from loansms.model.examples import account, borrower
from loansms.model.loan import month_later
from loansms.planning import Payment, PlannedReminder, account_on, due_dates, reminders
from loansms.policy import Policy, StepDue

CHINA = calendar_for("CN")
POLICY = Policy.preset("cn-consumer")
FIRST = date(2026, 1, 31)


def loan(periods: int = 6, first: date = FIRST, disbursed: date | None = None) -> Loan:
    return Loan(
        loan_id="L-1",
        principal=Money("6000.00", "CNY"),
        annual_rate=Decimal("0.12"),
        periods=periods,
        method=RepaymentMethod.FLAT,
        first_due_on=first,
        disbursed_on=disbursed,
    )


def yuan(amount: object) -> Money:
    return Money(str(amount), "CNY")


PLAN = loan().schedule()  # 1,060.00 a month
DAYS = st.dates(date(2025, 12, 1), date(2026, 8, 31))
PAYMENTS = st.lists(
    st.builds(Payment, on=DAYS, amount=st.integers(1, 200_000).map(lambda cents: yuan(Decimal(cents) / 100)))
)


def on(today: date, *payments: Payment) -> Account:
    return account_on(PLAN, payments, borrower(), today, loan_id="L-1")


@given(
    first=st.dates(date(2024, 1, 5), date(2024, 12, 31)),
    periods=st.integers(1, 20),
    rule=st.sampled_from(list(BusinessDays)),
)
def test_dates_are_moved_one_by_one_and_never_drift(first: date, periods: int, rule: BusinessDays) -> None:
    agreed = loan(periods, first)
    plan = due_dates(agreed, rule, CHINA)
    assert [one.total for one in plan] == [one.total for one in agreed.schedule()]
    for one in plan:
        unmoved = month_later(first, one.number - 1)
        assert abs(one.due_on - unmoved) <= timedelta(days=9)
        assert one.due_on == unmoved or not CHINA.is_workday(unmoved)
        if rule is not BusinessDays.NONE:
            assert CHINA.is_workday(one.due_on)


def test_a_first_instalment_never_falls_due_before_its_disbursement() -> None:
    plan = due_dates(loan(2, date(2026, 10, 3), disbursed=date(2026, 10, 2)), "subtract", CHINA)
    assert [one.due_on for one in plan] == [date(2026, 10, 8), date(2026, 11, 3)]


def test_a_loan_longer_than_the_published_plans_is_refused_unless_its_dates_may_change() -> None:
    long = loan(60)
    with pytest.raises(CalendarStale):
        due_dates(long, "add", CHINA)
    assert len(due_dates(long, "add", CHINA, provisional=True)) == 60
    assert due_dates(long, "none", CHINA) == long.schedule()


def test_a_part_payment_leaves_the_rest_of_the_oldest_instalment() -> None:
    now = on(date(2026, 3, 10), Payment(date(2026, 2, 5), yuan("1500.00")))
    assert (now.due_on, now.amount_due) == (date(2026, 2, 28), yuan("620.00"))
    assert now.days_past_due(date(2026, 3, 10)) == 10
    assert (now.last_paid_on, now.as_of) == (date(2026, 2, 5), date(2026, 3, 10))


def test_several_missed_instalments_are_asked_for_together_from_the_oldest_date() -> None:
    now = on(date(2026, 3, 31))
    assert (now.due_on, now.amount_due) == (FIRST, yuan("3180.00"))


def test_with_nothing_overdue_the_next_instalment_is_asked_less_what_was_paid_ahead() -> None:
    now = on(date(2026, 2, 10), Payment(date(2026, 2, 1), yuan("1160.00")))
    assert (now.due_on, now.amount_due) == (date(2026, 2, 28), yuan("960.00"))


def test_a_backdated_payment_restates_the_days_past_due() -> None:
    today = date(2026, 2, 20)
    assert on(today).days_past_due(today) == 20
    late = Payment(FIRST, yuan("1060.00"))  # booked on 20 February, counted from its day
    assert on(today, late).days_past_due(today) == -8
    assert on(date(2026, 2, 1), late).days_past_due(date(2026, 2, 1)) < 0


def test_a_loan_paid_in_full_asks_for_nothing() -> None:
    now = on(date(2026, 9, 1), Payment(date(2026, 1, 20), yuan("7000.00")))
    assert now.amount_due == yuan("0.00")
    assert POLICY.next_step(now, History(), (), datetime(2026, 9, 1, 4, tzinfo=UTC)).why.code == "nothing_due"


@given(today=DAYS, payments=PAYMENTS)
def test_what_is_owed_is_what_fell_due_less_what_was_paid(today: date, payments: list[Payment]) -> None:
    now = on(today, *payments)
    paid = sum((one.amount.amount for one in payments if one.on <= today), Decimal(0))
    due = sum((one.total.amount for one in PLAN if one.due_on <= today), Decimal(0))
    if now.amount_due.amount and now.due_on <= today:
        assert now.amount_due.amount == due - paid > 0
    else:
        assert paid >= due
        assert now.amount_due <= PLAN[0].total
    assert on(today, *reversed(payments)) == now


@given(today=DAYS, payments=PAYMENTS, more=st.integers(1, 200_000), when=DAYS)
def test_a_payment_never_makes_a_loan_older(
    today: date, payments: list[Payment], more: int, when: date
) -> None:
    before = on(today, *payments)
    after = on(today, *payments, Payment(when, yuan(Decimal(more) / 100)))
    assert after.days_past_due(today) <= before.days_past_due(today)
    if when > today:
        assert after == before


@pytest.mark.parametrize("amount", [yuan(0), yuan(-5), Money(5, "USD")])
def test_a_payment_that_is_none_is_named(amount: Money) -> None:
    with pytest.raises(CallerError, match=r"payments\[0\]\.amount: expected a positive amount of CNY"):
        on(date(2026, 3, 1), Payment(date(2026, 2, 1), amount))


def test_a_schedule_without_instalments_is_refused() -> None:
    with pytest.raises(CallerError, match="at least one instalment"):
        account_on((), (), borrower(), FIRST, loan_id="L-1")


def test_each_instalment_is_spoken_of_on_the_days_of_the_ladder() -> None:
    found = reminders(loan(2, date(2026, 10, 8)), POLICY, account())
    assert [(one.number, one.step, one.on.isoformat()) for one in found] == [
        (1, "t-7", "2026-10-01"),
        (1, "t-3", "2026-10-05"),
        (1, "t-0", "2026-10-08"),
        (2, "t-7", "2026-11-01"),
        (2, "t-3", "2026-11-05"),
        (2, "t-0", "2026-11-08"),
    ]


@given(
    options=st.sampled_from([(), ("3-2-1",)]),
    grace=st.integers(0, 5),
    overdue=st.booleans(),
    first=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_the_policy_says_on_each_of_those_days_what_the_calendar_told(
    options: tuple[str, ...], grace: int, overdue: bool, first: date
) -> None:
    policy, known = Policy.preset("cn-consumer", options), account(grace_days=grace)
    plan = loan(1, first).schedule()
    found = reminders(plan, policy, known, overdue=overdue)
    done: set[StepMark] = set()
    told: list[PlannedReminder] = []
    for day in range(-10, 200 if overdue else 1):
        today = first + timedelta(days=day)
        then = account(due_on=first, amount_due=plan[0].total, grace_days=grace)
        answer = policy.next_step(
            then, History(done=done), (), datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
        )
        if isinstance(answer, StepDue):
            done.add(StepMark("L-1", answer.step, first))
            told.append(PlannedReminder(1, answer.step, answer.template, today))
    assert list(found) == told


def test_days_that_are_over_are_left_out() -> None:
    found = reminders(loan(1, date(2026, 10, 8)), POLICY, account(), since=date(2026, 10, 6))
    assert [one.step for one in found] == ["t-0"]

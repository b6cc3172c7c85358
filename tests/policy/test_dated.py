"""Wishes, notices and duties on dates of their own: on the right day, and never of a debt that is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.parts import dated, duty, noon, policy, step

from loansms.model import History, Hold, HoldKind, Money, Purpose, RecipientRole, StepMark
from loansms.model.examples import account, borrower
from loansms.policy import Kind, Step, StepDue

DUE_ON = account().due_on
COLUMNS = {"birthday": Kind.DATE}
LEAP = {"birthday": "1996-02-29"}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def beside(
    one: Step, day: date, history: History | None = None, holds: Any = (), **given: Any
) -> list[StepDue]:
    """What is due beside the borrower's own ladder."""
    made = policy(one, step(1, id="ladder"), columns=COLUMNS)
    _, *rest = made.steps_due(account(**given), history or History(), holds, at(day))
    return [due for due in rest if isinstance(due, StepDue)]


def days(one: Step, first: date, count: int, **given: Any) -> list[date]:
    """The days out of `count` from `first` on which a step is due."""
    some = (first + timedelta(days=number) for number in range(count))
    return [day for day in some if beside(one, day, **given)]


def test_a_birthday_comes_round_every_year_and_at_the_end_of_february() -> None:
    found = days(dated(), date(2026, 1, 1), 4 * 366, extra=LEAP)
    assert found == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)]


def test_the_day_itself_is_not_its_own_anniversary() -> None:
    assert days(dated(), date(2026, 1, 1), 366, extra={"birthday": "2026-03-01"}) == []
    assert days(dated(every=None), date(2026, 1, 1), 366, extra={"birthday": "2026-03-01"}) == [
        date(2026, 3, 1)
    ]


def test_a_month_comes_round_on_the_31st_and_on_the_last_day_of_shorter_months() -> None:
    monthly = dated(anchor="calendar", on=date(2026, 1, 31), every="month")
    found = days(monthly, date(2026, 1, 1), 155)
    assert found == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_a_calendar_date_without_a_round_is_said_once() -> None:
    assert days(dated(anchor="calendar", on=date(2026, 11, 11), every=None), date(2026, 1, 1), 800) == [
        date(2026, 11, 11)
    ]


@pytest.mark.parametrize(("day", "carry"), [(-3, 0), (-3, 2), (0, 1), (5, 2), (-400, 3), (400, 3), (0, 40)])
def test_it_is_due_on_its_day_and_its_carry_days_across_the_turn_of_a_year(day: int, carry: int) -> None:
    one = dated(day=day, carry_days=carry)
    for year in (2026, 2027):
        first = date(year, 1, 2) + timedelta(days=day)
        found = days(one, first - timedelta(days=1), carry + 3, extra={"birthday": "1990-01-02"})
        assert found == [first + timedelta(days=number) for number in range(carry + 1)]


@given(
    born=st.dates(date(1950, 1, 1), date(2020, 12, 31)),
    today=st.dates(date(2021, 1, 1), date(2030, 12, 31)),
    day=st.integers(-60, 60),
    carry=st.integers(0, 20),
    every=st.sampled_from(["month", "year", None]),
)
def test_what_is_due_counts_from_a_round_of_its_date(
    born: date, today: date, day: int, carry: int, every: str | None
) -> None:
    found = beside(dated(day=day, carry_days=carry, every=every), today, extra={"birthday": born.isoformat()})
    rounds = {born} if every is None else {_later(born, number, every) for number in range(1, 1000)}
    first = {one + timedelta(days=day) for one in rounds}
    due = [today - timedelta(days=number) for number in range(carry + 1)]
    assert bool(found) == any(one in first for one in due)
    if found:
        (only,) = found
        assert only.due_on in rounds
        assert only.last_on == only.due_on + timedelta(days=day + carry)
        assert only.due_at.date() == only.due_on + timedelta(days=day)
        assert only.why.code == "dated_wish"


def _later(day: date, number: int, every: str) -> date:
    """The same day so many months or years later; the last of the month where it has no such day."""
    months = day.month - 1 + number * (12 if every == "year" else 1)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + months // 12, months % 12 + 1, last)
        except ValueError:
            continue
    return date(day.year + months // 12, months % 12 + 1, day.day)


@pytest.mark.parametrize("text", ["", "1996/02/29", "29.02.1996", "1995-02-29", "soon"])
def test_a_date_that_cannot_be_read_is_no_date(text: str) -> None:
    assert days(dated(), date(2026, 1, 1), 400, extra={"birthday": text}) == []


@pytest.mark.parametrize("never", ["9999-12-31", "1000-01-01", "2999-12-31"])
@pytest.mark.parametrize("day", [-400, 0, 400])
@pytest.mark.parametrize("every", [None, "month", "year"])
def test_what_a_bank_writes_for_no_end_stops_no_plan(never: str, day: int, every: str | None) -> None:
    one = dated(day=day, every=every, carry_days=3)
    for found in beside(one, date(2026, 9, 24), extra={"birthday": never}):
        assert found.due_on <= date(2027, 12, 31)


def test_a_column_of_every_book_may_be_the_date() -> None:
    one = dated(anchor="disbursed_on", every="year")
    assert days(one, date(2026, 1, 1), 366, disbursed_on=date(2024, 5, 6)) == [date(2026, 5, 6)]
    assert days(one, date(2026, 1, 1), 366) == []


def test_a_step_that_was_done_this_year_is_due_next_year() -> None:
    mark = StepMark("L-1", "wish", date(2026, 2, 28))
    assert beside(dated(), date(2026, 2, 28), History(done={mark}), extra=LEAP) == []
    assert beside(dated(), date(2026, 2, 28), History(unknown={mark}), extra=LEAP) == []
    assert len(beside(dated(), date(2027, 2, 28), History(done={mark}), extra=LEAP)) == 1


TODAY = DUE_ON - timedelta(days=20)


def campaign(**changes: Any) -> Step:
    fields: dict[str, Any] = {"anchor": "calendar", "on": TODAY, "every": None, "purpose": Purpose.MARKETING}
    return dated(**{**fields, **changes})


GLAD = {"borrower": borrower(consent_marketing=True)}


@pytest.mark.parametrize(
    "given",
    [
        {"borrower": borrower()},
        {**GLAD, "due_on": TODAY - timedelta(days=1)},
        {**GLAD, "dispute": True},
        {**GLAD, "hardship": True},
        {**GLAD, "promise_to_pay_until": TODAY + timedelta(days=3)},
    ],
)
def test_marketing_stops_for_who_did_not_agree_is_late_disputes_or_is_in_need(given: dict[str, Any]) -> None:
    assert beside(campaign(), TODAY, **given) == []
    assert len(beside(campaign(), TODAY, **GLAD)) == 1


def test_marketing_reaches_who_is_due_today_or_owes_nothing() -> None:
    assert beside(campaign(), TODAY, **GLAD, due_on=TODAY)
    late = {**GLAD, "due_on": TODAY - timedelta(days=9), "amount_due": Money("0", "CNY")}
    assert beside(campaign(), TODAY, **late)


@pytest.mark.parametrize("kind", list(HoldKind))
def test_what_stops_whom(kind: HoldKind) -> None:
    holds = [Hold(kind)]
    final = {HoldKind.DECEASED, HoldKind.BANKRUPTCY, HoldKind.LEGAL, HoldKind.OPERATOR}
    assert beside(campaign(), TODAY, holds=holds, **GLAD) == []
    assert beside(campaign(purpose=Purpose.REPAYMENT_REMINDER), TODAY, holds=holds) == []
    wishes = beside(campaign(purpose=Purpose.TRANSACTION_NOTICE), TODAY, holds=holds)
    assert bool(wishes) == (kind not in final)
    duties = beside(duty(), DUE_ON + timedelta(days=10), holds=holds)
    assert bool(duties) == (kind not in (HoldKind.DECEASED, HoldKind.BANKRUPTCY))


OF_A_DEBT = (
    Purpose.REPAYMENT_REMINDER,
    Purpose.COLLECTION,
    Purpose.SETTLEMENT_OFFER,
    Purpose.CREDIT_PRENOTICE,
)


@pytest.mark.parametrize("purpose", OF_A_DEBT)
@pytest.mark.parametrize("dpd", [-20, 0, 1, 20])
def test_a_settled_loan_is_never_told_of_a_debt(purpose: Purpose, dpd: int) -> None:
    today = DUE_ON + timedelta(days=dpd)
    paid = Money("0", "CNY")
    assert beside(campaign(on=today, purpose=purpose), today, amount_due=paid) == []
    assert beside(campaign(on=today, purpose=Purpose.TRANSACTION_NOTICE), today, amount_due=paid)


@pytest.mark.parametrize("purpose", OF_A_DEBT[1:])
@pytest.mark.parametrize(
    ("dpd", "given", "heard"),
    [
        (-1, {}, False),
        (0, {}, False),
        (1, {}, True),
        (3, {"grace_days": 3}, False),
        (4, {"grace_days": 3}, True),
        (4, {"as_of": DUE_ON - timedelta(days=1)}, False),
        (4, {"as_of": DUE_ON}, True),
    ],
)
def test_arrears_are_spoken_of_only_where_they_are_known(
    purpose: Purpose, dpd: int, given: dict[str, Any], *, heard: bool
) -> None:
    today = DUE_ON + timedelta(days=dpd)
    assert bool(beside(campaign(on=today, purpose=purpose), today, **given)) == heard


@pytest.mark.parametrize(("dpd", "heard"), [(-1, True), (0, True), (1, False)])
def test_a_dated_reminder_ends_with_the_due_date(dpd: int, *, heard: bool) -> None:
    today = DUE_ON + timedelta(days=dpd)
    reminder = campaign(on=today, purpose=Purpose.REPAYMENT_REMINDER)
    assert bool(beside(reminder, today)) == heard


def dpds(one: Step, **given: Any) -> list[int]:
    return [dpd for dpd in range(-10, 40) if beside(one, DUE_ON + timedelta(days=dpd), **given)]


def test_a_duty_is_due_from_its_day_until_its_deadline() -> None:
    assert dpds(duty()) == [10, 11, 12, 13, 14, 15]
    assert dpds(duty(), amount_due=Money("0", "CNY")) == []
    (found,) = beside(duty(), DUE_ON + timedelta(days=12))
    assert (found.obligatory, found.last_on, found.due_on) == (True, DUE_ON + timedelta(days=15), DUE_ON)
    assert found.why.code == "obligatory_duty"
    assert "2026-10-09" in found.why.message


def test_a_notice_of_arrears_waits_for_the_grace_days_and_keeps_its_time() -> None:
    assert dpds(duty(2), grace_days=5) == [6, 7, 8, 9, 10, 11]
    (found,) = beside(duty(2), DUE_ON + timedelta(days=6), grace_days=5)
    assert found.last_on == DUE_ON + timedelta(days=11)
    other = duty(2, purpose=Purpose.TRANSACTION_NOTICE)
    assert dpds(other, grace_days=5) == [2, 3, 4, 5, 6, 7]


def test_a_duty_that_was_done_is_not_due_again_until_the_next_due_date() -> None:
    mark = StepMark("L-1", "duty", DUE_ON)
    made = policy(duty())
    assert len(made.steps_due(account(), History(done={mark}), (), noon(10))) == 1
    later = account(due_on=DUE_ON + timedelta(days=30))
    assert len(made.steps_due(later, History(done={mark}), (), noon(40))) == 2


def test_a_step_for_a_guarantor_nobody_named_is_not_due() -> None:
    assert dpds(duty(recipient=RecipientRole.GUARANTOR)) == []

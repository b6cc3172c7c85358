"""A due date on a day off moves as the loan says, and never to a day that nobody can pay on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import BusinessDays, calendar_for, is_provisional, moved
from loansms.errors import CalendarStale

CHINA, AMERICA = calendar_for("CN"), calendar_for("US")
PUBLISHED = st.dates(date(2024, 1, 8), date(2026, 12, 20))
RULES = st.sampled_from(list(BusinessDays))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due_on", "add", "subtract"),
    [
        (date(2026, 10, 1), date(2026, 10, 8), date(2026, 9, 30)),  # the first day of a week off
        (date(2026, 2, 15), date(2026, 2, 24), date(2026, 2, 14)),  # before it a Saturday is worked
        (date(2026, 10, 10), date(2026, 10, 10), date(2026, 10, 10)),  # a Saturday that is worked
        (date(2026, 10, 11), date(2026, 10, 12), date(2026, 10, 10)),  # a Sunday between worked days
        (date(2026, 9, 24), date(2026, 9, 24), date(2026, 9, 24)),
    ],
)
def test_the_published_plan_decides_make_up_workdays_too(due_on: date, add: date, subtract: date) -> None:
    assert moved(due_on, BusinessDays.ADD, CHINA) == add
    assert moved(due_on, BusinessDays.SUBTRACT, CHINA) == subtract
    assert moved(due_on, BusinessDays.NONE, CHINA) == due_on


@given(due_on=PUBLISHED)
def test_the_nearest_working_day_is_taken_and_none_is_passed_over(due_on: date) -> None:
    later, earlier = moved(due_on, "add", CHINA), moved(due_on, "subtract", CHINA)
    assert earlier <= due_on <= later
    assert CHINA.is_workday(later)
    assert CHINA.is_workday(earlier)
    between = [earlier + DAY * n for n in range(1, (later - earlier).days)]
    assert not any(CHINA.is_workday(one) for one in between)


@given(first=PUBLISHED, second=PUBLISHED, rule=RULES)
def test_moving_keeps_the_order_and_moving_again_changes_nothing(
    first: date, second: date, rule: BusinessDays
) -> None:
    one, other = sorted((first, second))
    assert moved(one, rule, CHINA) <= moved(other, rule, CHINA)
    assert moved(moved(one, rule, CHINA), rule, CHINA) == moved(one, rule, CHINA)


@given(due_on=PUBLISHED, before=st.integers(0, 12))
def test_nothing_is_due_before_the_money_was_paid_out(due_on: date, before: int) -> None:
    disbursed = due_on - DAY * before
    found = moved(due_on, "subtract", CHINA, not_before=disbursed)
    assert found >= disbursed
    assert CHINA.is_workday(found)


def test_a_year_whose_plan_is_not_out_is_refused_and_on_request_read_provisionally() -> None:
    saturday = date(2030, 6, 8)
    with pytest.raises(CalendarStale):
        moved(saturday, "add", CHINA)
    assert moved(saturday, "add", CHINA, provisional=True) == date(2030, 6, 10)
    assert moved(saturday, "none", CHINA) == saturday
    assert is_provisional(saturday, CHINA)
    assert not is_provisional(saturday, AMERICA)
    assert moved(saturday, "add", AMERICA) == date(2030, 6, 10)


def test_a_rule_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="forward"):
        moved(date(2026, 10, 1), "forward", CHINA)

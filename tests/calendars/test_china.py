"""China's working days equal the published plans, and a year without a plan is never guessed."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import (
    LUNAR_NEW_YEAR,
    Overrides,
    PlanOverride,
    calendar_for,
    spring_festival,
    spring_festival_eve,
)
from loansms.errors import CalendarStale

CHINA = calendar_for("CN")

# As published by the General Office of the State Council for each year: runs off, weekend days worked.
PLANS = {
    2024: (
        "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366) if n < 365 or year % 4 == 0]


def run(year: int, spec: str) -> set[date]:
    found: set[date] = set()
    for part in spec.split():
        first, _, last = part.partition("..")
        start, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return found


@pytest.mark.parametrize("year", PLANS)
def test_every_day_of_a_published_year_is_as_published(year: int) -> None:
    off, worked = (run(year, spec) for spec in PLANS[year])
    expected = {day for day in days_of(year) if day in off or (day.weekday() >= 5 and day not in worked)}
    assert {day for day in days_of(year) if not CHINA.is_workday(day)} == expected
    assert {day for day in days_of(year) if CHINA.day(day).make_up} == worked
    assert not any(CHINA.day(day).provisional for day in days_of(year))


def test_every_year_since_the_first_notice_has_its_plan() -> None:
    assert all(not CHINA.day(date(year, 6, 1)).provisional for year in range(2001, 2027))
    assert CHINA.day(date(2000, 6, 1)).provisional


def test_the_reach_of_the_plans_and_the_version_are_told() -> None:
    reach = CHINA.valid_through
    assert reach is not None
    assert reach >= date(2026, 12, 31)
    assert not CHINA.day(reach).provisional
    assert CHINA.day(reach + timedelta(days=1)).provisional
    assert CHINA.version.startswith("holidays ")
    assert f"CN plan through {reach.year}" in CHINA.version


@pytest.fixture
def unplanned() -> int:
    reach = CHINA.valid_through
    assert reach is not None
    return reach.year + 1


def test_a_year_without_a_plan_is_refused_where_the_plan_would_tell(unplanned: int) -> None:
    """A Wednesday may become a day off, a Saturday may be worked: only statutory days are certain."""
    first = date(unplanned, 1, 1)
    assert not CHINA.is_workday(first)
    assert not CHINA.is_workday(date(unplanned, 10, 2))
    new_year = spring_festival(unplanned)
    assert new_year is not None
    assert not CHINA.is_workday(new_year)
    for weekday in range(7):
        day = date(unplanned, 3, 10)
        day += timedelta(days=(weekday - day.weekday()) % 7)
        with pytest.raises(CalendarStale) as told:
            CHINA.is_workday(day)
        assert (told.value.country, told.value.year) == ("CN", unplanned)
        assert "调休" in told.value.zh


def test_a_year_without_a_plan_still_answers_carefully(unplanned: int) -> None:
    for day in days_of(unplanned):
        found = CHINA.day(day)
        assert found.provisional
        assert not found.make_up
        assert found.off or (day.weekday() < 5 and found.holiday is None)


def test_days_in_lieu_are_not_worked_out_where_the_plan_decides_them() -> None:
    """1 and 2 May 2027 are a weekend; which days are off for them is the plan's to say."""
    bare = calendar_for("CN", overrides=Overrides())
    if bare.day(date(2027, 5, 3)).provisional:
        assert not bare.day(date(2027, 5, 3)).off


def test_walking_over_the_end_of_the_plans_is_refused(unplanned: int) -> None:
    last = date(unplanned - 1, 12, 31)
    with pytest.raises(CalendarStale):
        CHINA.add_workdays(last, 5)
    with pytest.raises(CalendarStale):
        CHINA.next_workday(date(unplanned, 1, 1))


def test_workdays_are_counted_over_a_golden_week() -> None:
    assert CHINA.next_workday(date(2026, 10, 10)) == date(2026, 10, 10)
    assert CHINA.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert CHINA.add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CHINA.add_workdays(date(2026, 10, 10), -3) == date(2026, 9, 30)
    assert CHINA.add_workdays(date(2026, 10, 3), 0) == date(2026, 10, 3)


@given(st.dates(date(2002, 1, 1), date(2026, 6, 30)), st.integers(1, 30))
def test_counting_forth_and_back_meets(on: date, number: int) -> None:
    start = CHINA.next_workday(on)
    assert CHINA.add_workdays(CHINA.add_workdays(start, number), -number) == start


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_day_is_answered_for_any_date(on: date) -> None:
    found = CHINA.day(on)
    assert found.off or found.holiday is None
    assert not (found.off and found.make_up)


def plan_of(year: int, **keys: Any) -> Overrides:
    return Overrides((PlanOverride(country="CN", year=year, source="a test plan", **keys),))


def test_an_override_adds_the_plan_of_a_year(unplanned: int) -> None:
    worked, off = date(unplanned, 2, 20), date(unplanned, 3, 10)
    worked += timedelta(days=(5 - worked.weekday()) % 7)
    off += timedelta(days=(2 - off.weekday()) % 7)
    overrides = plan_of(unplanned, off=frozenset({off}), work=frozenset({worked}))
    calendar = calendar_for("CN", overrides=overrides)
    assert calendar.valid_through == date(unplanned, 12, 31)
    assert calendar.is_workday(worked)
    assert calendar.day(worked).make_up
    assert not calendar.is_workday(off)
    assert calendar.day(off).holiday == "a test plan"
    assert not calendar.is_workday(date(unplanned, 1, 1))
    assert calendar.is_workday(off + timedelta(days=1))
    assert calendar.version != CHINA.version


def test_an_override_corrects_single_days_without_claiming_a_plan(unplanned: int) -> None:
    overrides = plan_of(unplanned, off=frozenset({date(unplanned, 3, 10)}), complete=False)
    calendar = calendar_for("CN", overrides=overrides)
    assert not calendar.is_workday(date(unplanned, 3, 10))
    assert calendar.day(date(unplanned, 3, 11)).provisional
    with pytest.raises(CalendarStale):
        calendar.is_workday(date(unplanned, 3, 11))
    corrected = calendar_for(
        "CN", overrides=plan_of(2026, work=frozenset({date(2026, 5, 4)}), complete=False)
    )
    assert corrected.is_workday(date(2026, 5, 4))
    assert corrected.day(date(2026, 10, 10)).make_up
    assert corrected.valid_through == CHINA.valid_through


def test_a_whole_plan_replaces_the_librarys() -> None:
    calendar = calendar_for("CN", overrides=plan_of(2026, work=frozenset({date(2026, 5, 10)})))
    assert calendar.is_workday(date(2026, 5, 10))
    assert not calendar.is_workday(date(2026, 10, 10))
    assert calendar.is_workday(date(2026, 10, 6))
    assert not calendar.is_workday(date(2026, 10, 1))


def test_a_plan_may_reach_into_the_december_before() -> None:
    calendar = calendar_for("CN", overrides=plan_of(2027, work=frozenset({date(2026, 12, 26)})))
    assert calendar.is_workday(date(2026, 12, 26))
    assert CHINA.day(date(2026, 12, 26)).off


def test_overrides_of_another_country_change_nothing(unplanned: int) -> None:
    assert calendar_for("US", overrides=plan_of(unplanned)) == calendar_for("US")


def test_spring_festival_falls_as_the_lunar_calendar_says() -> None:
    first_days = """
        2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08
        2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29
        2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03
    """
    for known in map(date.fromisoformat, first_days.split()):
        assert spring_festival(known.year) == known
        assert spring_festival_eve(known.year) == known - timedelta(days=1)


def test_lunar_new_year_is_two_days_a_year() -> None:
    assert [day.isoformat() for day in days_of(2028) if day in LUNAR_NEW_YEAR] == ["2028-01-25", "2028-01-26"]
    assert spring_festival(1900) is None
    assert date(1900, 1, 31) not in LUNAR_NEW_YEAR

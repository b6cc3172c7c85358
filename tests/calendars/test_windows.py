"""Nobody is contacted outside the hours of any zone they may be in, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.calendars import (
    ALL_DAY,
    EVERY_DAY,
    LUNAR_NEW_YEAR,
    WindowEntry,
    ZonedWindow,
    calendar_for,
    end_of_local_day,
    is_open,
    next_open,
    start_of_local_day,
)

NEW_YORK, LOS_ANGELES, SHANGHAI = "America/New_York", "America/Los_Angeles", "Asia/Shanghai"
REG_F = WindowEntry(EVERY_DAY, time(8), time(21), to_inclusive=True)
MAINLAND = WindowEntry(EVERY_DAY, time(8), time(22))


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def window(entry: WindowEntry, *zones: str) -> ZonedWindow:
    return ZonedWindow((entry,), zones)


@pytest.mark.parametrize(
    ("entry", "clock", "expected"),
    [
        (REG_F, "07:59:59.999999", False),
        (REG_F, "08:00:00", True),
        (REG_F, "21:00:59.999999", True),
        (REG_F, "21:01:00", False),
        (MAINLAND, "21:59:59.999999", True),
        (MAINLAND, "22:00:00", False),
        (WindowEntry(EVERY_DAY, time(8), time(21, 59, 59), to_inclusive=True), "21:59:59.5", True),
        (WindowEntry(EVERY_DAY, time(8), time(21, 59, 59), to_inclusive=True), "22:00:00", False),
        (WindowEntry(EVERY_DAY, time(8), time(21), from_inclusive=False), "08:00:59", False),
        (WindowEntry(EVERY_DAY, time(8), time(21), from_inclusive=False), "08:01:00", True),
        (WindowEntry(EVERY_DAY, time(20), time(0)), "23:59:59", True),
        (WindowEntry(EVERY_DAY, time(20), time(0)), "00:00:00", False),
        (ALL_DAY, "00:00:00", True),
        (ALL_DAY, "23:59:59.999999", True),
    ],
)
def test_the_ends_of_a_window(entry: WindowEntry, clock: str, expected: bool) -> None:
    assert is_open([window(entry, NEW_YORK)], at(f"2026-09-23T{clock}", NEW_YORK)) is expected


def test_a_window_over_midnight_belongs_to_the_day_it_opens_on() -> None:
    friday_night = window(WindowEntry(frozenset({4}), time(22), time(6)), SHANGHAI)
    assert is_open([friday_night], at("2026-09-25T23:00", SHANGHAI))
    assert is_open([friday_night], at("2026-09-26T05:59", SHANGHAI))
    assert not is_open([friday_night], at("2026-09-26T06:00", SHANGHAI))
    assert not is_open([friday_night], at("2026-09-25T05:00", SHANGHAI))
    assert not is_open([friday_night], at("2026-09-26T23:00", SHANGHAI))


def test_every_zone_and_every_window_must_be_open() -> None:
    both = window(REG_F, NEW_YORK, LOS_ANGELES)
    assert not is_open([both], at("2026-09-24T09:00", NEW_YORK))
    assert is_open([both], at("2026-09-24T11:00", NEW_YORK))
    assert not is_open([both, window(MAINLAND, SHANGHAI)], at("2026-09-24T11:00", NEW_YORK))
    assert is_open([], at("2026-09-24T03:00"))


def test_the_next_time_satisfies_all_zones() -> None:
    both = window(REG_F, NEW_YORK, LOS_ANGELES)
    assert next_open([both], at("2026-09-24T08:00", NEW_YORK)) == at("2026-09-24T11:00", NEW_YORK)
    assert next_open([both], at("2026-09-24T21:30", NEW_YORK)) == at("2026-09-25T11:00", NEW_YORK)


def test_zones_that_never_share_an_hour_are_never_open() -> None:
    short = WindowEntry(EVERY_DAY, time(8), time(9))
    assert next_open([window(short, NEW_YORK, SHANGHAI)], at("2026-09-24T08:30", NEW_YORK)) is None
    assert next_open([ZonedWindow((), (SHANGHAI,))], at("2026-09-24T08:30")) is None


def test_an_open_moment_is_returned_as_it_was_given() -> None:
    now = at("2026-09-24T09:00:00.123456", SHANGHAI)
    assert next_open([window(MAINLAND, SHANGHAI)], now) is now


def test_what_opens_in_a_skipped_hour_opens_when_the_skip_is_over() -> None:
    """New York goes from 02:00 to 03:00 on 8 March 2026."""
    early = window(WindowEntry(EVERY_DAY, time(2, 30), time(5)), NEW_YORK)
    assert next_open([early], at("2026-03-08T01:00", NEW_YORK)) == at("2026-03-08T07:00")
    skipped = window(WindowEntry(EVERY_DAY, time(2, 10), time(2, 50)), NEW_YORK)
    assert next_open([skipped], at("2026-03-08T01:00", NEW_YORK)) == at("2026-03-09T02:10", NEW_YORK)


def test_a_repeated_hour_opens_twice() -> None:
    """New York shows 01:00 to 02:00 twice on 1 November 2026; what closed at 01:20 is open again then."""
    night = window(WindowEntry(EVERY_DAY, time(0, 30), time(1, 20)), NEW_YORK)
    first_closing = at("2026-11-01T01:20", NEW_YORK, fold=0)
    assert next_open([night], first_closing) == at("2026-11-01T06:00")
    late = window(WindowEntry(EVERY_DAY, time(1, 30), time(1, 40)), NEW_YORK)
    assert next_open([late], at("2026-11-01T01:45", NEW_YORK, fold=0)) == at("2026-11-01T06:30")


def test_a_day_that_never_was_is_passed_over() -> None:
    """Samoa had no Friday 30 December 2011."""
    fridays = window(WindowEntry(frozenset({4}), time(8), time(20)), "Pacific/Apia")
    found = next_open([fridays], at("2011-12-29T12:00", "Pacific/Apia"))
    assert found == at("2012-01-06T08:00", "Pacific/Apia")


def test_workdays_and_days_off_have_hours_of_their_own() -> None:
    china = calendar_for("CN")
    workdays = WindowEntry(EVERY_DAY, time(8), time(20), day_kind="workday")
    others = WindowEntry(EVERY_DAY, time(8), time(18), day_kind="off")
    both = ZonedWindow((workdays, others), (SHANGHAI,), china)
    assert is_open([both], at("2026-10-10T19:00", SHANGHAI))  # a Saturday that is worked
    assert not is_open([both], at("2026-10-06T19:00", SHANGHAI))  # a Tuesday of the golden week
    assert is_open([both], at("2026-10-06T17:59", SHANGHAI))
    only = ZonedWindow((workdays,), (SHANGHAI,), china)
    assert next_open([only], at("2026-09-30T21:00", SHANGHAI)) == at("2026-10-08T08:00", SHANGHAI)


@pytest.mark.parametrize("closed", [LUNAR_NEW_YEAR, frozenset({date(2026, 2, 16), date(2026, 2, 17)})])
def test_special_days_are_closed(closed: frozenset[date]) -> None:
    house = ZonedWindow((MAINLAND,), (SHANGHAI,), closed_on=closed)
    assert next_open([house], at("2026-02-15T22:00", SHANGHAI)) == at("2026-02-18T08:00", SHANGHAI)


def test_special_days_may_be_a_rule_and_close_what_runs_over_midnight() -> None:
    no_sundays = ZonedWindow(
        (WindowEntry(EVERY_DAY, time(22), time(6)),), (SHANGHAI,), closed_on=lambda day: day.weekday() == 6
    )
    assert is_open([no_sundays], at("2026-09-26T23:00", SHANGHAI))
    assert next_open([no_sundays], at("2026-09-27T00:00", SHANGHAI)) == at("2026-09-28T22:00", SHANGHAI)


def test_within_bounds_the_search() -> None:
    nights = [window(MAINLAND, SHANGHAI)]
    now = at("2026-09-24T22:00", SHANGHAI)
    assert next_open(nights, now, timedelta(hours=9)) is None
    assert next_open(nights, now, timedelta(hours=10)) == at("2026-09-25T08:00", SHANGHAI)


def test_a_window_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="zone: expected an IANA time zone"):
        window(MAINLAND, "Beijing")
    with pytest.raises(ValueError, match="zones: expected at least one"):
        ZonedWindow((MAINLAND,), ())
    with pytest.raises(ValueError, match="needs a calendar"):
        window(WindowEntry(EVERY_DAY, time(8), time(20), day_kind="workday"), SHANGHAI)
    with pytest.raises(ValueError, match="weekdays 0"):
        WindowEntry(frozenset({7}), time(8), time(20))
    for ask in (is_open, next_open):
        with pytest.raises(ValueError, match="with a time zone"):
            ask([window(MAINLAND, SHANGHAI)], datetime(2026, 9, 24, 12, 0))


# Zones and dates where clocks are set by an hour, at midnight, by half an hour, or by a whole day.
TURNS = {
    NEW_YORK: [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    "Europe/London": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/Asuncion": [datetime(2023, 10, 1, 4, tzinfo=UTC), datetime(2024, 3, 24, 3, tzinfo=UTC)],
    "America/Havana": [datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10, tzinfo=UTC)],
    "America/St_Johns": [datetime(2010, 3, 14, 3, 31, tzinfo=UTC), datetime(2010, 11, 7, 2, 31, tzinfo=UTC)],
    SHANGHAI: [datetime(2026, 9, 30, 16, tzinfo=UTC)],
}
GRID = 10  # minutes: every clock time below is a multiple of it
CLOCKS = st.integers(0, 24 * 60 // GRID - 1).map(lambda n: time(n * GRID // 60, n * GRID % 60))
ENTRIES = st.builds(
    WindowEntry,
    st.frozensets(st.integers(0, 6), min_size=1),
    CLOCKS,
    CLOCKS,
    day_kind=st.sampled_from(["any", "any", "workday", "off"]),
)
PLACES = st.sampled_from(sorted(TURNS))


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[ZonedWindow], datetime]:
    turning = draw(PLACES)
    around = draw(st.integers(-36 * 60, 36 * 60))
    now = draw(st.sampled_from(TURNS[turning])) + timedelta(minutes=around)
    closed = frozenset({now.date()}) if draw(st.booleans()) else frozenset[date]()
    windows = [
        ZonedWindow(
            tuple(draw(st.lists(ENTRIES, min_size=1, max_size=3))),
            (turning, *draw(st.lists(PLACES, max_size=1))),
            calendar_for("CN"),
            closed,
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    return windows, now.astimezone(ZoneInfo(turning))


@given(situations())
def test_the_next_opening_is_open_and_nothing_before_it_is(
    situation: tuple[list[ZonedWindow], datetime],
) -> None:
    windows, now = situation
    start = now.astimezone(UTC)
    within = timedelta(days=4)
    found = next_open(windows, now, within)
    limit = start + within if found is None else found.astimezone(UTC)
    assert start <= limit <= start + within
    if found is not None:
        assert is_open(windows, found)
        assert next_open(windows, found) == found
    # Offsets of these zones are multiples of ten minutes but for Newfoundland's minute past midnight.
    minutes = int((limit - start).total_seconds() // 60)
    tried = {0, *range(0, minutes, GRID), *range(max(0, minutes - 90), minutes)}
    assert not any(
        is_open(windows, moment)
        for n in tried
        if (moment := start + timedelta(minutes=n)) < limit or (found is None and n == 0)
    )


def on_the_wall(entry: WindowEntry, zone: str, moment: datetime) -> bool:
    """The same rule said another way: by the minutes of the week that the entry covers."""
    wall = moment.astimezone(ZoneInfo(zone))
    minute = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
    first = entry.start.hour * 60 + entry.start.minute
    length = (entry.end.hour * 60 + entry.end.minute - first) % 1440 or 1440
    return any((minute - day * 1440 - first) % (7 * 1440) < length for day in entry.days)


@given(
    st.builds(WindowEntry, st.frozensets(st.integers(0, 6), min_size=1), CLOCKS, CLOCKS),
    PLACES,
    st.datetimes(datetime(2009, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
@settings(max_examples=300)
def test_a_moment_is_open_as_the_clock_on_the_wall_says(
    entry: WindowEntry, zone: str, moment: datetime
) -> None:
    assert is_open([window(entry, zone)], moment) is on_the_wall(entry, zone, moment)


@given(PLACES, st.data())
def test_a_local_day_begins_before_and_ends_after_each_of_its_moments(zone: str, data: st.DataObject) -> None:
    turn = data.draw(st.sampled_from(TURNS[zone]))
    now = turn + timedelta(seconds=data.draw(st.integers(-200_000, 200_000)))
    start, end = start_of_local_day(now, zone), end_of_local_day(now, zone)
    assert start <= now < end
    assert start.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
    assert end.astimezone(ZoneInfo(zone)).date() > now.astimezone(ZoneInfo(zone)).date()
    assert end - start <= timedelta(hours=25)


def test_a_day_without_midnight_begins_when_the_clock_is_set() -> None:
    """Asuncion went from 23:59 to 01:00 on 1 October 2023."""
    found = start_of_local_day(at("2023-10-01T12:00", "America/Asuncion"), "America/Asuncion")
    assert found.astimezone(ZoneInfo("America/Asuncion")).isoformat() == "2023-10-01T01:00:00-03:00"
    # Toronto once went from 23:30 to 00:30: midnight lay inside the gap.
    toronto = start_of_local_day(at("1919-03-31T12:00", "America/Toronto"), "America/Toronto")
    assert toronto.astimezone(ZoneInfo("America/Toronto")).isoformat() == "1919-03-31T00:30:00-04:00"
    before = at("2011-12-29T12:00", "Pacific/Apia")
    assert end_of_local_day(before, "Pacific/Apia") == at("2011-12-31T00:00", "Pacific/Apia")

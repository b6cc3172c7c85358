"""The holidays people name, in a country's calendar: the day before one, and the first working day after it.

>>> china = calendar_for("CN")
>>> before(china, "国庆", date(2026, 9, 24)), after(china, "国庆", date(2026, 9, 24))
(datetime.date(2026, 9, 30), datetime.date(2026, 10, 8))
>>> after(china, "元旦", date(2025, 12, 30))          # 4 January 2026 is a Sunday that is worked
datetime.date(2026, 1, 4)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from loansms.calendars import WorkCalendar, calendar_for

__all__ = ["after", "before", "calendar_for", "on"]

_ONE: Final = timedelta(days=1)
ANY: Final = "*"


@lru_cache(maxsize=64)
def _named(calendar: WorkCalendar, year: int) -> tuple[tuple[str, date], ...]:
    """Return the days of `year` that carry a holiday's name, in order; days in lieu carry none."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=one) for one in range((date(year, 12, 31) - first).days + 1))
    every = ((calendar.day(one).holiday, one) for one in days)
    return tuple((name, one) for name, one in every if name and "休息日" not in name)


def _runs(calendar: WorkCalendar, name: str, day: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day off of each occurrence of a holiday that ends on or after `day`, of two years."""
    last = date.min
    for year in (day.year, day.year + 1):
        for named, first in _named(calendar, year):
            if first <= last or name not in (ANY, *_parts(named, name)):
                continue
            last = first
            while last < date.max and calendar.day(last + _ONE).off:
                last += _ONE
            if last >= day:
                yield first, last


def _parts(named: str, name: str) -> tuple[str, ...]:
    return (name,) if name in named else ()


def before(calendar: WorkCalendar, name: str, day: date) -> date | None:
    """Return the day before the next such holiday that begins after `day`; None where the calendar has none."""
    return next((first - _ONE for first, _ in _runs(calendar, name, day) if first > day), None)


def on(calendar: WorkCalendar, name: str, day: date) -> date | None:
    """Return the first day of the next such holiday, `day` itself where it lies in one."""
    return next((max(first, day) for first, _ in _runs(calendar, name, day)), None)


def after(calendar: WorkCalendar, name: str, day: date) -> date | None:
    """Return the first working day after the next such holiday, or the one that `day` lies in.

    CalendarStale where only a plan that is not published could tell.
    """
    last = next((last for _, last in _runs(calendar, name, day)), None)
    return last and calendar.next_workday(last + _ONE)

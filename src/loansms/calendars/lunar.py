"""Spring Festival by the lunar calendar: its first day (初一) and the eve before it (除夕).

The dates are the library's, whose tables reach from 1950 to 2100.

>>> spring_festival(2026), spring_festival_eve(2026)
(datetime.date(2026, 2, 17), datetime.date(2026, 2, 16))
>>> date(2027, 2, 5) in LUNAR_NEW_YEAR, date(2027, 2, 7) in LUNAR_NEW_YEAR
(True, False)
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from attrs import frozen

from loansms.calendars.year import statutory_days

_NAME: Final = "春节"


@lru_cache(maxsize=256)
def spring_festival(year: int) -> date | None:
    """Return the first day of the lunar year that begins in `year`, or None outside the tables."""
    return min((day for day, name in statutory_days("CN", year).items() if _NAME in name), default=None)


def spring_festival_eve(year: int) -> date | None:
    """Return the last day of the lunar year before it, or None outside the tables."""
    first = spring_festival(year)
    return first and first - timedelta(days=1)


@frozen
class _LunarNewYear:
    """A set of days: every lunar New Year's eve and New Year's day."""

    def __contains__(self, day: date, /) -> bool:
        return day in (spring_festival_eve(day.year), spring_festival(day.year))


LUNAR_NEW_YEAR: Final = _LunarNewYear()
"""Every lunar New Year's eve and New Year's day, to be asked with `in`; False outside the tables."""

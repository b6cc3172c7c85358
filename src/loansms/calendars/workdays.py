"""Working days and days off of a country, from a kept library and the lender's overrides.

A year whose plan of make-up workdays is not out is never guessed. `WorkCalendar.day` still answers (weekends
and statutory days off, marked provisional), so that sending can be careful; `WorkCalendar.is_workday` raises
CalendarStale unless the answer stands without the plan: a statutory day is off in any case, every other day
of such a year may be changed by the plan.

Source of the Chinese plans: the yearly notice of the General Office of the State Council, as carried by the
`holidays` library. A notice has now and then moved a day of the December before; the notice of a year is
taken to settle that year to its last day.

>>> china = calendar_for("CN")
>>> china.is_workday(date(2026, 10, 10)), china.day(date(2026, 10, 10)).make_up     # a Saturday, worked
(True, True)
>>> china.next_workday(date(2026, 10, 1)), china.add_workdays(date(2026, 9, 30), 1)
(datetime.date(2026, 10, 8), datetime.date(2026, 10, 8))
>>> calendar_for("US", "MA").day(date(2026, 4, 20)).holiday
"Patriots' Day"
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Final

from attrs import field, frozen
from holidays.version import __version__ as library_version

from loansms.calendars.overrides import Overrides
from loansms.calendars.year import PLANNED, Day, place, regions, year_table
from loansms.errors import CalendarStale

_FIRST_PLAN: Final = 2001  # the first notice the library carries
_ONE: Final = timedelta(days=1)


@lru_cache(maxsize=1024)
def calendar_for(country: str, region: str | None = None, overrides: Overrides | None = None) -> WorkCalendar:
    """Return the calendar of `country` (ISO 3166) and, where its holidays differ, of `region` (ISO 3166-2).

    CallerError when the library knows no such country or region. Overrides of other countries are left aside.
    """
    code, part = place(country, region)
    return WorkCalendar(code, part, (overrides or Overrides()).only(code))


def regional_calendars(country: str, overrides: Overrides | None = None) -> tuple[WorkCalendar, ...]:
    """Return a calendar for each region of `country`, or its only one where all keep the same holidays.

    For a person whose region is not known: a day off in any of them may be theirs.

    >>> len(regional_calendars("CA")), len(regional_calendars("TH"))
    (13, 1)
    """
    return tuple(calendar_for(country, one, overrides) for one in regions(country) or (None,))


@frozen(cache_hash=True)
class WorkCalendar:
    """The working days of one place; made by `calendar_for`."""

    country: str
    region: str | None = None
    overrides: Overrides = field(factory=Overrides)

    def day(self, on: date) -> Day:
        """Return what `on` is; never raises. A day of a year without its plan is marked provisional."""
        return year_table(self.country, self.region, on.year, self.overrides).days[_plain(on)]

    def is_workday(self, on: date) -> bool:
        """Whether `on` is worked; CalendarStale when only a plan that is not out could tell."""
        table = year_table(self.country, self.region, on.year, self.overrides)
        if not table.planned and _plain(on) not in table.certain:
            raise CalendarStale(self.country, on.year)
        return not table.days[_plain(on)].off

    def next_workday(self, on: date) -> date:
        """Return `on` if it is worked, else the first worked day after it; CalendarStale as `is_workday`."""
        while not self.is_workday(on):
            on += _ONE
        return on

    def add_workdays(self, on: date, number: int) -> date:
        """Return the `number`-th worked day after `on`, before it when negative, `on` itself for 0."""
        step = _ONE if number > 0 else -_ONE
        for _ in range(abs(number)):
            on += step
            while not self.is_workday(on):
                on += step
        return on

    @cached_property
    def valid_through(self) -> date | None:
        """The last day with a published plan; None where statutory rules need no yearly plan."""
        if self.country not in PLANNED:
            return None
        return date(_last_planned(self.country, self.overrides), 12, 31)

    @property
    def version(self) -> str:
        """What a decision records: the library, the reach of the plans, a digest of the overrides."""
        where = f"{self.country}-{self.region}" if self.region else self.country
        reach = self.valid_through
        plan = f" plan through {reach.year}" if reach else ""
        digest = f"; overrides {_digest(self.overrides)}" if self.overrides.plans else ""
        return f"holidays {library_version}; {where}{plan}{digest}"


def _plain(on: date) -> date:
    """Return the date of `on`, which may be a datetime."""
    return date(on.year, on.month, on.day)


@lru_cache(maxsize=64)
def _last_planned(country: str, overrides: Overrides) -> int:
    year = _FIRST_PLAN
    while year_table(country, None, year + 1, overrides).planned:
        year += 1
    return year


def _digest(overrides: Overrides) -> str:
    content = "|".join(
        f"{one.country}:{one.year}:{sorted(one.off)}:{sorted(one.work)}:{one.complete}:{one.source}"
        for one in sorted(overrides.plans, key=lambda one: (one.country, one.year))
    )
    return hashlib.sha256(content.encode()).hexdigest()[:8]

"""The days off that a rule on hours speaks of: those of its own calendar, in the region of the debt.

The calendar is the rule's (`calendar` "TH", "BR-CE"), else the country's. A calendar that the caller hands in
takes its place when it is of that country. Where the region decides and is not known, a holiday of any region
counts: nobody is disturbed on a day that may be theirs.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from attrs import frozen

from loansms.calendars import Overrides, WorkCalendar, calendar_for, regional_calendars
from loansms.compliance.checks.hit import Case
from loansms.compliance.rule import Rule
from loansms.errors import CallerError

_SAME = {"UK": "GB"}


@frozen(cache_hash=True)
class Holidays:
    """The days that are a public holiday in any of the calendars.

    >>> date(2026, 3, 25) in Holidays((calendar_for("BR", "CE"),)), date(2026, 3, 25) in Holidays(())
    (True, False)
    """

    calendars: tuple[WorkCalendar, ...]

    def __contains__(self, day: date, /) -> bool:
        return _is_holiday(self, day)


@lru_cache(maxsize=8192)
def _is_holiday(holidays: Holidays, day: date) -> bool:
    return any(one.day(day).holiday is not None for one in holidays.calendars)


def calendar_of(rule: Rule, case: Case) -> WorkCalendar:
    """Return the one calendar in which a rule tells workdays from days off."""
    found = _calendars(rule, case)
    return found[0] if len(found) == 1 else case.calendar


def holidays_of(rule: Rule, case: Case) -> Holidays:
    """Return the public holidays a rule speaks of."""
    return Holidays(_calendars(rule, case))


def _calendars(rule: Rule, case: Case) -> tuple[WorkCalendar, ...]:
    context = case.context
    return _for(
        rule.calendar or context.country, context.region or "", context.jurisdiction, context.calendar
    )


@lru_cache(maxsize=1024)
def _for(named: str, region: str, jurisdiction: str, own: WorkCalendar | None) -> tuple[WorkCalendar, ...]:
    country, _, part = named.partition("-")
    ours = own is not None and own.country == _SAME.get(country, country)
    if own is not None and ours and (not part or own.region == part):
        return (own,)
    where = part or region or jurisdiction.partition("-")[2]
    return _of_place(country, where, own.overrides if own is not None and ours else _NONE)


_NONE: Final = Overrides()


@lru_cache(maxsize=1024)
def _of_place(country: str, region: str, overrides: Overrides) -> tuple[WorkCalendar, ...]:
    if not region:
        return regional_calendars(country, overrides)
    try:
        return (calendar_for(country, region, overrides),)
    except CallerError:
        return regional_calendars(country, overrides)

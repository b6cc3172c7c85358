"""One year of one country, every day decided once: what the calendar answers from.

The statutory days and the plans come from the `holidays` library. In China a plan of the State Council moves
days off and working weekends about, year by year, around November before. Whether the library has a year's
plan is read from the library itself: a planned year has days off that are exchanged for working weekends, and
every plan since 2001 had some. A year without any is not planned, and only its statutory days are taken from
the library: not the days off in lieu that it works out by rule, since the plan decides where those fall.

>>> table = year_table("CN", None, 2026, Overrides())
>>> table.planned, table.days[date(2026, 10, 10)].make_up, table.days[date(2026, 10, 6)].off
(True, True, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import holidays
from attrs import evolve, frozen

from loansms.calendars.overrides import Overrides, PlanOverride
from loansms.errors import CallerError

# Countries whose days off and working weekends are laid down year by year.
PLANNED: Final = frozenset({"CN"})
ALIASES: Final = {"UK": "GB"}


@frozen
class Day:
    """What one day is.

    ``off``: no working day. ``holiday``: its name in the country's own language, or where an override says
    it is off. ``make_up``: a weekend day that is worked. ``provisional``: the year's plan is not out, so a
    day that is not statutory may yet change.
    """

    off: bool
    holiday: str | None = None
    make_up: bool = False
    provisional: bool = False


@frozen
class YearTable:
    """The days of a year, whether its plan is out (or none is needed), and the days certain without a plan."""

    days: Mapping[date, Day]
    planned: bool
    certain: frozenset[date]


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    """Return the codes the library knows; asked by name alone, it would also answer for the month APR."""
    return frozenset(holidays.list_supported_countries(include_aliases=True))


@lru_cache(maxsize=1024)
def place(country: str, region: str | None) -> tuple[str, str | None]:
    """Return country and region as the library names them, or raise CallerError.

    A region of a country whose holidays are the same everywhere is left aside.
    """
    code = country.strip().upper()
    code = ALIASES.get(code, code)
    if code not in _countries():
        raise CallerError(
            "country: expected an ISO 3166 code such as CN or US whose holidays are known",
            "国家：应为 CN、US 之类的 ISO 3166 代码，且其节假日已知",
        )
    nation = holidays.country_holidays(code)
    known = {*nation.subdivisions, *nation.subdivisions_aliases}
    if not region or not known:
        return code, None
    part = region.strip().removeprefix(f"{code}-")
    matches = (one for one in (part, part.upper()) if one in known)
    chosen = next(matches, None)
    if chosen is None:
        raise CallerError(
            f"region: expected a subdivision of {code} such as {min(nation.subdivisions)}",
            f"地区：应为 {code} 的行政区代码，例如 {min(nation.subdivisions)}",
        )
    return code, chosen


@lru_cache(maxsize=256)
def regions(country: str) -> tuple[str, ...]:
    """Return the regions whose holidays the library tells apart, in no order of weight; often none."""
    code, _ = place(country, None)
    return tuple(holidays.country_holidays(code).subdivisions)


@lru_cache(maxsize=1024)
def year_table(country: str, region: str | None, year: int, overrides: Overrides) -> YearTable:
    """Return the table of `year`; country and region as `place` gives them."""
    plan, following = overrides.of(country, year), overrides.of(country, year + 1)
    named = _library(country, region, year, observed=True)
    exchanged = {day for day, name in named.items() if _is_exchanged(country, name)}
    in_library = country not in PLANNED or bool(exchanged)
    planned = in_library or (plan is not None and plan.complete)
    certain: frozenset[date] = frozenset()
    worked = frozenset[date]()
    if country in PLANNED and (not in_library or (plan is not None and plan.complete)):
        named = statutory_days(country, year)
        certain = frozenset(named)
    else:
        worked = _worked_weekends(country, region, year)
    weekend = _weekend(country, region, year)
    days = {
        day: Day(
            off=day not in worked and (day in named or day in weekend),
            holiday=named.get(day),
            make_up=day in worked,
            provisional=not planned,
        )
        for day in _each_day(year)
    }
    for one in (plan, following):
        certain |= _apply(one, days, weekend)
    return YearTable(MappingProxyType(days), planned, certain)


def statutory_days(country: str, year: int) -> dict[date, str]:
    """Return the named holidays of the law alone: no day in lieu, none exchanged for a weekend day."""
    found = _library(country, None, year, observed=False)
    return {day: name for day, name in found.items() if not _is_exchanged(country, name)}


def _apply(plan: PlanOverride | None, days: dict[date, Day], weekend: frozenset[date]) -> frozenset[date]:
    """Lay the override's days over the table; return those it settled."""
    if plan is None:
        return frozenset()
    for day in plan.off & days.keys():
        days[day] = evolve(days[day], off=True, make_up=False, holiday=days[day].holiday or plan.source)
    for day in plan.work & days.keys():
        days[day] = evolve(days[day], off=False, make_up=day in weekend, holiday=None)
    return frozenset((plan.off | plan.work) & days.keys())


def _each_day(year: int) -> list[date]:
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    return [first + timedelta(days=day) for day in range(length)]


@lru_cache(maxsize=1024)
def _holidays(country: str, region: str | None, year: int, observed: bool) -> holidays.HolidayBase:
    # The language is set, because the library would take it from the machine's environment.
    language = holidays.country_holidays(country).default_language
    return holidays.country_holidays(
        country, subdiv=region, years=year, observed=observed, expand=False, language=language
    )


def _library(country: str, region: str | None, year: int, *, observed: bool) -> dict[date, str]:
    found = _holidays(country, region, year, observed)
    return {day: str(name) for day, name in found.items() if day.year == year}


def _worked_weekends(country: str, region: str | None, year: int) -> frozenset[date]:
    # The library's set also holds days of other years.
    found = _holidays(country, region, year, True)
    return frozenset(day for day in found.weekend_workdays if day.year == year)


def _weekend(country: str, region: str | None, year: int) -> frozenset[date]:
    found = _holidays(country, region, year, True)
    return frozenset(day for day in _each_day(year) if found.is_weekend(day))


def _is_exchanged(country: str, name: str) -> bool:
    """Whether the library's name of a day says that it is off in exchange for a worked weekend day."""
    label = getattr(_holidays(country, None, 2001, True), "substituted_label", None)
    return bool(label) and name.startswith(str(label).partition("%s")[0])

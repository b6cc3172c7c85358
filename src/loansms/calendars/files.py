"""Read an override file of calendar plans (TOML).

::

    [[plan]]
    country = "CN"                                    # ISO 3166; CN when absent
    year = 2027
    off = ["2027-01-01..2027-01-03", 2027-02-05]      # a date, or first..last with both included
    work = [2027-01-30]
    source = "the notice it was taken from"
    complete = true                                   # false: these days only, the year's plan is not all here

>>> plan = {"year": 2027, "off": ["2027-01-01..2027-01-03"], "source": "an example"}
>>> sorted(parse_overrides({"plan": [plan]}, "example.toml").plans[0].off)[-1]
datetime.date(2027, 1, 3)
>>> parse_overrides({"plan": [plan | {"work": ["30 January"]}]}, "example.toml")  # doctest: +ELLIPSIS
Traceback (most recent call last):
loansms.errors.ConfigurationError: example.toml: plan CN 2027: work: entry 1: expected a date such as 2027-01-30 or a range such ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import frozen

from loansms.calendars.overrides import Overrides, PlanOverride
from loansms.errors import CallerError, ConfigurationError
from loansms.files import read_toml, structure

_LONGEST = 60  # days: a longer run off is a slip of the pen, not a holiday


@frozen(kw_only=True)
class _Plan:
    year: int
    source: str
    country: str = "CN"
    off: tuple[Any, ...] = ()
    work: tuple[Any, ...] = ()
    complete: bool = True


@frozen(kw_only=True)
class _File:
    plan: tuple[_Plan, ...]


def load_overrides(path: str | Path) -> Overrides:
    """Return the plans of an override file.

    ConfigurationError in one line, naming the file, the plan and the key, when the file is missing, is no
    TOML, has an unknown key, a value that is no date or range, a date outside its year, a date both off and
    worked, or two plans for one year.
    """
    path = Path(path)
    return parse_overrides(read_toml(path), path.name)


def parse_overrides(content: Mapping[str, Any], source: str) -> Overrides:
    """Return the plans of an override file's content; `source` names it in the errors of `load_overrides`."""
    read = structure(content, _File, source)
    try:
        return Overrides(tuple(_override(plan) for plan in read.plan))
    except CallerError as wrong:
        raise ConfigurationError(f"{source}: {wrong}", f"{source}：{wrong.zh}") from None


def _override(plan: _Plan) -> PlanOverride:
    country = plan.country.upper()
    where = f"{country} {plan.year}"
    return PlanOverride(
        country=country,
        year=plan.year,
        off=_days(plan.off, f"{where}: off"),
        work=_days(plan.work, f"{where}: work"),
        source=plan.source,
        complete=plan.complete,
    )


def _days(values: Sequence[object], where: str) -> frozenset[date]:
    bounds = [_bounds(value, f"plan {where}: entry {number}") for number, value in enumerate(values, 1)]
    return frozenset(
        first + timedelta(days=day) for first, last in bounds for day in range((last - first).days + 1)
    )


def _bounds(value: object, where: str) -> tuple[date, date]:
    try:
        # A number, a table or a moment of a day fails here as text that is no date.
        first, _, last = str(value).partition("..")
        bounds = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise CallerError(
            f"{where}: expected a date such as 2027-01-30 or a range such as 2027-01-01..2027-01-03",
            f"{where}：应为日期（2027-01-30）或范围（2027-01-01..2027-01-03）",
        ) from None
    if not 0 <= (bounds[1] - bounds[0]).days < _LONGEST:
        raise CallerError(
            f"{where}: expected the last day on or after the first, at most {_LONGEST} days in all",
            f"{where}：末日应不早于首日，且至多 {_LONGEST} 天",
        )
    return bounds

"""What a lender adds to or corrects in the calendars: whole plans of a year, or single days.

>>> plan = PlanOverride(country="CN", year=2027, work=frozenset({date(2027, 1, 30)}), source="an example")
>>> Overrides((plan,)).of("CN", 2027) is plan
True
>>> PlanOverride(country="CN", year=2027, off=frozenset({date(2029, 1, 1)}), source="an example")
Traceback (most recent call last):
loansms.errors.CallerError: plan CN 2027: expected dates of 2027 or of December 2026
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from attrs import field, frozen

from loansms.errors import CallerError


@frozen(kw_only=True, cache_hash=True)
class PlanOverride:
    """The days of one `year` that are `off` or `work`, whatever else would follow, and the `source` of that.

    ``complete`` means this is the year's whole plan: it replaces the library's, and the year counts as
    planned. Otherwise the days are corrected one by one, and a year without its plan stays without.
    Days of the December before may be named, because a plan sometimes moves them.
    """

    country: str
    year: int
    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    source: str
    complete: bool = True

    def __attrs_post_init__(self) -> None:
        for fault, fault_zh in _faults(self):
            where = f"{self.country} {self.year}"
            raise CallerError(f"plan {where}: {fault}", f"{where} 年安排：{fault_zh}")


def _faults(plan: PlanOverride) -> Iterator[tuple[str, str]]:
    if not plan.source.strip():
        yield "source: expected where the plan was published", "source：应写明安排的出处"
    before = (plan.year - 1, 12)
    if any(day.year != plan.year and (day.year, day.month) != before for day in plan.off | plan.work):
        yield (
            f"expected dates of {plan.year} or of December {plan.year - 1}",
            f"日期应在 {plan.year} 年内或 {plan.year - 1} 年 12 月",
        )
    both = plan.off & plan.work
    if both:
        day = min(both).isoformat()
        yield f"{day} is in off and in work, expected one of them", f"{day} 同时列为放假和上班，应只列其一"


def _one_per_year(_instance: object, _attribute: object, value: tuple[PlanOverride, ...]) -> None:
    for (country, year), times in Counter((one.country, one.year) for one in value).items():
        if times > 1:
            raise CallerError(
                f"plan {country} {year}: expected one entry, found {times}",
                f"{country} {year} 年安排：应只有一项，实有 {times} 项",
            )


@frozen(cache_hash=True)
class Overrides:
    """The overrides of any number of countries and years, one for each."""

    plans: tuple[PlanOverride, ...] = field(default=(), validator=_one_per_year)

    def of(self, country: str, year: int) -> PlanOverride | None:
        """Return what is said of that country's year, or None."""
        return next((one for one in self.plans if (one.country, one.year) == (country, year)), None)

    def only(self, country: str) -> Overrides:
        """Return what is said of `country` alone."""
        return Overrides(tuple(one for one in self.plans if one.country == country))

"""Calendars themselves: that the year's plan is out, that it is the published one, that it says when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from loansms.calendars import WorkCalendar, calendar_for
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.context import Context
from loansms.compliance.rule import Rule
from loansms.errors import CallerError

_DAY: Final = timedelta(days=1)


@frozen(kw_only=True)
class PublishedPlan:
    """`off` and `work` are the published days off and make-up workdays of `year`, good to `valid_through`."""

    year: int
    off: frozenset[date]
    work: frozenset[date]
    valid_through: date

    def __attrs_post_init__(self) -> None:
        if self.off & self.work or {one.year for one in self.off | self.work} - {self.year}:
            raise CallerError(
                "calendar_day: expected off and work days apart, all of that year",
                "calendar_day：休息日与上班日应分开列出，且都在该年内",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when the calendar in use says another thing of today than the plan does."""
        if case.now.year not in (self.year - 1, self.year, self.year + 1):
            return
        today = _today(rule, case)
        if today not in self.off and today not in self.work:
            return
        if case.calendar.day(today).off is not (today in self.off):
            yield blocked(rule, "calendar_differs", f"({today.isoformat()})", f"（{today.isoformat()}）")


@frozen(kw_only=True)
class MissingYear:
    """`on_missing_year` "calendar_stale": a year whose plan is not out is told, never taken for workdays.

    This is for today; a window that runs into such a year is told by the gate.
    """

    on_missing_year: str
    never: str = ""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when today lies after the last day with a published plan."""
        last = case.calendar.valid_through
        # A day on either side may be tomorrow somewhere; only near the end is the zone looked up.
        if last is not None and last <= case.now.date() + _DAY and last < _today(rule, case):
            yield blocked(rule, "calendar_stale")


@frozen(kw_only=True)
class DatedCalendar:
    """`port` names what calendars are looked up by: one the caller gives is of the debt's country and region.

    ``valid_through`` "required" tells people that a calendar of a country with a yearly plan says its end.
    """

    port: tuple[str, ...]
    valid_through: str = ""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a calendar of another country than the debt's, or of another region."""
        given = case.context.calendar
        if given is not None and self._elsewhere(given, case.context):
            yield blocked(rule, "calendar_of_another_place")

    def _elsewhere(self, given: WorkCalendar, context: Context) -> bool:
        if "country" in self.port and given.country != context.country:
            return calendar_for(context.country).country != given.country  # one country may have two codes
        if "region" not in self.port or None in (given.region, context.region):
            return False
        if given.region == context.region:
            return False
        try:
            return calendar_for(context.country, context.region).region != given.region
        except CallerError:  # a region without a calendar of its own
            return False


def _today(rule: Rule, case: Case) -> date:
    zones = case.zones(rule)
    return case.now.astimezone(ZoneInfo(zones[0])).date() if zones else case.now.date()

"""Windows: the hours and days in which a message may go, and days on which none may.

A window never refuses: it names open hours, and the gate looks for the first instant that lies in all of
them, in every zone the recipient may be in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, Literal

from attrs import frozen

from loansms.calendars import (
    ALL_DAY,
    LUNAR_NEW_YEAR,
    WindowEntry,
    WorkCalendar,
    ZonedWindow,
)
from loansms.compliance.checks.days_off import Holidays, calendar_of, holidays_of
from loansms.compliance.checks.designations import spared
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.hours import HOLIDAYS, Hours, only_in
from loansms.compliance.checks.providers import concerns
from loansms.compliance.checks.suppression import answers
from loansms.compliance.facts import agreements, whole
from loansms.compliance.rule import OTHER_CHANNELS, Rule
from loansms.errors import CallerError
from loansms.model import Channel

__all__ = ["CalendarDay", "Hours", "Window"]

# Who, by agreeing, lifts a rule on hours; an officer of the lender lifts none through the facts.
_AGREEMENTS: Final = frozenset(
    {
        "recorded_agreement_with_debtor",
        "debtor_consent",
        "express_consent",
        "prior_consent",
        "consumer_prior_consent_given_directly_to_the_collector",
    }
)
PLAUSIBLE: Final = "intersection_of_plausible"
_ROADS: Final = frozenset({"whatsapp", *OTHER_CHANNELS, *(one.value for one in Channel)})
_MORE_THAN: Final = re.compile(r"([a-z_]+)>(\d+)", re.ASCII)


@frozen(kw_only=True, eq=False)
class Window:
    """`allow` lists open hours; `source` "consumer_designations" takes them from what the person said.

    ``honour`` asks for both. ``holidays`` "deny" closes public holidays, by the rule's own calendar.
    ``zones`` lists the zones of the country: who is known to be in none of them is taken to be in any; with
    "intersection_of_plausible" the rule has no hours of its own and stops a zone that nobody knows.
    ``void_if`` lifts the hours: by a fact that is larger ("days_past_due>15"), or by a recorded consent.
    ``scrub`` "DND" stops a number that the fact `dnd_listed` names. ``elsewhere_than`` names the zone whose
    people this window leaves to the other rules; ``providers`` and ``channels`` those it is asked of (a text
    with pictures is a text). What is read nowhere below tells people where the hours come from.
    """

    allow: tuple[Hours, ...] = ()
    source: Literal["", "consumer_designations"] = ""
    honour: Literal["", "consumer_designations"] = ""
    kinds: tuple[str, ...] = ()
    known_from: tuple[str, ...] = ()
    reply_once_same_medium: bool = False
    holidays: Literal["", "deny"] = ""
    zones: tuple[str, ...] | str = ""
    unknown: Literal["", "all_zones_of_country"] = ""
    void_if: tuple[str, ...] = ()
    scrub: Literal["", "DND"] = ""
    elsewhere_than: str = ""
    time_of: str = ""
    providers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    configurable: bool = False
    scope: str = ""
    older_text: str = ""
    weekend_reading: str = ""
    sms: str = ""
    law: str = ""
    status: str = ""

    def __attrs_post_init__(self) -> None:
        if (bool(self.allow) + bool(self.source) + (self.zones == PLAUSIBLE)) != 1:
            raise CallerError(
                "window: expected either allow or source", "window：应给出 allow 或 source 之一"
            )
        if isinstance(self.zones, str) and self.zones not in ("", "intersection", PLAUSIBLE):
            raise CallerError(
                f"zones: expected intersection, {PLAUSIBLE} or a list of IANA zones",
                f"zones：应为 intersection、{PLAUSIBLE} 或 IANA 时区列表",
            )
        if not isinstance(self.zones, str) and not all(_known_zone(one) for one in self.zones):
            raise CallerError(
                "zones: expected IANA zones such as Asia/Jakarta", "zones：应为 Asia/Jakarta 之类的 IANA 时区"
            )
        if not set(self.channels) <= _ROADS:
            raise CallerError(
                f"channels: expected some of {', '.join(sorted(_ROADS))}",
                f"channels：应为 {'、'.join(sorted(_ROADS))} 中的若干项",
            )
        if any(one not in _AGREEMENTS and not _MORE_THAN.fullmatch(one) for one in self.void_if):
            raise CallerError(
                "void_if: expected a consent such as express_consent, or days_past_due>15",
                "void_if：应为 express_consent 之类的同意，或 days_past_due>15",
            )

    @cached_property
    def entries(self) -> tuple[WindowEntry, ...]:
        """The open hours as the calendars understand them."""
        beside = any(hours.days == HOLIDAYS for hours in self.allow)
        return tuple(hours.entry(beside) for hours in self.allow)

    @cached_property
    def dated(self) -> bool:
        """Whether it matters which days are worked."""
        return any(entry.day_kind != "any" for entry in self.entries)

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return the hours of this rule, or nothing where it does not bind."""
        context = case.context
        if (self.providers and not concerns(self.providers, context.provider)) or not self._travels(case):
            return
        if self.scrub and context.facts.get("dnd_listed") is True:
            yield blocked(rule, "dnd_listed")
        if self.zones == PLAUSIBLE:
            if not _known_zones(context.zones):
                yield blocked(rule, "unknown_zone")
            return
        zones = self._zones(rule, case)
        if _agreed(rule, case) or (self.elsewhere_than and set(zones) == {self.elsewhere_than}):
            return
        replied = self.reply_once_same_medium and answers(case)
        if (self.source or self.honour) and not replied:
            yield from spared(rule, case)
        if self.allow and not (self.void_if and self._void(case)):
            yield only_in(rule, self._open(rule, case, zones))

    def _open(self, rule: Rule, case: Case, zones: tuple[str, ...]) -> ZonedWindow:
        if not self.dated and not self.holidays:
            return _zoned(self, zones, None, None)
        return _zoned(
            self,
            zones,
            calendar_of(rule, case) if self.dated else None,
            holidays_of(rule, case) if self.holidays else None,
        )

    def _travels(self, case: Case) -> bool:
        road = case.message.channel
        return (
            not self.channels
            or road.value in self.channels
            or (road is Channel.MMS and "sms" in self.channels)
        )

    def _zones(self, rule: Rule, case: Case) -> tuple[str, ...]:
        zones = case.zones(rule)
        if not self.zones or isinstance(self.zones, str) or set(self.zones) & set(zones):
            return zones
        return (*zones, *self.zones)

    def _void(self, case: Case) -> bool:
        facts = case.context.facts
        for one in self.void_if:
            found = _MORE_THAN.fullmatch(one)
            if found is None:
                if agreements(facts, "contact_outside_hours"):
                    return True
                continue
            known = whole(facts.get(found[1]))
            if known is not None and known > int(found[2]):
                return True
        return False


@frozen(kw_only=True)
class CalendarDay:
    """Days on which nothing goes: 除夕 and 春节初一 by name, or dates."""

    deny_days: tuple[str, ...] = ()
    deny_dates: tuple[date, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.deny_days and set(self.deny_days) != {"除夕", "春节初一"}:
            raise CallerError(
                "deny_days: expected 除夕 and 春节初一 together; name other days in deny_dates",
                "deny_days：除夕与春节初一应一并列出，其他日期请写入 deny_dates",
            )
        if not self.deny_days and not self.deny_dates:
            raise CallerError(
                "calendar_day: expected deny_days or deny_dates",
                "calendar_day：应给出 deny_days 或 deny_dates",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return all hours of all other days."""
        return (only_in(rule, _other_days(bool(self.deny_days), self.deny_dates, case.zones(rule))),)


@frozen(cache_hash=True)
class _Closed:
    """The days of a `CalendarDay`."""

    new_year: bool
    dates: frozenset[date]

    def __contains__(self, day: date, /) -> bool:
        return day in self.dates or (self.new_year and day in LUNAR_NEW_YEAR)


@lru_cache(maxsize=1024)
def _other_days(new_year: bool, dates: tuple[date, ...], zones: tuple[str, ...]) -> ZonedWindow:
    return ZonedWindow((ALL_DAY,), zones, None, _Closed(new_year, frozenset(dates)))


@lru_cache(maxsize=4096)
def _zoned(
    window: Window, zones: tuple[str, ...], calendar: WorkCalendar | None, holidays: Holidays | None
) -> ZonedWindow:
    return _same(window.entries, zones, calendar, holidays)


# Several rules name the same hours: they share one window.
@lru_cache(maxsize=4096)
def _same(
    entries: tuple[WindowEntry, ...],
    zones: tuple[str, ...],
    calendar: WorkCalendar | None,
    holidays: Holidays | None,
) -> ZonedWindow:
    return ZonedWindow(entries, zones, calendar, holidays or frozenset[date]())


@lru_cache(maxsize=1024)
def _known_zone(name: str) -> bool:
    try:
        ZonedWindow((ALL_DAY,), (name,))
    except CallerError:
        return False
    return True


@lru_cache(maxsize=1024)
def _known_zones(names: tuple[str, ...]) -> bool:
    return all(_known_zone(one) for one in names)


def _agreed(rule: Rule, case: Case) -> bool:
    """Whether the person agreed to contact outside these hours, to whom the rule asks."""
    facts = case.context.facts
    if "consents" not in facts or rule.override is None or rule.override.by not in _AGREEMENTS:
        return False
    direct = "collector" in rule.override.by
    return bool(agreements(facts, "contact_outside_hours", "collector" if direct else None))

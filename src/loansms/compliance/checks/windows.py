"""Windows: the hours and days in which a message may go, and days on which none may.

A window never refuses: it names open hours, and the gate looks for the first instant that lies in all of
them, in every zone the recipient may be in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, Final, Literal

from attrs import frozen

from loansms.calendars import (
    ALL_DAY,
    EVERY_DAY,
    LUNAR_NEW_YEAR,
    WindowEntry,
    ZonedWindow,
)
from loansms.compliance.checks.hit import Case, Effect, Hit, blocked
from loansms.compliance.checks.suppression import answers
from loansms.compliance.facts import agreements, day, records
from loansms.compliance.rule import Rule

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Who, by agreeing, lifts a rule on hours; an officer of the lender lifts none through the facts.
_AGREEMENTS: Final = frozenset(
    {
        "recorded_agreement_with_debtor",
        "debtor_consent",
        "consumer_prior_consent_given_directly_to_the_collector",
    }
)


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays of "mon-fri" or "sat,sun", Monday = 0; raise ValueError for other words.

    >>> sorted(weekdays("sat-mon")), sorted(weekdays("tue,thu"))
    ([0, 5, 6], [1, 3])
    """
    found: set[int] = set()
    for part in text.casefold().split(","):
        first, _, last = part.strip().partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError("days: expected weekdays such as mon-fri or sat,sun")
        start, stop = _DAYS.index(first), _DAYS.index(last or first)
        found |= {at % 7 for at in range(start, stop + 1 if stop >= start else stop + 8)}
    return frozenset(found)


@frozen(kw_only=True)
class Hours:
    """One stretch of open hours as a pack file gives it; `on` says on which kind of day."""

    days: frozenset[int]
    start: time
    end: time
    from_inclusive: bool = True
    to_inclusive: bool = False
    on: Literal["any", "workday", "off"] = "any"

    def entry(self) -> WindowEntry:
        """Return the stretch as the calendars understand it."""
        return WindowEntry(self.days, self.start, self.end, self.from_inclusive, self.to_inclusive, self.on)


@frozen(kw_only=True)
class Window:
    """`allow` lists open hours; `source` "consumer_designations" takes them from what the person said.

    ``elsewhere_than`` names the zone whose people this window leaves to the other rules; ``providers`` those
    it is asked of. What is read nowhere below tells people where the hours come from.
    """

    allow: tuple[Hours, ...] = ()
    source: Literal["", "consumer_designations"] = ""
    kinds: tuple[str, ...] = ()
    known_from: tuple[str, ...] = ()
    reply_once_same_medium: bool = False
    zones: str = ""
    elsewhere_than: str = ""
    time_of: str = ""
    providers: tuple[str, ...] = ()
    configurable: bool = False
    scope: str = ""
    older_text: str = ""
    status: str = ""

    def __attrs_post_init__(self) -> None:
        if bool(self.allow) == bool(self.source):
            raise ValueError("window: expected either allow or source")

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return the hours of this rule, or nothing where it does not bind."""
        if self.providers and case.context.provider not in self.providers:
            return
        if _agreed(rule, case) or set(case.zones(rule)) == {self.elsewhere_than}:
            return
        if self.source:
            yield from self._designated(rule, case)
            return
        dated = any(hours.on != "any" for hours in self.allow)
        yield _hours(
            rule,
            ZonedWindow(
                tuple(hours.entry() for hours in self.allow),
                case.zones(rule),
                case.calendar if dated else None,
            ),
        )

    def _designated(self, rule: Rule, case: Case) -> Iterable[Hit]:
        if self.reply_once_same_medium and answers(case):
            return
        for one in records(case.context.facts.get("consumer_designations")):
            if one.get("kind") == "inconvenient_place":
                place = case.context.facts.get("known_current_place")
                if place is not None and place == one.get("place"):
                    yield blocked(rule, "inconvenient_place")
                continue
            until = day(one.get("until"))
            if until is not None and until < case.now.date():
                continue
            entries = _outside(one)
            if entries is None:
                yield blocked(rule, "inconvenient_time")
            else:
                yield _hours(rule, ZonedWindow(entries, case.zones(rule)))


@frozen(kw_only=True)
class CalendarDay:
    """Days on which nothing goes: 除夕 and 春节初一 by name, or dates."""

    deny_days: tuple[str, ...] = ()
    deny_dates: tuple[date, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.deny_days and set(self.deny_days) != {"除夕", "春节初一"}:
            raise ValueError("deny_days: expected 除夕 and 春节初一 together; name other days in deny_dates")
        if not self.deny_days and not self.deny_dates:
            raise ValueError("calendar_day: expected deny_days or deny_dates")

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return all hours of all other days."""
        named, dates = bool(self.deny_days), frozenset(self.deny_dates)

        def closed(on: date) -> bool:
            return on in dates or (named and on in LUNAR_NEW_YEAR)

        yield _hours(rule, ZonedWindow((ALL_DAY,), case.zones(rule), None, closed))


def _hours(rule: Rule, window: ZonedWindow) -> Hit:
    return Hit(effect=Effect.HOURS, reason=rule.reason("outside_hours"), window=window)


def _agreed(rule: Rule, case: Case) -> bool:
    """Whether the person agreed to contact outside these hours, to whom the rule asks."""
    if rule.override is None or rule.override.by not in _AGREEMENTS:
        return False
    direct = "collector" in rule.override.by
    return bool(agreements(case.context.facts, "contact_outside_hours", "collector" if direct else None))


def _outside(one: Mapping[str, Any]) -> tuple[WindowEntry, ...] | None:
    """Return the hours outside an inconvenient time; None when there are none, or it cannot be read."""
    try:
        named = one.get("days")
        days = weekdays(",".join(str(name)[:3] for name in named)) if named else EVERY_DAY
        start = time.fromisoformat(str(one.get("from") or "00:00"))
        end = time.fromisoformat(str(one.get("to") or "00:00").replace("24:00", "00:00"))
    except (ValueError, TypeError):
        return None
    rest = EVERY_DAY - days
    entries = [WindowEntry(rest, time(), time())] if rest else []
    if start != end and start < (end if end != time() else time.max):
        if start != time():
            entries.append(WindowEntry(days, time(), start))
        if end != time():
            entries.append(WindowEntry(days, end, time()))
    elif start > end:
        entries.append(WindowEntry(days, end, start))
    return tuple(entries) or None

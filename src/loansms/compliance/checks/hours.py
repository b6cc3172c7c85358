"""Stretches of open hours as a pack file writes them: on which days, from when to when."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import Final, Literal

from attrs import frozen

from loansms.calendars import EVERY_DAY, WindowEntry, ZonedWindow
from loansms.compliance.checks.hit import Effect, Hit
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import Reason

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS: Final = "holidays"


@lru_cache(maxsize=256)
def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays of "mon-fri" or "sat,sun", Monday = 0; raise ValueError for other words.

    >>> sorted(weekdays("sat-mon")), sorted(weekdays("tue,thu"))
    ([0, 5, 6], [1, 3])
    """
    found: set[int] = set()
    for part in text.casefold().split(","):
        first, _, last = part.strip().partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise CallerError(
                "days: expected weekdays such as mon-fri or sat,sun",
                "days：应为星期，例如 mon-fri 或 sat,sun",
            )
        start, stop = _DAYS.index(first), _DAYS.index(last or first)
        found |= {at % 7 for at in range(start, stop + 1 if stop >= start else stop + 8)}
    return frozenset(found)


@frozen(kw_only=True)
class Hours:
    """One stretch of open hours as a pack file gives it; `on` says on which kind of day.

    ``days`` names weekdays, or "holidays": every day off, weekends among them.
    """

    days: str
    start: time
    end: time
    from_inclusive: bool = True
    to_inclusive: bool = False
    on: Literal["any", "workday", "off"] = "any"

    def __attrs_post_init__(self) -> None:
        if self.days != HOLIDAYS:
            weekdays(self.days)
        elif self.on != "any":
            raise CallerError(
                "on: holidays are days off already, expected none", "on：节假日已是休息日，此处不应再填"
            )

    def entry(self, beside_holidays: bool = False) -> WindowEntry:
        """Return the stretch as the calendars understand it; beside one for holidays it is for workdays."""
        kind: Literal["any", "workday", "off"] = self.on
        if self.days == HOLIDAYS:
            kind = "off"
        elif beside_holidays and kind == "any":
            kind = "workday"
        days = EVERY_DAY if self.days == HOLIDAYS else weekdays(self.days)
        return WindowEntry(days, self.start, self.end, self.from_inclusive, self.to_inclusive, kind)


def only_in(rule: Rule, window: ZonedWindow) -> Hit:
    """Return a rule's answer that names the hours in which the message may go."""
    return _answer(rule.outside_hours, window)


@lru_cache(maxsize=4096)
def _answer(reason: Reason, window: ZonedWindow) -> Hit:
    return Hit(effect=Effect.HOURS, reason=reason, window=window)

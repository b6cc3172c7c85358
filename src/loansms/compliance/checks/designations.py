"""Times and places a person called inconvenient: closed to messages as the person said.

The fact `consumer_designations` lists them. One that cannot be read stops: it was meant to spare somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from loansms.calendars import EVERY_DAY, WindowEntry, ZonedWindow
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.hours import only_in, weekdays
from loansms.compliance.facts import day, records
from loansms.compliance.rule import Rule


def spared(rule: Rule, case: Case) -> Iterable[Hit]:
    """Return the hours that are left, and a block for a place or for times that leave none."""
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
            yield only_in(rule, ZonedWindow(entries, case.zones(rule)))


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

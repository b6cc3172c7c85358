"""Checks whose answer stands: it is the same for every message of a kind to a place, whatever was said or sent before.

Hours of a rule, days on which nothing goes, who may be written to: the gate asks such a check once and keeps what it
answers. The table says which facts would change that; with one of them known the check is asked each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from loansms.compliance.checks.calendar_data import DatedCalendar
from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.recipients import FACTS, RecipientRoles
from loansms.compliance.checks.windows import CalendarDay, Window

_NONE: Final = frozenset[str]()


def _window(check: Window) -> frozenset[str] | None:
    told_by_the_person = check.source or check.honour or check.void_if or check.scrub
    return None if told_by_the_person else frozenset({"consents"})


_TABLE: Final[Mapping[type, Callable[[Any], frozenset[str] | None]]] = {
    Window: _window,
    CalendarDay: lambda _check: _NONE,
    DatedCalendar: lambda _check: _NONE,
    RecipientRoles: lambda _check: FACTS,
}


def standing(check: Check) -> frozenset[str] | None:
    """Return the facts without which the answer of a check stands; None when it hangs on more than facts."""
    found = _TABLE.get(type(check))
    return None if found is None else found(cast("Any", check))

"""Read facts as callers write them: times and dates as text or values, lists of records.

A fact that cannot be read counts as absent, and an absent fact never opens a gate.

>>> day("2026-06-10T24:00+08:00"), day("2026-06-10"), day("soon")
(datetime.date(2026, 6, 10), datetime.date(2026, 6, 10), None)
>>> moment("2026-06-10T09:00:00+08:00").isoformat()
'2026-06-10T09:00:00+08:00'
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

Facts = Mapping[str, Any]


def moment(value: object) -> datetime | None:
    """Return an aware datetime from a datetime or ISO text, else None."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    return None


def day(value: object) -> date | None:
    """Return the calendar date a fact names, else None; "T24:00" still belongs to its own day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return None


def records(value: object) -> tuple[Facts, ...]:
    """Return the records of a list of mappings; anything else in it is left out."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(cast("Facts", one) for one in cast("list[object]", value) if isinstance(one, Mapping))


def agreements(facts: Facts, scope: str, given_to: str | None = None) -> tuple[Facts, ...]:
    """Return the recorded consents of that scope, with `given_to` those given to that party alone.

    >>> agreements({"consents": [{"scope": "call_this_number", "given_to": "creditor"}]}, "call_this_number")
    ({'scope': 'call_this_number', 'given_to': 'creditor'},)
    """
    return tuple(
        one
        for one in records(facts.get("consents"))
        if one.get("scope") == scope and given_to in (None, one.get("given_to"))
    )


def whole(value: object) -> int | None:
    """Return a whole number, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None

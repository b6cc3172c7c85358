"""Where a value stands in what a gateway says: `Result.MessageID[0]`, and nothing more than names and numbers.

>>> Path.parse("messages[0].status").look({"messages": [{"status": "0"}]})
'0'
>>> Path.parse("messages[1].status").look({"messages": [{"status": "0"}]}) is None
True
>>> Path.parse("a..b")
Traceback (most recent call last):
ValueError: expected a path such as code, Result.Error.Code or messages[0].status
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from attrs import frozen

_STEP = re.compile(r"(?:^|\.)([^.\[\]\s]+)|\[(\d{1,4})\]")
_EXPECTED = "expected a path such as code, Result.Error.Code or messages[0].status"


@frozen
class Path:
    """Names and places, outermost first; an empty one is the whole."""

    steps: tuple[str | int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Path:
        """Read a path; raise ValueError for anything else."""
        steps: list[str | int] = []
        at = 0
        while at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                raise ValueError(_EXPECTED)
            name, place = found.groups()
            steps.append(name if place is None else int(place))
            at = found.end()
        return cls(tuple(steps))

    def look(self, whole: object) -> object:
        """Return what stands there, None where nothing does."""
        here = whole
        for step in self.steps:
            here = _inside(here, step)
        return here


def _inside(here: object, step: str | int) -> object:
    if isinstance(here, Mapping):
        told = cast("Mapping[str, object]", here)
        return told.get(str(step))
    if isinstance(here, Sequence) and not isinstance(here, str | bytes) and isinstance(step, int):
        items = cast("Sequence[object]", here)
        return items[step] if step < len(items) else None
    return None


def word(value: object) -> str | None:
    """Return a plain value as text, as gateways mix 0 and "0", true and "true"; None for none and for what holds others.

    >>> word(0), word(True), word("ok"), word(None), word([])
    ('0', 'true', 'ok', None, None)
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float() | Decimal():
            return str(value)
        case _:
            return None


@frozen
class Paths:
    """Several paths: the first at which a plain value stands that is not empty."""

    each: tuple[Path, ...] = ()

    @classmethod
    def parse(cls, told: str | Sequence[str]) -> Paths:
        """Read one path or several."""
        return cls(tuple(Path.parse(one) for one in ([told] if isinstance(told, str) else told)))

    def word(self, whole: object) -> str | None:
        """Return the first plain value that is not empty, None where there is none."""
        found = (word(one.look(whole)) for one in self.each)
        return next((one for one in found if one), None)

    def __bool__(self) -> bool:
        return bool(self.each)

"""Days past due as far as the rules tell them apart: two debts are alike to the gate between two of its thresholds.

>>> from loansms.compliance import RulePack
>>> thresholds([RulePack.load("PH")])
(0, 1, 16)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

import polars as pl

from loansms.compliance import RulePack

_FACT = "days_past_due"
_MORE = re.compile(rf"{_FACT}\s*>\s*(\d+)")
# A claim that needs the fact asks only whether it is there and not 0.
_ALWAYS = (0, 1)


def thresholds(packs: Iterable[RulePack]) -> tuple[int, ...] | None:
    """Return the days from which on some rule answers differently; None where a rule asks in a way not known here."""
    found = set[int](_ALWAYS)
    for pack in packs:
        of_pack = _of_pack(pack)
        if of_pack is None:
            return None
        found |= of_pack
    return tuple(sorted(found))


@lru_cache(64)
def _of_pack(pack: RulePack) -> frozenset[int] | None:
    found: set[int] = set()
    for rule in pack.rules:
        for key, value in _mentions(rule.check.params, ""):
            told = _MORE.fullmatch(value)
            if key == f"min_{_FACT}" and value.isdigit():
                found.add(int(value))
            elif told is not None:
                found.add(int(told[1]) + 1)
            elif value != _FACT:
                return None
    return frozenset(found)


def _mentions(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield what the parameters of a rule say of the fact, with the key under which they do."""
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield from _mentions(inner, name)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[object]", value):
            yield from _mentions(inner, key)
    elif value is not None and (_FACT in key or _FACT in str(value)):
        yield key, value if isinstance(value, str) else json.dumps(value)


def day_class(days: pl.Expr, known: Sequence[int] | None) -> pl.Expr:
    """Return the class of each count of days: the days themselves where nothing is known of the thresholds."""
    if known is None:
        return days.cast(pl.Int32)
    return pl.sum_horizontal([(days >= one).cast(pl.Int32) for one in known])

"""Days past due and regions as far as the rules tell them apart: what is alike to the gate is asked once.

Two debts are alike between two thresholds of days; two regions where no rule is that of either alone.

>>> from loansms.compliance import RulePack
>>> thresholds([RulePack.load("PH")])
(0, 1, 16)
>>> apart(["CA", "Massachusetts", "TX", None], [RulePack.load("US")])
['Massachusetts']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

import polars as pl

from loansms.calendars import state_code
from loansms.compliance import RulePack

_FACT = "days_past_due"
_MORE = re.compile(rf"{_FACT}\s*>\s*(\d+)")
# A claim that needs the fact asks only whether it is there and not 0.
_ALWAYS = (0, 1)
# What a rule on hours that heeds holidays says so with: those of a region may be its own.
_HOLIDAYS = frozenset({"holidays", "workday", "off"})


def thresholds(packs: Iterable[RulePack]) -> tuple[int, ...] | None:
    """Return the days from which on some rule answers differently; None where a rule asks in a way not known here."""
    found = set[int](_ALWAYS)
    for pack in packs:
        of_pack = _days_of(pack)
        if of_pack is None:
            return None
        found |= of_pack
    return tuple(sorted(found))


@lru_cache(64)
def _days_of(pack: RulePack) -> frozenset[int] | None:
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


def apart(regions: Iterable[str | None], packs: Iterable[RulePack]) -> list[str]:
    """Return those of `regions`, as books write them, that a rule may treat otherwise than the rest of their country."""
    named: set[str] = set()
    heeded = False
    for pack in packs:
        its, holidays = _places_of(pack)
        named |= its
        heeded = heeded or holidays
    known = [one for one in regions if one]
    return known if heeded else [one for one in known if _part(state_code(one) or one) in named]


@lru_cache(64)
def _places_of(pack: RulePack) -> tuple[frozenset[str], bool]:
    """Return the parts of countries that rules of a pack are for, and whether one heeds holidays."""
    named = {_part(rule.jurisdiction) for rule in pack.rules if "-" in rule.jurisdiction}
    said = (word for rule in pack.rules for word in _words(rule.check.params))
    return frozenset(named), not _HOLIDAYS.isdisjoint(said)


def _part(place: str) -> str:
    return place.rpartition("-")[2]


def _words(value: object) -> Iterator[str]:
    """Yield every key and every text in the parameters of a rule."""
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield name
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[object]", value):
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


def day_class(days: pl.Expr, known: Sequence[int] | None) -> pl.Expr:
    """Return the class of each count of days: the days themselves where nothing is known of the thresholds."""
    if known is None:
        return days.cast(pl.Int32)
    return pl.sum_horizontal([(days >= one).cast(pl.Int32) for one in known])

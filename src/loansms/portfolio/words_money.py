"""An amount in a column of minor units, written as the templates write it, by looking its digits up.

How a currency is written is read off the scalar code: one amount is written, its separators are taken from it,
and amounts of every length are compared. A currency or language of another shape (lakhs, no separator below
ten thousand) has no tables, and its rows are written one by one.

>>> shape_of("zh-CN", "CNY", 20)
Shape(before='', after='元', group=',', point='.', places=2, digits=10)
>>> shape_of("en", "JPY", 20)
Shape(before='JPY ', after='', group=',', point='', places=0, digits=11)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

import polars as pl
from attrs import frozen
from babel.numbers import get_currency_precision

from loansms.model import Money
from loansms.templates import Slot, SlotKind
from loansms.templates.formats import formats
from loansms.templates.slots import Writing, WrongValue

# Where the digits of an amount are cut, counted from the last, by the currency's decimals: every part but the first
# begins at a separator, and a table of five digits (100,000 strings of 16 bytes) still stays in a cache.
_CUTS: Final[Mapping[int, tuple[int, ...]]] = {
    0: (0, 3, 6, 11),
    1: (0, 4, 9),
    2: (0, 5, 10),
    3: (0, 3, 6, 11),
    4: (0, 4, 7, 12),
}
_SAMPLE: Final = "1234567"
_DECIMALS: Final = "8912"
_FORM: Final = re.compile(
    r"(?P<before>[^0-9]*)1(?P<group>[^0-9]?)234(?P=group)567"
    r"(?:(?P<point>[^0-9])(?P<decimals>[0-9]+))?(?P<after>[^0-9]*)"
)
_KEPT: Final = 256  # currencies by language and length; a book holds one or two


@frozen
class Shape:
    """What stands around an amount's digits; amounts of up to `digits` digits, decimals included, fit."""

    before: str
    after: str
    group: str
    point: str
    places: int
    digits: int

    @property
    def alphabet(self) -> str:
        """Return every character that may stand between `before` and `after`."""
        return "0123456789" + self.group + self.point

    @property
    def longest(self) -> int:
        """Return the most characters that may stand there."""
        whole = self.digits - self.places
        return self.digits + len(self.point) + len(self.group) * ((whole - 1) // 3)


@lru_cache(_KEPT)
def shape_of(locale: str, currency: str, max_length: int) -> Shape | None:
    """Return how `locale` writes amounts of `currency` in at most `max_length` characters, or None.

    None where the scalar code writes any amount otherwise than three digits to a group.
    """
    places = get_currency_precision(currency)
    if places not in _CUTS:
        return None
    told = formats(locale).money(Decimal(f"{_SAMPLE}.{_DECIMALS[:places]}"), currency)
    found = _FORM.fullmatch(told)
    if found is None or (found["decimals"] or "") != _DECIMALS[:places]:
        return None
    before, group, point, after = (part or "" for part in found.group("before", "group", "point", "after"))
    slot = Slot("", SlotKind.MONEY, max_length=max_length)
    shape = Shape(before, after, group, point, places, _CUTS[places][-1])
    for digits in range(1, shape.digits + 1):
        for minor in (10**digits - 1, int("90817263545182"[:digits]), 10 ** (digits - 1)):
            written = _scalar(slot, minor, places, currency, locale)
            if written is None:
                return Shape(before, after, group, point, places, digits - 1) if digits > 1 else None
            if written != before + _looked_up(shape, minor) + after:
                return None
    return shape


def money_pieces(shape: Shape, minor: pl.Expr) -> tuple[pl.Expr, ...]:
    """Return the strings that, joined, are the digits and separators of `minor`, an amount in minor units."""
    cuts = _CUTS[shape.places]
    found: list[pl.Expr] = []
    for low, high in pairwise(cuts):
        size = 10 ** (high - low)
        part = minor // 10**low if low else minor
        if high != cuts[-1]:
            part = part % size + (minor >= 10**high).cast(pl.Int64) * size
        table = _series(shape, low, high, top=high == cuts[-1])
        found.append(pl.lit(table).gather(part.clip(0, len(table) - 1)))
    return tuple(reversed(found))


def _scalar(slot: Slot, minor: int, places: int, currency: str, locale: str) -> str | None:
    amount = Money(Decimal(minor).scaleb(-places), currency)
    try:
        return slot.written(amount, Writing(formats(locale)))
    except WrongValue:
        return None


def _looked_up(shape: Shape, minor: int) -> str:
    told = ""
    for low, high in pairwise(_CUTS[shape.places]):
        more = minor >= 10**high
        chunk = int(minor // 10**low % 10 ** (high - low))
        told = _table(low, high, more, shape.places, shape.group, shape.point)[chunk] + told
    return told


@lru_cache(_KEPT)
def _parts(places: int, group: str, point: str, low: int, high: int, top: bool) -> pl.Series:
    """Return the strings of one part: as the first digits of an amount, then as digits behind others."""
    first = _table(low, high, False, places, group, point)
    behind = () if top else _table(low, high, True, places, group, point)
    return pl.Series("", [*first, *behind], dtype=pl.String)


def _series(shape: Shape, low: int, high: int, *, top: bool) -> pl.Series:
    return _parts(shape.places, shape.group, shape.point, low, high, top)


@lru_cache(_KEPT)
def _table(low: int, high: int, more: bool, places: int, group: str, point: str) -> Sequence[str]:
    """Return how each number of the digits from `low` up to `high` stands, with `more` digits before it.

    Zeros lead where there are more digits, and down to the digit before the decimals.
    """
    if low == high:
        return ("",)
    at = high - 1
    behind = _table(low, at, True, places, group, point)
    mark = point if at == places else group if at > places and (at - places) % 3 == 0 else ""
    leading = range(10)
    found: list[str] = []
    if not more and at > places:
        found += _table(low, at, False, places, group, point)
        leading = range(1, 10)
    for digit in leading:
        found += [f"{digit}{mark}{rest}" for rest in behind]
    return tuple(found)

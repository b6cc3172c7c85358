"""What a column of texts costs, from the lengths of what varies in them, and the advice that costs nothing.

A text is measured as `loansms.text.count` measures it: the words that never change once, by the scalar code; each
character of a slot's value is one unit, which is made sure of when the slots are compiled. Where the fixed words
hold a character of two units, a gateway may cut a part one unit short: such texts are taken up to one segment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Final

import polars as pl
from attrs import field, frozen

from loansms.templates import Rendered
from loansms.templates.education import SPREAD, turn
from loansms.text import Billing, count
from loansms.text.segments import LIMITS

_SURROGATE: Final = re.compile("[\ud800-\udfff]")  # no column of text can hold one
_ID_BYTES: Final = 4


@frozen
class Measure:
    """How the texts of one layout are measured.

    `fixed` are the units of the words that never change and of the 【signature】; `spoken` texts count one.
    """

    fixed: int
    single: int
    part: int
    cuttable: bool
    spoken: bool
    extra: tuple[int | None, ...] = ()
    lines: tuple[str, ...] = field(default=(), repr=False)

    def segments(self, units: pl.Expr, least: int, most: int) -> pl.Expr:
        """Return the segments of texts of so many `units`, which are never below `least` or above `most`."""
        fewest, highest = self._segments(least), self._segments(most)
        if fewest == highest:
            return pl.lit(fewest, pl.Int64)
        longer = (units + (self.part - 1)) // self.part
        return pl.when(units <= self.single).then(pl.lit(1, pl.Int64)).otherwise(longer)

    def _segments(self, units: int) -> int:
        return 1 if self.spoken or units <= self.single else -(-units // self.part)

    def room(self, units: pl.Expr) -> pl.Expr:
        """Return how many more units cost no further segment."""
        if self.spoken:
            return self.single - units
        filled = (units + (self.part - 1)) // self.part * self.part
        return pl.when(units <= self.single).then(self.single).otherwise(filled) - units

    def line(self, units: pl.Expr, start: pl.Expr) -> pl.Expr:
        """Return the first line from `start` on that is free, with what joins it to the text, or nothing."""
        widest = max((extra for extra in self.extra if extra is not None), default=0)
        table = [self._free(first, room) for first in range(len(self.lines)) for room in range(widest + 1)]
        at = start * (widest + 1) + self.room(units).clip(0, widest)
        return pl.lit(pl.Series("", table, dtype=pl.String)).gather(at.clip(0, len(table) - 1))

    def _free(self, first: int, room: int) -> str:
        priced = tuple(zip(self.lines, self.extra, strict=True))
        in_turn = (*priced[first:], *priced[:first])
        return next((line for line, extra in in_turn if extra is not None and extra <= room), "")


def measure_of(
    fixed: str, alphabet: str, rendered: Rendered, lines: Sequence[str], *, spoken: bool
) -> Measure | None:
    """Return how texts of the `fixed` words and values of the characters in `alphabet` are measured.

    `rendered` is one of those texts, and `lines` the advice that may end it. None where a value decides the
    encoding, or a character of a value is not one unit.
    """
    billing, signature = rendered.billing, rendered.signature
    if _SURROGATE.search(fixed + "".join(lines)):
        return None
    bare, whole = count(fixed, billing, signature), count(fixed + alphabet, billing, signature)
    if bare.encoding != whole.encoding or whole.units != bare.units + len(alphabet):
        return None
    advice = tuple(rendered.joiner + line for line in lines) if rendered.education else ()
    costs = [count(fixed + line, billing, signature) for line in advice]
    extra = tuple(one.units - bare.units if one.encoding == bare.encoding else None for one in costs)
    single, part = LIMITS[bare.encoding]
    every = fixed + "".join(line for line, cost in zip(advice, extra, strict=True) if cost is not None)
    return Measure(
        fixed=bare.units,
        single=single,
        part=part,
        cuttable=count(every, billing, signature).units == _characters(every, billing, signature),
        spoken=spoken,
        extra=extra,
        lines=advice,
    )


def first_lines(lines: int, steps: Sequence[str]) -> pl.Expr:
    """Return `education.first_line` of each row's loan_id and step; null for an id or a step it cannot be told of."""
    turns = {step: turn(step) for step in steps if "|" not in step}
    tail = pl.col("loan_id").str.tail(_ID_BYTES).cast(pl.Binary)
    loan = tail.bin.reinterpret(dtype=pl.UInt32, endianness="big").cast(pl.Int64)
    by_step = pl.col("step").replace_strict(turns, default=None, return_dtype=pl.Int64)
    mixed = loan.xor(by_step) * SPREAD
    return mixed // 2**16 % 2**16 % lines


def _characters(text: str, billing: Billing, signature: str) -> int:
    """Return the units of a text as long as this one, whose characters are all of one unit."""
    name = signature.removeprefix("【").removesuffix("】")
    return count("0" * len(text), billing, "0" * len(name)).units


def summed(expressions: Sequence[pl.Expr], start: int) -> pl.Expr:
    """Return the sum of `expressions` and `start`; null where one is null."""
    return reduce(lambda one, other: one + other, expressions, pl.lit(start, pl.Int64))

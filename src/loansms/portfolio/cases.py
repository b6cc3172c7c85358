"""Rows that are alike in some columns, numbered: so that what is alike is asked once.

>>> import polars as pl
>>> frame = pl.DataFrame({"day": [3, 3, None, 5], "kind": ["a", "a", "b", "a"], "same": [1, 1, 1, 1]})
>>> found = cases(frame, ["day", "kind", "same"])
>>> found.number.to_list(), found.first
([0, 0, 1, 2], (0, 2, 3))
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import polars as pl
from attrs import field, frozen

from loansms.portfolio.typed_cells import numbered

_WIDEST = 2**62
_TABLE = 2**24
_NARROW = (pl.Boolean, pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16)


@frozen
class Cases:
    """`number` (UInt32) is the case of each row, ``first`` the first row of each case."""

    number: pl.Series = field(repr=False)
    first: tuple[int, ...]


def cases(frame: pl.DataFrame, names: Sequence[str]) -> Cases:
    """Return the cases of `frame`: rows are of one case where they are equal, or both null, in all columns `names`."""
    if not frame.height:
        return Cases(pl.Series(dtype=pl.UInt32), ())
    varying: list[tuple[pl.Series, int, int]] = []
    for name in _differing(frame, names):
        column = _whole(frame.get_column(name))
        low, high = _int(column.min()), _int(column.max())
        varying.append((column, low, high - low + 1 + (column.null_count() > 0)))
    if not varying:
        return Cases(pl.zeros(frame.height, dtype=pl.UInt32, eager=True), (0,))
    while prod(width for _, _, width in varying) > _WIDEST:
        varying = _renumbered(varying)
    codes = _codes(varying)
    first = codes.arg_unique()
    return Cases(_numbered(codes, codes.gather(first)), tuple(first.to_list()))


def _codes(varying: Sequence[tuple[pl.Series, int, int]]) -> pl.Series:
    """Return one number for each row, the same where all columns are."""
    size = prod(width for _, _, width in varying)
    kind = pl.Int32 if size <= _TABLE else pl.Int64
    code: pl.Expr = pl.lit(0, kind)
    for at, (column, low, width) in enumerate(varying):
        # Null is the first of its column's values.
        nulls = column.null_count() > 0
        wide = kind if any(column.dtype == one for one in _NARROW) else pl.Int64
        place = (pl.col(f"{at}").cast(wide) - low).cast(kind)
        code = code * width + ((place + 1).fill_null(0) if nulls else place)
    if size <= _TABLE:
        code = code.cast(pl.UInt32)
    table = pl.LazyFrame([column.alias(f"{at}") for at, (column, _, _) in enumerate(varying)])
    return table.select(code.alias("code")).collect(engine="streaming").to_series()


def _differing(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the columns that hold more than one value: a column of one is not written out to be looked at."""
    each = pl.col(*names)
    told = frame.select(
        each.min().name.prefix("least:"),
        each.max().name.prefix("most:"),
        each.null_count().name.prefix("nulls:"),
    ).row(0)
    size = len(told) // 3
    least, most, nulls = told[:size], told[size : 2 * size], told[2 * size :]
    return [
        name
        for name, low, high, missing in zip(dict.fromkeys(names), least, most, nulls, strict=True)
        if low != high or 0 < missing < frame.height
    ]


def _numbered(codes: pl.Series, known: pl.Series) -> pl.Series:
    """Return the place of each code among the `known` ones, by a table of all codes where that is small."""
    number = pl.int_range(known.len(), dtype=pl.UInt32, eager=True)
    size = _int(codes.max()) + 1
    if size <= _TABLE:
        table = pl.zeros(size, dtype=pl.UInt32, eager=True)
        return table.scatter(known, number).gather(codes)
    numbered = pl.DataFrame({"code": known, "number": number})
    found = codes.to_frame("code").join(numbered, on="code", how="left", maintain_order="left")
    return found.get_column("number")


def _renumbered(varying: list[tuple[pl.Series, int, int]]) -> list[tuple[pl.Series, int, int]]:
    """Number the widest column by its distinct values: fewer than there are rows."""
    at = max(range(len(varying)), key=lambda place: varying[place][2])
    column = varying[at][0]
    number = column.rank("dense").cast(pl.Int64)
    return [*varying[:at], (number, 1, _int(number.max()) + 1), *varying[at + 1 :]]


def _whole(column: pl.Series) -> pl.Series:
    """Return a column as whole numbers that are equal where its values are."""
    if column.dtype == pl.String:
        codes, _ = numbered(column)
        return codes if codes is not None else column.cast(pl.Categorical).to_physical().cast(pl.Int64)
    whole = column.to_physical()
    return whole if any(whole.dtype == one for one in _NARROW) else whole.cast(pl.Int64)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0

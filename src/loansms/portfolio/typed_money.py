"""Amounts as whole numbers of a currency's smallest unit, exact or left to the scalar parser.

A number of at most 15 digits is told from all others of at most 15 digits by its nearest float (DBL_DIG of
C99 5.2.4.2.2). So where ``minor / 10**places`` gives the very float of the cell and ``minor`` has at most 15
digits, it is what `repr` prints for the float and what a text of at most 15 digits says.

>>> import polars as pl
>>> cents = Units(Coded.one(4, 2))
>>> found, good = money(pl.Series([652.53, 0.1 + 0.2, -1.0, None]), cents)
>>> found.to_list(), good.to_list()
([65253, None, None, None], [True, False, False, True])
"""

from __future__ import annotations

from functools import cached_property

import polars as pl
from attrs import frozen

from loansms.portfolio.typed_cells import Coded, Words, in_runs
from loansms.portfolio.typed_text import Checked, both, holds_only, texts, unless

_DIGITS = b"0123456789."
_AMOUNT = r"^[0-9]{1,15}(\.[0-9]+)?$"
_MOST = 10**15


@frozen
class Units:
    """How many smallest units one of each row's currency has, from its decimals; written out once for all amounts."""

    places: Coded

    @cached_property
    def whole(self) -> pl.Series:
        """As whole numbers."""
        return self.places.mapped(lambda one: 10**one if isinstance(one, int) else None).column(pl.Int64)

    @cached_property
    def real(self) -> pl.Series:
        """As floats."""
        return self.whole.cast(pl.Float64)

    @property
    def only(self) -> int | None:
        """The one number where all rows are of one currency."""
        one = self.places.values[0]
        return 10**one if self.places.constant and isinstance(one, int) else None


def money(cells: pl.Series, units: Units, words: Words = None) -> Checked:
    """Return minor units (Int64; null where blank or wrong) and which rows are exact; None is all of them."""
    if cells.dtype.is_integer() and not words:
        whole = cells.cast(pl.Int64, strict=False)
        return _kept(cells, _within(whole, _MOST // 10) * units.whole)
    if cells.dtype.is_decimal() and not words:
        return _kept(cells, _rescaled(cells, units.whole))
    if cells.dtype.is_float() and not words:
        value = cells.cast(pl.Float64).fill_nan(None)
        return _kept(value, _nearest(value, units))
    found, good = texts(cells)
    plain = holds_only(found, _DIGITS, _AMOUNT)
    point = found.str.starts_with(".") | found.str.ends_with(".")
    shaped = (found.str.len_bytes() <= 15) & ~point
    value = found.cast(pl.Float64, strict=False)
    minor, exact = _kept(found, _nearest(value if shaped.all() else _where(value, shaped), units))
    return minor, both(both(good, plain), both(exact, unless(words, found)))


def _where(column: pl.Series, held: pl.Series) -> pl.Series:
    return column.zip_with(held.fill_null(False), pl.Series([None], dtype=column.dtype))


def _within(whole: pl.Series, most: int) -> pl.Series:
    low, high = whole.min(), whole.max()
    fits = isinstance(low, int) and isinstance(high, int) and low >= 0 and high <= most
    return whole if fits else _where(whole, whole.is_between(0, most))


def _rescaled(cells: pl.Series, unit: pl.Series) -> pl.Series:
    scale = 10 ** (cells.dtype.scale if isinstance(cells.dtype, pl.Decimal) else 0)
    scaled = _within(cells.to_physical().cast(pl.Int64, strict=False), _MOST // 10) * unit
    minor = scaled // scale
    return _where(minor, minor * scale == scaled)


def _nearest(value: pl.Series, units: Units) -> pl.Series:
    if units.only is None:
        return in_runs(_exact, value, units.real)
    parts = pl.Series([units.only], dtype=pl.Float64)

    def alike(run: pl.Series) -> pl.Series:
        return _exact(run, parts.new_from_index(0, run.len()))

    return in_runs(alike, value)


def _exact(value: pl.Series, parts: pl.Series) -> pl.Series:
    """Polars divides by one number as it multiplies by its inverse, which is not exact: two rows at least."""
    rows = value.len()
    if rows == 1:
        value, parts = value.new_from_index(0, 2), parts.new_from_index(0, 2)
    # Any whole number may be tried, as it is held against the cell: half a unit more and cut is quicker than rounded.
    whole = (value * parts + 0.5).cast(pl.Int64, wrap_numerical=True)
    held = (whole.cast(pl.Float64) / parts == value) & whole.is_between(0, _MOST - 1)
    return (whole if held.all() and not held.null_count() else _where(whole, held)).head(rows)


def _kept(cells: pl.Series, minor: pl.Series) -> Checked:
    return minor, None if minor.null_count() == cells.null_count() else minor.is_not_null() | cells.is_null()

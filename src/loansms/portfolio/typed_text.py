"""Columns in which nearly every row differs: ids, names and notes, checked many rows at a time.

A run of rows is joined and its bytes looked through at once; only a run that holds an unusual byte is looked
at row by row. Rows that do not look plain are irregular, never guessed at.

>>> import polars as pl
>>> found, plain = ids(pl.Series(["L-1", "2.5E+10", "L\\u200b3", None]))
>>> found.to_list(), plain.to_list()
(['L-1', '2.5E+10', 'L\\u200b3', None], [True, False, False, True])
"""

from __future__ import annotations

from typing import Any, cast

import polars as pl

from loansms.portfolio import parse
from loansms.portfolio.slices import pyarrow
from loansms.portfolio.typed_cells import Words, coded

_RUN = 65_536
# A plus may be the exponent of a rounded number, so it is looked at closer.
_VISIBLE = bytes(one for one in range(0x21, 0x7F) if one != ord("+"))
# Ideographs of the first Unicode version: printable whatever Unicode a Python or a Polars was built with.
_ID = r"^[!-~一-龥]([ -~一-龥]*[!-~一-龥])?$"
_ROUNDED = r"(?i-u)^\d\.\d+E\+\d+$"
# First bytes, in UTF-8, of the characters that str.strip takes off, and the ASCII ones.
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_PERHAPS_SPACE = {one.encode()[0] for one in _SPACES}
_NO_SPACE = bytes(one for one in range(256) if one not in _PERHAPS_SPACE)

Checked = tuple[pl.Series, pl.Series | None]


def holds_only(cells: pl.Series, plain: bytes, pattern: str, refused: str = "") -> pl.Series | None:
    """Return which cells are of `plain` bytes, or match `pattern` and not `refused`; None where all are.

    Null is fine.
    """
    runs = [cells.slice(at, _RUN) for at in range(0, cells.len(), _RUN)]
    known = [_are(_octets(run), plain) for run in runs]
    if all(known):
        return None
    good: list[pl.Series] = []
    for run, fine in zip(runs, known, strict=True):
        if fine:
            good.append(pl.Series([True]).new_from_index(0, run.len()))
            continue
        fits = run.str.contains(pattern)
        good.append((fits & ~run.str.contains(refused) if refused else fits).fill_null(True))
    return pl.concat(good)


def _are(octets: pl.Series, plain: bytes) -> bool:
    """Whether all octets are `plain` ones: looked at as a range with a few gaps, which no interpreter's lock holds up."""
    least, most = octets.min(), octets.max()
    if not isinstance(least, int) or not isinstance(most, int):
        return True
    if least < min(plain) or most > max(plain):
        return False
    gaps = {*range(min(plain), max(plain))}.difference(plain)
    return not any((octets == gap).any() for gap in gaps)


def _octets(run: pl.Series) -> pl.Series:
    """Return the octets of the cells one after another; Arrow lays them so in one step."""
    data: Any = cast("Any", run).to_arrow().buffers()[-1]
    arrow = pyarrow()
    size = data.size if data is not None else 0
    return pl.Series(arrow.Array.from_buffers(arrow.uint8(), size, [None, data]), dtype=pl.UInt8)


def _bytes(run: pl.Series) -> bytes:
    data: Any = cast("Any", run).to_arrow().buffers()[-1]
    return bytes(data) if data is not None else b""


def both(left: pl.Series | None, right: pl.Series | None) -> pl.Series | None:
    """Return the rows good in both; None is all rows."""
    if left is None or right is None:
        return right if left is None else left
    return left & right


def unless(words: Words, cells: pl.Series) -> pl.Series | None:
    """Return the rows whose cell no word of the lender stands for."""
    return ~cells.is_in(list(words)).fill_null(False) if words else None


def ids(cells: pl.Series, words: Words = None) -> Checked:
    """Return ids as text, and which are exactly what `parse.identifier` would take; None is all of them."""
    if cells.dtype.is_integer():
        found = cells.cast(pl.String)
        return found, unless(words, found)
    found, good = cells, None
    if cells.dtype != pl.String or holds_only(cells, _VISIBLE, "$^") is not None:
        found, good = texts(cells)
        good = both(good, holds_only(found, _VISIBLE, _ID, _ROUNDED))
    sizes = found.str.len_bytes()
    least, most = sizes.min(), sizes.max()
    if isinstance(most, int) and most > 128:
        good = both(good, (sizes <= 128).fill_null(True))
    if least == 0:
        found = found.set(sizes == 0, None)
    return found, both(good, unless(words, found))


def texts(cells: pl.Series) -> Checked:
    """Return cells as `as_text` gives them, stripped, null where blank, and which could be turned so."""
    kind = cells.dtype
    if isinstance(kind, pl.Categorical | pl.Enum):
        cells, kind = cells.cast(pl.String), pl.String()
    if kind == pl.String:
        found = _stripped(cells)
        blank = found.str.len_bytes() == 0
        return (found.set(blank, None) if blank.any() else found), None
    if kind.is_integer() or kind.is_decimal():
        return cells.cast(pl.String), None
    if kind.is_float():
        return _floats(cells.cast(pl.Float64))
    few = coded(cells, parse.text)
    return few.column(pl.String), few.good()


def _stripped(cells: pl.Series) -> pl.Series:
    runs = [cells.slice(at, _RUN) for at in range(0, cells.len(), _RUN)]
    left = [_bytes(run).translate(None, _NO_SPACE) for run in runs]
    if not any(left):
        return cells
    return pl.concat(
        run.str.strip_chars(_SPACES) if _at_an_end(run, rest) else run
        for run, rest in zip(runs, left, strict=True)
    )


def _at_an_end(run: pl.Series, left: bytes) -> bool:
    """Whether a cell may begin or end with a space: blanks between words are looked for, all else is not."""
    if left.strip(b" "):
        return True
    return bool(left) and bool((run.str.starts_with(" ") | run.str.ends_with(" ")).any())


def _floats(cells: pl.Series) -> Checked:
    """Both Polars and `repr` write the shortest digits that give the number back; they differ in exponents."""
    cell = cells.fill_nan(None)
    whole = (cell == cell.round()) & (cell.abs() < 2.0**53)
    good = whole | cell.abs().is_between(1e-3, 1e15)
    if not whole.any():
        return cell.cast(pl.String), None if good.all() else good.fill_null(True)
    digits = (
        cell.zip_with(whole.fill_null(False), pl.Series([None], dtype=pl.Float64))
        .cast(pl.Int64)
        .cast(pl.String)
    )
    broken = cell.zip_with(~whole.fill_null(False), pl.Series([None], dtype=pl.Float64)).cast(pl.String)
    return digits.zip_with(digits.is_not_null(), broken), None if good.all() else good.fill_null(True)

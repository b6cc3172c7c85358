"""A column as a few distinct cells: each is read once by the parser every row would have asked.

Most columns of a loan book (currency, country, dates, flags, rates) hold few different cells over millions of
rows. Their distinct cells go through `as_text` and the scalar parser; the rows keep a code each.

>>> import polars as pl
>>> from loansms.portfolio import parse
>>> dates = coded(pl.Series(["2026/9/4", "soon", None, "2026-09-04"]), parse.date_on)
>>> dates.column(pl.Date).to_list(), dates.good().to_list()
([datetime.date(2026, 9, 4), None, None, datetime.date(2026, 9, 4)], [True, False, True, True])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from attrs import field, frozen

from loansms.errors import MissingExtra
from loansms.portfolio import parse
from loansms.portfolio.parse import Expected
from loansms.portfolio.table import as_text

try:
    import polars as pl
except ImportError:
    raise MissingExtra("portfolio", "a book as columns") from None

DType: TypeAlias = "pl.DataType | type[pl.DataType]"
Words: TypeAlias = "Mapping[str, str] | None"
# Asking a parser takes about a microsecond: so many distinct cells cost less than a second.
MOST_DISTINCT = 200_000
_SAMPLE = 16_384
_RUN = 262_144
_SPAN = 2**20
_SLOTS = 2**20
_NOT_READ = Expected("too many different values to read one by one", "不同的值过多，未逐一读取")


@frozen
class Coded:
    """A column of `rows` cells: each row's `codes` points into `values`; None is a blank cell.

    ``codes`` None: all rows hold the one value. An `Expected` among the values marks cells that are wrong.
    ``same`` is the column itself where every value is the very cell it was read from.
    """

    rows: int
    codes: pl.Series | None = field(repr=False)
    values: Sequence[object] = field(repr=False)
    same: pl.Series | None = field(default=None, repr=False)

    @classmethod
    def one(cls, rows: int, value: object) -> Coded:
        """Return a column that holds one value everywhere."""
        return cls(rows, None, (value,))

    @classmethod
    def unread(cls, rows: int) -> Coded:
        """Return a column of which nothing is known: every row of it is irregular."""
        return cls.one(rows, _NOT_READ)

    @property
    def constant(self) -> bool:
        """Whether all rows hold the one value."""
        return self.codes is None

    def column(self, dtype: DType) -> pl.Series:
        """Return the values row by row; null for blank and wrong cells."""
        if self.same is not None and self.same.dtype == dtype:
            return self.same
        plain = [None if isinstance(one, Expected) else one for one in self.values]
        if self.codes is None:
            return pl.Series([plain[0]], dtype=dtype).new_from_index(0, self.rows)
        return pl.Series(plain, dtype=dtype).gather(self.codes)

    def kept(self, dtype: DType) -> pl.Series | pl.Expr:
        """Return the column, or where one value stands everywhere only that value."""
        first = self.values[0]
        if self.codes is not None and any(one != first for one in self.values):
            return self.column(dtype)
        return pl.lit(None if isinstance(first, Expected) else first, dtype)

    def good(self) -> pl.Series | None:
        """Return which rows' cells were understood, or None where all were."""
        if not any(isinstance(one, Expected) for one in self.values):
            return None
        return self.mapped(lambda one: not isinstance(one, Expected)).column(pl.Boolean)

    def mapped(self, answer: Callable[[object], object]) -> Coded:
        """Return the column of what each value is turned into."""
        return Coded(self.rows, self.codes, [answer(one) for one in self.values])


def coded(cells: pl.Series, parser: parse.Parser, words: Words = None) -> Coded:
    """Return a column's cells, parsed; `words` are the lender's words for ours."""

    def read(cell: object) -> object:
        text = as_text(cell).strip()
        if not text:
            return None
        told = words.get(text, text) if words else text
        return parser(told) if told else parse.BLANK

    if isinstance(cells.dtype, pl.Categorical | pl.Enum):
        cells = cells.cast(pl.String)
    if cells.null_count() == cells.len():
        return Coded.one(cells.len(), None)
    if cells.dtype.is_nested() or cells.dtype == pl.Object:
        return Coded.unread(cells.len())
    first: object = cells[0]
    if _holds_only(cells, first):
        value = read(first)
        return Coded(cells.len(), None, (value,), cells if _alike(value, first) else None)
    codes, distinct = numbered(cells)
    if codes is None:
        return Coded.unread(cells.len())
    values = [read(cell) for cell in distinct]
    same = cells if all(map(_alike, values, distinct)) else None
    if codes.null_count():
        codes = codes.fill_null(len(values))
        values.append(None)
    return Coded(cells.len(), codes, values, same)


def combined(parts: Sequence[Coded], answer: Callable[..., object]) -> Coded:
    """Return what `answer` says to the parts' values of each row; asked once for each combination there is."""
    rows = parts[0].rows
    varying = [part for part in parts if not part.constant]

    def told(values: Sequence[object]) -> object:
        given = iter(values)
        whole = [part.values[0] if part.constant else next(given) for part in parts]
        wrong = next((one for one in whole if isinstance(one, Expected)), None)
        return wrong or answer(*whole)

    if not varying:
        return Coded.one(rows, told(()))
    sizes = [len(part.values) for part in varying]
    if len(varying) == 1:
        return Coded(rows, varying[0].codes, [told((one,)) for one in varying[0].values])
    whole = math.prod(sizes)
    if whole >= 2**62:
        return Coded.unread(rows)
    kind = pl.UInt32 if whole <= _SPAN else pl.Int64
    key: pl.Series | None = None
    for part, size in zip(varying, sizes, strict=True):
        if part.codes is not None:
            key = part.codes.cast(kind) if key is None else key * size + part.codes.cast(kind)
    if key is None:
        return Coded.unread(rows)
    codes, distinct = met(key, whole) if whole <= _SPAN else numbered(key)
    if codes is None:
        return Coded.unread(rows)
    values: list[object] = []
    for one in distinct:
        rest, picked = int(str(one)), list[object]()
        for part, size in zip(reversed(varying), reversed(sizes), strict=True):
            rest, at = divmod(rest, size)
            picked.append(part.values[at])
        values.append(told(picked[::-1]))
    return Coded(rows, codes, values)


def _alike(value: object, cell: object) -> bool:
    return type(value) is type(cell) and value == cell


def _holds_only(cells: pl.Series, first: object) -> bool:
    if first is None or cells.null_count():
        return False
    alone = pl.Series([first], dtype=cells.dtype)
    return bool((_spread(cells) == alone).all()) and bool((cells == alone).all())


def _spread(cells: pl.Series) -> pl.Series:
    """Return some cells from all over a column: a book sorted by day begins with one day."""
    return cells.gather_every(max(cells.len() // _SAMPLE, 1))


def numbered(cells: pl.Series) -> tuple[pl.Series | None, Sequence[object]]:
    """Return each row's place among the distinct cells (null for null), and those; None for too many."""
    if cells.dtype == pl.Boolean:
        return cells.cast(pl.UInt32), (False, True)
    if cells.dtype.is_integer() or cells.dtype == pl.Date:
        near = _numbered_near(cells)
        if near is not None:
            return near
    return _by_hash(cells) or _joined(cells)


def _by_hash(cells: pl.Series) -> tuple[pl.Series, Sequence[object]] | None:
    """Return what `numbered` does by the hash of each cell; None where two distinct cells share a slot, or are too many.

    Cells from all over mostly hold all there are: what is not among them is looked for once more. Two cells may have one
    hash, so each is held against the one it was found to be.
    """
    distinct = _spread(cells).drop_nulls().unique(maintain_order=True)
    slots = in_runs(_slots, cells)
    for again in (True, False):
        known = _slots(distinct)
        if not distinct.len() or known.n_unique() < known.len():
            return None
        number = pl.int_range(distinct.len(), dtype=pl.UInt32, eager=True)
        codes = pl.zeros(_SLOTS, dtype=pl.UInt32, eager=True).scatter(known, number).gather(slots)
        found = in_runs(partial(_are, distinct), codes, cells)
        if found.all():
            return (codes.set(cells.is_null(), None) if cells.null_count() else codes), distinct.to_list()
        if again:
            distinct = pl.concat([distinct, cells.filter(~found).unique(maintain_order=True)])
            if distinct.len() > MOST_DISTINCT:
                return None
    return None


def _are(distinct: pl.Series, codes: pl.Series, cells: pl.Series) -> pl.Series:
    return distinct.gather(codes) == cells


def in_runs(answer: Callable[..., pl.Series], *columns: pl.Series) -> pl.Series:
    """Return what `answer` says of the rows of `columns`, a run of rows at a time: what it needs between is small and used again."""
    rows = columns[0].len()
    if rows <= _RUN:
        return answer(*columns)
    runs = ([one.slice(at, _RUN) for one in columns] for at in range(0, rows, _RUN))
    return pl.concat([answer(*run) for run in runs], rechunk=True)


def _slots(cells: pl.Series) -> pl.Series:
    return (cells.hash() & (_SLOTS - 1)).cast(pl.UInt32, wrap_numerical=True)


def _joined(cells: pl.Series) -> tuple[pl.Series | None, Sequence[object]]:
    distinct = cells.drop_nulls().unique()
    if distinct.len() > MOST_DISTINCT:
        return None, ()
    places = pl.DataFrame({"cell": distinct, "at": pl.Series(range(distinct.len()), dtype=pl.UInt32)})
    found = cells.to_frame("cell").join(places, on="cell", how="left", maintain_order="left")
    return found["at"], distinct.to_list()


def _numbered_near(cells: pl.Series) -> tuple[pl.Series, Sequence[object]] | None:
    """Number whole numbers and days by their distance from the least, where that is small."""
    whole = cells.to_physical().cast(pl.Int64, strict=False)
    low, high = whole.min(), whole.max()
    if not (isinstance(low, int) and isinstance(high, int)) or high - low >= _SPAN:
        return None
    if whole.null_count() != cells.null_count():
        return None
    at = (whole - low).cast(pl.UInt32, wrap_numerical=True)
    there = pl.int_range(high - low + 1, eager=True)
    if there.len() > _SAMPLE:
        at, there = met(at, there.len())
    return at, (there + low).cast(cells.to_physical().dtype).cast(cells.dtype).to_list()


def met(places: pl.Series, size: int) -> tuple[pl.Series, pl.Series]:
    """Number the places (UInt32, below `size`) that are met; return each row's number, and the places (Int64)."""
    there = _spread(places).drop_nulls().unique()
    number = _among(there, places, size)
    if number.max() == there.len():
        there = pl.concat([there, places.filter(number == there.len()).unique()])
        number = _among(there, places, size)
    return number, there.cast(pl.Int64)


def _among(there: pl.Series, places: pl.Series, size: int) -> pl.Series:
    """Return where each place stands in `there`; those that do not, behind all."""
    table = pl.repeat(there.len(), size, dtype=pl.UInt32, eager=True)
    return table.scatter(there, pl.int_range(there.len(), dtype=pl.UInt32, eager=True)).gather(places)

"""A book as a frame with the line of every row, and beside it what the reader could not make a row of.

Parquet and frames are taken as they are. A CSV file goes through Polars only where that cannot differ from our
own reader: UTF-8, no quotes, no zero bytes, no blank lines, every line as wide as the header. Everything else
goes through `read_table`, as text.

>>> book = as_frame([{"loan_id": "L-1", "amount_due": "5.00"}, {"loan_id": ""}, {"loan_id": "L-2"}])
>>> book.lines.to_list(), book.header, book.frame.rows()
([2, 4], ('loan_id', 'amount_due'), [('L-1', '5.00'), ('L-2', '')])
"""

from __future__ import annotations

import codecs
import csv
from pathlib import Path
from typing import Any, cast

import polars as pl
from attrs import field, frozen

from loansms.portfolio.parse import Expected
from loansms.portfolio.readers import read_table
from loansms.portfolio.table import Cells

_BLOCK = 1 << 24
# A workbook or a Parquet file under the wrong name: the reader says so.
_SIGNATURES = (b"PK\x03\x04", b"PAR1")
_BOM = codecs.BOM_UTF8.decode()


@frozen(kw_only=True)
class BookFrame:
    """The rows of a book: `frame` holds its columns by place, `header` their names, `lines` each row's line.

    ``others`` are the lines that are no row of the frame: of the wrong width (their cells) or broken (what was
    expected). Rows without any cell are left out, as everywhere. ``where`` and ``header_line`` are for messages.
    """

    where: str
    header: tuple[str, ...]
    header_line: int = 1
    frame: pl.DataFrame = field(repr=False)
    lines: pl.Series = field(repr=False)
    others: tuple[tuple[int, Cells | Expected], ...] = field(default=(), repr=False)
    warnings: tuple[tuple[str, str], ...] = ()


def as_frame(source: object, encoding: str = "utf-8") -> BookFrame:
    """Return the book in `source` (as `read_book` takes it); raise as it does when it cannot be read at all."""
    frame, where = _direct(source, encoding), "frame"
    if isinstance(source, str | Path):
        where = Path(source).name
    if frame is None or not frame.width:
        return _by_reader(source, encoding)
    header = tuple(frame.columns)
    lines = pl.int_range(2, frame.height + 2, eager=True).alias("line")
    blank = _blank(frame)
    if blank is not None:
        frame, lines = frame.filter(~blank), lines.filter(~blank)
    return BookFrame(where=where, header=header, frame=frame, lines=lines)


def _direct(source: object, encoding: str) -> pl.DataFrame | None:
    """Return the frame Polars itself makes of `source`, or None where our reader must decide."""
    try:
        if isinstance(source, str | Path):
            path = Path(source)
            if not path.is_file():
                return None
            if path.suffix.lower() == ".parquet":
                return pl.read_parquet(path, glob=False)
            return _plain_csv(path, encoding) if path.suffix.lower() == ".csv" else None
        if isinstance(source, pl.LazyFrame):
            return source.collect()
        if isinstance(source, pl.DataFrame):
            return source
        return pl.DataFrame(cast("Any", source)) if hasattr(source, "__arrow_c_stream__") else None
    except (pl.exceptions.PolarsError, OSError, LookupError, TypeError, ValueError):
        return None


def _plain_csv(path: Path, encoding: str) -> pl.DataFrame | None:
    if codecs.lookup(encoding).name not in {"utf-8", "utf-8-sig"}:
        return None
    with path.open("rb") as raw:
        first = raw.readline()
    header = first.decode().removeprefix(_BOM).rstrip("\r\n").split(",")
    if first.startswith(_SIGNATURES) or not any(header) or len(header) < 2:
        return None
    if len(set(header)) != len(header) or not _looks_plain(path, len(header) - 1):
        return None
    frame = pl.read_csv(
        path,
        has_header=False,
        skip_lines=1,
        schema=dict.fromkeys(header, pl.String),
        quote_char=None,
    )
    longest = (frame.to_series(at).str.len_bytes().max() for at in range(frame.width))
    if frame.width != len(header) or any(
        isinstance(one, int) and one > csv.field_size_limit() for one in longest
    ):
        return None
    return frame


def _looks_plain(path: Path, commas: int) -> bool:
    """Whether line ends alone part rows and commas alone part cells; Polars itself refuses a row too wide."""
    found = dict.fromkeys((b",", b"\n", b"\r", b"\r\n"), 0)
    last = b""
    with path.open("rb") as raw:
        while block := raw.read(_BLOCK):
            joined = last + block
            if any(one in joined for one in (b'"', b"\0", b"\n\n", b"\n\r")) or (
                not last and block[:1] in b"\r\n"
            ):
                return False
            for one in found:
                found[one] += block.count(one)
            found[b"\r\n"] += last == b"\r" and block.startswith(b"\n")
            last = block[-1:]
    rows = found[b"\n"] + (last != b"\n")
    return found[b"\r"] == found[b"\r\n"] and found[b","] == rows * commas


def _blank(frame: pl.DataFrame) -> pl.Series | None:
    """Return which rows hold no cell at all; None where none is so."""
    empty: pl.Series | None = None
    for column in frame.iter_columns():
        nothing = column.is_null()
        if isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum):
            nothing |= (column.cast(pl.String) == "").fill_null(True)
        elif column.dtype == pl.Binary:
            nothing |= (column == b"").fill_null(True)
        elif column.dtype.is_float():
            nothing |= column.is_nan().fill_null(True)
        empty = nothing if empty is None else empty & nothing
        if not empty.any():
            return None
    return empty


def _by_reader(source: object, encoding: str) -> BookFrame:
    table = read_table(source, encoding)
    lines: list[int] = []
    rows: list[Cells] = []
    others: list[tuple[int, Cells | Expected]] = []
    for line, cells in table.rows:
        if isinstance(cells, Expected) or len(cells) != len(table.header):
            others.append((line, cells))
        else:
            lines.append(line)
            rows.append(cells)
    schema = {f"{at}": pl.String for at in range(len(table.header))}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if len(set(table.header)) == len(table.header):
        frame.columns = list(table.header)
    return BookFrame(
        where=table.where,
        header=tuple(table.header),
        header_line=table.header_line,
        frame=frame,
        lines=pl.Series("line", lines, dtype=pl.Int64),
        others=tuple(others),
        warnings=table.warnings,
    )

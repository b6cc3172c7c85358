"""From a path or any frame to a table: CSV, Parquet, .xlsx, Polars, pandas, Arrow, or plain dicts.

CSV and dicts need no extra; the others name the extra ``portfolio`` when it is missing.

>>> table = read_table([{"loan_id": "L-1", "amount_due": "5.00"}])
>>> list(table.header), list(table.rows)
(['loan_id', 'amount_due'], [(2, ['L-1', '5.00'])])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from loansms.errors import MissingExtra, UnreadableBook
from loansms.portfolio.csvfile import read_csv
from loansms.portfolio.parse import Expected
from loansms.portfolio.table import Cells, Table, as_text


def read_table(source: object, encoding: str = "utf-8") -> Table:
    """Return the table in `source`; raise UnreadableBook, one clear line, when it cannot be read at all."""
    if isinstance(source, str | Path):
        return _read_path(Path(source), encoding)
    if isinstance(source, Sequence):
        return _from_dicts(cast("Sequence[object]", source))
    return _from_frame(source, "frame")


def _read_path(path: Path, encoding: str) -> Table:
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            raise _unreadable(path.name, "is a folder; expected a file", "是文件夹，应为文件")
        if suffix == ".csv":
            return read_csv(path, encoding)
        if suffix not in _BY_SUFFIX:
            told = ".csv, .parquet or .xlsx"
            raise _unreadable(
                path.name, f"expected a name that ends in {told}", "文件名应以 .csv、.parquet 或 .xlsx 结尾"
            )
        with path.open("rb"):
            return _BY_SUFFIX[suffix](path)
    except FileNotFoundError:
        raise _unreadable(path.name, "no such file", "文件不存在") from None
    except OSError:
        raise _unreadable(path.name, "cannot be opened for reading", "无法打开文件") from None


def _unreadable(where: str, told: str, zh: str) -> UnreadableBook:
    return UnreadableBook(f"{where}: {told}", f"{where}：{zh}")


def _read_parquet(path: Path) -> Table:
    polars = _polars("reading a .parquet file")
    try:
        frame = polars.read_parquet(path)
    except polars.exceptions.PolarsError:
        raise _unreadable(path.name, "expected a Parquet file", "不是可读的 Parquet 文件") from None
    return _from_frame(frame, path.name)


def _read_xlsx(path: Path) -> Table:
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("portfolio", "reading an .xlsx file") from None
    try:
        book = cast("Any", CalamineWorkbook).from_path(path)
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except CalamineError:
        raise _unreadable(
            path.name, "expected an .xlsx workbook without a password", "不是可读的 .xlsx 工作簿，或设有密码"
        ) from None
    filled = {
        name: rows for name, rows in sheets.items() if any(any(cell != "" for cell in row) for row in rows)
    }
    if not filled:
        raise _unreadable(
            path.name, "the workbook is empty; expected a header line", "工作簿为空，应有表头行"
        )
    first, *others = filled
    texts = enumerate(([as_text(cell) for cell in row] for row in filled[first]), 1)
    rows = ((line, cells) for line, cells in texts if any(cells))
    line, header = next(rows)
    return Table(path.name, header, line, rows, (_other_sheets(first, len(others)),) if others else ())


def _other_sheets(read: str, others: int) -> tuple[str, str]:
    return (
        f"Only the first filled sheet ({read}) was read; {others} more hold data.",
        f"只读取了第一个有数据的工作表（{read}），另有 {others} 个含数据的工作表未读。",
    )


_BY_SUFFIX: Mapping[str, Callable[[Path], Table]] = {".parquet": _read_parquet, ".xlsx": _read_xlsx}


def _polars(needed_for: str) -> Any:
    try:
        import polars  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("portfolio", needed_for) from None
    return polars


def _from_frame(source: object, where: str) -> Table:
    """Take any frame that Polars takes: its own, or one with an Arrow stream or the interchange protocol."""
    polars = _polars("reading a frame")
    if isinstance(source, polars.LazyFrame):
        source = cast("Any", source).collect()
    if not isinstance(source, polars.DataFrame):
        source = _to_polars(source, polars)
    frame = cast("Any", source)
    if not frame.width:
        raise _unreadable(where, "the frame is empty; expected columns", "数据为空，应有列")
    return Table(where, list(frame.columns), 1, _numbered(frame.iter_rows()))


def _to_polars(source: object, polars: Any) -> object:
    try:
        if hasattr(source, "__arrow_c_stream__"):
            return polars.DataFrame(source)
        if hasattr(source, "__dataframe__"):
            return polars.from_dataframe(source)
    except (polars.exceptions.PolarsError, TypeError, ValueError) as wrong:
        raise _unreadable("frame", f"cannot be read ({type(wrong).__name__})", "无法读取该数据框") from None
    told = "a path, a sequence of dicts, or a frame with __arrow_c_stream__ or __dataframe__"
    raise _unreadable("book", f"expected {told}", "应为文件路径、字典序列或数据框")


def _from_dicts(rows: Sequence[object]) -> Table:
    if not all(isinstance(row, Mapping) for row in rows):
        raise _unreadable(
            "rows", "expected every row to be a dict of column -> value", "每一行应为 列名 -> 值 的字典"
        )
    dicts = cast("Sequence[Mapping[str, object]]", rows)
    if not dicts:
        raise _unreadable("rows", "expected at least one row", "至少应有一行")
    header = list(dict.fromkeys(str(name) for row in dicts for name in row))
    return Table("rows", header, 1, _numbered([row.get(name) for name in header] for row in dicts))


def _numbered(rows: Iterable[Iterable[object]]) -> Iterator[tuple[int, Cells | Expected]]:
    """Number rows as a file with a header line would."""
    for line, row in enumerate(rows, 2):
        cells = [as_text(cell) for cell in row]
        if any(cells):
            yield line, cells

"""CSV, by the standard library: every row with the physical line it begins on, and nothing lost.

A quoted cell may hold line breaks, so a row may span lines. A quote that is never closed would swallow the
rows below it: when a row cannot be right, its first line alone is given up and reading goes on with the next.

>>> table = csv_table(["id,note\\n", '1,"a\\n', 'b"\\n', '2,"open\\n', "3,c\\n"], "book.csv")
>>> [(line, cells if isinstance(cells, list) else cells.told) for line, cells in table.rows]
[(2, ['1', 'a\\nb']), (4, 'expected every quote to be closed on its row'), (5, ['3', 'c'])]
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from loansms.errors import UnreadableBook
from loansms.portfolio.parse import Expected
from loansms.portfolio.table import BrokenRow, Cells, Table

_UNCLOSED = Expected("expected every quote to be closed on its row", "该行的引号应成对")
_TOO_LONG = Expected(
    f"expected cells of at most {csv.field_size_limit():,} characters; look for missing line ends",
    f"单元格不应超过 {csv.field_size_limit():,} 个字符；请检查文件是否缺少换行",
)
_ZERO_BYTE = Expected("expected text, found a zero byte", "含有零字节，不是文本")
_SIGNATURES = {b"PK\x03\x04": ".xlsx", b"PAR1": ".parquet"}


def read_csv(path: Path, encoding: str = "utf-8") -> Table:
    """Return the table in a CSV file; raise UnreadableBook when the file as a whole is unusable."""
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        raise UnreadableBook(
            f"--encoding: no encoding is called {encoding}; try utf-8 or gb18030",
            f"--encoding：没有名为 {encoding} 的编码，可试 utf-8 或 gb18030",
        ) from None
    with path.open("rb") as raw:
        suffix = _SIGNATURES.get(raw.read(4))
    if suffix:
        raise UnreadableBook(
            f"{path.name}: holds a {suffix} file; name it so",
            f"{path.name}：内容是 {suffix} 文件，请改用该后缀",
        )
    return csv_table(_lines(path, "utf-8-sig" if codec == "utf-8" else codec), path.name)


def csv_table(lines: Iterable[str], where: str) -> Table:
    """Return the table in `lines`, each with its line end."""
    records = _records(_Lines(lines))
    line, header = next(records, (0, None))
    if header is None:
        raise UnreadableBook(
            f"{where}: the file is empty; expected a header line", f"{where}：文件为空，应有表头行"
        )
    if isinstance(header, Expected):
        zero = header.told == _ZERO_BYTE.told
        do = "; if it is UTF-16, add --encoding utf-16" if zero else ""
        do_zh = "；若为 UTF-16，请加 --encoding utf-16" if zero else ""
        raise UnreadableBook(
            f"{where} line {line}: {header.told}{do}", f"{where} 第 {line} 行：{header.told_zh}{do_zh}"
        )
    return Table(where, header, line, records)


class _Lines:
    """Lines that can be given back, remembering those taken since the row began."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._again: deque[str] = deque()
        self.number = 1
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.taken.append(line)
        return line

    def row_done(self, lines: int | None = None) -> None:
        """Count the row's `lines` (all that were taken, by default) and give back the others."""
        kept = len(self.taken) if lines is None else lines
        self._again.extendleft(reversed(self.taken[kept:]))
        self.number += kept
        self.taken.clear()


def _records(lines: _Lines) -> Iterator[tuple[int, Cells | Expected]]:
    """Yield each row that is not blank; the first one sets the width by which a runaway row is known."""
    reader = csv.reader(lines, strict=True)
    width = 0
    while True:
        line = lines.number
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if (not cells and any(one.strip() for one in lines.taken)) or (
            width and len(lines.taken) > 1 and len(cells) != width
        ):
            first = lines.taken[0]
            told = _UNCLOSED if len(first) <= csv.field_size_limit() else _TOO_LONG
            lines.row_done(1)
            reader = csv.reader(lines, strict=True)
            yield line, _broken(told, first)
            continue
        zero = any("\0" in one for one in lines.taken)
        lines.row_done()
        if any(cells):
            width = width or len(cells)
            yield line, _broken(_ZERO_BYTE, ",".join(cells).replace("\0", "")) if zero else cells


def _broken(told: Expected, line: str) -> BrokenRow:
    """Return a broken line with its cells as the commas alone part them."""
    return BrokenRow(told.told, told.told_zh, [cell.strip().strip('"') for cell in line.split(",")])


def _lines(path: Path, codec: str) -> Iterator[str]:
    try:
        with path.open(encoding=codec, newline="") as source:
            yield from source
    except UnicodeError:
        raise _undecodable(path, codec) from None


def _undecodable(path: Path, codec: str) -> UnreadableBook:
    line = _first_bad_line(path, codec)
    at, at_zh = (f" line {line}", f" 第 {line} 行") if line else ("", "")
    told = codec.removesuffix("-sig")
    other = _other_encoding(path, codec)
    do = f"add --encoding {other}" if other else "save it as UTF-8, or name its encoding with --encoding"
    do_zh = f"请加 --encoding {other}" if other else "请另存为 UTF-8，或用 --encoding 指定编码"
    return UnreadableBook(
        f"{path.name}{at}: expected text in {told}; {do}",
        f"{path.name}{at_zh}：应为 {told} 编码的文本；{do_zh}",
    )


def _first_bad_line(path: Path, codec: str) -> int | None:
    """Return the line that does not decode; only for encodings in which a line feed is one byte."""
    if codec.startswith(("utf-16", "utf-32")):
        return None
    with path.open("rb") as source:
        for number, raw in enumerate(source, 1):
            if not _decodes(raw, codec):
                return number
    return None


def _other_encoding(path: Path, codec: str) -> str | None:
    """Return the encoding that would do: by its mark, or because every byte fits GB 18030 (and so GBK)."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    fits = [
        one for one in ("utf-8", "gb18030") if one != codec.removesuffix("-sig") and _decodes(content, one)
    ]
    return fits[0] if fits else None


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeError:
        return False
    return True

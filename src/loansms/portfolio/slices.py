"""A book larger than memory, some rows at a time: Parquet files one after another, or a frame.

>>> frame = pl.DataFrame({"loan_id": ["L-1", "L-2", "L-3"]})
>>> [(line, rows.num_rows) for line, rows in slices(frame, 2)], row_count(frame)
([(2, 2), (4, 1)], 3)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import polars as pl

from loansms.errors import MissingExtra, UnreadableBook


def parquet_files(source: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the Parquet files of `source`: a file, the files of a folder by name, or a list of files as it stands.

    Raise UnreadableBook where one is missing, is no Parquet, or has other columns than the first.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        if not files:
            raise UnreadableBook(
                f"{path.name}: expected a .parquet file in this folder",
                f"{path.name}：文件夹中应有 .parquet 文件",
            )
    else:
        files = [Path(one) for one in source]
        if not files:
            raise UnreadableBook("book: expected at least one Parquet file", "至少应有一个 Parquet 文件")
    first = _opened(files[0]).schema_arrow
    for one in files[1:]:
        if not _opened(one).schema_arrow.equals(first):
            raise UnreadableBook(
                f"{one.name}: expected the columns and types of {files[0].name}",
                f"{one.name}：列及类型应与 {files[0].name} 相同",
            )
    return files


def row_count(source: object) -> int:
    """Return how many rows `source` has, as `slices` takes it."""
    if hasattr(source, "__arrow_c_stream__"):
        return pl.DataFrame(cast("Any", source)).height
    return sum(_opened(one).metadata.num_rows for one in _files(source))


def slices(source: object, rows: int) -> Iterator[tuple[int, Any]]:
    """Yield (line of the first row, pyarrow Table of at most `rows` rows), in order; the first line is 2."""
    line = 2
    for table in _tables(source, rows):
        yield line, table
        line += table.num_rows


def _tables(source: object, rows: int) -> Iterator[Any]:
    if hasattr(source, "__arrow_c_stream__"):
        for one in pl.DataFrame(cast("Any", source)).iter_slices(rows):
            yield one.to_arrow()
        return
    arrow = pyarrow()
    for path in _files(source):
        # A row group may be smaller than what is asked for, and larger than memory: neither shows.
        waiting: list[Any] = []
        for batch in _opened(path).iter_batches(batch_size=rows):
            if waiting and sum(one.num_rows for one in waiting) + batch.num_rows > rows:
                yield arrow.Table.from_batches(waiting)
                waiting = []
            waiting.append(batch)
        if waiting:
            yield arrow.Table.from_batches(waiting)


def _files(source: object) -> list[Path]:
    if isinstance(source, str | Path):
        return parquet_files(source)
    if isinstance(source, Sequence):
        return parquet_files(cast("Sequence[str | Path]", source))
    raise UnreadableBook(
        "book: expected Parquet files or a frame with an Arrow stream",
        "应为 Parquet 文件或支持 Arrow 的数据框",
    )


def pyarrow() -> Any:
    """Return the package pyarrow; raise MissingExtra without it."""
    try:
        return import_module("pyarrow")
    except ImportError:
        raise MissingExtra("portfolio", "planning in batches") from None


def _opened(path: Path) -> Any:
    arrow = pyarrow()
    parquet: Any = import_module("pyarrow.parquet")
    try:
        return parquet.ParquetFile(path, pre_buffer=False)
    except FileNotFoundError:
        raise UnreadableBook(
            f"{path.name}: no such file; expected Parquet", f"{path.name}：文件不存在，应为 Parquet 文件"
        ) from None
    except (OSError, arrow.ArrowInvalid):
        raise UnreadableBook(
            f"{path.name}: expected a Parquet file", f"{path.name}：不是可读的 Parquet 文件"
        ) from None

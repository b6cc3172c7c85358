"""A book read into columns: the same sources as `read_book`, for a plan that looks at columns and not at rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from loansms.errors import UnreadableBook
from loansms.portfolio.book_frame import as_frame
from loansms.portfolio.column_facts import ColumnBook
from loansms.portfolio.columns import FIGURES, TEXTS, Where, recognise
from loansms.portfolio.files import ColumnMap


def read_columns(
    source: object,
    *,
    columns: ColumnMap | Mapping[str, str] | str | Path | None = None,
    encoding: str = "utf-8",
    default_country: str | None = None,
    as_of: date | None = None,
    extra: frozenset[str] = frozenset(),
    wanted: frozenset[str] = frozenset((*TEXTS, *FIGURES)),
) -> ColumnBook:
    """Return the book in `source`, any that `read_book` takes.

    `extra` names the columns that a policy asks for, `wanted` those of `TEXTS` and `FIGURES` that a plan looks at.

    Raise UnreadableBook where the book as a whole cannot be read, as `read_book` does.
    """
    read = as_frame(source, encoding)
    seen = recognise(
        [one.removeprefix("\ufeff") for one in read.header],
        ColumnMap.of(columns),
        Where(read.where, read.header_line),
    )
    if not read.frame.height and not read.others:
        raise UnreadableBook(
            f"{read.where}: a header and no rows; expected at least one loan",
            f"{read.where}：只有表头没有数据，至少应有一笔借据",
        )
    return ColumnBook(
        frame=read.frame,
        lines=read.lines,
        seen=seen,
        others=read.others,
        default_country=default_country,
        as_of=as_of,
        extra=extra & set(seen.extra),
        wanted=wanted,
    )

"""Write the example loan books, the same bytes every time: `python examples/make_books.py [FOLDER]`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import bad_rows
import cn_book
import us_book

# A Saturday off. The Sunday after it is a make-up workday in China, the Friday after that Mid-Autumn Day.
DAY = date(2026, 9, 19)
BOOKS = Path(__file__).resolve().parent / "books"


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one CSV file: UTF-8, comma, LF, quoted only where it must be."""
    with path.open("w", encoding="utf-8", newline="") as out:
        made = csv.writer(out, lineterminator="\n")
        made.writerow(header)
        made.writerows(rows)


def make(folder: Path) -> None:
    """Write us.csv, cn.csv and cn-zh-headers.csv into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    american = us_book.rows(DAY)
    write(folder / "us.csv", us_book.COLUMNS, ([row[name] for name in us_book.COLUMNS] for row in american))
    mainland = cn_book.rows(DAY)
    write(folder / "cn.csv", cn_book.COLUMNS, bad_rows.spoil(mainland, cn_book.COLUMNS))
    few = [cn_book.in_chinese(row) for row in mainland[:24]]
    write(folder / "cn-zh-headers.csv", list(cn_book.CHINESE_HEADERS.values()), few)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else BOOKS)

"""The same book gives the same accounts from CSV, Parquet, .xlsx, frames and dicts."""

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from tests.portfolio.books import write_csv, write_xlsx

from loansms.errors import MissingExtra
from loansms.portfolio import Book, read_book

ROWS = [
    {
        "loan_id": f"L-{n}",
        "borrower_id": f"B-{n}",
        "phone": f"1740000000{n}",
        "country": "CN",
        "currency": "CNY",
        "amount_due": f"{n}256.30",
        "next_due_on": f"2026-09-2{n}",
        "annual_rate": "0.072",
        "term_months": "12",
        "autopay": "true" if n % 2 else "false",
        "channel_of_origin": "app",
    }
    for n in range(1, 5)
] + [{"loan_id": "L-9", "borrower_id": "B-9", "phone": "12", "country": "CN", "currency": "CNY"}]


def typed(one: dict[str, str]) -> dict[str, object]:
    """Return a row as a database would hold it."""
    return {
        **one,
        "phone": int(one["phone"]),
        "amount_due": Decimal(one["amount_due"]) if "amount_due" in one else None,
        "next_due_on": date.fromisoformat(one["next_due_on"]) if "next_due_on" in one else None,
        "annual_rate": float(one["annual_rate"]) if "annual_rate" in one else None,
        "term_months": int(one["term_months"]) if "term_months" in one else None,
        "autopay": one["autopay"] == "true" if "autopay" in one else None,
        "channel_of_origin": one.get("channel_of_origin"),
    }


def same(left: Book, right: Book) -> None:
    assert [(one.line, one.account) for one in left.rows] == [(one.line, one.account) for one in right.rows]
    assert left.rejects == right.rejects


def test_every_format_gives_the_same_accounts(tmp_path: Path) -> None:
    """Text or typed, file or frame: equal accounts, equal lines, equal rejects."""
    book = read_book(write_csv(tmp_path / "book.csv", ROWS))
    assert (len(book.rows), len(book.rejects)) == (4, 1)
    records = [typed(one) for one in ROWS]
    frame = pl.DataFrame(records)
    frame.write_parquet(tmp_path / "book.parquet")
    header = list(ROWS[0])
    numbers = {"phone": float, "amount_due": float, "annual_rate": float, "term_months": int}
    sheet = [
        header,
        *(
            [
                numbers[name](one[name]) if name in numbers and name in one else one.get(name, "")
                for name in header
            ]
            for one in ROWS
        ),
    ]
    for source in (
        ROWS,
        records,
        frame,
        frame.lazy(),
        frame.to_arrow(),
        pa.Table.from_pylist(records),
        tmp_path / "book.parquet",
        str(write_xlsx(tmp_path / "book.xlsx", {"loans": sheet})),
    ):
        same(book, read_book(source))


def test_floats_count_as_money_only_to_the_cent() -> None:
    """A float amount of a frame is taken where it shows at most the currency's decimals."""
    good = {**typed(ROWS[0]), "amount_due": 652.53}
    bad = {**typed(ROWS[1]), "amount_due": 0.1 + 0.2}
    book = read_book(pl.DataFrame([good, bad]))
    assert Decimal("652.53") == book.rows[0].account.amount_due.amount
    assert "at most 2 decimals" in book.rejects[0].reason


def test_text_held_as_bytes_is_text(tmp_path: Path) -> None:
    """A Parquet file whose text columns are binary gives the same ids and numbers."""
    raw = {name: cell.encode() for name, cell in ROWS[0].items()}
    pl.DataFrame([raw]).write_parquet(tmp_path / "book.parquet")
    same(read_book([ROWS[0]]), read_book(tmp_path / "book.parquet"))


def test_moments_at_midnight_are_days() -> None:
    """A date column that a frame holds as datetimes is still a date column."""
    records = [{**typed(ROWS[0]), "next_due_on": datetime(2026, 9, 24)}]
    assert date(2026, 9, 24) == read_book(pl.DataFrame(records)).rows[0].account.due_on


def test_a_workbook_with_more_filled_sheets_says_so(tmp_path: Path) -> None:
    """The first filled sheet is read; the others are told, not silently left."""
    sheet = [list(ROWS[0]), list(ROWS[0].values())]
    path = write_xlsx(tmp_path / "book.xlsx", {"empty": [], "loans": sheet, "old": sheet})
    book = read_book(path)
    assert len(book.rows) == 1
    assert "(loans) was read; 1 more" in book.warnings[0][0]


@pytest.mark.parametrize(("module", "name"), [("polars", "book.parquet"), ("python_calamine", "book.xlsx")])
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    """Without the extra, Parquet and .xlsx name it; CSV does not need it."""
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(MissingExtra, match=r"loansms\[portfolio\]"):
        read_book(tmp_path / name)
    assert len(read_book(write_csv(tmp_path / "book.csv", ROWS)).rows) == 4

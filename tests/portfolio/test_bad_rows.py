"""A bad row is named by line, column and what was expected, its neighbours still count, and nothing leaks."""

from pathlib import Path

import pytest
from tests.portfolio.books import row, write_csv

from loansms.portfolio import read_book

BAD_CELLS = [
    ("loan_id", "", "expected a value"),
    ("loan_id", "1.23457E+17", "rounded this id"),
    ("borrower_id", "x" * 129, "at most 128"),
    ("phone", "", "expected a value"),
    ("phone", "1.39E+10", "a spreadsheet has rounded this number"),
    ("phone", "1380013800", "expected a valid phone number"),
    ("phone", "1380013800x", "got letters"),
    ("phone", "01012345678", "expected a mobile number"),
    ("currency", "RMBB", "ISO 4217"),
    ("currency", "ABC", "ISO 4217"),
    ("amount_due", "", "expected a value"),
    ("amount_due", "-1.00", "got a negative amount"),
    ("amount_due", "1,256.30", "digits with a decimal point and nothing else"),
    ("amount_due", "¥1256.30", "digits with a decimal point and nothing else"),
    ("amount_due", "1.2e3", "digits with a decimal point and nothing else"),
    ("amount_due", "nan", "digits with a decimal point and nothing else"),
    ("amount_due", "1256.305", "at most 2 decimals for CNY"),
    ("amount_due", "1256.3000000000002", "at most 2 decimals for CNY"),
    ("next_due_on", "", "expected a date"),
    ("next_due_on", "2026-02-30", "a day of the calendar"),
    ("next_due_on", "24/09/2026", "such as 2026-09-24"),
    ("next_due_on", "2026-09-24 10:30", "such as 2026-09-24"),
    ("next_due_on", "46289", "a spreadsheet's number of a day"),
    ("next_due_on", "46289.4375", "a spreadsheet's number of a day"),
    ("oldest_unpaid_due_on", "2026-10-24", "no later than next_due_on"),
    ("timezone", "Asia/Nowhere", "IANA time zone"),
    ("timezone", "+08:00", "IANA time zone"),
    ("country", "China!", "country code"),
    ("language", "中文 ", "language tag"),
    ("annual_rate", "8.4", "a fraction below 1"),
    ("annual_rate", "8.4%", "a fraction below 1"),
    ("annual_rate", "-0.01", "a fraction below 1"),
    ("term_months", "12.5", "whole number from 1"),
    ("grace_days", "-1", "whole number from 0"),
    ("method", "等额付息", "expected one of equal_instalment"),
    ("consent_sms", "perhaps", "expected true or false"),
    ("opt_out", "?", "expected true or false"),
    ("debit_account_tail", "6222020000001234", "last 4 digits"),
    ("next_debit_at", "2026-09-25", "date and time"),
    ("days_past_due", "many", "whole number"),
    ("guarantor_phone", "12345", "expected a valid phone number"),
]


@pytest.mark.parametrize(("column", "value", "expected"), BAD_CELLS)
def test_a_bad_cell_is_named_and_not_shown(tmp_path: Path, column: str, value: str, expected: str) -> None:
    """The reject says where and what was expected, in both languages, without the value; the rest is read."""
    bad = (
        row(loan_id="L-2", borrower_id="B-2", **{column: value})
        if column not in ("loan_id", "borrower_id")
        else row(**{"loan_id": "L-2", "borrower_id": "B-2", column: value})
    )
    path = write_csv(tmp_path / "book.csv", [row(), bad, row(loan_id="L-3", borrower_id="B-3")])
    if column == "language":
        path.write_text(path.read_text().replace("中文 ", "a language"))
    book = read_book(path)
    assert [one.account.loan_id for one in book.rows] == ["L-1", "L-3"]
    (reject,) = book.rejects
    assert (3, column) == (reject.line, reject.column)
    assert expected in reject.reason
    assert reject.reason_zh
    assert reject.reason_zh != reject.reason
    told = f"{reject.reason} {reject.reason_zh} {book!r}"
    assert not value or value not in told


def test_a_repeated_loan_id_names_the_first_line(tmp_path: Path) -> None:
    """Of two rows with one loan id the later is bad, even when the first one was bad itself."""
    rows = [row(loan_id="L-9", amount_due="-1"), row(), row(borrower_id="B-2"), row(loan_id="L-9")]
    book = read_book(write_csv(tmp_path / "book.csv", rows))
    assert [one.line for one in book.rows] == [3]
    assert [(one.line, one.column) for one in book.rejects] == [
        (2, "amount_due"),
        (4, "loan_id"),
        (5, "loan_id"),
    ]
    assert "line 3" in book.rejects[1].reason
    assert "line 2" in book.rejects[2].reason


def test_a_reject_keeps_its_ids_where_they_can_be_read(tmp_path: Path) -> None:
    """The ids go into the output; a row of the wrong width has none, for its cells may be anything."""
    path = write_csv(tmp_path / "book.csv", [row(amount_due="x"), row(loan_id="L-2")])
    with path.open("a") as out:
        out.write("L-3,13800138000,B-3\n")
    bad, short = read_book(path).rejects
    assert (bad.loan_id, bad.borrower_id) == ("L-1", "B-1")
    assert (short.loan_id, short.borrower_id, short.column) == (None, None, "row")
    assert short.reason == "expected 11 columns, found 3"


@pytest.mark.parametrize(
    ("stated", "as_of", "oldest", "good"),
    [
        ("5", "2026-09-29", "2026-09-24", True),
        ("4", "2026-09-29", "2026-09-24", False),
        ("-5", "2026-09-19", "", True),
        ("0", "2026-09-19", "", True),
        ("3", "2026-09-19", "", False),
        ("", "2026-09-19", "2026-09-24", False),
        ("5", "", "", False),
        ("-5", "", "2026-09-20", False),
        ("5", "", "2026-09-20", True),
        ("0", "", "2026-09-20", True),
    ],
)
def test_days_past_due_is_held_against_the_dates(stated: str, as_of: str, oldest: str, good: bool) -> None:
    """With the book's day exactly (0 serves every loan not overdue), without it by its sign."""
    book = read_book([row(days_past_due=stated, as_of=as_of, oldest_unpaid_due_on=oldest)])
    assert good == bool(book.rows)
    assert good or book.rejects[0].column in ("days_past_due", "oldest_unpaid_due_on")


def test_a_stale_count_is_a_warning_and_the_dates_win() -> None:
    """Rows counted on another day than most are told once, in both languages, and still run."""
    rows = [
        row(loan_id=f"L-{n}", borrower_id=f"B-{n}", phone=f"1740000000{n}", days_past_due="-3")
        for n in range(3)
    ]
    book = read_book([*rows, row(loan_id="L-9", borrower_id="B-9", days_past_due="-9")])
    assert len(book.rows) == 4
    ((english, chinese),) = book.warnings
    assert "1 rows was not counted on 2026-09-21" in english
    assert "2026-09-21" in chinese


def test_a_number_without_country_needs_a_country() -> None:
    """Neither + nor a country column nor the lender's country: the row says which of them is expected."""
    (reject,) = read_book([row(country="")]).rejects
    assert "country code" in reject.reason
    assert read_book([row(country="")], default_country="CN").rows[0].account.borrower.country == "CN"
    assert read_book([row(country="", phone="+12025550123")]).rows[0].account.borrower.country == "US"

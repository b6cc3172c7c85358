"""The committed example books are what the script writes, and they are what they claim to be."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from loansms import Money, PhoneNumber
from loansms.model.loan import RepaymentMethod, amortise

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BOOKS = EXAMPLES / "books"
DAY = date(2026, 9, 19)


def rows(name: str) -> list[dict[str, str]]:
    """Read the rows that have as many fields as the header."""
    with (BOOKS / name).open(encoding="utf-8", newline="") as source:
        return [row for row in csv.DictReader(source) if None not in row.values()]


def test_the_script_writes_the_committed_books_byte_by_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(EXAMPLES / "make_books.py"), str(tmp_path)], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in BOOKS.iterdir()}
    assert made == kept


@pytest.mark.parametrize(("name", "code"), [("us.csv", "+1"), ("cn.csv", "17400")])
def test_every_number_lies_in_a_range_nobody_answers(name: str, code: str) -> None:
    numbers = [row["phone"] for row in rows(name) if row["loan_id"][1] == "L"]
    assert all(number.startswith(code) for number in numbers)
    if name == "us.csv":
        assert all(number[5:10] == "55501" for number in numbers)
    assert all(PhoneNumber.parse(number, "CN").can_text for number in numbers)


def test_a_number_belongs_to_one_borrower() -> None:
    for name in ("us.csv", "cn.csv"):
        owners = defaultdict(set)
        for row in rows(name):
            if row["loan_id"][1] == "L":
                owners[row["phone"]].add(row["borrower_id"])
        assert {len(found) for found in owners.values()} == {1}


def test_the_american_book_keeps_the_shape_it_was_fitted_to() -> None:
    book = rows("us.csv")
    share = {key: count / len(book) for key, count in Counter(row["term_months"] for row in book).items()}
    assert abs(share["36"] - 0.71) < 0.07
    middle = sorted(Decimal(row["principal"]) for row in book)[len(book) // 2]
    assert 11_500 <= middle <= 18_500  # the real median is 15,000 dollars
    states = Counter(row["region"] for row in book)
    assert {state for state, _ in states.most_common(4)} >= {"CA", "TX", "NY"}
    assert len(states) > 35
    borrowers = Counter(row["borrower_id"] for row in book)
    assert 10 <= sum(count == 2 for count in borrowers.values()) <= 25


def test_days_past_due_agree_with_the_dates() -> None:
    for name in ("us.csv", "cn.csv"):
        for row in rows(name):
            if row["loan_id"][1] == "L" and row["days_past_due"]:
                due = date.fromisoformat(row["oldest_unpaid_due_on"] or row["next_due_on"])
                assert int(row["days_past_due"]) == (DAY - due).days


def test_the_mainland_book_uses_every_repayment_method_and_its_instalments_are_amortised() -> None:
    book = [row for row in rows("cn.csv") if row["loan_id"][1] == "L"]
    assert {row["method"] for row in book} == {method.value for method in RepaymentMethod}
    for row in book:
        plan = amortise(
            Money(row["principal"], "CNY"),
            Decimal(row["annual_rate"]),
            int(row["term_months"]),
            row["method"],
            DAY,
        )
        assert Money(row["instalment_amount"], "CNY") in {one.total for one in plan}


def test_the_mainland_book_has_every_trap_it_promises() -> None:
    book = [row for row in rows("cn.csv") if row["loan_id"][1] == "L"]
    for column in ("opt_out", "dispute", "hardship", "autopay"):
        assert sum(row[column] == "true" for row in book) >= 2
    assert {row["guarantor_consent"] for row in book} == {"", "true", "false"}
    assert any(row["promise_to_pay_until"] for row in book)
    assert any(row["grace_days"] == "3" for row in book)
    assert any(row["amount_due"] == "0.00" for row in book)
    assert any("\n" in row["notes"] for row in book)
    wishes = defaultdict(set)
    for row in book:
        wishes[row["borrower_id"]].add(row["opt_out"])
    assert {"true", "false"} in wishes.values()
    refused = [row for row in rows("cn.csv") if row["loan_id"] == "CX-21"]
    assert refused[0]["opt_out"] == "true"
    assert wishes[refused[0]["borrower_id"]] == {"false"}

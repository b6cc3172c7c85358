"""A refusal on any row of a borrower holds on all of them, whatever else is wrong with that row."""

from pathlib import Path

import pytest
from tests.portfolio.books import row, write_csv

from loansms.portfolio import book_facts, read_book


@pytest.mark.parametrize("flag", ["true", "是", "1", "?"])
def test_an_opt_out_on_a_rejected_row_holds(flag: str) -> None:
    """The row is bad, the refusal is not; a flag nobody can read counts as a refusal."""
    bad = row(loan_id="L-2", amount_due="-5", opt_out=flag)
    book = read_book([row(), bad, row(loan_id="L-3", borrower_id="B-2", phone="17400000002")])
    assert {"B-1"} == book.opted_out
    facts = book_facts(book)
    assert facts["B-1"].opted_out
    assert not facts["B-2"].opted_out
    assert facts["B-1"].loans == ("L-1",)


def test_an_opt_out_in_a_crooked_row_holds_for_a_borrower_the_book_knows(tmp_path: Path) -> None:
    """A comma too many shifts the cells; the refusal is found from the other end, and no phone becomes an id."""
    path = write_csv(tmp_path / "book.csv", [row(opt_out="false"), row(loan_id="L-2", borrower_id="B-2")])
    lines = path.read_text(encoding="utf-8").splitlines()
    crooked = lines[2].rstrip(",").replace("L-2,B-2,13800138000,张三", "L-3,B-1,13800138000,张,三")
    path.write_text("\n".join([*lines, crooked + ",,,true"]), encoding="utf-8")
    book = read_book(path)
    assert book.rejects[0].column == "row"
    assert {"B-1"} == book.opted_out


def test_one_no_to_sms_is_a_no() -> None:
    """consent_sms false on any row, bad rows included, is false for the borrower; silence stays unknown."""
    rows = [
        row(consent_sms="true"),
        row(loan_id="L-2", consent_sms="no", amount_due="x"),
        row(loan_id="L-3", borrower_id="B-3", phone="17400000003"),
        row(loan_id="L-4", borrower_id="B-4", phone="17400000004", consent_sms="yes"),
    ]
    facts = book_facts(read_book(rows))
    assert [facts[one].consent_sms for one in ("B-1", "B-3", "B-4")] == [False, None, True]


def test_numbers_that_disagree_are_told() -> None:
    """One borrower with two numbers, and one number under two borrowers: two warnings, no number in them."""
    rows = [row(), row(loan_id="L-2", phone="17400000001"), row(loan_id="L-3", borrower_id="B-2")]
    told = read_book(rows).warnings
    assert len(told) == 2
    assert all(one and "138" not in one for pair in told for one in pair)

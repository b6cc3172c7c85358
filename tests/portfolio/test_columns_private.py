"""A book in columns shows no cell: a frame prints its values, so nothing that holds one prints itself."""

from __future__ import annotations

from tests.portfolio.books import row

from loansms.model import Lender
from loansms.portfolio.column_facts import ColumnFacts
from loansms.portfolio.reading_columns import read_columns


def test_a_book_in_columns_prints_no_number_and_no_name() -> None:
    lender = Lender.example("CN")
    book = read_columns([row(), row(loan_id="L-2", phone="12")], default_country="CN")
    facts = ColumnFacts.of(book, {lender.lender_id: lender})
    assert facts.regular.height == 1
    for held in (book, facts):
        assert "13800138000" not in repr(held)
        assert "张三" not in repr(held)

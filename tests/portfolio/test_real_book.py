"""The real book of 4,000 loans: every row is an account, and the figures are those counted when it was made."""

from collections import Counter
from datetime import date
from decimal import ROUND_UP

import pytest
from tests.realbook import real_book

from loansms.model import amortise
from loansms.portfolio import Book, book_facts, read_book

DAY = date(2018, 4, 15)


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(real_book())


def test_all_rows_are_good(book: Book) -> None:
    """4,000 rows, none rejected, on the day the book was made."""
    assert (len(book.rows), book.rejects, book.as_of) == (4000, (), DAY)
    assert book.warnings == ()


def test_rows_by_day(book: Book) -> None:
    """Of the rows with an amount due: how many days to go or past, as counted in the book's description."""
    days = Counter(one.account.days_past_due(DAY) for one in book.rows if one.account.amount_due.amount)
    told = {0: 118, -1: 119, -2: 122, -3: 123, -7: 123}
    assert told == {day: days[day] for day in told}
    spans = [(-6, -4), (-400, -8), (1, 7), (8, 15), (16, 30), (31, 120), (121, 9999)]
    assert [sum(count for day, count in days.items() if low <= day <= high) for low, high in spans] == [
        378,
        2766,
        16,
        11,
        15,
        26,
        3,
    ]
    assert sum(1 for one in book.rows if not one.account.amount_due.amount) == 180


def test_borrowers_with_two_loans(book: Book) -> None:
    """3,810 borrowers, 190 of them with two loans and one number."""
    facts = book_facts(book)
    assert (len(facts), sum(1 for one in facts.values() if len(one.loans) == 2)) == (3810, 190)
    assert all(len(one.phones) == 1 for one in facts.values())


def test_instalments_are_amortised_rounded_up(book: Book) -> None:
    """Our plan gives the lender's own instalment in all rows but the one the source itself has wrong."""
    wrong: list[str] = []
    for row in book.rows:
        one = row.account
        assert one.principal and one.annual_rate is not None and one.term_months and one.method  # noqa: PT018
        plan = amortise(
            one.principal, one.annual_rate, one.term_months, one.method, one.due_on, rounding=ROUND_UP
        )
        if plan[0].total != one.instalment_amount:
            wrong.append(one.loan_id)
    assert wrong == ["LC-01968"]

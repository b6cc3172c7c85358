"""Whole loan books: read from any table, checked row by row, planned by the plan of one account."""

from loansms.portfolio.book import Book, BookRow, Reject
from loansms.portfolio.facts import BorrowerFacts, book_facts, conflicts
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.frame import plan_frame
from loansms.portfolio.plan import dialled_in, plan_book, plan_rows, with_known_lenders
from loansms.portfolio.reading import read_book
from loansms.portfolio.rejects import rejects_path, write_rejects
from loansms.portfolio.rules import PlanRules

__all__ = [
    "Book",
    "BookRow",
    "BorrowerFacts",
    "ColumnMap",
    "PlanRules",
    "Reject",
    "book_facts",
    "conflicts",
    "dialled_in",
    "plan_book",
    "plan_frame",
    "plan_rows",
    "read_book",
    "rejects_path",
    "with_known_lenders",
    "write_rejects",
]

"""A loan book as values: the rows that are accounts, the rows that are not, and who must not be written to."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from loansms.model import Account


@frozen
class BookRow:
    """A row that is an account; `line` is the physical line on which it begins, the header being line 1."""

    line: int
    account: Account


@frozen
class Reject:
    """A row that is not: where, why, and the ids it carries where they can be read."""

    line: int
    column: str
    reason: str
    reason_zh: str
    loan_id: str | None = None
    borrower_id: str | None = None

    def told(self, lang: str = "en") -> str:
        """Return the place and what was expected there, in `lang` (en or zh-CN)."""
        if lang.startswith("zh"):
            return f"第 {self.line} 行 {self.column} 列：{self.reason_zh}"
        return f"line {self.line}, column {self.column}: {self.reason}"


@frozen(kw_only=True)
class Book:
    """Every row of a book, in order, as an account or as a reject: ``total`` counts both.

    ``opted_out`` and ``refused_sms`` hold the borrowers of whom any row, rejected ones included, says so.
    ``as_of`` is the day most rows were counted on, where they tell. ``warnings`` hold each notice as
    (English, Chinese).
    """

    name: str
    rows: tuple[BookRow, ...] = field(repr=False)
    rejects: tuple[Reject, ...] = field(default=(), repr=False)
    opted_out: frozenset[str] = field(default=frozenset(), repr=False)
    refused_sms: frozenset[str] = field(default=frozenset(), repr=False)
    warnings: tuple[tuple[str, str], ...] = ()
    as_of: date | None = None
    columns: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many rows the book has, good and bad."""
        return len(self.rows) + len(self.rejects)

    @property
    def borrower_ids(self) -> tuple[str, ...]:
        """The borrowers who have a good row, each once, in the book's order."""
        return tuple(dict.fromkeys(row.account.borrower.borrower_id for row in self.rows))

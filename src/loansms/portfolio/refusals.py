"""Who refuses to be written to, read from every row, even one that is no account for another reason.

An opt-out is law; a typo three columns further on does not undo it. So these few cells are read by
themselves, and where they cannot be understood the person counts as having refused.
"""

from __future__ import annotations

from collections.abc import Collection

from loansms.model import Account
from loansms.portfolio import parse
from loansms.portfolio.columns import Recognised
from loansms.portfolio.parse import Expected
from loansms.portfolio.table import Cells


class Refusals:
    """Collects opt-outs and refusals of SMS while a book is read."""

    def __init__(self, seen: Recognised) -> None:
        self._width = seen.width
        self._at = seen.known
        self._words = seen.values
        self._opted_out: set[str] = set()
        self._refused_sms: set[str] = set()
        self._known: set[str] = set()
        self._perhaps: set[str] = set()

    def note(self, cells: Cells) -> tuple[str | None, str | None]:
        """Take the refusals of a row that is no account; return its loan id and borrower id where readable."""
        borrower_id = self._id("borrower_id", cells)
        if borrower_id is not None:
            self._known.add(borrower_id)
            if self._cell("opt_out", cells) and self._flag("opt_out", cells) is not False:
                self._opted_out.add(borrower_id)
            if self._flag("consent_sms", cells) is False:
                self._refused_sms.add(borrower_id)
        return self._id("loan_id", cells), borrower_id

    def note_account(self, account: Account) -> None:
        """Take the refusals of a row that is an account."""
        borrower = account.borrower
        self._known.add(borrower.borrower_id)
        if borrower.opted_out:
            self._opted_out.add(borrower.borrower_id)
        if borrower.consent_sms is False:
            self._refused_sms.add(borrower.borrower_id)

    def note_crooked(self, cells: Cells) -> None:
        """Take a row of the wrong width: an opt-out read from either end counts for the ids read so.

        Only ids that other rows know are kept: in a crooked row the cell may be something else.
        """
        ends = (0, len(cells) - self._width)
        flags = (self._shifted("opt_out", cells, by) for by in ends)
        if any(cell and parse.flag(cell) is True for cell in flags):
            self._perhaps.update(self._shifted("borrower_id", cells, by) for by in ends)

    def stated_days(self, cells: Cells) -> int | None:
        """Return the days past due the row states, of a row that is an account."""
        cell = self._cell("days_past_due", cells)
        return int(float(cell)) if cell else None

    @property
    def perhaps(self) -> frozenset[str]:
        """The ids that a crooked row may mean: an opt-out of theirs counts where another row knows them."""
        return frozenset(self._perhaps)

    def found(self, known: Collection[str] = ()) -> tuple[frozenset[str], frozenset[str]]:
        """Return the borrowers who opted out, and those who refused SMS; `known` are ids that other rows have."""
        perhaps = self._perhaps & self._known.union(known)
        return frozenset(self._opted_out | perhaps), frozenset(self._refused_sms)

    def _cell(self, name: str, cells: Cells) -> str:
        at = self._at.get(name)
        return self._translated(name, cells[at].strip()) if at is not None else ""

    def _shifted(self, name: str, cells: Cells, by: int) -> str:
        at = self._at.get(name)
        if at is None or not 0 <= at + by < len(cells):
            return ""
        return self._translated(name, cells[at + by].strip())

    def _translated(self, name: str, cell: str) -> str:
        words = self._words.get(name)
        return words.get(cell, cell) if words else cell

    def _flag(self, name: str, cells: Cells) -> bool | None:
        cell = self._cell(name, cells)
        value = parse.flag(cell) if cell else None
        return None if isinstance(value, Expected) else value

    def _id(self, name: str, cells: Cells) -> str | None:
        cell = self._cell(name, cells)
        value = parse.identifier(cell) if cell else None
        return None if isinstance(value, Expected) else value

"""The journal over any SQL database: entries by number, their places once a sealer gave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from loansms.model import Entry, Leaf, Record, Seal
from loansms.stores.rows import Row, entry_from, maybe_micros, record_row, seal_from, seal_row
from loansms.stores.sql import statements as sql
from loansms.stores.sql.claiming import SqlClaims
from loansms.stores.sql.dialect import COLUMNS

_PAGE = 1_000
_SEALING = "\0seal"  # nobody's debtor: under its lock one sealer works at a time


class SqlJournal(SqlClaims):
    """Entries, seals and readers."""

    def append(self, records: Sequence[Record]) -> None:
        """Write down what no other verb does."""
        if records:
            with self._db.writing() as db:
                db.later(self._write_entry, [record_row(one) for one in records])

    def entries(
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> Iterator[Entry]:
        """Yield all entries, or those of a debtor or a loan, or told of `since` or later, by rising number."""
        start = maybe_micros(since)
        terms = (("debtor = ?", debtor), ("loan_id = ?", loan_id), ("at >= ?", start))
        named = [(term, value) for term, value in terms if value is not None]
        asked = self._sql(sql.ENTRIES.replace("<whose>", "".join(f" AND {term}" for term, _ in named)))
        fixed = [value for _, value in named]
        after = 0
        while True:
            with self._db.reading() as db:
                page = db.ask((asked, (after, *fixed, _PAGE)))[0]
            yield from (entry_from(*row) for row in page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def unsealed(self, most: int) -> list[Entry]:
        """Return up to `most` entries that no seal covers, by rising number."""
        with self._db.reading() as db:
            return [entry_from(*row) for row in db.ask((self._sql(sql.UNSEALED), (most,)))[0]]

    def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool:
        """Keep a batch's places and its seal; False, and nothing kept, when another sealer was first."""
        with self._db.writing([_SEALING]) as db:
            size = db.ask((self._sql(sql.SIZE), ()))[0][0][0]
            if [one.place for one in leaves] != list(range(size, seal.size)):
                return False
            db.later(
                self._sql(sql.WRITE_LEAF), [(one.place, one.hash, one.chain, one.number) for one in leaves]
            )
            db.later(self._db.dialect.insert("ledger_seal", COLUMNS["ledger_seal"]), [seal_row(seal)])
        return True

    def leaves(self, start: int = 0, most: int | None = None) -> Iterator[tuple[Leaf, Entry]]:
        """Yield sealed entries from place `start` on, in their places, each with its leaf."""
        end = self._size() if most is None else start + most
        for first in range(start, end, _PAGE):
            with self._db.reading() as db:
                page = db.ask((self._sql(sql.LEAVES), (first, min(first + _PAGE, end))))[0]
            yield from map(_leaf_from, page)

    def seals(self) -> list[Seal]:
        """Return every seal, the smallest first."""
        with self._db.reading() as db:
            return [seal_from(*row) for row in db.ask((self._sql(sql.SEALS), ()))[0]]

    def cursor(self, reader: str) -> int:
        """Return the place up to which `reader` has read."""
        with self._db.reading() as db:
            rows = db.ask((self._sql(sql.CURSOR), (reader,)))[0]
        return rows[0][0] if rows else 0

    def move_cursor(self, reader: str, start: int, end: int) -> bool:
        """Note that `reader` has read from `start` up to `end`; False when it does not stand at `start`."""
        new = self._db.dialect.skip("ledger_cursor", COLUMNS["ledger_cursor"], ("reader",))
        with self._db.writing() as db:
            if start == 0 and db.tell(new, (reader, end)) == 1:
                return True
            return db.tell(self._sql(sql.MOVE_CURSOR), (end, reader, start)) == 1

    def _size(self) -> int:
        with self._db.reading() as db:
            size: int = db.ask((self._sql(sql.SIZE), ()))[0][0][0]
        return size


def _leaf_from(row: Row) -> tuple[Leaf, Entry]:
    place, number, digest, chain, *entry = row
    return Leaf(place=place, number=number, hash=digest, chain=chain), entry_from(*entry)

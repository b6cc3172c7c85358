"""What the ledger's verbs ask of a connection: one transaction, reads in one trip, writes that go with the commit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from loansms.stores.sql.dialect import Dialect

Row = tuple[Any, ...]
Asked = tuple[str, Sequence[Any]]
"""A statement of the dialect and its values."""

STRIPES = 1024
"""How many locks a server has for debtors: a batch of any size fits, and they are always taken in one order."""


def stripe(debtor: str) -> int:
    """Return the number of the lock under which a debtor is decided about."""
    return zlib.crc32(debtor.encode("utf-8", "surrogatepass")) % STRIPES


class Session(Protocol):
    """One open transaction."""

    def ask(self, *asked: Asked) -> list[list[Row]]:
        """Return the rows of each query, all of them in one trip where the database allows."""
        ...

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        """Write at once; return how many rows changed."""
        ...

    def tell_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Write each of these at once, in one trip where the database allows; return how many rows changed."""
        ...

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write these rows before the transaction is committed: together with the commit where that saves a trip."""
        ...


class Database(Protocol):
    """One database of ledgers."""

    @property
    def dialect(self) -> Dialect:
        """How it spells the statements."""
        ...

    def writing(self, debtors: Iterable[str] = ()) -> AbstractContextManager[Session]:
        """A transaction in which nobody else decides about `debtors`; committed at its end, undone when it raises."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """One consistent view."""
        ...

"""A store of one's own: the contact ledger inside the lender's own database, in the lender's own transactions.

A booking and the ledger's word of it are then one commit: no crash can book a payment and still ask for the money.

    with house.transaction():
        house.connection.execute("INSERT INTO bookings ...")
        ledger.record_payment(debtor, payment, source_id="booking-17")

Every rule of a ledger is `SqlLedger`'s; what a host writes is the connection (`Database`), what it promises
(`guarantees`), and the tables. tests/examples/test_own_parts.py proves it with the suites that ship.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from loansms.clock import Clock, SystemClock, SystemEntropy
from loansms.errors import StoreError
from loansms.stores import Guarantees
from loansms.stores.sql.database import Asked, Row
from loansms.stores.sql.dialect import SQLITE
from loansms.stores.sql.ledger import SqlLedger
from loansms.stores.sqlite.schema import MIGRATIONS


class House:
    """The lender's own database: one connection, one writer at a time."""

    dialect = SQLITE

    def __init__(self, path: str | Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._lock = threading.RLock()
        self._depth = 0
        # The ledger promises that an acknowledged claim outlives a power failure: sqlite.org/pragma.html#pragma_synchronous
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self._make_tables()

    def _make_tables(self) -> None:
        with self.transaction():
            known = self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'attempt'").fetchone()
            for statements in () if known else MIGRATIONS:
                for statement in statements:
                    self.connection.execute(statement)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Everything inside is committed together at the outermost end, or undone together.

        A database that cannot write raises StoreError, which services know: nothing was claimed, nothing is sent.
        """
        with self._lock:
            outermost = self._depth == 0
            try:
                if outermost:
                    self.connection.execute("BEGIN IMMEDIATE")
                self._depth += 1
                try:
                    yield self.connection
                finally:
                    self._depth -= 1
                if outermost:
                    self.connection.execute("COMMIT")
            except BaseException as wrong:
                if outermost and self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                if isinstance(wrong, sqlite3.Error):
                    raise StoreError(
                        "store: the house's database does not answer; nothing was done"
                    ) from None
                raise

    @contextmanager
    def writing(self, debtors: Iterable[str] = ()) -> Generator[_Session]:
        """As `loansms.stores.sql.database.Database` asks: one writer at a time, so nobody else decides about anybody."""
        del debtors
        with self.transaction() as connection:
            yield _Session(connection)

    @contextmanager
    def reading(self) -> Generator[_Session]:
        """One consistent view, that of the open transaction where there is one."""
        with self.transaction() as connection:
            yield _Session(connection)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class _Session:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, *asked: Asked) -> list[list[Row]]:
        return [self._connection.execute(statement, values).fetchall() for statement, values in asked]

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        return self._connection.execute(statement, values).rowcount

    def tell_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        return max(0, self._connection.executemany(statement, rows).rowcount)  # -1 of no rows

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(statement, rows)


class HouseLedger(SqlLedger):
    """The contact ledger in the lender's own database."""

    def __init__(self, house: House, clock: Clock | None = None) -> None:
        self._lease = timedelta(minutes=10)
        self.close = house.close
        super().__init__(house, clock or SystemClock(), SystemEntropy(), self._lease)

    def guarantees(self) -> Guarantees:
        """Say what it promises; a service reads this and refuses a store too weak for it."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease,
            journal=True,
            vault=True,
            queue=True,
        )

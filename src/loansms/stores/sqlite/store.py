"""The embedded ledger: one SQLite file, shared by the processes of one machine; the default store.

A batch of claims is one `BEGIN IMMEDIATE` transaction: the write lock is taken first, then what is known of
the batch is read, decided, written and flushed to disk. The file must lie on a local disk: WAL does not work
over a network file system (sqlite.org/wal.html).

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from loansms.testing.examples import claim
>>> with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "run.db") as store:
...     [type(answer).__name__ for answer in store.claim([claim(), claim()])]
['Claimed', 'AlreadyDone']
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.stores.claims import LEASE_FOR, Guarantees
from loansms.stores.sql.database import Asked, Row
from loansms.stores.sql.dialect import SQLITE
from loansms.stores.sql.ledger import SqlLedger
from loansms.stores.sqlite.codes import SqliteCodes
from loansms.stores.sqlite.file import LedgerFile


class SqliteStore(SqlLedger, SqliteCodes):
    """A contact ledger and a store of codes in one SQLite file; safe to share between threads, each process opens its own.

    ``lease_for`` is how long a claim may stay silent before it is told as unknown, by the machine's clock or
    by ``clock``; ``busy_for`` how long to wait for another process's transaction.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
        busy_for: timedelta = timedelta(seconds=30),
    ) -> None:
        clock = clock or SystemClock()
        file = LedgerFile(Path(path), busy_for)
        SqlLedger.__init__(self, _SqliteDatabase(file), clock, entropy or SystemEntropy(), lease_for)
        SqliteCodes.__init__(self, file, clock)
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._file.path)!r})"

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def guarantees(self) -> Guarantees:
        """Say what this store promises: every one of them, on a local disk that keeps what it flushed."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease_for,
            codes=True,
            journal=True,
            vault=True,
            queue=True,
        )

    def _forgotten(self) -> None:
        # Deleted rows were overwritten (PRAGMA secure_delete); the log still holds the pages as they were.
        self._file.truncate_log()


class _SqliteSession:
    """One transaction on the file; every statement runs at once, in this process."""

    __slots__ = ("_db",)

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def ask(self, *asked: Asked) -> list[list[Row]]:
        return [self._db.execute(statement, values).fetchall() for statement, values in asked]

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        return self._db.execute(statement, values).rowcount

    def tell_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        return max(0, self._db.executemany(statement, rows).rowcount)  # -1 of no rows

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._db.executemany(statement, rows)


class _SqliteDatabase:
    """The file as the shared verbs see it."""

    dialect = SQLITE

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    @contextmanager
    def writing(self, debtors: Iterable[str] = ()) -> Generator[_SqliteSession]:
        del debtors  # one writer at a time: nobody else decides about anybody
        with self._file.writing() as db:
            yield _SqliteSession(db)

    @contextmanager
    def reading(self) -> Generator[_SqliteSession]:
        with self._file.reading() as db:
            yield _SqliteSession(db)

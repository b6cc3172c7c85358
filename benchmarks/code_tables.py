"""The floor of a code store in SQL: the rows that a check wrote, written once more in one bare transaction.

Each floor keeps a copy of the store's tables, made when every code is out, and writes into it the very values
that the store wrote, with the same flush. It reads nothing, decides nothing, and could not say no.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from loansms.otp.challenge import Challenge
from loansms.stores import PostgresStore
from loansms.stores.sqlite import code_statements as sql

Write = tuple[str, tuple[Any, ...]]
"""One statement and its values."""


_VERIFIED = """
    INSERT INTO code_use (bucket, at, sent, verified, ends) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET verified = excluded.verified, ends = excluded.ends
"""


class SqliteTables:
    """A second file beside the store's, under the same pragmas."""

    def __init__(self, kept: Path) -> None:
        self._kept = sqlite3.connect(kept)
        self._bare = sqlite3.connect(kept.with_name("floor.db"), isolation_level=None)

    def copy(self) -> None:
        self._kept.backup(self._bare)
        self._bare.execute("PRAGMA journal_mode = WAL")
        self._bare.execute("PRAGMA synchronous = FULL")

    def after_wrong(self, kept: Challenge) -> list[Write]:
        (key,) = kept.budgets
        failed = self._row("SELECT failures, ends FROM code_budget WHERE id = ?", key)
        return [("UPDATE code_budget SET failures = ?, ends = ? WHERE id = ?", (*failed, key))]

    def after_right(self, kept: Challenge) -> list[Write]:
        (key,) = kept.budgets
        passed = self._row("SELECT cleared, known, ends FROM code_budget WHERE id = ?", key)
        newest = "SELECT bucket, at, sent, verified, ends FROM code_use WHERE bucket = ? ORDER BY at DESC"
        return [
            (sql.WRITE_USED, (kept.state.value, kept.grant, kept.grant_expires_at, kept.id)),
            ("UPDATE code_budget SET cleared = ?, known = ?, ends = ? WHERE id = ?", (*passed, key)),
            *[(_VERIFIED, self._row(newest, guard.id)) for guard in kept.guards],
        ]

    def write(self, writes: list[Write]) -> None:
        self._bare.execute("BEGIN IMMEDIATE")
        for statement, values in writes:
            self._bare.execute(statement, values)
        self._bare.execute("COMMIT")

    def close(self) -> None:
        self._kept.close()
        self._bare.close()

    def _row(self, statement: str, key: str) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._kept.execute(statement, (key,)).fetchone()
        return found


class PostgresTables:
    """A second schema beside the store's, with the same tables and indexes."""

    def __init__(self, dsn: str, schema: str, floor: str) -> None:
        self._db = psycopg.connect(dsn, autocommit=True)
        self._schema, self._floor = schema, floor
        self._db.execute(PostgresStore.schema_sql(schema=floor).encode())

    def copy(self) -> None:
        for table in ("challenge", "budget", "bucket"):
            self._db.execute(
                f"insert into {self._floor}.{table} select * from {self._schema}.{table}".encode()
            )

    def after_wrong(self, kept: Challenge) -> list[Write]:
        return [self._same("budget", "failed_at, failed_by, ends_at, ends_day", *kept.budgets)]

    def after_right(self, kept: Challenge) -> list[Write]:
        return [
            self._same("challenge", "state, grant_tag, grant_expires_at", kept.id),
            self._same("budget", "cleared, known_by, known_at, ends_at, ends_day", *kept.budgets),
            *[
                self._same("bucket", "used_at, sent, verified, ends_at, ends_day", one.id)
                for one in kept.guards
            ],
        ]

    def write(self, writes: list[Write]) -> None:
        with self._db.transaction():
            for statement, values in writes:
                self._db.execute(statement.encode(), values, prepare=True)

    def write_at_once(self, writes: list[Write]) -> None:
        """Write all of them in one statement: one round trip, which no transaction of several can have."""
        parts = [f"w{place} as ({statement})" for place, (statement, _) in enumerate(writes)]
        values = [value for _, given in writes for value in given]
        self._db.execute(f"with {', '.join(parts)} select 1".encode(), values, prepare=True)

    def close(self) -> None:
        self._db.close()

    def _same(self, table: str, columns: str, key: str) -> Write:
        to = ", ".join(f"{column} = %s" for column in columns.split(", "))
        return f"update {self._floor}.{table} set {to} where id = %s", (*self._row(table, columns, key), key)

    def _row(self, table: str, columns: str, key: str) -> tuple[Any, ...]:
        asked = f"select {columns} from {self._schema}.{table} where id = %s"
        found = self._db.execute(asked.encode(), (key,), prepare=True).fetchone()
        if found is None:
            raise AssertionError(f"no such row in {table}")
        return found

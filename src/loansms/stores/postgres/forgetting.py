"""After a shredding: deleted rows leave the pages of the vault's tables, as far as the server lets this login do it.

A DELETE leaves the row in its page; VACUUM frees the place but does not overwrite it. So the table of wrapped keys is
written anew as long as that takes a moment (VACUUM FULL), the others are vacuumed. A login without the right to do so
(MAINTAIN, which `grant_sql` gives from PostgreSQL 17 on) is only warned by the server, and autovacuum comes later.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.rows import tuple_row

_LIMITS = "select set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)"
_BEFORE = "select current_setting('statement_timeout'), current_setting('lock_timeout'), pg_relation_size('{schema}.ledger_key')"
_ANEW = "vacuum (full) {schema}.ledger_key"
_ALL = "vacuum (index_cleanup on) {schema}.ledger_key, {schema}.ledger_sealed, {schema}.ledger_tag"
_LONG = ("600s", "0")
_MOMENT = ("600s", "2s")  # who waits for a table locks out all who come later
_SMALL = 64 * 1024 * 1024  # bytes, some 300,000 keys: written anew in less than a second


def forget(connection: psycopg.Connection[Any], schema: str) -> None:
    """Free what was deleted from the vault's tables; `connection` is in autocommit."""
    cursor = psycopg.Cursor(connection, row_factory=tuple_row)

    def run(statement: str) -> None:
        cursor.execute(statement.format(schema=schema).encode())

    run(_BEFORE)
    statement_timeout, lock_timeout, size = cursor.fetchone() or ("0", "0", 0)
    try:
        if size <= _SMALL:
            cursor.execute(_LIMITS, _MOMENT)
            with suppress(LockNotAvailable):  # somebody reads it for long, a dump perhaps
                run(_ANEW)
        cursor.execute(_LIMITS, _LONG)
        run(_ALL)
    finally:
        if not connection.closed:
            cursor.execute(_LIMITS, (statement_timeout, lock_timeout))

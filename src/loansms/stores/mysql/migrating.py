"""Which version a database's tables have, and how they come to the newest: once, however many processes start at once."""

from __future__ import annotations

from loansms.stores.mysql.connections import Connection
from loansms.stores.mysql.schema import APPLIED, RECORDS, statements

_LOCK = "SELECT GET_LOCK(CONCAT('loansms ', MD5(DATABASE())), %s)"
_UNLOCK = "DO RELEASE_LOCK(CONCAT('loansms ', MD5(DATABASE())))"
_THERE = (
    "SELECT COUNT(*) FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name = 'loansms_migration'"
)


def version_of(connection: Connection) -> int:
    """Return the version of the tables, 0 when there are none."""
    return _number(connection, APPLIED) if _number(connection, _THERE) else 0


def migrated(connection: Connection, seconds: int) -> int:
    """Create or renew the tables, unless another process did so meanwhile; return their version.

    Waits up to `seconds` for another process that migrates; then the version is what it was.
    """
    if not _number(connection, _LOCK, seconds):
        return version_of(connection)
    cursor = connection.cursor()
    cursor.execute(RECORDS)
    for statement in statements(version_of(connection)):
        cursor.execute(statement)
    found = version_of(connection)
    cursor.execute(_UNLOCK)
    return found


def _number(connection: Connection, statement: str, *values: int) -> int:
    cursor = connection.cursor()
    cursor.execute(statement, values or None)
    rows: tuple[tuple[int | None, ...], ...] = tuple(cursor.fetchall())
    return rows[0][0] or 0

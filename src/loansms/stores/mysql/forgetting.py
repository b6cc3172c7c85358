"""After a shredding: a deleted key leaves the file of its table, as long as that takes a moment.

A DELETE only marks a row; its bytes stay in the page until something is written over them. OPTIMIZE writes the table
anew without it. While somebody else holds the table for long, or when it is big, this is left to who looks after the
server.
"""

from __future__ import annotations

from loansms.stores.mysql.connections import Connection

# Not in the binary log: a replica writes its own anew, or the owner does.
_ANEW = "OPTIMIZE NO_WRITE_TO_BINLOG TABLE loansms_ledger_key"
_SIZE = (
    "SELECT COALESCE(MAX(data_length), 0) FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name = 'loansms_ledger_key'"
)
_HASTE = "SET SESSION lock_wait_timeout = 2"  # who waits for a table locks out all who come later
_SMALL = 64 * 1024 * 1024  # bytes, some 300,000 keys


def forget(connection: Connection) -> None:
    """Write the table of wrapped keys anew, where it is small; `connection` is in no transaction."""
    cursor = connection.cursor()
    cursor.execute(_SIZE)
    if all(size <= _SMALL for (size,) in cursor.fetchall()):
        cursor.execute(_HASTE)
        cursor.execute(_ANEW)  # what hindered it is told in a row, not as a fault

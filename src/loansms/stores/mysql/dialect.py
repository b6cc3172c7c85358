"""How MySQL and MariaDB spell the ledger's statements.

The session runs with ANSI_QUOTES, so that names are quoted as everywhere else. JSON_TABLE is there from MySQL 8.0 and
MariaDB 10.6 on, and so is SKIP LOCKED.
"""

from __future__ import annotations

from typing import Final

from loansms.stores.sql.dialect import Dialect

PREFIX: Final = "loansms_"

MYSQL: Final = Dialect(
    name="MySQL",
    mark="%s",
    table=PREFIX + "{}",
    each=(
        "JSON_TABLE(%s, '$[*]' COLUMNS (value VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$'))"
    ),
    join="STRAIGHT_JOIN",
    insert_or_skip=" ON DUPLICATE KEY UPDATE <key> = <key>",
    insert_or_set=" ON DUPLICATE KEY UPDATE <set>",
    excluded="VALUES(<name>)",
    locked=" FOR UPDATE",
    taking=" FOR UPDATE SKIP LOCKED",
)

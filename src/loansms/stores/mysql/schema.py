"""The tables on MySQL and MariaDB: numbered, forward-only, printed for whoever may create them.

Entry N of MIGRATIONS brings a database to version N; what was applied is recorded in its table `loansms_migration`, under a
named lock, so that processes that start at once apply it once. MySQL commits after every CREATE, so each statement can
be run again: a migration that was interrupted is begun anew.

>>> script().splitlines()[-1]
'INSERT INTO loansms_migration (version) VALUES (2);'
>>> script(since=VERSION)
''
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

MIGRATIONS = ("001_ledger.sql", "002_preferences.sql")
VERSION = len(MIGRATIONS)

MODE = "ANSI_QUOTES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION"
"""The SQL mode the statements are written for: a value that does not fit is an error, never cut."""

RECORDS = """\
CREATE TABLE IF NOT EXISTS loansms_migration (
    version    INT NOT NULL PRIMARY KEY,
    applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB;
"""
_RECORD = "INSERT INTO loansms_migration (version) VALUES ({version})"
APPLIED = "SELECT COALESCE(MAX(version), 0) FROM loansms_migration"
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def statements(since: int) -> list[str]:
    """Return the statements that bring a database from version `since` to VERSION, and record it."""
    found: list[str] = []
    for number, name in enumerate(MIGRATIONS, 1):
        if number > since:
            found += [one.strip() for one in _COMMENT.sub("", _migration(name)).split(";\n")]
            found.append(_RECORD.format(version=number))
    return [one for one in found if one]


def script(*, since: int = 0) -> str:
    """Return what the client `mysql` or `mariadb` runs in the ledger's database."""
    rest = "".join(f"{one};\n" for one in statements(since))
    return f"SET SESSION sql_mode = '{MODE}';\n{RECORDS}{rest}" if rest else ""


@cache
def _migration(name: str) -> str:
    return (files("loansms.stores.mysql") / name).read_text(encoding="utf-8")

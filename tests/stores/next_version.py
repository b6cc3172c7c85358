"""The version of loansms after this one, as far as a ledger shows it: a copy of the package with one migration more.

The migration adds a column that may be empty and a table, which is all that a migration may do (docs/how-to/upgrade.md).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import loansms
from loansms.stores.mysql.schema import VERSION as MYSQL
from loansms.stores.postgres.schema import VERSION as POSTGRES

_ROOT = Path(__file__).resolve().parents[2]
_LATER = "ledger_later"
_SQLITE = f"""
MIGRATIONS += (("ALTER TABLE attempt ADD COLUMN later TEXT", "CREATE TABLE {_LATER} (id INTEGER PRIMARY KEY)"),)
VERSION = len(MIGRATIONS)
"""
_POSTGRES = f"alter table @schema@.attempt add column later text;\ncreate table @schema@.{_LATER} (id bigint primary key);\n"
_MYSQL = (
    "ALTER TABLE loansms_attempt ADD COLUMN IF NOT EXISTS later TEXT;\n"
    f"CREATE TABLE IF NOT EXISTS loansms_{_LATER} (id BIGINT PRIMARY KEY) ENGINE = InnoDB;\n"
)


def next_version(folder: Path) -> Path:
    """Lay the package down in `folder` with one migration more for each store; return `folder`."""
    stores = folder / "loansms" / "stores"
    shutil.copytree(
        Path(loansms.__file__).parent, folder / "loansms", ignore=shutil.ignore_patterns("__pycache__")
    )
    with (stores / "sqlite" / "schema.py").open("a", encoding="utf-8") as schema:
        schema.write(_SQLITE)
    for kind, version, statements in (("postgres", POSTGRES, _POSTGRES), ("mysql", MYSQL, _MYSQL)):
        name = f"{version + 1:03}_later.sql"
        (stores / kind / name).write_text(statements, encoding="utf-8")
        schema_file = stores / kind / "schema.py"
        told = schema_file.read_text(encoding="utf-8")
        changed = told.replace("\n)\nVERSION", f'\n    "{name}",\n)\nVERSION').replace(
            '.sql")\nVERSION', f'.sql", "{name}")\nVERSION'
        )
        if changed == told:
            raise AssertionError(f"{schema_file.name}: expected the tuple MIGRATIONS before VERSION")
        schema_file.write_text(changed, encoding="utf-8")
    return folder


WORK = "import sys; from tests.stores.worker import main; main(*sys.argv[1:])"


def started(version: Path, *arguments: object, code: str = WORK) -> subprocess.Popen[str]:
    """Start `code`, by default a worker of `tests.stores.worker`, in the version that lies in a folder."""
    path = os.pathsep.join((str(version), str(_ROOT)))
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        cwd=version,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

"""An empty ledger of each kind that lies on a disk or a server, named as `tests.stores.worker` opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stores.mysql_server import fresh_database
from tests.stores.postgres_server import fresh_schema, postgres_dsn

KINDS = ("sqlite", "postgres", "mysql")


@contextmanager
def fresh_ledger(kind: str, folder: Path) -> Iterator[str]:
    """Give an empty ledger of a kind; one on a server is dropped at the end."""
    if kind == "sqlite":
        yield f"sqlite {folder / 'run.db'}"
    elif kind == "mysql":
        with fresh_database() as dsn:
            yield f"mysql {dsn}"
    else:
        with fresh_schema() as schema:
            yield f"postgres {schema} {postgres_dsn()}"

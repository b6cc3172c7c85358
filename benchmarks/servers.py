"""The real servers of the tests, started for a benchmark and ended with its process."""

from __future__ import annotations

import importlib
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

_ROOT = str(Path(__file__).resolve().parents[1])


def redis_url() -> str:
    return str(_launcher("redis_server").redis_url())


def postgres_dsn() -> str:
    return str(_launcher("postgres_server").postgres_dsn())


def fresh_schema() -> AbstractContextManager[str]:
    """Give the name of a schema of nobody else's, and drop it at the end."""
    made: AbstractContextManager[str] = _launcher("postgres_server").fresh_schema()
    return made


def _launcher(name: str) -> ModuleType:
    # The tests are no installed package: they are found beside the benchmarks.
    if _ROOT not in sys.path:
        sys.path.append(_ROOT)
    return importlib.import_module(f"tests.stores.{name}")


def fresh_mysql() -> AbstractContextManager[str]:
    """Give the DSN of a database of nobody else's, and drop it at the end."""
    made: AbstractContextManager[str] = _launcher("mysql_server").fresh_database()
    return made

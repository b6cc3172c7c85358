"""Every store of codes of this library, fresh, behind the verbs that are not awaited."""

from __future__ import annotations

import atexit
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TypeVar

import psycopg
from tests.stores.postgres_server import fresh_schema, postgres_dsn
from tests.stores.redis_server import redis_url

from loansms.clock import Clock
from loansms.stores import (
    AsyncMemoryStore,
    AsyncPostgresStore,
    AsyncSqliteStore,
    CodeStore,
    MemoryStore,
    PostgresStore,
    SqliteStore,
)
from loansms.stores._async.redis import AsyncRedisStore
from loansms.stores._sync.redis import RedisStore
from loansms.testing import SyncCodes

Kept = TypeVar("Kept", bound=CodeStore)
Fresh = Callable[[Clock, Path], CodeStore]
"""Makes an empty store; the path is one of its own that does not exist yet."""


def memory(clock: Clock, path: Path) -> CodeStore:
    return MemoryStore(clock=clock)


def async_memory(clock: Clock, path: Path) -> CodeStore:
    return SyncCodes(AsyncMemoryStore(clock=clock))


def sqlite(clock: Clock, path: Path) -> CodeStore:
    return SqliteStore(path, clock=clock)


def async_sqlite(clock: Clock, path: Path) -> CodeStore:
    return SyncCodes(AsyncSqliteStore(path, clock=clock))


def redis(clock: Clock, path: Path) -> CodeStore:
    return RedisStore(redis_url(), tenant=uuid.uuid4().hex)


def async_redis(clock: Clock, path: Path) -> CodeStore:
    return SyncCodes(AsyncRedisStore(redis_url(), tenant=uuid.uuid4().hex))


def postgres(clock: Clock, path: Path) -> CodeStore:
    emptied()
    return _over_postgres()


def async_postgres(clock: Clock, path: Path) -> CodeStore:
    emptied()
    return _over_async_postgres()


def close(store: CodeStore) -> None:
    """Close a store, unless it is one that lives as long as this process, emptied for each use."""
    ending = getattr(store, "close", None)
    if ending is not None and store not in _kept:
        ending()


_kept: list[CodeStore] = []


@cache
def _over_postgres() -> PostgresStore:
    store = PostgresStore(postgres_dsn(), schema=_schema()[0])
    return _keep(store, store.close)


@cache
def _over_async_postgres() -> SyncCodes:
    store = SyncCodes(AsyncPostgresStore(postgres_dsn(), schema=_schema()[0]))
    return _keep(store, store.close)


def _keep(store: Kept, ending: Callable[[], None]) -> Kept:
    _kept.append(store)
    atexit.register(ending)
    return store


def emptied() -> str:
    """Return the schema of this process without a record: much quicker than one more schema."""
    schema, connection = _schema()
    tables = connection.execute(
        "select format('delete from %%I.%%I', schemaname, tablename)"
        " from pg_tables where schemaname = %s and tablename <> 'migration'",
        (schema,),
    ).fetchall()
    if tables:
        connection.execute("; ".join(told for (told,) in tables).encode())
    return schema


@cache
def _schema() -> tuple[str, psycopg.Connection]:
    ending = ExitStack()
    schema = ending.enter_context(fresh_schema())
    connection = ending.enter_context(psycopg.connect(postgres_dsn(), autocommit=True))
    atexit.register(ending.close)
    return schema, connection

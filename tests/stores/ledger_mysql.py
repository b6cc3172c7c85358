"""Empty ledgers on the test server: one store of a kind a run, its tables emptied for each check."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from datetime import datetime
from functools import cache

import pymysql
from tests.stores.mysql_server import fresh_database

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.stores import AsyncMysqlStore, MysqlStore
from loansms.stores.mysql.connections import login_of
from loansms.stores.sql.dialect import TABLES
from loansms.testing import SyncLedger


class _Given:
    """The clock and the tokens of the check that runs."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()
        self.entropy: Entropy = SystemEntropy()

    def now(self) -> datetime:
        return self.clock.now()

    def token(self, size: int) -> bytes:
        return self.entropy.token(size)


_GIVEN = _Given()


def mysql_ledger(clock: Clock, entropy: Entropy | None = None) -> MysqlStore:
    """Return an empty ledger; it stays open until the run ends."""
    return _given(_over_mysql(), clock, entropy)


def awaited_mysql_ledger(clock: Clock) -> SyncLedger:
    """Return the same over its awaited face."""
    _over_mysql()
    return _given(_over_async_mysql(), clock, None)


def _given(store, clock: Clock, entropy: Entropy | None):
    _GIVEN.clock = clock
    _GIVEN.entropy = entropy or SystemEntropy()
    _, login = login_of(_database())
    with pymysql.connect(**login, autocommit=True) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT 1 FROM loansms_{table} LIMIT 1")
            if cursor.fetchall():
                cursor.execute(f"DELETE FROM loansms_{table}")
    return store


@cache
def _database() -> str:
    held = ExitStack()
    dsn = held.enter_context(fresh_database())
    atexit.register(held.close)
    return dsn


@cache
def _over_mysql() -> MysqlStore:
    store = MysqlStore(_database(), clock=_GIVEN, entropy=_GIVEN)
    store.open()
    atexit.register(store.close)
    return store


@cache
def _over_async_mysql() -> SyncLedger:
    # Not closed: when the run ends no loop can wait for a thread any more.
    return SyncLedger(AsyncMysqlStore(_database(), clock=_GIVEN, entropy=_GIVEN))

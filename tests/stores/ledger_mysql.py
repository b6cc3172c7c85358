"""Empty ledgers on the test server: one store of a kind a run, emptied for each check, as making tables costs more."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from typing import Any

from tests.stores.mysql_server import desk, fresh_database

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.stores import AsyncMysqlStore, MysqlStore
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
_run = ExitStack()


def mysql_ledger(clock: Clock, entropy: Entropy | None = None) -> MysqlStore:
    """Return an empty ledger; it stays open until the run ends."""
    _GIVEN.clock = clock
    _GIVEN.entropy = entropy or SystemEntropy()
    store = _over_mysql()
    _empty()
    return store


def awaited_mysql_ledger(clock: Clock) -> SyncLedger:
    """Return the same over its awaited face."""
    _GIVEN.clock = clock
    _over_mysql()
    _empty()
    return _over_async_mysql()


@cache
def _database() -> str:
    made = _run.enter_context(fresh_database())
    atexit.register(_run.close)  # after the server's own: it goes first
    return made


def _empty() -> None:
    told = _desk()
    told("start transaction")
    for table in TABLES:
        told(f"delete from loansms_{table}")
    told("commit")


@cache
def _desk() -> Any:
    return _run.enter_context(desk(_database()))


@cache
def _over_mysql() -> MysqlStore:
    return _run.enter_context(MysqlStore(_database(), clock=_GIVEN, entropy=_GIVEN))


@cache
def _over_async_mysql() -> SyncLedger:
    # Not closed: when the run ends no loop can wait for a thread any more.
    return SyncLedger(AsyncMysqlStore(_database(), clock=_GIVEN, entropy=_GIVEN))

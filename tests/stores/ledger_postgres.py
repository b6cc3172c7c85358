"""Empty ledgers on the test server: one store of a kind a run, emptied for each check, as opening one costs more."""

from __future__ import annotations

import atexit
from datetime import datetime
from functools import cache

from tests.stores.code_stores import emptied
from tests.stores.postgres_server import postgres_dsn

from loansms.clock import Clock, SystemClock
from loansms.stores import AsyncPostgresStore, PostgresStore
from loansms.testing import SyncLedger


class _Set:
    """The clock of the check that runs."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()

    def now(self) -> datetime:
        return self.clock.now()


_CLOCK = _Set()


def postgres_ledger(clock: Clock) -> PostgresStore:
    """Return an empty ledger; it stays open until the run ends."""
    _CLOCK.clock = clock
    emptied()
    return _over_postgres()


def awaited_postgres_ledger(clock: Clock) -> SyncLedger:
    """Return the same over its awaited face."""
    _CLOCK.clock = clock
    emptied()
    return _over_async_postgres()


@cache
def _over_postgres() -> PostgresStore:
    store = PostgresStore(postgres_dsn(), schema=emptied(), clock=_CLOCK)
    atexit.register(store.close)
    return store


@cache
def _over_async_postgres() -> SyncLedger:
    # Not closed: when the run ends no loop can wait for a thread any more.
    return SyncLedger(AsyncPostgresStore(postgres_dsn(), schema=emptied(), clock=_CLOCK))

"""Empty ledgers on the test server: one store of a kind a run, emptied for each check, as opening one costs more."""

from __future__ import annotations

import atexit
from datetime import datetime
from functools import cache

from tests.stores.code_stores import emptied
from tests.stores.postgres_server import postgres_dsn

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.stores import AsyncPostgresStore, PostgresStore
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


def postgres_ledger(clock: Clock, entropy: Entropy | None = None) -> PostgresStore:
    """Return an empty ledger; it stays open until the run ends."""
    _GIVEN.clock = clock
    _GIVEN.entropy = entropy or SystemEntropy()
    emptied()
    return _over_postgres()


def awaited_postgres_ledger(clock: Clock) -> SyncLedger:
    """Return the same over its awaited face."""
    _GIVEN.clock = clock
    emptied()
    return _over_async_postgres()


@cache
def _over_postgres() -> PostgresStore:
    store = PostgresStore(postgres_dsn(), schema=emptied(), clock=_GIVEN, entropy=_GIVEN)
    atexit.register(store.close)
    return store


@cache
def _over_async_postgres() -> SyncLedger:
    # Not closed: when the run ends no loop can wait for a thread any more.
    return SyncLedger(AsyncPostgresStore(postgres_dsn(), schema=emptied(), clock=_GIVEN, entropy=_GIVEN))

"""The store on PostgreSQL, awaited: codes on the loop, the ledger on threads with connections of their own.

A verb of the ledger is one blocking exchange of two trips; it runs on one of as many threads as there may be
connections. A cancelled task does not undo what was already on its way: a claim then stays attempting until its lease
ends, and is told as unknown, never sent twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from loansms.clock import Clock, Entropy
from loansms.stores._async.postgres import AsyncPostgresCodes
from loansms.stores.awaited import AsyncKept, AsyncLedger
from loansms.stores.claims import LEASE_FOR
from loansms.stores.postgres.conninfo import dsn_of_pool
from loansms.stores.postgres.store import PostgresStore

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

P = ParamSpec("P")
T = TypeVar("T")


class AsyncPostgresStore(AsyncLedger, AsyncKept, AsyncPostgresCodes):
    """PostgresStore, awaited.

    The verbs of the ledger open up to ``pool_max`` connections of their own, at the first of them; with a ``pool`` of
    the host's, to the place that pool connects to.
    """

    def __init__(
        self,
        dsn: str = "",
        *,
        pool: AsyncConnectionPool[Any] | None = None,
        schema: str = "loansms",
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_min: int = 1,
        pool_max: int = 10,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        AsyncPostgresCodes.__init__(
            self,
            dsn,
            pool=pool,
            schema=schema,
            migrate=migrate,
            timeout=timeout,
            pool_min=pool_min,
            pool_max=pool_max,
        )
        self._store = PostgresStore(
            dsn or dsn_of_pool(pool),
            schema=schema,
            migrate=migrate,
            timeout=timeout,
            pool_max=pool_max,
            clock=clock,
            entropy=entropy,
            lease_for=lease_for,
        )
        self._threads = ThreadPoolExecutor(pool_max, thread_name_prefix="loansms-ledger")
        self._used = False
        AsyncLedger.__init__(self, self._store, self._on_thread)
        AsyncKept.__init__(self, self._store, self._on_thread)

    async def close(self) -> None:
        """Finish what was begun, close both pools but not the host's, and end the threads."""
        if self._used:
            await asyncio.to_thread(self._end)
        await super().close()

    def _end(self) -> None:
        self._threads.shutdown()
        self._store.close()

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._used = True
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on a thread.
        return await asyncio.shield(loop.run_in_executor(self._threads, lambda: verb(*args, **kwargs)))

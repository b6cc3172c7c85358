"""The ledger on MySQL, awaited: on as many threads as there may be connections.

A cancelled task does not undo what was already on its way: a claim then stays attempting until its lease ends, and is
told as unknown, never sent twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ssl import SSLContext
from typing import Any, ParamSpec, Self, TypeVar

from loansms.clock import Clock, Entropy
from loansms.stores.awaited import AsyncKept, AsyncLedger
from loansms.stores.claims import LEASE_FOR
from loansms.stores.mysql.store import MysqlStore

P = ParamSpec("P")
T = TypeVar("T")


class AsyncMysqlStore(AsyncLedger, AsyncKept):
    """`MysqlStore`, awaited: the same verbs, arguments and answers."""

    def __init__(
        self,
        dsn: str,
        *,
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_max: int = 10,
        ssl: SSLContext | Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._store = MysqlStore(
            dsn,
            migrate=migrate,
            timeout=timeout,
            pool_max=pool_max,
            ssl=ssl,
            clock=clock,
            entropy=entropy,
            lease_for=lease_for,
        )
        self._threads = ThreadPoolExecutor(pool_max, thread_name_prefix="loansms-ledger")
        AsyncLedger.__init__(self, self._store, self._on_thread)
        AsyncKept.__init__(self, self._store, self._on_thread)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"Async{self._store!r}"

    @staticmethod
    def schema_sql(*, since: int = 0) -> str:
        """Return the SQL that brings a database from version `since` (0 = nothing there) to the newest, for a DBA."""
        return MysqlStore.schema_sql(since=since)

    async def open(self) -> None:
        """Connect, check the server, create what is missing; the first verb does it otherwise."""
        await self._on_thread(self._store.open)

    async def close(self) -> None:
        """Finish what was begun, close the connections and end the threads; a second time does nothing."""
        await asyncio.to_thread(self._threads.shutdown)
        self._store.close()

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on a thread.
        return await asyncio.shield(loop.run_in_executor(self._threads, lambda: verb(*args, **kwargs)))

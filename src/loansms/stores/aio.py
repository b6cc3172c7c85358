"""Ledger and codes awaited: SQLite's verbs on one thread of their own, memory's answered at once.

A cancelled task does not undo a claim that was already on its way: the step then stays attempting until its
lease ends, and is told as unknown, never sent twice; nor does it undo the counting of a wrong code.

>>> import asyncio
>>> from loansms.testing.examples import claim
>>> answers = asyncio.run(AsyncMemoryStore().claim([claim()]))
>>> type(answers[0]).__name__
'Claimed'
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from loansms.clock import Clock, Entropy
from loansms.stores.awaited import AsyncCodes, AsyncKept, AsyncLedger
from loansms.stores.claims import LEASE_FOR
from loansms.stores.codes import AsyncGrants, Grants
from loansms.stores.memory import MemoryStore
from loansms.stores.sqlite import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")


async def _at_once(verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return verb(*args, **kwargs)


class _AtOnce:
    """Grants redeemed in the thread of the caller."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        return self._grants.redeem_grant(challenge_id, grant, now)


class AsyncMemoryStore(AsyncLedger, AsyncCodes, AsyncKept):
    """MemoryStore, awaited; it never waits, so no thread is needed."""

    def __init__(
        self, *, clock: Clock | None = None, entropy: Entropy | None = None, lease_for: timedelta = LEASE_FOR
    ) -> None:
        store = MemoryStore(clock=clock, entropy=entropy, lease_for=lease_for)
        AsyncLedger.__init__(self, store, _at_once)
        AsyncCodes.__init__(self, store, _at_once)
        AsyncKept.__init__(self, store, _at_once)


class AsyncSqliteStore(AsyncLedger, AsyncCodes, AsyncKept):
    """SqliteStore, awaited: every verb runs on one dedicated thread, so the loop never waits for a disk."""

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
        busy_for: timedelta = timedelta(seconds=30),
    ) -> None:
        self._store = SqliteStore(path, clock=clock, entropy=entropy, lease_for=lease_for, busy_for=busy_for)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loansms-ledger")
        AsyncLedger.__init__(self, self._store, self._on_thread)
        AsyncCodes.__init__(self, self._store, self._on_thread)
        AsyncKept.__init__(self, self._store, self._on_thread)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Finish what was begun, close the file and end the thread."""
        await self._on_thread(self._store.close)
        self._thread.shutdown()

    def redeem_in(self, conn: sqlite3.Connection) -> AsyncGrants:
        """Return where grants are redeemed in the host's transaction, as `SqliteStore.redeem_in`.

        It runs in the thread of the caller, to whom the connection belongs: two short statements.
        """
        return _AtOnce(self._store.redeem_in(conn))

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on the thread.
        return await asyncio.shield(loop.run_in_executor(self._thread, lambda: verb(*args, **kwargs)))

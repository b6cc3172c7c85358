"""The ledger awaited: SQLite's verbs on one thread of their own, memory's answered at once.

A cancelled task does not undo a claim that was already on its way: the step then stays attempting until its
lease ends, and is told as unknown, never sent twice.

>>> import asyncio
>>> from loansms.testing.examples import claim
>>> answers = asyncio.run(AsyncMemoryStore().claim([claim()]))
>>> type(answers[0]).__name__
'Claimed'
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import ParamSpec, Protocol, Self, TypeVar

from loansms.clock import Clock, Entropy
from loansms.model import Contact, DeliveryReceipt, History, Purpose, SubmitResult
from loansms.stores.base import ContactLedger
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
)
from loansms.stores.memory import LEASE_FOR, MemoryStore
from loansms.stores.sqlite import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")

_PAGE = 500  # attempts a trip to the thread


class Runner(Protocol):
    """How a synchronous verb is run from a coroutine."""

    def __call__(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...  # noqa: D102


class AsyncLedger:
    """Any synchronous ledger with its verbs awaited through `run`."""

    def __init__(self, ledger: ContactLedger, run: Runner) -> None:
        self._ledger = ledger
        self._run = run

    def guarantees(self) -> Guarantees:
        """Say what this store promises."""
        return self._ledger.guarantees()

    async def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order and commit all of them before returning."""
        return await self._run(self._ledger.claim, claims)

    async def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        return await self._run(self._ledger.finish, step_key, token, result, at)

    async def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        return await self._run(self._ledger.expire_leases)

    async def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps of all time."""
        return await self._run(self._ledger.histories, debtors, since)

    async def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        return await self._run(self._ledger.record_contact, debtor, contact, source_id)

    async def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until)."""
        await self._run(self._ledger.defer, waiting)

    async def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Stop messages of `purposes` (None = all) to a debtor; the same code again replaces the entry."""
        await self._run(self._ledger.suppress, debtor, code, at, until, purposes)

    async def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        return await self._run(self._ledger.release, debtor, code, at, by)

    async def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        return await self._run(self._ledger.record_receipt, receipt)

    async def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        return await self._run(self._ledger.resolve, step_key, sent, by, at)

    async def attempts(self, state: AttemptState | None = None) -> AsyncIterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all), ordered by step key."""
        records = self._ledger.attempts(state)
        while page := await self._run(lambda: list(islice(records, _PAGE))):
            for record in page:
                yield record

    async def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        return await self._run(self._ledger.audit_trail)


async def _at_once(verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return verb(*args, **kwargs)


class AsyncMemoryStore(AsyncLedger):
    """MemoryStore, awaited; it never waits, so no thread is needed."""

    def __init__(
        self, *, clock: Clock | None = None, entropy: Entropy | None = None, lease_for: timedelta = LEASE_FOR
    ) -> None:
        super().__init__(MemoryStore(clock=clock, entropy=entropy, lease_for=lease_for), _at_once)


class AsyncSqliteStore(AsyncLedger):
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
        super().__init__(self._store, self._on_thread)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Finish what was begun, close the file and end the thread."""
        await self._on_thread(self._store.close)
        self._thread.shutdown()

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on the thread.
        return await asyncio.shield(loop.run_in_executor(self._thread, lambda: verb(*args, **kwargs)))

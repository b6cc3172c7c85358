"""An awaited ledger driven from synchronous code: how the conformance suite runs over async stores.

>>> from loansms.stores import AsyncMemoryStore
>>> with SyncLedger(AsyncMemoryStore()) as ledger:
...     ledger.expire_leases()
0
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from loansms.model import Contact, DeliveryReceipt, History, Purpose, SubmitResult
from loansms.stores import (
    AsyncContactLedger,
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
)

T = TypeVar("T")


class SyncLedger:
    """Runs each verb of `ledger` on an event loop in a thread of its own, and waits for it."""

    def __init__(self, ledger: AsyncContactLedger) -> None:
        self._ledger = ledger
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger, where it can be closed, and end the loop."""
        close = getattr(self._ledger, "close", None)
        if close is not None:
            self._wait(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def guarantees(self) -> Guarantees:
        """Say what the store promises."""
        return self._ledger.guarantees()

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Await `claim`."""
        return self._wait(self._ledger.claim(claims))

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Await `finish`."""
        return self._wait(self._ledger.finish(step_key, token, result, at))

    def expire_leases(self) -> int:
        """Await `expire_leases`."""
        return self._wait(self._ledger.expire_leases())

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Await `histories`."""
        return self._wait(self._ledger.histories(debtors, since))

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Await `record_contact`."""
        return self._wait(self._ledger.record_contact(debtor, contact, source_id))

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Await `defer`."""
        self._wait(self._ledger.defer(waiting))

    def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Await `suppress`."""
        self._wait(self._ledger.suppress(debtor, code, at, until, purposes))

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Await `release`."""
        return self._wait(self._ledger.release(debtor, code, at, by))

    def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Await `record_receipt`."""
        return self._wait(self._ledger.record_receipt(receipt))

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Await `resolve`."""
        return self._wait(self._ledger.resolve(step_key, sent, by, at))

    def attempts(self, state: AttemptState | None = None) -> Iterator[AttemptRecord]:
        """Yield what the awaited iteration gives."""

        async def gathered() -> list[AttemptRecord]:
            return [record async for record in self._ledger.attempts(state)]

        yield from self._wait(gathered())

    def audit_trail(self) -> list[AuditEntry]:
        """Await `audit_trail`."""
        return self._wait(self._ledger.audit_trail())

    def _wait(self, verb: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(verb, self._loop).result()

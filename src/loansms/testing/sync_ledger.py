"""An awaited ledger driven from synchronous code: how the conformance suite runs over async stores.

>>> from loansms.stores import AsyncMemoryStore
>>> with SyncLedger(AsyncMemoryStore()) as ledger:
...     ledger.expire_leases()
0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from loansms.model import Consent, Contact, DeliveryReceipt, History, Purpose, Revocation, SubmitResult
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
from loansms.testing.waiting import Waiting


class SyncLedger(Waiting):
    """Runs each verb of `ledger` on an event loop in a thread of its own, and waits for it."""

    def __init__(self, ledger: AsyncContactLedger) -> None:
        self._ledger = ledger
        super().__init__(ledger)

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

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Await `record_consent`."""
        return self._wait(self._ledger.record_consent(debtor, consent, source_id))

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Await `revoke_consent`."""
        return self._wait(self._ledger.revoke_consent(debtor, revocation, source_id))

    def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Await `record_receipt`."""
        return self._wait(self._ledger.record_receipt(receipt))

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Await `resolve`."""
        return self._wait(self._ledger.resolve(step_key, sent, by, at))

    def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> Iterator[AttemptRecord]:
        """Yield what the awaited iteration gives."""

        async def gathered() -> list[AttemptRecord]:
            return [record async for record in self._ledger.attempts(state, since)]

        yield from self._wait(gathered())

    def audit_trail(self) -> list[AuditEntry]:
        """Await `audit_trail`."""
        return self._wait(self._ledger.audit_trail())

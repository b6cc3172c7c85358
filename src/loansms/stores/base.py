"""The contact ledger: what a store must be able to do, each verb one whole atomic operation.

There is no get-then-set here: a host that writes its own store implements these verbs and runs
`loansms.testing.LedgerSuite` over it (see docs/how-to/write-a-store.md).

Example (any store will do):

>>> from loansms.stores import MemoryStore
>>> ledger: ContactLedger = MemoryStore()
>>> ledger.guarantees().atomic_claims, ledger.guarantees().durable
(True, False)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from loansms.model import (
    Consent,
    Contact,
    DeliveryReceipt,
    History,
    Hold,
    HoldKind,
    Payment,
    Preferences,
    Purpose,
    Revocation,
    SubmitResult,
)
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
)
from loansms.stores.journal import AsyncJournal, Journal
from loansms.stores.queue import AsyncJobQueue, JobQueue
from loansms.stores.vault import AsyncVault, Vault


class Claims(Protocol):
    """Before and after the wire."""

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order and commit all of them before returning; one answer a claim.

        A known step key is `AlreadyDone`, then the suppression list is asked and what the person took back, then what
        was paid or held since the plan, then the brakes; then every limit is counted over the debtor's contacts,
        those of earlier claims of this call included.
        A store that cannot commit raises StoreError, and nothing was claimed.
        """
        ...

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        ...

    def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        ...


class Histories(Protocol):
    """What is known of debtors."""

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps done and deferred of all time.

        Consents and revocations are told from the first one on: they stand until they are answered.
        A refusal (suppression code "opted_out") that had ended before `since` is not told.
        """
        ...

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        ...

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until); claiming a step removes its note."""
        ...

    def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool:
        """Keep what stops the ladder, once per `source_id`; the next claim is answered by it. False: known."""
        ...

    def release_holds(
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int:
        """Release the debtor's holds of `kind` on `loan_id` (None = all), audited; return how many."""
        ...

    def record_preferences(self, debtor: str, wanted: Preferences, at: datetime, source_id: str) -> bool:
        """Keep how a debtor wants to be written to, once per `source_id`; the latest word on each stands. False: known."""
        ...

    def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool:
        """Keep a payment, once per `source_id`; claims with older facts are stopped. False: known."""
        ...


class Suppressions(Protocol):
    """Who must not be written to."""

    def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Stop messages of `purposes` (None = all) to a debtor; the same code again replaces the entry."""
        ...

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        ...


class Consents(Protocol):
    """What a person agreed to and took back; records are added and never changed."""

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        ...

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it.

        From then on what it names is `Suppressed`, until a later consent is in force. False when there was a
        revocation of that id before.
        """
        ...


class Outcomes(Protocol):
    """What came to light later."""

    def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown. False: no such attempt.

        A receipt by the id of one segment (`Accepted.parts`) counts for that segment. Where `numbers` are given,
        keyed tags of the phone the receipt speaks of, an attempt to another number is no such attempt.
        """
        ...

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        ...

    def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> Iterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all) made at `since` or later, ordered by step key."""
        ...

    def segment_ids(self, since: datetime | None = None) -> dict[str, str]:
        """Return the ids of segments (`Accepted.parts`) of attempts made at `since` or later, each with its message's id."""
        ...

    def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        ...


class Brakes(Protocol):
    """What every worker obeys before its next claim."""

    def stop(self, stop: Stop) -> bool:
        """Put the brakes on; False when they were on for the same scope and value."""
        ...

    def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool:
        """Take them off, audited; False when they were not on."""
        ...

    def stops(self) -> list[Stop]:
        """Return what is stopped, in the order of scope and value."""
        ...


class ContactLedger(Claims, Histories, Suppressions, Consents, Outcomes, Brakes, Protocol):
    """One ledger per lender group: claims, histories, suppressions, consents and outcomes of its debtors."""

    def guarantees(self) -> Guarantees:
        """Say what this store promises."""
        ...


class AsyncContactLedger(Protocol):
    """`ContactLedger`, awaited: the same verbs, arguments and answers."""

    def guarantees(self) -> Guarantees: ...  # noqa: D102

    async def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]: ...  # noqa: D102

    async def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool: ...  # noqa: D102

    async def expire_leases(self) -> int: ...  # noqa: D102

    async def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]: ...  # noqa: D102

    async def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool: ...  # noqa: D102

    async def defer(self, waiting: Sequence[Deferral]) -> None: ...  # noqa: D102

    async def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool: ...  # noqa: D102

    async def release_holds(  # noqa: D102
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int: ...

    async def record_preferences(  # noqa: D102
        self, debtor: str, wanted: Preferences, at: datetime, source_id: str
    ) -> bool: ...

    async def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool: ...  # noqa: D102

    async def suppress(  # noqa: D102
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None: ...

    async def release(self, debtor: str, code: str, at: datetime, by: str) -> bool: ...  # noqa: D102

    async def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool: ...  # noqa: D102

    async def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool: ...  # noqa: D102

    async def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool: ...  # noqa: D102

    async def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool: ...  # noqa: D102

    def attempts(  # noqa: D102
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> AsyncIterator[AttemptRecord]: ...

    async def segment_ids(self, since: datetime | None = None) -> dict[str, str]: ...  # noqa: D102

    async def audit_trail(self) -> list[AuditEntry]: ...  # noqa: D102

    async def stop(self, stop: Stop) -> bool: ...  # noqa: D102

    async def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool: ...  # noqa: D102

    async def stops(self) -> list[Stop]: ...  # noqa: D102


class Keeping(Journal, Vault, JobQueue, Protocol):
    """What a store may keep beside the ledger; `guarantees()` says whether it does."""


class FullLedger(ContactLedger, Keeping, Protocol):
    """A ledger with journal, vault and queue, as every store of this package is one."""


class AsyncFullLedger(AsyncContactLedger, AsyncJournal, AsyncVault, AsyncJobQueue, Protocol):
    """The verbs of the sync store, awaited: the same arguments and answers."""

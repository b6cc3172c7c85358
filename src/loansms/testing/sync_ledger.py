"""An awaited ledger driven from synchronous code: how the conformance suite runs over async stores.

>>> from loansms.stores import AsyncMemoryStore
>>> with SyncLedger(AsyncMemoryStore()) as ledger:
...     ledger.expire_leases()
0
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from loansms.model import (
    Consent,
    Contact,
    DeliveryReceipt,
    Entry,
    History,
    Hold,
    HoldKind,
    Leaf,
    Payment,
    Preferences,
    Purpose,
    Record,
    Revocation,
    Seal,
    SubmitResult,
)
from loansms.stores import (
    AsyncFullLedger,
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
    Job,
    SealedField,
    Shredded,
    Stop,
    StopScope,
    SubjectKey,
    TakenJob,
)
from loansms.testing.waiting import Waiting


class SyncLedger(Waiting):
    """Runs each verb of `ledger` on an event loop in a thread of its own, and waits for it."""

    def __init__(self, ledger: AsyncFullLedger) -> None:
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

    def record_preferences(self, debtor: str, wanted: Preferences, at: datetime, source_id: str) -> bool:
        """Await `record_preferences`."""
        return self._wait(self._ledger.record_preferences(debtor, wanted, at, source_id))

    def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool:
        """Await `record_receipt`."""
        return self._wait(self._ledger.record_receipt(receipt, numbers))

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

    def segment_ids(self, since: datetime | None = None) -> dict[str, str]:
        """Await `segment_ids`."""
        return self._wait(self._ledger.segment_ids(since))

    def audit_trail(self) -> list[AuditEntry]:
        """Await `audit_trail`."""
        return self._wait(self._ledger.audit_trail())

    def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool:
        """Await `record_hold`."""
        return self._wait(self._ledger.record_hold(debtor, hold, at, source_id))

    def release_holds(
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int:
        """Await `release_holds`."""
        return self._wait(self._ledger.release_holds(debtor, kind, at, by, loan_id))

    def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool:
        """Await `record_payment`."""
        return self._wait(self._ledger.record_payment(debtor, payment, source_id))

    def stop(self, stop: Stop) -> bool:
        """Await `stop`."""
        return self._wait(self._ledger.stop(stop))

    def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool:
        """Await `resume`."""
        return self._wait(self._ledger.resume(scope, value, at, by))

    def stops(self) -> list[Stop]:
        """Await `stops`."""
        return self._wait(self._ledger.stops())

    def append(self, records: Sequence[Record]) -> None:
        """Await `append`."""
        self._wait(self._ledger.append(records))

    def unsealed(self, most: int) -> list[Entry]:
        """Await `unsealed`."""
        return self._wait(self._ledger.unsealed(most))

    def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool:
        """Await `seal`."""
        return self._wait(self._ledger.seal(leaves, seal))

    def seals(self) -> list[Seal]:
        """Await `seals`."""
        return self._wait(self._ledger.seals())

    def cursor(self, reader: str) -> int:
        """Await `cursor`."""
        return self._wait(self._ledger.cursor(reader))

    def move_cursor(self, reader: str, start: int, end: int) -> bool:
        """Await `move_cursor`."""
        return self._wait(self._ledger.move_cursor(reader, start, end))

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        """Await `subject_keys`."""
        return self._wait(self._ledger.subject_keys(subjects))

    def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]:
        """Await `add_subject_keys`."""
        return self._wait(self._ledger.add_subject_keys(keys))

    def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool:
        """Await `rewrap_subject_key`."""
        return self._wait(self._ledger.rewrap_subject_key(old, new))

    def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]:
        """Await `subject_keys_after`."""
        return self._wait(self._ledger.subject_keys_after(subject, most))

    def keep_sealed(
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Await `keep_sealed`."""
        self._wait(self._ledger.keep_sealed(fields, tags))

    def sealed(self, subject: str, row: str | None = None) -> list[SealedField]:
        """Await `sealed`."""
        return self._wait(self._ledger.sealed(subject, row))

    def find_subjects(self, tags: Sequence[str]) -> set[str]:
        """Await `find_subjects`."""
        return self._wait(self._ledger.find_subjects(tags))

    def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Await `shred`."""
        return self._wait(self._ledger.shred(subject, at, by))

    def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int:
        """Await `sweep_sealed`."""
        return self._wait(self._ledger.sweep_sealed(until, at, by))

    def put_jobs(self, jobs: Sequence[Job]) -> int:
        """Await `put_jobs`."""
        return self._wait(self._ledger.put_jobs(jobs))

    def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]:
        """Await `take_jobs`."""
        return self._wait(self._ledger.take_jobs(most, at, lease_for))

    def end_jobs(self, taken: Sequence[TakenJob]) -> int:
        """Await `end_jobs`."""
        return self._wait(self._ledger.end_jobs(taken))

    def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int:
        """Await `give_back_jobs`."""
        return self._wait(self._ledger.give_back_jobs(taken, not_before))

    def oldest_job(self) -> datetime | None:
        """Await `oldest_job`."""
        return self._wait(self._ledger.oldest_job())

    def count_jobs(self) -> int:
        """Await `count_jobs`."""
        return self._wait(self._ledger.count_jobs())

    def entries(
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> Iterator[Entry]:
        """Yield what the awaited iteration gives."""

        async def gathered() -> list[Entry]:
            return [one async for one in self._ledger.entries(debtor=debtor, loan_id=loan_id, since=since)]

        yield from self._wait(gathered())

    def leaves(self, start: int = 0, most: int | None = None) -> Iterator[tuple[Leaf, Entry]]:
        """Yield what the awaited iteration gives."""

        async def gathered() -> list[tuple[Leaf, Entry]]:
            return [one async for one in self._ledger.leaves(start, most)]

        yield from self._wait(gathered())

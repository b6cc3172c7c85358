"""A ledger in memory: for tests, notebooks and dry runs; it forgets with the process.

>>> from loansms.testing.examples import AT, claim
>>> store = MemoryStore()
>>> [type(answer).__name__ for answer in store.claim([claim(), claim()])]
['Claimed', 'AlreadyDone']
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from attrs import evolve

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy, require_aware
from loansms.model import (
    Consent,
    Contact,
    DeliveryReceipt,
    History,
    Purpose,
    Revocation,
    StepMark,
    SubmitResult,
)
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    Claimed,
    ClaimResult,
    Deferral,
    Guarantees,
    Suppression,
)
from loansms.stores.decide import Standing, decide, earliest
from loansms.stores.memory_codes import MemoryCodes
from loansms.stores.records import attempt_of, contact_of, history_of
from loansms.stores.settle import expired, finished, received, resolved

LEASE_FOR = timedelta(minutes=10)
"""How long a claim may stay silent before it is told as unknown; a service gives back what it cannot reach."""


class MemoryStore(MemoryCodes):
    """A contact ledger and a store of codes in one process's memory; safe to share between threads."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._clock = clock or SystemClock()
        super().__init__(self._clock)
        self._entropy = entropy or SystemEntropy()
        self._lease_for = lease_for
        self._lock = threading.RLock()
        self._attempts: dict[str, AttemptRecord] = {}
        self._attempting: set[str] = set()
        self._provider_ids: dict[str, set[str]] = defaultdict(set)
        self._steps: dict[str, list[str]] = defaultdict(list)
        self._contacts: dict[str, dict[str, Contact]] = defaultdict(dict)
        self._suppressions: dict[str, dict[str, Suppression]] = defaultdict(dict)
        self._consents: dict[str, dict[str, Consent]] = {}
        self._revocations: dict[str, dict[str, Revocation]] = {}
        self._deferred: dict[str, dict[StepMark, datetime]] = defaultdict(dict)
        self._audit: list[AuditEntry] = []

    def guarantees(self) -> Guarantees:
        """Say what this store promises: atomic claims, and nothing beyond the process."""
        return Guarantees(
            durable=False,
            atomic_claims=True,
            survives_process_kill=False,
            survives_power_loss=False,
            multi_process=False,
            lease_for=self._lease_for,
            codes=True,
        )

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order, all of them under one lock."""
        with self._lock:
            now = self._clock.now()
            self._expire(now)
            since = earliest(claims)
            debtors = {claim.debtor for claim in claims}
            standing = Standing(
                states={
                    claim.step_key: self._attempts[claim.step_key].state
                    for claim in claims
                    if claim.step_key in self._attempts
                },
                suppressions={
                    one: sorted(self._suppressions[one].values(), key=lambda stop: stop.code)
                    for one in debtors
                },
                contacts={one: self._contacts_of(one, since) for one in debtors},
                consents={
                    one: [*self._revocations[one].values(), *self._consents.get(one, {}).values()]
                    for one in debtors
                    if one in self._revocations
                },
            )
            answers = decide(claims, standing, self._token)
            for claim, answer in zip(claims, answers, strict=True):
                if isinstance(answer, Claimed):
                    self._take(claim, answer.token, now)
            return answers

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        require_aware(at, "at")
        with self._lock:
            record = self._attempts.get(step_key)
            if record is None or record.token != token:
                return False
            changed = finished(record, result, at)
            if changed is not None:
                self._put(changed)
            return changed is not None

    def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        with self._lock:
            return self._expire(self._clock.now())

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps of all time."""
        require_aware(since, "since")
        with self._lock:
            return {
                one: history_of(
                    self._contacts_of(one, since),
                    ((record.mark, record.state) for record in self._records_of(one)),
                    self._deferred.get(one, ()),
                    self._suppressions.get(one, {}).values(),
                    since,
                    self._consents.get(one, {}).values(),
                    self._revocations.get(one, {}).values(),
                )
                for one in debtors
            }

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        require_aware(contact.at, "contact.at")
        with self._lock:
            known = self._contacts[debtor]
            new = source_id not in known
            known.setdefault(source_id, contact)
            return new

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until)."""
        for _, _, until in waiting:
            require_aware(until, "until")
        with self._lock:
            for debtor, mark, until in waiting:
                self._deferred[debtor][mark] = until

    def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Stop messages of `purposes` (None = all) to a debtor; the same code again replaces the entry."""
        require_aware(at, "at")
        if until is not None:
            require_aware(until, "until")
        with self._lock:
            self._suppressions[debtor][code] = Suppression(code=code, at=at, until=until, purposes=purposes)

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        require_aware(at, "at")
        with self._lock:
            if self._suppressions[debtor].pop(code, None) is None:
                return False
            self._audit.append(AuditEntry(at=at, by=by, act="release", subject=debtor, detail=code))
            return True

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        with self._lock:
            known = self._consents.setdefault(debtor, {})
            new = source_id not in known
            known.setdefault(source_id, consent)
            return new

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it."""
        with self._lock:
            known = self._revocations.setdefault(debtor, {})
            new = source_id not in known
            known.setdefault(source_id, revocation)
            return new

    def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        require_aware(receipt.at, "receipt.at")
        with self._lock:
            record = self._attempts.get(receipt.step_key or "") or self._by_provider_id(receipt)
            if record is None:
                return False
            self._put(received(record, receipt))
            return True

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        require_aware(at, "at")
        with self._lock:
            record = self._attempts.get(step_key)
            state = resolved(record.state, sent) if record else None
            if record is None or state is None:
                return False
            self._put(evolve(record, state=state, finished_at=at))
            detail = "sent" if sent else "not_sent"
            self._audit.append(AuditEntry(at=at, by=by, act="resolve", subject=step_key, detail=detail))
            return True

    def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> Iterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all) made at `since` or later, ordered by step key."""
        with self._lock:
            found = [
                one
                for _, one in sorted(self._attempts.items())
                if state in (None, one.state) and (since is None or one.at >= since)
            ]
        yield from found

    def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        with self._lock:
            return list(self._audit)

    def _take(self, claim: Claim, token: str, now: datetime) -> None:
        before = self._attempts.get(claim.step_key)
        tries = before.tries + 1 if before else 1
        if before is None or before.debtor != claim.debtor:
            self._steps[claim.debtor].append(claim.step_key)
        self._put(attempt_of(claim, token, now + self._lease_for, tries))
        self._deferred[claim.debtor].pop(claim.mark, None)

    def _put(self, record: AttemptRecord) -> None:
        self._attempts[record.step_key] = record
        if record.state is AttemptState.ATTEMPTING:
            self._attempting.add(record.step_key)
        else:
            self._attempting.discard(record.step_key)
        if record.provider_message_id is not None:
            self._provider_ids[record.provider_message_id].add(record.step_key)

    def _expire(self, now: datetime) -> int:
        attempting = [self._attempts[key] for key in self._attempting]
        silent = [one for one in attempting if one.lease_until <= now]
        for one in silent:
            self._put(expired(one))
        return len(silent)

    def _records_of(self, debtor: str) -> list[AttemptRecord]:
        records = (self._attempts[key] for key in self._steps.get(debtor, ()))
        return [record for record in records if record.debtor == debtor]

    def _contacts_of(self, debtor: str, since: datetime | None) -> list[Contact]:
        """Return what counts against caps from `since` on; None = nothing will be counted."""
        if since is None:
            return []
        own = [contact_of(one) for one in self._records_of(debtor) if one.state.counts]
        foreign = self._contacts.get(debtor, {}).values()
        return [contact for contact in (*own, *foreign) if contact.at >= since]

    def _by_provider_id(self, receipt: DeliveryReceipt) -> AttemptRecord | None:
        wanted = receipt.provider_message_id
        keys = self._provider_ids.get(wanted, set[str]()) if wanted else set[str]()
        found = [one for one in map(self._attempts.__getitem__, keys) if one.provider_message_id == wanted]
        return max(found, key=lambda one: (one.at, one.step_key), default=None)

    def _token(self) -> str:
        return self._entropy.token(16).hex()

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
from heapq import heappop, heappush

from attrs import evolve

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy, require_aware
from loansms.model import Contact, DeliveryReceipt, DeliveryStatus, History, SubmitResult
from loansms.stores import acts
from loansms.stores.claims import (
    LEASE_FOR,
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    Claimed,
    ClaimResult,
    Guarantees,
)
from loansms.stores.decide import Standing, decide, earliest
from loansms.stores.memory.codes import MemoryCodes
from loansms.stores.memory.journal import MemoryJournal
from loansms.stores.memory.queue import MemoryQueue
from loansms.stores.memory.registers import MemoryRegisters
from loansms.stores.memory.vault import MemoryVault
from loansms.stores.records import attempt_of, contact_of, history_of
from loansms.stores.settle import expired, finished, parts_of, received, resolved, whole
from loansms.stores.vault import Shredded


class MemoryStore(MemoryCodes, MemoryRegisters, MemoryJournal, MemoryVault, MemoryQueue):
    """A contact ledger and a store of codes in one process's memory; safe to share between threads."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
        self._lease_for = lease_for
        lock = threading.RLock()
        MemoryCodes.__init__(self, self._clock)
        MemoryRegisters.__init__(self, lock, self)
        MemoryJournal.__init__(self, lock)
        MemoryVault.__init__(self, lock, self)
        MemoryQueue.__init__(self, lock, self._token)
        self._attempts: dict[str, AttemptRecord] = {}
        self._leases: list[tuple[datetime, str]] = []
        self._provider_ids: dict[str, set[str]] = defaultdict(set)
        self._parts: dict[str, str] = {}
        self._part_reports: dict[str, dict[str, DeliveryStatus | None]] = {}
        self._steps: dict[str, list[str]] = defaultdict(list)

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
            journal=True,
            vault=True,
            queue=True,
        )

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order, all of them under one lock."""
        if not claims:
            return []
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
                stops=self.stops(),
                holds={one: self._holds_of(one) for one in debtors},
                payments={one: list(self._payments.get(one, {}).values()) for one in debtors},
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
                for part in parts_of(result):
                    self._parts[part] = step_key
                    self._part_reports.setdefault(step_key, {})[part] = None
                self.append([acts.finished(changed, at, result.provider)])
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
                    self._holds_of(one),
                    self._preferences.get(one, {}).values(),
                )
                for one in debtors
            }

    def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        require_aware(receipt.at, "receipt.at")
        with self._lock:
            record = self._attempts.get(receipt.step_key or "") or self._by_provider_id(receipt)
            if record is None or (numbers and record.number and record.number not in numbers):
                return False
            told = receipt if receipt.step_key else self._with_part(receipt)
            changed = received(record, told)
            if changed is not record:
                self._put(changed)
                self.append([acts.received(changed, told)])
            return True

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        require_aware(at, "at")
        with self._lock:
            record = self._attempts.get(step_key)
            state = resolved(record.state, sent) if record else None
            if record is None or state is None:
                return False
            changed = evolve(record, state=state, finished_at=at)
            self._put(changed)
            detail = "sent" if sent else "not_sent"
            self._audit.append(AuditEntry(at=at, by=by, act="resolve", subject=step_key, detail=detail))
            self.append([acts.resolved(changed, sent, by, at)])
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

    def segment_ids(self, since: datetime | None = None) -> dict[str, str]:
        """Return the ids of segments (`Accepted.parts`) of attempts made at `since` or later, each with its message's id."""
        with self._lock:
            whole = {part: self._attempts[key] for part, key in sorted(self._parts.items())}
        return {
            part: one.provider_message_id
            for part, one in whole.items()
            if one.provider_message_id and (since is None or one.at >= since)
        }

    def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Delete a subject's key, fields and tags, those of attempts too, told in the journal."""
        with self._lock:
            for record in self._records_of(subject):
                self._attempts[record.step_key] = evolve(record, number="")
            return super().shred(subject, at, by)

    def _take(self, claim: Claim, token: str, now: datetime) -> None:
        before = self._attempts.get(claim.step_key)
        tries = before.tries + 1 if before else 1
        if before is None or before.debtor != claim.debtor:
            self._steps[claim.debtor].append(claim.step_key)
        self._put(attempt_of(claim, token, now + self._lease_for, tries))
        self._deferred[claim.debtor].pop(claim.mark, None)
        self.append([acts.claimed(claim, tries)])
        self.keep_sealed(claim.sealed, {claim.debtor: claim.tags})

    def _put(self, record: AttemptRecord) -> None:
        self._attempts[record.step_key] = record
        if record.state is AttemptState.ATTEMPTING:
            heappush(self._leases, (record.lease_until, record.step_key))
        if record.provider_message_id is not None:
            self._provider_ids[record.provider_message_id].add(record.step_key)

    def _expire(self, now: datetime) -> int:
        ended: set[str] = set()
        while self._leases and self._leases[0][0] <= now:
            ended.add(heappop(self._leases)[1])
        # A step may have ended since, or been claimed anew for longer.
        held = [self._attempts[key] for key in sorted(ended)]
        silent = [
            expired(one) for one in held if one.state is AttemptState.ATTEMPTING and one.lease_until <= now
        ]
        for one in silent:
            self._put(one)
        self.append([acts.expired(one, now) for one in silent])
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
        by_part = self._attempts.get(self._parts.get(wanted, ""))
        return max(found, key=lambda one: (one.at, one.step_key), default=by_part)

    def _with_part(self, receipt: DeliveryReceipt) -> DeliveryReceipt:
        """Return a segment's receipt as what it says of the whole message."""
        reports = self._part_reports.get(self._parts.get(receipt.provider_message_id, ""), {})
        if not reports:
            return receipt
        reports[receipt.provider_message_id] = receipt.status
        return evolve(receipt, status=whole(reports.values()) or receipt.status)

    def _token(self) -> str:
        return self._entropy.token(16).hex()

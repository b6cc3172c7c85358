"""What is known of debtors, in memory: contacts, suppressions, consents, holds, payments, and the brakes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from loansms.clock import require_aware
from loansms.model import (
    Consent,
    Contact,
    Hold,
    HoldKind,
    Payment,
    Preferences,
    Purpose,
    Revocation,
    StepMark,
)
from loansms.stores import acts
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import AuditEntry, Deferral, Suppression
from loansms.stores.memory.journal import MemoryJournal
from loansms.stores.records import Wanted


@frozen
class _Held:
    hold: Hold
    released: bool = False


class MemoryRegisters:
    """The facts about debtors, under the lock of the store they belong to."""

    def __init__(self, lock: threading.RLock, journal: MemoryJournal) -> None:
        self._lock = lock
        self._journal = journal
        self._contacts: dict[str, dict[str, Contact]] = defaultdict(dict)
        self._suppressions: dict[str, dict[str, Suppression]] = defaultdict(dict)
        self._consents: dict[str, dict[str, Consent]] = {}
        self._revocations: dict[str, dict[str, Revocation]] = {}
        self._deferred: dict[str, dict[StepMark, datetime]] = defaultdict(dict)
        self._holds: dict[str, dict[str, _Held]] = {}
        self._preferences: dict[str, dict[str, Wanted]] = {}
        self._payments: dict[str, dict[str, Payment]] = {}
        self._stops: dict[tuple[str, str], Stop] = {}
        self._audit: list[AuditEntry] = []

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        require_aware(contact.at, "contact.at")
        with self._lock:
            known = self._contacts[debtor]
            if source_id in known:
                return False
            known[source_id] = contact
            self._journal.append([acts.contact(debtor, contact, source_id)])
            return True

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until)."""
        for _, _, until in waiting:
            require_aware(until, "until")
        with self._lock:
            for debtor, mark, until in waiting:
                self._deferred[debtor][mark] = until

    def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool:
        """Keep what stops the ladder, once per `source_id`; the next claim is answered by it."""
        require_aware(at, "at")
        with self._lock:
            known = self._holds.setdefault(debtor, {})
            if source_id in known:
                return False
            known[source_id] = _Held(hold)
            self._journal.append([acts.held(debtor, hold, at, source_id)])
            return True

    def release_holds(
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int:
        """Release the debtor's holds of `kind` on `loan_id` (None = all), audited; return how many."""
        require_aware(at, "at")
        with self._lock:
            known = self._holds.get(debtor, {})
            mine = [
                source
                for source, one in known.items()
                if not one.released and one.hold.kind is kind and loan_id in (None, one.hold.loan_id)
            ]
            for source in mine:
                known[source] = _Held(known[source].hold, released=True)
            if mine:
                self._audited(debtor, f"hold_{kind.value}", at, by)
            return len(mine)

    def record_preferences(self, debtor: str, wanted: Preferences, at: datetime, source_id: str) -> bool:
        """Keep how a debtor wants to be written to, once per `source_id`; the latest word on each stands."""
        require_aware(at, "at")
        with self._lock:
            known = self._preferences.setdefault(debtor, {})
            if source_id in known:
                return False
            known[source_id] = (at, source_id, wanted)
            self._journal.append([acts.preferred(debtor, wanted, at, source_id)])
            return True

    def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool:
        """Keep a payment, once per `source_id`; claims with older facts are stopped."""
        with self._lock:
            known = self._payments.setdefault(debtor, {})
            if source_id in known:
                return False
            known[source_id] = payment
            self._journal.append([acts.paid(debtor, payment, source_id)])
            return True

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
            self._journal.append([acts.suppressed(debtor, code, at, until, purposes)])

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        require_aware(at, "at")
        with self._lock:
            if self._suppressions[debtor].pop(code, None) is None:
                return False
            self._audited(debtor, code, at, by)
            return True

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        with self._lock:
            known = self._consents.setdefault(debtor, {})
            if source_id in known:
                return False
            known[source_id] = consent
            self._journal.append([acts.consented(debtor, consent, source_id)])
            return True

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it."""
        with self._lock:
            known = self._revocations.setdefault(debtor, {})
            if source_id in known:
                return False
            known[source_id] = revocation
            self._journal.append([acts.revoked(debtor, revocation, source_id)])
            return True

    def stop(self, stop: Stop) -> bool:
        """Put the brakes on; False when they were on for the same scope and value."""
        with self._lock:
            if (stop.scope, stop.value) in self._stops:
                return False
            self._stops[stop.scope, stop.value] = stop
            self._journal.append([acts.stopped(stop)])
            return True

    def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool:
        """Take them off, audited; False when they were not on."""
        require_aware(at, "at")
        with self._lock:
            stop = self._stops.pop((scope, value), None)
            if stop is None:
                return False
            self._audit.append(AuditEntry(at=at, by=by, act="resume", subject=scope.value, detail=value))
            self._journal.append([acts.resumed(stop, at, by)])
            return True

    def stops(self) -> list[Stop]:
        """Return what is stopped, in the order of scope and value."""
        with self._lock:
            return [self._stops[key] for key in sorted(self._stops)]

    def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        with self._lock:
            return list(self._audit)

    def _audited(self, debtor: str, code: str, at: datetime, by: str) -> None:
        self._audit.append(AuditEntry(at=at, by=by, act="release", subject=debtor, detail=code))
        self._journal.append([acts.released(debtor, code, at, by)])

    def _holds_of(self, debtor: str) -> list[Hold]:
        return [one.hold for one in self._holds.get(debtor, {}).values() if not one.released]

"""What is known of debtors, over any SQL database: contacts, suppressions, consents, holds, payments, the brakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loansms.model import Consent, Contact, Hold, HoldKind, Payment, Preferences, Purpose, Record, Revocation
from loansms.stores import acts
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import AuditEntry, Deferral
from loansms.stores.rows import (
    Row,
    consent_row,
    mark_row,
    maybe_micros,
    micros,
    preferences_row,
    purposes_text,
    revocation_row,
    stop_from,
)
from loansms.stores.sql import statements as sql
from loansms.stores.sql.claiming import SqlClaims
from loansms.stores.sql.dialect import COLUMNS


class SqlRegisters(SqlClaims):
    """The facts about debtors; each verb one transaction, its journal entry in it."""

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        row = (
            debtor, source_id, contact.channel.value, micros(contact.at, "contact.at"), contact.kind.value,
            contact.purpose.value if contact.purpose else None, contact.loan_id,
        )  # fmt: skip
        return self._add("contact", ("debtor", "source_id"), row, acts.contact(debtor, contact, source_id))

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until), in one transaction."""
        key = ("debtor", "loan_id", "step", "due_on")
        rows = [(debtor, *mark_row(mark), micros(until, "until")) for debtor, mark, until in waiting]
        if rows:
            with self._db.writing() as db:
                db.later(self._db.dialect.put("deferred", COLUMNS["deferred"], key), rows)

    def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool:
        """Keep what stops the ladder, once per `source_id`; the next claim is answered by it."""
        until = hold.until.isoformat() if hold.until else None
        row = (debtor, source_id, hold.kind.value, until, hold.loan_id, micros(at))
        return self._add("ledger_hold", ("debtor", "source_id"), row, acts.held(debtor, hold, at, source_id))

    def release_holds(
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int:
        """Release the debtor's holds of `kind` on `loan_id` (None = all), audited; return how many."""
        code = f"hold_{kind.value}"
        asked = sql.RELEASE_HOLDS.replace("<loan>", " AND loan_id = ?" if loan_id is not None else "")
        values = (micros(at), debtor, kind.value, *([loan_id] if loan_id is not None else []))
        with self._db.writing([debtor]) as db:
            released = db.tell(self._sql(asked), values)
            if released:
                self._audit(db, AuditEntry(at=at, by=by, act="release", subject=debtor, detail=code))
                self._wrote(db, acts.released(debtor, code, at, by))
        return released

    def record_preferences(self, debtor: str, wanted: Preferences, at: datetime, source_id: str) -> bool:
        """Keep how a debtor wants to be written to, once per `source_id`; the latest word on each stands."""
        row = preferences_row(debtor, wanted, at, source_id)
        told = acts.preferred(debtor, wanted, at, source_id)
        return self._add("ledger_preference", ("debtor", "source_id"), row, told)

    def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool:
        """Keep a payment, once per `source_id`; claims with older facts are stopped."""
        money = payment.amount
        row = (debtor, source_id, payment.loan_id, str(money.amount), money.currency, micros(payment.at))
        return self._add(
            "ledger_payment", ("debtor", "source_id"), row, acts.paid(debtor, payment, source_id)
        )

    def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Stop messages of `purposes` (None = all) to a debtor; the same code again replaces the entry."""
        row = (debtor, code, micros(at), maybe_micros(until), purposes_text(purposes))
        with self._db.writing([debtor]) as db:
            db.later(self._db.dialect.put("suppression", COLUMNS["suppression"], ("debtor", "code")), [row])
            self._wrote(db, acts.suppressed(debtor, code, at, until, purposes))

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        micros(at)
        with self._db.writing([debtor]) as db:
            if not db.tell(self._sql(sql.RELEASE), (debtor, code)):
                return False
            self._audit(db, AuditEntry(at=at, by=by, act="release", subject=debtor, detail=code))
            self._wrote(db, acts.released(debtor, code, at, by))
        return True

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        row = consent_row(debtor, consent, source_id)
        told = acts.consented(debtor, consent, source_id)
        return self._add("ledger_consent", ("debtor", "source_id"), row, told)

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it."""
        row = revocation_row(debtor, revocation, source_id)
        told = acts.revoked(debtor, revocation, source_id)
        return self._add("ledger_revocation", ("debtor", "source_id"), row, told)

    def stop(self, stop: Stop) -> bool:
        """Put the brakes on; False when they were on for the same scope and value."""
        row = (stop.scope.value, stop.value, micros(stop.at), stop.by, stop.why)
        return self._add("ledger_stop", ("scope", "named"), row, acts.stopped(stop))

    def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool:
        """Take them off, audited; False when they were not on."""
        micros(at)
        with self._db.writing() as db:
            known = [stop_from(*row) for row in db.ask((self._sql(sql.STOPS), ()))[0]]
            stop = next((one for one in known if (one.scope, one.value) == (scope, value)), None)
            if stop is None or not db.tell(self._sql(sql.RESUME), (scope.value, value)):
                return False
            self._audit(db, AuditEntry(at=at, by=by, act="resume", subject=scope.value, detail=value))
            self._wrote(db, acts.resumed(stop, at, by))
        return True

    def stops(self) -> list[Stop]:
        """Return what is stopped, in the order of scope and value."""
        with self._db.reading() as db:
            return [stop_from(*row) for row in db.ask((self._sql(sql.STOPS), ()))[0]]

    def _add(self, table: str, key: tuple[str, str], row: Row, told: Record) -> bool:
        """Insert a row that no other of the same key may follow; return whether it is new."""
        with self._db.writing([row[0]] if key[0] == "debtor" else ()) as db:
            new = db.tell(self._db.dialect.skip(table, COLUMNS[table], key), row) == 1
            if new:
                self._wrote(db, told)
        return new

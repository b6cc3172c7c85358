"""Claims, endings and what came to light later, over any SQL database.

A batch of claims is one transaction in which nobody else decides about its debtors: what is known of them is read in
one trip, decided by `decide`, and written together with the commit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import evolve

from loansms.clock import Clock, Entropy
from loansms.model import ConsentRecord, DeliveryReceipt, DeliveryStatus, History, Record, SubmitResult
from loansms.stores import acts
from loansms.stores.claim_rows import Taken, taken_rows
from loansms.stores.claims import AttemptRecord, AttemptState, AuditEntry, Claim, Claimed, ClaimResult
from loansms.stores.decide import Standing, decide, earliest
from loansms.stores.records import history_of
from loansms.stores.rows import (
    COLUMNS as ATTEMPT,
)
from loansms.stores.rows import (
    Row,
    attempt_from,
    consent_from,
    contact_from,
    hold_from,
    mark_from,
    mark_row,
    member,
    micros,
    moment,
    outcome_row,
    payment_from,
    record_row,
    revocation_from,
    sealed_row,
    stop_from,
    suppression_from,
    wanted_from,
)
from loansms.stores.settle import expired, finished, parts_of, received, resolved, whole
from loansms.stores.sql import statements as sql
from loansms.stores.sql.database import Database, Session
from loansms.stores.sql.dialect import COLUMNS

_CHUNK = 5_000  # debtors a query: bounds memory, and one query's cost is lost among them
_PAGE = 1_000  # attempts read under one lock
T = TypeVar("T")


class SqlClaims:
    """The verbs around the wire: claim, finish, receipts, leases; and the histories that plans are made from."""

    def __init__(self, db: Database, clock: Clock, entropy: Entropy, lease_for: timedelta) -> None:
        self._db = db
        self._sql = db.dialect.sql
        self._clock = clock
        self._entropy = entropy
        self._lease_for = lease_for
        say = db.dialect
        self._write_attempt = say.put("attempt", ATTEMPT, ("step_key",))
        self._write_entry = say.insert("ledger_entry", COLUMNS["ledger_entry"])
        self._write_sealed = say.put("ledger_sealed", COLUMNS["ledger_sealed"], ("subject", "in_row", "name"))
        self._write_tag = say.skip("ledger_tag", COLUMNS["ledger_tag"], ("tag", "subject"))
        self._write_part = say.put("ledger_part", COLUMNS["ledger_part"], ("provider_id",))
        self._write_audit = say.insert("audit", COLUMNS["audit"])

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order in one transaction, flushed to disk before it returns."""
        if not claims:
            return []
        with self._db.writing({claim.debtor for claim in claims}) as db:
            now = self._now()
            standing, tries = self._standing(db, claims, now)
            answers = decide(claims, standing, self._token)
            taken = [
                (claim, answer.token, tries.get(claim.step_key, 0) + 1)
                for claim, answer in zip(claims, answers, strict=True)
                if isinstance(answer, Claimed)
            ]
            if taken:
                self._take(db, taken, micros(now + self._lease_for))
            if taken and standing.deferred:
                undone = [(claim.debtor, *mark_row(claim.mark)) for claim, _, _ in taken]
                db.later(self._sql(sql.UNDEFER), undone)
        return answers

    def _take(
        self,
        db: Session,
        taken: Sequence[Taken],
        lease_until: int,
        write: str | None = None,
    ) -> None:
        """Write claims that are taken, as (claim, token, how many times by now), and what they carry.

        ``write`` is another INSERT of an attempt than the one that writes over a refused one.
        """
        attempts, entries = taken_rows(taken, lease_until)
        db.later(write or self._write_attempt, attempts)
        db.later(self._write_entry, entries)
        if sealed := [sealed_row(one) for claim, _, _ in taken for one in claim.sealed]:
            db.later(self._write_sealed, sealed)
        if tags := sorted({(tag, claim.debtor) for claim, _, _ in taken for tag in claim.tags}):
            db.later(self._write_tag, tags)

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        micros(at)
        with self._db.writing() as db:
            record = self._one(db, sql.BY_KEY_AND_TOKEN, step_key, token)
            changed = finished(record, result, at) if record else None
            if changed is not None:
                db.later(self._sql(sql.WRITE_OUTCOME), [outcome_row(changed)])
                if parts := parts_of(result):
                    db.later(self._write_part, [(part, step_key, None) for part in parts])
                self._wrote(db, acts.finished(changed, at, result.provider))
        return changed is not None

    def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        with self._db.writing() as db:
            now = self._now()
            return len(self._expire(db, db.ask((self._sql(sql.SILENT), (micros(now),)))[0], now))

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps of all time."""
        start = micros(since, "since")
        found: dict[str, History] = {}
        say = self._sql
        with self._db.reading() as db:
            for first in range(0, len(debtors), _CHUNK):
                chunk = list(dict.fromkeys(debtors[first : first + _CHUNK]))
                listed = json.dumps(chunk)
                contacts, steps, deferred, stops, consents, revocations, holds, wanted = map(
                    _grouped,
                    db.ask(
                        (say(sql.CONTACTS), (listed, start, listed, start)),
                        (say(sql.STEPS), (listed,)),
                        (say(sql.DEFERRED), (listed,)),
                        (say(sql.SUPPRESSIONS), (listed,)),
                        (say(sql.CONSENTS), (listed,)),
                        (say(sql.REVOCATIONS), (listed,)),
                        (say(sql.HOLDS), (listed,)),
                        (say(sql.PREFERENCES), (listed,)),
                    ),
                )
                for debtor in chunk:
                    found[debtor] = history_of(
                        (contact_from(*row) for row in contacts.get(debtor, ())),
                        (
                            (mark_from(*row[:3]), member(AttemptState, row[3]))
                            for row in steps.get(debtor, ())
                        ),
                        (mark_from(*row) for row in deferred.get(debtor, ())),
                        (suppression_from(*row) for row in stops.get(debtor, ())),
                        since,
                        (consent_from(*row) for row in consents.get(debtor, ())),
                        (revocation_from(*row) for row in revocations.get(debtor, ())),
                        (hold_from(*row) for row in holds.get(debtor, ())),
                        (wanted_from(*row) for row in wanted.get(debtor, ())),
                    )
        return found

    def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        micros(receipt.at, "receipt.at")
        wanted = receipt.provider_message_id
        with self._db.writing() as db:
            record = self._one(db, sql.BY_KEY, receipt.step_key) if receipt.step_key else None
            if record is None and wanted:
                record = self._one(db, sql.BY_PROVIDER_ID, wanted) or self._one(db, sql.BY_PART, wanted)
            if record is None or (numbers and record.number and record.number not in numbers):
                return False
            told = receipt if receipt.step_key else self._with_part(db, receipt)
            changed = received(record, told)
            if changed is not record:
                db.later(self._sql(sql.WRITE_OUTCOME), [outcome_row(changed)])
                self._wrote(db, acts.received(changed, told))
        return True

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        entry = AuditEntry(
            at=at, by=by, act="resolve", subject=step_key, detail="sent" if sent else "not_sent"
        )
        micros(at)
        with self._db.writing() as db:
            record = self._one(db, sql.BY_KEY, step_key)
            state = resolved(record.state, sent) if record else None
            if record is None or state is None:
                return False
            changed = evolve(record, state=state, finished_at=at)
            db.later(self._sql(sql.WRITE_OUTCOME), [outcome_row(changed)])
            self._audit(db, entry)
            self._wrote(db, acts.resolved(changed, sent, by, at))
        return True

    def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> Iterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all) made at `since` or later, ordered by step key."""
        asked = sql.PAGE.replace("<state>", " AND state = ?" if state else "").replace(
            "<since>", " AND at >= ?" if since else ""
        )
        fixed = [*([state.value] if state else []), *([micros(since, "since")] if since else [])]
        after = ""
        while True:
            with self._db.reading() as db:
                page = db.ask((self._sql(asked), (after, *fixed, _PAGE)))[0]
            yield from map(attempt_from, page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def segment_ids(self, since: datetime | None = None) -> dict[str, str]:
        """Return the ids of segments (`Accepted.parts`) of attempts made at `since` or later, each with its message's id."""
        with self._db.reading() as db:
            rows = db.ask((self._sql(sql.SEGMENT_IDS), (micros(since, "since") if since else 0,)))[0]
        return dict(rows)

    def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        with self._db.reading() as db:
            rows = db.ask((self._sql(sql.AUDIT_TRAIL), ()))[0]
        return [
            AuditEntry(at=moment(at), by=by, act=act, subject=subject, detail=detail)
            for at, by, act, subject, detail in rows
        ]

    def _standing(
        self, db: Session, claims: Sequence[Claim], now: datetime
    ) -> tuple[Standing, dict[str, int]]:
        """Return what is known of the batch, and how often each of its steps was claimed before."""
        say = self._sql
        keys = json.dumps([claim.step_key for claim in claims])
        debtors = json.dumps(list({claim.debtor: None for claim in claims}))
        since = earliest(claims)
        start = micros(since) if since else 0
        silent, known, suppressed, stops, revoked, holds, paid, deferred, contacts = db.ask(
            (say(sql.SILENT), (micros(now),)),
            (say(sql.STATES), (keys,)),
            (say(sql.SUPPRESSIONS), (debtors,)),
            (say(sql.STOPS), ()),
            (say(sql.REVOCATIONS), (debtors,)),
            (say(sql.HOLDS), (debtors,)),
            (say(sql.PAYMENTS), (debtors,)),
            (say(sql.DEFERRED), (debtors,)),
            (say(sql.CONTACTS), (debtors if since else "[]", start, debtors if since else "[]", start)),
        )
        gone = {one.step_key: one.state for one in self._expire(db, silent, now)}
        standing = Standing(
            states={
                step_key: gone.get(step_key, member(AttemptState, state)) for step_key, state, _ in known
            },
            suppressions=_listed(suppressed, suppression_from),
            contacts=_listed(contacts, contact_from),
            consents=self._consents(db, _grouped(revoked)) if revoked else {},
            stops=[stop_from(*row) for row in stops],
            holds=_listed(holds, hold_from),
            payments=_listed(paid, payment_from),
            deferred=bool(deferred),
        )
        return standing, {step_key: tries for step_key, _, tries in known}

    def _consents(self, db: Session, revoked: dict[str, list[Row]]) -> dict[str, list[ConsentRecord]]:
        """Return all records of those debtors who revoked anything."""
        agreed = _grouped(db.ask((self._sql(sql.CONSENTS), (json.dumps(list(revoked)),)))[0])
        return {
            debtor: [
                *(revocation_from(*row) for row in rows),
                *(consent_from(*row) for row in agreed.get(debtor, ())),
            ]
            for debtor, rows in revoked.items()
        }

    def _expire(self, db: Session, silent: Sequence[Row], now: datetime) -> list[AttemptRecord]:
        # By step key, as the journal tells them. Sorted here: SQLite would walk the whole table in that order.
        gone = [expired(attempt_from(row)) for row in sorted(silent, key=_step_key)]
        if gone:
            db.later(self._sql(sql.WRITE_OUTCOME), [outcome_row(one) for one in gone])
            self._wrote(db, *(acts.expired(one, now) for one in gone))
        return gone

    def _with_part(self, db: Session, receipt: DeliveryReceipt) -> DeliveryReceipt:
        """Return a segment's receipt as what it says of the whole message."""
        wanted = receipt.provider_message_id
        rows = db.ask((self._sql(sql.PARTS), (wanted,)))[0]
        if not rows:
            return receipt
        reports = {part: member(DeliveryStatus, status) if status else None for part, status in rows}
        reports[wanted] = receipt.status
        db.later(self._sql(sql.WRITE_PART), [(receipt.status.value, wanted)])
        return evolve(receipt, status=whole(reports.values()) or receipt.status)

    def _one(self, db: Session, statement: str, *values: object) -> AttemptRecord | None:
        rows = db.ask((self._sql(statement), values))[0]
        return attempt_from(rows[0]) if rows else None

    def _audit(self, db: Session, entry: AuditEntry) -> None:
        db.later(self._write_audit, [(micros(entry.at), entry.by, entry.act, entry.subject, entry.detail)])

    def _wrote(self, db: Session, *records: Record) -> None:
        db.later(self._write_entry, [record_row(one) for one in records])

    def _now(self) -> datetime:
        """Return the time leases run by."""
        return self._clock.now()

    def _token(self) -> str:
        return self._entropy.token(16).hex()


def _step_key(row: Row) -> str:
    key: str = row[0]
    return key


def _listed(rows: Iterable[Row], made: Callable[..., T]) -> dict[str, list[T]]:
    return {debtor: [made(*row) for row in several] for debtor, several in _grouped(rows).items()}


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows by their first column, the debtor, without it."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for debtor, *rest in rows:
        grouped[debtor].append(tuple(rest))
    return grouped

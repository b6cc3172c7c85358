"""The embedded ledger: one SQLite file, shared by the processes of one machine; the default store.

A batch of claims is one `BEGIN IMMEDIATE` transaction: the write lock is taken first, then what is known of
the batch is read, decided, written and flushed to disk. The file must lie on a local disk: WAL does not work
over a network file system (sqlite.org/wal.html).

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from loansms.testing.examples import claim
>>> with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "run.db") as store:
...     [type(answer).__name__ for answer in store.claim([claim(), claim()])]
['Claimed', 'AlreadyDone']
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from attrs import evolve

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy
from loansms.model import (
    Consent,
    ConsentRecord,
    Contact,
    DeliveryReceipt,
    History,
    Purpose,
    Revocation,
    SubmitResult,
)
from loansms.stores import statements as sql
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    Claimed,
    ClaimResult,
    Deferral,
    Guarantees,
)
from loansms.stores.connection import LedgerFile
from loansms.stores.decide import Standing, decide, earliest
from loansms.stores.memory import LEASE_FOR
from loansms.stores.records import history_of
from loansms.stores.rows import (
    Row,
    attempt_from,
    claim_row,
    consent_from,
    consent_row,
    contact_from,
    mark_from,
    mark_row,
    maybe_micros,
    micros,
    moment,
    outcome_row,
    purposes_text,
    revocation_from,
    revocation_row,
    suppression_from,
)
from loansms.stores.settle import expired, finished, received, resolved
from loansms.stores.sqlite_codes import SqliteCodes

_CHUNK = 5_000  # debtors a query: bounds memory, and one query's cost is lost among them
_PAGE = 1_000  # attempts read under one lock


class SqliteStore(SqliteCodes):
    """A contact ledger and a store of codes in one SQLite file; safe to share between threads, each process opens its own.

    ``lease_for`` is how long a claim may stay silent before it is told as unknown, by the machine's clock or
    by ``clock``; ``busy_for`` how long to wait for another process's transaction.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
        busy_for: timedelta = timedelta(seconds=30),
    ) -> None:
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
        self._lease_for = lease_for
        self._file = LedgerFile(Path(path), busy_for)
        super().__init__(self._file, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._file.path)!r})"

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def guarantees(self) -> Guarantees:
        """Say what this store promises: every one of them, on a local disk that keeps what it flushed."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease_for,
            codes=True,
        )

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order in one transaction, flushed to disk before it returns."""
        now = self._clock.now()
        lease_until = micros(now + self._lease_for)
        with self._file.writing() as db:
            _expire(db, now)
            standing, tries = _standing(db, claims)
            answers = decide(claims, standing, self._token)
            taken = [
                (claim, answer.token)
                for claim, answer in zip(claims, answers, strict=True)
                if isinstance(answer, Claimed)
            ]
            db.executemany(
                sql.WRITE_ATTEMPT,
                [
                    claim_row(claim, token, lease_until, tries.get(claim.step_key, 0) + 1)
                    for claim, token in taken
                ],
            )
            db.executemany(sql.UNDEFER, [(claim.debtor, *mark_row(claim.mark)) for claim, _ in taken])
        return answers

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        micros(at)
        with self._file.writing() as db:
            record = _one(db, sql.BY_KEY_AND_TOKEN, (step_key, token))
            changed = finished(record, result, at) if record else None
            if changed is not None:
                db.execute(sql.WRITE_OUTCOME, outcome_row(changed))
        return changed is not None

    def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        with self._file.writing() as db:
            return _expire(db, self._clock.now())

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps of all time."""
        start = micros(since, "since")
        found: dict[str, History] = {}
        with self._file.reading() as db:
            for first in range(0, len(debtors), _CHUNK):
                chunk = list(dict.fromkeys(debtors[first : first + _CHUNK]))
                listed = json.dumps(chunk)
                contacts = _grouped(db.execute(sql.CONTACTS, {"debtors": listed, "since": start}))
                steps = _grouped(db.execute(sql.STEPS, (listed,)))
                deferred = _grouped(db.execute(sql.DEFERRED, (listed,)))
                stops = _grouped(db.execute(sql.SUPPRESSIONS, (listed,)))
                consents = _grouped(db.execute(sql.CONSENTS, (listed,)))
                revocations = _grouped(db.execute(sql.REVOCATIONS, (listed,)))
                for debtor in chunk:
                    found[debtor] = history_of(
                        (contact_from(*row) for row in contacts.get(debtor, ())),
                        ((mark_from(*row[:3]), AttemptState(row[3])) for row in steps.get(debtor, ())),
                        (mark_from(*row) for row in deferred.get(debtor, ())),
                        (suppression_from(*row) for row in stops.get(debtor, ())),
                        since,
                        (consent_from(*row) for row in consents.get(debtor, ())),
                        (revocation_from(*row) for row in revocations.get(debtor, ())),
                    )
        return found

    def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        row = (
            debtor, source_id, contact.channel.value, micros(contact.at, "contact.at"), contact.kind.value,
            contact.purpose.value if contact.purpose else None, contact.loan_id,
        )  # fmt: skip
        with self._file.writing() as db:
            done = db.execute(sql.ADD_CONTACT, row)
            return done.rowcount == 1

    def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until), in one transaction."""
        rows = [(debtor, *mark_row(mark), micros(until, "until")) for debtor, mark, until in waiting]
        with self._file.writing() as db:
            db.executemany(sql.DEFER, rows)

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
        with self._file.writing() as db:
            db.execute(sql.SUPPRESS, row)

    def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        entry = AuditEntry(at=at, by=by, act="release", subject=debtor, detail=code)
        with self._file.writing() as db:
            done = db.execute(sql.RELEASE, (debtor, code))
            if done.rowcount:
                _audit(db, entry)
            return done.rowcount == 1

    def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        row = consent_row(debtor, consent, source_id)
        with self._file.writing() as db:
            done = db.execute(sql.ADD_CONSENT, row)
            return done.rowcount == 1

    def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it."""
        row = revocation_row(debtor, revocation, source_id)
        with self._file.writing() as db:
            done = db.execute(sql.ADD_REVOCATION, row)
            return done.rowcount == 1

    def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        micros(receipt.at, "receipt.at")
        wanted = receipt.provider_message_id
        with self._file.writing() as db:
            record = _one(db, sql.BY_KEY, (receipt.step_key or "",))
            if record is None and wanted:
                record = _one(db, sql.BY_PROVIDER_ID, (wanted,))
            if record is not None:
                db.execute(sql.WRITE_OUTCOME, outcome_row(received(record, receipt)))
        return record is not None

    def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        detail = "sent" if sent else "not_sent"
        entry = AuditEntry(at=at, by=by, act="resolve", subject=step_key, detail=detail)
        with self._file.writing() as db:
            record = _one(db, sql.BY_KEY, (step_key,))
            state = resolved(record.state, sent) if record else None
            if record is None or state is None:
                return False
            db.execute(sql.WRITE_OUTCOME, outcome_row(evolve(record, state=state, finished_at=at)))
            _audit(db, entry)
            return True

    def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> Iterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all) made at `since` or later, ordered by step key."""
        asked = {"state": state and state.value, "since": since and micros(since, "since"), "most": _PAGE}
        after = ""
        while True:
            with self._file.reading() as db:
                page = db.execute(sql.PAGE, {"after": after, **asked}).fetchall()
            yield from map(attempt_from, page)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        with self._file.reading() as db:
            rows = db.execute(sql.AUDIT_TRAIL).fetchall()
        return [
            AuditEntry(at=moment(at), by=by, act=act, subject=subject, detail=detail)
            for at, by, act, subject, detail in rows
        ]

    def _token(self) -> str:
        return self._entropy.token(16).hex()


def _standing(db: sqlite3.Connection, claims: Sequence[Claim]) -> tuple[Standing, dict[str, int]]:
    """Return what is known of the batch, and how often each of its steps was claimed before."""
    known = db.execute(sql.STATES, (json.dumps([claim.step_key for claim in claims]),)).fetchall()
    debtors = json.dumps(list({claim.debtor: None for claim in claims}))
    since = earliest(claims)
    stops = _grouped(db.execute(sql.SUPPRESSIONS, (debtors,)))
    contacts = (
        {}
        if since is None
        else _grouped(db.execute(sql.CONTACTS, {"debtors": debtors, "since": micros(since)}))
    )
    standing = Standing(
        states={step_key: AttemptState(state) for step_key, state, _ in known},
        suppressions={debtor: [suppression_from(*row) for row in rows] for debtor, rows in stops.items()},
        contacts={debtor: [contact_from(*row) for row in rows] for debtor, rows in contacts.items()},
        consents=_consent_records(db, debtors),
    )
    return standing, {step_key: tries for step_key, _, tries in known}


def _consent_records(db: sqlite3.Connection, debtors: str) -> dict[str, list[ConsentRecord]]:
    """Return all records of those of the debtors (a JSON list) who revoked anything."""
    revoked = _grouped(db.execute(sql.REVOCATIONS, (debtors,)))
    if not revoked:
        return {}
    agreed = _grouped(db.execute(sql.CONSENTS, (json.dumps(list(revoked)),)))
    return {
        debtor: [
            *(revocation_from(*row) for row in rows),
            *(consent_from(*row) for row in agreed.get(debtor, ())),
        ]
        for debtor, rows in revoked.items()
    }


def _expire(db: sqlite3.Connection, now: datetime) -> int:
    silent = db.execute(sql.SILENT, (micros(now),)).fetchall()
    db.executemany(sql.WRITE_OUTCOME, [outcome_row(expired(attempt_from(row))) for row in silent])
    return len(silent)


def _one(db: sqlite3.Connection, statement: str, values: Row) -> AttemptRecord | None:
    row: Row | None = db.execute(statement, values).fetchone()
    return attempt_from(row) if row else None


def _audit(db: sqlite3.Connection, entry: AuditEntry) -> None:
    db.execute(
        sql.ADD_AUDIT,
        (micros(entry.at), entry.by, entry.act, entry.subject, entry.detail),
    )


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows by their first column, the debtor, without it."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for debtor, *rest in rows:
        grouped[debtor].append(tuple(rest))
    return grouped

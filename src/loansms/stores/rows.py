"""Between the ledger's values and SQLite rows: exact times, enums by value, versions as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import attrs

from loansms.clock import require_aware
from loansms.errors import StoreError
from loansms.model import (
    Channel,
    Consent,
    Contact,
    ContactKind,
    DeliveryStatus,
    Entry,
    Hold,
    HoldKind,
    Money,
    Payment,
    Preferences,
    Purpose,
    RecipientRole,
    Record,
    RecordKind,
    Revocation,
    Seal,
    StepMark,
)
from loansms.stores.acts import preferences_data
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import AttemptRecord, AttemptState, Suppression
from loansms.stores.queue import Job
from loansms.stores.records import Wanted
from loansms.stores.vault import SealedField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Row = tuple[Any, ...]
_Known = TypeVar("_Known", bound=StrEnum)
_WISHES = frozenset(one.name for one in attrs.fields(Preferences))
# One encoder for all: making one costs as much as a record. A record's tables are read-only views.
data_text: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=dict
).encode

COLUMNS = tuple(one.name for one in attrs.fields(AttemptRecord))
"""The columns of an attempt, in the order of the record's fields."""


def micros(at: datetime, name: str = "at") -> int:
    """Return whole microseconds since 1970 UTC; a naive time raises ValueError.

    >>> moment(micros(datetime(2026, 9, 24, 10, 0, 0, 7, tzinfo=UTC))).isoformat()
    '2026-09-24T10:00:00.000007+00:00'
    """
    return (require_aware(at, name) - EPOCH) // _MICROSECOND


def maybe_micros(at: datetime | None) -> int | None:
    """Return the microseconds of a time that may be missing."""
    return None if at is None else micros(at)


def moment(value: int) -> datetime:
    """Return the aware UTC datetime of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


def _maybe_moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def outcome_row(record: AttemptRecord) -> Row:
    """Return what an ending changes, and the step key last."""
    return (
        record.state.value,
        maybe_micros(record.finished_at),
        record.provider_message_id,
        record.code,
        record.delivery.value if record.delivery else None,
        maybe_micros(record.delivery_at),
        record.delivery_code,
        record.step_key,
    )


def member(kind: type[_Known], value: str) -> _Known:
    """Return what a stored word means; raise StoreError for one that a newer version of loansms wrote."""
    try:
        return kind(value)
    except ValueError:
        raise _too_new(kind.__name__) from None


def _too_new(what: str) -> StoreError:
    return StoreError(
        f"the ledger holds a {what} that this version of loansms does not know: a newer one wrote it; nothing was "
        "recorded, upgrade this process",
        f"账本中有本版本不认识的 {what}，由更新版本的 loansms 写入；未写入任何记录，请升级本进程",
    )


def attempt_from(row: Row) -> AttemptRecord:
    """Return the record of a row in the order of COLUMNS."""
    kept: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    kept.update(
        due_on=date.fromisoformat(kept["due_on"]) if kept["due_on"] else None,
        recipient=member(RecipientRole, kept["recipient"]),
        purpose=member(Purpose, kept["purpose"]),
        channel=member(Channel, kept["channel"]),
        at=moment(kept["at"]),
        versions=json.loads(kept["versions"]),
        state=member(AttemptState, kept["state"]),
        lease_until=moment(kept["lease_until"]),
        finished_at=_maybe_moment(kept["finished_at"]),
        delivery=member(DeliveryStatus, kept["delivery"]) if kept["delivery"] else None,
        delivery_at=_maybe_moment(kept["delivery_at"]),
    )
    return AttemptRecord(**kept)


def contact_from(channel: str, at: int, kind: str, purpose: str | None, loan_id: str | None) -> Contact:
    """Return the contact of a row."""
    return Contact(
        channel=member(Channel, channel),
        at=moment(at),
        kind=member(ContactKind, kind),
        purpose=member(Purpose, purpose) if purpose else None,
        loan_id=loan_id,
    )


def mark_from(loan_id: str | None, step: str, due_on: str | None) -> StepMark:
    """Return the mark of a row."""
    return StepMark(loan_id or "", step, date.fromisoformat(due_on) if due_on else None)


def mark_row(mark: StepMark) -> tuple[str, str, str]:
    """Return loan, step and due date of a mark as the deferred table keeps them."""
    return mark.loan_id, mark.step, mark.due_on.isoformat() if mark.due_on else ""


def purposes_text(purposes: Iterable[Purpose] | None) -> str | None:
    """Return a set of purposes as text, None for all."""
    return None if purposes is None else json.dumps(sorted(purposes))


def suppression_from(code: str, at: int, until: int | None, purposes: str | None) -> Suppression:
    """Return the suppression of a row."""
    return Suppression(
        code=code,
        at=moment(at),
        until=_maybe_moment(until),
        purposes=None
        if purposes is None
        else frozenset(member(Purpose, one) for one in json.loads(purposes)),
    )


def consent_row(debtor: str, consent: Consent, source_id: str) -> Row:
    """Return the row of a consent, in the order of its table."""
    return (
        debtor,
        source_id,
        micros(consent.at),
        *_named(consent),
        consent.text_version,
        consent.source,
        consent.evidence,
        consent.given_to.value,
        maybe_micros(consent.expires_at),
    )


def consent_from(
    at: int,
    purposes: str,
    channels: str,
    scopes: str,
    text_version: str,
    source: str,
    evidence: str,
    given_to: str,
    expires_at: int | None,
) -> Consent:
    """Return the consent of a row."""
    return Consent(
        at=moment(at),
        purposes=json.loads(purposes),
        channels=json.loads(channels),
        scopes=json.loads(scopes),
        text_version=text_version,
        source=source,
        evidence=evidence,
        given_to=given_to,
        expires_at=_maybe_moment(expires_at),
    )


def revocation_row(debtor: str, revocation: Revocation, source_id: str) -> Row:
    """Return the row of a revocation, in the order of its table."""
    return debtor, source_id, micros(revocation.at), *_named(revocation)


def revocation_from(at: int, purposes: str, channels: str, scopes: str) -> Revocation:
    """Return the revocation of a row."""
    return Revocation(
        at=moment(at),
        purposes=json.loads(purposes),
        channels=json.loads(channels),
        scopes=json.loads(scopes),
    )


def _named(record: Consent | Revocation) -> tuple[str, str, str]:
    """Return the purposes, channels and scopes of a record as text."""
    return (
        json.dumps(sorted(record.purposes)),
        json.dumps(sorted(record.channels)),
        json.dumps(sorted(record.scopes)),
    )


def hold_from(kind: str, until: str | None, loan_id: str | None) -> Hold:
    """Return the hold of a row."""
    return Hold(member(HoldKind, kind), date.fromisoformat(until) if until else None, loan_id)


def payment_from(loan_id: str, amount: str, currency: str, at: int) -> Payment:
    """Return the payment of a row."""
    return Payment(loan_id=loan_id, amount=Money(amount, currency), at=moment(at))


def preferences_row(debtor: str, wanted: Preferences, at: datetime, source_id: str) -> Row:
    """Return the row of what a debtor asked for."""
    return debtor, source_id, micros(at), json.dumps(preferences_data(wanted))


def wanted_from(at: int, source_id: str, told: str) -> Wanted:
    """Return what was asked for, of a row."""
    said: dict[str, Any] = json.loads(told)
    if not _WISHES.issuperset(said):
        # A wish nobody here understands would be a wish nobody here heeds.
        raise _too_new("wish")
    hours = said.get("hours")
    wanted = Preferences(
        less_often=said.get("less_often"),
        shorter=said.get("shorter"),
        channel=member(Channel, said["channel"]) if "channel" in said else None,
        hours=(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if hours else None,
        language=said.get("language", ""),
    )
    return moment(at), source_id, wanted


def stop_from(scope: str, named: str, at: int, by: str, why: str) -> Stop:
    """Return the stop of a row."""
    return Stop(scope=member(StopScope, scope), value=named, at=moment(at), by=by, why=why)


def record_row(record: Record) -> Row:
    """Return the row of a record, without its number."""
    return (
        micros(record.at),
        record.kind.value,
        record.debtor,
        record.loan_id,
        record.step_key,
        data_text(record.data),
    )


def entry_from(number: int, at: int, kind: str, debtor: str, loan_id: str, step_key: str, data: str) -> Entry:
    """Return the entry of a row."""
    told = Record(
        kind=member(RecordKind, kind),
        at=moment(at),
        debtor=debtor,
        loan_id=loan_id,
        step_key=step_key,
        data=json.loads(data),
    )
    return Entry(number=number, record=told)


def seal_row(seal: Seal) -> Row:
    """Return the row of a seal."""
    return (
        seal.size,
        seal.root,
        seal.chain,
        micros(seal.at),
        seal.suite,
        seal.key_id,
        seal.signature,
        b"".join(len(one).to_bytes(1) + one for one in seal.frontier),
        seal.stamp,
        seal.previous,
    )


def seal_from(
    size: int,
    root: bytes,
    chain: bytes,
    at: int,
    suite: str,
    key_id: str,
    signature: bytes,
    frontier: bytes,
    stamp: bytes,
    previous: bytes,
) -> Seal:
    """Return the seal of a row."""
    roots: list[bytes] = []
    while frontier:
        long = frontier[0] + 1
        roots.append(frontier[1:long])
        frontier = frontier[long:]
    return Seal(
        size=size,
        root=root,
        chain=chain,
        at=moment(at),
        suite=suite,
        key_id=key_id,
        signature=signature,
        frontier=tuple(roots),
        stamp=stamp,
        previous=previous,
    )


def sealed_row(one: SealedField) -> Row:
    """Return the row of a sealed field."""
    return one.subject, one.name, one.row, one.value, micros(one.at), maybe_micros(one.keep_until)


def sealed_from(
    subject: str, name: str, row: str, value: bytes, at: int, keep_until: int | None
) -> SealedField:
    """Return the sealed field of a row."""
    return SealedField(
        subject=subject,
        name=name,
        row=row,
        value=value,
        at=moment(at),
        keep_until=_maybe_moment(keep_until),
    )


def job_row(job: Job) -> Row:
    """Return the row of a job in nobody's hands."""
    return (
        job.step_key,
        job.tenant,
        job.borrower_id,
        job.loan_id,
        job.priority,
        micros(job.not_before),
        maybe_micros(job.deadline),
    )


def job_from(
    step_key: str,
    tenant: str,
    borrower_id: str,
    loan_id: str,
    priority: int,
    not_before: int,
    deadline: int | None,
) -> Job:
    """Return the job of a row."""
    return Job(
        step_key=step_key,
        tenant=tenant,
        borrower_id=borrower_id,
        loan_id=loan_id,
        priority=priority,
        not_before=moment(not_before),
        deadline=_maybe_moment(deadline),
    )

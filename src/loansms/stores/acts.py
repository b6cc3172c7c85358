"""What each act upon a ledger writes into its journal: one rule for every store.

>>> from loansms.testing.examples import claim
>>> told = claimed(claim(), tries=1)
>>> told.kind.value, told.loan_id, told.data["template"]
('claimed', 'L-1', 'reminder.due_in_3')
"""

from __future__ import annotations

from datetime import datetime

from loansms.model import (
    Consent,
    Contact,
    DeliveryReceipt,
    Hold,
    Json,
    Payment,
    Preferences,
    Purpose,
    Record,
    RecordKind,
    Revocation,
)
from loansms.stores.brakes import Stop
from loansms.stores.claims import AttemptRecord, Claim
from loansms.stores.vault import Shredded

K = RecordKind


def claimed(claim: Claim, tries: int) -> Record:
    """A step was about to go out."""
    return Record(
        kind=K.CLAIMED,
        at=claim.at,
        debtor=claim.debtor,
        loan_id=claim.loan_id or "",
        step_key=claim.step_key,
        data={
            "borrower_id": claim.borrower_id,
            "step": claim.step,
            "due_on": claim.due_on.isoformat() if claim.due_on else None,
            "recipient": claim.recipient.value,
            "purpose": claim.purpose.value,
            "channel": claim.channel.value,
            "template": claim.template,
            "stage": claim.stage,
            "route": claim.route,
            "versions": dict(claim.versions),
            "tries": tries,
            **claim.evidence,
        },
    )


def finished(attempt: AttemptRecord, at: datetime, provider: str = "") -> Record:
    """The provider answered, or its silence was told by its holder; `attempt` is as it stands then.

    ``provider`` is the one a router chose: the claim was made before anybody had chosen.
    """
    return _of(
        K.FINISHED,
        attempt,
        at,
        state=attempt.state.value,
        code=attempt.code,
        provider_message_id=attempt.provider_message_id or "",
        **({"provider": provider} if provider else {}),
    )


def expired(attempt: AttemptRecord, at: datetime) -> Record:
    """The holder of a claim fell silent."""
    return _of(K.EXPIRED, attempt, at, state=attempt.state.value)


def received(attempt: AttemptRecord, receipt: DeliveryReceipt) -> Record:
    """A delivery receipt came in that changed what is known; `attempt` is as it stands then."""
    return _of(
        K.RECEIPT,
        attempt,
        receipt.at,
        state=attempt.state.value,
        status=receipt.status.value,
        code=receipt.raw_code,
        provider_message_id=receipt.provider_message_id,
        **({"leg": receipt.leg} if receipt.leg else {}),
    )


def resolved(attempt: AttemptRecord, sent: bool, by: str, at: datetime) -> Record:
    """A person settled an unknown."""
    return _of(K.RESOLVED, attempt, at, sent=sent, by=by)


def contact(debtor: str, made: Contact, source_id: str) -> Record:
    """A contact made elsewhere, or one that came from the person."""
    return Record(
        kind=K.CONTACT,
        at=made.at,
        debtor=debtor,
        loan_id=made.loan_id or "",
        data={
            "source_id": source_id,
            "channel": made.channel.value,
            "kind": made.kind.value,
            "purpose": made.purpose.value if made.purpose else None,
        },
    )


def suppressed(
    debtor: str, code: str, at: datetime, until: datetime | None, purposes: frozenset[Purpose] | None
) -> Record:
    """Messages to a person were stopped."""
    return Record(
        kind=K.SUPPRESSED,
        at=at,
        debtor=debtor,
        data={
            "code": code,
            "until": until.isoformat() if until else None,
            "purposes": None if purposes is None else sorted(one.value for one in purposes),
        },
    )


def released(debtor: str, code: str, at: datetime, by: str) -> Record:
    """A stop or a hold of a person was taken back."""
    return Record(kind=K.RELEASED, at=at, debtor=debtor, data={"code": code, "by": by})


def consented(debtor: str, given: Consent, source_id: str) -> Record:
    """A person agreed."""
    return Record(
        kind=K.CONSENTED,
        at=given.at,
        debtor=debtor,
        data={
            **_named(given, source_id),
            "text_version": given.text_version,
            "source": given.source,
            "evidence": given.evidence,
            "given_to": given.given_to.value,
            "expires_at": given.expires_at.isoformat() if given.expires_at else None,
        },
    )


def revoked(debtor: str, taken: Revocation, source_id: str) -> Record:
    """A person took something back."""
    return Record(kind=K.REVOKED, at=taken.at, debtor=debtor, data=_named(taken, source_id))


def held(debtor: str, hold: Hold, at: datetime, source_id: str) -> Record:
    """The ladder was stopped for a reason of the person's."""
    return Record(
        kind=K.HELD,
        at=at,
        debtor=debtor,
        loan_id=hold.loan_id or "",
        data={
            "source_id": source_id,
            "hold": hold.kind.value,
            "until": hold.until.isoformat() if hold.until else None,
        },
    )


def preferred(debtor: str, wanted: Preferences, at: datetime, source_id: str) -> Record:
    """Somebody said how they want to be written to."""
    return Record(
        kind=K.PREFERRED, at=at, debtor=debtor, data={"source_id": source_id, **preferences_data(wanted)}
    )


def preferences_data(wanted: Preferences) -> dict[str, Json]:
    """Return what was asked for, by its names; what was not is left out."""
    named: dict[str, Json] = {
        "less_often": wanted.less_often,
        "shorter": wanted.shorter,
        "channel": wanted.channel.value if wanted.channel else None,
        "hours": tuple(one.isoformat() for one in wanted.hours) if wanted.hours else None,
        "language": wanted.language or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def paid(debtor: str, payment: Payment, source_id: str) -> Record:
    """Money came in."""
    return Record(
        kind=K.PAID,
        at=payment.at,
        debtor=debtor,
        loan_id=payment.loan_id,
        data={
            "source_id": source_id,
            "amount": str(payment.amount.amount),
            "currency": payment.amount.currency,
        },
    )


def stopped(stop: Stop) -> Record:
    """The brakes were put on."""
    return Record(
        kind=K.STOPPED,
        at=stop.at,
        debtor="",
        data={"scope": stop.scope.value, "value": stop.value, "by": stop.by, "why": stop.why},
    )


def resumed(stop: Stop, at: datetime, by: str) -> Record:
    """The brakes were taken off."""
    return Record(
        kind=K.RESUMED, at=at, debtor="", data={"scope": stop.scope.value, "value": stop.value, "by": by}
    )


def shredded(subject: str, gone: Shredded, at: datetime, by: str) -> Record:
    """A person's key, sealed values and index were deleted."""
    return Record(
        kind=K.SHREDDED,
        at=at,
        debtor=subject,
        data={"by": by, "keys": gone.keys, "fields": gone.fields, "tags": gone.tags},
    )


def swept(until: datetime, gone: int, at: datetime, by: str) -> Record:
    """Sealed values whose period had ended were deleted."""
    return Record(kind=K.SWEPT, at=at, debtor="", data={"by": by, "until": until.isoformat(), "fields": gone})


def _of(kind: RecordKind, attempt: AttemptRecord, at: datetime, **data: Json) -> Record:
    return Record(
        kind=kind,
        at=at,
        debtor=attempt.debtor,
        loan_id=attempt.loan_id or "",
        step_key=attempt.step_key,
        data=data,
    )


def _named(told: Consent | Revocation, source_id: str) -> dict[str, Json]:
    return {
        "source_id": source_id,
        "purposes": tuple(sorted(one.value for one in told.purposes)),
        "channels": tuple(sorted(one.value for one in told.channels)),
        "scopes": tuple(sorted(one.value for one in told.scopes)),
    }

"""How an attempt moves from state to state, as a table; whatever is not in it changes nothing.

The provider's answer settles an open attempt; a receipt proves that the provider had the message; a person
settles an unknown; a silent holder's attempt turns unknown.

>>> settled(AttemptState.ATTEMPTING, Rejected("E1"), None)
<AttemptState.REJECTED: 'rejected'>
>>> settled(AttemptState.ACCEPTED, Rejected("E1"), None) is None
True
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Rejected, SubmitResult, Unknown
from loansms.stores.claims import AttemptRecord, AttemptState

S = AttemptState

# A receipt that says anything at all about a message proves that the provider had taken it; a refusal is
# overturned by nothing less than a delivery.
_PROVED = {
    (S.UNKNOWN, DeliveryStatus.DELIVERED): S.ACCEPTED,
    (S.UNKNOWN, DeliveryStatus.UNDELIVERED): S.ACCEPTED,
    (S.UNKNOWN, DeliveryStatus.EXPIRED): S.ACCEPTED,
    (S.UNKNOWN, DeliveryStatus.REJECTED): S.ACCEPTED,
    (S.UNKNOWN, DeliveryStatus.PARTIAL): S.ACCEPTED,
    (S.UNKNOWN, DeliveryStatus.ACCEPTED): S.ACCEPTED,
    (S.REJECTED, DeliveryStatus.DELIVERED): S.ACCEPTED,
    (S.REJECTED_RETRYABLE, DeliveryStatus.DELIVERED): S.ACCEPTED,
}


def proved(state: AttemptState, delivery: DeliveryStatus | None) -> AttemptState:
    """Return what `state` becomes once a receipt said `delivery` (None = no receipt yet)."""
    return state if delivery is None else _PROVED.get((state, delivery), state)


def settled(
    state: AttemptState, result: SubmitResult, delivery: DeliveryStatus | None
) -> AttemptState | None:
    """Return what the provider's answer makes of `state`, None when it was settled before.

    A late "accepted" is kept even when the step was given up as not sent: it must not be sent anew.
    """
    late_truth = state is S.REJECTED_RETRYABLE and isinstance(result, Accepted)
    if not (state.is_open or late_truth):
        return None
    match result:
        case Accepted():
            return S.ACCEPTED
        case Rejected(retryable=retryable):
            return proved(S.REJECTED_RETRYABLE if retryable else S.REJECTED, delivery)
        case Unknown():
            return proved(S.UNKNOWN, delivery)


def resolved(state: AttemptState, sent: bool) -> AttemptState | None:
    """Return what a person's decision makes of `state`: only an unknown is theirs to decide."""
    if state is not S.UNKNOWN:
        return None
    return S.ACCEPTED if sent else S.REJECTED_RETRYABLE


def finished(record: AttemptRecord, result: SubmitResult, at: datetime) -> AttemptRecord | None:
    """Return the record after the provider's answer, None when it was settled before."""
    state = settled(record.state, result, record.delivery)
    if state is None:
        return None
    match result:
        case Accepted(provider_message_id=provider_message_id):
            return evolve(
                record, state=state, finished_at=at, provider_message_id=provider_message_id, code=""
            )
        case Rejected(code=code) | Unknown(cause=code):
            return evolve(record, state=state, finished_at=at, code=code)


def received(record: AttemptRecord, receipt: DeliveryReceipt) -> AttemptRecord:
    """Return the record after a receipt: delivered is final, else the latest word stands.

    A report on the way says nothing that any other report had not said already.
    """
    told = record.delivery
    stale = record.delivery_at is not None and receipt.at < record.delivery_at
    stale |= told is not None and receipt.status is DeliveryStatus.ACCEPTED
    if told is DeliveryStatus.DELIVERED or (stale and receipt.status is not DeliveryStatus.DELIVERED):
        return record
    return evolve(
        record,
        state=proved(record.state, receipt.status),
        provider_message_id=record.provider_message_id or receipt.provider_message_id,
        delivery=receipt.status,
        delivery_at=receipt.at,
        delivery_code=receipt.raw_code,
    )


def whole(parts: Iterable[DeliveryStatus | None]) -> DeliveryStatus | None:
    """Return what the reports of a message's segments say together (None of one: not reported yet); None for nothing.

    >>> whole([DeliveryStatus.DELIVERED, None]), whole([DeliveryStatus.DELIVERED, DeliveryStatus.EXPIRED])
    (<DeliveryStatus.ACCEPTED: 'accepted'>, <DeliveryStatus.PARTIAL: 'partial'>)
    """
    told = list(parts)
    known = [one for one in told if one is not None]
    final = [one for one in known if one is not DeliveryStatus.ACCEPTED]
    if not known:
        return None
    if len(final) < len(told):
        return DeliveryStatus.ACCEPTED
    if DeliveryStatus.DELIVERED not in final:
        return final[0]
    same = all(one is DeliveryStatus.DELIVERED for one in final)
    return DeliveryStatus.DELIVERED if same else DeliveryStatus.PARTIAL


def expired(record: AttemptRecord) -> AttemptRecord:
    """Return an attempt after its lease ran out: unknown, unless a receipt has proved it."""
    return evolve(record, state=proved(S.UNKNOWN, record.delivery), code="lease_expired")


def parts_of(result: SubmitResult) -> tuple[str, ...]:
    """Return the ids of a message's segments where each is reported on by itself: none for a single one."""
    return result.parts if isinstance(result, Accepted) and len(result.parts) > 1 else ()

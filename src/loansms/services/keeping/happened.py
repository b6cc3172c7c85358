"""What the outside is told of: the journal's records as events in the words of a lender's own systems.

>>> from datetime import UTC, datetime
>>> from loansms.model import Entry
>>> told = Record(kind=RecordKind.FINISHED, at=datetime(2026, 9, 24, tzinfo=UTC), debtor="bank|B-1", data={"state": "accepted"})
>>> event_of(7, told).what
<Happened.SENT: 'sent'>
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from attrs import field, frozen

from loansms.model import Json, Record, RecordKind


class Happened(StrEnum):
    """What happened, as a host's systems ask about it."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REPLIED = "replied"
    HELD = "held"
    RELEASED = "released"
    PAID = "paid"
    OPTED_OUT = "opted_out"
    CONSENTED = "consented"
    CASE_OPENED = "case_opened"
    STOPPED = "stopped"
    RESUMED = "resumed"


@frozen(kw_only=True)
class LedgerEvent:
    """One event: its place in the journal (rising, the same on every delivery), what, when, about whom and which loan.

    ``told`` is the record's own data: ids, codes and masked words, no phone, name or text.
    """

    place: int
    what: Happened
    at: datetime
    debtor: str
    loan_id: str
    step_key: str
    told: Mapping[str, Json] = field(repr=False)


class EventSink(Protocol):
    """Where events go: a queue, a webhook, a table of the host's."""

    def put(self, events: Sequence[LedgerEvent]) -> None:
        """Take events in, in the order of their places; an exception means none of them was taken.

        The same place may come again after a crash: keep it once.
        """
        ...


class AsyncEventSink(Protocol):
    """The same, awaited."""

    async def put(self, events: Sequence[LedgerEvent]) -> None: ...  # noqa: D102


_STATES: Final = {
    "accepted": Happened.SENT,
    "rejected": Happened.REFUSED,
    "rejected_retryable": Happened.REFUSED,
    "unknown": Happened.UNKNOWN,
}
_KINDS: Final = {
    RecordKind.EXPIRED: Happened.UNKNOWN,
    RecordKind.REPLY: Happened.REPLIED,
    RecordKind.HELD: Happened.HELD,
    RecordKind.RELEASED: Happened.RELEASED,
    RecordKind.PAID: Happened.PAID,
    RecordKind.SUPPRESSED: Happened.OPTED_OUT,
    RecordKind.REVOKED: Happened.OPTED_OUT,
    RecordKind.CONSENTED: Happened.CONSENTED,
    RecordKind.CASE: Happened.CASE_OPENED,
    RecordKind.STOPPED: Happened.STOPPED,
    RecordKind.RESUMED: Happened.RESUMED,
}


def event_of(place: int, record: Record) -> LedgerEvent | None:
    """Return the event a record is, None for one that nobody outside waits for."""
    what = _what(record)
    if what is None:
        return None
    return LedgerEvent(
        place=place,
        what=what,
        at=record.at,
        debtor=record.debtor,
        loan_id=record.loan_id,
        step_key=record.step_key,
        told=record.data,
    )


def _what(record: Record) -> Happened | None:
    if record.kind is RecordKind.FINISHED:
        # A step that another loan's message told was not sent by itself.
        return None if record.data.get("code") == "joined" else _STATES.get(str(record.data.get("state")))
    if record.kind is RecordKind.RECEIPT:
        status = record.data.get("status")
        if status == "delivered":
            return Happened.DELIVERED
        return None if status in ("accepted", "unknown") else Happened.UNDELIVERED
    if record.kind is RecordKind.RESOLVED:
        return Happened.SENT if record.data.get("sent") else Happened.REFUSED
    return _KINDS.get(record.kind)

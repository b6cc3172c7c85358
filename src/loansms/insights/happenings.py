"""What happens in a simulation, one line each: by loan and day, without a name, a number or a text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from loansms.model import Channel, Reason
from loansms.planning import PlanRow


class Happening(StrEnum):
    """What can happen to a loan on a simulated day."""

    MESSAGE = "message"
    JOINED = "joined"
    HANDOVER = "handover"
    DEFERRED = "deferred"
    DENIED = "denied"
    DELIVERED = "delivered"
    READ = "read"
    REPLY = "reply"
    OPT_OUT = "opt_out"
    PROMISE = "promise"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PAYMENT = "payment"
    PART_PAYMENT = "part_payment"


KEPT_BACK = (Happening.DEFERRED, Happening.DENIED)


@frozen(kw_only=True)
class Event:
    """One thing that happened to one loan on one day.

    A step that is kept back counts once for each of its reasons, on the first day it is told; ``capped`` says that a
    frequency cap was among them. ``at`` is the instant of a message or a handover, ``segments`` are those of a message,
    ``amount`` that of a payment.
    """

    day: date
    loan_id: str
    what: Happening
    stage: str = ""
    step: str = ""
    channel: str = ""
    recipient: str = ""
    reason: Reason | None = None
    capped: bool = False
    segments: int = 0
    amount: Decimal | None = None
    at: datetime | None = None


def of_row(
    row: PlanRow, day: date, what: Happening, *, capped: bool = False, at: datetime | None = None
) -> Event:
    """Return what happened to a planned row."""
    return Event(
        day=day,
        loan_id=row.loan_id,
        what=what,
        stage=row.stage,
        step=row.step,
        channel=(row.channel or Channel.SMS).value,
        recipient=row.recipient.value,
        reason=row.reasons[0] if what in KEPT_BACK else None,
        capped=capped,
        at=at,
        segments=(row.segments or 0) if what is Happening.MESSAGE else 0,
    )

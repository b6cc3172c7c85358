"""What a provider said, and what came back later.

Accepted is not delivered; Rejected is definitely not sent; Unknown is everything in between (a time-out
after the first byte, a 5xx, a lost socket) and is never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from loansms.privacy import Secret


@frozen
class Accepted:
    """The provider took the message under its own id."""

    provider_message_id: str


@frozen
class Rejected:
    """The provider definitely did not send it; `code` is the provider's own code, never its text."""

    code: str
    retryable: bool = False


@frozen
class Unknown:
    """Nobody can know yet whether it was sent; `cause` is our word for what happened."""

    cause: str


SubmitResult = Accepted | Rejected | Unknown


class DeliveryStatus(StrEnum):
    """The final word of a delivery receipt; an unmapped provider word is UNKNOWN."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class DeliveryReceipt:
    """A later report on one message; `raw_code` keeps the provider's own word."""

    provider_message_id: str
    step_key: str | None
    status: DeliveryStatus
    at: datetime
    raw_code: str = ""


@frozen(kw_only=True)
class InboundMessage:
    """A message from a handset; `reply_to` is the step key it answers, where the provider knows."""

    borrower_id: str | None
    text: Secret[str]
    received_at: datetime
    reply_to: str | None = None

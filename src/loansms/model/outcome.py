"""What a provider said, and what came back later.

Accepted is not delivered; Rejected is definitely not sent; Unknown is everything in between (a time-out
after the first byte, a 5xx, a lost socket) and is never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from loansms.model.kept_code import kept_code
from loansms.model.phone import PhoneNumber
from loansms.privacy import Secret


class OutcomeClass(StrEnum):
    """What a provider's code means to the one who sent: whatever a gateway says becomes one of eleven.

    A code that no table knows is UNKNOWN, its raw word kept.
    """

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED_PERMANENT = "failed_permanent"
    FAILED_RETRYABLE = "failed_retryable"
    UNKNOWN = "unknown"
    RATE_LIMITED = "rate_limited"
    OPTED_OUT = "opted_out"
    INVALID_NUMBER = "invalid_number"
    TEMPLATE_REJECTED = "template_rejected"
    AUTH_ERROR = "auth_error"
    BALANCE = "balance"


@frozen
class Accepted:
    """The provider took the message under its own id.

    ``parts`` are the ids of its segments where each has one and is reported on by itself, ``segments`` how many the
    provider bills, where it says so. ``provider`` is the one a router handed it to, "" where nobody chose.
    """

    provider_message_id: str
    parts: tuple[str, ...] = field(default=(), repr=False)
    segments: int | None = field(default=None, repr=False)
    provider: str = field(default="", eq=False, repr=False)


@frozen
class Rejected:
    """The provider definitely did not send it; `code` is the provider's own code, never its text.

    ``kind`` says what it means (None: nobody knows more than `retryable` says), ``retry_after`` how long to wait where the
    provider says so, ``per_number`` that a limit of the recipient's number was met: no other road may go round it.
    ``access`` says what was wrong with ours where it let nobody in: "secret", "address", "version", "clock", "permission", or
    "connections" (it has as many as it takes). ``provider`` is the one a router asked last.
    """

    code: str
    retryable: bool = False
    kind: OutcomeClass | None = field(default=None, repr=False)
    retry_after: timedelta | None = field(default=None, repr=False)
    per_number: bool = field(default=False, repr=False)
    access: str = field(default="", repr=False)
    provider: str = field(default="", eq=False, repr=False)


@frozen
class Unknown:
    """Nobody can know yet whether it was sent; `cause` is our word for what happened, ``provider`` whom a router asked."""

    cause: str
    provider: str = field(default="", eq=False, repr=False)


SubmitResult = Accepted | Rejected | Unknown
"""The answer to one submission: the provider took it, it certainly did not, or nobody can know."""


class DeliveryStatus(StrEnum):
    """The word of a delivery receipt; an unmapped provider word is UNKNOWN, PARTIAL that not all segments arrived.

    ACCEPTED is a report on the way, such as "handed to the next gateway": it settles nothing.
    """

    DELIVERED = "delivered"
    PARTIAL = "partial"
    ACCEPTED = "accepted"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class DeliveryReceipt:
    """A later report on one message; `raw_code` keeps the provider's own word (never a sentence: it may
    quote the number), ``raw`` all it said.

    ``provider_message_id`` may be the id of one segment (`Accepted.parts`). ``phone`` is the number it speaks of where
    the provider names it: a report that nobody signed must agree with it. ``kind`` is what the code means. ``leg`` says
    which of two ways a message with a fallback arrived by or failed on, "card" or "text", "" where it has one or nobody tells.
    """

    provider_message_id: str
    step_key: str | None
    status: DeliveryStatus
    at: datetime
    raw_code: str = field(default="", converter=kept_code)
    kind: OutcomeClass | None = None
    phone: PhoneNumber | None = None
    segments: int | None = None
    leg: str = field(default="", repr=False)
    raw: Secret[str] | None = field(default=None, repr=False)


@frozen(kw_only=True)
class InboundMessage:
    """A message from a handset; `reply_to` is the step key it answers, where the provider knows.

    ``phone`` is the number it came from, ``access_code`` the number it was sent to (with its extension), ``provider_id`` the
    provider's id of it: the same one may come twice.
    """

    borrower_id: str | None
    text: Secret[str]
    received_at: datetime
    reply_to: str | None = None
    phone: PhoneNumber | None = None
    access_code: str = ""
    provider_id: str = ""
    raw: Secret[str] | None = field(default=None, repr=False)

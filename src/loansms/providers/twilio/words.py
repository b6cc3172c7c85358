"""Twilio's words as ours: statuses of messages and calls, and what an answer's document may hold.

Sources: the vendor's Python library (api.v2010: message, call, balance) and its pages on message status callbacks and
errors, state of 2026-11. Error codes are in data/codes.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias, cast
from urllib.parse import parse_qs

from loansms.model import DeliveryStatus, OutcomeClass
from loansms.providers.taxonomy import meaning

Document: TypeAlias = Mapping[str, object]
Form: TypeAlias = Mapping[str, list[str]]

STATUSES: Final = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.ACCEPTED,
    "sending": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.ACCEPTED,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "partially_delivered": DeliveryStatus.PARTIAL,
    "undelivered": DeliveryStatus.UNDELIVERED,
    "failed": DeliveryStatus.UNDELIVERED,
    "canceled": DeliveryStatus.REJECTED,
    # Calls: "completed" says that somebody, or a machine, took the call.
    "initiated": DeliveryStatus.ACCEPTED,
    "ringing": DeliveryStatus.ACCEPTED,
    "in-progress": DeliveryStatus.ACCEPTED,
    "completed": DeliveryStatus.DELIVERED,
    "busy": DeliveryStatus.UNDELIVERED,
    "no-answer": DeliveryStatus.UNDELIVERED,
}
INBOUND: Final = frozenset({"received", "receiving"})
_CALLS: Final = {
    "initiated": OutcomeClass.ACCEPTED,
    "ringing": OutcomeClass.ACCEPTED,
    "in-progress": OutcomeClass.ACCEPTED,
    "completed": OutcomeClass.DELIVERED,
    "busy": OutcomeClass.FAILED_RETRYABLE,
    "no-answer": OutcomeClass.FAILED_RETRYABLE,
}
_SID = re.compile(r"[A-Z]{2}[0-9A-Za-z]{1,62}", re.ASCII)
_CODE = re.compile(r"[0-9]{1,6}", re.ASCII)
_WORD = re.compile(r"[a-z_-]{1,32}", re.ASCII)
_MOST_FIELDS = 200  # a callback has some twenty


def document(body: bytes) -> Document | None:
    """Return the JSON object `body` is, None where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("Document", told) if isinstance(told, dict) else None


def form(body: bytes) -> Form | None:
    """Return the fields of a form, None where it is none."""
    try:
        return parse_qs(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return None


def sid_of(told: object) -> str:
    """Return an id of Twilio's, "" where `told` is none."""
    return told if isinstance(told, str) and _SID.fullmatch(told) else ""


def code_of(told: object) -> str:
    """Return an error code, a whole number there, as text; "" where `told` is none."""
    if isinstance(told, bool):
        return ""
    text = str(told) if isinstance(told, int | str) else ""
    return text if _CODE.fullmatch(text) and text != "0" else ""


def count_of(told: object) -> int | None:
    """Return how many segments there are; None for 0, which says that it is not known yet."""
    text = str(told) if isinstance(told, int | str) and not isinstance(told, bool) else ""
    return int(text) or None if _CODE.fullmatch(text) else None


def kind_of(status: str, code: str) -> OutcomeClass:
    """Return what a status means; the error code says more where one came with a failure.

    >>> kind_of("undelivered", "30005"), kind_of("delivered", ""), kind_of("undelivered", "39999")
    (<OutcomeClass.INVALID_NUMBER: 'invalid_number'>, <OutcomeClass.DELIVERED: 'delivered'>, \
<OutcomeClass.UNKNOWN: 'unknown'>)
    """
    if code and STATUSES.get(status) is DeliveryStatus.UNDELIVERED:
        return meaning("twilio", code).kind
    return meaning("twilio", status, _CALLS).kind


def moment(told: object) -> datetime | None:
    """Return a time of Twilio's (RFC 2822, as in "Thu, 24 Sep 2026 02:00:07 +0000"), None where `told` is none."""
    try:
        found = parsedate_to_datetime(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def word(status: str) -> str:
    """Return a status as a code that may be kept: short and ASCII, else "unreadable_status"."""
    return status if _WORD.fullmatch(status) else "unreadable_status"

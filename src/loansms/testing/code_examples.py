"""Made-up challenges, buckets and limits for tests of stores of codes; nobody real stands behind them.

>>> new(challenge("other"), lives=MINUTE).lives
60000000
>>> len(blind("a subject")), len(tag_of("a code")), len(challenge("c"))
(32, 32, 28)
"""

from __future__ import annotations

import hashlib
from typing import Any

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import SECOND, FailureLimits
from loansms.otp.challenge import NewChallenge

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
INSTANT = 1
"""The smallest step of time a store tells apart."""

LIMITS = FailureLimits(failures=5, window=15 * MINUTE, ceiling=10, reserve=2, lane=2)
"""Five failures in a quarter of an hour, ten in a day, two of them kept for known devices, two a device."""


def challenge(name: str) -> str:
    """Return the id of an example challenge, of the form a service makes."""
    return f"v1.k1.{name:A<22}"


def blind(value: str) -> str:
    """Return what stands in a store for `value`: 32 hex digits."""
    return hashlib.sha256(value.encode()).hexdigest()[:32]


def tag_of(value: str) -> bytes:
    """Return the 32 bytes that stand in a store for a code or a grant."""
    return hashlib.sha256(value.encode()).digest()


CODE = challenge("c")
RIGHT = tag_of("the right code")
WRONG = tag_of("another code")
GRANT = tag_of("the grant")
OTHER = blind("another borrower")
PERSON = blind("the borrower and the action")


def new(challenge_id: str = CODE, **changes: Any) -> NewChallenge:
    """Return an example challenge that lives five minutes, with the given fields changed."""
    fields: dict[str, Any] = {
        "id": challenge_id,
        "budgets": (PERSON,),
        "tag": RIGHT,
        "sealed": b"sealed",
        "lives": 5 * MINUTE,
    }
    return NewChallenge(**{**fields, **changes})


def bucket(
    name: str, *limits: tuple[int, int], slot: int = 0, guard: Guard | None = None, of: str = ""
) -> Bucket:
    """Return a bucket with the given (count, window) limits; `of` tells two of one name apart."""
    return Bucket(name, blind(f"{name} {of}"), tuple([Limit(*one) for one in limits]), slot, guard)

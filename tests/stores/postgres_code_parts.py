"""What the tests of codes in PostgreSQL share: limits, a challenge, an attempt, a bucket, a grant."""

from __future__ import annotations

from typing import Any

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Attempt, NewChallenge
from loansms.otp.verdict import VerdictKind
from loansms.stores import PostgresStore

NOW = 1_800_000_000 * SECOND
MINUTE = 60 * SECOND
LIMITS = FailureLimits(
    failures=3, window=10 * MINUTE, ceiling=6, reserve=1, lane=1, known=2, known_for=2 * DAY
)
ROOMY = FailureLimits(failures=200, window=MINUTE, ceiling=500, reserve=1, lane=1)
RIGHT = b"right" * 6
GRANT = b"grant" * 6


def new(name: str, budgets: tuple[str, ...] = ("b",), **changes: Any) -> NewChallenge:
    kept: dict[str, Any] = {
        "tag": RIGHT,
        "sealed": b"sealed",
        "lives": 5 * MINUTE,
        "line": "l",
        "device": "d",
    }
    return NewChallenge(id=name, budgets=budgets, **{**kept, **changes})


def attempt(tag: bytes = RIGHT, device: str = "d") -> Attempt:
    return Attempt(tag=tag, device=device, grant=GRANT, grant_lives=MINUTE)


def bucket(name: str, count: int, window: int = MINUTE, slot: int = 0, guard: Guard | None = None) -> Bucket:
    return Bucket(name, name, (Limit(count, window),), slot, guard)


def granted(store: PostgresStore, name: str) -> None:
    store.open_challenge(new(name, (name,)), [], LIMITS)
    assert store.check_code(name, attempt(), LIMITS).kind is VerdictKind.ACCEPTED

"""What the tests of codes in Redis share: limits, buckets, a challenge, attempts, every verb, a tenant for each store."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable

from attrs import evolve

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import SECOND, FailureLimits
from loansms.otp.challenge import Attempt, NewChallenge
from loansms.stores._sync.redis import RedisStore

MINUTE = 60 * SECOND
NOON = 1_790_000_000 * SECOND
LIMITS = FailureLimits(failures=3, window=10 * MINUTE, ceiling=5, reserve=1, lane=1, known=2)
TIGHT = evolve(LIMITS, failures=1, lane=0, reserve=0, known=1, known_for=30 * MINUTE)
PLAIN = Bucket("phone", "p", (Limit(1, MINUTE), Limit(3, 60 * MINUTE)))
BUCKETS = (
    PLAIN,
    Bucket("country", "c", (Limit(4, 10 * MINUTE),), slot=MINUTE),
    Bucket("prefix", "x", (Limit(2, 10 * MINUTE), Limit(3, 60 * MINUTE)), slot=MINUTE, guard=Guard(50)),
    Bucket("address", "i", (Limit(1, 30 * MINUTE),), guard=Guard(100, shadow=True)),
)
RIGHT = Attempt(tag=b"right", device="d1", grant=b"grant", grant_lives=MINUTE)
WRONG = evolve(RIGHT, tag=b"wrong")
TENANTS = (f"t{os.getpid()}-{number}" for number in itertools.count())


def new(challenge_id: str = "c0", **changes: object) -> NewChallenge:
    plain = NewChallenge(
        id=challenge_id, budgets=("b1",), tag=b"right", sealed=b"s\x00\xff", lives=5 * MINUTE
    )
    return evolve(plain, **changes)


def verbs(store: RedisStore) -> list[Callable[[], object]]:
    return [
        lambda: store.open_challenge(new(), BUCKETS, LIMITS),
        lambda: store.load_challenge("c0"),
        lambda: store.resend_challenge("c0", BUCKETS, LIMITS, left=0),
        lambda: store.take_send("c0", 1),
        lambda: store.refund_send("c0", 1, BUCKETS),
        lambda: store.check_code("c0", RIGHT, LIMITS),
        lambda: store.redeem_grant("c0", b"grant"),
    ]

"""The bare work of a code: five buckets, a derived code and its tag, one act of the store; no words, no provider.

This is what a bar of 60 and 20 microseconds was set for: admission of five buckets, store and MAC; tags and check.
"""

from __future__ import annotations

import itertools

from code_desk import FIVE_BUCKETS, Borrower

from loansms.otp import VerdictKind, codes
from loansms.otp.buckets import buckets_for, budget_ids
from loansms.otp.challenge import Attempt, NewChallenge
from loansms.otp.codes import Bound
from loansms.privacy import KeyRing
from loansms.stores import MemoryStore, Sent

LIVES = 300_000_000


class Parts:
    """The core of issue and verify over a store in memory."""

    def __init__(self) -> None:
        self._ring = KeyRing({"k1": b"1" * 32}, current="k1", index={"i1": b"i" * 32})
        self._store = MemoryStore()
        self._limits = FIVE_BUCKETS.failure_limits
        self._count = itertools.count()
        self.out: list[tuple[str, Bound, str]] = []

    def issue(self, one: Borrower) -> None:
        ring = self._ring
        challenge_id = codes.new_id("k1", next(self._count).to_bytes(16, "big"))
        bound = Bound(subject=one.subject, action="login", transaction="")
        code = codes.derive(ring, challenge_id, bound, phone=one.phone.e164, digits=6)
        new = NewChallenge(
            id=challenge_id,
            budgets=budget_ids(ring, "t", one.subject, "login", True),
            tag=codes.tag(ring, challenge_id, bound, code),
            sealed=b"",
            lives=LIVES,
        )
        asked = buckets_for(
            FIVE_BUCKETS, ring, tenant="t", phone=one.phone, action="login", confirmed=True, client=one.client
        )
        if not isinstance(self._store.open_challenge(new, asked, self._limits), Sent):
            raise AssertionError("the benchmark measures codes that are admitted")
        self.out.append((challenge_id, bound, code))

    def verify(self, one: tuple[str, Bound, str]) -> None:
        challenge_id, bound, code = one
        grant_id = codes.new_grant(challenge_id, next(self._count).to_bytes(16, "big"))
        tag, grant = codes.both_tags(self._ring, "k1", challenge_id, grant_id, bound, code)
        answer = self._store.check_code(
            challenge_id, Attempt(tag=tag, grant=grant, grant_lives=LIVES), self._limits
        )
        if answer.kind is not VerdictKind.ACCEPTED:
            raise AssertionError("the benchmark measures right codes")

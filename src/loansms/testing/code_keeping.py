"""Checks of forgetting: what no rule needs goes, what a rule still needs stays."""

from __future__ import annotations

from attrs import evolve

from loansms.otp.admission import NoRoom
from loansms.otp.budget import DAY
from loansms.otp.challenge import State
from loansms.otp.verdict import VerdictKind
from loansms.testing.code_case import CodeCase, locked_until, sent
from loansms.testing.code_examples import (
    CODE,
    INSTANT,
    LIMITS,
    MINUTE,
    RIGHT,
    WRONG,
    blind,
    bucket,
    challenge,
)

HELD = challenge("held")
MINE = blind("the borrower's device")


class KeepingChecks(CodeCase):
    """Forgetting changes no answer."""

    def test_an_empty_store_forgets_nothing(self) -> None:
        """There is nothing to count."""
        with self.opened() as desk:
            assert desk.store.forget_codes(desk.now) == 0

    def test_a_challenge_is_kept_for_a_day_after_its_end(self) -> None:
        """Until then its answers stay what they were; after that it is unknown."""
        with self.opened() as desk:
            sent(desk.open())
            before = desk.load()
            desk.wait(5 * MINUTE + DAY - INSTANT)
            desk.store.forget_codes(desk.now)
            assert desk.load() == before
            assert desk.kind() is VerdictKind.EXPIRED
            desk.wait(INSTANT)
            forgotten = desk.store.forget_codes(desk.now)
            assert (forgotten == 0) is self.own_expiry
            if not self.own_expiry:
                assert desk.store.load_challenge(CODE) is None
                assert desk.kind() is VerdictKind.UNKNOWN

    def test_a_challenge_is_kept_for_a_day_after_its_grant(self) -> None:
        """A grant that outlives its code can be redeemed, and is told as used afterwards."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check(grant_lives=3 * DAY)
            desk.wait(3 * DAY - INSTANT)
            desk.store.forget_codes(desk.now)
            assert desk.redeem()
            desk.wait(DAY)
            desk.store.forget_codes(desk.now)
            assert desk.load().state is State.USED
            assert not desk.redeem()

    def test_failures_are_kept_for_their_day(self) -> None:
        """Forgetting resets no ceiling."""
        with self.opened(evolve(LIMITS, failures=8, known_for=60 * MINUTE)) as desk:
            sent(desk.open(lives=DAY))
            desk.guess(8)
            desk.wait(DAY - INSTANT)
            desk.store.forget_codes(desk.now)
            assert locked_until(desk.open(HELD)) == desk.now + INSTANT
            desk.wait(INSTANT)
            desk.store.forget_codes(desk.now)
            sent(desk.open(HELD))

    def test_known_devices_are_kept_for_their_time(self) -> None:
        """Weeks later, with nothing else to keep, the borrower's device still has its lane."""
        with self.opened() as desk:
            sent(desk.open(device=MINE))
            assert desk.kind(device=MINE) is VerdictKind.ACCEPTED
            desk.wait(LIMITS.known_for - INSTANT)
            desk.store.forget_codes(desk.now)
            sent(desk.open(HELD))
            desk.guess(5, HELD)
            assert desk.kind(RIGHT, HELD, device=MINE) is VerdictKind.ACCEPTED

    def test_the_newest_of_a_line_is_kept(self) -> None:
        """Forgetting brings no superseded code back."""
        with self.opened() as desk:
            sent(desk.open(CODE, line="l", lives=3 * DAY))
            sent(desk.open(HELD, line="l", lives=MINUTE))
            desk.wait(DAY + 2 * MINUTE)
            desk.store.forget_codes(desk.now)
            assert desk.kind() is VerdictKind.SUPERSEDED

    def test_a_bucket_is_kept_for_its_longest_window(self) -> None:
        """To the instant, with its slot."""
        rounded = bucket("country", (1, MINUTE), (1, 2 * DAY), slot=10 * MINUTE)
        with self.opened() as desk:
            desk.wait(-desk.now % (10 * MINUTE) + INSTANT)
            until = desk.now - INSTANT + 10 * MINUTE + 2 * DAY
            sent(desk.open(CODE, rounded))
            desk.wait(until - desk.now - INSTANT)
            desk.store.forget_codes(desk.now)
            assert desk.open(HELD, rounded) == NoRoom("country", until)
            desk.wait(INSTANT)
            desk.store.forget_codes(desk.now)
            sent(desk.open(HELD, rounded))

    def test_what_happened_before_a_step_back_is_kept(self) -> None:
        """A later write at an earlier time shortens nothing."""
        one = bucket("phone", (2, 3 * DAY))
        with self.opened(evolve(LIMITS, failures=8, known_for=MINUTE)) as desk:
            desk.wait(120 * MINUTE)
            start = desk.now
            sent(desk.open(CODE, one, lives=5 * DAY))
            desk.guess(7)
            desk.wait(-60 * MINUTE)
            sent(desk.open(HELD, one, lives=5 * DAY, line="h"))
            assert desk.check(WRONG, HELD).kind is VerdictKind.WRONG
            desk.wait(DAY + 30 * MINUTE)
            desk.store.forget_codes(desk.now)
            assert desk.guess(2, HELD) == [VerdictKind.WRONG, VerdictKind.LOCKED]
            desk.wait(start + 3 * DAY - INSTANT - desk.now)
            desk.store.forget_codes(desk.now)
            third = bucket("phone", (1, 3 * DAY))
            assert desk.open(challenge("third"), third) == NoRoom("phone", start + 3 * DAY)

    def test_a_refund_after_forgetting_leaves_nothing_behind(self) -> None:
        """Buckets and budgets that are gone do not come back."""
        one = bucket("phone", (1, MINUTE))
        with self.opened(evolve(LIMITS, known_for=MINUTE)) as desk:
            sent(desk.open(CODE, one, lives=5 * DAY))
            desk.wait(2 * DAY)
            desk.store.forget_codes(desk.now)
            assert desk.store.refund_send(CODE, 1, [one])
            assert desk.load().state is State.VOID
            desk.wait(10 * DAY)
            assert desk.store.forget_codes(desk.now) == int(not self.own_expiry)

"""Checks of verdicts and grants: what each answer is, what it costs, and that a grant is redeemed once."""

from __future__ import annotations

from attrs import evolve

from loansms.otp.challenge import Checked, State
from loansms.otp.verdict import VerdictKind
from loansms.testing.code_case import CodeCase, sent
from loansms.testing.code_examples import (
    CODE,
    GRANT,
    INSTANT,
    LIMITS,
    MINUTE,
    OTHER,
    PERSON,
    RIGHT,
    WRONG,
    challenge,
    tag_of,
)

MORE = challenge("more")


class VerdictChecks(CodeCase):
    """Counted before it is compared, and right once."""

    def test_a_right_code_is_accepted_once(self) -> None:
        """The second time it is told as used, and costs no attempt."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.check() == Checked(kind=VerdictKind.ACCEPTED, at=desk.now)
            assert desk.load().state is State.USED
            for _ in range(LIMITS.ceiling + 1):
                assert desk.check() == Checked(kind=VerdictKind.SUPERSEDED, at=desk.now)

    def test_a_used_code_tells_nothing_of_a_wrong_one(self) -> None:
        """Once used, a wrong and a right code get the same answer."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.kind() is VerdictKind.ACCEPTED
            assert desk.check(WRONG) == desk.check(RIGHT)

    def test_a_wrong_code_is_counted(self) -> None:
        """The fifth is compared, the sixth is not, right or wrong."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.check(WRONG) == Checked(kind=VerdictKind.WRONG, at=desk.now)
            assert desk.guess(4) == [VerdictKind.WRONG] * 4
            locked = Checked(kind=VerdictKind.LOCKED, at=desk.now, retry_at=desk.now + LIMITS.window)
            assert desk.check(WRONG) == locked
            assert desk.check(RIGHT) == locked
            assert desk.load().state is State.OPEN

    def test_the_fifth_attempt_may_still_be_right(self) -> None:
        """Four failures lock nothing."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(4)
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_what_cannot_be_a_code_is_counted(self) -> None:
        """The empty tag of what is no code at all costs an attempt like any other."""
        with self.opened() as desk:
            sent(desk.open())
            kinds = [desk.kind(b"") for _ in range(6)]
            assert kinds == [VerdictKind.WRONG] * 5 + [VerdictKind.LOCKED]

    def test_nearly_the_right_tag_is_wrong(self) -> None:
        """A prefix, a longer one, a byte changed at either end."""
        near = (
            RIGHT[:-1],
            RIGHT + b"\0",
            bytes([RIGHT[0] ^ 1]) + RIGHT[1:],
            RIGHT[:-1] + bytes([RIGHT[-1] ^ 1]),
        )
        with self.opened() as desk:
            sent(desk.open())
            assert [desk.kind(tag) for tag in near] == [VerdictKind.WRONG] * 4

    def test_another_challenges_code_is_wrong_here(self) -> None:
        """And the attempt is charged to the challenge that was named, not to the one it belongs to."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.open(MORE, budgets=(OTHER,), tag=tag_of("theirs")))
            assert [desk.kind(tag_of("theirs")) for _ in range(6)][4:] == [
                VerdictKind.WRONG,
                VerdictKind.LOCKED,
            ]
            assert desk.guess(5, MORE) == [VerdictKind.WRONG] * 5

    def test_an_unknown_challenge_is_told_and_costs_nobody(self) -> None:
        """No budget is charged for an id that is none."""
        with self.opened() as desk:
            for unknown in (MORE, "", "none", "'; --"):
                assert desk.check(RIGHT, unknown) == Checked(kind=VerdictKind.UNKNOWN, at=desk.now)
            sent(desk.open())
            assert desk.guess(5) == [VerdictKind.WRONG] * 5

    def test_a_code_ends_at_the_very_instant(self) -> None:
        """The last microsecond counts, the next does not, and costs no attempt."""
        with self.opened() as desk:
            sent(desk.open())
            desk.wait(5 * MINUTE)
            for _ in range(LIMITS.ceiling + 1):
                assert desk.check() == Checked(kind=VerdictKind.EXPIRED, at=desk.now)
            desk.wait(-INSTANT)
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_a_resend_does_not_lengthen_a_codes_life(self) -> None:
        """It ends when the first one said."""
        with self.opened() as desk:
            sent(desk.open())
            desk.wait(4 * MINUTE)
            sent(desk.resend())
            desk.wait(MINUTE)
            assert desk.kind() is VerdictKind.EXPIRED

    def test_a_lock_is_told_before_anything_else_of_a_known_code(self) -> None:
        """Used, superseded and expired codes of a locked person are all told as locked."""
        used, old, newest = challenge("used"), challenge("old"), challenge("newest")
        with self.opened() as desk:
            sent(desk.open(used, line="u"))
            assert desk.kind(RIGHT, used) is VerdictKind.ACCEPTED
            desk.wait(INSTANT)
            sent(desk.open(old, line="l", lives=MINUTE))
            sent(desk.open(newest, line="l"))
            sent(desk.open(CODE, line="e", lives=MINUTE))
            desk.guess(5, newest)
            desk.wait(MINUTE)
            for one in (used, old, newest, CODE):
                assert desk.kind(RIGHT, one) is VerdictKind.LOCKED

    def test_used_is_told_before_expired(self) -> None:
        """After its end a used code and a superseded one are still told as such."""
        with self.opened() as desk:
            sent(desk.open(CODE, line="l"))
            sent(desk.open(MORE, line="l"))
            assert desk.kind(RIGHT, MORE) is VerdictKind.ACCEPTED
            desk.wait(10 * MINUTE)
            assert [desk.kind(RIGHT, one) for one in (CODE, MORE)] == [VerdictKind.SUPERSEDED] * 2

    def test_a_clock_that_stepped_back_accepts_nothing_early(self) -> None:
        """Before its own issue a code counts as expired; at its issue it is right again."""
        with self.opened() as desk:
            sent(desk.open())
            desk.wait(-INSTANT)
            assert desk.kind() is VerdictKind.EXPIRED
            desk.wait(-24 * 60 * MINUTE)
            assert desk.kind() is VerdictKind.EXPIRED
            desk.wait(24 * 60 * MINUTE + INSTANT)
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_an_attempt_is_charged_to_every_budget(self) -> None:
        """Failures under two ids lock each of them, and a right code clears both."""
        with self.opened(evolve(LIMITS, ceiling=30)) as desk:
            sent(desk.open(budgets=(PERSON, OTHER)))
            desk.guess(4)
            sent(desk.open(MORE, budgets=(OTHER,), line="m"))
            assert desk.guess(2, MORE) == [VerdictKind.WRONG, VerdictKind.LOCKED]
            assert desk.kind() is VerdictKind.LOCKED
            desk.wait(LIMITS.window)
            both = challenge("both")
            sent(desk.open(both, budgets=(PERSON, OTHER), line="b"))
            desk.guess(4, both)
            assert desk.kind(RIGHT, both) is VerdictKind.ACCEPTED
            desk.wait(INSTANT)
            for number, budget in enumerate((PERSON, OTHER)):
                one = challenge(f"after-{number}")
                sent(desk.open(one, budgets=(budget,), line="n"))
                assert desk.guess(6, one) == [VerdictKind.WRONG] * 5 + [VerdictKind.LOCKED]


class GrantChecks(CodeCase):
    """A grant is redeemed exactly once, in its time."""

    def test_a_grant_is_redeemed_once(self) -> None:
        """True the first time, False ever after."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check()
            assert [desk.redeem() for _ in range(3)] == [True, False, False]
            assert desk.load().redeemed

    def test_a_grant_of_another_tag_is_refused(self) -> None:
        """Nearly right is not right, and does not use the grant up."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check()
            for tag in (b"", RIGHT, GRANT[:-1], GRANT + b"\0", tag_of("another grant")):
                assert not desk.redeem(tag)
            assert desk.redeem()

    def test_a_grant_of_another_challenge_is_refused(self) -> None:
        """It belongs to the code it was given for."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.open(MORE, line="m"))
            desk.check()
            desk.check(RIGHT, MORE, grant=tag_of("their grant"))
            assert not desk.redeem(GRANT, MORE)
            assert not desk.redeem(GRANT, challenge("unknown"))
            assert desk.redeem(tag_of("their grant"), MORE)
            assert desk.redeem()

    def test_a_grant_ends_at_the_very_instant(self) -> None:
        """Its own life counts, not the code's."""
        with self.opened() as desk:
            sent(desk.open())
            desk.wait(5 * MINUTE - INSTANT)
            desk.check(grant_lives=2 * MINUTE)
            desk.wait(2 * MINUTE)
            assert not desk.redeem()
            desk.wait(-INSTANT)
            assert desk.redeem()

    def test_there_is_no_grant_before_a_right_code(self) -> None:
        """An open code has none, whatever was typed on it."""
        with self.opened() as desk:
            sent(desk.open())
            assert not desk.redeem()
            assert not desk.redeem(b"")
            desk.check(WRONG)
            assert not desk.redeem()
            assert not desk.redeem(b"")

    def test_a_right_code_without_a_grant_gives_none(self) -> None:
        """The empty tag is no grant."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check(grant=b"")
            assert not desk.redeem(b"")

    def test_a_later_attempt_does_not_change_the_grant(self) -> None:
        """A second right answer is told as used, and its grant is worth nothing."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check()
            desk.check(grant=tag_of("second"))
            assert not desk.redeem(tag_of("second"))
            assert desk.redeem()

    def test_a_void_code_has_no_grant(self) -> None:
        """What was never sent grants nothing."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.store.refund_send(CODE, 1, [])
            desk.check()
            assert not desk.redeem()

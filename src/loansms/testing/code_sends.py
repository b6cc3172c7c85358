"""Checks of sends: a resend keeps the code, every send goes out at most once, and what never went is given back."""

from __future__ import annotations

from attrs import evolve

from loansms.otp.admission import NoRoom
from loansms.otp.challenge import Closed, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Sent
from loansms.testing.code_case import CodeCase, locked_until, sent
from loansms.testing.code_examples import CODE, INSTANT, LIMITS, MINUTE, RIGHT, blind, bucket, challenge

ONE = bucket("phone", (1, MINUTE))
TWO = bucket("phone", (2, 10 * MINUTE), of="two")
NEWER = challenge("newer")
DEVICE = blind("device")


class ResendChecks(CodeCase):
    """One more send of the same code."""

    def test_a_resend_keeps_the_code_and_its_end(self) -> None:
        """Only the count and the time of the last send change; the same code is right."""
        with self.opened() as desk:
            opened = sent(desk.open())
            before = desk.load()
            desk.wait(MINUTE)
            assert desk.resend() == Sent(at=desk.now, expires_at=opened.expires_at, send=2)
            assert desk.load() == evolve(before, sends=2, sent_at=desk.now, taken=2)
            assert sent(desk.resend()).send == 3
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_a_resend_gives_no_attempt_back(self) -> None:
        """The budget belongs to the person, not to the send."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(3)
            sent(desk.resend())
            assert desk.guess(3) == [VerdictKind.WRONG] * 2 + [VerdictKind.LOCKED]

    def test_a_resend_is_charged(self) -> None:
        """Every send uses the buckets; a full one refuses, and nothing changes."""
        with self.opened() as desk:
            sent(desk.open(CODE, TWO))
            sent(desk.resend(CODE, TWO, ONE))
            desk.wait(INSTANT)
            before = desk.load()
            wide = bucket("ip", (1, MINUTE))
            first = desk.now - INSTANT
            assert desk.resend(CODE, TWO, wide, left=0) == NoRoom("phone", first + 10 * MINUTE)
            assert desk.load() == before
            sent(desk.resend(CODE, wide))

    def test_an_unknown_challenge_is_not_resent(self) -> None:
        """And nothing is charged for it."""
        with self.opened() as desk:
            assert desk.resend(CODE, ONE) is Closed.UNKNOWN
            sent(desk.open(CODE, ONE))

    def test_a_lock_is_told_before_what_else_ends_a_resend(self) -> None:
        """A used code whose budget is locked is told as locked."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.open(NEWER))
            assert desk.kind() is VerdictKind.SUPERSEDED
            desk.guess(5, NEWER)
            assert locked_until(desk.resend(CODE)) == desk.now + LIMITS.window
            desk.wait(LIMITS.window)
            assert desk.resend(CODE) is Closed.SUPERSEDED

    def test_a_resend_asks_for_the_device_that_asked(self) -> None:
        """The lane of the device of the challenge is open though the window of all is full."""
        with self.opened() as desk:
            sent(desk.open(CODE, line="mine", device=DEVICE))
            sent(desk.open(NEWER, line="theirs", device=blind("a stranger's device")))
            desk.guess(5, NEWER)
            assert isinstance(desk.resend(CODE), Sent)
            assert isinstance(desk.resend(NEWER), Sent)
            desk.guess(2, NEWER, device=blind("a stranger's device"))
            assert isinstance(desk.resend(CODE), Sent)
            assert isinstance(desk.resend(NEWER), LockedOut)

    def test_a_used_a_superseded_and_an_expired_code_are_not_resent(self) -> None:
        """Each is told by its reason, and nothing is charged."""
        with self.opened() as desk:
            used, old = challenge("used"), challenge("old")
            sent(desk.open(used, line="u"))
            assert desk.kind(RIGHT, used) is VerdictKind.ACCEPTED
            sent(desk.open(old, line="l"))
            sent(desk.open(NEWER, line="l"))
            assert desk.resend(used, ONE) is Closed.USED
            assert desk.resend(old, ONE) is Closed.SUPERSEDED
            desk.wait(5 * MINUTE)
            assert desk.resend(NEWER, ONE) is Closed.EXPIRED
            assert desk.resend(used, ONE) is Closed.USED
            sent(desk.open(CODE, ONE))

    def test_a_code_about_to_end_is_not_resent(self) -> None:
        """With exactly what is asked for left it goes, an instant later it is ending; nothing is charged."""
        with self.opened() as desk:
            sent(desk.open())
            desk.wait(4 * MINUTE)
            assert isinstance(desk.resend(left=MINUTE), Sent)
            desk.wait(INSTANT)
            assert desk.resend(CODE, ONE, left=MINUTE) is Closed.ENDING
            sent(desk.resend(CODE, ONE, left=MINUTE - INSTANT))


class TakeChecks(CodeCase):
    """A send goes to a provider at most once."""

    def test_a_send_is_taken_once(self) -> None:
        """Whoever comes later is told not to send."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            assert desk.load().taken == 0
            assert desk.take(1)
            assert not desk.take(1)
            assert desk.load().taken == 1

    def test_a_send_its_caller_took_is_no_queues(self) -> None:
        """An opening or a resend that is sent at once cannot be taken."""
        with self.opened() as desk:
            sent(desk.open())
            assert not desk.take(1)
            sent(desk.resend())
            assert not desk.take(2)

    def test_sends_are_taken_in_order(self) -> None:
        """After the second the first, late in its queue, does not go out any more."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            sent(desk.resend(taken=False))
            assert desk.take(2)
            assert not desk.take(1)

    def test_only_admitted_sends_are_taken(self) -> None:
        """No send zero, none beyond the last, none of an unknown challenge."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            assert [desk.take(send) for send in (0, -1, 2)] == [False] * 3
            assert not desk.take(1, NEWER)
            assert desk.take(1)

    def test_a_send_is_not_taken_after_its_code_ended(self) -> None:
        """What waited in a queue past its life is dropped, at the very instant of its end."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            desk.wait(5 * MINUTE)
            assert not desk.take(1)
            desk.wait(-INSTANT)
            assert desk.take(1)

    def test_a_send_is_not_taken_once_its_code_was_used(self) -> None:
        """Nobody is sent a code that no longer works."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.resend(taken=False))
            assert desk.kind() is VerdictKind.ACCEPTED
            assert not desk.take(2)

    def test_a_clock_that_stepped_back_takes_nothing(self) -> None:
        """Before its own issue a send does not go."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            desk.wait(-INSTANT)
            assert not desk.take(1)


class RefundChecks(CodeCase):
    """What certainly did not go out is given back, once."""

    def test_a_refund_frees_the_buckets(self) -> None:
        """The room is there again at once, and was given back once."""
        with self.opened() as desk:
            sent(desk.open(CODE, ONE))
            assert isinstance(desk.open(NEWER, ONE), NoRoom)
            assert desk.store.refund_send(CODE, 1, [ONE])
            sent(desk.open(NEWER, ONE))
            assert not desk.store.refund_send(CODE, 1, [ONE])
            assert isinstance(desk.open(challenge("third"), ONE), NoRoom)

    def test_a_refund_takes_back_its_own_time(self) -> None:
        """Told late, it frees the use at the time of the send, and no other."""
        with self.opened() as desk:
            start = desk.now
            sent(desk.open(NEWER, TWO, line="another"))
            desk.wait(MINUTE)
            sent(desk.open(CODE, TWO))
            desk.wait(MINUTE)
            assert desk.store.refund_send(CODE, 1, [TWO])
            sent(desk.open(challenge("third"), TWO))
            assert desk.open(challenge("fourth"), TWO) == NoRoom("phone", start + 10 * MINUTE)

    def test_a_refund_finds_its_slot(self) -> None:
        """A bucket that rounds times up gives back what the send was rounded to."""
        rounded = bucket("country", (2, 60 * MINUTE), slot=MINUTE)
        with self.opened() as desk:
            desk.wait(7)
            sent(desk.open(CODE, rounded))
            desk.wait(7)
            sent(desk.open(NEWER, rounded, line="another"))
            assert isinstance(desk.open(challenge("third"), rounded), NoRoom)
            assert desk.store.refund_send(CODE, 1, [rounded])
            sent(desk.open(challenge("third"), rounded))
            assert isinstance(desk.open(challenge("fourth"), rounded), NoRoom)

    def test_a_refund_of_the_first_send_voids_the_code(self) -> None:
        """It can be neither checked nor sent nor taken, and costs no attempt."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            assert desk.store.refund_send(CODE, 1, [])
            assert desk.load().state is State.VOID
            assert desk.kind() is VerdictKind.SUPERSEDED
            assert desk.resend() is Closed.USED
            assert not desk.take(1)
            assert desk.open() is Closed.EXISTS

    def test_what_a_void_code_superseded_stays_superseded(self) -> None:
        """Neither the code before it nor the one before that comes back, nor may be sent again."""
        old, newest = challenge("old"), challenge("newest")
        with self.opened() as desk:
            for name in (old, CODE, newest):
                sent(desk.open(name, line="device"))
            assert desk.store.refund_send(newest, 1, [])
            for name in (old, CODE):
                assert desk.kind(RIGHT, name) is VerdictKind.SUPERSEDED
                assert desk.resend(name) is Closed.SUPERSEDED
            sent(desk.open(NEWER, line="device"))
            assert [desk.kind(RIGHT, name) for name in (old, CODE)] == [VerdictKind.SUPERSEDED] * 2
            assert desk.kind(RIGHT, NEWER) is VerdictKind.ACCEPTED

    def test_a_void_code_leaves_a_newer_one_open(self) -> None:
        """The refund of an older code neither brings another older one back nor closes the newest."""
        with self.opened() as desk:
            for name in (CODE, NEWER, challenge("newest")):
                sent(desk.open(name, line="device"))
            assert desk.store.refund_send(NEWER, 1, [])
            assert desk.kind() is VerdictKind.SUPERSEDED
            assert desk.kind(RIGHT, challenge("newest")) is VerdictKind.ACCEPTED

    def test_a_refund_of_a_resend_leaves_the_code_open(self) -> None:
        """The first send may be in the borrower's hands."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.resend(CODE, ONE))
            before = desk.load()
            assert desk.store.refund_send(CODE, 2, [ONE])
            assert desk.load() == evolve(before, refunded=2)
            sent(desk.resend(CODE, ONE))
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_a_refund_of_a_resend_takes_back_the_resend(self) -> None:
        """The use at the time of the first send stays."""
        with self.opened() as desk:
            start = desk.now
            sent(desk.open(CODE, TWO))
            desk.wait(MINUTE)
            sent(desk.resend(CODE, TWO))
            assert desk.store.refund_send(CODE, 2, [TWO])
            sent(desk.open(NEWER, TWO))
            assert desk.open(challenge("third"), TWO) == NoRoom("phone", start + 10 * MINUTE)

    def test_only_the_last_send_is_refunded(self) -> None:
        """None before it, none beyond it, none of an unknown challenge; nothing is given back."""
        with self.opened() as desk:
            sent(desk.open(CODE, ONE))
            sent(desk.resend())
            for send in (0, 1, 3, -1):
                assert not desk.store.refund_send(CODE, send, [ONE])
            assert not desk.store.refund_send(NEWER, 1, [ONE])
            assert isinstance(desk.open(NEWER, ONE), NoRoom)
            assert desk.store.refund_send(CODE, 2, [])
            assert not desk.store.refund_send(CODE, 1, [ONE])

    def test_a_send_that_was_refunded_is_not_taken(self) -> None:
        """What was given back as never sent may not be sent after all."""
        with self.opened() as desk:
            sent(desk.open())
            sent(desk.resend(taken=False))
            assert desk.store.refund_send(CODE, 2, [])
            assert not desk.take(2)
            sent(desk.resend(taken=False))
            assert desk.take(3)

    def test_a_used_code_stays_used_when_its_send_is_refunded(self) -> None:
        """A right code proves that it arrived, whatever the provider said."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.kind() is VerdictKind.ACCEPTED
            assert desk.store.refund_send(CODE, 1, [])
            assert desk.load().state is State.USED
            assert desk.redeem()

    def test_a_refund_gives_no_attempt_back(self) -> None:
        """Failures are kept when the code they were made on never went out."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(4)
            assert desk.store.refund_send(CODE, 1, [])
            sent(desk.open(NEWER))
            assert desk.guess(2, NEWER) == [VerdictKind.WRONG, VerdictKind.LOCKED]

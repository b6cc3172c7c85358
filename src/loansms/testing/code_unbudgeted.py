"""Checks of a challenge without budgets, as a security alert opens one: nothing locks it, the rest holds."""

from __future__ import annotations

from collections import Counter

from loansms.otp.admission import Guard, NoRoom
from loansms.otp.challenge import Checked, Closed, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import Sent
from loansms.testing.code_case import CodeCase, sent
from loansms.testing.code_examples import (
    CODE,
    GRANT,
    LIMITS,
    MINUTE,
    RIGHT,
    blind,
    bucket,
    challenge,
    new,
    tag_of,
)
from loansms.testing.code_races import at_once

ONE = bucket("phone", (1, MINUTE))
DEVICE = blind("device")
NEWER = challenge("newer")


class UnbudgetedChecks(CodeCase):
    """Every verb works where there is no budget to charge."""

    def test_without_budgets_a_code_is_opened_once(self) -> None:
        """It is given back as it was asked for, and its id is there for whoever comes second."""
        asked = new(budgets=(), device=DEVICE, line="device", taken=False)
        with self.opened() as desk:
            answer = desk.store.open_challenge(asked, [ONE], LIMITS, desk.now)
            assert answer == Sent(at=desk.now, expires_at=desk.now + 5 * MINUTE)
            assert desk.load() == asked.opened(desk.now)
            assert desk.open(budgets=()) is Closed.EXISTS
            assert desk.open(NEWER, ONE, budgets=()) == NoRoom("phone", desk.now + MINUTE)
            assert desk.store.load_challenge(NEWER) is None

    def test_without_budgets_a_code_is_accepted_once_and_its_grant_redeemed_once(self) -> None:
        """From opening to redemption, for a device and for none."""
        with self.opened() as desk:
            for name, device in ((CODE, ""), (NEWER, DEVICE)):
                sent(desk.open(name, budgets=(), device=device))
                assert desk.guess(2, name, device=device) == [VerdictKind.WRONG] * 2
                accepted = Checked(kind=VerdictKind.ACCEPTED, at=desk.now)
                assert desk.check(RIGHT, name, device=device) == accepted
                assert desk.kind(RIGHT, name, device=device) is VerdictKind.SUPERSEDED
                assert desk.load(name).state is State.USED
                assert [desk.redeem(GRANT, name) for _ in range(2)] == [True, False]

    def test_without_budgets_nothing_is_counted(self) -> None:
        """However often it was guessed at, the right code is right, and nobody else is locked."""
        with self.opened() as desk:
            sent(desk.open(budgets=()))
            assert set(desk.guess(LIMITS.ceiling + 1)) == {VerdictKind.WRONG}
            sent(desk.open(NEWER))
            assert desk.kind(RIGHT, NEWER) is VerdictKind.ACCEPTED
            assert desk.kind() is VerdictKind.ACCEPTED

    def test_without_budgets_nothing_is_superseded(self) -> None:
        """Who is of one line is known by the budget alone."""
        with self.opened() as desk:
            sent(desk.open(budgets=(), line="device"))
            sent(desk.open(NEWER, budgets=(), line="device"))
            assert desk.kind() is VerdictKind.ACCEPTED
            assert desk.kind(RIGHT, NEWER) is VerdictKind.ACCEPTED

    def test_without_budgets_a_code_ends(self) -> None:
        """At its time, for a check, a resend and a send that waits."""
        with self.opened() as desk:
            sent(desk.open(budgets=(), taken=False))
            desk.wait(5 * MINUTE)
            assert desk.kind() is VerdictKind.EXPIRED
            assert desk.resend() is Closed.EXPIRED
            assert not desk.take(1)

    def test_without_budgets_a_code_is_sent_again(self) -> None:
        """Charged like any other, taken once, and not once it was used."""
        with self.opened() as desk:
            opened = sent(desk.open(budgets=(), device=DEVICE))
            again = desk.resend(CODE, ONE, taken=False)
            assert again == Sent(at=desk.now, expires_at=opened.expires_at, send=2)
            assert [desk.take(2) for _ in range(2)] == [True, False]
            assert desk.resend(CODE, ONE) == NoRoom("phone", desk.now + MINUTE)
            assert desk.resend(left=5 * MINUTE + 1) is Closed.ENDING
            assert desk.kind() is VerdictKind.ACCEPTED
            assert desk.resend() is Closed.USED

    def test_without_budgets_a_send_is_given_back(self) -> None:
        """A resend leaves the code open, the first send voids it; the buckets are free again, once."""
        with self.opened() as desk:
            sent(desk.open(NEWER, budgets=()))
            sent(desk.resend(NEWER, ONE))
            assert desk.store.refund_send(NEWER, 2, [ONE])
            sent(desk.open(CODE, ONE, budgets=()))
            assert [desk.store.refund_send(CODE, 1, [ONE]) for _ in range(2)] == [True, False]
            assert desk.load().state is State.VOID
            assert desk.kind() is VerdictKind.SUPERSEDED
            assert desk.resend() is Closed.USED
            assert not desk.redeem()
            assert desk.kind(RIGHT, NEWER) is VerdictKind.ACCEPTED
            sent(desk.open(challenge("third"), ONE, budgets=()))

    def test_without_budgets_a_guard_learns_of_a_right_code(self) -> None:
        """A right code makes room for one more."""
        watch = bucket("prefix", (1, 60 * MINUTE), guard=Guard(percent=0))
        with self.opened() as desk:
            sent(desk.open(CODE, watch, budgets=(), guards=(watch,)))
            assert isinstance(desk.open(NEWER, watch, budgets=()), NoRoom)
            assert desk.kind() is VerdictKind.ACCEPTED
            sent(desk.open(NEWER, watch, budgets=()))

    def test_without_budgets_32_threads_with_one_right_code_are_accepted_once(self) -> None:
        """Though no budget makes them wait for one another; the grant is that of the one."""
        with self.opened() as desk:
            sent(desk.open(budgets=()))
            kinds = at_once(32, lambda number: desk.check(grant=tag_of(f"grant {number}")).kind)
            assert Counter(kinds) == {VerdictKind.ACCEPTED: 1, VerdictKind.SUPERSEDED: 31}
            winner = kinds.index(VerdictKind.ACCEPTED)
            assert not desk.redeem(GRANT)
            assert [desk.redeem(tag_of(f"grant {number}")) for number in range(32)].index(True) == winner

    def test_without_budgets_32_threads_open_one_id_once(self) -> None:
        """An alert that many send is told once."""
        with self.opened() as desk:
            answers = at_once(32, lambda number: desk.open(budgets=(), tag=tag_of(f"{number}")))
            assert Counter(answers)[Closed.EXISTS] == 31
            (winner,) = [number for number, one in enumerate(answers) if isinstance(one, Sent)]
            assert desk.load().tag == tag_of(f"{winner}")

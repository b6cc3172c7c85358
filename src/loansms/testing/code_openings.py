"""Checks of openings: all or nothing, in a fixed order of questions, the newest of a line superseding the rest."""

from __future__ import annotations

from loansms.otp.admission import Guard, NoRoom
from loansms.otp.challenge import Attempt, Closed, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Sent
from loansms.testing.code_case import CodeCase, locked_until, sent
from loansms.testing.code_examples import (
    CODE,
    GRANT,
    INSTANT,
    LIMITS,
    MINUTE,
    OTHER,
    PERSON,
    RIGHT,
    blind,
    bucket,
    challenge,
    new,
    tag_of,
)

ONE = bucket("phone", (1, MINUTE))
FIRST, SECOND, THIRD = challenge("first"), challenge("second"), challenge("third")


class OpeningChecks(CodeCase):
    """What an opening answers, and what it leaves behind."""

    def test_an_opening_says_when_it_was_and_when_it_ends(self) -> None:
        """The answer carries the store's time, the end of the code's life, and the first send."""
        with self.opened() as desk:
            assert desk.open() == Sent(at=desk.now, expires_at=desk.now + 5 * MINUTE, send=1, shadows=())

    def test_what_was_opened_is_given_back_exactly(self) -> None:
        """Every field survives, bytes of any value, every budget and every guard, in order."""
        guards = (bucket("prefix", (3, MINUTE), (9, 60 * MINUTE), slot=MINUTE), bucket("ip", (1, MINUTE)))
        asked = new(
            budgets=(PERSON, OTHER),
            sealed=bytes(range(256)),
            device=blind("device"),
            line=blind("line"),
            guards=guards,
            taken=False,
        )
        with self.opened() as desk:
            sent(desk.store.open_challenge(asked, [ONE], LIMITS, desk.now))
            assert desk.load() == asked.opened(desk.now)

    def test_a_guards_percent_and_mode_are_given_back(self) -> None:
        """What a guard is told of a right code rests on them."""
        with self.opened() as desk:
            for name, shadow in (("a", True), ("b", False)):
                guards = (bucket("prefix", (3, MINUTE), guard=Guard(40, shadow=shadow)),)
                sent(desk.open(challenge(name), guards=guards))
                assert desk.load(challenge(name)).guards == guards

    def test_an_unknown_challenge_is_none(self) -> None:
        """Ids that were never opened, and ids that are none at all, are not known."""
        with self.opened() as desk:
            sent(desk.open())
            for unknown in (challenge("other"), CODE.lower(), "", "%", "*", "c'); --", "码" * 40):
                assert desk.store.load_challenge(unknown) is None

    def test_an_id_is_opened_once(self) -> None:
        """The second opening of an id is told so, changes nothing and charges nothing."""
        with self.opened() as desk:
            sent(desk.open())
            before = desk.load()
            desk.wait(INSTANT)
            assert desk.open(CODE, ONE, tag=tag_of("else"), line="l") is Closed.EXISTS
            assert desk.load() == before
            sent(desk.open(SECOND, ONE))

    def test_an_id_that_is_there_is_told_before_a_lock_and_before_a_full_bucket(self) -> None:
        """The order of the questions is part of the answer."""
        with self.opened() as desk:
            sent(desk.open(CODE, ONE))
            desk.guess(5)
            assert desk.open(CODE, ONE) is Closed.EXISTS

    def test_an_id_that_was_used_is_still_there(self) -> None:
        """A code that was used does not free its id."""
        with self.opened() as desk:
            sent(desk.open())
            assert desk.kind() is VerdictKind.ACCEPTED
            assert desk.open() is Closed.EXISTS

    def test_a_locked_budget_is_told_before_a_full_bucket(self) -> None:
        """And nothing is charged: what another borrower asks next finds the room."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(5)
            full = bucket("ip", (1, 60 * MINUTE))
            sent(desk.open(FIRST, full, budgets=(OTHER,)))
            until = locked_until(desk.open(SECOND, full))
            assert until == desk.now + LIMITS.window
            assert isinstance(desk.open(SECOND, ONE), LockedOut)
            assert desk.store.load_challenge(SECOND) is None
            sent(desk.open(SECOND, ONE, budgets=(OTHER,)))

    def test_a_locked_budget_opens_at_the_time_told(self) -> None:
        """At that very time a code may be asked for again, an instant before it may not."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(5)
            until = locked_until(desk.open(SECOND))
            desk.wait(until - desk.now - INSTANT)
            assert locked_until(desk.open(SECOND)) == until
            desk.wait(INSTANT)
            sent(desk.open(SECOND))

    def test_a_full_bucket_leaves_nothing_behind(self) -> None:
        """No challenge, no charge on the buckets that had room, nothing superseded."""
        wide = bucket("ip", (2, MINUTE))
        with self.opened() as desk:
            sent(desk.open(FIRST, ONE, wide))
            assert desk.open(SECOND, wide, ONE) == NoRoom("phone", desk.now + MINUTE)
            assert desk.store.load_challenge(SECOND) is None
            assert desk.store.load_challenge(FIRST) == desk.load(FIRST)
            sent(desk.open(THIRD, wide, line="elsewhere"))
            assert isinstance(desk.open(SECOND, wide), NoRoom)
            assert desk.kind(RIGHT, FIRST) is VerdictKind.ACCEPTED

    def test_the_newest_of_a_line_supersedes_the_others(self) -> None:
        """The older code is answered as such though it is right, and costs no attempt."""
        with self.opened() as desk:
            for one in (FIRST, SECOND, THIRD):
                sent(desk.open(one, line="device"))
            for _ in range(LIMITS.ceiling):
                assert desk.kind(RIGHT, FIRST) is VerdictKind.SUPERSEDED
                assert desk.kind(RIGHT, SECOND) is VerdictKind.SUPERSEDED
            assert desk.kind(RIGHT, THIRD) is VerdictKind.ACCEPTED

    def test_lines_do_not_supersede_one_another(self) -> None:
        """A stranger who asks for a code does not make the borrower's own worthless."""
        with self.opened() as desk:
            sent(desk.open(FIRST, line="device"))
            sent(desk.open(SECOND, line="another"))
            sent(desk.open(THIRD))
            for one in (FIRST, SECOND, THIRD):
                assert desk.kind(RIGHT, one) is VerdictKind.ACCEPTED

    def test_people_do_not_supersede_one_another(self) -> None:
        """A line belongs to its budget."""
        with self.opened() as desk:
            sent(desk.open(FIRST, line="device"))
            sent(desk.open(SECOND, line="device", budgets=(OTHER,)))
            assert desk.kind(RIGHT, FIRST) is VerdictKind.ACCEPTED

    def test_a_used_code_still_supersedes_the_older(self) -> None:
        """After the newest was used the older of its line do not come back."""
        with self.opened() as desk:
            sent(desk.open(FIRST, line="device"))
            sent(desk.open(SECOND, line="device"))
            assert desk.kind(RIGHT, SECOND) is VerdictKind.ACCEPTED
            assert desk.kind(RIGHT, FIRST) is VerdictKind.SUPERSEDED

    def test_a_code_does_not_outlive_the_one_that_superseded_it(self) -> None:
        """A newer code of a shorter life ends, codes of other lines come: the older stays superseded."""
        with self.opened() as desk:
            sent(desk.open(FIRST, line="device"))
            sent(desk.open(SECOND, line="device", lives=MINUTE))
            desk.wait(2 * MINUTE)
            sent(desk.open(THIRD, line="another"))
            assert desk.kind(RIGHT, FIRST) is VerdictKind.SUPERSEDED

    def test_two_budgets_of_one_person_are_one(self) -> None:
        """While an index key is replaced a code counts under the old id and the new one, and locks with either."""
        with self.opened() as desk:
            sent(desk.open(FIRST, line="device", budgets=(PERSON,)))
            sent(desk.open(SECOND, line="device", budgets=(OTHER, PERSON)))
            assert desk.kind(RIGHT, FIRST) is VerdictKind.SUPERSEDED
            desk.guess(5, SECOND)
            for budgets in ((PERSON,), (OTHER,), (blind("third"), OTHER)):
                assert locked_until(desk.open(THIRD, budgets=budgets)) == desk.now + LIMITS.window

    def test_of_two_budgets_the_last_to_open_is_told(self) -> None:
        """Any locked budget locks, and the time told is that of the last."""
        with self.opened() as desk:
            sent(desk.open(FIRST, budgets=(PERSON,)))
            sent(desk.open(SECOND, budgets=(OTHER,)))
            desk.guess(5, FIRST)
            desk.wait(MINUTE)
            desk.guess(5, SECOND)
            until = desk.now + LIMITS.window
            assert locked_until(desk.open(THIRD, budgets=(OTHER, PERSON))) == until
            assert locked_until(desk.open(THIRD, budgets=(PERSON, OTHER))) == until

    def test_a_store_has_a_clock_of_its_own(self) -> None:
        """Without a time every verb runs by the store's clock, from opening to redemption."""
        with self.opened() as desk:
            answer = sent(desk.store.open_challenge(new(taken=False), [ONE], LIMITS))
            assert answer.expires_at == answer.at + 5 * MINUTE
            assert desk.load().issued_at == answer.at
            again = desk.store.resend_challenge(CODE, [], LIMITS, left=0, taken=False)
            assert sent(again).at >= answer.at
            assert desk.store.take_send(CODE, 2)
            attempt = Attempt(tag=RIGHT, grant=GRANT, grant_lives=MINUTE)
            told = desk.store.check_code(CODE, attempt, LIMITS)
            assert (told.kind, told.at >= answer.at) == (VerdictKind.ACCEPTED, True)
            assert desk.store.redeem_grant(CODE, GRANT)
            assert desk.store.forget_codes() == 0
            assert desk.load().state is State.USED

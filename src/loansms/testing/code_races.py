"""Race checks: many threads on one store at once, and still exactly one of them wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from loansms.otp.admission import NoRoom
from loansms.otp.challenge import State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import Sent
from loansms.testing.code_case import CodeCase, sent
from loansms.testing.code_examples import (
    CODE,
    LIMITS,
    MINUTE,
    PERSON,
    RIGHT,
    WRONG,
    blind,
    bucket,
    challenge,
    tag_of,
)

T = TypeVar("T")


def at_once(threads: int, act: Callable[[int], T]) -> list[T]:
    """Call `act` in so many threads that wait for one another first; return what each got."""
    start = Barrier(threads)

    def one(number: int) -> T:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


class RaceChecks(CodeCase):
    """Each verb is one act, whoever else is acting."""

    def test_64_threads_with_one_right_code_are_accepted_once(self) -> None:
        """All the others find it used, and the grant is that of the one."""
        with self.opened() as desk:
            sent(desk.open())
            kinds = at_once(64, lambda number: desk.check(grant=tag_of(f"grant {number}")).kind)
            assert Counter(kinds) == {VerdictKind.ACCEPTED: 1, VerdictKind.SUPERSEDED: 63}
            winner = kinds.index(VerdictKind.ACCEPTED)
            assert [desk.redeem(tag_of(f"grant {number}")) for number in range(64)].index(True) == winner

    def test_parallel_wrong_guesses_never_pass_the_budget(self) -> None:
        """Three codes of one person, sixteen threads each: five are compared, the others are locked."""
        codes = [challenge(f"g-{number}") for number in range(3)]
        with self.opened() as desk:
            for one in codes:
                sent(desk.open(one, line=one))
            kinds = at_once(48, lambda number: desk.kind(WRONG, codes[number % 3]))
            assert Counter(kinds) == {
                VerdictKind.WRONG: LIMITS.failures,
                VerdictKind.LOCKED: 48 - LIMITS.failures,
            }

    def test_parallel_guesses_of_many_devices_never_pass_the_ceiling(self) -> None:
        """Sixteen devices with a code and a lane each: together no more than strangers have in a day."""
        with self.opened() as desk:
            for number in range(16):
                sent(desk.open(challenge(f"d-{number}"), line=f"{number}", device=blind(f"{number}")))
            kinds = at_once(
                32,
                lambda number: desk.kind(
                    WRONG, challenge(f"d-{number % 16}"), device=blind(f"{number % 16}")
                ),
            )
            assert kinds.count(VerdictKind.WRONG) == LIMITS.ceiling - LIMITS.reserve

    def test_a_right_code_among_wrong_ones_is_accepted_at_most_once(self) -> None:
        """However they interleave, no more are compared than the budget and the one that was right."""
        with self.opened() as desk:
            sent(desk.open())
            kinds = Counter(at_once(32, lambda number: desk.kind(RIGHT if number % 2 else WRONG)))
            assert kinds[VerdictKind.ACCEPTED] <= 1
            assert kinds[VerdictKind.WRONG] <= LIMITS.failures
            assert kinds[VerdictKind.ACCEPTED] == 1 or kinds[VerdictKind.WRONG] == LIMITS.failures

    def test_32_threads_open_one_code_under_a_limit_of_one(self) -> None:
        """The others have no room, and leave no challenge behind."""
        one = bucket("phone", (1, MINUTE))
        wide = bucket("ip", (2, MINUTE))
        with self.opened() as desk:
            answers = at_once(
                32,
                lambda number: desk.open(
                    challenge(f"o-{number}"), wide, one, budgets=(blind(f"person {number}"),)
                ),
            )
            assert Counter(map(type, answers)) == {Sent: 1, NoRoom: 31}
            kept = [desk.store.load_challenge(challenge(f"o-{number}")) for number in range(32)]
            assert [found is not None for found in kept] == [isinstance(one, Sent) for one in answers]
            sent(desk.open(CODE, wide))
            assert isinstance(desk.open(challenge("last"), wide), NoRoom)

    def test_32_threads_open_one_id_once(self) -> None:
        """The same id is there for all the others, and the buckets are charged once."""
        two = bucket("phone", (2, MINUTE))
        with self.opened() as desk:
            answers = at_once(32, lambda number: desk.open(CODE, two, tag=tag_of(f"{number}")))
            (winner,) = [number for number, one in enumerate(answers) if isinstance(one, Sent)]
            assert desk.load().tag == tag_of(f"{winner}")
            sent(desk.open(challenge("second"), two))
            assert isinstance(desk.open(challenge("third"), two), NoRoom)

    def test_crossed_buckets_do_not_block_one_another(self) -> None:
        """Openings that charge the same buckets and budgets in opposite orders all end, and count exactly."""
        first, second = bucket("phone", (5, MINUTE)), bucket("ip", (5, MINUTE))
        people = (blind("one"), blind("two"))
        with self.opened() as desk:
            answers = at_once(
                32,
                lambda number: desk.open(
                    challenge(f"x-{number}"),
                    *((first, second) if number % 2 else (second, first)),
                    budgets=people if number % 4 < 2 else people[::-1],
                ),
            )
            assert Counter(map(type, answers)) == {Sent: 5, NoRoom: 27}

    def test_32_threads_redeem_one_grant_once(self) -> None:
        """One is told yes."""
        with self.opened() as desk:
            sent(desk.open())
            desk.check()
            assert at_once(32, lambda _: desk.redeem()).count(True) == 1

    def test_parallel_takers_send_once(self) -> None:
        """Of a send that is queued twice one goes out."""
        with self.opened() as desk:
            sent(desk.open(taken=False))
            assert at_once(16, lambda _: desk.take(1)).count(True) == 1

    def test_parallel_refunds_give_back_once(self) -> None:
        """One is told yes, and one use is given back."""
        two = bucket("phone", (2, MINUTE))
        with self.opened() as desk:
            sent(desk.open(challenge("other"), two, line="other"))
            sent(desk.open(CODE, two))
            assert at_once(16, lambda _: desk.store.refund_send(CODE, 1, [two])).count(True) == 1
            sent(desk.open(challenge("third"), two))
            assert isinstance(desk.open(challenge("fourth"), two), NoRoom)

    def test_a_right_code_and_a_refund_at_once_end_in_one_of_two_ways(self) -> None:
        """Accepted and used, or void and never accepted, with a budget and without one; the refund is told once."""
        with self.opened() as desk:
            for number, budgets in enumerate([(PERSON,), ()] * 4):
                name = challenge(f"r-{number}")
                sent(desk.open(name, budgets=budgets, line=name))

                def either(thread: int, name: str = name) -> VerdictKind | bool:
                    return desk.store.refund_send(name, 1, []) if thread % 2 else desk.kind(RIGHT, name)

                told = Counter(at_once(8, either))
                assert told[True] == 1
                accepted = told[VerdictKind.ACCEPTED]
                assert (accepted, desk.load(name).state) in {(1, State.USED), (0, State.VOID)}
                assert told[VerdictKind.SUPERSEDED] == 4 - accepted

    def test_parallel_resends_are_numbered_apart(self) -> None:
        """Each admitted send has a number of its own, and no more are admitted than the bucket has room for."""
        four = bucket("phone", (4, MINUTE))
        with self.opened() as desk:
            sent(desk.open())
            answers = at_once(16, lambda _: desk.resend(CODE, four, taken=False))
            numbers = sorted([one.send for one in answers if isinstance(one, Sent)])
            assert numbers == [2, 3, 4, 5]
            assert desk.load().sends == 5

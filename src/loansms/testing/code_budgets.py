"""Checks of the failure budget: the window, the ceiling of 24 hours, a lane a device, what known devices keep."""

from __future__ import annotations

from attrs import evolve

from loansms.otp.budget import DAY
from loansms.otp.verdict import VerdictKind
from loansms.testing.code_case import CodeCase, Desk, locked_until, sent
from loansms.testing.code_examples import (
    CODE,
    INSTANT,
    LIMITS,
    MINUTE,
    OTHER,
    PERSON,
    RIGHT,
    WRONG,
    blind,
    challenge,
)

MINE, THEIRS = blind("the borrower's device"), blind("a stranger's device")
HELD = challenge("held")
GUESSED = VerdictKind.WRONG
LOCKED = VerdictKind.LOCKED


def _prove(desk: Desk, device: str, name: str = "proof") -> None:
    """Give a right code from `device`, and let an instant pass."""
    sent(desk.open(challenge(name), device=device, line=f"proof {name}"))
    assert desk.kind(RIGHT, challenge(name), device=device) is VerdictKind.ACCEPTED
    desk.wait(INSTANT)


def _guess_all_day(desk: Desk, device: str = "", budget: str = PERSON) -> int:
    """Guess through a code that lives for a day, a window after another; return how many were compared."""
    sent(desk.open(HELD, line="held", lives=DAY, budgets=(budget,)))
    total = 0
    for _ in range(6):
        total += desk.guess(LIMITS.failures + 1, HELD, device=device).count(GUESSED)
        desk.wait(LIMITS.window)
    return total


class BudgetChecks(CodeCase):
    """The window and the ceiling hold whatever is asked in between."""

    def test_the_window_slides(self) -> None:
        """One failure leaves it, one more guess is compared, at the very instant."""
        with self.opened() as desk:
            sent(desk.open(lives=DAY))
            desk.guess(1)
            first = desk.now
            desk.wait(MINUTE)
            assert desk.guess(5) == [GUESSED] * 4 + [LOCKED]
            desk.wait(first + LIMITS.window - desk.now - INSTANT)
            assert desk.check(WRONG).retry_at == first + LIMITS.window
            desk.wait(INSTANT)
            assert desk.guess(2) == [GUESSED, LOCKED]

    def test_a_new_code_gives_no_attempt_back(self) -> None:
        """Failures of the older codes count on the newest."""
        with self.opened() as desk:
            for number in range(5):
                sent(desk.open(challenge(f"n-{number}"), line="l"))
                assert desk.guess(1, challenge(f"n-{number}")) == [GUESSED]
            locked_until(desk.open())

    def test_people_have_budgets_of_their_own(self) -> None:
        """A locked person locks nobody else."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(5)
            sent(desk.open(HELD, budgets=(OTHER,)))
            assert desk.kind(RIGHT, HELD) is VerdictKind.ACCEPTED

    def test_a_right_code_begins_the_window_anew(self) -> None:
        """Four failures and a right code, and five may fail again."""
        with self.opened() as desk:
            sent(desk.open())
            desk.guess(4)
            assert desk.kind() is VerdictKind.ACCEPTED
            desk.wait(INSTANT)
            sent(desk.open(HELD))
            unknown = evolve(LIMITS, reserve=0)
            desk.limits = unknown
            assert desk.guess(6, HELD) == [GUESSED] * 5 + [LOCKED]

    def test_a_right_code_gives_nothing_of_the_day_back(self) -> None:
        """Four failures and a right code, again and again: the ceiling is reached all the same."""
        with self.opened(evolve(LIMITS, reserve=0)) as desk:
            start, compared = desk.now, 0
            for number in range(3):
                one = challenge(f"r-{number}")
                sent(desk.open(one, line=f"{number}"))
                compared += desk.guess(4 if number < 2 else 3, one).count(GUESSED)
                desk.check(RIGHT, one)
                desk.wait(MINUTE)
            assert compared == LIMITS.ceiling
            assert locked_until(desk.open()) == start + DAY

    def test_the_ceiling_holds_for_a_day(self) -> None:
        """Window after window no more than the ceiling, less what known devices keep, is compared."""
        with self.opened() as desk:
            start = desk.now
            assert _guess_all_day(desk) == LIMITS.ceiling - LIMITS.reserve
            until = locked_until(desk.open())
            assert until == start + DAY
            desk.wait(until - desk.now - INSTANT)
            locked_until(desk.open())
            desk.wait(INSTANT)
            sent(desk.open(line="another"))

    def test_a_day_later_the_ceiling_slides(self) -> None:
        """Only what is a day old is given back."""
        with self.opened() as desk:
            sent(desk.open(lives=2 * DAY))
            desk.guess(5)
            desk.wait(LIMITS.window)
            second = desk.now
            assert desk.guess(4) == [GUESSED] * 3 + [LOCKED]
            desk.wait(DAY - LIMITS.window)
            assert desk.guess(6) == [GUESSED] * 5 + [LOCKED]
            desk.wait(LIMITS.window)
            assert desk.now == second + DAY
            assert desk.guess(4) == [GUESSED] * 3 + [LOCKED]

    def test_a_clock_that_stepped_back_forgets_no_failure(self) -> None:
        """Failures of what is now the future still lock, and later ones are added to them."""
        with self.opened() as desk:
            sent(desk.open(lives=60 * MINUTE))
            desk.wait(MINUTE)
            desk.guess(3)
            desk.wait(-MINUTE)
            assert desk.guess(3) == [GUESSED] * 2 + [LOCKED]

    def test_failures_before_a_step_back_count_a_whole_day(self) -> None:
        """Three failures in the future, seven now: in a day those seven are gone, and the three are not."""
        with self.opened(evolve(LIMITS, failures=10, reserve=0)) as desk:
            sent(desk.open(lives=2 * DAY))
            desk.wait(120 * MINUTE)
            desk.guess(3)
            desk.wait(-60 * MINUTE)
            assert desk.guess(8) == [GUESSED] * 7 + [LOCKED]
            desk.wait(DAY)
            assert desk.guess(8) == [GUESSED] * 7 + [LOCKED]

    def test_a_lock_that_spans_a_step_back_is_told_to_the_instant(self) -> None:
        """Which failure leaves first is a matter of time, not of arrival."""
        with self.opened() as desk:
            sent(desk.open(lives=60 * MINUTE))
            desk.wait(2 * MINUTE)
            desk.guess(3)
            desk.wait(-MINUTE)
            desk.guess(2)
            assert desk.check(WRONG).retry_at == desk.now + LIMITS.window


class DeviceChecks(CodeCase):
    """A stranger cannot lock a borrower out, and cannot guess more for all their devices."""

    def test_a_device_keeps_a_lane_for_codes_it_asked_for(self) -> None:
        """When a stranger has filled the window the borrower may ask and be right."""
        with self.opened() as desk:
            sent(desk.open(HELD, line="theirs"))
            desk.guess(5, HELD, device=THEIRS)
            locked_until(desk.open(CODE))
            sent(desk.open(CODE, line="mine", device=MINE))
            assert desk.kind(device=THEIRS) is LOCKED
            assert desk.kind() is LOCKED
            assert desk.kind(device=MINE) is VerdictKind.ACCEPTED

    def test_a_lane_is_small(self) -> None:
        """After its two failures it is locked like any other, until the window or the day frees it."""
        with self.opened() as desk:
            sent(desk.open(HELD, line="theirs", lives=DAY))
            desk.guess(5, HELD, device=THEIRS)
            sent(desk.open(CODE, line="mine", device=MINE, lives=DAY))
            assert desk.guess(3, device=MINE) == [GUESSED, GUESSED, LOCKED]
            assert desk.check(WRONG, device=MINE).retry_at == desk.now + LIMITS.window

    def test_a_lane_of_nothing_is_none(self) -> None:
        """Where no lane is kept, a full window locks every device."""
        with self.opened(evolve(LIMITS, lane=0)) as desk:
            _prove(desk, MINE)
            sent(desk.open(CODE, line="mine", device=MINE))
            desk.guess(5)
            assert desk.check(device=MINE).retry_at == desk.now + LIMITS.window

    def test_failures_in_the_open_window_use_the_lane_up(self) -> None:
        """A device that failed within the window has no lane beyond it."""
        with self.opened() as desk:
            sent(desk.open(CODE, line="mine", device=MINE))
            assert desk.guess(6, device=MINE) == [GUESSED] * 5 + [LOCKED]

    def test_a_lane_is_for_codes_of_the_device_alone(self) -> None:
        """On somebody else's code an unknown device has none, and neither has no device."""
        with self.opened() as desk:
            sent(desk.open(HELD, line="theirs", device=THEIRS))
            sent(desk.open(CODE, line="none"))
            desk.guess(5, HELD)
            assert desk.kind(RIGHT, HELD, device=MINE) is LOCKED
            assert desk.kind(RIGHT, CODE, device=MINE) is LOCKED
            assert desk.kind(RIGHT, CODE) is LOCKED
            assert desk.kind(RIGHT, HELD, device=THEIRS) is VerdictKind.ACCEPTED

    def test_a_known_device_has_its_lane_on_any_code(self) -> None:
        """One that gave a right code before may answer a code asked for elsewhere."""
        with self.opened() as desk:
            _prove(desk, MINE)
            sent(desk.open(HELD, line="branch"))
            desk.guess(5, HELD)
            assert desk.kind(RIGHT, HELD, device=THEIRS) is LOCKED
            assert desk.kind(RIGHT, HELD, device=MINE) is VerdictKind.ACCEPTED

    def test_many_devices_do_not_pass_the_ceiling(self) -> None:
        """A lane each, and together no more than the ceiling less the reserve."""
        with self.opened() as desk:
            compared = 0
            for number in range(12):
                one, device = challenge(f"d-{number}"), blind(f"device {number}")
                desk.open(one, line=f"{number}", device=device)
                compared += desk.guess(2, one, device=device).count(GUESSED)
            assert compared == LIMITS.ceiling - LIMITS.reserve

    def test_the_reserve_belongs_to_known_devices(self) -> None:
        """A day of strangers leaves the borrower's own device its last attempts."""
        with self.opened() as desk:
            _prove(desk, MINE)
            assert _guess_all_day(desk, THEIRS) == LIMITS.ceiling - LIMITS.reserve
            locked_until(desk.open(CODE, device=THEIRS, line="theirs"))
            sent(desk.open(CODE, device=MINE, line="mine"))
            assert desk.guess(LIMITS.reserve + 1, device=MINE) == [GUESSED] * LIMITS.reserve + [LOCKED]

    def test_a_device_is_known_to_its_person_alone(self) -> None:
        """What it proved for one gives it nothing for another."""
        with self.opened() as desk:
            _prove(desk, MINE)
            sent(desk.open(HELD, line="branch", budgets=(OTHER,)))
            desk.guess(5, HELD)
            assert desk.kind(RIGHT, HELD, device=MINE) is LOCKED

    def test_a_wrong_code_makes_no_device_known(self) -> None:
        """Only a right code does."""
        with self.opened() as desk:
            sent(desk.open(HELD, line="branch"))
            desk.guess(1, HELD, device=MINE)
            desk.guess(4, HELD)
            assert desk.kind(RIGHT, HELD, device=MINE) is LOCKED

    def test_a_device_is_forgotten_after_its_time(self) -> None:
        """At the very instant it is a stranger again."""
        with self.opened(evolve(LIMITS, known_for=60 * MINUTE)) as desk:
            _prove(desk, MINE)
            desk.wait(60 * MINUTE - INSTANT - MINUTE)
            sent(desk.open(HELD, line="branch", lives=DAY))
            desk.guess(5, HELD)
            desk.wait(MINUTE)
            assert desk.kind(RIGHT, HELD, device=MINE) is LOCKED
            desk.wait(-INSTANT)
            assert desk.kind(RIGHT, HELD, device=MINE) is VerdictKind.ACCEPTED

    def test_the_most_recent_devices_are_remembered(self) -> None:
        """Of three that proved themselves two are known; proving again makes one the most recent."""
        first, second, third = (blind(f"device {number}") for number in range(3))
        with self.opened(evolve(LIMITS, known=2)) as desk:
            for name, device in (("a", first), ("b", second), ("c", first), ("d", third)):
                _prove(desk, device, name)
            sent(desk.open(HELD, line="branch"))
            desk.guess(5, HELD)
            assert desk.kind(WRONG, HELD, device=second) is LOCKED
            assert desk.kind(WRONG, HELD, device=third) is GUESSED
            assert desk.kind(RIGHT, HELD, device=first) is VerdictKind.ACCEPTED

"""The failure budget against a brute-force count: what nobody passes, what a stranger cannot take."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.otp.budget import DAY, SECOND, Budget, FailureLimits

HOUR = 3600 * SECOND
LENDER = FailureLimits(failures=5, window=HOUR, ceiling=10, reserve=3, lane=3)
OWN, OTHER, STRANGER, NONE = "own", "other", "stranger", ""

ALL_LIMITS = st.builds(
    lambda failures, window, reserve, most, lane: FailureLimits(
        failures=failures, window=window, ceiling=reserve + most, reserve=reserve, lane=lane
    ),
    st.integers(1, 5),
    st.sampled_from([60 * SECOND, HOUR, DAY]),
    st.integers(0, 3),
    st.integers(1, 7),
    st.integers(1, 4),
)
# An attempt: how long after the last, from which device, on a code it asked for itself, and whether it is right.
ATTEMPTS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3 * SECOND), st.integers(0, HOUR), st.integers(0, DAY)),
        st.sampled_from([OWN, OTHER, STRANGER, NONE]),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=60,
)


class History:
    """What happened, kept whole and counted the slow way."""

    def __init__(self, limits: FailureLimits) -> None:
        self.limits = limits
        self.budget = Budget()
        self.now = 0
        self.wrong: list[tuple[int, str, bool]] = []  # when, on which device, was the device known then
        self.right: list[tuple[int, str]] = []

    def known(self, device: str) -> bool:
        return any(by == device != "" and at > self.now - self.limits.known_for for at, by in self.right)

    def attempt(self, after: int, device: str, own: bool, right: bool) -> int | None:
        self.now += after
        until = self.budget.locked_until(self.limits, self.now, device, own)
        if until is None and right:
            self.right.append((self.now, device))
            self.budget = self.budget.passed(self.limits, self.now, device)
        elif until is None:
            self.wrong.append((self.now, device, self.known(device)))
            self.budget = self.budget.failed(self.limits, self.now, device)
        return until

    def room(self, device: str, own: bool) -> bool:
        """Say whether a code may be compared now, from the whole history."""
        day = [one for one in self.wrong if one[0] > self.now - DAY]
        cleared = max([at for at, _ in self.right], default=0)
        recent = [one for one in day if one[0] > self.now - self.limits.window and one[0] > cleared]
        known = self.known(device)
        if len(day) >= self.limits.ceiling - (0 if known else self.limits.reserve):
            return False
        if len(recent) < self.limits.failures:
            return True
        return device != "" and (known or own) and sum(one[1] == device for one in day) < self.limits.lane


@given(ALL_LIMITS, ATTEMPTS)
def test_every_answer_is_that_of_a_count_over_the_whole_history(limits, attempts):
    past = History(limits)
    for after, device, own, right in attempts:
        ahead = History(limits)
        ahead.__dict__.update(past.__dict__, now=past.now + after)
        room = ahead.room(device, own)
        assert (past.attempt(after, device, own, right) is None) is room


@given(ALL_LIMITS, ATTEMPTS)
def test_no_24_hours_hold_more_failures_than_the_ceiling_over_all_devices(limits, attempts):
    past = History(limits)
    for one in attempts:
        past.attempt(*one)
    for at, _, _ in past.wrong:
        assert sum(at <= when < at + DAY for when, _, _ in past.wrong) <= limits.ceiling


@given(ALL_LIMITS, ATTEMPTS)
def test_devices_nobody_knows_leave_the_reserve_alone(limits, attempts):
    past = History(limits)
    for one in attempts:
        past.attempt(*one)
    for at, _, _ in past.wrong:
        strangers = [when for when, _, known in past.wrong if not known and at <= when < at + DAY]
        assert len(strangers) <= limits.ceiling - limits.reserve


@given(ALL_LIMITS, ATTEMPTS)
def test_no_device_fails_oftener_in_a_window_than_the_window_or_its_lane_allows(limits, attempts):
    past = History(limits)
    for after, device, own, _ in attempts:
        past.attempt(after, device, own, right=False)
    for at, device, _ in past.wrong:
        mine = [when for when, by, _ in past.wrong if by == device and at <= when < at + limits.window]
        assert len(mine) <= max(limits.failures, limits.lane)


@given(ALL_LIMITS, ATTEMPTS)
def test_retry_at_is_exact_locked_one_microsecond_before_and_open_at_it(limits, attempts):
    past = History(limits)
    for after, device, own, right in attempts:
        until = past.attempt(after, device, own, right)
        if until is not None and not past.known(device):
            # A known device may be forgotten meanwhile, which is a lock of its own.
            assert until > past.now
            assert past.budget.locked_until(limits, until - 1, device, own) == until
            assert past.budget.locked_until(limits, until, device, own) is None


@given(ALL_LIMITS, ATTEMPTS)
def test_what_is_kept_does_not_grow(limits, attempts):
    past = History(limits)
    for one in attempts:
        past.attempt(*one)
        assert len(past.budget.failures) <= limits.ceiling
        assert len(past.budget.known) <= limits.known
        assert list(past.budget.failures) == sorted(past.budget.failures)


def failed(times: int, device: str = STRANGER, budget: Budget | None = None, at: int = 1) -> Budget:
    budget = budget or Budget()
    for number in range(times):
        budget = budget.failed(LENDER, at + number, device)
    return budget


def test_a_stranger_cannot_lock_a_borrower_out():
    full = failed(5)
    assert full.locked_until(LENDER, 10, STRANGER, own=False) == 1 + HOUR
    assert full.locked_until(LENDER, 10, OWN, own=True) is None
    # Another's code is not its own; without a device nobody has a lane.
    assert full.locked_until(LENDER, 10, OWN, own=False) == 1 + HOUR
    assert full.locked_until(LENDER, 10, NONE, own=True) == 1 + HOUR
    assert failed(1, OWN, full, at=11).locked_until(LENDER, 20, OWN, own=True) is None
    # Nobody passes what the ceiling leaves to devices unknown, with a lane or without.
    assert failed(2, OWN, full, at=11).locked_until(LENDER, 20, OWN, own=True) == 1 + DAY


def test_a_known_device_keeps_a_lane_of_three_and_then_is_locked_as_anybody():
    full = failed(5, budget=Budget().passed(LENDER, 1, OWN), at=2)
    assert full.locked_until(LENDER, 10, OWN, own=False) is None
    assert failed(2, OWN, full, at=11).locked_until(LENDER, 20, OWN, own=False) is None
    assert failed(3, OWN, full, at=11).locked_until(LENDER, 20, OWN, own=False) == 5 + HOUR


def test_the_last_of_the_ceiling_belong_to_known_devices():
    day = 6 * HOUR
    seven = failed(7, STRANGER, Budget().passed(LENDER, 1, OWN), at=2)
    assert seven.locked_until(LENDER, day, STRANGER, own=True) == 2 + DAY
    assert seven.locked_until(LENDER, day, OWN, own=False) is None
    ten = failed(3, OWN, seven, at=day)
    assert ten.locked_until(LENDER, day + HOUR, OWN, own=True) == 2 + DAY


def test_a_right_code_begins_the_window_anew_and_gives_nothing_of_the_day_back():
    four = failed(4).passed(LENDER, 5, NONE)
    assert failed(2, budget=four, at=6).locked_until(LENDER, 8, NONE, own=False) is None
    assert failed(3, budget=four, at=6).locked_until(LENDER, 9, NONE, own=False) == 1 + DAY


def test_a_profile_without_lanes_has_none():
    without = evolve(LENDER, lane=0)
    assert failed(5).locked_until(without, 10, OWN, own=True) == 1 + HOUR


def test_a_failure_from_the_future_still_counts_after_the_clock_stepped_back():
    assert failed(5, at=HOUR).locked_until(LENDER, 1, STRANGER, own=False) == 2 * HOUR
    # And a full log does not lose it to one that came later but is older.
    ten = failed(10, at=DAY)
    assert ten.failed(LENDER, 1, STRANGER).failures == ten.failures


def test_the_most_recent_devices_are_remembered_and_not_for_ever():
    budget = Budget()
    for at, device in enumerate("abcdefa", start=1):
        budget = budget.passed(LENDER, at, device)
    assert dict(budget.known) == {"c": 3, "d": 4, "e": 5, "f": 6, "a": 7}
    late = budget.passed(LENDER, 5 + LENDER.known_for, "z")
    assert dict(late.known) == {"f": 6, "a": 7, "z": 5 + LENDER.known_for}
    assert dict(Budget().passed(evolve(LENDER, known=0), 1, "a").known) == {}


def test_a_device_forgotten_has_no_reserve():
    seven = failed(7, budget=Budget().passed(LENDER, 1, OWN), at=LENDER.known_for - 10)
    after = LENDER.known_for - 10 + 2 * HOUR
    assert seven.locked_until(LENDER, after, OWN, own=False) is not None


@pytest.mark.parametrize("line", ["device", ""])
def test_the_newest_challenge_of_a_line_supersedes_the_others_of_it_alone(line):
    budget = Budget().issued(line, "c1", 100, 0).issued("elsewhere", "c2", 100, 0)
    assert not budget.superseded(line, "c1")
    again = budget.issued(line, "c3", 50, 1)
    assert again.superseded(line, "c1")
    assert not again.superseded(line, "c3")
    assert not again.superseded("elsewhere", "c2")


def test_a_line_is_remembered_while_any_challenge_of_it_lives():
    budget = Budget().issued("a", "c1", 100, 0).issued("a", "c2", 50, 1)
    assert budget.issued("b", "c3", 200, 60).superseded("a", "c1")
    assert dict(budget.issued("b", "c3", 200, 100).newest) == {"b": ("c3", 200)}


def test_what_one_act_changes_leaves_the_rest_as_it_was():
    budget = failed(2).passed(LENDER, 9, OWN).issued("a", "c1", 100, 10)
    assert budget.issued("a", "c2", 100, 11) == evolve(budget, newest={"a": ("c2", 100)})
    assert budget.passed(LENDER, 12, NONE) == evolve(budget, cleared=12)
    assert budget.passed(LENDER, 12, OTHER) == evolve(budget, cleared=12, known={OWN: 9, OTHER: 12})
    assert budget.failed(LENDER, 13, OWN) == evolve(budget, failures=(*budget.failures, (13, OWN)))

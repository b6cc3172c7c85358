"""The granted rate is kept in every stretch of time, and a timer that rings late costs none of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.providers.carrier.pace import Pace

GAP = 0.25


@settings(max_examples=60)
@given(st.lists(st.sampled_from([0.0, 0.125, 0.5, 2.0]), min_size=2, max_size=30))
def test_who_waits_all_the_while_is_sent_at_the_rate_however_late_the_timer_rings(late: list[float]) -> None:
    pace = Pace(1 / GAP)
    moments: list[float] = []
    now = since = 10.0
    for more in late:
        at = pace.turn(since, now)
        if at > now:
            # The timer rings, and a little late; the turn is still the one that was waited for.
            now = at + more
            assert pace.turn(since, now) == at
        moments.append(at)
        since = at
    assert moments == [10.0 + GAP * place for place in range(len(late))]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([0.0, 0.125, 0.25, 1.0]), max_size=30))
def test_time_in_which_nobody_sent_is_not_saved_up(pauses: list[float]) -> None:
    pace = Pace(1 / GAP)
    now, moments = 10.0, list[float]()
    for pause in pauses:
        now += pause
        at = pace.turn(now, now)
        if at <= now:
            moments.append(now)
    assert all(after - before >= GAP for before, after in pairwise(moments))


def test_nobody_is_given_a_moment_in_which_the_gateway_is_being_waited_for() -> None:
    pace = Pace(None)
    pace.hold(12.0)
    assert (pace.turn(10.0, 10.0), pace.held(11.0), pace.held(12.0)) == (12.0, True, False)
    assert pace.turn(12.0, 12.0) == pace.turn(12.0, 12.0) == 12.0

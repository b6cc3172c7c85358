"""What moves a message on to the next channel: the table of its step, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.model import Channel, Purpose
from loansms.policy import Hop, Outcome, Step, next_hop

ROAD = (Channel.SMS, Channel.PUSH, Channel.WECHAT, Channel.VOICE, Channel.EMAIL, Channel.AGENT)
DAY = timedelta(days=1)


def step(*then: Hop, purpose: Purpose = Purpose.COLLECTION, channels: tuple[Channel, ...] = ROAD) -> Step:
    return Step(
        id="s", day=1, template="collection.early", purpose=purpose, priority=1, channels=channels, then=then
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_without_a_table_nothing_moves_on_by_itself(outcome: Outcome) -> None:
    assert next_hop(step(), Channel.SMS, outcome, DAY) is None


def test_an_undelivered_notice_walks_the_whole_road_and_stops_at_its_end() -> None:
    walked, at = [Channel.SMS], Channel.SMS
    while (
        following := next_hop(step(Hop(when=Outcome.UNDELIVERED)), at, Outcome.UNDELIVERED, DAY)
    ) is not None:
        walked.append(following)
        at = following
    assert tuple(walked) == ROAD


@pytest.mark.parametrize("purpose", [Purpose.OTP, Purpose.SECURITY_ALERT])
def test_a_code_or_an_alert_is_never_sent_by_another_road(purpose: Purpose) -> None:
    """A code read from another channel than the one it was asked for on is how accounts are taken over."""
    assert (
        next_hop(step(Hop(when=Outcome.UNDELIVERED), purpose=purpose), Channel.SMS, Outcome.UNDELIVERED, DAY)
        is None
    )


@pytest.mark.parametrize(("hours", "follows"), [(23, None), (24, Channel.PUSH), (25, Channel.PUSH)])
def test_it_waits_as_long_as_the_table_says(hours: int, follows: Channel | None) -> None:
    table = step(Hop(when=Outcome.NO_REPLY, after_hours=24))
    assert next_hop(table, Channel.SMS, Outcome.NO_REPLY, timedelta(hours=hours)) is follows


def test_another_outcome_than_the_table_names_moves_nothing() -> None:
    assert next_hop(step(Hop(when=Outcome.UNDELIVERED)), Channel.SMS, Outcome.NO_REPLY, DAY) is None


def test_a_named_channel_is_jumped_to_and_never_back() -> None:
    table = step(Hop(when=Outcome.UNDELIVERED, channel=Channel.VOICE))
    assert next_hop(table, Channel.SMS, Outcome.UNDELIVERED, DAY) is Channel.VOICE
    assert next_hop(table, Channel.VOICE, Outcome.UNDELIVERED, DAY) is None
    assert next_hop(table, Channel.EMAIL, Outcome.UNDELIVERED, DAY) is None


def test_of_several_rows_the_first_that_leads_forward_decides() -> None:
    table = step(
        Hop(when=Outcome.UNDELIVERED, channel=Channel.PUSH),
        Hop(when=Outcome.UNDELIVERED, channel=Channel.EMAIL),
    )
    assert next_hop(table, Channel.SMS, Outcome.UNDELIVERED, DAY) is Channel.PUSH
    assert next_hop(table, Channel.PUSH, Outcome.UNDELIVERED, DAY) is Channel.EMAIL


def test_a_channel_the_step_does_not_have_leads_nowhere() -> None:
    table = step(Hop(when=Outcome.UNDELIVERED), channels=(Channel.SMS, Channel.PUSH))
    assert next_hop(table, Channel.MMS, Outcome.UNDELIVERED, DAY) is None


@given(
    st.lists(
        st.builds(
            Hop,
            when=st.sampled_from(list(Outcome)),
            after_hours=st.integers(0, 48),
            channel=st.none() | st.sampled_from(ROAD),
        ),
        max_size=4,
    ),
    st.sampled_from(ROAD),
    st.sampled_from(list(Outcome)),
    st.integers(0, 72),
)
def test_it_only_ever_goes_forward(table: list[Hop], at: Channel, outcome: Outcome, hours: int) -> None:
    """Whatever the table: no road is walked in a circle, so no reader is written to without end."""
    following = next_hop(step(*table), at, outcome, timedelta(hours=hours))
    assert following is None or ROAD.index(following) > ROAD.index(at)

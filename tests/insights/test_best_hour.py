"""The suggested hour: inside the window whatever the history, the usual one without evidence, and told with its counts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.insights.best_hour import TOO_FEW, USUAL, SuggestedTime, Tried, best_hour, hours_tried
from loansms.insights.figures import figures
from loansms.stores import AttemptState
from loansms.stores.records import attempt_of
from loansms.testing.examples import AT, claim

WINDOW = (time(8, 30), time(21))
SEGMENT = {8: Tried(200, 10), 10: Tried(900, 90), 19: Tried(400, 80)}
TRIED = st.integers(0, 300).flatmap(lambda sent: st.integers(0, sent).map(lambda met: Tried(sent, met)))
HOURS = st.dictionaries(st.integers(0, 23), TRIED, max_size=24)


def suggested(
    own: dict[int, Tried], segment: dict[int, Tried] | None = None, **changes: Any
) -> SuggestedTime:
    return best_hour(
        own, SEGMENT if segment is None else segment, **{"window": WINDOW, "usual": time(10), **changes}
    )


@given(HOURS, HOURS, st.times(), st.times(), st.times())
def test_whatever_was_answered_at_night_the_suggestion_stays_in_the_window(
    own: dict[int, Tried], segment: dict[int, Tried], one: time, two: time, three: time
) -> None:
    opens, usual, closes = sorted((one, two, three))
    if not opens <= usual < closes:
        return
    found = best_hour(own, segment, (opens, closes), usual=usual)
    assert opens <= found.at < closes
    assert found.told().startswith(f"{found.at:%H:%M}")
    assert f"{found.at:%H:%M}" in found.told("zh-CN")


def test_a_newcomer_gets_the_hour_of_the_segment() -> None:
    assert suggested({}).at == time(19)


def test_an_own_habit_outweighs_the_segment() -> None:
    assert suggested({10: Tried(40, 20)}).at == time(10)
    assert suggested({10: Tried(1, 1)}).at == time(19)


def test_the_first_hour_begins_where_the_window_does() -> None:
    assert suggested({8: Tried(60, 50)}).at == time(8, 30)


def test_few_messages_suggest_nothing() -> None:
    found = suggested({19: Tried(9, 9)}, {10: Tried(50, 1), 19: Tried(40, 30)})
    assert (found.at, found.why) == (time(10), TOO_FEW)
    assert suggested({}, {}).why == TOO_FEW


def test_an_hour_that_nobody_tried_is_not_suggested() -> None:
    found = suggested({}, {10: Tried(1000, 1)}, usual=time(10, 15))
    assert (found.at, found.why) == (time(10, 15), USUAL)


def test_a_borrower_who_never_answers_at_the_best_hour_is_not_sent_to_an_untried_one() -> None:
    found = suggested({19: Tried(200, 0)}, {10: Tried(1000, 50), 19: Tried(1000, 200)})
    assert (found.at, found.why) == (time(10), USUAL)


def test_it_says_the_counts_behind_it_in_both_languages() -> None:
    told = suggested({19: Tried(4, 1)})
    assert "Own: 1 of 4 answered at that hour; segment: 80 of 400" in told.told()
    assert "本人该时段 4 条中回应 1 条" in told.told("zh-CN")
    assert [one.hour for one in told.weighed] == list(range(8, 21))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"window": (time(21), time(8))}, "window"),
        ({"usual": time(22)}, "usual"),
        ({"usual": time(21)}, "usual"),
        ({"strength": 0}, "strength"),
        ({"segment": {24: Tried(9, 1)}}, "own, segment"),
    ],
)
def test_a_window_or_an_hour_that_is_none_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(CallerError, match=f"^{said}"):
        suggested({}, **changes)


def test_more_answers_than_messages_are_refused() -> None:
    with pytest.raises(CallerError, match=r"^answered"):
        Tried(1, 2)


def test_the_counts_come_from_the_figures_in_the_hour_of_the_reader() -> None:
    ledger = [
        evolve(
            attempt_of(
                claim(step_key=f"s-{n}", borrower_id=f"B-{n % 2}", at=AT + timedelta(hours=n)), "", AT, 1
            ),
            state=AttemptState.ACCEPTED if n < 3 else AttemptState.REJECTED,
        )
        for n in range(4)
    ]
    replies = [{"borrower_id": "B-0", "at": AT + timedelta(hours=2, minutes=5)}]
    told = figures(
        ledger,
        as_of=datetime(2026, 10, 9, tzinfo=ZoneInfo("UTC")),
        zone=ZoneInfo("Asia/Shanghai"),
        replies=replies,
    )
    assert hours_tried(told.messages) == {10: Tried(1, 0), 11: Tried(1, 0), 12: Tried(1, 1)}
    assert hours_tried(told.messages, borrower_id="B-1", segment="") == {11: Tried(1, 0)}
    with pytest.raises(CallerError, match=r"^answered"):
        hours_tried(told.messages, "read")

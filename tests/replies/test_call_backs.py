"""Who asks to be rung after six is rung after six, and is no complainant; who complains of calls is heard."""

from __future__ import annotations

import pytest

from loansms.replies import Intent, hours_to_ring, understand
from tests.replies.call_backs import LATER, UNSEEN, Hours
from tests.replies.labelled import AT


@pytest.mark.parametrize(("text", "intent", "hours"), [*UNSEEN, *LATER])
def test_a_call_asked_for_is_told_from_a_call_complained_of(text: str, intent: Intent, hours: Hours) -> None:
    assert understand(text, received_at=AT).intent is intent
    if intent is Intent.CALL_ME:
        assert hours_to_ring(text) == hours


@pytest.mark.parametrize("text", ["call me at 25", "call me after 10pm", "凌晨三点打给我？", "ring me", ""])
def test_no_hour_is_made_up_and_none_outside_the_day(text: str) -> None:
    told = hours_to_ring(text)
    assert told is None or (told[0] < told[1] and told[0].hour >= 8 and told[1].hour <= 21)

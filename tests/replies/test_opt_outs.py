"""Nobody who asks to stop is missed, in whatever spelling; who asks for something else is not silenced."""

from __future__ import annotations

import pytest

from loansms.model import Purpose
from loansms.replies import Doubt, Intent, ReplyContext, Scope, asks_to_stop, understand
from tests.replies.opt_outs import none, opt_outs

SPELLINGS = opt_outs()
NONE = none()


def test_there_are_enough_of_both() -> None:
    assert len(SPELLINGS) >= 300
    assert len(set(NONE)) >= 200


def test_no_spelling_of_an_opt_out_is_missed() -> None:
    missed = [text for text in SPELLINGS if understand(text).intent is not Intent.OPT_OUT]
    assert missed == []


def test_what_is_obeyed_at_once_is_all_of_them() -> None:
    """The intake asks only this: a spelling that the two told apart would be kept and not obeyed."""
    assert [text for text in SPELLINGS if not asks_to_stop(text)] == []


def test_other_words_are_no_opt_out() -> None:
    silenced = [text for text in NONE if understand(text).intent is Intent.OPT_OUT or asks_to_stop(text)]
    assert silenced == []


@pytest.mark.parametrize("text", ["T", "td", "退订", "stop", "Ｒ", "N"])
def test_a_menu_never_takes_an_opt_out_for_an_answer(text: str) -> None:
    menu = {"1": Intent.QUESTION_BALANCE, "2": Intent.QUESTION_HOW_TO_PAY, "0": Intent.CALL_ME}
    assert understand(text, context=ReplyContext(menu=menu)).intent is Intent.OPT_OUT


@pytest.mark.parametrize(
    "text", ["I already paid, stop texting me", "已经还了，退订", "打错了，别再发了", "TD 骗子"]
)
def test_beside_other_words_it_still_wins_and_a_person_reads_it(text: str) -> None:
    said = understand(text)
    assert said.intent is Intent.OPT_OUT
    assert said.to_person
    assert Doubt.MIXED_OPT_OUT in said.doubts


@pytest.mark.parametrize("text", ["别催了", "别催了，明天就还", "not interested"])
def test_what_may_be_an_opt_out_is_shown_to_a_person(text: str) -> None:
    assert understand(text).to_person


@pytest.mark.parametrize(
    ("text", "purpose", "scope"),
    [
        ("退订", Purpose.MARKETING, Scope.KIND),
        ("T", Purpose.COLLECTION, Scope.KIND),
        ("stop", Purpose.REPAYMENT_REMINDER, Scope.KIND),
        ("所有短信都退订", Purpose.MARKETING, Scope.ALL),
        ("stop all messages", Purpose.REPAYMENT_REMINDER, Scope.ALL),
        ("永远不要再联系我", Purpose.COLLECTION, Scope.ALL),
        ("remove my number", Purpose.COLLECTION, Scope.ALL),
        # What is not known to answer one kind stops all.
        ("退订", None, Scope.ALL),
    ],
)
def test_it_goes_as_far_as_its_words_say(text: str, purpose: Purpose | None, scope: Scope) -> None:
    assert understand(text, context=ReplyContext(purpose=purpose)).scope is scope


def test_only_an_opt_out_has_a_scope() -> None:
    assert understand("周五还", context=ReplyContext(purpose=Purpose.COLLECTION)).scope is None

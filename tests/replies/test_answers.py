"""What follows from a reply: the right hold, the right case, and no word about a loan to a stranger."""

from __future__ import annotations

from datetime import date

import pytest

from loansms.model import HoldKind, Purpose
from loansms.replies import CaseKind, Intent, ReplyContext, Scope, answer_for, understand
from loansms.replies.answers import ReplyPlan
from tests.replies.labelled import AT, labelled

TWO = ReplyContext(loan_ids=("L-1", "L-2"))
ONE = ReplyContext(loan_ids=("L-1",))
STRANGER = ReplyContext(wrong_person=True, loan_ids=("L-1",))
TELLS = {
    "reply.balance",
    "reply.how_to_pay",
    "reply.plan_options",
    "reply.payment_checked",
    "reply.promise_noted",
    "reply.promise_ask_day",
    "reply.hardship_options",
    "reply.which_loan",
}


def plan(text: str, context: ReplyContext | None = None) -> ReplyPlan:
    return answer_for(understand(text, received_at=AT, context=context), context, received_on=AT.date())


def test_a_promise_holds_until_its_day_and_its_loan_alone() -> None:
    (hold,) = plan("下个月5号先还两千", ONE).holds
    assert (hold.kind, hold.until, hold.loan_id) == (HoldKind.PROMISE, date(2026, 10, 5), "L-1")


def test_a_promise_without_a_day_is_asked_for_one_and_holds_nothing() -> None:
    found = plan("发工资还", ONE)
    assert (found.template, found.holds) == ("reply.promise_ask_day", ())


def test_a_promise_far_off_goes_to_a_person() -> None:
    found = plan("2027年3月1日还", ONE)
    assert found.holds == ()
    assert CaseKind.PROMISE in found.cases


@pytest.mark.parametrize(
    ("text", "kind", "case"),
    [
        ("利息算错了", HoldKind.DISPUTE, CaseKind.DISPUTE),
        ("I never took this loan", HoldKind.DISPUTE, CaseKind.DISPUTE),
        ("有人冒用我的身份证贷款", HoldKind.DISPUTE, CaseKind.FRAUD),
        ("I lost my job", HoldKind.HARDSHIP, CaseKind.HARDSHIP),
        ("我要投诉你们", HoldKind.OPERATOR, CaseKind.COMPLAINT),
    ],
)
def test_what_must_stop_the_ladder_holds_until_somebody_releases_it(
    text: str, kind: HoldKind, case: CaseKind
) -> None:
    found = plan(text)
    assert [(one.kind, one.until) for one in found.holds] == [(kind, None)]
    assert case in found.cases


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("打错了", CaseKind.WRONG_PERSON),
        ("我是他老婆", CaseKind.THIRD_PARTY),
        ("fuck you", CaseKind.ABUSE),
        ("asdf", CaseKind.UNCLEAR),
        ("call me", CaseKind.CALL_BACK),
        ("已经还了", CaseKind.PAYMENT_CHECK),
    ],
)
def test_a_person_is_given_what_only_a_person_can_settle(text: str, case: CaseKind) -> None:
    assert case in plan(text).cases


def test_an_opt_out_suppresses_as_far_as_it_goes_and_the_rest_is_not_lost() -> None:
    found = plan("别再发了，利息算错了，我要投诉", ReplyContext(purpose=Purpose.COLLECTION))
    assert (found.suppress, found.template) == (Scope.KIND, "reply.opt_out_confirmed")
    assert {one.kind for one in found.holds} == {HoldKind.DISPUTE, HoldKind.OPERATOR}
    assert {CaseKind.COMPLAINT, CaseKind.DISPUTE} <= set(found.cases)


def test_with_two_loans_the_answer_asks_which_and_a_hold_covers_both() -> None:
    assert plan("how much do I owe", TWO).template == "reply.which_loan"
    assert plan("how much do I owe", TWO).asks_which_loan
    promised = plan("周五还", TWO)
    assert promised.asks_which_loan
    assert [one.loan_id for one in promised.holds] == [None]
    assert not plan("how much do I owe", ONE).asks_which_loan


def test_a_number_marked_wrong_is_told_nothing_about_a_loan_whatever_it_says() -> None:
    for one in labelled("tuning"):
        for context in (STRANGER, ReplyContext(wrong_person=True, loan_ids=("L-1", "L-2"))):
            found = plan(one.text, context)
            assert found.template not in TELLS, one.text
            assert CaseKind.WRONG_PERSON in found.cases


def test_who_says_to_be_somebody_else_is_marked_and_told_nothing() -> None:
    found = plan("wrong number, how much does he owe?", ONE)
    assert found.marks_wrong_person
    assert found.template not in TELLS
    assert plan("我是他儿子，他还欠多少？", ONE).template is None


def test_every_meaning_has_its_line_in_the_table() -> None:
    for intent in Intent:
        text = next(one.text for one in labelled("tuning") if one.intent is intent)
        found = plan(text)
        assert found.template or found.cases or intent is Intent.ACKNOWLEDGEMENT

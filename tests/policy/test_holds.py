"""What stops the ladder: promises, disputes, plans, an operator; and the day of a promise."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
import pytest

from loansms.model import History, Hold, HoldKind, Money, StepMark
from loansms.model.examples import account
from loansms.policy import NothingDue, Policy, StepDue

CN = Policy.preset("cn-consumer")
TODAY = date(2026, 10, 2)  # eight days past due
NOW = datetime(2026, 10, 2, 4, tzinfo=UTC)


def answer(
    *holds: Hold, history: History | None = None, policy: Policy = CN, **changes: object
) -> StepDue | NothingDue:
    return policy.next_step(account(**changes), history or History(), holds, NOW)


@pytest.mark.parametrize("kind", list(HoldKind))
def test_every_kind_of_hold_stops_the_ladder_and_says_so_in_two_languages(kind: HoldKind) -> None:
    found = answer(Hold(kind, date(2026, 10, 9)))
    assert isinstance(found, NothingDue)
    assert found.why.code == f"held_{kind}"
    assert found.until == date(2026, 10, 9)
    assert "through 2026-10-09" in found.why.message
    assert "至 2026-10-09（含）" in found.why.message_zh


@pytest.mark.parametrize(
    ("until", "code"),
    [(date(2026, 10, 1), "overdue_middle"), (TODAY, "held_dispute"), (None, "held_dispute")],
)
def test_a_hold_stops_through_its_last_day(until: date | None, code: str) -> None:
    assert answer(Hold(HoldKind.DISPUTE, until)).why.code == code


@pytest.mark.parametrize(
    ("loan", "code"), [("L-1", "held_plan"), (None, "held_plan"), ("L-2", "overdue_middle")]
)
def test_a_hold_on_another_loan_stops_nothing(loan: str | None, code: str) -> None:
    assert answer(Hold(HoldKind.PLAN, None, loan)).why.code == code


def test_of_several_holds_the_one_that_lasts_longest_answers() -> None:
    short, long = Hold(HoldKind.DISPUTE, date(2026, 10, 5)), Hold(HoldKind.PLAN, date(2026, 11, 5))
    endless = Hold(HoldKind.OPERATOR)
    assert answer(short, long).why.code == "held_plan"
    assert answer(long, short).why.code == "held_plan"
    endless_answer = answer(long, endless, short)
    assert endless_answer.why.code == "held_operator"
    assert endless_answer.why.message == "On hold until it is released: a member of staff has paused it."
    assert endless_answer.why.message_zh == "工作人员已暂停，暂停直至解除。"


@pytest.mark.parametrize(
    ("promised", "code"),
    [(date(2026, 10, 3), "held_promise"), (TODAY, "promise_day"), (date(2026, 10, 1), "overdue_middle")],
)
def test_an_open_promise_in_the_book_holds_and_a_broken_one_does_not(promised: date, code: str) -> None:
    assert answer(promise_to_pay_until=promised).why.code == code


def test_on_the_day_of_a_promise_the_borrower_is_reminded_of_it_once() -> None:
    found = answer(promise_to_pay_until=TODAY)
    assert isinstance(found, StepDue)
    assert (found.step, found.stage, found.template) == ("promise-day", "middle", "reminder.promise_day")
    assert (found.due_on, found.due_at.isoformat()) == (TODAY, "2026-10-02T00:00:00+08:00")
    again = answer(history=History(done={StepMark("L-1", "promise-day", TODAY)}), promise_to_pay_until=TODAY)
    assert isinstance(again, NothingDue)
    assert (again.why.code, again.step, again.due_on) == ("already_done", "promise-day", TODAY)


def test_a_promise_renewed_is_reminded_of_again() -> None:
    history = History(done={StepMark("L-1", "promise-day", date(2026, 9, 28))})
    assert answer(history=history, promise_to_pay_until=TODAY).why.code == "promise_day"


def test_a_promise_that_came_by_a_reply_counts_like_one_in_the_book() -> None:
    assert answer(Hold(HoldKind.PROMISE, TODAY, "L-1")).why.code == "promise_day"


def test_a_dispute_silences_the_day_of_a_promise() -> None:
    ended = Hold(HoldKind.DISPUTE, TODAY)
    assert isinstance(answer(ended, promise_to_pay_until=TODAY), NothingDue)
    assert answer(Hold(HoldKind.DISPUTE), promise_to_pay_until=TODAY).why.code == "held_dispute"


def test_a_later_promise_holds_though_an_earlier_one_ends_today() -> None:
    later = Hold(HoldKind.PROMISE, date(2026, 10, 6))
    assert answer(later, promise_to_pay_until=TODAY).why.code == "held_promise"


def test_a_promise_inside_the_grace_days_is_reminded_of_too() -> None:
    assert answer(promise_to_pay_until=TODAY, grace_days=10).why.code == "promise_day"


def test_nothing_owed_is_said_before_any_hold() -> None:
    nothing = Money("0.00", "CNY")
    assert (
        answer(Hold(HoldKind.DISPUTE), amount_due=nothing, promise_to_pay_until=TODAY).why.code
        == "nothing_due"
    )


def test_a_policy_without_a_promise_step_just_holds() -> None:
    silent = attrs.evolve(CN, steps=[step for step in CN.steps if step.stage])
    assert answer(policy=silent, promise_to_pay_until=TODAY).why.code == "held_promise"


def test_a_book_from_before_the_due_date_collects_nothing() -> None:
    """It cannot know whether the payment came; on the due date itself it can."""
    stale = answer(as_of=date(2026, 9, 23))
    assert isinstance(stale, NothingDue)
    assert stale.why.code == "book_outdated"
    assert "2026-09-23" in stale.why.message
    assert "2026-09-23" in stale.why.message_zh
    for as_of in (None, date(2026, 9, 24), date(2026, 10, 1)):
        assert isinstance(answer(as_of=as_of), StepDue)

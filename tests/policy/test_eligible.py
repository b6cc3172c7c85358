"""Whose step it is: by audience, by recipient, and nobody else's silence."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.parts import noon, policy, step

from loansms.model import Guarantor, History, RecipientRole, StepMark
from loansms.model.examples import account, borrower
from loansms.policy import Experiment, Kind, NothingDue, Policy, StepDue

PHONE = borrower().phone


def told(one: Policy, dpd: int, **given: Any) -> list[str]:
    """The ids of the steps that are due, or the code of why the borrower hears nothing."""
    answers = one.steps_due(account(**given), History(), (), noon(dpd))
    return [each.step if isinstance(each, StepDue) else each.why.code for each in answers]


def test_a_step_for_some_silences_only_them() -> None:
    one = policy(step(1), step(1, id="auto", priority=61, audience="autopay"))
    assert told(one, 2, autopay=True) == ["auto"]
    assert told(one, 2, autopay=False) == ["day-1"]


def test_who_is_in_no_audience_is_told_so() -> None:
    one = policy(step(1, audience="autopay"))
    assert told(one, 2) == ["no_audience"]
    assert told(one, 2, autopay=True) == ["day-1"]


def test_an_account_that_moves_into_an_audience_moves_to_its_step() -> None:
    one = policy(step(1), step(2, audience="days_past_due >= 4"))
    assert [told(one, dpd)[0] for dpd in (1, 2, 3, 4, 5)] == ["day-1"] * 3 + ["day-2"] * 2


def test_an_own_column_decides_and_what_is_missing_is_in_no_audience() -> None:
    low = step(1, id="low", priority=61, audience="score < 600")
    one = policy(step(1), low, columns={"score": Kind.NUMBER})
    assert one.named_columns == {"score"}
    for text, heard in (("580", "low"), ("600", "day-1"), ("", "day-1"), ("n/a", "day-1")):
        assert told(one, 1, extra={"score": text}) == [heard]


def test_a_guarantor_has_a_ladder_of_their_own() -> None:
    one = policy(step(1), step(4, id="g", recipient=RecipientRole.GUARANTOR))
    known = {"guarantor": Guarantor(phone=PHONE, consent=True)}
    assert told(one, 3, **known) == ["day-1"]
    assert told(one, 4, **known) == ["day-1", "g"]
    assert told(one, 4) == ["day-1"]


def test_what_the_borrower_heard_does_not_silence_the_guarantor() -> None:
    one = policy(step(1), step(1, id="g", recipient=RecipientRole.GUARANTOR))
    done = History(done={StepMark("L-1", "day-1", account().due_on)})
    first, second = one.steps_due(account(guarantor=Guarantor(phone=PHONE)), done, (), noon(1))
    assert isinstance(first, NothingDue)
    assert first.why.code == "already_done"
    assert isinstance(second, StepDue)
    assert (second.step, second.recipient) == ("g", RecipientRole.GUARANTOR)
    answer = one.next_step(account(guarantor=Guarantor(phone=PHONE)), done, (), noon(1))
    assert answer == first


def test_a_holdout_hears_none_of_an_experiment_s_steps() -> None:
    tone = Experiment(name="tone", arms={"warm": 1}, holdout=1)
    one = policy(step(1), step(1, id="warm", priority=61, experiment="tone"), experiments=[tone])
    for number in range(40):
        who = borrower(borrower_id=f"B-{number}")
        assert told(one, 1, borrower=who) == [tone.arm(who.borrower_id) or "day-1"]


@given(autopay=st.booleans(), amount=st.sampled_from(["499.99", "500.00"]), dpd=st.integers(-2, 12))
def test_the_steps_are_those_of_a_policy_without_the_others(autopay: bool, amount: str, dpd: int) -> None:
    """An audience is nothing but a policy for each kind of account."""
    conditions = {"autopay": autopay, "amount_due >= 500": amount == "500.00", "not autopay": not autopay}
    steps = [
        step(day, id=f"s{day}-{at}", priority=60 + at, audience=audience)
        for day in (-1, 1, 3, 9)
        for at, audience in enumerate(["", *conditions])
    ]
    one = account(autopay=autopay, amount_due=account().amount_due.__class__(amount, "CNY"))
    mine = [each for each in steps if not each.audience or conditions[each.audience]]
    bare = policy(*(step(each.day, id=each.id, priority=each.priority) for each in mine))
    found = policy(*steps).next_step(one, History(), (), noon(dpd))
    same = bare.next_step(one, History(), (), noon(dpd))
    assert (type(found), found.why.code) == (type(same), same.why.code)
    if isinstance(found, StepDue) and isinstance(same, StepDue):
        assert (found.step, found.last_on) == (same.step, same.last_on)


def test_a_policy_that_was_sent_to_another_process_still_tells_accounts_apart() -> None:
    one = policy(step(1), step(1, id="auto", priority=61, audience="autopay"))
    told(one, 2)
    sent = pickle.loads(pickle.dumps(one))
    assert [told(sent, 2, autopay=autopay) for autopay in (True, False)] == [["auto"], ["day-1"]]


@pytest.mark.parametrize("role", [RecipientRole.BORROWER, RecipientRole.GUARANTOR])
def test_a_promise_is_answered_to_whom_the_step_names(role: RecipientRole) -> None:
    promise = step(0, id="p", stage="", anchor="promise_to_pay_until", recipient=role)
    one = policy(step(1), promise)
    given = {
        "promise_to_pay_until": account().due_on,
        "guarantor": Guarantor(phone=PHONE, consent=True),
    }
    heard = told(one, 0, **given)
    assert heard == (["p"] if role is RecipientRole.BORROWER else ["held_promise", "p"])

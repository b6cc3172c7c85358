"""Stages in which nobody speaks, and steps nobody ever hears: found before the first borrower is told anything."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.parts import STAGES, dated, duty, found, noon, policy, step

from loansms.model import Channel, History, Purpose, RecipientRole
from loansms.model.examples import account
from loansms.policy import Anchor, Experiment, Kind, Policy, Severity, Stage, Step, StepDue, Tone

CN = Policy.preset("cn-consumer")
TONE = Experiment(name="tone", arms={"usual": 1, "warm": 1, "off": 0})
ALL_IN = Experiment(name="all", arms={"new": 2})


def said(*steps: Step, **changes: Any) -> list[tuple[str, str]]:
    """What is found of steps beside one for everybody in each overdue stage."""
    return found(policy(*steps, step(1, id="one"), step(8, id="eight"), **changes))


def promise(**changes: Any) -> Step:
    fields: dict[str, Any] = {"id": "promise", "stage": "", "anchor": Anchor.PROMISE}
    return step(0, **{**fields, **changes})


def test_a_tone_that_softens_as_the_debt_ages_is_found() -> None:
    stages = [Stage(name="early", from_dpd=1, to_dpd=7, tone=Tone.FORMAL), Stage(name="late", from_dpd=8)]
    (finding,) = policy(step(1), step(8), stages=stages).check()
    assert (finding.severity, finding.code, finding.where) == (Severity.ERROR, "tone_goes_back", "stage late")
    assert finding.message == 'Stage "late" speaks plain after "early" spoke formal.'
    assert finding.message_zh == "阶段“late”的语气（plain）比前一阶段“early”（formal）更轻。"


def test_an_equal_tone_is_no_fault_and_the_order_in_the_file_does_not_matter() -> None:
    stages = [
        Stage(name="late", from_dpd=8, tone=Tone.FIRM),
        Stage(name="early", from_dpd=1, to_dpd=3),
        Stage(name="mid", from_dpd=4, to_dpd=7),
    ]
    assert policy(step(1), step(4, stage="mid"), step(8), stages=stages).check() == []


def test_an_overdue_stage_without_a_step_and_days_after_the_last_stage_are_found() -> None:
    stages = [*STAGES[:2], Stage(name="late", from_dpd=8, to_dpd=30)]
    one = policy(step(1), stages=stages)
    assert found(one) == [("stage_without_step", "stage late"), ("days_after_last_stage", "stage late")]
    assert "Days from 31 on" in one.check()[1].message
    assert "第 31 天起" in one.check()[1].message_zh


@pytest.mark.parametrize(
    "silent",
    [
        {"recipient": RecipientRole.GUARANTOR},
        {"audience": "days_past_due < 8"},
        {"experiment": "tone", "arm": "off"},
    ],
)
def test_a_stage_in_which_no_borrower_can_hear_anything_has_no_step(silent: dict[str, Any]) -> None:
    one = policy(step(1), step(8, **silent), experiments=[TONE])
    assert ("stage_without_step", "stage late") in found(one)


@pytest.mark.parametrize("partly", [{"audience": "autopay"}, {"experiment": "tone", "arm": "warm"}])
def test_a_stage_in_which_only_some_are_spoken_to_is_noted(partly: dict[str, Any]) -> None:
    one = policy(step(1), step(8, **partly), experiments=[TONE])
    assert (Severity.NOTE, "stage_for_some") in [(each.severity, each.code) for each in one.check()]
    assert "stage late" in [each.where for each in one.check()]


def test_an_experiment_without_a_holdout_speaks_to_all_where_no_arm_is_named() -> None:
    both = Experiment(name="tone", arms={"usual": 1, "warm": 1})
    assert found(policy(step(1), step(8, experiment="tone"), experiments=[both])) == []


def test_of_two_steps_on_one_day_the_lower_priority_is_found_unreachable() -> None:
    louder = step(1, id="louder", priority=61)
    one = policy(louder, step(1), step(8))
    (finding,) = one.check()
    assert (finding.severity, finding.code, finding.where) == (
        Severity.ERROR,
        "unreachable_step",
        "step day-1",
    )
    assert finding.message == (
        'Step "day-1" is never heard: "louder" of day +1 speaks to everybody it is for.'
    )
    assert finding.message_zh == "步骤“day-1”永远不会执行：第 1 天的“louder”已覆盖其全部对象。"
    rung = one.ladder.at(5)
    assert rung is not None
    assert rung.step is louder


@pytest.mark.parametrize(
    ("mine", "theirs", "silenced"),
    [
        ({"audience": "autopay"}, {}, True),
        ({}, {"audience": "autopay"}, False),
        ({"audience": "autopay"}, {"audience": "autopay"}, True),
        ({"audience": "autopay"}, {"audience": "not autopay"}, False),
        ({"audience": "score < 500 and autopay"}, {"audience": "score < 600"}, True),
        ({"audience": "score < 600"}, {"audience": "score < 500"}, False),
        ({"audience": "score < 600"}, {"audience": "score != 500"}, False),
        ({"audience": 'product == "car"'}, {"audience": 'product in ("car", "home")'}, True),
        ({"audience": 'product in ("car", "home")'}, {"audience": 'product == "car"'}, False),
        ({"recipient": RecipientRole.GUARANTOR}, {}, False),
        ({}, {"recipient": RecipientRole.GUARANTOR}, False),
        ({"experiment": "tone", "arm": "warm"}, {"experiment": "tone"}, True),
        ({"experiment": "tone"}, {"experiment": "tone", "arm": "warm"}, False),
        ({"experiment": "tone", "arm": "warm"}, {"experiment": "tone", "arm": "usual"}, False),
        ({"experiment": "tone", "arm": "warm"}, {}, True),
        ({}, {"experiment": "tone"}, True),
        ({}, {"experiment": "all"}, True),
        ({"experiment": "tone"}, {"experiment": "all", "arm": "new"}, True),
    ],
)
def test_a_step_is_silenced_only_by_one_that_speaks_to_all_its_readers(
    mine: dict[str, Any], theirs: dict[str, Any], *, silenced: bool
) -> None:
    holdout = attrs.evolve(TONE, holdout=0 if mine == {} else 1)
    lower, higher = step(2, id="mine", **mine), step(2, id="theirs", priority=61, **theirs)
    codes = said(lower, higher, columns={"score": Kind.NUMBER}, experiments=[holdout, ALL_IN])
    assert (("unreachable_step", "step mine") in codes) == silenced


def test_a_holdout_hears_what_the_arms_do_not() -> None:
    held = attrs.evolve(TONE, holdout=1)
    codes = said(step(2), step(2, id="x", priority=61, experiment="tone"), experiments=[held])
    assert codes == []


def test_a_step_whose_readers_come_only_when_the_next_has_begun_is_unreachable() -> None:
    assert said(step(2, audience="days_past_due >= 4"), step(4)) == [("unreachable_step", "step day-2")]
    assert said(step(2, audience="days_past_due >= 3"), step(4)) == []


def test_a_repeat_on_another_step_s_day_is_found() -> None:
    weekly = step(8, id="weekly", repeat=7, until=30, priority=50)
    one = policy(step(1), weekly, step(22))
    (finding,) = one.check()
    assert (finding.severity, finding.code, finding.where) == (
        Severity.WARN,
        "repeat_silenced",
        "step weekly",
    )
    assert 'is not said again on day 22: "day-22" of day +22' in finding.message
    assert "在第 22 天的重复不会执行" in finding.message_zh


def test_a_step_that_a_repeat_speaks_over_is_unreachable() -> None:
    weekly = step(8, id="weekly", repeat=7, until=30, priority=70)
    one = policy(step(1), weekly, step(22))
    assert found(one) == [("unreachable_step", "step day-22")]
    assert '"weekly.3" of day +22' in one.check()[0].message


def test_a_repeat_does_not_silence_itself() -> None:
    assert found(policy(step(1), step(8, repeat=1, until=30))) == []


def test_a_second_promise_step_is_found_unreachable() -> None:
    again = next(one for one in CN.steps if one.anchor == Anchor.PROMISE)
    one = attrs.evolve(CN, steps=[*CN.steps, attrs.evolve(again, id="again")])
    assert found(one) == [("unreachable_step", "step again")]
    assert one.check()[0].message.endswith('"promise-day" already answers a promise.')
    assert one.check()[0].message_zh == "步骤“again”永远不会执行：“promise-day”已用于承诺还款日。"


@pytest.mark.parametrize(
    "other",
    [
        {"priority": 70, "audience": "autopay"},
        {"priority": 70, "recipient": RecipientRole.GUARANTOR},
    ],
)
def test_a_promise_step_for_some_silences_only_them(other: dict[str, Any]) -> None:
    assert said(promise(), promise(id="other", **other)) == []


def test_the_answer_to_a_promise_does_not_hang_on_the_order_of_the_file() -> None:
    high, low = promise(id="high", priority=61), promise(id="low")
    for steps in ((high, low), (low, high)):
        assert policy(*steps).ladder.promise == high
        assert ("unreachable_step", "step low") in said(*steps)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (step(2, audience="days_past_due > 7"), " on days 2 to 7"),
        (step(2, audience="days_past_due > 3", until=3), " on days 2 to 3"),
        (step(9, audience="1 <= days_past_due <= 8"), " from day 9 on"),
        (step(-3, audience="days_past_due > -2", carry_days=1), " on days -3 to -2"),
        (step(-1, audience="days_past_due > 0", carry_days=9), " on days -1 to 0"),
        (step(2, audience="False"), " on days 2 to 7"),
        (step(2, audience="days_past_due == 2.5"), " on days 2 to 7"),
        (step(2, audience="score > 5 and 5 > score"), " on days 2 to 7"),
        (step(2, audience='product == "a" and product == "b"'), " on days 2 to 7"),
        (step(2, audience="autopay and not autopay"), " on days 2 to 7"),
        (duty(audience="days_past_due > 15"), " on days 10 to 15"),
        (promise(audience="False"), ""),
    ],
)
def test_a_step_for_nobody_is_found(one: Step, told: str) -> None:
    (finding,) = policy(one, step(1, id="a"), step(8, id="b"), columns={"score": Kind.NUMBER}).check()
    assert (finding.severity, finding.code, finding.where) == (
        Severity.ERROR,
        "empty_audience",
        f"step {one.id}",
    )
    assert finding.message == f'No account is ever in the audience of step "{one.id}"{told}.'
    assert finding.message_zh.endswith("永远不成立。")


@pytest.mark.parametrize(
    "one",
    [
        step(2, audience="days_past_due > 6"),
        step(-3, audience="days_past_due > -3", carry_days=1),
        step(9, audience="days_past_due > 4000"),
        duty(audience="days_past_due > 14"),
        dated(audience="days_past_due < -3000"),
    ],
)
def test_a_step_that_some_account_can_hear_is_not(one: Step) -> None:
    assert said(one, columns={"birthday": Kind.DATE}) == []


def test_a_step_of_an_arm_without_weight_is_found() -> None:
    one = policy(step(1), step(8), step(2, experiment="tone", arm="off"), experiments=[TONE])
    (finding,) = one.check()
    assert (finding.severity, finding.code, finding.where) == (Severity.ERROR, "empty_arm", "step day-2")
    assert 'arm "off" of "tone"' in finding.message
    assert "权重为 0" in finding.message_zh


def test_a_step_for_somebody_no_account_names_is_found() -> None:
    one = policy(step(1), step(8), step(2, recipient=RecipientRole.CO_BORROWER))
    (finding,) = one.check()
    assert (finding.severity, finding.code, finding.where) == (
        Severity.ERROR,
        "recipient_unknown",
        "step day-2",
    )
    assert not account().has(RecipientRole.CO_BORROWER)
    assert "没有该对象" in finding.message_zh


def test_an_experiment_that_no_step_belongs_to_compares_nothing() -> None:
    one = policy(step(1), step(8), experiments=[TONE])
    (finding,) = one.check()
    assert (finding.severity, finding.code) == (Severity.WARN, "experiment_unused")
    assert finding.where == "experiment tone"


def test_a_stage_that_takes_up_the_words_of_an_earlier_one_is_found() -> None:
    stages = [*STAGES[:2], Stage(name="late", from_dpd=8, to_dpd=30), Stage(name="last", from_dpd=31)]
    back = step(31, stage="last", template="collection.early")
    one = policy(step(1), step(8), back, stages=stages)
    (finding,) = one.check()
    assert (finding.severity, finding.code, finding.where) == (Severity.WARN, "words_go_back", "step day-31")
    assert finding.message == 'Step "day-31" goes back to "collection.early", the words of stage "early".'
    assert "又使用了阶段“early”" in finding.message_zh
    on = step(31, stage="last", template="collection.late")
    assert found(policy(step(1), step(8), on, stages=stages)) == []
    assert found(policy(step(1), step(8, template="collection.early"), back, stages=stages)) == []


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (2, {}),
        (2, {"stage": "", "obligatory": True, "deadline_days": 1}),
        (-1, {"stage": "", "obligatory": True, "deadline_days": 2}),
    ],
)
def test_a_reminder_after_the_due_date_is_found(day: int, late: dict[str, Any]) -> None:
    words = {"purpose": Purpose.REPAYMENT_REMINDER, "template": "reminder.due_today"}
    assert said(step(day, id="late", **words, **late)) == [("reminder_after_due", "step late")]


def test_a_duty_that_ends_on_the_due_date_is_a_reminder_in_time() -> None:
    assert said(step(-1, stage="", obligatory=True, deadline_days=1)) == []


AUDIENCES = st.sampled_from(
    ["", "", "autopay", "not autopay", "days_past_due >= 4", "days_past_due < 9", "3 < days_past_due <= 10"]
)
DRAWN = st.tuples(st.integers(-3, 14), AUDIENCES, st.integers(1, 3), st.sampled_from([0, 0, 3]))


@settings(max_examples=150)
@given(drawn=st.lists(DRAWN, min_size=1, max_size=6), autopay=st.booleans())
def test_what_is_called_unreachable_is_never_due(
    drawn: list[tuple[int, str, int, int]], *, autopay: bool
) -> None:
    steps = [
        step(
            day,
            id=f"s{at}",
            audience=audience,
            priority=priority,
            repeat=repeat if day > 0 else 0,
            until=14 if repeat and day > 7 else None,
            channels=[Channel.SMS],
        )
        for at, (day, audience, priority, repeat) in enumerate(drawn)
    ]
    one = policy(*steps)
    never = {where for code, where in found(one) if code in ("unreachable_step", "empty_audience")}
    for dpd in range(-6, 25):
        due = one.next_step(account(autopay=autopay), History(), (), noon(dpd))
        if isinstance(due, StepDue) and "." not in due.step:
            assert f"step {due.step}" not in never


@given(drawn=st.lists(st.tuples(st.integers(-3, 14), st.integers(1, 3)), min_size=1, max_size=6))
def test_without_audiences_every_step_is_either_due_some_day_or_called_unreachable(
    drawn: list[tuple[int, int]],
) -> None:
    one = policy(*(step(day, id=f"s{at}", priority=rank) for at, (day, rank) in enumerate(drawn)))
    never = {where for code, where in found(one) if code == "unreachable_step"}
    answers = [one.next_step(account(), History(), (), noon(dpd)) for dpd in range(-6, 25)]
    heard = {f"step {due.step}" for due in answers if isinstance(due, StepDue)}
    assert heard.isdisjoint(never)
    assert heard | never == {f"step {each.id}" for each in one.steps}

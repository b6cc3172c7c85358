"""What a policy is told before it speaks, and what a manager reads when it changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
import pytest
from attrs import frozen

from loansms.model import Channel, Purpose
from loansms.policy import ChangeKind, Policy, Severity, Stage, Step, Tone

CN = Policy.preset("cn-consumer")


@frozen
class Text:
    purpose: Purpose


@frozen
class Templates:
    """A catalogue of purposes by template and locale."""

    texts: Mapping[str, Mapping[str, Purpose]]

    def ids(self) -> Collection[str]:
        return self.texts.keys()

    def locales(self, template_id: str, /) -> Collection[str]:
        return self.texts[template_id].keys()

    def get(self, template_id: str, /, *, locale: str) -> Text:
        return Text(self.texts[template_id][locale])


@frozen
class Pack:
    version: str


def templates(policy: Policy, locales: Collection[str] = ("zh-CN", "zh-Hant", "en")) -> Templates:
    return Templates({step.template: dict.fromkeys(locales, step.purpose) for step in policy.steps})


def step(day: int, **changes: object) -> Step:
    fields: dict[str, object] = {
        "id": f"day-{day}",
        "day": day,
        "stage": "early",
        "template": "collection.early",
        "purpose": Purpose.COLLECTION,
        "channels": [Channel.SMS],
        "priority": 60,
    }
    return Step(**{**fields, **changes})


def found(policy: Policy, **given: object) -> list[tuple[str, str]]:
    return [(one.code, one.where) for one in policy.check(**given)]


@pytest.mark.parametrize("name", ["cn-consumer", "us-first-party"])
def test_the_shipped_policies_are_clean(name: str) -> None:
    policy = Policy.preset(name)
    assert policy.check(catalogue=templates(policy), languages=("zh-CN", "zh-Hant", "en")) == []


def test_a_tone_that_softens_as_the_debt_ages_is_found() -> None:
    stages = [Stage(name="early", from_dpd=1, to_dpd=7, tone=Tone.FORMAL), Stage(name="late", from_dpd=8)]
    policy = Policy(name="x", stages=stages, steps=[step(1), step(8, stage="late")])
    (finding,) = policy.check()
    assert (finding.severity, finding.code, finding.where) == (Severity.ERROR, "tone_goes_back", "stage late")
    assert finding.message == 'Stage "late" speaks plain after "early" spoke formal.'
    assert "语气" in finding.message_zh


def test_an_equal_tone_is_no_fault_and_the_order_in_the_file_does_not_matter() -> None:
    stages = [
        Stage(name="late", from_dpd=8, tone=Tone.FIRM),
        Stage(name="early", from_dpd=1, to_dpd=3),
        Stage(name="mid", from_dpd=4, to_dpd=7),
    ]
    steps = [step(1), step(4, stage="mid"), step(8, stage="late")]
    assert Policy(name="x", stages=stages, steps=steps).check() == []


def test_an_overdue_stage_without_a_step_and_days_after_the_last_stage_are_found() -> None:
    stages = [
        Stage(name="before", to_dpd=0),
        Stage(name="early", from_dpd=1, to_dpd=7),
        Stage(name="late", from_dpd=8, to_dpd=30),
    ]
    policy = Policy(name="x", stages=stages, steps=[step(1)])
    assert found(policy) == [("stage_without_step", "stage late"), ("days_after_last_stage", "stage late")]
    assert "Days from 31 on" in policy.check()[1].message


def test_a_stage_of_the_first_overdue_day_alone_needs_a_step_too() -> None:
    stages = [Stage(name="first", from_dpd=1, to_dpd=1), Stage(name="early", from_dpd=2)]
    assert found(Policy(name="x", stages=stages, steps=[step(2)])) == [("stage_without_step", "stage first")]


def test_of_two_steps_on_one_day_the_lower_priority_is_found_unreachable() -> None:
    louder = step(1, id="a-louder", priority=61)
    policy = Policy(name="x", stages=[Stage(name="early", from_dpd=1)], steps=[louder, step(1)])
    assert found(policy) == [("unreachable_step", "step day-1")]
    rung = policy.ladder.at(5)
    assert rung is not None
    assert rung.step is louder


def test_a_second_promise_step_is_found_unreachable() -> None:
    promise = next(one for one in CN.steps if not one.stage)
    policy = attrs.evolve(CN, steps=[*CN.steps, attrs.evolve(promise, id="again")])
    assert found(policy) == [("unreachable_step", "step again")]


def test_a_reminder_after_the_due_date_is_found() -> None:
    late = step(1, purpose=Purpose.REPAYMENT_REMINDER, template="reminder.due_today")
    policy = Policy(name="x", stages=[Stage(name="early", from_dpd=1)], steps=[late])
    assert found(policy) == [("reminder_after_due", "step day-1")]


def test_a_missing_template_is_found_for_each_step_that_needs_it() -> None:
    kept = {name: texts for name, texts in templates(CN).texts.items() if name != "collection.late"}
    assert found(CN, catalogue=Templates(kept)) == [
        ("template_missing", f"step day-{day}") for day in (31, 45, 60, 75)
    ]


@pytest.mark.parametrize(
    ("language", "missing"),
    [
        ("zh-CN", False),
        ("zh-TW", False),
        ("zh-HK", False),
        ("en-US", False),
        ("es", True),
        ("fil-PH", True),
        ("", True),
    ],
)
def test_a_language_the_book_needs_is_served_by_its_script(language: str, *, missing: bool) -> None:
    codes = {code for code, _ in found(CN, catalogue=templates(CN), languages=[language])}
    assert codes == ({"language_missing"} if missing else set())


def test_traditional_characters_do_not_serve_a_reader_of_simplified_ones() -> None:
    findings = CN.check(catalogue=templates(CN, ["zh-Hant", "en"]), languages=["zh-CN"])
    assert {one.code for one in findings} == {"language_missing"}
    assert findings[0].message == 'Template "reminder.due_in_7" has no text in zh-CN; it has en, zh-Hant.'


def test_a_template_written_for_another_purpose_is_found() -> None:
    texts = {**templates(CN).texts, "reminder.due_today": {"en": Purpose.MARKETING}}
    (finding,) = CN.check(catalogue=Templates(texts))
    assert (finding.code, finding.where) == ("purpose_differs", "step t-0")
    assert "written for marketing, the step says repayment_reminder" in finding.message


def test_packs_are_said_not_to_be_judged_here_after_graver_findings() -> None:
    kept = Templates({})
    codes = [one.code for one in CN.check(catalogue=kept, packs=[Pack("CN 2026-09")])]
    assert codes == ["template_missing"] * len(CN.steps) + ["pack_judged_when_planned"]
    assert CN.check(packs=[Pack("CN 2026-09")])[0].where == "pack CN 2026-09"


def test_a_policy_does_not_differ_from_itself_in_another_order() -> None:
    assert CN.diff(attrs.evolve(CN, steps=CN.steps[::-1], stages=CN.stages[::-1])) == ()


def test_a_diff_tells_added_removed_and_changed_with_the_fields() -> None:
    stages = [attrs.evolve(one, tone=Tone.FORMAL) if one.name == "early" else one for one in CN.stages]
    steps = [
        attrs.evolve(one, day=2, channels=[Channel.PUSH, Channel.SMS]) if one.id == "day-3" else one
        for one in CN.steps
        if one.id != "t-7"
    ]
    changes = CN.diff(attrs.evolve(CN, stages=stages, steps=[*steps, step(5)]))
    assert [(one.kind, one.noun, one.name) for one in changes] == [
        (ChangeKind.CHANGED, "stage", "early"),
        (ChangeKind.CHANGED, "step", "day-3"),
        (ChangeKind.ADDED, "step", "day-5"),
        (ChangeKind.REMOVED, "step", "t-7"),
    ]
    assert [one.told() for one in changes] == [
        'stage "early" changed: tone friendly -> formal',
        'step "day-3" changed: day 3 -> 2, channels sms -> push sms',
        'step "day-5" added: day 5, collection.early',
        'step "t-7" removed: day -7, reminder.due_in_7',
    ]
    assert changes[3].told("zh-CN") == "步骤“t-7”已删除：day -7, reminder.due_in_7"


def test_a_diff_says_where_an_open_end_was_closed() -> None:
    closed = [attrs.evolve(one, to_dpd=365) if one.name == "handover" else one for one in CN.stages]
    (change,) = CN.diff(attrs.evolve(CN, stages=closed))
    assert change.told("zh-CN") == "阶段“handover”已修改：to_dpd - → 365"

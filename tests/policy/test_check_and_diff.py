"""What a policy is told before it speaks, and what a manager reads when it changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.parts import Templates, Text, dated, found, policy, step, templates

from loansms.model import Channel, Purpose, RecipientRole
from loansms.policy import ChangeKind, Every, Experiment, Hop, Kind, Outcome, Policy, Severity, Stage, Tone

CN = Policy.preset("cn-consumer")
TONE = Experiment(name="tone", arms={"usual": 1, "warm": 1})


@pytest.mark.parametrize("name", ["cn-consumer", "us-first-party"])
def test_the_shipped_policies_are_clean(name: str) -> None:
    one = Policy.preset(name)
    assert one.check(catalogue=templates(one), languages=("zh-CN", "zh-Hant", "en")) == []


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
    assert findings[0].message_zh == "模板“reminder.due_in_7”没有 zh-CN 文本，现有：en、zh-Hant。"


def test_a_template_written_for_another_purpose_is_found() -> None:
    texts = {**templates(CN).texts, "reminder.due_today": {"en": Text(Purpose.MARKETING)}}
    (finding,) = CN.check(catalogue=Templates(texts))
    assert (finding.severity, finding.code, finding.where) == (
        Severity.ERROR,
        "purpose_differs",
        "step t-0",
    )
    assert "written for marketing, the policy says repayment_reminder" in finding.message
    assert "用途为 marketing" in finding.message_zh


def test_a_guarantor_who_would_read_the_borrower_s_words_is_found() -> None:
    to_guarantor = step(8, id="g", recipient=RecipientRole.GUARANTOR)
    one = policy(step(1), step(8), to_guarantor)
    texts = {**templates(one).texts, "collection.late": {"en": Text(Purpose.COLLECTION)}}
    assert found(one, catalogue=Templates(texts)) == [("recipient_differs", "step g")]


def test_words_written_for_a_channel_the_step_never_takes_are_found() -> None:
    one = policy(step(1), step(8, channels=[Channel.EMAIL, Channel.VOICE]))
    texts = {**templates(one).texts, "collection.late": {"en": Text(Purpose.COLLECTION)}}
    (finding,) = one.check(catalogue=Templates(texts))
    assert (finding.severity, finding.code) == (Severity.WARN, "channel_differs")
    assert finding.message.endswith("is written for sms, the policy says email, voice.")
    voiced = {**texts, "collection.late": {"en": Text(Purpose.COLLECTION, channel=Channel.VOICE)}}
    assert found(one, catalogue=Templates(voiced)) == []


def test_the_words_for_several_loans_are_checked_like_those_of_a_step() -> None:
    one = attrs.evolve(policy(step(1), step(8)), joined={"collection": "collection.several"})
    texts = dict(templates(one).texts)
    assert found(one, catalogue=Templates(texts)) == [("template_missing", "joined collection")]
    texts["collection.several"] = {"en": Text(Purpose.MARKETING)}
    assert found(one, catalogue=Templates(texts), languages=["en"]) == [
        ("purpose_differs", "joined collection")
    ]


def test_graver_findings_come_first() -> None:
    one = policy(
        step(1, purpose=Purpose.REPAYMENT_REMINDER, template="reminder.due_today", audience="autopay")
    )
    assert [finding.severity for finding in one.check()] == [Severity.ERROR, Severity.WARN, Severity.NOTE]


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
        'stage "early" changed: tone from friendly to formal',
        'step "day-3" changed: day from 3 to 2; channels from sms to push, sms',
        'step "day-5" added: day 5, collection.early',
        'step "t-7" removed: day -7, reminder.due_in_7',
    ]
    assert [one.told("zh-CN") for one in changes] == [
        "阶段“early”已修改：语气由 friendly 改为 formal",
        "步骤“day-3”已修改：天数由 3 改为 2；渠道由 sms 改为 push、sms",
        "步骤“day-5”已新增：第 5 天，collection.early",
        "步骤“t-7”已删除：第 -7 天，reminder.due_in_7",
    ]


BEFORE = policy(step(1), step(8), columns={"birthday": Kind.DATE, "score": Kind.NUMBER}, experiments=[TONE])


def changed(**changes: Any) -> tuple[str, str]:
    """How a change of the second step is told, without the words that say which."""
    steps = [BEFORE.steps[0], attrs.evolve(BEFORE.steps[1], **changes)]
    (change,) = BEFORE.diff(attrs.evolve(BEFORE, steps=steps))
    return change.told().partition(": ")[2], change.told("zh-CN").partition("：")[2]


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        (
            {"audience": "score < 600"},
            "audience from everybody to score < 600",
            "适用条件由 全部 改为 score < 600",
        ),
        (
            {"recipient": RecipientRole.GUARANTOR},
            "recipient from borrower to guarantor",
            "发送对象由 borrower 改为 guarantor",
        ),
        (
            {"experiment": "tone"},
            "experiment from none to tone",
            "实验由 无 改为 tone",
        ),
        (
            {"experiment": "tone", "arm": "warm"},
            "experiment from none to tone; arm from every arm to warm",
            "实验由 无 改为 tone；实验组由 所有组 改为 warm",
        ),
        ({"until": 20}, "last day of catching up from the eve of the next step to 20", "补发截止天数由"),
        ({"until": 60, "repeat": 7}, "said again after from never to 7 days", "重复间隔由 不重复 改为 7 天"),
        (
            {"channels": ["push", "sms"], "together": True},
            "channels from sms to push, sms; all channels at once from no to yes",
            "渠道由 sms 改为 push、sms；多渠道同时发送由 否 改为 是",
        ),
        (
            {"channels": ["push", "sms", "voice"], "then": (Hop(when=Outcome.UNREAD, after_hours=1),)},
            "next channel from none to the next one when not read for 1 hour",
            "后续渠道由 无 改为 未读满 1 小时转下一渠道",
        ),
        (
            {
                "channels": ["sms", "voice"],
                "then": (
                    Hop(when=Outcome.UNDELIVERED),
                    Hop(when=Outcome.NO_REPLY, after_hours=24, channel=Channel.VOICE),
                ),
            },
            "to the next one when not delivered, voice when not answered for 24 hours",
            "未送达即转下一渠道、未回复满 24 小时转 voice",
        ),
        (
            {"stage": "", "anchor": "calendar", "on": date(2026, 11, 11), "every": Every.YEAR},
            "starting date from the due date to the calendar; date from none to 2026-11-11; comes round from once to every year",
            "起算日期由 还款日 改为 日历日期；日期由 无 改为 2026-11-11；周期由 一次 改为 每年",
        ),
        (
            {"stage": "", "anchor": "promise_to_pay_until", "day": 0},
            "starting date from the due date to the day promised",
            "起算日期由 还款日 改为 承诺还款日",
        ),
        ({"stage": "", "anchor": "birthday"}, "starting date from the due date to birthday", "改为 birthday"),
        (
            {"stage": "", "obligatory": True, "deadline_days": 5},
            "must arrive from no to yes; days to arrive in from 0 to 5",
            "必须送达由 否 改为 是；送达期限天数由 0 改为 5",
        ),
    ],
)
def test_a_manager_reads_every_change_of_a_step_in_words(changes: dict[str, Any], en: str, zh: str) -> None:
    told, told_zh = changed(**changes)
    assert en in told
    assert zh in told_zh
    for python in ("None", "True", "False", "<", "(", "[", "{", "Hop", "date("):
        assert python not in told.replace("score < 600", "") + told_zh.replace("score < 600", "")


def test_a_diff_tells_experiments_columns_and_what_a_promise_gets() -> None:
    after = attrs.evolve(
        BEFORE,
        columns={"birthday": Kind.DATE, "vip": Kind.FLAG},
        experiments=[Experiment(name="tone", arms={"warm": 3, "usual": 1}, holdout=1)],
        promise_grace_days=2,
        joined={"collection": "collection.several"},
    )
    assert [one.told() for one in BEFORE.diff(after)] == [
        'experiment "tone" changed: shares from usual 1, warm 1 to usual 1, warm 3; share that hears nothing from 0 to 1',
        'column "score" removed: number',
        'column "vip" added: flag',
        'policy "x" changed: days a promise is waited for from 0 to 2; told together from none to collection collection.several',
    ]
    assert BEFORE.diff(after)[0].told("zh-CN") == (
        "实验“tone”已修改：各组权重由 usual 1、warm 1 改为 usual 1、warm 3；对照组权重由 0 改为 1"
    )
    assert BEFORE.diff(after)[3].told("zh-CN").startswith("策略“x”已修改：承诺宽限天数由 0 改为 2")
    assert [one.told() for one in after.diff(attrs.evolve(after, experiments=()))] == [
        'experiment "tone" removed: usual 1, warm 3'
    ]


def test_a_new_step_says_whom_it_is_for() -> None:
    new = step(9, id="g", recipient=RecipientRole.GUARANTOR, audience="score < 600")
    (change,) = BEFORE.diff(attrs.evolve(BEFORE, steps=[*BEFORE.steps, new]))
    assert change.told() == 'step "g" added: day 9, collection.late, to the guarantor, for score < 600'
    assert (
        change.told("zh") == "步骤“g”已新增：第 9 天，collection.late，发送给 guarantor，适用于 score < 600"
    )


def test_a_diff_says_where_an_open_end_was_closed_and_what_a_new_stage_is() -> None:
    closed = [attrs.evolve(one, to_dpd=365) if one.name == "handover" else one for one in CN.stages]
    after = attrs.evolve(CN, stages=[*closed, Stage(name="law", from_dpd=366, tone=Tone.FIRM)])
    assert [one.told("zh-CN") for one in CN.diff(after)] == [
        "阶段“handover”已修改：截止天数由 不限 改为 365",
        "阶段“law”已新增：第 366 至 不限 天，firm",
    ]
    assert CN.diff(after)[1].told() == 'stage "law" added: days 366 to open, firm'


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "audience": st.sampled_from(["autopay", "score < 600"]),
        "until": st.integers(9, 12),
        "priority": st.integers(59, 61),
        "experiment": st.just("tone"),
        "recipient": st.sampled_from([RecipientRole.BORROWER, RecipientRole.GUARANTOR]),
        "option": st.sampled_from(["a", "b"]),
    },
)


@given(one=OPTIONS, other=OPTIONS, grace=st.integers(0, 1))
def test_two_policies_differ_just_where_their_versions_do(
    one: dict[str, Any], other: dict[str, Any], grace: int
) -> None:
    before = attrs.evolve(BEFORE, steps=[attrs.evolve(BEFORE.steps[1], **one)])
    after = attrs.evolve(BEFORE, steps=[attrs.evolve(BEFORE.steps[1], **other)], promise_grace_days=grace)
    assert (before.diff(after) == ()) == (before.version == after.version)


def test_the_wish_of_a_year_is_checked_without_a_day_past_due() -> None:
    one = policy(step(1), step(8), dated(audience="days_past_due < -40"), columns={"birthday": Kind.DATE})
    assert one.check(catalogue=templates(one)) == []

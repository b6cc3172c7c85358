"""A user's own policy file: what it may say, and the one line that tells what is wrong with it."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import attrs
import pytest

from loansms.errors import ConfigurationError, PolicyError
from loansms.model import Channel, History, Purpose, StepMark
from loansms.model.examples import account
from loansms.policy import Anchor, Policy, Stage, Step, Tone

PRESETS = ("cn-consumer", "us-first-party")
CN = resources.files("loansms.policy").joinpath("presets", "cn-consumer.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, text: str, options: tuple[str, ...] = ()) -> Policy:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Policy.load(path, options)


def refused(tmp_path: Path, text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("mine.toml: ")
    return caught.value


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_file_like_any_other(tmp_path: Path, name: str) -> None:
    text = resources.files("loansms.policy").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
    assert load(tmp_path, text) == Policy.preset(name)


def test_an_unknown_preset_is_told_which_there_are() -> None:
    with pytest.raises(PolicyError, match="expected one of cn-consumer, us-first-party") as caught:
        Policy.preset("../presets/cn-consumer")
    assert "可选：cn-consumer, us-first-party" in caught.value.told("zh-CN")
    assert isinstance(caught.value, ConfigurationError)


@pytest.mark.parametrize("options", [("4-3-2-1",), ("3-2-1", "x")])
def test_an_unknown_option_is_told_which_there_are(options: tuple[str, ...]) -> None:
    with pytest.raises(
        PolicyError, match=r"cn-consumer.toml: options: unknown option .* expected one of: 3-2-1"
    ):
        Policy.preset("cn-consumer", options=options)


def test_a_policy_without_options_says_so(tmp_path: Path) -> None:
    plain = re.sub(r"^option = .*\n|^joined = .*\n", "", CN, flags=re.MULTILINE)
    with pytest.raises(PolicyError, match="expected one of: none") as caught:
        load(tmp_path, plain, ("3-2-1",))
    assert "可选：无" in caught.value.zh


def test_options_written_as_one_text_are_not_read_letter_by_letter() -> None:
    with pytest.raises(PolicyError, match="expected a list of names"):
        Policy.preset("cn-consumer", options="3-2-1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'stage = "early"',
            'stage = "earli"',
            'step[6].stage: unknown stage "earli"; expected one of upcoming, due',
        ),
        ("from_dpd = 8", "from_dpd = 7", 'stage[3].from_dpd: stages "early" and "middle" overlap'),
        ("from_dpd = 8", "from_dpd = 1", 'stage[3].from_dpd: stages "early" and "middle" overlap'),
        ("from_dpd = 8", "from_dpd = 9", "stage[3].from_dpd: expected 8, the day after"),
        ("from_dpd = 8", "from_dpd = 10", "days 8 to 9 belong to no stage"),
        ("to_dpd = 30", "to_dpd = 7", "stage[3].to_dpd: expected 8 or more"),
        ("to_dpd = 30\n", "", 'stage[4].from_dpd: stages "middle" and "late" overlap'),
        ("from_dpd = 8\n", "", "overlap"),
        ("day = 8\n", "day = 7\n", 'step[9].day: day 7 lies outside its stage "middle"; expected 8 to 30'),
        ("day = 8\n", "day = 31\n", 'step[9].day: day 31 lies outside its stage "middle"; expected 8 to 30'),
        (
            "day = 91",
            "day = 90",
            'step[17].day: day 90 lies outside its stage "handover"; expected 91 or later',
        ),
        (
            "day = -7",
            "day = 0",
            'step[0].day: day 0 lies outside its stage "upcoming"; expected -1 or before',
        ),
        ('id = "t-3"', 'id = "t-7"', 'step[1].id: "t-7" is already at step[0].id; expected each once'),
        ('name = "due"', 'name = "early"', 'stage[2].name: "early" is already at stage[1].name'),
        ('id = "t-3"', 'id = "t 3"', "step[1].id: expected letters, digits, dot, hyphen and underscore"),
        ('purpose = "repayment_reminder"', 'purpose = "remind"', "expected one of otp, security_alert"),
        ('purpose = "repayment_reminder"', 'purpose = "otp"', "step[0].purpose: otp is sent at once"),
        ('channels = ["sms"]', 'channels = ["fax"]', "expected one of sms, mms, voice"),
        (
            'channels = ["sms"]',
            'channels = "sms"',
            'expected a list, such as ["sms"] or [[step]] at .step[0].channels',
        ),
        ('channels = ["sms"]', "channels = []", "step[0].channels: expected at least one channel"),
        ('template = "reminder.due_in_7"\n', "", "missing key 'template' at .step[0]"),
        ('template = "reminder.due_in_7"', 'template = ""', "step[0].template: expected a template id"),
        (
            'template = "reminder.due_in_7"',
            'template = "collection.early"',
            "step[0].day: its purpose or template",
        ),
        (
            'purpose = "repayment_reminder"',
            'purpose = "credit_prenotice"',
            "step[0].day: its purpose or template",
        ),
        ("day = -7", "day = -7.5", "expected a whole number at .step[0].day"),
        ("day = -7", 'day = "-7"', "expected a whole number at .step[0].day"),
        ("carry_days = 2", "carry_days = -1", "step[0].carry_days: expected 0 or more"),
        ("day = 8\n", "day = 8\ncarry_days = 1\n", "step[9].carry_days: expected 0 or more, on a reminder"),
        ("day = 8\n", "day = 8\nuntil = 7\n", "step[9].until: expected a day not before the step's own"),
        ("day = -7\n", "day = -7\nuntil = -1\n", "step[0].until:"),
        (
            "day = 0\ntemplate",
            'day = 0\nstage = "due"\ntemplate',
            "step[5]: a step anchored on promise_to_pay_until",
        ),
        (
            "day = 0\ntemplate",
            "day = 1\ntemplate",
            "step[5]: a step anchored on promise_to_pay_until has day = 0",
        ),
        ("day = 0\nstage", "day = 0\nuntil = 0\nstage", "step[4].until: expected a day not before"),
        ("day = 1\n", "day = 1\ncarry_days = 1\n", "step[6].carry_days:"),
        ('"reminder.due_today"', '"collection.early"', "step[4].day: its purpose or template"),
        ("day = 0\ntemplate", "day = 0\ncarry_days = 1\ntemplate", "step[5]: a step anchored"),
        ("day = 0\ntemplate", "day = 0\nuntil = 1\ntemplate", "step[5]: a step anchored"),
        ("priority = 37", "prio = 37", "unknown keys prio at .step[0]"),
        (
            'tone = "plain"',
            'tone = "angry"',
            "expected one of plain, friendly, formal, firm at .stage[0].tone",
        ),
        ("[[stage]]", "[[stages]]", "unknown keys stages"),
        ("[[stage]]", "[[stage]", "expected TOML in UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_the_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in CN
    assert told in str(refused(tmp_path, CN.replace(old, new, 1)))


def test_every_fault_is_told_at_once_and_in_chinese_too(tmp_path: Path) -> None:
    wrong = refused(
        tmp_path, CN.replace('stage = "early"', 'stage = "x"').replace("from_dpd = 8", "from_dpd = 9")
    )
    for key in ("stage[3].from_dpd", "step[6].stage", "step[7].stage", "step[8].stage", "step[9].day"):
        assert key in str(wrong)
        assert key in wrong.told("zh-CN")
    assert wrong.told("zh-CN").startswith("mine.toml：")


def test_a_missing_file_and_a_file_of_no_stage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.toml: no such file"):
        Policy.load(tmp_path / "none.toml")
    assert "expected at least one stage" in str(refused(tmp_path, 'name = "x"\nstage = []\nstep = []'))


def test_faults_of_an_option_nobody_chose_are_told_too(tmp_path: Path) -> None:
    wrong = refused(tmp_path, CN.replace('id = "t-2"', 'id = "t-7"'))
    assert "step[2].id" in str(wrong)


def test_a_policy_made_in_code_is_held_to_the_same_rules() -> None:
    stages = [Stage(name="early", from_dpd=1, tone=Tone.FRIENDLY)]
    step = Step(
        id="x",
        day=1,
        stage="late",
        template="a",
        purpose=Purpose.COLLECTION,
        channels=[Channel.SMS],
        priority=1,
    )
    with pytest.raises(
        PolicyError, match=r'mine: step\[0\].stage: unknown stage "late"; expected one of early'
    ):
        Policy(name="mine", stages=stages, steps=[step])
    mended = Policy(name="mine", stages=stages, steps=[attrs.evolve(step, stage="early")])
    assert mended.steps[0].channels == (Channel.SMS,)


def permuted(text: str, seed: int) -> str:
    """The same TOML with its tables, the keys in them and its comments in another order."""
    shuffle = random.Random(seed)
    blocks = re.split(r"\n(?=\[\[)", re.sub(r"(?m)^#.*\n", "", text).replace("\n\n", "\n"))
    head, tables = blocks[0], blocks[1:]
    shuffle.shuffle(tables)
    told: list[str] = []
    for table in tables:
        title, *keys = table.strip().splitlines()
        shuffle.shuffle(keys)
        told.append("\n".join([title, "# moved", *keys]))
    return "\n".join([head, *told])


@pytest.mark.parametrize("seed", range(20))
def test_the_order_and_comments_of_a_file_do_not_change_the_version(tmp_path: Path, seed: int) -> None:
    text = permuted(CN, seed)
    assert text != CN
    assert load(tmp_path, text).version == Policy.preset("cn-consumer").version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("day = 15", "day = 16"),
        ("to_dpd = 90", "to_dpd = 89"),
        ("priority = 37", "priority = 38"),
        ("carry_days = 2", "carry_days = 1"),
        ('"cn-consumer"', '"mine"'),
        ("逾期初期", "逾期早期"),
    ],
)
def test_any_change_of_content_changes_the_version(tmp_path: Path, old: str, new: str) -> None:
    text = CN.replace(old, new).replace("from_dpd = 91", "from_dpd = 90" if "89" in new else "from_dpd = 91")
    assert load(tmp_path, text).version != Policy.preset("cn-consumer").version


def test_spelling_out_a_default_keeps_the_version(tmp_path: Path) -> None:
    text = CN.replace('id = "t-0"\n', 'id = "t-0"\ncarry_days = 0\nanchor = "due_on"\n')
    assert load(tmp_path, text).version == Policy.preset("cn-consumer").version


def test_the_version_is_the_name_and_twelve_digits_and_never_moves_between_runs() -> None:
    assert Policy.preset("cn-consumer").version == "cn-consumer@596f134e6671"
    assert Policy.preset("us-first-party").version == "us-first-party@58d40308a5b9"


def test_a_moved_day_keeps_what_was_done(tmp_path: Path) -> None:
    """Lago's counters were lost or kept by chance when a threshold changed: here the step's id decides."""
    moved = load(tmp_path, CN.replace("day = 15", "day = 16"))
    done = History(done={StepMark("L-1", "day-15", account().due_on)})
    now = datetime(2026, 10, 10, 4, tzinfo=UTC)
    assert moved.next_step(account(), done, (), now).why.code == "already_done"


def test_a_file_may_give_an_overdue_step_a_last_day_and_a_promise_step() -> None:
    promise = [step for step in Policy.preset("us-first-party").steps if step.anchor is Anchor.PROMISE]
    assert [step.id for step in promise] == ["promise-day"]
    policy = Policy.preset("us-first-party")
    short = attrs.evolve(
        policy, steps=[attrs.evolve(step, until=10) if step.id == "day-8" else step for step in policy.steps]
    )
    assert [short.ladder.at(dpd) is None for dpd in (10, 11, 14, 15)] == [False, True, True, False]

"""A policy file that says something impossible about whom and when is refused in one line that names the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.policy.parts import STAGES, dated, duty, policy, step

from loansms.errors import PolicyError
from loansms.model import Channel, Purpose, RecipientRole
from loansms.policy import Anchor, Experiment, Hop, Kind, Outcome, Policy
from loansms.policy.faults import find_faults

TONE = Experiment(name="tone", arms={"usual": 1, "warm": 1})

FILE = """
name = "mine"
promise_grace_days = 2

[columns]
score = "number"
birthday = "date"

[[experiment]]
name = "tone"
arms = { usual = 1, warm = 1 }
holdout = 1

[[stage]]
name = "upcoming"
to_dpd = 0

[[stage]]
name = "early"
from_dpd = 1
to_dpd = 30

[[stage]]
name = "late"
from_dpd = 31

[[step]]
id = "weekly"
day = 1
stage = "early"
template = "collection.early"
purpose = "collection"
channels = ["sms", "push", "voice"]
priority = 60
repeat = 7
audience = "score < 600 and days_past_due > 0"
experiment = "tone"
arm = "warm"
then = [{ when = "undelivered", after_hours = 4 }, { when = "no_reply", after_hours = 24, channel = "voice" }]

[[step]]
id = "notice"
day = 31
obligatory = true
deadline_days = 5
template = "collection.credit_notice"
purpose = "credit_prenotice"
channels = ["sms", "email"]
priority = 90

[[step]]
id = "wish"
anchor = "birthday"
every = "year"
day = 0
carry_days = 1
template = "care.birthday"
purpose = "marketing"
channels = ["sms", "wechat"]
together = true
priority = 1

[[step]]
id = "singles-day"
anchor = "calendar"
on = 2026-11-11
day = 0
template = "care.birthday"
purpose = "marketing"
channels = ["push"]
priority = 1
"""


def load(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Policy.load(path)


def test_a_file_may_say_all_of_it(tmp_path: Path) -> None:
    one = load(tmp_path, FILE)
    assert (one.columns, one.promise_grace_days) == ({"score": Kind.NUMBER, "birthday": Kind.DATE}, 2)
    assert one.experiments == (Experiment(name="tone", arms={"usual": 1, "warm": 1}, holdout=1),)
    assert one.named_columns == {"score", "birthday"}
    weekly, notice, wish, singles = one.steps
    assert weekly.then == (
        Hop(when=Outcome.UNDELIVERED, after_hours=4),
        Hop(when=Outcome.NO_REPLY, after_hours=24, channel=Channel.VOICE),
    )
    assert [rung.step.id for rung in one.ladder.rungs] == [
        "weekly", "weekly.2", "weekly.3", "weekly.4", "weekly.5",
    ]  # fmt: skip
    assert (notice.on_ladder, wish.dated, singles.dated) == (False, True, True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("audience =", "audiense =", "unknown keys audiense at .step[0]"),
        ("[[experiment]]", "[[experiments]]", "unknown keys experiments"),
        ("arms = {", "arm = {", "unknown keys arm at .experiment[0]"),
        ("holdout = 1", "hold_out = 1", "unknown keys hold_out at .experiment[0]"),
        ("after_hours = 4", "after_days = 4", "unknown keys after_days at .step[0].then[0]"),
        ("promise_grace_days = 2", "promise_grace_days = -1", "promise_grace_days: expected 0 to 36500"),
        ("promise_grace_days = 2", "promise_grace_days = 36501", "promise_grace_days: expected 0 to 36500"),
        ("promise_grace_days = 2", "promise_grace_days = true", "whole number at .promise_grace_days"),
        ("promise_grace_days = 2", "promise_grace_days = 2.0", "whole number at .promise_grace_days"),
        (
            'score = "number"',
            'score = "digits"',
            "expected one of number, money, text, date, flag at .columns",
        ),
        ('score = "number"', 'amount_due = "money"', 'columns: column "amount_due" is one of every book'),
        ('score = "number"', '"the score" = "number"', 'columns: column "the score" cannot be named'),
        (
            "score < 600",
            "scor < 600",
            'step[0].audience: character 1: unknown column "scor"; did you mean score',
        ),
        ("score < 600", "score < '600'", "step[0].audience: character 9: a number is compared with text"),
        (
            "score < 600",
            "score + birthday < 600",
            "step[0].audience: character 20: a date is compared with a number",
        ),
        ("score < 600", "score", "step[0].audience: character 1: a number is no condition"),
        ("score < 600 and days_past_due > 0", "score < ", "step[0].audience: character "),
        (
            'experiment = "tone"',
            'experiment = "tune"',
            'step[0].experiment: unknown experiment "tune"; expected one of: tone',
        ),
        (
            'experiment = "tone"\n',
            "",
            'step[0].arm: unknown arm "warm"; expected one of: none without an experiment',
        ),
        ('arm = "warm"', 'arm = "hot"', 'step[0].arm: unknown arm "hot"; expected one of: usual, warm'),
        ("usual = 1", "usual = -1", "experiment[0].arms: expected names with weights of 0 or more"),
        ("usual = 1, warm = 1", "", "experiment[0].arms: expected names with weights of 0 or more"),
        ("usual = 1, warm = 1", "usual = 0, warm = 0", "experiment[0].arms: expected names with weights"),
        ("usual = 1", '"" = 1', "experiment[0].arms: expected names with weights"),
        ("usual = 1", 'usual = "half"', "expected a whole number at .experiment[0].arms"),
        ("holdout = 1", "holdout = -1", "experiment[0].arms: expected names with weights of 0 or more"),
        ('name = "tone"', 'name = ""', "experiment[0].name: expected a name"),
        (
            "[[stage]]",
            '[[experiment]]\nname = "tone"\narms = { a = 1 }\n[[stage]]',
            'experiment[1].name: "tone" stands there twice',
        ),
        ('channels = ["push"]', 'channels = "push"', "at .step[3].channels"),
        ("then = [", 'then = "voice" #', "expected a list"),
        ("arms = { usual = 1, warm = 1 }", 'arms = ["usual", "warm"]', ".experiment[0].arms"),
        ("on = 2026-11-11", 'on = "2026-11-11"', "expected a date such as 2026-09-24 at .step[3].on"),
        ("on = 2026-11-11", "on = 2026-11-11T00:00:00", "expected a date such as 2026-09-24 at .step[3].on"),
        ("on = 2026-11-11", "on = 2026-02-30", "expected TOML in UTF-8"),
        ("on = 2026-11-11\n", "", 'step[3].on: expected a date with anchor = "calendar"'),
        (
            'anchor = "calendar"',
            'anchor = "birthday"',
            'step[3].on: expected a date with anchor = "calendar"',
        ),
        (
            'anchor = "birthday"',
            'anchor = "birthdate"',
            "step[2].anchor: expected a date out of due_on, promise",
        ),
        ('anchor = "birthday"', 'anchor = "score"', "step[2].anchor: expected a date out of"),
        ('anchor = "birthday"', 'anchor = "product"', "step[2].anchor: expected a date out of"),
        ('every = "year"', 'every = "week"', "expected one of month, year at .step[2].every"),
        ("carry_days = 1", "carry_days = -1", "step[2].carry_days: expected 0 or more"),
        ("carry_days = 1", "carry_days = 1\nuntil = 5", "step[2]: a step on a date of its own has no stage"),
        (
            "carry_days = 1",
            'carry_days = 1\nstage = "early"',
            "step[2]: a step on a date of its own has no stage",
        ),
        ("carry_days = 1", "carry_days = 40000", "step[2].carry_days: expected at most 36500 days"),
        (
            "repeat = 7",
            'repeat = 7\nsend_at = "best_hour"',
            "step[0].send_at: expected the column with the hours",
        ),
        ("repeat = 7", 'repeat = 7\nsend_at = "noon"', "expected one of best_hour at .step[0].send_at"),
        (
            "deadline_days = 5",
            'deadline_days = 5\nsend_at = "best_hour"',
            "step[1].send_at: only a step to the",
        ),
        ("repeat = 7", "repeat = -7", "step[0].repeat: expected days between 1 and the end of its stage"),
        ("day = 1\nstage", "day = 0\nstage", "step[0].repeat:"),
        (
            'to_dpd = 30\n\n[[stage]]\nname = "late"\nfrom_dpd = 31\n',
            "",
            "step[0].repeat: expected days between",
        ),
        (
            'id = "notice"',
            'id = "weekly.2"',
            'step[0].repeat: says the step again as "weekly.2", which is the id of',
        ),
        ('id = "notice"', 'id = "weekly"', 'step[1].id: "weekly" is already at step[0].id'),
        (
            "deadline_days = 5",
            "deadline_days = 0",
            "step[1]: an obligatory step counts from the due date and has",
        ),
        (
            "deadline_days = 5",
            "deadline_days = -5",
            "step[1]: an obligatory step counts from the due date and has",
        ),
        ("obligatory = true", 'obligatory = "yes"', "expected true or false at .step[1].obligatory"),
        (
            "obligatory = true\n",
            'stage = "late"\n',
            "step[1].deadline_days: only an obligatory step has a deadline",
        ),
        (
            "obligatory = true\n",
            'obligatory = true\nstage = "late"\n',
            "step[1]: an obligatory step has no stage",
        ),
        (
            "obligatory = true\n",
            'obligatory = true\nanchor = "birthday"\n',
            "step[1]: an obligatory step counts from",
        ),
        ('["sms", "email"]', '["sms", "sms"]', "step[1].channels: expected each channel once"),
        ('["sms", "wechat"]', '["sms"]', "step[2].together: expected two or more channels"),
        ('when = "undelivered"', 'when = "lost"', "expected one of undelivered, unread, no_reply"),
        ("after_hours = 4", "after_hours = -4", "step[0].then[0].after_hours: expected 0 to 744"),
        ("after_hours = 4", "after_hours = 745", "step[0].then[0].after_hours: expected 0 to 744"),
        (
            "after_hours = 24",
            "after_hours = 0",
            "step[0].then[1].after_hours: how long nobody read or answered",
        ),
        (
            'channel = "voice"',
            'channel = "fax"',
            "expected one of sms, mms, voice, push, wechat, email, agent at .step[0].then[1].channel",
        ),
        (
            'channel = "voice"',
            'channel = "sms"',
            "step[0].then[1].channel: expected a later one of its channels: push, voice",
        ),
        ('channel = "voice"', 'channel = "email"', "step[0].then[1].channel: expected a later one"),
        (
            '["sms", "push", "voice"]',
            '["sms"]',
            "step[0].then[0].channel: expected a later one of its channels: none",
        ),
        ('["sms", "push", "voice"]', "[]", "step[0].channels: expected at least one channel"),
        (
            'when = "no_reply"',
            'when = "unread"',
            "step[0].then[1].when: whether a sms was read is never known",
        ),
        (
            "together = true",
            'together = true\nthen = [{ when = "undelivered" }]',
            "step[2].then: channels that go out together",
        ),
        (
            "priority = 90",
            'priority = 90\nrecipient = "relative"',
            "step[1].recipient: expected one of borrower, co_borrower, guarantor",
        ),
        ("priority = 90", 'priority = 90\nrecipient = "mother"', "expected one of borrower"),
        (
            'purpose = "collection"',
            'purpose = "marketing"',
            "step[0].purpose: marketing never follows a debt",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_file_and_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in FILE
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, FILE.replace(old, new, 1))
    assert str(caught.value).startswith("mine.toml: ")
    assert "\n" not in str(caught.value)
    assert told in str(caught.value)
    assert caught.value.told("zh-CN").startswith("mine.toml：")
    assert caught.value.told("zh-CN") != str(caught.value)


def told(*steps: Any, **given: Any) -> list[str]:
    return [fault.message for fault in find_faults(STAGES, steps, **given)]


@pytest.mark.parametrize("name", ["day", "until", "repeat", "carry_days", "deadline_days"])
@pytest.mark.parametrize("far", [36_501, -36_501, 10**12])
def test_a_day_beyond_any_calendar_is_refused(name: str, far: int) -> None:
    changed = attrs.evolve(step(8), **{name: far})
    assert f"step[0].{name}: expected at most 36500 days" in told(changed)
    near = attrs.evolve(step(8), **{name: 36_500})
    assert f"step[0].{name}: expected at most 36500 days" not in told(near)


def test_a_step_said_more_than_a_thousand_times_is_refused_before_it_is_laid_out() -> None:
    assert told(step(8, repeat=1, until=1008)) == [
        "step[0].repeat: expected the step to be said at most 1000 times"
    ]
    assert told(step(8, repeat=1, until=1007)) == []
    assert len(policy(step(8, repeat=1, until=1007)).ladder.rungs) == 1000


def test_a_repeat_may_end_before_the_id_that_another_step_has() -> None:
    assert told(step(8, id="w", repeat=7, until=21), step(30, id="w.3")) == []
    assert len(told(step(8, id="w", repeat=7, until=22), step(30, id="w.3"))) == 1


def test_every_chain_of_hops_ends() -> None:
    """A hop goes to a later channel only: the channel of a step never comes back, whatever a file says."""
    channels = (Channel.SMS, Channel.PUSH, Channel.VOICE)
    for channel in Channel:
        hop = Hop(when=Outcome.UNDELIVERED, channel=channel)
        faults = told(step(1, channels=channels, then=(hop,)))
        assert (faults == []) == (channel in channels[1:])


def test_an_empty_list_of_channels_does_not_hide_other_faults() -> None:
    hop = Hop(when=Outcome.UNREAD, after_hours=1)
    assert "step[0].channels: expected at least one channel" in told(step(1, channels=(), then=(hop,)))


def test_a_kind_may_be_written_as_text_in_code() -> None:
    assert told(dated(), columns={"birthday": "date"}) == []
    assert len(told(dated(), columns={"birthday": "number"})) == 1


@pytest.mark.parametrize(
    ("wrong", "told_zh"),
    [
        (dated(every=None, anchor=Anchor.PROMISE, on=None, day=1), "step[0]"),
        (step(1, every="year"), "step[0].every：仅适用于以独立日期为基准的步骤"),
        (duty(repeat=1), "step[0]：obligatory 步骤不设 stage、until、repeat、carry_days，以期限为准"),
        (step(1, recipient=RecipientRole.EMPLOYER), "策略不得联系第三人"),
        (
            step(1, purpose=Purpose.MARKETING),
            "step[0].purpose：营销信息不得随债务触发，请以日历日期或日期列为基准",
        ),
    ],
)
def test_a_fault_is_told_in_chinese(wrong: Any, told_zh: str) -> None:
    assert any(told_zh in fault.message_zh for fault in find_faults(STAGES, [wrong]))


def test_a_policy_in_code_names_an_experiment_it_lacks() -> None:
    with pytest.raises(PolicyError, match="unknown experiment"):
        policy(step(1, experiment="tone"))
    assert policy(step(1, experiment="tone", arm="warm"), experiments=[TONE]).experiments == (TONE,)

"""The table of a policy that lets several due loans be told in one message."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from loansms.errors import PolicyError
from loansms.policy import Policy

PRESETS = ("cn-consumer", "us-first-party")
HEAD = """
name = "mine"
{joined}
[[stage]]
name = "all"
[[step]]
id = "one"
day = 1
stage = "all"
template = "collection.early"
purpose = "collection"
channels = ["sms"]
priority = 1
"""


def load(tmp_path: Path, joined: str, options: tuple[str, ...] = ()) -> Policy:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD.format(joined=joined), encoding="utf-8")
    return Policy.load(path, options)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_joins_only_for_those_who_ask_for_it(preset: str) -> None:
    plain, joined = Policy.preset(preset), Policy.preset(preset, options=("joined",))
    assert plain.joined == {}
    assert joined.joined == {"repayment_reminder": "reminder.several", "collection": "collection.several"}
    assert plain.version != joined.version


def test_an_own_policy_joins_without_an_option_and_is_pinned_to_it(tmp_path: Path) -> None:
    own = load(tmp_path, 'joined = { collection = "collection.several" }')
    other = load(tmp_path, 'joined = { collection = "collection.ours" }')
    none = load(tmp_path, "")
    assert own.joined == {"collection": "collection.several"}
    assert len({own.version, other.version, none.version}) == 3
    assert attrs.evolve(own, joined={}).version == none.version


@pytest.mark.parametrize(
    ("joined", "told", "zh"),
    [
        ('marketing = "offer.renewal"', 'joined: "marketing" is never told', "不能合并多笔借款"),
        ('otp = "otp.code"', "expected one of repayment_reminder, collection", "可选：repayment_reminder"),
        ('collektion = "collection.several"', 'joined: "collektion"', "“collektion”"),
        ('collection = ""', "joined.collection: expected a template id", "应填写模板编号"),
        (
            'repayment_reminder = "collection.several"',
            "joined.repayment_reminder: its template speaks of an overdue debt",
            "应使用到期提醒类模板",
        ),
        ("collection = 3", "expected text in quotes at .joined['collection']", ""),
    ],
)
def test_what_cannot_be_joined_is_told_by_its_key(tmp_path: Path, joined: str, told: str, zh: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, f"joined = {{ {joined} }}")
    assert told in str(caught.value)
    assert zh in caught.value.zh
    assert str(caught.value).startswith("mine.toml: ")


def test_faults_of_a_table_nobody_chose_are_told_too(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="never told of several loans"):
        load(tmp_path, 'joined = { option = "later", marketing = "offer.renewal" }')


def test_a_policy_made_in_code_is_held_to_the_same() -> None:
    with pytest.raises(PolicyError, match='cn-consumer: joined: "marketing"'):
        attrs.evolve(Policy.preset("cn-consumer"), joined={"marketing": "offer.renewal"})

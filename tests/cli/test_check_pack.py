"""A rule pack on the command line: what a lawyer must be able to see before signing it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from loansms.cli.pack_state import LAYERS
from loansms.cli.rule_labels import PARAMETERS, VALUES
from loansms.cli.rule_words import in_full
from loansms.compliance import Authority, RulePack, Severity
from loansms.compliance.checks.table import TYPES
from loansms.compliance.files import packaged_names
from loansms.compliance.wording.lexicon import FAMILIES
from loansms.model import Channel, Purpose

from .conftest import Cli, Ended

ON = "2026-11-22"
KEYS = {
    "command", "version", "jurisdiction", "countries", "on", "unreviewed", "strict", "refusal", "counts",
    "recalled", "unconfirmed", "pending", "starting", "expiring", "superseded", "rules", "diff",
}  # fmt: skip
RULE = {
    "id", "jurisdiction", "authority", "severity", "applies", "check", "citation", "message_en", "message_zh",
    "tz", "calendar", "override", "effective_from", "effective_to", "supersedes", "verified", "confirmed",
    "pending",
}  # fmt: skip
HEAD = 'name = "mine"\njurisdiction = "CN"\n'
OWN = """
[[rules]]
id = "{id}"
jurisdiction = "CN"
authority = "{authority}"
severity = "block"
applies = {{ classes = ["collection"] }}
check = {{ type = "cap", params = {{ key = ["debtor"], count = {count}, period = {{ kind = "rolling", days = 7 }} }} }}
citation = "house"
message_en = "Often enough."
message_zh = "已足够频繁。"
{more}
"""


def own(rule_id: str, more: str = "", *, authority: str = "house", count: int = 3) -> str:
    return OWN.format(id=rule_id, more=more, authority=authority, count=count)


def write(tmp_path: Path, *parts: str, name: str = "mine.toml") -> str:
    (tmp_path / name).write_text(HEAD + "".join(parts), encoding="utf-8")
    return name


def read(ended: Ended) -> dict[str, Any]:
    assert ended.err == ""
    found: dict[str, Any] = json.loads(ended.out)
    return found


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("name", packaged_names())
def test_every_rule_in_force_is_shown_once(cli: Cli, name: str, lang: str) -> None:
    ended = cli("check-pack", name, "--on", ON, "--lang", lang)
    pack = RulePack.load(name, on=date.fromisoformat(ON))
    assert (ended.code, ended.err) == (0, "")
    assert pack.version in ended.out
    shown = re.findall(r"^ ([A-Z][\w-]+)  ", ended.out, re.MULTILINE)
    assert len([one for one in shown if any(rule.id.startswith(one) for rule in pack.rules)]) == len(
        pack.rules
    )


def test_layers_stand_in_the_order_of_their_authority_and_house_is_no_law(cli: Cli) -> None:
    out = cli("check-pack", "CN", "--on", ON).out
    heads = [
        "Law and",
        "Recommended",
        "Self-reg",
        "Rules of the carriers",
        "What providers",
        "The lender's own",
    ]
    places = [out.index(f"\n{head}") for head in heads]
    assert places == sorted(places)
    assert "not law" in out
    for rule in RulePack.load("CN", on=date.fromisoformat(ON)).rules:
        house = rule.authority is Authority.HOUSE
        assert (out.index(f" {rule.id[:14]}", places[0]) > places[-1]) is house, rule.id
    assert [one for layer in LAYERS.values() for one in sorted(layer)] == [one.value for one in Authority]


@pytest.mark.parametrize("name", packaged_names())
def test_programs_get_the_rules_of_the_day(cli: Cli, name: str) -> None:
    found = read(cli("check-pack", name, "--on", ON, "--json"))
    pack = RulePack.load(name, on=date.fromisoformat(ON))
    assert set(found) == KEYS
    assert {frozenset(one) for one in found["rules"]} == {frozenset(RULE)}
    assert [one["id"] for one in found["rules"]] == [one.id for one in pack.rules]
    assert (found["unreviewed"], found["unconfirmed"]) == (pack.unreviewed, list(pack.recalled))
    assert (found["on"], found["version"]) == (ON, pack.version)
    for counts in found["counts"].values():
        assert counts == len(pack.rules) or sum(counts.values()) == len(pack.rules)


def test_a_pack_that_nobody_reviewed_says_so(cli: Cli) -> None:
    assert "no lawyer of EU" in cli("check-pack", "DE", "--on", ON).out
    assert "no lawyer" not in cli("check-pack", "CN", "--on", ON).out


@pytest.mark.parametrize("name", ["CN", "DE"])
def test_strict_refuses_what_is_not_fit_for_production(cli: Cli, name: str) -> None:
    ended = cli("check-pack", name, "--on", ON, "--strict")
    assert ended.code == 1
    assert ended.out.rstrip().splitlines()[-1].startswith(RulePack.load(name).version)
    found = cli("check-pack", name, "--on", ON, "--strict", "--json")
    assert found.code == 1
    assert read(found)["refusal"]["message_zh"]
    assert cli("check-pack", name, "--on", ON).code == 0


def test_strict_passes_a_pack_whose_recalled_rules_counsel_has_confirmed(cli: Cli, tmp_path: Path) -> None:
    recalled = own("MINE-1", 'verified = "R"', authority="regulation")
    name = write(tmp_path, recalled)
    assert cli("check-pack", name, "--strict", "--on", ON).code == 1
    name = write(tmp_path, '[confirmed]\nMINE-1 = "counsel, 2026-10-01"\n', recalled)
    ended = cli("check-pack", name, "--strict", "--on", ON)
    assert ended.code == 0
    assert "MINE-1: counsel, 2026-10-01" in ended.out


@pytest.mark.parametrize(
    ("on", "told"), [("2026-10-01", True), ("2026-10-02", True), ("2026-12-31", True), ("2027-01-01", False)]
)
def test_what_ends_within_ninety_days_is_told(cli: Cli, on: str, told: bool) -> None:
    found = read(cli("check-pack", "CN", "--on", on, "--json"))["expiring"]
    days = (date(2026, 12, 31) - date.fromisoformat(on)).days
    assert told is (0 <= days <= 91)
    assert ("CN-CAL-2026" in {one["rule_id"] for one in found}) is (0 <= days <= 90)


def test_what_starts_and_what_gives_way_within_ninety_days_is_told(cli: Cli, tmp_path: Path) -> None:
    name = write(
        tmp_path,
        own("MINE-OLD", "effective_to = 2027-01-31"),
        own("MINE-NEW", 'effective_from = 2027-02-01\nsupersedes = "MINE-OLD"'),
        own("MINE-FAR", "effective_from = 2027-06-01"),
    )
    found = read(cli("check-pack", name, "--on", ON, "--json"))
    assert found["starting"] == [{"rule_id": "MINE-NEW", "on": "2027-02-01", "by": ""}]
    assert found["expiring"] == [{"rule_id": "MINE-OLD", "on": "2027-01-31", "by": ""}]
    assert found["superseded"] == [{"rule_id": "MINE-OLD", "on": "2027-02-01", "by": "MINE-NEW"}]
    out = cli("check-pack", name, "--on", ON).out
    assert "MINE-OLD by MINE-NEW 2027-02-01" in out
    assert "MINE-FAR" not in out


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_one_rule_reads_as_a_lawyer_would_put_it(cli: Cli, lang: str) -> None:
    out = " ".join(
        cli("check-pack", "CN", "--on", ON, "--rule", "CN-HOUSE-TIME-COLL", "--lang", lang).out.split()
    )
    rule = next(one for one in RulePack.load("CN").rules if one.id == "CN-HOUSE-TIME-COLL")
    hours = {
        "en": "every day 09:00 to before 20:00, on workdays",
        "zh-CN": "每天 09:00 至 20:00（不含）、仅限工作日",
    }
    own_choice = {"en": "the lender's own choice", "zh-CN": "机构自定"}
    for told in (hours[lang], own_choice[lang], rule.message_en, rule.message_zh, rule.citation):
        assert told in out


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_no_rule_shows_the_shape_of_its_data(lang: str) -> None:
    for name in packaged_names():
        for rule in RulePack.load(name).rules:
            told = [words for _, words in in_full(rule, {}, lang)]
            assert all(told), rule.id
            assert not re.search(r"[{\[]'|\bNone\b|\bTrue\b|\bFalse\b", " ".join(told)), rule.id


def test_a_rule_of_another_day_is_shown_as_not_in_force(cli: Cli) -> None:
    assert "NOT in force" in cli("check-pack", "CN", "--on", "2026-01-01", "--rule", "CN-SMS-01").out
    assert "NOT" not in cli("check-pack", "CN", "--on", ON, "--rule", "CN-SMS-01").out.splitlines()[0]


def test_what_a_lenders_own_pack_changes_is_shown_field_by_field(cli: Cli, tmp_path: Path) -> None:
    before = write(tmp_path, own("MINE-1"), own("MINE-2"), name="before.toml")
    after = write(tmp_path, own("MINE-1", count=2), own("MINE-3"), name="after.toml")
    out = cli("check-pack", after, "--diff", before, "--on", ON).out
    assert "Added, 1: MINE-3" in out
    assert "Removed, 1: MINE-2" in out
    assert re.search(r"MINE-1 +check\.params\.count +3 +2", out)
    diff = read(cli("check-pack", after, "--diff", before, "--on", ON, "--json"))["diff"]
    assert (diff["added"], diff["removed"]) == (["MINE-3"], ["MINE-2"])
    assert {(one["rule_id"], one["name"]) for one in diff["changed"]} == {("MINE-1", "check")}
    assert "same rules" in cli("check-pack", after, "--diff", after, "--on", ON).out


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["ZZ"], "ZZ"),
        (["missing.toml"], "missing.toml"),
        (["broken.toml"], "broken.toml"),
        (["unknown.toml"], "MINE-1"),
        (["CN", "--on", "tomorrow"], "--on"),
        (["CN", "--diff", "broken.toml"], "broken.toml"),
        (["CN", "--rule", "cn-time-1"], "CN-TIME-01"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    cli: Cli, tmp_path: Path, args: list[str], told: str, lang: str
) -> None:
    (tmp_path / "broken.toml").write_text("name = ", encoding="utf-8")
    write(tmp_path, own("MINE-1").replace('"cap"', '"astrology"'), name="unknown.toml")
    ended = cli("check-pack", *args, "--lang", lang, "--json")
    assert (ended.code, len(ended.lines), ended.out) == (2, 1, ""), ended.err
    assert told in ended.err
    assert bool(re.search(r"[\u4e00-\u9fff]", ended.err)) is (lang == "zh-CN")


def test_every_code_a_shipped_pack_uses_has_its_chinese() -> None:
    """A lawyer who reads Chinese meets no bare code among what a rule asks."""
    used = {
        name for pack in packaged_names() for one in RulePack.load(pack).rules for name in one.check.params
    }
    assert used - set(PARAMETERS) == set()
    named = {*Authority, *Severity, *Channel, *Purpose, *TYPES, *FAMILIES}
    assert {str(one) for one in named if str(one) not in VALUES and str(one) not in PARAMETERS} == set()
    for english, chinese in (*PARAMETERS.values(), *VALUES.values()):
        assert re.search(r"[\u4e00-\u9fff]|^Regulation", chinese), english

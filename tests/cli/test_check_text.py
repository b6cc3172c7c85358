"""One text on the command line: what is wrong, by whose rule, and when it may go; for people and programs."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from loansms.compliance import Finding, Review, RulePack, review_text
from loansms.compliance.files import packaged_names
from loansms.model import Party

from .conftest import Cli, Ended

THREAT = "再不还款就去你家泼油漆。"
FAIR = "您的借款已逾期3天，请尽快还款。"
DAY, NIGHT = "2026-09-24T10:00:00+08:00", "2026-09-24T22:30:00+08:00"  # a Thursday before a holiday
KEYS = {
    "command",
    "allowed",
    "language",
    "purpose",
    "recipient",
    "segments",
    "encoding",
    "findings",
    "decision",
}
FINDING = {
    "family", "rule_id", "span", "words", "claim", "message", "message_zh", "citation", "verified",
    "suggestion", "suggestion_zh", "refer",
}  # fmt: skip
DECISION = {
    "outcome", "until", "retry_at", "packs", "jurisdiction", "party", "provider", "channel", "at", "hits",
}  # fmt: skip
HIT = {"rule_id", "code", "severity", "authority", "citation", "verified", "check", "message", "message_zh"}


def read(ended: Ended) -> dict[str, Any]:
    """Return the one JSON object of stdout; nothing else may stand there."""
    assert ended.err == ""
    found: dict[str, Any] = json.loads(ended.out)
    return found


def one_line(ended: Ended) -> str:
    assert (ended.code, len(ended.lines), ended.out) == (2, 1, ""), ended.err
    return ended.err


def test_the_words_at_fault_are_shown_with_a_lawful_form(cli: Cli) -> None:
    ended = cli("check-text", THREAT)
    assert ended.code == 1
    found = review_text(THREAT).findings
    assert found
    assert all(THREAT[one.span[0] : one.span[1]] in ended.out for one in found)
    assert "Instead: " in ended.out
    assert THREAT not in ended.out


def test_hidden_characters_are_written_out_and_style_nothing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "还款，泼\u200b油\x1b漆。"
    found = Finding("violence_threat", (3, 8), "It threatens harm.")
    monkeypatch.setattr("loansms.cli.check_text.review_text", lambda *_, **__: Review((found,)))
    ended = cli("check-text", text)
    assert "泼\\u200b油\\u001b漆" in ended.out
    assert "\x1b" not in ended.out


def test_a_doubt_is_told_as_one_that_a_person_may_clear(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    doubt = Finding(
        "veiled_intimidation", (0, 2), "It may be a threat.", message_zh="可能构成威胁。", refer=True
    )
    monkeypatch.setattr("loansms.cli.check_text.review_text", lambda *_, **__: Review((doubt,)))
    ended = cli("check-text", FAIR)
    assert ended.code == 1
    assert ended.out.startswith("a person must read it")
    assert "not allowed" not in ended.out


def test_programs_get_one_object_with_every_key(cli: Cli) -> None:
    found = read(cli("check-text", THREAT, "--packs", "CN", "--at", DAY, "--json"))
    assert (set(found), set(found["decision"])) == (KEYS, DECISION)
    assert {frozenset(one) for one in found["findings"]} == {frozenset(FINDING)}
    assert {frozenset(one) for one in found["decision"]["hits"]} == {frozenset(HIT)}
    for one in found["findings"]:
        start, end = one["span"]
        assert THREAT[start:end] == one["words"]
    assert found["findings"]
    assert found["findings"][0]["words"] in cli("check-text", THREAT, "--json").out  # readable, not escaped


def test_without_packs_none_is_asked(cli: Cli) -> None:
    found = read(cli("check-text", FAIR, "--json"))
    assert (found["allowed"], found["findings"], found["decision"]) == (True, [], None)


def test_each_hit_names_the_rule_its_source_and_who_stands_behind_it(cli: Cli) -> None:
    decision = read(cli("check-text", THREAT, "--packs", "CN", "--at", DAY, "--json"))["decision"]
    rules = {one.id: one for one in RulePack.load("CN").rules}
    assert decision["outcome"] == "deny"
    assert "CN-CONT-01" in {one["rule_id"] for one in decision["hits"]}
    for hit in decision["hits"]:
        rule = rules[hit["rule_id"]]
        assert (hit["authority"], hit["check"]) == (rule.authority.value, rule.check.type)
        assert (hit["citation"], hit["verified"]) == (rule.citation, rule.verified)
    ended = cli("check-text", THREAT, "--packs", "CN", "--at", DAY)
    assert all(told in ended.out for told in ("CN-CONT-01", "lender's own", "do not let it go"))


def test_a_fair_text_at_night_is_told_its_first_lawful_time(cli: Cli) -> None:
    args = ("check-text", f"【示例】{FAIR}", "--packs", "CN", "--party", "first", "--at", NIGHT)
    ended = cli(*args)
    assert ended.code == 0  # nothing is wrong with the text
    assert "2026-09-28 09:00" in ended.out
    decision = read(cli(*args, "--json"))["decision"]
    assert (decision["outcome"], decision["until"]) == ("defer", "2026-09-28T09:00:00+08:00")


def test_fair_words_that_a_rule_forbids_are_refused(cli: Cli) -> None:
    """Marketing without consent: the wording is clean, the message is not."""
    args = ("check-text", "【示例】您好，本月利率优惠。拒收请回复R", "--purpose", "marketing", "--packs", "CN", "--at", DAY)  # fmt: skip
    ended = cli(*args, "--party", "first")
    assert ended.code == 1
    assert ended.out.startswith("not allowed")


def test_a_party_and_a_provider_nobody_named_are_told(cli: Cli) -> None:
    args = ("check-text", FAIR, "--packs", "CN", "--at", DAY)
    ended = cli(*args)
    assert "--party was not given" in ended.out
    assert "--provider was not given" in ended.out
    assert read(cli(*args, "--json"))["decision"]["party"] == Party.THIRD.value
    named = cli(*args, "--party", "first", "--provider", "aliyun_cn")
    assert "was not given" not in named.out
    assert "CNP-FIN-01" in named.out


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["--packs", "DE"], "DE"),
        (["--jurisdiction", "US-MA"], "US-MA"),
        (["--packs", "US", "--jurisdiction", "US-NY"], "US-NY"),
    ],
)
def test_the_debt_keeps_its_own_country_and_state(cli: Cli, given: list[str], asked: str) -> None:
    ended = cli("check-text", "Please call us.", "--language", "en", *given, "--at", DAY, "--json")
    assert read(ended)["decision"]["jurisdiction"] == asked


@pytest.mark.parametrize("name", packaged_names())
def test_every_shipped_pack_can_be_asked(cli: Cli, name: str) -> None:
    code = "DE" if name == "EU" else name
    ended = cli(
        "check-text", "Please call us.", "--language", "en", "--packs", code, "--timezone", "UTC", "--at", DAY,
        "--json",
    )  # fmt: skip
    assert ended.code in {0, 1}
    assert all(one["citation"] for one in read(ended)["decision"]["hits"])


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize(
    "given",
    [
        ["--party", "second"],
        ["--channel", "pigeon"],
        ["--at", "2026-09-24"],
        ["--timezone", "Mars/Olympus"],
        ["--packs", "ZZ"],
        ["--packs", "EU", "--jurisdiction", "EU"],
        ["--packs", "missing.toml"],
        ["--jurisdiction", "Atlantis"],
        ["--fact", "x"],
    ],
)
def test_what_cannot_be_used_is_one_line_and_no_answer(cli: Cli, given: list[str], lang: str) -> None:
    told = one_line(cli("check-text", FAIR, "--jurisdiction", "CN", *given, "--json", "--lang", lang))
    assert bool(re.search(r"[\u4e00-\u9fff]", told)) is (lang == "zh-CN")


@pytest.mark.parametrize("text", ["", "  \n", "\ud800再不还款"])
def test_no_text_is_never_an_allowed_one(cli: Cli, text: str) -> None:
    assert "TEXT" in one_line(cli("check-text", text))


def test_bytes_that_are_no_text_are_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("还款".encode("gbk")), encoding="utf-8"))
    assert "UTF-8" in one_line(cli("check-text", "-"))


def test_a_terminal_without_chinese_still_gets_json() -> None:
    args = [sys.executable, "-m", "loansms", "check-text", f"{THREAT}😀", "--json"]
    ended = subprocess.run(
        args,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
    )
    found = json.loads(ended.stdout.decode("ascii"))["findings"]
    assert [one["words"] for one in found] == [THREAT[a:b] for a, b in (one["span"] for one in found)]
    assert found

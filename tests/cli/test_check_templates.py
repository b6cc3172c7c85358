"""Templates on the command line: what a program reads of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loansms.compliance import RulePack

from .conftest import Cli

KEYS = {"command", "catalogue", "profile", "packs", "clean", "counts", "findings"}
FINDING = {"source", "lender", "rule", "template", "locale", "severity", "message", "message_zh", "citation"}


@pytest.mark.parametrize(("profile", "code"), [("none", 0), ("aliyun", 1)])
def test_programs_get_one_object_with_every_finding(cli: Cli, profile: str, code: int) -> None:
    ended = cli("check-templates", "--profile", profile, "--json")
    found: dict[str, Any] = json.loads(ended.out)
    assert (ended.code, ended.err) == (code, "")
    assert set(found) == KEYS
    assert {frozenset(one) for one in found["findings"]} <= {frozenset(FINDING)}
    assert found["clean"] is (code == 0)
    assert sum(found["counts"].values()) == len(found["findings"])
    assert (found["counts"]["error"] > 0) is (code == 1)


def test_the_packs_are_asked_of_the_words_of_a_folder(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "zh-CN"
    folder.mkdir(parents=True)
    text = "您好，请联系我们。★"
    (folder / "collection.toml").write_text(f'[collection]\nearly = "{text}"\n', encoding="utf-8")
    ended = cli("check-templates", "mine", "--packs", "CN", "--profile", "direct", "--json")
    found = json.loads(ended.out)
    assert ended.code == 1
    assert found["packs"] == [RulePack.load("CN").version]
    asked = [one for one in found["findings"] if one["source"] == "packs"]
    assert "collection.early" in {one["template"] for one in asked}
    assert all(one["lender"] and one["citation"] for one in asked)
    # A folder that tells too little is checked to its end, not refused at the first fault.
    assert "content" in {one["rule"] for one in found["findings"] if one["source"] == "lint"}
    assert "collection.early" in cli("check-templates", "mine", "--packs", "CN").out


def test_without_a_lender_a_pack_of_no_example_is_one_line(cli: Cli) -> None:
    ended = cli("check-templates", "--packs", "DE", "--json")
    assert (ended.code, len(ended.lines), ended.out) == (2, 1, "")
    assert "--lender" in ended.err


def test_an_unknown_profile_is_one_line_and_no_object(cli: Cli) -> None:
    ended = cli("check-templates", "--profile", "carrier-pigeon", "--json")
    assert (ended.code, len(ended.lines), ended.out) == (2, 1, "")

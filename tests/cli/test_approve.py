"""Approving on the command line: one step a person, kept in the folder, and what is left to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loansms.templates import Catalogue

from .conftest import Cli

TEXT = "reminder.due_in_7"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "zh-CN").mkdir(parents=True)
    words = "还款日{due_on}，应还{amount_due}，尾号{loan_ref}，可通过{pay_channel}还款。"
    (folder / "zh-CN" / "mine.toml").write_text(f'[reminder]\ndue_in_7 = "{words}"\n', encoding="utf-8")
    return folder


def step(cli: Cli, mine: Path, to: str, by: str, *more: object) -> Any:
    return cli(
        "approve", mine, TEXT, "--locale", "zh-CN", "--to", to, "--by", by, "--on", "2026-09-01", *more
    )


def state(mine: Path) -> str:
    return Catalogue.load(mine).get(TEXT, "zh-CN").state.value


def test_two_people_take_a_text_from_draft_to_approved(cli: Cli, mine: Path) -> None:
    version = Catalogue.load(mine).get(TEXT, "zh-CN").version
    first = step(cli, mine, "reviewed", "e-1", "--note", "read with counsel")
    assert first.code == 0
    assert f"{TEXT} [zh-CN] {version}: draft -> reviewed by e-1 on 2026-09-01" in first.out
    assert "1 of " in first.out
    kept = (mine / "approvals.toml").read_text(encoding="utf-8")
    alone = step(cli, mine, "approved", "e-1")
    assert (alone.code, len(alone.lines), alone.out) == (2, 1, "")
    assert "expected another person" in alone.err
    assert (mine / "approvals.toml").read_text(encoding="utf-8") == kept
    second = step(cli, mine, "approved", "e-2")
    assert (second.code, second.out) == (
        0,
        f"{TEXT} [zh-CN] {version}: reviewed -> approved by e-2 on 2026-09-01\n",
    )
    assert state(mine) == "approved"


def test_the_author_is_kept_and_may_not_approve(cli: Cli, mine: Path) -> None:
    assert step(cli, mine, "reviewed", "e-2", "--author", "e-1").code == 0
    other = step(cli, mine, "approved", "e-3", "--author", "e-9")
    assert (other.code, "is e-1 already" in other.err) == (2, True)
    assert step(cli, mine, "approved", "e-1").code == 2
    assert step(cli, mine, "approved", "e-3").code == 0


def test_changed_words_start_anew_and_say_so(cli: Cli, mine: Path) -> None:
    for to, by in (("reviewed", "e-1"), ("approved", "e-2")):
        step(cli, mine, to, by)
    text = mine / "zh-CN" / "mine.toml"
    text.write_text(text.read_text(encoding="utf-8").replace("应还", "需还"), encoding="utf-8")
    jump = step(cli, mine, "approved", "e-2")
    assert (jump.code, "draft cannot become approved" in jump.err) == (2, True)
    again = step(cli, mine, "reviewed", "e-3", "--lang", "zh-CN")
    assert again.code == 0
    assert "当前文案从草稿开始" in again.out
    assert "draft -> reviewed" in again.out
    assert state(mine) == "reviewed"


def test_a_built_in_text_can_be_retired_from_a_folder(cli: Cli, mine: Path) -> None:
    ended = cli("approve", mine, "care.birthday", "--locale", "en", "--to", "retired", "--by", "e-1")
    assert ended.code == 0
    assert "approved -> retired by e-1" in ended.out
    assert Catalogue.load(mine).get("care.birthday", "en").state.value == "retired"


def test_a_frame_of_one_s_own_is_released_for_all_its_texts_at_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "frames.toml").write_text('[en]\nopening = "Hi from {lender_name}: "\n', encoding="utf-8")

    def states() -> set[str]:
        return {one.state.value for one in Catalogue.load(tmp_path).templates.values() if one.locale == "en"}

    def asked(to: str, by: str, pattern: str = "*") -> int:
        return cli("approve", ".", pattern, "--locale", "en", "--to", to, "--by", by).code

    assert states() == {"draft"}
    assert asked("approved", "e-2") == 2
    assert asked("reviewed", "e-1", "reminder.*") == 0
    assert states() == {"draft", "reviewed"}
    assert (asked("reviewed", "e-1"), asked("approved", "e-1"), asked("approved", "e-2")) == (0, 2, 0)
    assert states() == {"approved"}


def test_unlawful_words_cannot_be_released_but_can_be_stopped(cli: Cli, mine: Path) -> None:
    for to, by in (("reviewed", "e-1"), ("approved", "e-2")):
        step(cli, mine, to, by)
    bad = mine / "zh-CN" / "bad.toml"
    bad.write_text('[collection]\nearly = "再不还{amount_due}，警察今天上门抓人。"\n', encoding="utf-8")
    stopped = step(cli, mine, "reviewed", "e-1")
    assert (stopped.code, len(stopped.lines)) == (2, 1)
    assert step(cli, mine, "retired", "e-3").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([TEXT, "--locale", "zh-CN", "--to", "released", "--by", "e-1"], "--to: expected one of"),
        ([TEXT, "--locale", "fr", "--to", "reviewed", "--by", "e-1"], "locale: expected one of"),
        (["reminder.nope", "--locale", "en", "--to", "reviewed", "--by", "e-1"], "no such template"),
        ([TEXT, "--locale", "zh-CN", "--to", "reviewed", "--by", ""], "expected a staff id"),
        (
            [TEXT, "--locale", "zh-CN", "--to", "reviewed", "--by", "e-1", "--on", "soon"],
            "--on: expected a date",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_writes_nothing(
    cli: Cli, mine: Path, arguments: list[str], told: str
) -> None:
    ended = cli("approve", mine, *arguments)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert told in ended.err
    assert not (mine / "approvals.toml").exists()


def test_a_check_of_templates_counts_the_drafts(cli: Cli, mine: Path) -> None:
    def findings() -> list[Any]:
        ended = cli("check-templates", mine, "--json")
        assert ended.code == 0
        return [one for one in json.loads(ended.out)["findings"] if one["rule"] == "not_approved"]

    [found] = findings()
    assert (found["severity"], found["message"].startswith("1 of ")) == ("warning", True)
    for to, by in (("reviewed", "e-1"), ("approved", "e-2")):
        step(cli, mine, to, by)
    assert findings() == []


def test_a_folder_that_cannot_be_written_keeps_what_it_had(
    cli: Cli, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(cli, mine, "reviewed", "e-1")
    before = sorted((one.name, one.read_bytes()) for one in mine.iterdir() if one.is_file())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    ended = step(cli, mine, "approved", "e-2")
    assert (ended.code, len(ended.lines), ended.out) == (2, 1, "")
    assert "approvals.toml: No space left" in ended.err
    assert sorted((one.name, one.read_bytes()) for one in mine.iterdir() if one.is_file()) == before

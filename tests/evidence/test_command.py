"""`loansms evidence verify` as an auditor types it: what holds, what does not, and what it could not say."""

from __future__ import annotations

import json

import pytest
import typer

from loansms.cli.evidence import evidence
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.evidence import checkpoint_text

from .parts import SIGNER
from .test_export import JOURNAL, LINES, TEXT, exported


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ended(*args, text=TEXT, lang="en"):
        (tmp_path / "export.jsonl").write_bytes(text.encode())
        command = typer.main.get_command(evidence)
        code = command(["verify", "export.jsonl", *args], obj=Session.start(lang), standalone_mode=False)
        told = capsys.readouterr()
        return code or 0, told.out, told.err

    return ended


def test_a_sound_export_holds_and_says_what_it_was_not_held_against(run, tmp_path):
    code, out, err = run()
    assert code == 0
    assert "holds: 8 records, 7 sealed in 3 seals" in out
    assert "not sealed yet, proved by nothing: 1" in out
    assert SIGNER.public in err
    assert "no checkpoint from outside" in err
    held = JOURNAL[2][1]
    (tmp_path / "checkpoint.txt").write_bytes(checkpoint_text(held).encode())
    whole = "\n".join(exported(JOURNAL, outside=[held])) + "\n"
    assert run("--key", SIGNER.public, "--checkpoint", "checkpoint.txt", text=whole)[::2] == (0, "")
    assert run("--checkpoint", "checkpoint.txt")[0] == 1


@pytest.mark.parametrize(("lang", "words"), [("en", "line 9: record"), ("zh-CN", "第 9 行：记录")])
def test_what_does_not_hold_is_named_and_ends_in_one(run, lang, words):
    code, out, _ = run(text=TEXT.replace(LINES[8], LINES[8].replace("quiet_hours", "cap_full")), lang=lang)
    assert code == 1
    assert words in out


def test_a_program_gets_the_findings_as_json(run):
    code, out, err = run("--json", text=TEXT.replace(LINES[8], LINES[8].replace("quiet_hours", "cap_full")))
    told = json.loads(out)
    assert (code, err, told["proved"], told["own_keys"]) == (1, "", False, True)
    assert [(one["code"], one["line"]) for one in told["findings"]] == [("not_included", 9)]


def test_what_is_no_export_key_or_checkpoint_is_one_clear_line(run, tmp_path):
    (tmp_path / "checkpoint.txt").write_bytes(b"\xff")
    for args, text, words in (
        ((), "no export\n", "export: expected"),
        ((), "", "export: expected"),
        (("--key", "x+y+z"), TEXT, "public key: expected one line"),
        (("--checkpoint", "checkpoint.txt"), TEXT, "checkpoint.txt: expected a checkpoint in UTF-8"),
        (("--checkpoint", "none.txt"), TEXT, "none.txt: cannot be read"),
    ):
        with pytest.raises(CallerError, match=words) as refused:
            run(*args, text=text)
        assert refused.value.zh


def test_a_document_that_is_not_the_one_sent_is_named(run, tmp_path):
    (tmp_path / "notice.pdf").write_bytes(b"%PDF")
    code, out, _ = run("--file", "notice.pdf")
    assert code == 1
    assert "no record speaks of the file notice.pdf" in out
    told = json.loads(run("--file", "notice.pdf", "--json")[1])
    assert [(one["code"], one["file"]) for one in told["findings"]] == [("file_unknown", "notice.pdf")]

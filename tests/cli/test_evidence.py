"""From a run to a page a court can read, by commands alone; and whoever changes the file is found."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loansms.cli import main

BOOK = Path("examples/books").resolve()


@pytest.fixture
def run_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A folder with a run, its key and its sealed journal."""
    (tmp_path / "book.csv").write_text(
        "loan_id,borrower_id,phone,currency,amount_due,next_due_on\n"
        "L-1,B-1,17400000001,CNY,1256.30,2026-09-24\nL-2,B-2,17400000002,CNY,88.00,2026-09-24\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    asked = ["run", "book.csv", "--policy", "cn-consumer", "--now", "2026-09-24T10:00:00+08:00"]
    assert main([*asked, "--store", "run.db", "--out", "out.jsonl", "--quiet"]) == 0
    assert main(["evidence", "new-key", "key.pem", "--name", "bank.example/evidence"]) == 0
    key = capsys.readouterr().out.split()[0]
    (tmp_path / "out").mkdir()
    sealing = [
        "evidence",
        "seal",
        "--store",
        "run.db",
        "--key-file",
        "key.pem",
        "--name",
        "bank.example/evidence",
    ]
    assert main([*sealing, "--checkpoints", "out"]) == 0
    assert capsys.readouterr().out.split() == ["4"]
    return key


def test_a_loan_is_shown_exported_and_checked(run_of: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "show", "L-1", "--store", "run.db"]) == 0
    told = capsys.readouterr().out
    assert "2026-09-24 10:00" in told
    assert "1256" not in told
    assert (
        main(["evidence", "show", "L-1", "--store", "run.db", "--html", "life.html", "--lang", "zh-CN"]) == 0
    )
    page = Path("life.html").read_text(encoding="utf-8")
    assert "通道已接收" in page
    assert "1256" not in page
    assert main(["evidence", "show", "L-1", "--store", "run.db", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["lines"]
    assert [(one["what"], one["state"]) for one in shown] == [("claimed", "accepted")]
    assert shown[0]["record"]["digest"]
    assert main(["evidence", "show", "L-9", "--store", "run.db"]) == 1
    taken = ["evidence", "export", "L-1", "--store", "run.db", "--key", run_of, "--out", "e.jsonl"]
    assert main([*taken, "--html", "e.html"]) == 0
    capsys.readouterr()
    assert main(["evidence", "verify", "e.jsonl", "--key", run_of, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["proved"] is True
    assert "L-2" not in Path("e.jsonl").read_text(encoding="utf-8")


def test_a_changed_ledger_and_a_cut_tail_are_found(run_of: str, capsys: pytest.CaptureFixture[str]) -> None:
    checking = ["evidence", "verify", "run.db", "--key", run_of, "--checkpoint", "out/checkpoint-4.txt"]
    assert main(checking) == 0
    with closing(sqlite3.connect("run.db")) as db:
        db.execute("DELETE FROM ledger_entry WHERE place >= 2")
        db.execute("DELETE FROM ledger_seal")
        db.commit()
    assert main(checking) == 1
    assert "cut" in capsys.readouterr().out


def test_wrong_arguments_say_what_is_wanted(run_of: str, capsys: pytest.CaptureFixture[str]) -> None:
    for asked, wanted in (
        (["evidence", "verify", "run.db"], "--key"),
        (["evidence", "show", "L-1", "--store", "none.db"], "no such file"),
        (["evidence", "new-key", "key.pem", "--name", "bank.example/evidence"], "never written over"),
        (["evidence", "export", "L-9", "--store", "run.db", "--key", run_of, "--out", "x.jsonl"], "L-9"),
        (["evidence", "seal", "--store", "run.db", "--key-file", "no.pem", "--name", "a"], "--key-file"),
    ):
        assert main(asked) == 2
        assert wanted in capsys.readouterr().err

"""The brakes on the command line: put on, listed, taken off, and obeyed by a run that is under way."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from loansms.model import Message, RecordKind, SubmitResult
from loansms.providers import SpoolProvider
from loansms.stores import SqliteStore, StopScope

from .conftest import Cli, MakeBook, loan, rows_of, usual

WHO = ("--store", "run.db", "--by", "e-1")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "run.db"
    SqliteStore(path).close()
    return path


def test_a_run_in_progress_obeys_and_goes_on_after_the_resume(
    cli: Cli, make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stops everything while the run hands its first message over: no claim after that."""
    submit = SpoolProvider.submit
    told: list[str] = []

    def braking(self: SpoolProvider, message: Message, deadline: datetime) -> SubmitResult:
        if not told:
            told.append("stopped")
            with SqliteStore(tmp_path / "run.db") as elsewhere:
                assert stop_all(elsewhere)
        return submit(self, message, deadline)

    def stop_all(elsewhere: SqliteStore) -> bool:
        from loansms.stores import Stop  # noqa: PLC0415

        at = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
        return elsewhere.stop(Stop(scope=StopScope.ALL, at=at, by="e-9", why="wrong date"))

    monkeypatch.setattr(SpoolProvider, "submit", braking)
    book = make_book(*(loan(number, next_due_on="2026-09-24") for number in range(1, 41)))
    args = usual(book, "--provider", "spool:spool")
    assert cli(*args).code == 0
    first = [one["outcome"] for one in rows_of(tmp_path / "out.jsonl")]
    assert (first.count("submitted"), first.count("deferred")) == (32, 8), "one window was claimed before it"
    assert {one["reason"] for one in rows_of(tmp_path / "out.jsonl") if one["outcome"] == "deferred"} == {
        "stopped"
    }
    assert cli("resume", "all", *WHO).code == 0
    assert cli(*args).code == 0
    again = [one["outcome"] for one in rows_of(tmp_path / "out.jsonl")]
    assert (again.count("already_done"), again.count("submitted")) == (32, 8)


def test_a_stop_of_one_template_leaves_the_others(
    cli: Cli, make_book: MakeBook, store: Path, tmp_path: Path
) -> None:
    ended = cli("stop", "template", "reminder.due_today", *WHO, "--why", "wrong date", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["stops"][0]["why"] == "wrong date"
    book = make_book(loan(1, next_due_on="2026-09-24"), loan(2, next_due_on="2026-09-27"))
    cli(*usual(book))
    assert {one["template"]: one["outcome"] for one in rows_of(tmp_path / "out.jsonl")} == {
        "reminder.due_today": "deferred",
        "reminder.due_in_3": "submitted",
    }


def test_a_stop_of_one_step_leaves_the_others(
    cli: Cli, make_book: MakeBook, store: Path, tmp_path: Path
) -> None:
    assert cli("stop", "step", "t-0", *WHO, "--why", "wrong day").code == 0
    book = make_book(loan(1, next_due_on="2026-09-24"), loan(2, next_due_on="2026-09-27"))
    cli(*usual(book))
    assert [one["outcome"] for one in rows_of(tmp_path / "out.jsonl")] == ["deferred", "submitted"]


def test_who_braked_and_who_let_go_is_on_record(cli: Cli, store: Path) -> None:
    assert "nothing is stopped" in cli("stops", "--store", "run.db").out
    assert cli("stop", "route", "aliyun", *WHO, "--why", "outage").code == 0
    same = cli("stop", "route", "aliyun", "--store", "run.db", "--by", "e-2", "--why", "again")
    assert (same.code, "already" in same.out) == (0, True)
    [listed] = json.loads(cli("stops", "--store", "run.db", "--json").out)["stops"]
    assert (listed["scope"], listed["value"], listed["by"], listed["why"]) == (
        "route",
        "aliyun",
        "e-1",
        "outage",
    )
    wrong = cli("resume", "route", "aliyum", *WHO)
    assert (wrong.code, "nothing was stopped by this name" in wrong.out) == (1, True)
    assert cli("resume", "route", "aliyun", "--store", "run.db", "--by", "e-3").code == 0
    with SqliteStore(store) as ledger:
        kinds = [one.record.kind for one in ledger.entries()]
        audited = {(one.by, one.act) for one in ledger.audit_trail()}
    assert kinds == [RecordKind.STOPPED, RecordKind.RESUMED]
    assert {one for one, _ in audited} >= {"e-3"}


@pytest.mark.parametrize(
    "wrong",
    [
        ["stop", "everything", *WHO, "--why", "x"],
        ["stop", "template", *WHO, "--why", "x"],
        ["stop", "all", "now", *WHO, "--why", "x"],
        ["stop", "all", *WHO, "--why", " "],
        ["stop", "all", *WHO],
        ["stop", "all", "--store", "other.db", "--by", "e-1", "--why", "x"],
        ["stop", "all", "--store", "run.db", "--by", "两 个", "--why", "x"],
        ["resume", "stage", *WHO],
        ["stops", "--store", "."],
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_what_cannot_be_done_is_one_line(cli: Cli, store: Path, wrong: list[str], lang: str) -> None:
    ended = cli(*wrong, "--lang", lang)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert cli("stops", "--store", "run.db", "--json").out.count("by") == 0

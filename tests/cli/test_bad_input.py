"""What bad input gets: one clear line naming the place and what was expected, and the right exit code."""

from __future__ import annotations

import csv
import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loansms.cli.help_zh import CHINESE

from .conftest import GOOD, NOW, PHONE, Cli, Ended, MakeBook, loan, rows_of, usual

BAD_CELLS = {
    "malformed phone": ("phone", "138001"),
    "spreadsheet phone": ("phone", "1.74E+10"),
    "float amount": ("amount_due", "1.2e3"),
    "negative amount": ("amount_due", "-5.00"),
    "unknown currency": ("currency", "ZZZ"),
    "unknown time zone": ("timezone", "Mars/Olympus"),
    "missing date": ("next_due_on", ""),
    "no such day": ("next_due_on", "2026-02-30"),
    "missing loan id": ("loan_id", ""),
    "duplicate loan id": ("loan_id", "L-1"),
}

HELPED = (
    "run", "plan", "obligations", "simulate", "notify", "check-text", "check-policy", "check-templates", "check-pack",
    "approve", "bill", "evidence", "evidence verify", "evidence new-key", "evidence seal", "evidence show", "evidence export",
    "approve", "stop", "resume", "stops", "health", "unknowns", "settle", "sign-plan", "who-got", "take",
    "export suppressions",
)  # fmt: skip

MINE = """
name = "mine"
[[stage]]
name = "early"
from_dpd = 1
[[step]]
id = "d1"
day = 1
stage = "late"
template = "collection.early"
purpose = "collection"
channels = ["sms"]
priority = 1
"""


def one_line(ended: Ended, *told: str, code: int = 2) -> None:
    assert ended.code == code, ended.err
    assert len(ended.lines) == 1, ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""
    for part in told:
        assert part in ended.err


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_each_bad_cell_is_filed_with_line_and_column_and_the_good_rows_run(
    cli: Cli, make_book: MakeBook, tmp_path: Path, lang: str
) -> None:
    bad = [loan(number, **{column: cell}) for number, (column, cell) in enumerate(BAD_CELLS.values(), 10)]
    ended = cli(*usual(make_book(GOOD, *bad, loan(3)), "--lang", lang))
    assert ended.code == 0
    with (tmp_path / "out.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        filed = list(csv.DictReader(file))
    wanted = [(str(line), column) for line, (column, _) in enumerate(BAD_CELLS.values(), 3)]
    assert [(one["line"], one["column"]) for one in filed] == wanted
    for one, (_, cell) in zip(filed, BAD_CELLS.values(), strict=True):
        assert bool(re.search(r"[\u4e00-\u9fff]", one["reason"])) is (lang == "zh-CN")
        assert not cell or cell == "L-1" or cell not in one["reason"]
    told = rows_of(tmp_path / "out.jsonl")
    assert {bool(re.search(r"[\u4e00-\u9fff]", one["why"])) for one in told} == {lang == "zh-CN"}
    outcomes = [one["outcome"] for one in told]
    assert outcomes == ["submitted", *["rejected"] * len(bad), "submitted"]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("wrong header", b"a,b,c\n1,2,3\n", "loan_id"),
        ("empty file", b"", "book.csv"),
        ("header alone", ",".join(GOOD).encode() + b"\n", "book.csv"),
        ("GBK bytes", "借据号,客户号\n一,二\n".encode("gbk"), "--encoding"),
        ("not a table", bytes(range(128, 256)) * 9, "--encoding"),
    ],
)
def test_an_unreadable_book_is_one_line(
    cli: Cli, tmp_path: Path, name: str, content: bytes, told: str, lang: str
) -> None:
    book = tmp_path / "book.csv"
    book.write_bytes(content)
    ended = cli(*usual(book, "--lang", lang))
    one_line(ended, told)
    assert bool(re.search(r"[\u4e00-\u9fff]", ended.err)) is (lang == "zh-CN"), name
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_book_is_one_line(cli: Cli) -> None:
    one_line(cli(*usual(Path("nowhere.csv"))), "nowhere.csv")


def changed(make_book: MakeBook, option: str, value: str) -> list[object]:
    args = list(usual(make_book(GOOD)))
    if option in args:
        args[args.index(option) + 1] = value
        return args
    return [*args, option, value]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--now", "2026-09-24T10:00:00"),
        ("--now", "yesterday"),
        ("--policy", "no-such-preset"),
        ("--policy", "missing.toml"),
        ("--options", "no-such-option"),
        ("--lender", "missing.toml"),
        ("--provider", "carrier-pigeon"),
        ("--provider", "sandbox:x"),
        ("--provider", "spool:"),
        ("--packs", "ZZ"),
        ("--catalogue", "missing-folder"),
        ("--columns", "missing.toml"),
        ("--encoding", "klingon"),
        ("--out", "out.doc"),
        ("--out", "missing-folder/out.jsonl"),
        ("--out", "book.csv"),
        ("--report", "book.csv"),
        ("--report", "."),
        ("--out", "folder.jsonl"),
        ("--store", "missing-folder/run.db"),
    ],
)
def test_an_unusable_option_is_one_line_in_the_users_language(
    cli: Cli, make_book: MakeBook, tmp_path: Path, option: str, value: str, lang: str
) -> None:
    before = make_book(GOOD).read_bytes()
    (tmp_path / "folder.jsonl").mkdir()
    ended = cli(*changed(make_book, option, value), "--lang", lang)
    one_line(ended)
    assert (tmp_path / "book.csv").read_bytes() == before
    assert not (tmp_path / "out.jsonl").exists()
    assert bool(re.search(r"[\u4e00-\u9fff]", ended.err)) is (lang == "zh-CN"), ended.err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["run"], "BOOK"),
        (["run", "book.csv"], "--policy"),
        (["run", "book.csv", "--policy"], "--policy"),
        (["run", "--no-such-thing"], "--no-such-thing"),
        (
            ["run", "book.csv", PHONE, "--policy", "p", "--store", "s", "--out", "o.jsonl"],
            "loansms run --help",
        ),
        (["no-such-command"], "no such command; expected one of approve, bill, check-pack, check-policy, "),
        (["run", "book.csv", "--lang", "fr", "--policy", "p", "--store", "s", "--out", "o.jsonl"], "--lang"),
    ],
)
def test_mistyped_arguments_are_one_line_without_a_usage_dump(cli: Cli, args: list[str], told: str) -> None:
    ended = cli(*args)
    one_line(ended, told)
    assert PHONE not in ended.err


def test_a_file_with_unknown_stage_names_file_and_key(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    one_line(cli(*changed(make_book, "--policy", "mine.toml")), "mine.toml", "late")


def test_a_broken_lender_file_names_file_and_key(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    (tmp_path / "lender.toml").write_text('lender_id = "x"\nparty = "second"\n', encoding="utf-8")
    one_line(cli(*changed(make_book, "--lender", "lender.toml")), "lender.toml", "party")


def test_a_store_that_is_no_store_is_left_alone(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database, and longer than a header\n" * 30, encoding="utf-8")
    one_line(cli(*changed(make_book, "--store", "notes.db")))
    assert (tmp_path / "notes.db").read_text(encoding="utf-8").startswith("not a database")


def test_the_example_lender_is_not_guessed_for_an_unknown_policy(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(MINE.replace('"late"', '"early"'), encoding="utf-8")
    one_line(cli(*changed(make_book, "--policy", "mine.toml")), "--lender")


def test_without_the_extra_the_line_names_it() -> None:
    script = (
        "import sys; sys.modules['typer'] = None; from loansms.cli import main; sys.exit(main(['--version']))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    one_line(Ended(ended.returncode, ended.stdout, ended.stderr), "loansms[cli]")


def test_an_unexpected_fault_tells_its_place_and_no_value(
    cli: Cli, make_book: MakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> object:
        raise KeyError(PHONE)

    monkeypatch.setattr("loansms.cli.run.read_book", broken)
    ended = cli(*usual(make_book(GOOD)))
    one_line(ended, "internal error: KeyError at loansms.cli.run:", code=3)
    assert PHONE not in ended.err


def test_a_scheduler_that_stops_a_run_gets_the_line_of_an_interrupt(
    cli: Cli, make_book: MakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: object, **_more: object) -> object:
        signal.raise_signal(signal.SIGTERM)
        return None

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("loansms.cli.run.read_book", stopped)
    one_line(cli(*usual(make_book(GOOD))), "interrupted", code=130)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_full_disk_names_the_option_and_the_next_run_tells_the_rows(
    cli: Cli, make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("loansms.cli.run.write_rows", full)
        one_line(cli(*usual(make_book(GOOD), "--quiet")), "--out: out.jsonl: No space left", "again")
    assert sorted(one.name for one in tmp_path.iterdir() if "out" in one.name) == []
    assert cli(*usual(make_book(GOOD), "--quiet")).code == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "already_done"


def test_a_reader_who_leaves_changes_no_exit_code(make_book: MakeBook, tmp_path: Path) -> None:
    """`loansms run ... | head -1`: the run was done, and its files are there."""
    args = [sys.executable, "-m", "loansms", *(str(one) for one in usual(make_book(GOOD)))]
    with subprocess.Popen(args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        for stream in (running.stdout, running.stderr):
            assert stream is not None
            stream.close()
        assert running.wait() == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "submitted"


def test_version_and_help(cli: Cli) -> None:
    assert re.fullmatch(r"loansms \d+\.\d+\.\d+\S*\n", cli("--version").out)
    assert "notify" in cli("--help").out
    assert "notify" in cli().out
    assert "--now" in cli("run", "--help").out


def test_all_help_speaks_chinese_too(cli: Cli) -> None:
    """Every text that English help shows has its Chinese; none is left over in either table."""
    english = [cli(*command.split(), "--help").out for command in ("", *HELPED)]
    shown = " ".join(re.sub(r"[\s│]+", " ", one) for one in english)
    assert [text for text in CHINESE if text.split("(")[0][:30] not in shown] == []
    for command in ("", *HELPED):
        told = cli(*command.split(), "--help", "--lang", "zh-CN").out
        described = [
            line for line in told.splitlines() if re.search(r"^│ .*--\w", line) and "--help" not in line
        ]
        assert described or command == "evidence"
        assert [line for line in described if not re.search(r"[\u4e00-\u9fff]", line)] == []


def test_the_module_runs_as_the_command_does() -> None:
    for module in ("loansms", "loansms.cli"):
        ended = subprocess.run(
            [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stdout.split()[0]) == (0, "loansms")


def test_now_defaults_to_the_clock(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    args = [one for one in usual(make_book(loan(1, next_due_on="2199-01-01"))) if one not in {"--now", NOW}]
    assert cli(*args).code == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "none"

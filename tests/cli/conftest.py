"""A small book, and a way to run a command as a user would: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loansms.cli import main

NOW = "2026-09-24T10:00:00+08:00"  # a Thursday morning in Shanghai
PHONE, NAME = "17400000001", "周金丝"  # canaries: they may appear in no output
GOOD: Mapping[str, str] = {
    "loan_id": "L-1",
    "borrower_id": "B-1",
    "name": NAME,
    "phone": PHONE,
    "country": "CN",
    "currency": "CNY",
    "amount_due": "1256.30",
    "next_due_on": "2026-09-27",
    "timezone": "Asia/Shanghai",
}


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


Cli = Callable[..., Ended]
MakeBook = Callable[..., Path]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    monkeypatch.chdir(tmp_path)
    for name in ("LOANSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: object) -> Ended:
        code = main([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture
def make_book(tmp_path: Path) -> MakeBook:
    def make(*rows: Mapping[str, str], name: str = "book.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        return path

    return make


def loan(number: int, **changes: str) -> dict[str, str]:
    own = {"loan_id": f"L-{number}", "borrower_id": f"B-{number}", "phone": f"174000{number:05d}"}
    return {**GOOD, **own, **changes}


def usual(book: Path, *more: object) -> Sequence[object]:
    return (
        "run",
        book,
        "--policy",
        "cn-consumer",
        "--now",
        NOW,
        "--store",
        "run.db",
        "--out",
        "out.jsonl",
        *more,
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

"""The demo runs end to end, and what it says at the end is what its files show."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run_demo(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as `make demo` does, into `out`; warnings are errors there too."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "demo.py"), "--out", str(out), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"},
    )


def rows_of(out: Path, book: str) -> list[dict[str, Any]]:
    """Read a book's rows of all days."""
    files = sorted(out.glob(f"{book}-day*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


def outcomes(out: Path, book: str) -> Counter[str]:
    """Count the outcomes of all days."""
    return Counter(row["outcome"] for row in rows_of(out, book))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("demo")
    ended = run_demo(out)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    return out, ended.stdout


@pytest.mark.parametrize("book", ["us", "cn"])
def test_the_closing_lines_carry_the_figures_of_the_files(played: tuple[Path, str], book: str) -> None:
    out, told = played
    start = told.index(f"{book}.csv:")
    part = told[start : start + 4000]
    counted = outcomes(out, book)
    for pattern, names in {
        r"Held for later: (\d+)": ("deferred",),
        r"Not allowed: (\d+)": ("denied",),
        r"certainly not sent: (\d+)": ("refused",),
        r"Nothing to say: (\d+)": ("none", "already_done"),
    }.items():
        found = re.search(pattern, part)
        assert found, pattern
        assert int(found[1]) == sum(counted[name] for name in names)
    unknown = {(row["loan_id"], row["step"]) for row in rows_of(out, book) if row["outcome"] == "unknown"}
    assert f"Unknown: {len(unknown)} " in part
    sent = re.search(r"Messages sent: (\d+) .* a person: (\d+)", part)
    assert sent
    assert int(sent[1]) + int(sent[2]) == counted["submitted"] > 100


def test_every_row_of_every_day_is_accounted_for(played: tuple[Path, str]) -> None:
    out, _ = played
    for book, rows in (("us", 400), ("cn", 316)):
        files = sorted(out.glob(f"{book}-day*.jsonl"))
        assert len(files) == 7
        assert {len(path.read_text("utf-8").splitlines()) for path in files} == {rows}


def test_no_step_goes_out_twice(played: tuple[Path, str]) -> None:
    out, _ = played
    for book in ("us", "cn"):
        handed_over = Counter(
            (row["loan_id"], row["step"], row["recipient"])
            for row in rows_of(out, book)
            if row["outcome"] in {"submitted", "unknown"} and row["text"] and row["step"] != "promise-day"
        )
        assert max(handed_over.values()) == 1


def test_no_phone_number_is_printed(played: tuple[Path, str]) -> None:
    _, told = played
    assert not re.search(r"1740\d{7}|\+1\d{10}|13800138000", told)


def test_the_report_and_the_rejects_lie_where_the_demo_says(played: tuple[Path, str]) -> None:
    out, told = played
    for book in ("us", "cn"):
        report = out / f"{book}-report.html"
        assert str(report) in told
        assert report.read_text("utf-8").startswith("<!doctype html>")
    assert len((out / "cn.rejects.csv").read_text("utf-8").splitlines()) == 17


def test_one_life_is_told_by_events_and_each_event_once(played: tuple[Path, str]) -> None:
    _, told = played
    life = told[told.index("One borrower's life") :].splitlines()[1:]
    assert len(life) == 7
    assert all(" submitted " in line for line in life)


def test_a_book_of_ones_own_is_played_on_the_day_it_was_made(tmp_path: Path) -> None:
    ended = run_demo(
        tmp_path,
        str(EXAMPLES / "books" / "cn-zh-headers.csv"),
        "--lang",
        "zh-CN",
        "--now",
        "2026-09-19T10:00:00+08:00",
    )
    assert ended.returncode == 0, ended.stderr
    assert "已提交" in ended.stdout
    assert sum(outcomes(tmp_path, "cn-zh-headers").values()) == 24


def test_a_book_that_does_not_tell_its_day_gets_one_line(tmp_path: Path) -> None:
    ended = run_demo(tmp_path, str(EXAMPLES / "books" / "cn-zh-headers.csv"))
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "--now" in ended.stderr


def test_a_folder_of_somebody_elses_files_is_not_emptied(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("years of work")
    ended = run_demo(tmp_path)
    assert ended.returncode == 2
    assert kept.read_text() == "years of work"
    assert len(ended.stderr.splitlines()) == 1


def test_who_opted_out_on_any_row_even_a_bad_one_hears_nothing(played: tuple[Path, str]) -> None:
    out, _ = played
    with (EXAMPLES / "books" / "cn.csv").open(encoding="utf-8", newline="") as source:
        refused = {row["borrower_id"] for row in csv.DictReader(source) if row["opt_out"] == "true"}
    assert len(refused) >= 5
    reached = {row["borrower_id"] for row in rows_of(out, "cn") if row["outcome"] in {"submitted", "unknown"}}
    assert not refused & reached


def test_collection_rests_on_a_holiday_and_goes_out_on_a_make_up_sunday(played: tuple[Path, str]) -> None:
    out, _ = played

    def collected(day: int) -> int:
        lines = (out / f"cn-day{day}.jsonl").read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines]
        return sum(
            row["purpose"] == "collection" and row["channel"] == "sms" and row["outcome"] == "submitted"
            for row in told
        )

    assert collected(1) == 0  # Saturday, 19 September 2026
    assert collected(2) > 0  # Sunday, a workday in exchange for the Mid-Autumn holiday
    assert collected(7) == 0  # Friday, Mid-Autumn Day

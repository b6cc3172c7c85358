"""Killed at any moment and run again: no step twice, every step sent or accounted for."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("crash_worker.py")
NOW = "2026-09-24T10:00:00+08:00"
LOANS = 90
WINDOW = 32


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Ninety borrowers, one loan each, due today."""
    path = tmp_path / "book.csv"
    rows = [f"L-{n},B-{n},1740000{n:04},CNY,{100 + n}.00,2026-09-24" for n in range(LOANS)]
    path.write_text("loan_id,borrower_id,phone,currency,amount_due,next_due_on\n" + "\n".join(rows) + "\n")
    return path


def play(tmp_path: Path, book: Path, point: str = "none", count: int = 1) -> subprocess.CompletedProcess[str]:
    """Run the worker once."""
    command = [
        sys.executable,
        str(WORKER),
        str(tmp_path / "run.db"),
        str(tmp_path / "spool"),
        str(book),
        NOW,
        point,
        str(count),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def spooled(tmp_path: Path) -> Counter[str]:
    """Return how often each step key reached the provider."""
    path = tmp_path / "spool" / "submitted.jsonl"
    if not path.exists():
        return Counter()
    return Counter(json.loads(line)["loan_id"] for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("before_claim", 2),
        ("after_claim", 2),
        ("before_submit", 40),
        ("after_submit", 40),
        ("before_finish", 1),
        ("after_finish", 64),
        ("after_finish", 90),
        ("before_defer", 1),
    ],
)
def test_a_kill_never_repeats_and_never_loses(tmp_path: Path, book: Path, point: str, count: int) -> None:
    """After a kill and another run each loan was spooled at most once, and is told as done or unknown."""
    killed = play(tmp_path, book, point, count)
    assert killed.returncode == -9, killed.stderr
    again = play(tmp_path, book)
    assert again.returncode == 0, again.stderr
    outcomes = dict(json.loads(again.stdout))
    sent = spooled(tmp_path)
    assert len(outcomes) == LOANS
    assert not [loan for loan, times in sent.items() if times > 1]
    assert {"submitted", "already_done", "unknown"} >= set(outcomes.values())
    assert all(sent[loan] == 1 for loan, outcome in outcomes.items() if outcome != "unknown")
    assert Counter(outcomes.values())["unknown"] <= WINDOW
    assert set(outcomes) == set(sent) | {loan for loan, outcome in outcomes.items() if outcome == "unknown"}


def test_two_runs_at_once_send_nothing_twice(tmp_path: Path, book: Path) -> None:
    """Two processes over one store share the book without a duplicate or a loss."""
    command = [
        sys.executable,
        str(WORKER),
        str(tmp_path / "run.db"),
        str(tmp_path / "spool"),
        str(book),
        NOW,
        "none",
        "1",
    ]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert {1} == set(spooled(tmp_path).values())
    assert len(spooled(tmp_path)) == LOANS

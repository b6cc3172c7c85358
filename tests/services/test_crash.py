"""Killed at any moment and run again: no step twice, every step sent or accounted for."""

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.forked import Ended, Worker
from tests.services.crash_worker import main

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


def play(tmp_path: Path, book: Path | str, point: str = "none", count: int = 1, now: str = NOW) -> Ended:
    """Run the worker once."""
    return Worker(main, tmp_path / "run.db", tmp_path / "spool", book, now, point, count).ended()


def spooled(tmp_path: Path) -> Counter[str]:
    """Return how often each step key reached the provider."""
    path = tmp_path / "spool" / "submitted.jsonl"
    if not path.exists():
        return Counter()
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return Counter(line["loan_id"] or line["borrower_id"] for line in lines)


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
        ("after_histories", 1),
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
    runs = [Worker(main, tmp_path / "run.db", tmp_path / "spool", book, NOW, "none", 1) for _ in range(2)]
    told = [run.ended() for run in runs]
    assert [run.returncode for run in told] == [0, 0], told
    assert {1} == set(spooled(tmp_path).values())
    assert len(spooled(tmp_path)) == LOANS


@pytest.mark.parametrize(
    ("point", "count"),
    [("after_claim", 2), ("before_finish", 33)],
)
def test_a_kill_among_events_never_repeats_and_never_loses(tmp_path: Path, point: str, count: int) -> None:
    """The same holds for notices of events: each borrower hears of theirs once, or it is unknown."""
    killed = play(tmp_path, f"events:{LOANS}", point, count)
    assert killed.returncode == -9, killed.stderr
    again = play(tmp_path, f"events:{LOANS}")
    assert again.returncode == 0, again.stderr
    outcomes = dict(json.loads(again.stdout))
    sent = spooled(tmp_path)
    assert len(outcomes) == LOANS
    assert max(sent.values()) == 1
    assert {"submitted", "already_done", "unknown"} >= set(outcomes.values())
    assert all(sent[who] == 1 for who, outcome in outcomes.items() if outcome != "unknown")
    assert Counter(outcomes.values())["unknown"] <= WINDOW


@pytest.mark.parametrize("point", ["before_defer", "before_finish"])
def test_a_kill_does_not_forget_who_has_to_wait(tmp_path: Path, point: str) -> None:
    """A reminder that yields to another loan goes out the next day, wherever the first day's run died.

    Killed before the note was written and not run again that day it is the one thing that cannot be known.
    """
    book = tmp_path / "two.csv"
    head = "loan_id,borrower_id,phone,currency,amount_due,oldest_unpaid_due_on,next_due_on\n"
    book.write_text(
        head
        + "L-1,B-1,17400000001,CNY,50.00,2026-09-20,2026-10-24\n"
        + "L-2,B-1,17400000001,CNY,60.00,,2026-09-27\n"
    )
    assert play(tmp_path, book, point).returncode == -9
    if point == "before_defer":
        play(tmp_path, book)
    book.write_text(head + "L-2,B-1,17400000001,CNY,60.00,,2026-09-27\n")
    next_day = play(tmp_path, book, now="2026-09-25T10:00:00+08:00")
    assert json.loads(next_day.stdout) == [["L-2", "submitted"]], next_day.stderr


def test_four_processes_run_tell_and_take_in_at_once(tmp_path: Path, book: Path) -> None:
    """Two runs, one set of events and refusals coming in: nothing twice, nobody after their refusal."""
    jobs = [str(book), str(book), f"events:{LOANS}", f"stops:{LOANS}"]
    started = [
        Worker(main, tmp_path / "run.db", tmp_path / f"spool-{number}", job, NOW, "none", 1)
        for number, job in enumerate(jobs)
    ]
    told = [one.ended() for one in started]
    assert [one.returncode for one in told] == [0] * 4, told
    sent: Counter[str] = Counter()
    for number in range(3):
        path = tmp_path / f"spool-{number}" / "submitted.jsonl"
        sent.update(json.loads(line)["step_key"] for line in path.read_text(encoding="utf-8").splitlines())
    assert set(sent.values()) == {1}
    rows = [row for one in told[:3] for row in json.loads(one.stdout)]
    assert Counter(outcome for _, outcome in rows)["submitted"] == len(sent)
    after = play(tmp_path, book)
    assert {"already_done", "denied"} >= {outcome for _, outcome in json.loads(after.stdout)}
    assert not spooled(tmp_path)

"""What planning a book costs beside reading it and beside the bare work a hand-written script would do.

Floor: csv.DictReader over the same file, one dict a row. The plan decides every row, words the due ones and
asks every rule; the script's loop only compares dates and fills one f-string.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from loansms import Lender, OutreachService
from loansms.portfolio import plan_rows, read_book
from loansms.providers import SandboxProvider
from loansms.stores import MemoryStore

BOOK = Path(__file__).resolve().parent.parent / "examples" / "books" / "us.csv"
NOW = datetime.fromisoformat("2026-09-19T14:00:00-04:00")
ROUNDS = 5


def best(act: Callable[[], object]) -> float:
    """Return the fastest of a few rounds, in seconds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)


def by_hand() -> list[str]:
    """Do what a script does that forgets hours, caps, consent, zones and two loans of one person."""
    texts: list[str] = []
    with BOOK.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            due = date.fromisoformat(row["oldest_unpaid_due_on"] or row["next_due_on"])
            if (NOW.date() - due).days in (-7, -3, 0, 1, 3, 7):
                texts.append(f"Your payment of ${row['amount_due']} is due {due}.")
    return texts


def run() -> list[tuple[str, float, str]]:
    """Measure reading and planning against the floor of the same run."""
    setup = OutreachService(
        policy="us-first-party", lender=Lender.example("US"), store=MemoryStore(), provider=SandboxProvider()
    ).setup.in_force(NOW.date())
    floor = best(by_hand)
    book = read_book(BOOK, default_country="US")
    reading = best(lambda: read_book(BOOK, default_country="US"))
    planning = best(lambda: plan_rows(book, setup=setup, now=NOW, histories={}))
    return [
        ("read_book", reading / floor, "times the naive script over the same file"),
        ("plan_rows", planning / floor, "times the naive script over the same file"),
    ]

"""Claims on SQLite against a floor of the same run: the bare INSERT of the same rows, flushed the same way.

Each side works in windows of 32 on a file of its own, in turns, so that a slow moment of the disk hits both.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from loansms.model import Accepted
from loansms.stores import Claim, Claimed, MemoryStore, SqliteStore
from loansms.stores.acts import claimed
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.rows import claim_row, record_row
from loansms.stores.sql.dialect import COLUMNS, SQLITE
from loansms.stores.sqlite.schema import MIGRATIONS
from loansms.testing.examples import AT, claim, rolling

WINDOW = 32
ROUNDS = 150
DEBTORS = 100_000


def windows(prefix: str) -> list[list[Claim]]:
    limits = (rolling(1, timedelta(days=1)), rolling(3, timedelta(days=7)))
    return [
        [
            claim(
                step_key=f"{prefix}-{turn:06}-{place:02}",
                debtor=f"example|B-{turn * WINDOW + place}",
                loan_id=f"L-{turn * WINDOW + place}",
                limits=limits,
            )
            for place in range(WINDOW)
        ]
        for turn in range(ROUNDS)
    ]


def floor_of(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    for statement in (one for step in MIGRATIONS for one in step):
        db.execute(statement)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


def timed(act: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    act(*given)
    return time.perf_counter() - began


INSERT = SQLITE.insert("attempt", ATTEMPT)
INSERT_ENTRY = SQLITE.insert("ledger_entry", COLUMNS["ledger_entry"])
Rows = list[tuple[object, ...]]


def insert(db: sqlite3.Connection, rows: Rows, entries: Rows) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(INSERT, rows)
    db.executemany(INSERT_ENTRY, entries)
    db.execute("COMMIT")


def update(db: sqlite3.Connection, step_key: str) -> None:
    db.execute(
        "UPDATE attempt SET state = 'accepted', provider_message_id = 'p' WHERE step_key = ?", (step_key,)
    )


def take(store: SqliteStore, window: list[Claim], held: dict[str, str]) -> None:
    answers = zip((one.step_key for one in window), store.claim(window), strict=True)
    held.update({key: answer.token for key, answer in answers if isinstance(answer, Claimed)})


def run() -> list[tuple[str, float, str]]:
    floors: list[float] = []
    claims: list[float] = []
    again: list[float] = []
    updates: list[float] = []
    finishes: list[float] = []
    in_memory: list[float] = []
    memory = MemoryStore()
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder) / "run.db") as store:
        db = floor_of(Path(folder) / "floor.db")
        for window in windows("s"):
            rows = [claim_row(one, "0" * 32, 0, 1) for one in window]
            entries = [record_row(claimed(one, 1)) for one in window]
            held: dict[str, str] = {}
            floors.append(timed(insert, db, rows, entries))
            claims.append(timed(take, store, window, held))
            again.append(timed(store.claim, window))
            in_memory.append(timed(memory.claim, window))
            if len(held) != WINDOW:
                raise AssertionError("the benchmark measures claims that are taken")
            for key, token in list(held.items())[:4]:
                updates.append(timed(update, db, key))
                finishes.append(timed(store.finish, key, token, Accepted("p"), AT))
        asked = [f"example|B-{number}" for number in range(DEBTORS)]
        histories = timed(store.histories, asked, AT - timedelta(days=35))
        db.close()
    floor = median(floors)
    return [
        (
            "claims in windows of 32, 2 caps each",
            floor / median(claims),
            "bare INSERT of the same rows and entries, flushed",
        ),
        ("claims of done steps", floor / median(again), "bare INSERT of as many rows, flushed"),
        ("claims in memory", floor / median(in_memory), "bare INSERT of the same rows and entries, flushed"),
        (
            "finish, fenced by its token",
            median(updates) / median(finishes),
            "bare UPDATE of one row, flushed",
        ),
        (
            "histories, a debtor of 100,000",
            floor / WINDOW / (histories / DEBTORS),
            "one row of the bare INSERT",
        ),
    ]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

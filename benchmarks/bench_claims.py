"""Claims on SQLite against a floor of the same run: the bare INSERT of the same rows, flushed the same way.

Each side works in windows on a file of its own, in turns, so that a slow moment of the disk hits both.
"""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

from claim_windows import Rows, Times, rows_of, take, windows

from loansms.model import Accepted
from loansms.stores import MemoryStore, SqliteStore
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.sql.dialect import COLUMNS, SQLITE
from loansms.stores.sqlite.schema import MIGRATIONS
from loansms.testing.examples import AT

TURNS = {32: 150, 1000: 25}
DEBTORS = 100_000
INSERT = SQLITE.insert("attempt", ATTEMPT)
INSERT_ENTRY = SQLITE.insert("ledger_entry", COLUMNS["ledger_entry"])


def floor_of(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    for statement in (one for step in MIGRATIONS for one in step):
        db.execute(statement)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


def insert(db: sqlite3.Connection, rows: Rows, entries: Rows) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(INSERT, rows)
    db.executemany(INSERT_ENTRY, entries)
    db.execute("COMMIT")


def update(db: sqlite3.Connection, step_key: str) -> None:
    db.execute(
        "UPDATE attempt SET state = 'accepted', provider_message_id = 'p' WHERE step_key = ?", (step_key,)
    )


def measured(folder: Path, size: int) -> list[tuple[str, float, str]]:
    times = Times()
    memory = MemoryStore()
    with SqliteStore(folder / f"run-{size}.db") as store:
        db = floor_of(folder / f"floor-{size}.db")
        for number, window in enumerate(windows(size, TURNS[size])):
            rows, entries = rows_of(window)
            held: dict[str, str] = {}
            times.turn(number, ("floor", insert, db, rows, entries), ("claims", take, store, window, held))
            times.add("again", store.claim, window)
            times.add("memory", memory.claim, window)
            for key, token in list(held.items())[:4]:
                times.turn(
                    number,
                    ("update", update, db, key),
                    ("finish", store.finish, key, token, Accepted("p"), AT),
                )
        asked = [f"example|s-{size}-{number}" for number in range(DEBTORS)]
        times.add("histories", store.histories, asked, AT - timedelta(days=35))
        db.close()
    floor = times.best("floor")
    rows_a_second = f"bare INSERT of the same rows ({size / floor:,.0f}/s), flushed"
    return [
        (f"claims, {size} a batch, 2 caps each", times.ratio("floor", "claims"), rows_a_second),
        (f"claims of done steps, {size} a batch", times.ratio("floor", "again"), rows_a_second),
        (f"claims in memory, {size} a batch", times.ratio("floor", "memory"), rows_a_second),
        ("finish, fenced by its token", times.ratio("update", "finish"), "bare UPDATE of one row, flushed"),
        (
            "histories, a debtor of 100,000",
            floor / size / (times.best("histories") / DEBTORS),
            "one row of the bare INSERT",
        ),
    ]


def run() -> list[tuple[str, float, str]]:
    with tempfile.TemporaryDirectory() as folder:
        return [line for size in TURNS for line in measured(Path(folder), size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

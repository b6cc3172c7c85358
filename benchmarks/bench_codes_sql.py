"""Checking codes on SQLite and PostgreSQL, against the same rows written in one bare transaction.

After each check its floor writes the very values that the check wrote into a copy of the tables, flushed the
same way, so a slow moment of the disk meets both. On PostgreSQL the floor is taken twice: as a client writes it,
statement by statement, and as one statement, the least that any server can be asked for those rows.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Protocol

from code_desk import Asked, Borrower, Desk
from code_tables import PostgresTables, SqliteTables, Write
from code_watch import Watched, timed
from servers import fresh_schema, postgres_dsn

from loansms.otp.challenge import Challenge
from loansms.stores import CodeStore, PostgresStore, SqliteStore

BORROWERS = 300
BARE = "the same rows in one bare transaction (goal 0.8)"
Took = dict[str, float]


class Tables(Protocol):
    """What a floor offers."""

    def copy(self) -> None: ...

    def after_wrong(self, kept: Challenge) -> list[Write]: ...

    def after_right(self, kept: Challenge) -> list[Write]: ...


def measure(store: CodeStore, tables: Tables, **floors: Callable[[list[Write]], None]) -> Took:
    """Return the median seconds of the service and its store, and of each floor after a wrong and a right code."""
    watched = Watched(store)
    desk = Desk(watched)
    guests = [Borrower.numbered(place) for place in range(BORROWERS)]
    took: dict[str, list[float]] = defaultdict(list)
    took["issue"] = [timed(desk.issue, guest) for guest in guests]
    tables.copy()

    def written(asked: Asked, list_of: Callable[[Challenge], list[Write]]) -> list[Write]:
        kept = store.load_challenge(asked.challenge_id)
        return [] if kept is None else list_of(kept)

    for asked in desk.asked(guests):
        took["verify wrong"].append(timed(desk.wrong, asked))
        writes = written(asked, tables.after_wrong)
        for name, write in floors.items():
            took[f"{name} wrong"].append(timed(write, writes))
        took["verify right"].append(timed(desk.right, asked))
        writes = written(asked, tables.after_right)
        for name, write in floors.items():
            took[f"{name} right"].append(timed(write, writes))
    took["check wrong"], took["check right"] = watched.took["wrong"], watched.took["accepted"]
    return {name: median(found) for name, found in took.items()}


def rows(store: str, took: Took, floors: dict[str, str]) -> list[tuple[str, float, str]]:
    return [
        (f"{store}: {act}, {told}", took[f"{name} {kind}"] / took[f"{verb} {kind}"], f"the rate of {floor}")
        for name, floor in floors.items()
        for kind, told in (("right", "accepted, 3 guards told"), ("wrong", "wrong"))
        for verb, act in (("verify", "verify"), ("check", "check_code"))
    ]


def on_sqlite() -> list[tuple[str, float, str]]:
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder) / "codes.db") as store:
        tables = SqliteTables(Path(folder) / "codes.db")
        took = measure(store, tables, bare=tables.write)
        tables.close()
    return rows("SQLite", took, {"bare": BARE})


def on_postgres() -> list[tuple[str, float, str]]:
    dsn = postgres_dsn()
    with fresh_schema() as schema, fresh_schema() as floor, PostgresStore(dsn, schema=schema) as store:
        tables = PostgresTables(dsn, schema, floor)
        took = measure(store, tables, bare=tables.write, once=tables.write_at_once)
        tables.close()
    floors = {"bare": BARE, "once": "the same rows in one statement"}
    return rows("PostgreSQL", took, floors)


def run() -> list[tuple[str, float, str]]:
    return on_sqlite() + on_postgres()


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

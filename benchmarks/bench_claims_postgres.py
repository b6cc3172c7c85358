"""Claims on PostgreSQL against floors of the same run: the bare INSERT of the same rows, in one transaction.

The floor takes a batch as one JSON parameter of each statement, in one trip with BEGIN and COMMIT: quicker than
`executemany`, which is shown too, and than one array a column. Each side works in a schema of its own, in turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import psycopg
from servers import fresh_schema, postgres_dsn

from loansms.model import Accepted
from loansms.stores import Claim, Claimed, PostgresStore
from loansms.stores.acts import claimed
from loansms.stores.postgres.dialect import PostgresDialect
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.rows import claim_row, record_row
from loansms.stores.sql.dialect import COLUMNS
from loansms.testing.examples import AT, claim, rolling

Connection = psycopg.Connection[Any]
Rows = Sequence[Sequence[Any]]
ROUNDS = {32: 150, 1000: 20}


def windows(size: int, rounds: int, prefix: str = "s") -> list[list[Claim]]:
    limits = (rolling(1, timedelta(days=1)), rolling(3, timedelta(days=7)))
    return [
        [
            claim(
                step_key=f"{prefix}-{size}-{turn:06}-{place:04}",
                debtor=f"example|{prefix}-{size}-{turn * size + place}",
                loan_id=f"L-{turn * size + place}",
                limits=limits,
            )
            for place in range(size)
        ]
        for turn in range(rounds)
    ]


def timed(act: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    act(*given)
    return time.perf_counter() - began


def inserted(db: Connection, dialect: PostgresDialect, rows: Rows, entries: Rows) -> None:
    attempt = dialect.many[dialect.insert("attempt", ATTEMPT)]
    entry = dialect.many[dialect.insert("ledger_entry", COLUMNS["ledger_entry"])]
    with db.pipeline():
        db.execute("begin")
        db.execute(attempt.statement.encode(), (attempt.value(rows),))
        db.execute(entry.statement.encode(), (entry.value(entries),))
        db.execute("commit")


def inserted_by_the_driver(db: Connection, dialect: PostgresDialect, rows: Rows, entries: Rows) -> None:
    with db.pipeline():
        db.execute("begin")
        db.cursor().executemany(dialect.insert("attempt", ATTEMPT).encode(), rows)
        db.cursor().executemany(dialect.insert("ledger_entry", COLUMNS["ledger_entry"]).encode(), entries)
        db.execute("commit")


def updated(db: Connection, statement: bytes, step_key: str) -> None:
    db.execute(statement, (step_key,))


def taken(store: PostgresStore, window: list[Claim], held: dict[str, str]) -> None:
    answers = zip((one.step_key for one in window), store.claim(window), strict=True)
    held.update({key: answer.token for key, answer in answers if isinstance(answer, Claimed)})


def measured(store: PostgresStore, db: Connection, floor: str, size: int) -> list[tuple[str, float, str]]:
    dialect = PostgresDialect.of(floor)
    update = f"update {floor}.attempt set state = 'accepted', provider_message_id = 'p' where step_key = %s"
    times: dict[str, list[float]] = {
        name: [] for name in ("floor", "driver", "claims", "again", "update", "finish")
    }
    for window in windows(size, ROUNDS[size]):
        held: dict[str, str] = {}
        rows = [claim_row(one, "0" * 32, 0, 1) for one in window]
        entries = [record_row(claimed(one, 1)) for one in window]
        times["floor"].append(timed(inserted, db, dialect, rows, entries))
        times["claims"].append(timed(taken, store, window, held))
        if len(held) != size:
            raise AssertionError("the benchmark measures claims that are taken")
        for key, token in list(held.items())[:4]:
            times["update"].append(timed(updated, db, update.encode(), key))
            times["finish"].append(timed(store.finish, key, token, Accepted("p"), AT))
    for window in windows(size, ROUNDS[size], "d"):
        rows = [claim_row(one, "0" * 32, 0, 1) for one in window]
        entries = [record_row(claimed(one, 1)) for one in window]
        times["driver"].append(timed(inserted_by_the_driver, db, dialect, rows, entries))
    for window in windows(size, ROUNDS[size]):
        times["again"].append(timed(store.claim, window))
    middle = {name: median(found) for name, found in times.items()}
    rows_of = f"bare INSERT of the same rows ({size / middle['floor']:,.0f} rows/s)"
    return [
        (f"claims, {size} a batch, 2 caps each", middle["floor"] / middle["claims"], rows_of),
        (
            f"claims, {size} a batch, 2 caps each",
            middle["driver"] / middle["claims"],
            "executemany of the same rows",
        ),
        (f"claims of done steps, {size} a batch", middle["floor"] / middle["again"], rows_of),
        (
            "finish, fenced by its token",
            middle["update"] / middle["finish"],
            f"bare UPDATE of one row ({1 / middle['update']:,.0f}/s)",
        ),
    ]


def run() -> list[tuple[str, float, str]]:
    dsn = postgres_dsn()
    with (
        fresh_schema() as schema,
        fresh_schema() as floor,
        PostgresStore(dsn, schema=schema) as store,
        psycopg.connect(dsn, autocommit=True) as db,
    ):
        db.execute(PostgresStore.schema_sql(schema=floor).encode())
        return [line for size in ROUNDS for line in measured(store, db, floor, size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

"""Claims on PostgreSQL against floors of the same run: the bare INSERT of the same rows, in one transaction.

The floor takes a batch as one JSON parameter of each statement, in one trip with BEGIN and COMMIT: quicker than
`executemany`, which is shown too, and than one array a column. Each side works in a schema of its own, in turns.
"""

from __future__ import annotations

from typing import Any

import psycopg
from claim_windows import Rows, Times, rows_of, take, windows
from servers import fresh_schema, postgres_dsn

from loansms.model import Accepted
from loansms.stores import PostgresStore
from loansms.stores.postgres.dialect import PostgresDialect
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.sql.dialect import COLUMNS
from loansms.testing.examples import AT

Connection = psycopg.Connection[Any]
TURNS = {32: 150, 1000: 25}


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


def measured(store: PostgresStore, db: Connection, floor: str, size: int) -> list[tuple[str, float, str]]:
    dialect = PostgresDialect.of(floor)
    update = f"update {floor}.attempt set state = 'accepted', provider_message_id = 'p' where step_key = %s"
    times = Times()
    for number, window in enumerate(windows(size, TURNS[size])):
        held: dict[str, str] = {}
        rows, entries = rows_of(window)
        times.turn(
            number, ("floor", inserted, db, dialect, rows, entries), ("claims", take, store, window, held)
        )
        for key, token in list(held.items())[:4]:
            times.turn(
                number,
                ("update", updated, db, update.encode(), key),
                ("finish", store.finish, key, token, Accepted("p"), AT),
            )
    for window in windows(size, TURNS[size], "d"):
        times.add("driver", inserted_by_the_driver, db, dialect, *rows_of(window))
    for window in windows(size, TURNS[size]):
        times.add("again", store.claim, window)
    rows_a_second = f"bare INSERT of the same rows ({size / times.best('floor'):,.0f}/s), flushed"
    claims = f"claims, {size} a batch, 2 caps each"
    return [
        (claims, times.ratio("floor", "claims"), rows_a_second),
        (claims, times.ratio("driver", "claims"), "executemany of the same rows"),
        (f"claims of done steps, {size} a batch", times.ratio("floor", "again"), rows_a_second),
        (
            "finish, fenced by its token",
            times.ratio("update", "finish"),
            f"bare UPDATE of one row ({1 / times.best('update'):,.0f}/s)",
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
        return [line for size in TURNS for line in measured(store, db, floor, size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

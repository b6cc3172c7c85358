"""Claims on MySQL against a floor of the same run: the bare INSERT of the same rows, in one transaction.

The floor takes all rows in INSERTs of many, in one packet with START TRANSACTION and COMMIT: quicker than PyMySQL's
`executemany`, which takes a round trip for each. Each side works in a database of its own, in turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import pymysql
from pymysql.constants import CLIENT
from servers import fresh_mysql

from loansms.model import Accepted
from loansms.stores import Claim, Claimed, MysqlStore
from loansms.stores.acts import claimed
from loansms.stores.mysql.dialect import MysqlDialect
from loansms.stores.mysql.place import Place
from loansms.stores.mysql.schema import MODE
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.rows import claim_row, record_row
from loansms.stores.sql.dialect import COLUMNS
from loansms.testing.examples import AT, claim, rolling

Rows = Sequence[Sequence[Any]]
ROUNDS = {32: 100, 1000: 12}
DIALECT = MysqlDialect.make()
INSERTS = (DIALECT.insert("attempt", ATTEMPT), DIALECT.insert("ledger_entry", COLUMNS["ledger_entry"]))


def windows(size: int, rounds: int) -> list[list[Claim]]:
    limits = (rolling(1, timedelta(days=1)), rolling(3, timedelta(days=7)))
    return [
        [
            claim(
                step_key=f"{size}-{turn:06}-{place:04}",
                debtor=f"example|B-{size}-{turn * size + place}",
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


def inserted(cursor: pymysql.cursors.Cursor, *tables: Rows) -> None:
    packet = ["START TRANSACTION"]
    for statement, rows in zip(INSERTS, tables, strict=True):
        packet += [cursor.mogrify(*one) for one in DIALECT.many[statement].inserts(rows)]
    cursor.execute(";\n".join([*packet, "COMMIT"]))
    while cursor.nextset():
        pass


def taken(store: MysqlStore, window: list[Claim], held: dict[str, str]) -> None:
    answers = zip((one.step_key for one in window), store.claim(window), strict=True)
    held.update({key: answer.token for key, answer in answers if isinstance(answer, Claimed)})


def measured(store: MysqlStore, cursor: pymysql.cursors.Cursor, size: int) -> list[tuple[str, float, str]]:
    update = "UPDATE loansms_attempt SET state = 'accepted', provider_message_id = 'p' WHERE step_key = %s"
    times: dict[str, list[float]] = {name: [] for name in ("floor", "claims", "again", "update", "finish")}
    for window in windows(size, ROUNDS[size]):
        held: dict[str, str] = {}
        rows = [claim_row(one, "0" * 32, 0, 1) for one in window]
        entries = [record_row(claimed(one, 1)) for one in window]
        times["floor"].append(timed(inserted, cursor, rows, entries))
        times["claims"].append(timed(taken, store, window, held))
        if len(held) != size:
            raise AssertionError("the benchmark measures claims that are taken")
        for key, token in list(held.items())[:4]:
            times["update"].append(timed(cursor.execute, update, (key,)))
            times["finish"].append(timed(store.finish, key, token, Accepted("p"), AT))
    for window in windows(size, ROUNDS[size]):
        times["again"].append(timed(store.claim, window))
    middle = {name: median(found) for name, found in times.items()}
    rows_of = f"bare INSERT of the same rows ({size / middle['floor']:,.0f} rows/s)"
    return [
        (f"claims, {size} a batch, 2 caps each", middle["floor"] / middle["claims"], rows_of),
        (f"claims of done steps, {size} a batch", middle["floor"] / middle["again"], rows_of),
        (
            "finish, fenced by its token",
            middle["update"] / middle["finish"],
            f"bare UPDATE of one row ({1 / middle['update']:,.0f}/s)",
        ),
    ]


def run() -> list[tuple[str, float, str]]:
    with fresh_mysql() as mine, fresh_mysql() as floor, MysqlStore(mine) as store:
        with MysqlStore(floor):
            pass
        where = Place.of(floor).options
        flags = CLIENT.MULTI_STATEMENTS
        with (
            pymysql.connect(**where, autocommit=True, client_flag=flags, sql_mode=MODE) as db,
            db.cursor() as cursor,
        ):
            return [line for size in ROUNDS for line in measured(store, cursor, size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

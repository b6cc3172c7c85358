"""Claims on MySQL against a floor of the same run: the bare INSERT of the same rows, in one transaction.

The floor takes all rows in INSERTs of many, in one packet with START TRANSACTION and COMMIT, its values written as the
store writes them: quicker than PyMySQL's `executemany`, which takes a round trip for each, and than PyMySQL's escaping,
which is shown too. Each side works in a database of its own, in turns.
"""

from __future__ import annotations

import pymysql
from claim_windows import Rows, Times, rows_of, take, windows
from pymysql.constants import CLIENT
from servers import fresh_mysql

from loansms.model import Accepted
from loansms.stores import MysqlStore
from loansms.stores.mysql.dialect import MysqlDialect
from loansms.stores.mysql.literals import Literals
from loansms.stores.mysql.place import Place
from loansms.stores.mysql.schema import MODE
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.sql.dialect import COLUMNS
from loansms.testing.examples import AT

TURNS = {32: 100, 1000: 15}
ROWS = 500  # rows an INSERT, as the store writes them
DIALECT = MysqlDialect.make()
INSERTS = (DIALECT.insert("attempt", ATTEMPT), DIALECT.insert("ledger_entry", COLUMNS["ledger_entry"]))


def inserted(cursor: pymysql.cursors.Cursor, *tables: Rows) -> None:
    def escaped(value: object) -> str:
        return cursor.mogrify("%s", (value,))

    packet = ["START TRANSACTION"]
    for statement, rows in zip(INSERTS, tables, strict=True):
        packet += DIALECT.many[statement].inserts(rows, Literals(escaped))
    sent(cursor, packet)


def inserted_by_the_driver(cursor: pymysql.cursors.Cursor, *tables: Rows) -> None:
    packet = ["START TRANSACTION"]
    for statement, rows in zip(INSERTS, tables, strict=True):
        many = DIALECT.many[statement]
        for first in range(0, len(rows), ROWS):
            some = rows[first : first + ROWS]
            places = ", ".join([many.values] * len(some))
            packet.append(
                cursor.mogrify(f"{many.head}{places}{many.end}", [one for row in some for one in row])
            )
    sent(cursor, packet)


def sent(cursor: pymysql.cursors.Cursor, packet: list[str]) -> None:
    cursor.execute(";\n".join([*packet, "COMMIT"]))
    while cursor.nextset():
        pass


def measured(store: MysqlStore, cursor: pymysql.cursors.Cursor, size: int) -> list[tuple[str, float, str]]:
    update = "UPDATE loansms_attempt SET state = 'accepted', provider_message_id = 'p' WHERE step_key = %s"
    times = Times()
    for number, window in enumerate(windows(size, TURNS[size])):
        held: dict[str, str] = {}
        times.turn(
            number, ("floor", inserted, cursor, *rows_of(window)), ("claims", take, store, window, held)
        )
        for key, token in list(held.items())[:4]:
            times.turn(
                number,
                ("update", cursor.execute, update, (key,)),
                ("finish", store.finish, key, token, Accepted("p"), AT),
            )
    for window in windows(size, TURNS[size], "d"):
        times.add("driver", inserted_by_the_driver, cursor, *rows_of(window))
    for window in windows(size, TURNS[size]):
        times.add("again", store.claim, window)
    rows_a_second = f"bare INSERT of the same rows ({size / times.best('floor'):,.0f}/s), flushed"
    claims = f"claims, {size} a batch, 2 caps each"
    return [
        (claims, times.ratio("floor", "claims"), rows_a_second),
        (claims, times.ratio("driver", "claims"), "the same, escaped by PyMySQL"),
        (f"claims of done steps, {size} a batch", times.ratio("floor", "again"), rows_a_second),
        (
            "finish, fenced by its token",
            times.ratio("update", "finish"),
            f"bare UPDATE of one row ({1 / times.best('update'):,.0f}/s)",
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
            return [line for size in TURNS for line in measured(store, cursor, size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

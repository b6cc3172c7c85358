"""Claims on MariaDB against a floor of the same run: the bare INSERT of the same rows, many rows a statement, in one trip."""

from __future__ import annotations

from statistics import median

from bench_claims_postgres import ROUNDS, timed, windows
from servers import fresh_mysql

from loansms.model import Accepted
from loansms.stores import Claimed, MysqlStore
from loansms.stores.acts import claimed
from loansms.stores.mysql.dialect import MYSQL
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.rows import claim_row, record_row
from loansms.stores.sql.dialect import COLUMNS
from loansms.testing.examples import AT

INSERT = MYSQL.insert("attempt", ATTEMPT)
ENTRY = MYSQL.insert("ledger_entry", COLUMNS["ledger_entry"])
UPDATE = MYSQL.sql("UPDATE {attempt} SET state = 'accepted', provider_message_id = 'p' WHERE step_key = ?")
Rows = list[tuple[object, ...]]


def insert(store: MysqlStore, rows: Rows, entries: Rows) -> None:
    with store._db.writing() as db:
        db.later(INSERT, rows)
        db.later(ENTRY, entries)


def update(store: MysqlStore, step_key: str) -> None:
    with store._db.writing() as db:
        db.later(UPDATE, [(step_key,)])


def measured(store: MysqlStore, bare: MysqlStore, size: int) -> list[tuple[str, float, str]]:
    times: dict[str, list[float]] = {name: [] for name in ("floor", "claims", "update", "finish")}
    for window in windows(size, ROUNDS[size]):
        rows: Rows = [claim_row(one, "0" * 32, 0, 1) for one in window]
        entries: Rows = [record_row(claimed(one, 1)) for one in window]
        answers: list[object] = []
        times["floor"].append(timed(insert, bare, rows, entries))
        times["claims"].append(timed(lambda: answers.extend(store.claim(window))))  # noqa: B023 - called at once
        for one, answer in list(zip(window, answers, strict=True))[:4]:
            if not isinstance(answer, Claimed):
                raise AssertionError("the benchmark measures claims that are taken")
            times["update"].append(timed(update, bare, one.step_key))
            times["finish"].append(timed(store.finish, one.step_key, answer.token, Accepted("p"), AT))
    middle = {name: median(found) for name, found in times.items()}
    return [
        (
            f"claims, {size} a batch, 2 caps each",
            middle["floor"] / middle["claims"],
            f"bare INSERT of the same rows ({size / middle['floor']:,.0f} rows/s)",
        ),
        ("finish, fenced by its token", middle["update"] / middle["finish"], "bare UPDATE of one row"),
    ]


def run() -> list[tuple[str, float, str]]:
    with fresh_mysql() as dsn, fresh_mysql() as floor, MysqlStore(dsn) as store, MysqlStore(floor) as bare:
        return [line for size in ROUNDS for line in measured(store, bare, size)]


if __name__ == "__main__":
    for name, ratio, unit in run():
        print(f"{name:45} {ratio:8.2f} x  {unit}")

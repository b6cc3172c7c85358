"""The ledger in a real MariaDB: what a broken server leaves behind, who is refused, what lies in its tables."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pymysql
import pytest
from tests.stores.mysql_server import fresh_database

from loansms import Lender, OutreachService
from loansms.errors import ConfigurationError, StoreError
from loansms.model import Accepted
from loansms.providers import SandboxProvider
from loansms.stores import AlreadyDone, AsyncMysqlStore, Claimed, MysqlStore, Stop, Stopped, StopScope
from loansms.stores.mysql.connections import login_of
from loansms.stores.mysql.schema import MIGRATIONS
from loansms.stores.sql import statements as sql
from loansms.stores.sql.dialect import TABLES
from loansms.testing.examples import AT, claim, rolling

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with fresh_database() as made:
        yield made


@pytest.fixture
def desk(dsn: str) -> Iterator[pymysql.cursors.Cursor]:
    """A connection of somebody else's."""
    _, login = login_of(dsn)
    with pymysql.connect(**login, autocommit=True) as connection, connection.cursor() as cursor:
        yield cursor


def test_no_login_is_ever_shown() -> None:
    where = "mysql://app:s3cret-pw@127.0.0.1:1/lending"
    store = MysqlStore(where, timeout=timedelta(seconds=1))
    assert repr(store) == "MysqlStore('mysql 127.0.0.1:1/lending')"
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        store.claim([claim()])
    assert "s3cret" not in f"{caught.value!r} {caught.value.__context__!r} {store!r} {store._connections!r}"


@pytest.mark.parametrize("wrong", ["postgres://a@b/c", "mysql://a@b", "mysql://a@b/c?charset=latin1"])
def test_a_wrong_dsn_says_what_is_wanted(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="MysqlStore"):
        MysqlStore(wrong)


def test_a_database_without_the_tables_is_refused_where_nobody_may_make_them() -> None:
    with fresh_database() as empty:
        with MysqlStore(empty) as made:
            assert isinstance(made.claim([claim()])[0], Claimed)
        with MysqlStore(empty, migrate=False) as again:
            assert isinstance(again.claim([claim()])[0], AlreadyDone)
    with fresh_database() as empty, pytest.raises(StoreError, match="schema_sql"):
        MysqlStore(empty, migrate=False).open()
    assert MysqlStore.schema_sql().count("CREATE TABLE") == len(TABLES) + 2


def test_a_newer_ledger_is_refused(dsn: str, desk: pymysql.cursors.Cursor) -> None:
    MysqlStore(dsn).open()
    desk.execute("INSERT INTO loansms_migration VALUES (%s)", (len(MIGRATIONS) + 1,))
    with pytest.raises(StoreError, match="newer loansms"):
        MysqlStore(dsn).open()
    desk.execute("DELETE FROM loansms_migration WHERE version > %s", (len(MIGRATIONS),))


def test_a_server_that_may_forget_commits_is_refused(dsn: str, desk: pymysql.cursors.Cursor) -> None:
    desk.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
    try:
        with pytest.raises(StoreError, match="innodb_flush_log_at_trx_commit"):
            MysqlStore(dsn).open()
    finally:
        desk.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")


def test_a_connection_that_died_idle_is_replaced_and_one_in_use_is_told(
    dsn: str, desk: pymysql.cursors.Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MysqlStore(dsn) as store:
        store.claim([claim(step_key="idle-1")])
        _kill_others(desk)
        with pytest.raises(StoreError):  # used within the five seconds: told, not tried again
            store.claim([claim(step_key="idle-2")])
        assert isinstance(store.claim([claim(step_key="idle-2")])[0], Claimed)
        monkeypatch.setattr("loansms.stores.mysql.connections._IDLE_FOR", -1.0)
        _kill_others(desk)
        assert isinstance(store.claim([claim(step_key="idle-3")])[0], Claimed)


def _kill_others(desk: pymysql.cursors.Cursor) -> None:
    desk.execute(
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command <> 'Daemon'"
    )
    for (number,) in desk.fetchall():
        desk.execute("KILL %s", (number,))


def test_rows_held_too_long_are_told_and_nothing_is_recorded(dsn: str) -> None:
    _, login = login_of(dsn)
    with MysqlStore(dsn, timeout=timedelta(seconds=1)) as store, pymysql.connect(**login) as other:
        store.open()
        with other.cursor() as cursor:
            cursor.execute("SELECT number FROM loansms_stripe FOR UPDATE")
            with pytest.raises(StoreError, match="nothing was recorded"):
                store.claim([claim(step_key="slow")])
        other.rollback()
        assert isinstance(store.claim([claim(step_key="slow")])[0], Claimed)


def test_a_cap_is_exact_under_many_threads(dsn: str) -> None:
    with MysqlStore(dsn) as store, ThreadPoolExecutor(8) as threads:
        limits = (rolling(3, DAY),)
        asked = [
            [
                claim(step_key=f"cap-{turn}-{place}", debtor=f"example|C-{place}", limits=limits)
                for place in range(5)
            ]
            for turn in range(16)
        ]
        answers = [one for several in threads.map(store.claim, asked) for one in several]
    assert sum(isinstance(one, Claimed) for one in answers) == 15


def test_a_stop_holds_every_worker(dsn: str) -> None:
    with MysqlStore(dsn) as one, MysqlStore(dsn) as two:
        stop = Stop(scope=StopScope.ALL, at=AT, by="desk-1")
        assert one.stop(stop)
        assert two.claim([claim(step_key="stopped")]) == [Stopped(stop)]
        assert two.resume(StopScope.ALL, "", AT, "desk-2")


def test_questions_about_debtors_use_an_index(dsn: str, desk: pymysql.cursors.Cursor) -> None:
    with MysqlStore(dsn) as store:
        store.claim([claim(step_key=f"plan-{number}", debtor=f"example|P-{number}") for number in range(300)])
        spell = store._db.dialect.sql
        for statement, values in {
            sql.CONTACTS: ("[]", 0, "[]", 0),
            sql.STATES: ("[]",),
            sql.SUPPRESSIONS: ("[]",),
            sql.DEFERRED: ("[]",),
            sql.HOLDS: ("[]",),
            sql.PAYMENTS: ("[]",),
            sql.BY_KEY: ("k",),
            sql.BY_PROVIDER_ID: ("p",),
            sql.UNSEALED: (1,),
        }.items():
            desk.execute('SET SESSION sql_mode = "ANSI_QUOTES"')
            desk.execute(f"EXPLAIN {spell(statement)}", values)
            names = [one[0] for one in desk.description]
            plan = [dict(zip(names, row, strict=True)) for row in desk.fetchall()]
            walked = [
                one
                for one in plan
                if one["type"] == "ALL" and str(one["table"]).startswith("a") and len(str(one["table"])) > 1
            ]
            assert walked == [], statement


def test_no_number_name_or_text_is_ever_stored(dsn: str, desk: pymysql.cursors.Cursor) -> None:
    """A message goes out; no row of any table knows its words."""
    row = {
        "loan_id": "L-canary", "borrower_id": "B-canary", "name": "金丝雀", "phone": "17400098765",
        "currency": "CNY", "amount_due": "7731.30", "next_due_on": "2026-09-24",
    }  # fmt: skip
    with MysqlStore(dsn) as store:
        service = OutreachService(
            policy="cn-consumer",
            lender=Lender.example("CN"),
            store=store,
            provider=SandboxProvider(reject_rate=0, unknown_rate=0),
        )
        assert service.run([row], now=AT).counts["submitted"] == 1
    for table in TABLES:
        desk.execute(f"SELECT * FROM loansms_{table}")
        held = repr(desk.fetchall())
        for canary in ("17400098765", "金丝雀", "7,731.30", "7731.30"):
            assert canary not in held, table


def test_a_fork_opens_its_own(dsn: str) -> None:
    with MysqlStore(dsn) as store:
        child = os.fork()
        if not child:
            try:
                store.claim([claim(step_key="forked")])
            except StoreError:
                os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGTERM


def test_awaited_it_says_where_and_ends_its_threads() -> None:
    store = AsyncMysqlStore("mysql://app@127.0.0.1:1/lending")
    assert repr(store) == "AsyncMysqlStore('mysql 127.0.0.1:1/lending')"
    assert store.guarantees().multi_process
    assert not store.guarantees().codes


def test_an_ending_is_kept(dsn: str) -> None:
    with MysqlStore(dsn) as store:
        (answer,) = store.claim([claim(step_key="end-1")])
        assert isinstance(answer, Claimed)
        assert store.finish("end-1", answer.token, Accepted("p-1"), AT)
    with MysqlStore(dsn) as again:
        kept = next(one for one in again.attempts() if one.step_key == "end-1")
        assert kept.provider_message_id == "p-1"

"""A MySQL that fails: what is told, what was kept, and that no error and no repr tells a login or a value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

import pymysql
import pytest
from tests.stores.mysql_proxy import AFTER, BEFORE, SILENT, wire
from tests.stores.mysql_server import desk, fresh_database

from loansms import stores
from loansms.errors import ConfigurationError, MissingExtra, StoreError
from loansms.stores import AlreadyDone, AsyncMysqlStore, Claimed, MysqlStore
from loansms.stores.mysql import connections
from loansms.stores.mysql.faults import told
from loansms.stores.mysql.place import Place
from loansms.stores.mysql.server import refusal
from loansms.testing.examples import claim

SECRET = "s3cret"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with fresh_database() as made, MysqlStore(made):
        yield made


@pytest.mark.parametrize("what", [BEFORE, AFTER])
def test_a_connection_lost_at_the_commit_says_that_nobody_knows(what: str, dsn: str) -> None:
    """Asked again, a claim that was kept is done, and one that was not is taken: never both."""
    one = claim(step_key=f"lost-{what}", debtor=f"example|{what}")
    with wire(dsn) as (line, through), MysqlStore(through) as store:
        line.fail(b"COMMIT", what)
        with pytest.raises(StoreError, match="may be recorded or not") as caught:
            store.claim([one])
        assert "可能" in caught.value.zh
        assert isinstance(store.claim([one])[0], AlreadyDone if what == AFTER else Claimed)


@pytest.mark.parametrize(
    ("what", "sentence"), [(BEFORE, "broke before the commit"), (SILENT, r"no answer in 0\.2 s")]
)
def test_a_connection_lost_before_the_commit_keeps_nothing(what: str, sentence: str, dsn: str) -> None:
    one = claim(step_key=f"early-{what}", debtor=f"example|early-{what}")
    with wire(dsn) as (line, through), MysqlStore(through, timeout=timedelta(seconds=0.2)) as store:
        line.fail(b"START TRANSACTION", what)
        with pytest.raises(StoreError, match=sentence):
            store.claim([one])
        assert isinstance(store.claim([one])[0], Claimed)


def test_a_connection_that_died_while_it_lay_idle_is_replaced(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_TRUSTED", 0.0)
    with MysqlStore(dsn) as store, desk(dsn) as told_by:
        assert isinstance(store.claim([claim(step_key="idle-1", debtor="example|idle-1")])[0], Claimed)
        for (number,) in told_by(
            "select id from information_schema.processlist where db = database() and id <> connection_id()"
        ):
            told_by(f"kill {number}")
        assert isinstance(store.claim([claim(step_key="idle-2", debtor="example|idle-2")])[0], Claimed)


def test_a_server_that_is_gone_is_named_without_its_login(dsn: str) -> None:
    with wire(dsn) as (line, through):
        store = MysqlStore(through.replace("root", f"root:{SECRET}"))
        line.cut()
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        store.claim([claim()])
    assert SECRET not in repr((store, caught.value, caught.value.zh, caught.value.args, vars(caught.value)))
    with pytest.raises(StoreError, match="refused the connection") as caught:
        MysqlStore(dsn.replace("root", f"nobody:{SECRET}")).open()
    assert SECRET not in str(caught.value)
    assert "nobody" not in str(caught.value)


def test_who_waits_too_long_for_a_lock_or_a_connection_is_told(dsn: str) -> None:
    one = claim(step_key="slow", debtor="example|slow")
    with MysqlStore(dsn, timeout=timedelta(seconds=1), pool_max=1) as store, desk(dsn) as told_by:
        store.open()
        told_by("start transaction")
        told_by("select n from loansms_ledger_stripe where n >= 0 for update")
        with pytest.raises(StoreError, match=r"no answer in 1 s.*error 1205"):
            store.claim([one])
        told_by("rollback")
        with store._connections.lent(), pytest.raises(StoreError, match="no answer in 1 s"):
            store.claim([one])
        assert isinstance(store.claim([one])[0], Claimed)


def test_a_store_does_not_pass_a_fork_nor_its_closing(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MysqlStore(dsn)
    store.open()
    with monkeypatch.context() as forked:
        forked.setattr("os.getpid", lambda: -1)
        with pytest.raises(StoreError, match="before a fork"):
            store.claim([claim()])
        store.close()  # the parent's connections stay
    store.expire_leases()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.claim([claim()])


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [("innodb_flush_log_at_trx_commit", "2", "lost with the power"), ("read_only", "1", "read-only")],
)
def test_a_server_that_cannot_keep_the_promise_is_refused(
    variable: str, value: str, sentence: str, dsn: str
) -> None:
    with desk(dsn) as told_by:
        before = told_by(f"select @@global.{variable}")[0][0]
        told_by(f"set global {variable} = {value}")
        try:
            with pytest.raises(StoreError, match=sentence):
                MysqlStore(dsn).open()
        finally:
            told_by(f"set global {variable} = {before}")


GOOD = {
    "version": "8.0.36",
    "version_comment": "MySQL Community Server",
    "autocommit": "ON",
    "transaction_isolation": "READ-COMMITTED",
    "innodb_flush_log_at_trx_commit": "1",
    "log_bin": "ON",
    "sync_binlog": "1",
    "binlog_format": "ROW",
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sync_binlog": "0"}, "lost with the power"),
        ({"binlog_format": "STATEMENT"}, "needs ROW or MIXED"),
        ({"wsrep_on": "ON"}, "caps would not hold"),
        ({"group_replication_single_primary_mode": "OFF"}, "caps would not hold"),
        ({"super_read_only": "ON"}, "read-only"),
        ({"autocommit": "OFF"}, "autocommit"),
        ({"transaction_isolation": "REPEATABLE-READ"}, "not READ COMMITTED"),
        ({"version": "5.7.44"}, "older than 8.0"),
        ({"version": "10.5.9-MariaDB"}, "older than 10.6"),
        ({"version": ""}, "older than"),
    ],
)
def test_each_demand_has_its_reason(changed: dict[str, str], sentence: str) -> None:
    assert refusal(GOOD) is None
    assert refusal({**GOOD, "log_bin": "OFF", "sync_binlog": "0"}) is None
    wrong = refusal({**GOOD, **changed})
    assert wrong is not None
    assert sentence in wrong[0]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1021, "disk may be full"), (1114, "disk may be full"), (1290, "read-only"), (1040, "too many connections"),
        (1213, "came in between"), (1142, "lacks a right"), (1146, "tables of loansms are missing"),
        (1153, "max_allowed_packet"), (9999, "the server refused"),
    ],
)  # fmt: skip
def test_faults_are_told_without_the_servers_words(number: int, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence) as caught, told("MySQL", 5.0, committing=True):
        raise pymysql.OperationalError(number, f"{SECRET} in row 7")
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "dsn_given",
    [
        f"postgresql://u:{SECRET}@h/db", f"mysql://u:{SECRET}@h", f"mysql://u:{SECRET}@/db", f"mysql://u:{SECRET}@h:x/db",
        f"mysql://u:{SECRET}@h/db?autocommit=0", f"{SECRET}",
    ],
)  # fmt: skip
def test_a_wrong_dsn_is_never_told(dsn_given: str) -> None:
    with pytest.raises(ConfigurationError, match="mysql://user:password@host") as caught:
        MysqlStore(dsn_given)
    assert SECRET not in str(caught.value)


def test_a_right_one_is_never_told_either() -> None:
    given = f"mysql://outreach:{SECRET}%40@db.example:3307/loans"
    place = Place.of(given)
    assert place.options["password"] == f"{SECRET}@"
    for told_of in (MysqlStore(given), AsyncMysqlStore(given), place):
        assert "db.example:3307/loans" in repr(told_of)
        assert SECRET not in repr(told_of)
        assert "outreach" not in repr(told_of)
    with pytest.raises(ConfigurationError, match="pool_max"):
        MysqlStore(given, pool_max=0)


def test_without_pymysql_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    for module in ("awaited", "connections", "forgetting", "migrating", "session", "store"):
        monkeypatch.delitem(sys.modules, f"loansms.stores.mysql.{module}", raising=False)
    for name in ("MysqlStore", "AsyncMysqlStore"):
        with pytest.raises(MissingExtra, match=r"^MysqlStore needs the extra 'mysql'"):
            getattr(stores, name)

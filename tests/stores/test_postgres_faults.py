"""Codes in a PostgreSQL that is away, slow, unfit or not prepared: one plain error, and never an accept."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.stores.postgres_code_parts import GRANT, LIMITS, attempt, granted, new
from tests.stores.postgres_server import fresh_schema, postgres_dsn

from loansms import stores
from loansms.errors import ConfigurationError, MissingExtra, StoreError
from loansms.otp.verdict import VerdictKind
from loansms.stores import Claimed, PostgresStore, Stop, StopScope
from loansms.testing.examples import AT, claim


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresStore]:
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema, pool_max=16) as made:
        yield made


def told(wrong: BaseException) -> str:
    """Return all that a log would show of an error."""
    return "".join([*traceback.format_exception(wrong), repr(wrong), getattr(wrong, "zh", "")])


def test_a_server_that_is_not_there_is_one_line_without_the_password(tmp_path: Path) -> None:
    dsn = f"host={tmp_path} dbname=codes user=u password=Tr0ub4dor"
    down = PostgresStore(dsn)
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        down.check_code("c", attempt(), LIMITS)
    assert caught.value.zh
    assert "Tr0ub4dor" not in told(caught.value) + repr(down)


def test_a_dsn_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="dsn: expected postgresql://") as caught:
        PostgresStore("postgresql://u:Tr0ub4dor@[host/db password=Tr0ub4dor")
    assert "Tr0ub4dor" not in str(caught.value) + caught.value.zh + repr(caught.value)
    with pytest.raises(ConfigurationError, match="a dsn or a pool"):
        PostgresStore()


def test_a_slow_server_ends_in_an_error_and_never_in_an_accept() -> None:
    with fresh_schema() as schema, PostgresStore(
        postgres_dsn(), schema=schema, timeout=timedelta(milliseconds=300)
    ) as mine:  # fmt: skip
        mine.open_challenge(new("c"), [], LIMITS)
        with psycopg.connect(postgres_dsn()) as other:
            other.execute(f"lock table {schema}.budget".encode())
            with pytest.raises(StoreError, match=r"no answer in 0\.3 s") as caught:
                mine.check_code("c", attempt(), LIMITS)
        assert "没有应答" in caught.value.zh
        assert mine.check_code("c", attempt(), LIMITS).kind is VerdictKind.ACCEPTED


def test_a_lost_connection_is_an_error_and_the_next_verb_works() -> None:
    with (
        fresh_schema() as schema,
        PostgresStore(f"{postgres_dsn()} application_name={schema}", schema=schema, pool_max=1) as mine,
    ):
        mine.open_challenge(new("c"), [], LIMITS)
        with psycopg.connect(postgres_dsn()) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
                (schema,),
            )
        with pytest.raises(StoreError, match="cannot be reached"):
            mine.check_code("c", attempt(), LIMITS)
        assert mine.check_code("c", attempt(), LIMITS).kind is VerdictKind.ACCEPTED


def test_tables_that_are_not_there_are_named_with_the_way_to_get_them() -> None:
    with fresh_schema() as schema:
        strict = PostgresStore(postgres_dsn(), schema=schema, migrate=False)
        with pytest.raises(StoreError, match=rf"schema_sql\(schema='{schema}', since=0\)") as caught:
            strict.open()
        assert caught.value.zh
        strict.close()


def test_a_dba_creates_the_tables_and_a_login_with_few_rights_uses_them() -> None:
    with fresh_schema() as schema, psycopg.connect(postgres_dsn(), autocommit=True) as dba:
        role = f"r_{schema}"
        dba.execute(PostgresStore.schema_sql(schema=schema).encode())
        dba.execute(f"create role {role} login".encode())
        try:
            poor = PostgresStore(f"{postgres_dsn()} user={role}", schema=schema)
            with pytest.raises(StoreError, match=r"lacks a right.*SQLSTATE 42501") as caught:
                poor.check_code("c", attempt(), LIMITS)
            assert caught.value.zh
            dba.execute(PostgresStore.grant_sql(role, schema=schema).encode())
            with poor:
                granted(poor, "granted")
                assert poor.redeem_grant("granted", GRANT)
                assert poor.forget_codes() == 0
                assert isinstance(poor.claim([claim()])[0], Claimed)
                assert poor.stop(Stop(scope=StopScope.ALL, at=AT, by="desk-1"))
                assert poor.shred("example|B-1", AT, "desk-1").keys == 0
            maintains = (
                "select current_setting('server_version_num')::integer < 170000 "
                "or has_table_privilege(%s, %s, 'MAINTAIN')"
            )
            assert dba.execute(maintains, (role, f"{schema}.ledger_key")).fetchone() == (True,)
        finally:
            dba.execute(f"drop owned by {role}; drop role {role}".encode())


def test_a_server_that_cannot_keep_the_promise_is_refused(store: PostgresStore) -> None:
    faults = {
        "default_transaction_read_only=on": "read-only",
        "default_transaction_isolation=serializable": "need isolation 'read committed'",
        "synchronous_commit=off": "synchronous_commit on",
    }
    for setting, words in faults.items():
        options = {"options": f"-c {setting}"}
        with (
            ConnectionPool(postgres_dsn(), min_size=1, kwargs=options, open=True) as pool,
            pytest.raises(StoreError, match=words),
        ):
            PostgresStore(pool=pool, schema="never").open()


def test_tables_of_a_newer_release_are_left_alone() -> None:
    with fresh_schema() as schema:
        PostgresStore(postgres_dsn(), schema=schema).open()
        with psycopg.connect(postgres_dsn(), autocommit=True) as dba:
            dba.execute(f"insert into {schema}.migration (version) values (999)".encode())
        with pytest.raises(StoreError, match="newer loansms"):
            PostgresStore(postgres_dsn(), schema=schema).open()


def test_a_closed_store_says_so_and_closing_twice_does_nothing() -> None:
    with fresh_schema() as schema:
        with PostgresStore(postgres_dsn(), schema=schema) as mine:
            pass
        mine.close()
        with pytest.raises(StoreError, match="pool is closed"):
            mine.check_code("c", attempt(), LIMITS)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for module in ("_sync.postgres", "_async.postgres", "postgres.store", "postgres.awaited"):
        monkeypatch.delitem(sys.modules, f"loansms.stores.{module}", raising=False)
    for name in ("PostgresStore", "AsyncPostgresStore"):
        with pytest.raises(MissingExtra, match=rf"^{name} needs the extra 'postgres'"):
            getattr(stores, name)


def test_it_says_what_it_promises(store: PostgresStore) -> None:
    said = store.guarantees()
    assert said.codes
    assert said.ledger
    assert said.atomic_claims
    assert said.journal
    assert said.vault
    assert said.queue
    assert said.durable
    assert said.multi_process
    assert said.survives_process_kill
    assert said.survives_power_loss

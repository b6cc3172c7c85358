"""The ledger in a real PostgreSQL: who waits for whom, what a broken server leaves behind, what lies in its tables."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from tests.stores.postgres_code_parts import LIMITS, granted, new
from tests.stores.postgres_server import fresh_schema, postgres_dsn

from loansms import Lender, OutreachService
from loansms.errors import StoreError
from loansms.model import Accepted, Channel, Contact, ContactKind, Hold, HoldKind, Money, Payment, Revocation
from loansms.providers import SandboxProvider
from loansms.stores import (
    AlreadyDone,
    AsyncPostgresStore,
    Claimed,
    PostgresStore,
    SealedField,
    Stop,
    StopScope,
    SubjectKey,
    Suppressed,
)
from loansms.stores.claims import Stopped
from loansms.stores.codes import Sent
from loansms.stores.postgres import schema as tables
from loansms.testing.examples import AT, claim, rolling

Desk = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def schema() -> Iterator[str]:
    with fresh_schema() as made:
        yield made


@pytest.fixture(scope="module")
def store(schema: str) -> Iterator[PostgresStore]:
    with PostgresStore(f"{postgres_dsn()} application_name={schema}", schema=schema) as made:
        made.expire_leases()
        yield made


@pytest.fixture
def desk() -> Iterator[Desk]:
    with psycopg.connect(postgres_dsn(), autocommit=True) as connection:
        yield connection


@contextmanager
def nobody_writes_attempts(schema: str) -> Generator[None]:
    """Hold every claim between its reads and its commit."""
    with psycopg.connect(postgres_dsn()) as other:
        other.execute(f"lock table {schema}.attempt in share mode".encode())
        yield


def await_waiting(desk: Desk, schema: str, kind: str, count: int = 1) -> None:
    """Wait until `count` connections of the store wait for a lock of `kind`."""
    deadline = time.monotonic() + 10
    asked = (
        "select count(*) from pg_locks l join pg_stat_activity a using (pid) "
        "where not l.granted and l.locktype = %s and a.application_name = %s"
    )
    while (desk.execute(asked, (kind, schema)).fetchone() or (0,))[0] != count:
        assert time.monotonic() < deadline, f"{count} of the store should wait for a lock of a {kind}"
        time.sleep(0.005)


# --- who waits for whom ------------------------------------------------------------------------------------------


def brakes(store: PostgresStore, _debtor: str) -> object:
    return store.stop(Stop(scope=StopScope.TENANT, value="bank", at=AT, by="desk-1"))


REGISTERS: dict[str, Callable[[PostgresStore, str], object]] = {
    "suppress": lambda store, debtor: store.suppress(debtor, "dispute_open", AT),
    "revoke": lambda store, debtor: store.revoke_consent(debtor, Revocation(at=AT), "r-1"),
    "hold": lambda store, debtor: store.record_hold(debtor, Hold(kind=HoldKind.DISPUTE), AT, "h-1"),
    "pay": lambda store, debtor: store.record_payment(
        debtor,
        Payment(loan_id="L-1", amount=Money("1.00", "CNY"), at=AT + timedelta(minutes=1)),
        "p-1",
    ),
    "stop": brakes,
}


@pytest.mark.parametrize("name", REGISTERS)
def test_what_is_recorded_waits_for_claims_under_way_and_stops_the_next(
    name: str, store: PostgresStore, schema: str, desk: Desk
) -> None:
    """Once it is recorded nothing goes out that was decided without it."""
    debtor = f"example|{name}"

    def asked(number: int) -> object:
        one = claim(
            step_key=f"{name}-{number}", step=f"s-{number}", debtor=debtor, tenant="bank", facts_at=AT
        )
        return store.claim([one])[0]

    with ThreadPoolExecutor(2) as pool:
        with nobody_writes_attempts(schema):
            under_way = pool.submit(asked, 1)
            await_waiting(desk, schema, "relation")
            recorded = pool.submit(REGISTERS[name], store, debtor)
            await_waiting(desk, schema, "advisory")
            assert not recorded.done()
        assert isinstance(under_way.result(), Claimed)
        recorded.result()
    assert isinstance(asked(2), Suppressed | Stopped)
    if name == "stop":
        assert store.resume(StopScope.TENANT, "bank", AT, "desk-1")


def test_one_step_key_for_two_debtors_is_claimed_once(store: PostgresStore, schema: str, desk: Desk) -> None:
    """Their locks differ; the later one is told to try again, and then that it is done."""
    debtors = ("example|one", "example|other")
    store.defer(
        [(debtor, claim().mark, AT) for debtor in debtors]
    )  # so that the batch is decided, in two trips

    def asked(debtor: str) -> object:
        try:
            return store.claim([claim(step_key="twin", debtor=debtor)])[0]
        except StoreError as wrong:
            return str(wrong)

    with ThreadPoolExecutor(2) as pool:
        with nobody_writes_attempts(schema):
            both = [pool.submit(asked, debtor) for debtor in debtors]
            await_waiting(desk, schema, "relation", 2)
        answers = [one.result() for one in both]
    assert sorted(type(one).__name__ for one in answers) == ["Claimed", "str"]
    assert "another transaction came in between" in next(one for one in answers if isinstance(one, str))
    assert isinstance(asked("example|other"), AlreadyDone)


def test_a_plain_batch_that_meets_a_twin_of_its_step_finds_it_done(
    store: PostgresStore, schema: str, desk: Desk
) -> None:
    assert isinstance(store.claim([claim(step_key="first", debtor="example|first")])[0], Claimed)
    with ThreadPoolExecutor(2) as pool:
        with nobody_writes_attempts(schema):
            both = [
                pool.submit(store.claim, [claim(step_key="plain twin", debtor=debtor)])
                for debtor in ("example|plain", "example|plain too")
            ]
            await_waiting(desk, schema, "relation", 2)
        answers = [one.result()[0] for one in both]
    assert sorted(type(one).__name__ for one in answers) == ["AlreadyDone", "Claimed"]


def test_batches_in_any_order_end_and_keep_the_cap(store: PostgresStore) -> None:
    """Eight threads, each with the same debtors in another order: nobody waits in a circle."""
    week = (rolling(2, timedelta(days=7)),)

    def run(number: int) -> int:
        debtors = [f"example|C-{(number * 7 + place * 11) % 60}" for place in range(60)]
        batch = [claim(step_key=f"cap-{number}-{debtor}", debtor=debtor, limits=week) for debtor in debtors]
        return sum(isinstance(one, Claimed) for one in store.claim(batch))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) == 2 * 60


# --- a server that fails -----------------------------------------------------------------------------------------


def test_a_claim_that_waits_too_long_is_not_taken(schema: str, store: PostgresStore) -> None:
    with PostgresStore(postgres_dsn(), schema=schema, timeout=timedelta(milliseconds=200)) as hasty:
        with (
            nobody_writes_attempts(schema),
            pytest.raises(StoreError, match=r"no answer in 0\.2 s") as caught,
        ):
            hasty.claim([claim(step_key="slow")])
        assert "没有应答" in caught.value.zh
        assert isinstance(store.claim([claim(step_key="slow", debtor="example|slow")])[0], Claimed)


def test_a_server_that_goes_away_before_the_commit_keeps_nothing(
    store: PostgresStore, schema: str, desk: Desk
) -> None:
    one = claim(step_key="away", debtor="example|away")
    with ThreadPoolExecutor(1) as pool:
        with nobody_writes_attempts(schema):
            lost = pool.submit(store.claim, [one])
            await_waiting(desk, schema, "relation")
            end_waiting(desk, schema)
        with pytest.raises(StoreError):
            lost.result()
    assert isinstance(store.claim([one])[0], Claimed)


def test_a_connection_lost_at_the_commit_says_that_nobody_knows(
    store: PostgresStore, schema: str, desk: Desk
) -> None:
    desk.execute(
        f"create function {schema}.slow() returns trigger language plpgsql as "
        "$$ begin perform pg_advisory_xact_lock(7, 7); return null; end $$; "
        f"create constraint trigger slow after insert on {schema}.contact deferrable initially deferred "
        f"for each row execute function {schema}.slow()".encode()
    )
    desk.execute("select pg_advisory_lock(7, 7)")
    contact = Contact(channel=Channel.VOICE, at=AT, kind=ContactKind.CONVERSATION)
    try:
        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(store.record_contact, "example|lost", contact, "c-1")
            await_waiting(desk, schema, "advisory")
            end_waiting(desk, schema)
            with pytest.raises(StoreError, match="may be recorded or not") as caught:
                lost.result()
    finally:
        desk.execute(f"select pg_advisory_unlock(7, 7); drop function {schema}.slow() cascade".encode())
    assert "可能" in caught.value.zh
    assert store.record_contact("example|lost", contact, "c-1")


def test_a_server_turned_read_only_is_named(schema: str) -> None:
    with ConnectionPool(
        postgres_dsn(), min_size=1, max_size=1, kwargs={"autocommit": True}, open=True
    ) as pool:
        mine = PostgresStore(pool=pool, schema=schema)
        mine.expire_leases()
        with pool.connection() as connection:
            connection.execute("set default_transaction_read_only = on")
        with pytest.raises(StoreError, match="read-only"):
            mine.claim([claim(step_key="standby", debtor="example|standby")])


def end_waiting(desk: Desk, schema: str) -> None:
    desk.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = %s and wait_event_type = 'Lock'",
        (schema,),
    )


# --- connections, clock, tables ----------------------------------------------------------------------------------


def test_leases_end_by_the_servers_clock(store: PostgresStore, desk: Desk) -> None:
    store.claim([claim(step_key="lease", debtor="example|lease")])
    lease = next(one.lease_until for one in store.attempts() if one.step_key == "lease")
    now: datetime = (desk.execute("select clock_timestamp()").fetchone() or (None,))[0]
    assert abs(lease - now - store.guarantees().lease_for) < timedelta(seconds=5)


def test_a_hosts_pool_keeps_its_ways(schema: str) -> None:
    """Not in autocommit, with rows of its own kind: so it is found again."""
    options = {"row_factory": dict_row}
    with ConnectionPool(postgres_dsn(), min_size=1, max_size=1, kwargs=options, open=True) as pool:
        mine = PostgresStore(pool=pool, schema=schema)
        token = mine.claim([claim(step_key="pool", debtor="example|pool")])[0]
        assert isinstance(token, Claimed)
        assert mine.finish("pool", token.token, Accepted("p-1"), AT)
        assert mine.shred("example|pool", AT, "desk-1").keys == 0
        with pool.connection() as connection:
            assert not connection.autocommit
            told = "select current_setting('statement_timeout') as longest, current_setting('lock_timeout') as wait"
            assert connection.execute(told).fetchone() == {"longest": "0", "wait": "0"}


def test_an_awaited_store_on_a_hosts_pool_keeps_the_ledger_beside_it(schema: str) -> None:
    async def run() -> None:
        async with AsyncConnectionPool(postgres_dsn(), min_size=1, open=False) as pool:
            mine = AsyncPostgresStore(pool=pool, schema=schema)
            answers = await asyncio.gather(
                *[mine.claim([claim(step_key="aio", debtor="example|aio")]) for _ in range(8)]
            )
            assert [type(one).__name__ for (one,) in answers].count("Claimed") == 1
            assert isinstance(await mine.open_challenge(new("aio"), [], LIMITS), Sent)
            await mine.close()
            await mine.close()
            async with pool.connection() as connection:
                await connection.execute("select 1")

    asyncio.run(run())


def test_tables_of_codes_become_tables_of_both(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    with fresh_schema() as schema:
        with monkeypatch.context() as before:
            before.setattr(tables, "MIGRATIONS", tables.MIGRATIONS[:3])
            desk.execute(PostgresStore.schema_sql(schema=schema).encode())
        strict = PostgresStore(postgres_dsn(), schema=schema, migrate=False)
        with pytest.raises(StoreError, match=r"schema_sql\(.*since=3\)"):
            strict.open()
        strict.close()
        with PostgresStore(postgres_dsn(), schema=schema) as mine:
            granted(mine, "kept")
            assert isinstance(mine.claim([claim()])[0], Claimed)
            assert desk.execute(f"select version from {schema}.migration order by 1".encode()).fetchall() == [
                (1,), (2,), (3,), (4,), (5,),
            ]  # fmt: skip


def test_a_shredded_key_is_in_no_table_file(store: PostgresStore, schema: str, desk: Desk) -> None:
    """The last row of a page is the one whose bytes a plain VACUUM leaves where they are."""
    wrapped = [bytes([65 + number]) * 48 for number in range(3)]
    store.add_subject_keys(
        [
            SubjectKey(subject=f"S-{n}", suite="intl", kek_id="k-1", wrapped=one)
            for n, one in enumerate(wrapped)
        ]
    )
    store.keep_sealed([SealedField(subject="S-2", name="phone", value=b"sealed", at=AT)], {"S-2": ["t"]})
    assert store.shred("S-2", AT, "desk-1").keys == 1
    desk.execute("checkpoint")
    page = (
        desk.execute(
            "select pg_read_binary_file(pg_relation_filepath(%s::regclass))", (f"{schema}.ledger_key",)
        ).fetchone()
        or (b"",)
    )[0]
    assert wrapped[1] in page
    assert wrapped[2] not in page


def test_no_table_tells_a_phone_a_name_or_a_text() -> None:
    rows = [
        {"loan_id": "L-77", "borrower_id": "B-77", "name": "示例七七", "phone": "17400000077", "currency": "CNY",
         "amount_due": "4321.09", "next_due_on": "2026-09-24"}
    ]  # fmt: skip
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema) as mine:
        report = OutreachService(
            policy="cn-consumer", lender=Lender.example("CN"), store=mine, provider=SandboxProvider(1)
        ).run(rows, now=datetime.fromisoformat("2026-09-24T10:00:00+08:00"))
        assert [one.state for one in mine.attempts()] == ["accepted"], report
        with psycopg.connect(postgres_dsn()) as connection:
            dumped = [
                row[0]
                for (table,) in connection.execute(
                    "select tablename from pg_tables where schemaname = %s", (schema,)
                ).fetchall()
                for row in connection.execute(f"select t::text from {schema}.{table} t".encode())
            ]
    assert any("L-77" in row for row in dumped)
    for plain in ("17400000077", "示例七七", "4321.09", "4,321.09"):
        for written in (plain, plain.encode().hex()):
            assert not any(written in row for row in dumped), written

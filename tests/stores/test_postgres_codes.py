"""Codes in a real PostgreSQL: exact under races, granted in the host's transaction, nothing to read in a dump."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from tests.stores.postgres_code_parts import GRANT, LIMITS, MINUTE, NOW, ROOMY, attempt, bucket, granted, new
from tests.stores.postgres_server import fresh_schema, postgres_dsn

from loansms.otp.admission import NoRoom
from loansms.otp.budget import DAY
from loansms.otp.challenge import Closed
from loansms.otp.codes import Bound, derive, new_id, tag
from loansms.otp.verdict import VerdictKind
from loansms.privacy.keys import KeyRing
from loansms.privacy.seal import seal
from loansms.stores import AsyncPostgresStore, PostgresStore
from loansms.stores.codes import Sent

T = TypeVar("T")


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresStore]:
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema, pool_max=16) as made:
        yield made


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Return the answers of calls that start together, one thread each."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


# --- races, by the server's clock ------------------------------------------------------------------------------


def test_of_64_threads_with_the_right_code_one_is_accepted(store: PostgresStore) -> None:
    assert isinstance(store.open_challenge(new("race-1", ("race-1",)), [], LIMITS), Sent)
    answers = at_once([lambda: store.check_code("race-1", attempt(), LIMITS).kind] * 64)
    assert answers.count(VerdictKind.ACCEPTED) == 1
    assert answers.count(VerdictKind.SUPERSEDED) == 63
    assert sum(at_once([lambda: store.redeem_grant("race-1", GRANT)] * 16)) == 1


def test_parallel_guesses_over_several_challenges_share_one_budget(store: PostgresStore) -> None:
    names = [f"race-2-{one}" for one in range(4)]
    budgets = ("race-2-b", "race-2-a")  # as while an index key is replaced
    for name in names:
        assert isinstance(store.open_challenge(new(name, budgets, line=name), [], LIMITS), Sent)
    answers = at_once(
        [lambda name=name: store.check_code(name, attempt(b"", "x"), LIMITS) for name in names * 10]
    )
    assert [one.kind for one in answers].count(VerdictKind.WRONG) == LIMITS.failures
    assert {one.kind for one in answers} == {VerdictKind.WRONG, VerdictKind.LOCKED}
    assert store.check_code(names[0], attempt(device="x"), LIMITS).kind is VerdictKind.LOCKED


def test_shared_buckets_admit_their_limit_and_nobody_deadlocks(store: PostgresStore) -> None:
    """Buckets and budgets come in every order, and each opener checks, resends and refunds at once."""
    shared = [bucket(f"race-3-{one}", 20, DAY) for one in range(4)]

    def one_borrower(number: int) -> bool:
        name = f"race-3-{number}"
        mine = shared[number % 4 :] + shared[: number % 4]
        budgets = (f"race-3-b{number % 3}", f"race-3-b{(number + 1) % 3}")
        opened = store.open_challenge(
            new(name, budgets, line=name, guards=tuple(reversed(mine))),
            mine if number % 2 else mine[::-1],
            ROOMY,
        )
        store.check_code(name, attempt(b""), ROOMY)
        store.resend_challenge(name, [*mine, bucket("race-3-never", 0)], ROOMY, left=0)
        store.check_code(name, attempt(), ROOMY)
        return isinstance(opened, Sent)

    assert sum(at_once([lambda n=n: one_borrower(n) for n in range(48)])) == 20
    refunds = at_once(
        [lambda n=n: store.refund_send(f"race-3-{n}", 1, shared[:: 1 if n % 2 else -1]) for n in range(48)]
    )
    assert sum(refunds) == 20
    assert isinstance(store.open_challenge(new("race-3-after", ("race-3-b0",)), shared, ROOMY), Sent)


def test_resends_refunds_and_takes_of_one_challenge_at_once_keep_their_count(store: PostgresStore) -> None:
    roomy = [bucket("race-4-a", 100), bucket("race-4-b", 100)]
    assert isinstance(store.open_challenge(new("race-4", ("race-4",), taken=False), roomy, ROOMY), Sent)

    def once(number: int) -> tuple[str, object]:
        if number % 3 == 0:
            return "resend", store.resend_challenge("race-4", roomy[::-1], ROOMY, left=0, taken=False)
        if number % 3 == 1:
            return "refund", store.refund_send("race-4", number // 3 + 2, roomy)
        return "take", store.take_send("race-4", 1)

    answers = at_once([lambda n=n: once(n) for n in range(30)])
    sends = [one.send for verb, one in answers if verb == "resend" and isinstance(one, Sent)]
    assert sorted(sends) == list(range(2, 12))
    assert [one for verb, one in answers if verb == "take"].count(True) <= 1
    kept = store.load_challenge("race-4")
    assert kept is not None
    assert kept.sends == 11


def test_one_id_opened_on_many_budgets_at_once_is_opened_once_and_charged_once(store: PostgresStore) -> None:
    limited = [bucket("race-5", 16)]
    answers = at_once(
        [
            lambda n=n: store.open_challenge(new("race-5", (f"race-5-{n}",)), limited, LIMITS)
            for n in range(16)
        ]
    )
    assert sum(isinstance(one, Sent) for one in answers) == 1
    assert answers.count(Closed.EXISTS) == 15
    again = [store.open_challenge(new(f"race-5-{n}", ("race-5-x",)), limited, LIMITS) for n in range(16)]
    assert [isinstance(one, Sent) for one in again] == [True] * 15 + [False]


def test_eight_processes_may_start_at_once() -> None:
    """All of them create the tables; one opens, one is accepted, one redeems."""
    with fresh_schema() as schema:
        command = [sys.executable, Path(__file__).with_name("postgres_worker.py"), postgres_dsn(), schema]
        words = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=60, check=True
        ).stdout.split()
    assert {word: words.count(word) for word in ("Sent", "exists", "accepted", "superseded", "True")} == {
        "Sent": 1, "exists": 7, "accepted": 1, "superseded": 39, "True": 1,
    }  # fmt: skip


def test_the_servers_clock_decides_when_no_time_is_given(store: PostgresStore) -> None:
    with psycopg.connect(postgres_dsn()) as connection:
        before = micros_of(connection)
        opened = store.open_challenge(new("clock", ("clock",)), [], LIMITS)
        checked = store.check_code("clock", attempt(b""), LIMITS)
        after = micros_of(connection)
    assert isinstance(opened, Sent)
    assert before <= opened.at <= checked.at <= after
    assert opened.expires_at == opened.at + 5 * MINUTE


def micros_of(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select (extract(epoch from clock_timestamp()) * 1000000)::bigint").fetchone()
    assert row is not None
    return int(row[0])


# --- a grant in the host's transaction -------------------------------------------------------------------------


def test_a_grant_and_the_hosts_action_are_committed_together_or_not_at_all(store: PostgresStore) -> None:
    granted(store, "host-1")
    with psycopg.connect(postgres_dsn()) as host:
        assert store.redeem_in(host).redeem_grant("host-1", GRANT)
        assert not store.redeem_in(host).redeem_grant("host-1", GRANT)
        host.rollback()
        assert not store.redeem_in(host).redeem_grant("host-1", b"another")
        assert store.redeem_in(host).redeem_grant("host-1", GRANT)
        host.commit()
    assert not store.redeem_grant("host-1", GRANT)


def test_of_two_transactions_one_redeems_and_no_other_verb_waits_for_them(store: PostgresStore) -> None:
    granted(store, "host-2")
    with (
        psycopg.connect(postgres_dsn()) as first,
        psycopg.connect(postgres_dsn()) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        assert store.redeem_in(first).redeem_grant("host-2", GRANT)
        waiting = pool.submit(store.redeem_in(second).redeem_grant, "host-2", GRANT)
        assert store.check_code("host-2", attempt(), LIMITS).kind is VerdictKind.SUPERSEDED
        assert store.resend_challenge("host-2", [], LIMITS, left=0) is Closed.USED
        assert isinstance(store.open_challenge(new("host-2-next", ("host-2",)), [], LIMITS), Sent)
        first.commit()
        assert waiting.result(timeout=10) is False


def test_a_hosts_pool_is_used_and_left_open(store: PostgresStore) -> None:
    """Whatever its rows look like, and without autocommit."""
    with fresh_schema() as schema, ConnectionPool(
        postgres_dsn(), min_size=1, kwargs={"row_factory": dict_row}, open=True
    ) as pool:  # fmt: skip
        with PostgresStore(pool=pool, schema=schema) as mine:
            granted(mine, "pooled")
        with pool.connection() as connection:
            assert mine.redeem_in(connection).redeem_grant("pooled", GRANT)


def test_the_async_face_gives_the_same_answers() -> None:
    async def run(schema: str) -> None:
        async with AsyncPostgresStore(postgres_dsn(), schema=schema) as awaited:
            full = [bucket("one", 1)]
            assert isinstance(await awaited.open_challenge(new("c"), full, LIMITS, NOW), Sent)
            again = await awaited.resend_challenge("c", full, LIMITS, left=0, now=NOW + 1)
            assert again == NoRoom("one", NOW + MINUTE)
            answers = await asyncio.gather(
                *[awaited.check_code("c", attempt(), LIMITS, NOW) for _ in range(8)]
            )
            assert [one.kind for one in answers].count(VerdictKind.ACCEPTED) == 1
            host = await psycopg.AsyncConnection.connect(postgres_dsn())
            async with host:
                assert await awaited.redeem_in(host).redeem_grant("c", GRANT, NOW)
            assert not await awaited.redeem_grant("c", GRANT, NOW)

    with fresh_schema() as schema:
        asyncio.run(run(schema))


# --- what is kept, and for how long ----------------------------------------------------------------------------


def test_a_refusal_leaves_no_row_and_what_no_rule_needs_is_forgotten() -> None:
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema) as mine:
        full = [bucket("z-full", 1), bucket("a-new", 9), bucket("zz-new", 9)]
        assert isinstance(mine.open_challenge(new("c1", ("b1",)), full[:1], LIMITS, NOW), Sent)
        assert mine.open_challenge(new("c2", ("b2", "b0")), full, LIMITS, NOW) == NoRoom(
            "z-full", NOW + MINUTE
        )
        assert mine.open_challenge(new("c1", ("b3",)), full, LIMITS, NOW) is Closed.EXISTS
        assert count_of(schema) == {"challenge": 1, "budget": 1, "bucket": 1}
        assert mine.forget_codes(NOW + DAY) == 1
        assert mine.forget_codes(NOW + 5 * MINUTE + DAY) == 1
        assert mine.forget_codes(NOW + LIMITS.known_for) == 1
        assert count_of(schema) == {"challenge": 0, "budget": 0, "bucket": 0}


def count_of(schema: str) -> dict[str, int]:
    dumped = dump(schema)
    return {table: len(dumped[table]) for table in ("challenge", "budget", "bucket")}


def dump(schema: str) -> dict[str, list[str]]:
    """Return every row of every table as PostgreSQL writes it as text."""
    with psycopg.connect(postgres_dsn()) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = %s", (schema,)
        ).fetchall()
        return {
            table: [row[0] for row in connection.execute(f"select t::text from {schema}.{table} t".encode())]
            for (table,) in tables
        }


def test_a_dump_of_every_table_holds_no_code_and_no_phone() -> None:
    ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
    phone, name = "+8613800138000", new_id("k1", bytes(16))
    bound = Bound(subject="B-1", action="login", transaction="")
    code = derive(ring, name, bound, phone=phone, digits=6)
    sealed = seal(ring, "k1", f"{phone} B-1".encode(), about=name, nonce=bytes(12))
    places = [bucket(one, 9) for one in ring.blind("phone", phone)]
    asked = new(name, ring.blind("budget", "B-1 login"), tag=tag(ring, name, bound, code), sealed=sealed)
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema) as mine:
        mine.open_challenge(asked, places, LIMITS)
        mine.check_code(name, attempt(tag(ring, name, bound, "000000")), LIMITS)
        assert mine.check_code(name, attempt(asked.tag), LIMITS).kind is VerdictKind.ACCEPTED
        rows = [row for rows in dump(schema).values() for row in rows]
    assert any(name in row for row in rows)
    for plain in (code, phone, phone.removeprefix("+86"), "B-1"):
        for written in (plain, plain.encode().hex()):
            assert not any(written in row for row in rows), written


def test_an_id_that_postgresql_cannot_hold_is_unknown(store: PostgresStore) -> None:
    for name in ("a\0b", "\ud800", "'; drop table challenge; --", '{"\\', "", "码" * 5000):
        assert store.check_code(name, attempt(), LIMITS).kind is VerdictKind.UNKNOWN
        assert store.load_challenge(name) is None
        assert store.resend_challenge(name, [], LIMITS, left=0) is Closed.UNKNOWN
        assert not store.refund_send(name, 1, [bucket(name, 1)])
        assert not store.take_send(name, 1)
        assert not store.redeem_grant(name, GRANT)

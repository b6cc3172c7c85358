"""The ledger in a real MySQL: who waits for whom, who creates its tables, what lies in them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.stores.mysql_server import desk, fresh_database

from loansms import Lender, OutreachService
from loansms.errors import StoreError
from loansms.model import Accepted, Hold, HoldKind, Money, Payment, Rejected, Revocation
from loansms.providers import SandboxProvider
from loansms.stores import (
    AlreadyDone,
    AsyncMysqlStore,
    Claimed,
    MysqlStore,
    Stop,
    StopScope,
    SubjectKey,
    Suppressed,
)
from loansms.stores.claims import Stopped
from loansms.stores.mysql import session
from loansms.stores.sql import statements as shared
from loansms.testing.examples import AT, claim, rolling


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with fresh_database() as made:
        yield made


@pytest.fixture(scope="module")
def store(dsn: str) -> Iterator[MysqlStore]:
    with MysqlStore(dsn) as made:
        yield made


@contextmanager
def nobody_writes_attempts(dsn: str) -> Iterator[None]:
    """Hold every claim between its reads and its commit."""
    with desk(dsn) as other:
        other("lock tables loansms_attempt read")
        yield
        other("unlock tables")


def await_waiting(dsn: str, asked: str, count: int = 1) -> None:
    """Wait until `count` connections of the database wait as `asked` finds them."""
    deadline = time.monotonic() + 10
    with desk(dsn) as told:
        while told(asked)[0][0] != count:
            assert time.monotonic() < deadline, f"{count} of the store should wait"
            time.sleep(0.12)  # what InnoDB tells is renewed when nobody asked for 0.1 s


AT_THE_TABLE = "select count(*) from information_schema.processlist where db = database() and state like 'Waiting for table%'"
AT_A_ROW = (
    "select count(*) from information_schema.innodb_trx t join information_schema.processlist p "
    "on p.id = t.trx_mysql_thread_id where p.db = database() and t.trx_state = 'LOCK WAIT'"
)


# --- who waits for whom ------------------------------------------------------------------------------------------


REGISTERS: dict[str, Callable[[MysqlStore, str], object]] = {
    "suppress": lambda store, debtor: store.suppress(debtor, "dispute_open", AT),
    "revoke": lambda store, debtor: store.revoke_consent(debtor, Revocation(at=AT), "r-1"),
    "hold": lambda store, debtor: store.record_hold(debtor, Hold(kind=HoldKind.DISPUTE), AT, "h-1"),
    "pay": lambda store, debtor: store.record_payment(
        debtor, Payment(loan_id="L-1", amount=Money("1.00", "CNY"), at=AT + timedelta(minutes=1)), "p-1"
    ),
    "stop": lambda store, _debtor: store.stop(
        Stop(scope=StopScope.TENANT, value="bank", at=AT, by="desk-1", why="")
    ),
}


@pytest.mark.parametrize("name", REGISTERS)
def test_what_is_recorded_waits_for_claims_under_way_and_stops_the_next(
    name: str, store: MysqlStore, dsn: str
) -> None:
    """Once it is recorded nothing goes out that was decided without it."""
    debtor = f"example|{name}"

    def asked(number: int) -> object:
        one = claim(
            step_key=f"{name}-{number}", step=f"s-{number}", debtor=debtor, tenant="bank", facts_at=AT
        )
        return store.claim([one])[0]

    with ThreadPoolExecutor(2) as pool:
        with nobody_writes_attempts(dsn):
            under_way = pool.submit(asked, 1)
            await_waiting(dsn, AT_THE_TABLE)
            recorded = pool.submit(REGISTERS[name], store, debtor)
            await_waiting(dsn, AT_A_ROW)
            assert not recorded.done()
        assert isinstance(under_way.result(), Claimed)
        recorded.result()
    assert isinstance(asked(2), Suppressed | Stopped)
    if name == "stop":
        assert store.resume(StopScope.TENANT, "bank", AT, "desk-1")


def test_one_step_key_for_two_debtors_is_claimed_once(store: MysqlStore, dsn: str) -> None:
    """Their locks differ; the later one is told to try again, and then that it is done."""

    def asked(debtor: str) -> object:
        try:
            own = claim(step_key=f"own-{debtor}", debtor=debtor)
            return store.claim([claim(step_key="twin", debtor=debtor), own])[0]
        except StoreError as wrong:
            return str(wrong)

    with ThreadPoolExecutor(2) as pool:
        with nobody_writes_attempts(dsn):
            both = [pool.submit(asked, debtor) for debtor in ("example|one", "example|other")]
            await_waiting(dsn, AT_THE_TABLE, 2)
        answers = [one.result() for one in both]
    assert sorted(type(one).__name__ for one in answers) == ["Claimed", "str"]
    assert "another transaction came in between" in next(one for one in answers if isinstance(one, str))
    assert isinstance(asked("example|other"), AlreadyDone)
    assert [one.token for one in store.attempts() if one.step_key == "twin"] == [
        one.token for one in answers if isinstance(one, Claimed)
    ]


def test_a_refused_step_is_taken_by_one_of_two(store: MysqlStore) -> None:
    """A step that was refused may be claimed anew, for whichever debtor: once."""
    first = store.claim([claim(step_key="anew", debtor="example|anew")])[0]
    assert isinstance(first, Claimed)
    store.finish("anew", first.token, Rejected("E", retryable=True), AT)
    again = [store.claim([claim(step_key="anew", debtor="example|anew")])[0] for _ in range(2)]
    assert [type(one).__name__ for one in again] == ["Claimed", "AlreadyDone"]
    assert not store.finish("anew", first.token, Accepted("p-1"), AT)


def test_batches_in_any_order_end_and_keep_the_cap(store: MysqlStore) -> None:
    """Eight threads, each with the same debtors in another order: nobody waits in a circle."""
    week = (rolling(2, timedelta(days=7)),)

    def run(number: int) -> int:
        debtors = [f"example|C-{(number * 7 + place * 11) % 60}" for place in range(60)]
        batch = [claim(step_key=f"cap-{number}-{debtor}", debtor=debtor, limits=week) for debtor in debtors]
        return sum(isinstance(one, Claimed) for one in store.claim(batch))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) == 2 * 60


def test_a_batch_of_many_packets_is_one_transaction(
    dsn: str, store: MysqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_PACKET", 500)
    batch = [claim(step_key=f"big-{number}", debtor=f"example|big-{number}") for number in range(40)]
    spoilt = claim(step_key="b" * 300, debtor="example|long")
    with pytest.raises(StoreError, match="longer than its column"):
        store.claim([*batch, spoilt])
    assert all(isinstance(one, Claimed) for one in store.claim(batch))


@pytest.mark.parametrize(
    "name", ["o'hara", "back\\", 'a"b', "%s %d", "x; drop table attempt -- ", "五😀", "ä\n\t"]
)
def test_any_id_comes_back_as_it_was(name: str, store: MysqlStore) -> None:
    """Whatever ids a lender has, no value is read as SQL."""
    one = claim(step_key=name, debtor=f"example|{name}", loan_id=name, template=name, versions={"pack": name})
    assert isinstance(store.claim([one])[0], Claimed)
    assert isinstance(store.claim([one])[0], AlreadyDone)
    kept = next(record for record in store.attempts() if record.step_key == name)
    assert (kept.loan_id, kept.template, dict(kept.versions)) == (name, name, {"pack": name})
    assert store.histories([one.debtor], AT - timedelta(days=1))[one.debtor].contacts


def test_leases_end_by_the_servers_clock(store: MysqlStore, dsn: str) -> None:
    store.claim([claim(step_key="lease", debtor="example|lease")])
    lease = next(one.lease_until for one in store.attempts() if one.step_key == "lease")
    with desk(dsn) as told:
        now = datetime.fromisoformat(str(told("select utc_timestamp(6)")[0][0])).replace(tzinfo=UTC)
    assert abs(lease - now - store.guarantees().lease_for) < timedelta(seconds=5)


def test_awaited_verbs_share_a_pool_smaller_than_they_are(dsn: str) -> None:
    async def run() -> None:
        async with AsyncMysqlStore(dsn, pool_max=3) as mine:
            answers = await asyncio.gather(
                *[mine.claim([claim(step_key="aio", debtor="example|aio")]) for _ in range(8)]
            )
            assert [type(one).__name__ for (one,) in answers].count("Claimed") == 1
        await mine.close()

    asyncio.run(run())


# --- the tables --------------------------------------------------------------------------------------------------


def test_an_owner_creates_the_tables_and_the_service_needs_no_more_than_rows() -> None:
    with fresh_database() as made, desk(made) as told:
        login = made.replace("root", "outreach", 1)
        told("create or replace user outreach")
        told("grant select, insert, update, delete on *.* to outreach")
        with pytest.raises(StoreError, match=r"schema_sql\(since=0\)"):
            MysqlStore(login, migrate=False).open()
        for statement in MysqlStore.schema_sql().split(";\n"):
            if statement.strip():
                told(statement)
        with MysqlStore(login, migrate=False) as mine:
            assert isinstance(mine.claim([claim()])[0], Claimed)
            told("set global read_only = 1")
            try:
                with pytest.raises(StoreError, match="read-only"):
                    mine.claim([claim(step_key="replica")])
            finally:
                told("set global read_only = 0")
        told("drop user outreach")


def test_tables_half_made_are_finished_and_those_of_a_newer_release_refused() -> None:
    with fresh_database() as made, desk(made) as told:
        with ThreadPoolExecutor(3) as pool:
            stores = [MysqlStore(made) for _ in range(3)]
            list(pool.map(MysqlStore.open, stores))
        assert told("select version from loansms_migration") == [(1,), (2,)]
        told("delete from loansms_migration")
        told("drop table loansms_ledger_job")
        again = MysqlStore(made)
        assert again.count_jobs() == 0
        told("insert into loansms_migration (version) values (99)")
        with pytest.raises(StoreError, match="newer loansms"):
            MysqlStore(made).open()
        for one in (*stores, again):
            one.close()


def test_what_a_claim_reads_is_found_by_index(store: MysqlStore, dsn: str) -> None:
    """A book of a million attempts must not be read through for a batch of thirty."""
    store.claim([claim(step_key=f"ix-{number}", debtor=f"example|ix-{number}") for number in range(600)])
    say = MysqlStore(dsn)._db.dialect.sql
    listed = '\'["example|ix-1", "example|ix-2"]\''
    asked = {
        "attempt": say(shared.CONTACTS).replace("%s", listed, 1).replace("%s", "5", 1)
        .replace("%s", listed, 1).replace("%s", "5", 1),
        "a": say(shared.STATES).replace("%s", listed),
        "s": say(shared.SUPPRESSIONS).replace("%s", listed),
        "ledger_entry": say(shared.UNSEALED).replace("%s", "5"),
        "ledger_job": say(shared.FREE_JOBS).replace("%s", "5"),
    }  # fmt: skip
    with desk(dsn) as told:
        told(
            "insert into loansms_contact select debtor, step_key, channel, at, 'message', purpose, loan_id from loansms_attempt"
        )
        told("insert into loansms_suppression select debtor, step_key, at, null, null from loansms_attempt")
        told("analyze table loansms_attempt, loansms_contact, loansms_suppression")
        told("set session sql_mode = 'ANSI_QUOTES'")
        for statement in asked.values():
            for row in told(f"explain {statement}"):
                table, kind, *_, extra = row[2], row[3], row[-1]
                if table in ("a", "c", "s", "loansms_ledger_entry", "loansms_ledger_job"):
                    assert kind in ("eq_ref", "ref", "range", "index"), row
                    assert "filesort" not in str(extra), row


def test_a_shredded_key_is_not_in_its_file(store: MysqlStore, dsn: str) -> None:
    wrapped = [bytes([65 + number]) * 48 for number in range(3)]
    keys = [
        SubjectKey(subject=f"S-{n}", suite="intl", kek_id="k-1", wrapped=one) for n, one in enumerate(wrapped)
    ]
    store.add_subject_keys(keys)
    assert store.shred("S-2", AT, "desk-1").keys == 1
    with desk(dsn) as told:
        told("flush tables loansms_ledger_key for export")  # what is in memory goes to the file
        folder, name = told("select @@datadir, database()")[0]
        page = Path(folder, name, "loansms_ledger_key.ibd").read_bytes()
        told("unlock tables")
    assert wrapped[1] in page
    assert wrapped[2] not in page


def test_no_table_tells_a_phone_a_name_or_a_text() -> None:
    rows = [
        {"loan_id": "L-77", "borrower_id": "B-77", "name": "示例七七", "phone": "17400000077", "currency": "CNY",
         "amount_due": "4321.09", "next_due_on": "2026-09-24"}
    ]  # fmt: skip
    with fresh_database() as made, MysqlStore(made) as mine:
        report = OutreachService(
            policy="cn-consumer", lender=Lender.example("CN"), store=mine, provider=SandboxProvider(1)
        ).run(rows, now=datetime.fromisoformat("2026-09-24T10:00:00+08:00"))
        assert [one.state for one in mine.attempts()] == ["accepted"], report
        with desk(made) as told:
            tables = [name for (name,) in told("show tables")]
            dumped = [str(row) for table in tables for row in told(f"select * from {table}")]
    assert any("L-77" in row for row in dumped)
    for plain in ("17400000077", "示例七七", "4321.09", "4,321.09"):
        for written in (plain, plain.encode().hex(), str(plain.encode())[2:-1]):
            assert not any(written in row for row in dumped), written

"""A grant in a SQLite file is redeemed in the host's own transaction: with the payout, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.stores.sqlite_code_worker import GRANT, MINUTE, NOW, WRONG, accepted

from loansms.clock import FrozenClock
from loansms.errors import CallerError, StoreError
from loansms.stores import AsyncSqliteStore, Grants, SqliteStore
from loansms.testing.examples import AT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(path, clock=FrozenClock(AT)) as opened:
        yield opened


class TestTheHostsTransaction:
    """A grant and what it allows are one commit, or neither happened."""

    @pytest.fixture
    def host(self, store: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
        accepted(store)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
            db.execute("CREATE TABLE payout (loan_id TEXT)")
            yield db

    def test_a_rollback_leaves_the_grant_good(self, store: SqliteStore, host: sqlite3.Connection) -> None:
        host.execute("BEGIN IMMEDIATE")
        assert store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("INSERT INTO payout VALUES ('L-1')")
        host.execute("ROLLBACK")
        assert host.execute("SELECT count(*) FROM payout").fetchone() == (0,)
        assert store.redeem_grant("c-1", GRANT)

    def test_a_commit_spends_it(self, store: SqliteStore, host: sqlite3.Connection) -> None:
        host.execute("BEGIN IMMEDIATE")
        grants = store.redeem_in(host)
        assert grants.redeem_grant("c-1", GRANT)
        assert not grants.redeem_grant("c-1", GRANT)
        host.execute("INSERT INTO payout VALUES ('L-1')")
        host.execute("COMMIT")
        assert not store.redeem_grant("c-1", GRANT)
        assert host.execute("SELECT count(*) FROM payout").fetchone() == (1,)

    def test_a_wrong_late_or_unknown_grant_is_refused(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        host.execute("BEGIN IMMEDIATE")
        grants: Grants = store.redeem_in(host)
        assert not grants.redeem_grant("c-1", WRONG)
        assert not grants.redeem_grant("c-1", b"")
        assert not grants.redeem_grant("c-1", GRANT, NOW + 5 * MINUTE)
        assert not grants.redeem_grant("c-2", GRANT)
        assert grants.redeem_grant("c-1", GRANT, NOW + 5 * MINUTE - 1)
        host.execute("COMMIT")

    def test_the_hosts_row_and_text_factories_and_temp_tables_do_not_matter(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        host.row_factory = lambda _cursor, _row: "mine"
        host.text_factory = bytes
        host.execute("CREATE TEMP TABLE code_challenge (id)")
        host.execute("BEGIN IMMEDIATE")
        assert store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("COMMIT")
        assert not store.redeem_grant("c-1", GRANT)

    def test_a_connection_without_a_transaction_is_refused(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        """It would spend the grant before the action is done."""
        with pytest.raises(CallerError, match="BEGIN IMMEDIATE") as told:
            store.redeem_in(host).redeem_grant("c-1", GRANT)
        assert told.value.zh
        assert store.redeem_grant("c-1", GRANT)

    @pytest.mark.parametrize("place", ["other.db", ":memory:"])
    def test_a_connection_to_another_file_is_refused(
        self, store: SqliteStore, tmp_path: Path, place: str
    ) -> None:
        accepted(store)
        name = place if place == ":memory:" else str(tmp_path / place)
        with closing(sqlite3.connect(name, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(CallerError, match="main file") as told:
                store.redeem_in(other).redeem_grant("c-1", GRANT)
            assert told.value.zh

    def test_a_snapshot_that_is_out_of_date_spends_nothing_twice(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        """A deferred transaction that read before another redeemed: one error of ours, never a second True."""
        host.execute("BEGIN")
        host.execute("SELECT count(*) FROM payout").fetchone()
        assert store.redeem_grant("c-1", GRANT)
        with pytest.raises(StoreError, match="locked"):
            store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("ROLLBACK")

    def test_a_closed_connection_is_an_error_of_ours(self, store: SqliteStore, path: Path) -> None:
        host = sqlite3.connect(path)
        host.close()
        with pytest.raises(StoreError):
            store.redeem_in(host).redeem_grant("c-1", GRANT)

    def test_it_is_there_awaited(self, path: Path, store: SqliteStore, host: sqlite3.Connection) -> None:
        async def redeemed() -> bool:
            async with AsyncSqliteStore(path, clock=FrozenClock(AT)) as awaited:
                host.execute("BEGIN IMMEDIATE")
                done = await awaited.redeem_in(host).redeem_grant("c-1", GRANT)
                host.execute("COMMIT")
                return done and not await awaited.redeem_grant("c-1", GRANT)

        assert asyncio.run(redeemed())

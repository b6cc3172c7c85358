"""Every store, awaited or not, passes the suite that ships to authors of stores."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stores.ledger_mysql import awaited_mysql_ledger, mysql_ledger
from tests.stores.ledger_postgres import awaited_postgres_ledger, postgres_ledger

from loansms.clock import Clock
from loansms.stores import AsyncMemoryStore, AsyncSqliteStore, ContactLedger, MemoryStore, SqliteStore
from loansms.testing import KeptSuite, LedgerSuite, SyncLedger


class TestMemoryStore(LedgerSuite, KeptSuite):
    def make_store(self, clock: Clock) -> ContactLedger:
        return MemoryStore(clock=clock)


class TestAsyncMemoryStore(LedgerSuite, KeptSuite):
    def make_store(self, clock: Clock) -> ContactLedger:
        return SyncLedger(AsyncMemoryStore(clock=clock))


class _OnDisk(LedgerSuite, KeptSuite):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        self.opened_so_far = 0

    def fresh(self) -> Path:
        self.opened_so_far += 1
        return self.folder / f"ledger-{self.opened_so_far}.db"


class TestSqliteStore(_OnDisk):
    def make_store(self, clock: Clock) -> ContactLedger:
        return SqliteStore(self.fresh(), clock=clock)


class TestAsyncSqliteStore(_OnDisk):
    def make_store(self, clock: Clock) -> ContactLedger:
        return SyncLedger(AsyncSqliteStore(self.fresh(), clock=clock))


class _OnAServer(LedgerSuite, KeptSuite):
    def close_store(self, store: ContactLedger) -> None:
        """It serves the next check too."""


class TestPostgresStore(_OnAServer):
    def make_store(self, clock: Clock) -> ContactLedger:
        return postgres_ledger(clock)


class TestAsyncPostgresStore(_OnAServer):
    def make_store(self, clock: Clock) -> ContactLedger:
        return awaited_postgres_ledger(clock)


class TestMysqlStore(_OnAServer):
    def make_store(self, clock: Clock) -> ContactLedger:
        return mysql_ledger(clock)


class TestAsyncMysqlStore(_OnAServer):
    def make_store(self, clock: Clock) -> ContactLedger:
        return awaited_mysql_ledger(clock)

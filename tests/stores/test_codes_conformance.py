"""Every store of codes, awaited or not, passes the suite that ships to authors of stores."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stores import code_stores
from tests.stores.code_stores import Fresh

from loansms.clock import Clock
from loansms.stores import CodeStore
from loansms.testing import CodeSuite


class _Suite(CodeSuite):
    fresh: Fresh

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "codes.db"

    def make_store(self, clock: Clock) -> CodeStore:
        return type(self).fresh(clock, self.path)

    def close_store(self, store: CodeStore) -> None:
        code_stores.close(store)


class TestMemoryStore(_Suite):
    fresh = staticmethod(code_stores.memory)


class TestAsyncMemoryStore(_Suite):
    fresh = staticmethod(code_stores.async_memory)


class TestSqliteStore(_Suite):
    fresh = staticmethod(code_stores.sqlite)


class TestAsyncSqliteStore(_Suite):
    fresh = staticmethod(code_stores.async_sqlite)


class TestRedisStore(_Suite):
    fresh = staticmethod(code_stores.redis)
    own_expiry = True


class TestAsyncRedisStore(_Suite):
    fresh = staticmethod(code_stores.async_redis)
    own_expiry = True


class TestPostgresStore(_Suite):
    fresh = staticmethod(code_stores.postgres)


class TestAsyncPostgresStore(_Suite):
    fresh = staticmethod(code_stores.async_postgres)

"""The ledger of a lender group in a MySQL or MariaDB database, shared by many machines (extra `mysql`).

A batch of claims is two round trips: locks and reads, then writes and the commit, with the one rule `decide` between
them. Nothing is retried: a connection that breaks is a StoreError. Codes are kept elsewhere (PostgreSQL, Redis, SQLite).

>>> "loansms_attempt" in MysqlStore.schema_sql()
True
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Self, TypeVar

from loansms.clock import Clock, Entropy, SystemEntropy
from loansms.errors import MissingExtra, StoreError

try:
    from loansms.stores.mysql.connections import Connections
    from loansms.stores.mysql.session import MysqlDatabase
except ImportError:
    raise MissingExtra("mysql", "MysqlStore") from None

from loansms.stores.awaited import AsyncKept, AsyncLedger
from loansms.stores.claims import LEASE_FOR, Guarantees
from loansms.stores.mysql.dialect import PREFIX
from loansms.stores.mysql.schema import MIGRATIONS, VERSION, VERSIONS, script
from loansms.stores.sql.ledger import SqlLedger
from loansms.stores.sql.server_clock import ServerClock

if TYPE_CHECKING:
    from loansms.stores.mysql.connections import Connection

P = ParamSpec("P")
T = TypeVar("T")

_MIGRATING = "loansms migration"  # the name of the server's lock
_STATE = (
    "SELECT VERSION(), @@global.innodb_flush_log_at_trx_commit, @@global.read_only, "
    "(SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s)"
)


class MysqlStore(SqlLedger):
    """A contact ledger in one database; share it between threads, open it anew after a fork.

    ``dsn``: mysql://user:password@host:3306/database (?unix_socket=). ``ssl``: a context for TLS. ``migrate``: create or
    renew the tables when it is opened; without it they must be there (`schema_sql`). ``timeout`` bounds the wait for a
    connection, an answer and a lock. Leases of ``lease_for`` end by the server's clock, or by ``clock``.
    """

    def __init__(
        self,
        dsn: str,
        *,
        ssl: SSLContext | None = None,
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_max: int = 10,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._connections = Connections(dsn, ssl=ssl, seconds=timeout.total_seconds(), most=pool_max)
        server = ServerClock()
        SqlLedger.__init__(
            self,
            MysqlDatabase(self._connections, server, self.open),
            clock or server,
            entropy or SystemEntropy(),
            lease_for,
        )
        self._migrates = migrate
        self._opening = threading.Lock()
        self._ready = False

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connections.place!r})"

    @staticmethod
    def schema_sql(*, since: int = 0) -> str:
        """Return the SQL that brings a database from version `since` (0 = nothing there) to the newest, for a DBA."""
        return script(since)

    def open(self) -> None:
        """Connect, check the server, create what is missing; the first verb does it otherwise."""
        if not self._ready:
            with self._opening:
                if not self._ready:
                    self._prepare(migrate=self._migrates)
                    self._ready = True

    def close(self) -> None:
        """Close the connections; a second time does nothing."""
        self._connections.close()

    def guarantees(self) -> Guarantees:
        """Say what this store promises: every one of them, where InnoDB flushes at each commit (checked when opened)."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease_for,
            journal=True,
            vault=True,
            queue=True,
        )

    def _prepare(self, *, migrate: bool) -> None:
        """Refuse a server that cannot keep the promise; bring the tables up to date."""
        with self._connections.taken() as connection:
            version, flush, read_only, there = _row(connection, _STATE, (f"{PREFIX}migration",))
            if not _is_new_enough(str(version)):
                self._fail(
                    "is too old: MySQL 8.0 or MariaDB 10.6 is needed",
                    "版本过低：需要 MySQL 8.0 或 MariaDB 10.6",
                )
            if int(read_only):
                self._fail(
                    "is read-only (a replica?); a ledger needs a server that can write",
                    "只读（可能是从库）；账本需要可写的服务器",
                )
            if int(flush) != 1:
                self._fail(
                    "innodb_flush_log_at_trx_commit must be 1: a claim that a crash could take back would be sent twice",
                    "innodb_flush_log_at_trx_commit 须为 1：崩溃后丢失的认领会导致重复发送",
                )
            known = _version(connection) if there else 0
            if known < VERSION and migrate:
                known = self._migrate(connection)
        if known < VERSION:
            self._fail(
                f"version {known} of the tables, {VERSION} is needed; use migrate=True or have the owner run "
                f"MysqlStore.schema_sql(since={known})",
                f"表版本为 {known}，需要 {VERSION}；请用 migrate=True 或由所有者执行 MysqlStore.schema_sql(since={known})",
            )
        if known > VERSION:
            self._fail(
                f"written by a newer loansms (version {known}, this one knows {VERSION}); upgrade loansms",
                f"由更新版本的 loansms 写入（版本 {known}，本版本支持到 {VERSION}），请升级",
            )

    def _migrate(self, connection: Connection) -> int:
        """Apply what is missing, one process at a time; every statement can be run again after a crash."""
        (held,) = _row(connection, "SELECT GET_LOCK(%s, 60)", (_MIGRATING,))
        if held != 1:
            self._fail("another process has been migrating for a minute", "另一进程正在迁移，已等待一分钟")
        try:
            _run(connection, VERSIONS)
            known = _version(connection)
            for version, statements in enumerate(MIGRATIONS[known:], known + 1):
                for statement in statements:
                    _run(connection, statement)
                _run(connection, f'INSERT IGNORE INTO "{PREFIX}migration" VALUES ({version})')  # noqa: S608 - ours
            return _version(connection)
        finally:
            _row(connection, "SELECT RELEASE_LOCK(%s)", (_MIGRATING,))

    def _fail(self, english: str, chinese: str) -> NoReturn:
        raise StoreError(f"{self._connections.place}: {english}", f"{self._connections.place}：{chinese}")


class AsyncMysqlStore(AsyncLedger, AsyncKept):
    """MysqlStore, awaited: each verb on one of as many threads as there may be connections."""

    def __init__(
        self,
        dsn: str,
        *,
        ssl: SSLContext | None = None,
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_max: int = 10,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        self._store = MysqlStore(
            dsn,
            ssl=ssl,
            migrate=migrate,
            timeout=timeout,
            pool_max=pool_max,
            clock=clock,
            entropy=entropy,
            lease_for=lease_for,
        )
        self._threads = ThreadPoolExecutor(pool_max, thread_name_prefix="loansms-ledger")
        AsyncLedger.__init__(self, self._store, self._on_thread)
        AsyncKept.__init__(self, self._store, self._on_thread)

    async def __aenter__(self) -> Self:
        await self._on_thread(self._store.open)
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"Async{self._store!r}"

    async def close(self) -> None:
        """Finish what was begun, close the connections and end the threads."""
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._threads.shutdown()
        self._store.close()

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on a thread.
        return await asyncio.shield(loop.run_in_executor(self._threads, lambda: verb(*args, **kwargs)))


def _is_new_enough(version: str) -> bool:
    """Return whether a server has JSON_TABLE and SKIP LOCKED.

    >>> _is_new_enough("10.11.19-MariaDB"), _is_new_enough("8.4.2"), _is_new_enough("5.7.44")
    (True, True, False)
    """
    told = re.findall(r"\d+", version)[:2]
    major, minor = (int(one) for one in [*told, "0", "0"][:2])
    return (major, minor) >= ((10, 6) if "maria" in version.lower() else (8, 0))


def _row(connection: Connection, statement: str, values: tuple[object, ...] = ()) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone() or ()


def _run(connection: Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _version(connection: Connection) -> int:
    return int(_row(connection, f'SELECT COALESCE(MAX(version), 0) FROM "{PREFIX}migration"')[0])  # noqa: S608 - ours

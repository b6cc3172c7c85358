"""Codes in PostgreSQL: each verb one statement in autocommit, one function that locks, decides and writes.

Exact at READ COMMITTED between any number of processes, by the server's clock; `postgres/001_budgets.sql` says in
which order rows are locked. Nothing is retried: a lost answer is a StoreError, and what the server committed
stays counted. Call `forget_codes` every hour or so. A hung server is noticed by TCP's own time limits.

>>> "create function codes.check_code(" in AsyncPostgresCodes.schema_sql(schema="codes")
True
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

from loansms.errors import CallerError, ConfigurationError, MissingExtra, StoreError

try:
    from psycopg import AsyncConnection
    from psycopg.pq import TransactionStatus
    from psycopg.rows import tuple_row
    from psycopg_pool import AsyncConnectionPool
except ImportError:
    raise MissingExtra("postgres", "AsyncPostgresStore") from None

from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, Closed, NewChallenge
from loansms.stores.codes import AsyncGrants, Opening
from loansms.stores.postgres import wire
from loansms.stores.postgres.conninfo import conninfo_of, place_of
from loansms.stores.postgres.faults import TwinId, told
from loansms.stores.postgres.schema import (
    VERSION,
    grants,
    migrations,
    placed,
    plain_name,
    preparation,
    script,
)

_FORGOTTEN = 5_000  # records of a kind in one statement: bounds how long it takes
_MIGRATING = "set local statement_timeout = '60s'"
# What this store needs of a connection: its time limit, the isolation it is exact at, answers that are on disk; and
# the search_path of its functions, which then need not change it (a tenth of a check's time).
_CONFIGURE = """
select set_config('statement_timeout', %s, false), set_config('search_path', 'pg_catalog, pg_temp', false),
    set_config('default_transaction_isolation', 'read committed', false),
    case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', false) end
"""
_STATE = """
select to_regclass('@schema@.migration') is not null, current_setting('transaction_isolation'),
    current_setting('synchronous_commit'), current_setting('transaction_read_only')
"""
_VERSION = "select coalesce(max(version), 0) from @schema@.migration"


class AsyncPostgresCodes:
    """The codes of a store in one schema of a PostgreSQL database, and its connections.

    ``dsn`` as libpq reads it, or ``pool``: a psycopg pool of the host's (best with ``autocommit``, else each verb
    takes three round trips), which stays the host's to close. ``migrate``: create or renew the tables at the
    first verb or ``open()``; without it they must be there (`schema_sql`). ``timeout`` bounds the wait for a
    connection and for an answer.
    """

    def __init__(
        self,
        dsn: str = "",
        *,
        pool: AsyncConnectionPool[Any] | None = None,
        schema: str = "loansms",
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_min: int = 1,
        pool_max: int = 10,
    ) -> None:
        if bool(dsn) == (pool is not None):
            raise ConfigurationError(
                "PostgresStore: expected a dsn or a pool", "PostgresStore 需要 dsn 或 pool 之一"
            )
        self._schema = plain_name("schema", schema)
        self._migrate = migrate
        self._seconds = timeout.total_seconds()
        self._pid = os.getpid()
        self._ready = False
        self._opening = asyncio.Lock()
        self._tries = 0
        self._fault: StoreError | None = None
        self._conninfo = conninfo_of(dsn, self._seconds) if dsn else ""
        self._place = place_of(self._conninfo)
        self._owned = pool is None
        self._pool: AsyncConnectionPool[Any] = pool or AsyncConnectionPool(
            self._conninfo,
            kwargs={"autocommit": True},
            min_size=pool_min,
            max_size=pool_max,
            timeout=self._seconds,
            configure=self._configure,
            open=False,
        )

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._place!r}, schema={self._schema!r})"

    @staticmethod
    def schema_sql(*, schema: str = "loansms", since: int = 0) -> str:
        """Return the SQL that brings a schema from version `since` (0 = nothing there) to the newest, for a DBA."""
        return script(schema=schema, since=since)

    @staticmethod
    def grant_sql(role: str, *, schema: str = "loansms") -> str:
        """Return the SQL that gives the login `role` of a service the rights it needs, and no more."""
        return grants(schema=schema, role=role)

    async def open(self) -> None:
        """Connect, check the server, create what is missing; the first verb does it otherwise."""
        tries = self._tries
        async with self._opening:
            if self._ready:
                return
            if self._fault is not None and self._tries != tries:
                # Tried while this caller waited: all who wait are told at once, not one after another.
                raise StoreError(str(self._fault), self._fault.zh)
            try:
                await self._open()
            except StoreError as wrong:
                self._fault = wrong
                raise
            finally:
                self._tries += 1
            self._ready = True

    async def _open(self) -> None:
        with told(self._place, self._seconds):
            if self._owned:
                # A connection of its own: a pool tells only that it waited, not why.
                async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await self._configure(connection)
                    await self._prepare(connection)
                await self._pool.open()
            else:
                async with self._pool.connection(self._seconds) as connection:
                    await self._prepare(connection)

    async def close(self) -> None:
        """Close the pool, unless it is the host's; a second time does nothing."""
        if self._owned and os.getpid() == self._pid:
            await self._pool.close()

    async def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing."""
        try:
            row = await self._asked(wire.OPEN, wire.open_arguments(new, buckets, limits, now))
        except TwinId:
            return Closed.EXISTS
        return wire.opening_from(row, buckets)

    async def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        row = await self._found(wire.LOAD, wire.load_arguments(challenge_id))
        return None if row is None else wire.challenge_from(row)

    async def resend_challenge(
        self,
        challenge_id: str,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        *,
        left: int,
        taken: bool = True,
        now: int | None = None,
    ) -> Opening:
        """Admit one more send of an open challenge and charge every bucket, or change nothing."""
        arguments = wire.resend_arguments(challenge_id, buckets, limits, left, taken, now)
        return wire.opening_from(await self._asked(wire.RESEND, arguments), buckets)

    async def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        return await self._found(wire.TAKE, wire.take_arguments(challenge_id, send, now)) is not None

    async def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        row = await self._asked(wire.REFUND, wire.refund_arguments(challenge_id, send, buckets))
        return bool(row[0])

    async def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act."""
        arguments = wire.check_arguments(challenge_id, attempt, limits, now)
        return wire.checked_from(await self._asked(wire.CHECK, arguments))

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        return await self._found(wire.REDEEM, wire.redeem_arguments(challenge_id, grant, now)) is not None

    def redeem_in(self, connection: AsyncConnection[Any]) -> AsyncGrants:
        """Return grants that are redeemed on `connection`, in the transaction that is open there.

        Grant and business action are then committed together or not at all; a second transaction that wants the
        same grant waits for the first.
        """
        return _HostGrants(connection, self._statement(wire.REDEEM), self._place, self._seconds)

    async def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records."""
        total = 0
        while True:
            gone: int = (await self._asked(wire.FORGET, wire.forget_arguments(_FORGOTTEN, now)))[0]
            total += gone
            if gone < _FORGOTTEN:
                return total

    async def _asked(self, statement: str, arguments: Sequence[wire.Argument]) -> wire.Row:
        row = await self._found(statement, arguments)
        if row is None:
            raise StoreError(
                f"{self._place}: a function gave no answer; have the schema made anew by this version",
                f"{self._place}：函数未返回结果，请用本版本重建表结构",
            )
        return row

    async def _found(self, statement: str, arguments: Sequence[wire.Argument]) -> wire.Row | None:
        await self._usable()
        with told(self._place, self._seconds):
            return await self._once(self._statement(statement), arguments)

    async def _usable(self) -> None:
        """Open the store at the first verb; refuse it in a fork."""
        if not self._ready:
            await self.open()
        if os.getpid() != self._pid:
            raise StoreError(
                f"{self._place}: opened before a fork; open the store again in the child process",
                f"{self._place}：在 fork 之前打开，请在子进程中重新打开",
            )

    async def _once(self, statement: bytes, arguments: Sequence[wire.Argument]) -> wire.Row | None:
        async with self._pool.connection(self._seconds) as connection:
            return await _first(connection, statement, arguments)

    def _statement(self, statement: str) -> bytes:
        return placed(statement, self._schema).encode()

    async def _configure(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute(_CONFIGURE, (str(round(self._seconds * 1000)),))

    async def _prepare(self, connection: AsyncConnection[Any]) -> None:
        """Refuse a server that cannot keep the promise; bring the schema up to date."""
        there, isolation, synchronous, read_only = await self._row(connection, _STATE)
        if read_only == "on":
            self._fail(
                "is read-only (a standby?); a store needs a server that can write",
                "只读（可能是备库）；存储需要可写的服务器",
            )
        if isolation != "read committed" or synchronous == "off":
            self._fail(
                "the pool's connections need isolation 'read committed' and synchronous_commit on",
                "连接池的连接需要 read committed 隔离级别，且 synchronous_commit 不得为 off",
            )
        version = (await self._row(connection, _VERSION))[0] if there else 0
        if version < VERSION and self._migrate:
            async with connection.transaction():
                await connection.execute(_MIGRATING)
                await connection.execute(preparation(self._schema).encode())
                # Another process may have done it while this one waited for the lock.
                version = (await self._row(connection, _VERSION))[0]
                if version < VERSION:
                    await connection.execute(migrations(self._schema, version).encode())
        elif version < VERSION:
            self._fail(
                f"schema {self._schema} has version {version} of the tables, {VERSION} is needed; use migrate=True "
                f"or have the owner run PostgresStore.schema_sql(schema={self._schema!r}, since={version})",
                f"schema {self._schema} 的表版本为 {version}，需要 {VERSION}；请用 migrate=True，"
                f"或由所有者执行 PostgresStore.schema_sql(schema={self._schema!r}, since={version})",
            )
        if version > VERSION:
            self._fail(
                f"schema {self._schema} was written by a newer loansms (version {version}, this one knows {VERSION}); "
                "upgrade loansms",
                f"schema {self._schema} 由更新版本的 loansms 写入（版本 {version}，本版本支持到 {VERSION}），请升级",
            )

    async def _row(self, connection: AsyncConnection[Any], statement: str) -> wire.Row:
        row = await _first(connection, self._statement(statement), ())
        return row or ()

    def _fail(self, english: str, chinese: str) -> None:
        raise StoreError(f"{self._place}: {english}", f"{self._place}：{chinese}")


class _HostGrants:
    """Grants redeemed on a connection of the host's."""

    def __init__(
        self, connection: AsyncConnection[Any], statement: bytes, place: str, seconds: float
    ) -> None:
        self._connection = connection
        self._statement = statement
        self._place = place
        self._seconds = seconds

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        if self._connection.autocommit and self._connection.info.transaction_status is TransactionStatus.IDLE:
            raise CallerError(
                "redeem_in: the connection is in autocommit and outside a transaction, so the grant would be spent "
                "whatever becomes of the action; use `with connection.transaction():`",
                "redeem_in：连接处于自动提交且不在事务中，授权会先于业务操作提交；请用 with connection.transaction():",
            )
        with told(self._place, self._seconds):
            arguments = wire.redeem_arguments(challenge_id, grant, now)
            return await _first(self._connection, self._statement, arguments) is not None


async def _first(
    connection: AsyncConnection[Any], statement: bytes, arguments: Sequence[wire.Argument]
) -> wire.Row | None:
    """Return the first row, as a tuple whatever rows the host's pool makes."""
    cursor = connection.cursor(row_factory=tuple_row)
    await cursor.execute(statement, arguments)
    return await cursor.fetchone()

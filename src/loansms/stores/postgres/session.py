"""Transactions of the ledger on PostgreSQL: locks and reads in one trip, writes and the commit in another.

Nobody else decides about the debtors of a transaction: it holds an advisory lock for each, taken before the first read.
The locks are 1,024 stripes of a key of the schema's own, so a batch of any size fits into the server's lock table;
they are taken in one order, so nobody waits in a circle. Each statement at READ COMMITTED sees what was committed
before it began: what is read under the locks is the newest there is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from loansms.errors import StoreError
from loansms.stores.postgres.dialect import PostgresDialect
from loansms.stores.postgres.faults import told
from loansms.stores.sql.database import Asked, Row, stripe
from loansms.stores.sql.server_clock import ServerClock

_CLOCK = "select (extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint"
_WRITE: Asked = ("begin isolation level read committed", ())
_READ: Asked = ("begin isolation level repeatable read read only", ())
_COMMIT: Asked = ("commit", ())
# -1 is the brakes' (004_ledger.sql): shared by all who claim, so that a stop waits for them.
_LOCK = (
    "select pg_catalog.pg_advisory_xact_lock_shared({own}, -1), "
    "pg_catalog.count(pg_catalog.pg_advisory_xact_lock({own}, one)) from pg_catalog.unnest(%s::int[]) one"
)
_OWN = "pg_catalog.hashtext('loansms ledger {schema}')"

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Row]


def listed(debtors: Iterable[str]) -> str:
    """Return the numbers of these debtors' locks as an array's text, in the one order in which all take them."""
    return f"{{{','.join(map(str, sorted({stripe(one) for one in debtors})))}}}"


class PostgresSession:
    """One transaction: what is to be written waits for the next trip, the last of which ends in COMMIT."""

    __slots__ = ("_connection", "_dialect", "_idle", "_place", "_waiting")

    def __init__(
        self, connection: Connection, dialect: PostgresDialect, place: str, begin: Sequence[Asked]
    ) -> None:
        self._connection = connection
        self._dialect = dialect
        self._place = place
        self._waiting: list[tuple[str, Sequence[Any], bool]] = [(*one, False) for one in begin]
        self._idle = len(begin)  # what waits while nothing was asked of the server

    def ask(self, *asked: Asked) -> list[list[Row]]:
        """Return the rows of each query, all of them in one trip."""
        return [cursor.fetchall() for cursor in self._sent(*asked)]

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        """Write at once; return how many rows changed."""
        return self._sent((statement, values))[0].rowcount

    def tell_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Write each of these at once, all of them in one trip; return how many rows changed."""
        if not rows:
            return 0
        if (many := self._dialect.many.get(statement)) is not None:
            return self.tell(many.statement, (many.value(rows),))
        return sum(cursor.rowcount for cursor in self._sent(*((statement, row) for row in rows)))

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write these rows in the next trip."""
        if len(rows) == 1:
            self._waiting.append((statement, rows[0], False))
        elif (many := self._dialect.many.get(statement)) is not None:
            self._waiting.append((many.statement, (many.value(rows),), False))
        elif rows:
            self._waiting.append((statement, rows, True))

    def commit(self) -> None:
        """Keep what was written; nothing is retried."""
        if len(self._waiting) == self._idle:
            return
        try:
            ended = self._sent(_COMMIT)[0].statusmessage
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
            raise StoreError(
                f"{self._place}: the connection broke at the commit, so what was asked may be recorded or not; "
                "nothing is sent for it, look before asking again",
                f"{self._place}：提交时连接中断，请求可能已记录也可能未记录；不会据此发送，重试前请先查询",
            ) from None
        if ended != "COMMIT":
            raise StoreError(
                f"{self._place}: the server undid the transaction; nothing was recorded, try again",
                f"{self._place}：服务器回滚了事务，未写入任何记录，请重试",
            )

    def _sent(self, *asked: Asked) -> list[Cursor]:
        """Send what waits and these, in one trip; return the cursors of these."""
        waiting, self._waiting, self._idle = self._waiting, [], -1
        if not waiting and len(asked) == 1:
            return [self._run(*asked[0])]
        cursors: list[Cursor] = []
        first: psycopg.Error | None = None
        try:
            with self._connection.pipeline():
                # Kept until the pipeline has ended: leaving it by an exception, psycopg would log a warning too.
                try:
                    for statement, values, several in waiting:
                        if several:
                            self._cursor().executemany(statement.encode(), values)
                        else:
                            self._run(statement, values)
                    cursors.extend([self._run(*one) for one in asked])
                except psycopg.Error as wrong:
                    first = wrong
        except psycopg.Error as wrong:
            raise first or wrong from None
        if first is not None:
            raise first
        return cursors

    def _run(self, statement: str, values: Sequence[Any]) -> Cursor:
        return self._cursor().execute(statement.encode(), values or None)

    def _cursor(self) -> Cursor:
        # Of psycopg's own kind, whatever cursors and rows the host's pool makes.
        return psycopg.Cursor(self._connection, row_factory=tuple_row)


class PostgresDatabase:
    """The schema as the shared verbs see it.

    ``ready`` raises until the store may be used; ``seconds`` bounds the wait for a connection; `clock` is asked of the
    server on the way.
    """

    def __init__(
        self,
        pool: ConnectionPool[Any],
        *,
        schema: str,
        place: str,
        seconds: float,
        ready: Callable[[], None],
        clock: ServerClock,
    ) -> None:
        self.dialect: PostgresDialect = PostgresDialect.of(schema)
        self._pool = pool
        self._place = place
        self._seconds = seconds
        self._ready = ready
        self._clock = clock
        self.lock: str = _LOCK.format(own=_OWN.format(schema=schema))

    @contextmanager
    def writing(self, debtors: Iterable[str] = ()) -> Generator[PostgresSession]:
        """A transaction in which nobody else decides about `debtors`; committed at its end, undone when it raises."""
        begin = [_WRITE]
        if several := set(debtors):
            begin.append((self.lock, (listed(several),)))
        with self._session(begin) as session:
            yield session

    @contextmanager
    def reading(self) -> Generator[PostgresSession]:
        """One consistent view."""
        with self._session([_READ]) as session:
            yield session

    @contextmanager
    def connection(self) -> Generator[Connection]:
        """A connection of the pool in autocommit, its faults told in one line."""
        self._ready()
        with told(self._place, self._seconds), self._pool.connection(self._seconds) as connection:
            own = connection.autocommit
            if not own:
                connection.set_autocommit(True)
            try:
                yield connection
            except BaseException:
                # What the first fault was is what is told.
                with suppress(psycopg.Error):
                    connection.rollback()
                raise
            finally:
                if not own:
                    with suppress(psycopg.Error):
                        connection.set_autocommit(False)

    @contextmanager
    def _session(self, begin: Sequence[Asked]) -> Generator[PostgresSession]:
        with self.connection() as connection:
            if self._clock.is_due:
                self._ask_clock(connection)
            session = PostgresSession(connection, self.dialect, self._place, begin)
            yield session
            session.commit()

    def _ask_clock(self, connection: Connection) -> None:
        asked = self._clock.reading()
        row = psycopg.Cursor(connection, row_factory=tuple_row).execute(_CLOCK).fetchone()
        if row is not None:
            self._clock.set(row[0], asked=asked, answered=self._clock.reading())

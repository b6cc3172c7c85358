"""Transactions of the ledger on MySQL: locks and reads in one trip, writes and the commit in another.

Nobody else decides about the debtors of a transaction: it holds row locks on a fixed table of stripes, taken in their
order before the first read. At READ COMMITTED each read sees what was committed before it began.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pymysql

from loansms.errors import StoreError
from loansms.stores.mysql.connections import Connections
from loansms.stores.mysql.dialect import MYSQL, PREFIX
from loansms.stores.sql.database import Asked, Row, stripe
from loansms.stores.sql.server_clock import ServerClock

if TYPE_CHECKING:
    from loansms.stores.mysql.connections import Connection

_WRITE: Final[Asked] = ("START TRANSACTION READ WRITE", ())
# One consistent view: the isolation of this transaction alone.
_READ: Final[tuple[Asked, ...]] = (
    ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ()),
    ("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", ()),
)
_COMMIT: Final[Asked] = ("COMMIT", ())
_CLOCK: Final = "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)"
_LOST: Final = {2006, 2013, 2014}


class MysqlSession:
    """One transaction: what is to be written waits for the next trip, the last of which ends in COMMIT."""

    __slots__ = ("_began", "_connection", "_place", "_waiting")

    def __init__(self, connection: Connection, place: str, begin: Sequence[Asked]) -> None:
        self._connection = connection
        self._place = place
        self._waiting = [self._said(*one) for one in begin]
        self._began = len(begin)

    def ask(self, *asked: Asked) -> list[list[Row]]:
        """Return the rows of each query, all of them in one trip."""
        return [rows for rows, _ in self._sent([self._said(*one) for one in asked])]

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        """Write at once; return how many rows changed."""
        return self._sent([self._said(statement, values)])[0][1]

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write these rows in the next trip; rows of an INSERT travel as one statement."""
        head, values, end = _parts(statement)
        if values and len(rows) > 1:
            told = ", ".join([self._said(values, row) for row in rows])
            self._waiting.append("".join((head, told, end)))
        else:
            self._waiting += [self._said(statement, row) for row in rows]

    def commit(self) -> None:
        """Keep what was written; nothing is retried."""
        if self._began and len(self._waiting) == self._began:
            return  # nothing was asked of the server
        try:
            self._sent([self._said(*_COMMIT)])
        except pymysql.Error as wrong:
            if wrong.args and wrong.args[0] in _LOST:
                raise StoreError(
                    f"{self._place}: the connection broke at the commit, so what was asked may be recorded or not; "
                    "nothing is sent for it, look before asking again",
                    f"{self._place}：提交时连接中断，请求可能已记录也可能未记录；不会据此发送，重试前请先查询",
                ) from None
            raise

    def _said(self, statement: str, values: Sequence[Any]) -> str:
        with self._connection.cursor() as cursor:
            said: str = cursor.mogrify(statement, tuple(values) or None)
        return said

    def _sent(self, asked: Sequence[str]) -> list[tuple[list[Row], int]]:
        """Send what waits and these in one trip; return the rows and the count of each of these."""
        waiting, self._waiting, self._began = self._waiting, [], 0
        told: list[tuple[list[Row], int]] = []
        with self._connection.cursor() as cursor:
            cursor.execute("; ".join([*waiting, *asked]))
            while True:
                rows = list(cursor.fetchall()) if cursor.description else []
                told.append((rows, cursor.rowcount))
                if not cursor.nextset():
                    break
        return told[len(told) - len(asked) :]


class MysqlDatabase:
    """The tables as the shared verbs see them; `clock` is asked of the server on the way, ``ready``
    raises until the store may be used."""

    dialect = MYSQL

    def __init__(self, connections: Connections, clock: ServerClock, ready: Callable[[], None]) -> None:
        self._connections = connections
        self._ready = ready
        self._clock = clock

    @contextmanager
    def writing(self, debtors: Iterable[str] = ()) -> Generator[MysqlSession]:
        """A transaction in which nobody else decides about `debtors`; committed at its end, undone when it raises."""
        begin: list[Asked] = [_WRITE]
        if stripes := sorted({stripe(one) for one in debtors}):
            marks = ", ".join(map(str, stripes))
            begin.append(
                (
                    " ".join(
                        (
                            "SELECT number FROM",
                            f"{PREFIX}stripe",
                            "WHERE number IN (",
                            marks,
                            ") ORDER BY number FOR UPDATE",
                        )
                    ),
                    (),
                )
            )
        with self._session(begin) as session:
            yield session

    @contextmanager
    def reading(self) -> Generator[MysqlSession]:
        """One consistent view."""
        with self._session(_READ) as session:
            yield session

    @contextmanager
    def _session(self, begin: Sequence[Asked]) -> Generator[MysqlSession]:
        self._ready()
        with self._connections.taken() as connection:
            if self._clock.is_due:
                self._ask_clock(connection)
            session = MysqlSession(connection, self._connections.place, begin)
            yield session
            session.commit()

    def _ask_clock(self, connection: Connection) -> None:
        asked = self._clock.reading()
        with connection.cursor() as cursor:
            cursor.execute(_CLOCK)
            row = cursor.fetchone()
        if row is not None:
            self._clock.set(int(row[0]), asked=asked, answered=self._clock.reading())


def _parts(statement: str) -> tuple[str, str, str]:
    """Return an INSERT in three: up to its values, the values of one row, and what comes after; else no values."""
    head, found, rest = statement.partition(" VALUES ")
    if not found or not statement.startswith("INSERT"):
        return statement, "", ""
    end = rest.index(")") + 1
    return head + found, rest[:end], rest[end:]

"""Transactions of the ledger on MySQL: locks and reads in one trip, writes and the commit in another.

Nobody else decides about the debtors of a transaction: it holds a row of `loansms_ledger_stripe` for each, locked before the
first read. The rows are 1,024 and are locked in one order, so nobody waits in a circle and a batch of any size holds few.
At READ COMMITTED each statement sees what was committed before it began: what is read under the locks is the newest.

Several statements travel in one packet. The server ends at the first that fails, so a COMMIT at the end is reached
only when all before it went well; every value is escaped by PyMySQL under the SQL mode this store sets.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from loansms.stores.mysql.connections import Connection, Connections
from loansms.stores.mysql.dialect import MysqlDialect
from loansms.stores.mysql.faults import told
from loansms.stores.mysql.literals import Literals
from loansms.stores.sql.database import Asked, Row, stripe
from loansms.stores.sql.server_clock import ServerClock

_PACKET = 1_000_000  # characters; a server takes 16 MB and more (max_allowed_packet)
_WRITE = ("START TRANSACTION READ WRITE",)
_READ = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_COMMIT = "COMMIT"
_NOW = "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)"
# Counted, as rows would have to be read; the primary key is walked in its order. A stop waits for all who decide.
_LOCK = "SELECT COUNT(*) FROM loansms_ledger_stripe FORCE INDEX (PRIMARY) WHERE n IN ({}) FOR UPDATE"
_LOCK_ALL = "SELECT COUNT(*) FROM loansms_ledger_stripe FORCE INDEX (PRIMARY) WHERE n >= 0 FOR UPDATE"


class _Told(NamedTuple):
    """What the server answered to one statement."""

    rows: list[Row]
    changed: int
    skipped: bool


class MysqlSession:
    """One transaction: what is to be written waits for the next trip, the last of which ends in COMMIT."""

    __slots__ = ("_begun", "_cursor", "_dialect", "_place", "_seconds", "_waiting", "_writes")

    def __init__(
        self, connection: Connection, dialect: MysqlDialect, begin: Sequence[str], place: str, seconds: float
    ) -> None:
        self._cursor = connection.cursor()
        self._dialect = dialect
        self._waiting = [*begin]
        self._writes = begin is not _READ
        self._begun = False
        self._place = place
        self._seconds = seconds

    def ask(self, *asked: Asked) -> list[list[Row]]:
        """Return the rows of each query: in one trip, and in another those of the few that have any."""
        said = [self._said(*one) for one in asked]
        looked = self._writes and len(said) > 1 and sum(map(len, said)) < _PACKET
        there = self._there(said) if looked else [True] * len(said)
        answers = iter(self._sent(*(one for one, found in zip(said, there, strict=True) if found)))
        told = [next(answers).rows if found else [] for found in there]
        for (statement, _), rows in zip(asked, told, strict=True):
            if (columns := self._dialect.ordered.get(statement)) is not None:
                rows.sort(key=lambda row: row[:columns])
        return told

    def _there(self, said: Sequence[str]) -> list[bool]:
        """Return which of these queries have rows: most of a claim's have none, and a result costs more than a look."""
        # One column of bits: PyMySQL takes as long to learn of a column as the server to look.
        looks = " | ".join(
            f"(EXISTS({one.removesuffix(self._dialect.taking)}) << {place})" for place, one in enumerate(said)
        )
        found: int = self._sent(f"SELECT {looks}")[0].rows[0][0]
        return [bool(found >> place & 1) for place in range(len(said))]

    def tell(self, statement: str, values: Sequence[Any]) -> int:
        """Write at once; return how many rows there were to change."""
        first = [_LOCK_ALL] if statement in self._dialect.halting else []
        return _changed(self._sent(*first, self._said(statement, values))[-1:])

    def tell_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Write each of these at once, in as few trips as packets allow; return how many rows there were to change."""
        return _changed(self._sent(*(self._said(statement, row) for row in rows)))

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write these rows in the next trip."""
        many = self._dialect.many.get(statement)
        if many is not None:
            self._waiting += many.inserts(rows, Literals(self._literal))
        else:
            self._waiting += [self._said(statement, row) for row in rows]
        self._begun = self._begun or bool(rows)

    def commit(self) -> None:
        """Keep what was written; nothing is retried."""
        if self._begun:
            self._sent(_COMMIT)

    def _said(self, statement: str, values: Sequence[Any]) -> str:
        return self._cursor.mogrify(statement, values) if values else statement

    def _literal(self, value: object) -> str:
        text: str = self._cursor.mogrify("%s", (value,))
        return text

    def _sent(self, *asked: str) -> list[_Told]:
        """Send what waits and these, in as few trips as packets allow; return the answers to these."""
        if not asked:
            return []
        waiting, self._waiting, self._begun = self._waiting, [], True
        answers: list[_Told] = []
        for packet in _packets([*waiting, *asked]):
            with told(self._place, self._seconds, committing=packet[-1] == _COMMIT):
                answers += self._answers(packet)
        return answers[len(waiting) :]

    def _answers(self, packet: Sequence[str]) -> list[_Told]:
        cursor = self._cursor
        cursor.execute(";\n".join(packet))
        answers: list[_Told] = []
        while True:
            rows = list(cursor.fetchall()) if cursor.description else []
            answers.append(_Told(rows, cursor.rowcount, bool(cursor.lastrowid)))
            if not cursor.nextset():
                return answers


def _changed(answers: Sequence[_Told]) -> int:
    return sum(0 if one.skipped else one.changed for one in answers)


class MysqlDatabase:
    """The database as the shared verbs see it; ``ready`` raises until the store may be used."""

    def __init__(self, connections: Connections, ready: Callable[[], None], clock: ServerClock) -> None:
        self.dialect: MysqlDialect = MysqlDialect.make()
        self._connections = connections
        self._ready = ready
        self._clock = clock

    @contextmanager
    def writing(self, debtors: Iterable[str] = ()) -> Generator[MysqlSession]:
        """A transaction in which nobody else decides about `debtors`; committed at its end, undone when it raises."""
        begin = [*_WRITE]
        if stripes := sorted({stripe(one) for one in debtors}):
            begin.append(_LOCK.format(", ".join(map(str, stripes))))
        with self._session(begin) as session:
            yield session

    @contextmanager
    def reading(self) -> Generator[MysqlSession]:
        """One consistent view."""
        with self._session(_READ) as session:
            yield session

    @contextmanager
    def _session(self, begin: Sequence[str]) -> Generator[MysqlSession]:
        self._ready()
        place, seconds = str(self._connections.place), self._connections.seconds
        with self._connections.lent() as connection:
            if self._clock.is_due:
                with told(place, seconds):
                    self._ask_clock(connection)
            session = MysqlSession(connection, self.dialect, begin, place, seconds)
            yield session
            session.commit()

    def _ask_clock(self, connection: Connection) -> None:
        cursor = connection.cursor()
        asked = self._clock.reading()
        cursor.execute(_NOW)
        for (now,) in cursor.fetchall():
            self._clock.set(now, asked=asked, answered=self._clock.reading())


def _packets(statements: Sequence[str]) -> Iterable[list[str]]:
    packet: list[str] = []
    size = 0
    for one in statements:
        if packet and size + len(one) > _PACKET:
            yield packet
            packet, size = [], 0
        packet.append(one)
        size += len(one)
    if packet:
        yield packet

"""Connections to one MySQL server: each set up and checked when it is made, lent to one thread at a time.

A connection that lay idle is asked whether it lives before it is lent; one that does not is replaced. That is all that
is ever tried twice: what fails once a transaction has begun is told.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import Any, TypeAlias

from loansms.errors import ConfigurationError, MissingExtra

try:
    import pymysql
    from pymysql.constants import CLIENT
except ImportError:
    raise MissingExtra("mysql", "MysqlStore") from None

from loansms.stores.mysql.faults import crowded, fault, told
from loansms.stores.mysql.place import Place
from loansms.stores.mysql.server import SHOW, refusal, settings

Connection: TypeAlias = "pymysql.connections.Connection[Any]"

_TRUSTED = 1.0  # seconds a connection may lie idle before it is asked; a question costs a round trip
_FLAGS = CLIENT.MULTI_STATEMENTS | CLIENT.FOUND_ROWS


class Connections:
    """Up to ``most`` connections of this process; ``seconds`` bounds every wait."""

    def __init__(
        self, place: Place, *, seconds: float, most: int, tls: SSLContext | dict[str, Any] | None
    ) -> None:
        if most < 1:
            raise ConfigurationError("pool_max: expected 1 or more", "pool_max 应为 1 或更大")
        self.place = place
        self.seconds = seconds
        self._tls = tls
        self._free = threading.BoundedSemaphore(most)
        self._idle: list[tuple[Connection, float]] = []  # the last to come back is the first to go
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._closed = False

    @contextmanager
    def lent(self) -> Generator[Connection]:
        """Lend a connection in no transaction; one that is broken or left in a transaction does not come back."""
        self._check()
        if not self._free.acquire(timeout=self.seconds):
            raise crowded(str(self.place), self.seconds)
        try:
            connection = self._living() or self._made(self.seconds)
            try:
                yield connection
            except BaseException:
                _end(connection)
                raise
            self._take_back(connection)
        finally:
            self._free.release()

    @contextmanager
    def apart(self, seconds: float) -> Generator[Connection]:
        """Give a connection of its own that waits up to `seconds` for an answer, closed at the end."""
        self._check()
        connection = self._made(seconds)
        try:
            yield connection
        finally:
            _end(connection)

    def close(self) -> None:
        """Close what is not lent; what is, is closed when it comes back."""
        if os.getpid() != self._pid:  # the parent's
            return
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            _end(connection)

    def _check(self) -> None:
        if os.getpid() != self._pid:
            raise fault(
                str(self.place),
                "opened before a fork; open the store again in the child process",
                "在 fork 之前打开，请在子进程中重新打开",
            )
        if self._closed:
            raise fault(str(self.place), "is closed; open the store anew", "已关闭，请重新打开")

    def _living(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection, since = self._idle.pop()
            if time.monotonic() - since < _TRUSTED or _lives(connection):
                return connection
            _end(connection)

    def _take_back(self, connection: Connection) -> None:
        with self._lock:
            if connection.open and not self._closed:
                self._idle.append((connection, time.monotonic()))
                return
        _end(connection)

    def _options(self, seconds: float) -> dict[str, Any]:
        """Return what a connection takes whose longest answer is `seconds`, the password among it."""
        return {
            **self.place.options,
            "charset": "utf8mb4",
            "client_flag": _FLAGS,
            "autocommit": True,
            "connect_timeout": max(1, round(self.seconds)),
            # Later than the server's own limit, so that it is the server who ends what takes too long.
            "read_timeout": seconds + 1,
            "write_timeout": seconds + 1,
            "ssl": self._tls,
            "program_name": "loansms",
        }

    def _made(self, seconds: float) -> Connection:
        place = str(self.place)
        limit = max(1, round(seconds))
        with told(place, self.seconds):
            connection: Connection = pymysql.connect(**self._options(seconds))
            try:
                cursor = connection.cursor()
                for setting in settings(limit):
                    cursor.execute(setting)
                cursor.execute(SHOW)
                wrong = refusal({str(name): str(value) for name, value in cursor.fetchall()})
            except BaseException:
                _end(connection)
                raise
        if wrong is not None:
            _end(connection)
            raise fault(place, *wrong)
        return connection


def _lives(connection: Connection) -> bool:
    try:
        connection.ping(reconnect=False)
    except pymysql.MySQLError:
        return False
    return True


def _end(connection: Connection) -> None:
    with suppress(pymysql.MySQLError):
        connection.close()

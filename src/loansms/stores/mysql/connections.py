"""Connections to one MySQL or MariaDB server: set up as a ledger needs them, checked, shared by threads.

A connection that lay idle is asked whether it still lives before a transaction begins on it; one that broke is thrown
away. Nothing that may have been committed is ever tried again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from pymysql.constants import CLIENT

from loansms.errors import ConfigurationError, StoreError
from loansms.privacy import Secret
from loansms.stores.mysql.faults import told

if TYPE_CHECKING:
    Connection = pymysql.Connection[Any]

_IDLE_FOR: Final = 5.0  # seconds after which a connection is asked whether it lives
_SETUP: Final = (
    "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = %s",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
)


def login_of(dsn: str) -> tuple[str, dict[str, Any]]:
    """Return where a DSN leads, without its login, and what PyMySQL is told.

    >>> login_of("mysql://app:pw@db.internal:3306/lending")[0]
    'mysql db.internal:3306/lending'
    """
    parts = urlsplit(dsn)
    database = parts.path.lstrip("/")
    if parts.scheme not in ("mysql", "mariadb") or not database:
        raise ConfigurationError(
            "MysqlStore: expected a dsn such as mysql://user:password@host:3306/database",
            "MysqlStore：dsn 形如 mysql://user:password@host:3306/database",
        )
    more = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = sorted(set(more) - {"unix_socket"})
    if unknown:
        raise ConfigurationError(
            f"MysqlStore: the dsn knows no {', '.join(unknown)} (unix_socket alone); give TLS as ssl=",
            f"MysqlStore：dsn 不支持参数 {'、'.join(unknown)}（仅支持 unix_socket）；TLS 请用 ssl=",
        )
    login: dict[str, Any] = {
        "host": parts.hostname or "localhost",
        "port": parts.port or 3306,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": database,
        **more,
    }
    where = more.get("unix_socket") or f"{login['host']}:{login['port']}"
    return f"mysql {where}/{database}", login


class Connections:
    """At most `most` connections; ``seconds`` bounds the wait for one, for an answer, and for a lock."""

    def __init__(self, dsn: str, *, ssl: SSLContext | None, seconds: float, most: int) -> None:
        self.place, login = login_of(dsn)
        login |= {
            "charset": "utf8mb4",
            "autocommit": True,
            "client_flag": CLIENT.MULTI_STATEMENTS,
            "connect_timeout": max(1, round(seconds)),
            # Longer than the wait for a lock, whose end the server tells itself: then nothing was recorded.
            "read_timeout": 2 * seconds + 1,
            "write_timeout": seconds,
        }
        if ssl is not None:
            login["ssl"] = ssl
        self._login = Secret(login)
        self._seconds = seconds
        self._room = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._free: list[tuple[Connection, float]] = []
        self._pid = os.getpid()
        self._closed = False

    def __repr__(self) -> str:
        return f"Connections({self.place!r})"

    @contextmanager
    def taken(self) -> Generator[Connection]:
        """Lend a connection outside any transaction; it comes back unless it broke."""
        if os.getpid() != self._pid:
            raise StoreError(
                f"{self.place}: opened before a fork; open the store again in the child process",
                f"{self.place}：在 fork 之前打开，请在子进程中重新打开",
            )
        if self._closed:
            raise StoreError(
                f"{self.place}: the store is closed; open it anew", f"{self.place}：存储已关闭，请重新打开"
            )
        if not self._room.acquire(timeout=self._seconds):
            raise StoreError(
                f"{self.place}: every connection is in use; raise pool_max or lower the number of workers",
                f"{self.place}：连接均被占用，请调大 pool_max 或减少并发",
            )
        try:
            with told(self.place):
                connection = self._living()
                sound = False
                try:
                    yield connection
                    sound = True
                finally:
                    self._back(connection, sound=sound)
        finally:
            self._room.release()

    def close(self) -> None:
        """Close what is free; what is lent is closed when it comes back."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        if os.getpid() == self._pid:
            for connection, _ in free:
                _end(connection)

    def _living(self) -> Connection:
        while True:
            with self._lock:
                found = self._free.pop() if self._free else None
            if found is None:
                return self._made()
            connection, since = found
            if time.monotonic() - since < _IDLE_FOR:
                return connection
            try:
                connection.ping(reconnect=False)
            except pymysql.Error:
                _end(connection)
            else:
                return connection

    def _made(self) -> Connection:
        made: Connection = pymysql.connect(**self._login.reveal())
        with made.cursor() as cursor:
            cursor.execute(_SETUP[0], (max(1, round(self._seconds)),))
            cursor.execute(_SETUP[1])
        return made

    def _back(self, connection: Connection, *, sound: bool) -> None:
        if not sound:
            # Whatever was begun is undone; a connection in an unknown state serves nobody.
            _end(connection)
            return
        with self._lock:
            if not self._closed:
                self._free.append((connection, time.monotonic()))
                return
        _end(connection)


def _end(connection: Connection) -> None:
    with suppress(pymysql.Error, OSError):
        connection.close()

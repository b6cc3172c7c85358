"""Where a MySQL server is: a URL of a login, a server and a database; its name in errors never tells the login.

>>> where = Place.of("mysql://u:secret@db.example:3307/loans")
>>> where, str(where)
(Place('db.example:3307/loans'), 'MySQL db.example:3307/loans')
>>> Place.of("mysql://u@/loans?unix_socket=/run/mysqld/mysqld.sock").options["unix_socket"]
'/run/mysqld/mysqld.sock'
"""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import field, frozen

from loansms.errors import ConfigurationError

_SCHEMES = ("mysql", "mariadb", "mysql+pymysql")
_PORT = 3306


@frozen
class Place:
    """A database on a server; ``options`` are what a connection to it takes, the password among them."""

    name: str
    options: dict[str, Any] = field(repr=False, kw_only=True)

    def __repr__(self) -> str:
        return f"Place({self.name!r})"

    def __str__(self) -> str:
        return f"MySQL {self.name}"

    @classmethod
    def of(cls, dsn: str) -> Self:
        """Return what a DSN names.

        Raises:
            ConfigurationError: It is none; the DSN itself is never told, for it may hold a password.
        """
        try:
            given = urlsplit(dsn)
            port = given.port or _PORT
        except ValueError:
            raise _unreadable() from None
        database = unquote(given.path.removeprefix("/"))
        extra = dict(parse_qsl(given.query))
        socket = extra.pop("unix_socket", "")
        if given.scheme not in _SCHEMES or not database or "/" in database or extra:
            raise _unreadable()
        if not (given.hostname or socket):
            raise _unreadable()
        options: dict[str, Any] = {
            "user": unquote(given.username or ""),
            "password": unquote(given.password or ""),
            "database": database,
        }
        if socket:
            return cls(f"{socket}/{database}", options={**options, "unix_socket": socket})
        return cls(
            f"{given.hostname}:{port}/{database}", options={**options, "host": given.hostname, "port": port}
        )


def _unreadable() -> ConfigurationError:
    return ConfigurationError(
        "dsn: expected mysql://user:password@host:port/database, or ?unix_socket=PATH in place of a host; "
        "settings of TLS go to ssl=",
        "dsn 应为 mysql://用户:密码@主机:端口/数据库，或以 ?unix_socket=路径 代替主机；TLS 设置请用 ssl=",
    )

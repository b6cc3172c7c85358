"""Where a PostgreSQL server is: a DSN with time limits, its name in errors, and what a host's pool connects to.

>>> place_of(conninfo_of("postgresql://u:secret@db.example/loans", 5.0))
'PostgreSQL db.example loans'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from loansms.errors import ConfigurationError

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

# What psycopg's connect() takes beside the parameters of libpq.
_OF_PSYCOPG = {"autocommit", "prepare_threshold", "context", "row_factory", "cursor_factory"}


def conninfo_of(dsn: str, seconds: float) -> str:
    """Return `dsn` with time limits, where it sets none itself."""
    try:
        given = conninfo_to_dict(dsn)
    except ProgrammingError:
        # Its own message quotes the DSN, password and all.
        raise ConfigurationError(
            "dsn: expected postgresql://user@host:port/database or key=value pairs",
            "dsn 应为 postgresql://用户@主机:端口/数据库 或 键=值 形式",
        ) from None
    limits: dict[str, str | int] = {
        "connect_timeout": max(2, round(seconds)),
        "keepalives_idle": 30,
        "tcp_user_timeout": round(seconds * 1000),
        "fallback_application_name": "loansms",
    }
    return make_conninfo(dsn, **{name: value for name, value in limits.items() if name not in given})


def place_of(conninfo: str) -> str:
    """Return how errors name the server: host and database, never the login."""
    given = conninfo_to_dict(conninfo)
    parts = [str(given[name]) for name in ("host", "port", "dbname") if given.get(name)]
    return " ".join(["PostgreSQL", *parts])


def dsn_of_pool(pool: AsyncConnectionPool[Any] | None) -> str:
    """Return where the host's pool connects to."""
    given: object = getattr(pool, "conninfo", None)
    options: object = getattr(pool, "kwargs", None) or {}
    if not isinstance(given, str) or not isinstance(options, dict):
        raise ConfigurationError(
            "pool: expected one whose conninfo is text; give a dsn instead",
            "pool 的 conninfo 应为文本；否则请改用 dsn",
        )
    named = cast("dict[str, Any]", options)
    return make_conninfo(given, **{name: one for name, one in named.items() if name not in _OF_PSYCOPG})

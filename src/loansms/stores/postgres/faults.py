"""PostgreSQL's faults in one plain line each: what happened and what to do, never a value, never its own words.

A server's message may quote a row, and a connection's may quote the DSN; so only the SQLSTATE is told.

>>> import psycopg
>>> with told("PostgreSQL", 5.0):
...     raise psycopg.errors.DiskFull("could not extend file for row (secret)")
Traceback (most recent call last):
loansms.errors.StoreError: PostgreSQL: the server's disk is full; nothing was recorded (SQLSTATE 53100)
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from loansms.errors import StoreError


class TwinId(StoreError):
    """Another transaction opened a challenge of the same id at the same moment."""


class NotPlain(StoreError):
    """The claims of a batch have to be decided one by one; nothing was recorded."""


_SLOW = (
    "no answer in {seconds:g} s; the server or another transaction is too slow, try again",
    "{seconds:g} 秒内没有应答，服务器或其他事务过慢，请重试",
)
_AWAY = (
    "cannot be reached or refused the connection; check the server, its address, the database and the login",
    "无法连接或连接被拒绝，请检查服务器、地址、数据库与登录信息",
)
_MISSING = (
    "the tables or functions of loansms are missing; use migrate=True or have the owner run schema_sql()",
    "缺少 loansms 的表或函数；请用 migrate=True 建立，或由所有者执行 schema_sql()",
)
_AGAIN = (
    "another transaction came in between; nothing was recorded, try again",
    "与其他事务冲突，未写入任何记录，请重试",
)
# By SQLSTATE, the longest beginning first (PostgreSQL manual, appendix A).
_FAULTS = {
    "25006": (
        "is read-only (a standby?); a store needs a server that can write",
        "只读（可能是备库）；存储需要可写的服务器",
    ),
    "42501": (
        "the login lacks a right; have the owner run schema_sql() and grant_sql()",
        "该登录权限不足；请由所有者执行 schema_sql() 与 grant_sql()",
    ),
    "53100": ("the server's disk is full; nothing was recorded", "服务器磁盘已满，未写入任何记录"),
    "53300": ("has too many connections; lower the pools' sizes", "连接数过多，请减小连接池"),
    "42P01": _MISSING,
    "42883": _MISSING,
    "3F000": _MISSING,
    "57014": _SLOW,
    "55P03": _SLOW,
    "40001": _AGAIN,
    "40P01": _AGAIN,
    "08": _AWAY,
    "28": _AWAY,
    "3D": _AWAY,
    "57P": _AWAY,
}
_OTHER = ("the server refused", "服务器拒绝执行")


@contextmanager
def told(place: str, seconds: float) -> Generator[None]:
    """Turn a fault of psycopg or its pool into one StoreError about `place`; `seconds` is the time limit."""
    try:
        yield
    except psycopg.Error as wrong:
        raise _told_of(wrong, place, seconds) from None


def _told_of(wrong: psycopg.Error, place: str, seconds: float) -> StoreError:
    code = wrong.sqlstate or ""
    if code == "23505":
        return TwinId(f"{place}: this id is there already", f"{place}：编号已存在")
    if code == "LS001":
        return NotPlain(f"{place}: to be decided one by one", f"{place}：须逐条判断")
    english, chinese = _sentence(wrong, code)
    state = f" (SQLSTATE {code})" if code else ""
    return StoreError(
        f"{place}: {english.format(seconds=seconds)}{state}",
        f"{place}：{chinese.format(seconds=seconds)}{state}",
    )


def _sentence(wrong: psycopg.Error, code: str) -> tuple[str, str]:
    if isinstance(wrong, PoolTimeout | TooManyRequests | psycopg.errors.ConnectionTimeout):
        return _SLOW
    if isinstance(wrong, PoolClosed):
        return "its pool is closed; open the store or the pool anew", "连接池已关闭，请重新打开"
    for beginning, sentence in _FAULTS.items():
        if code.startswith(beginning):
            return sentence
    return _AWAY if not code and isinstance(wrong, psycopg.OperationalError) else _OTHER

"""MySQL's faults in one plain line each: what happened and what to do, never a value, never its own words.

A server's message may quote a row, and a connection's may quote the login; so only the number is told.

>>> import pymysql
>>> with told("MySQL"):
...     raise pymysql.err.OperationalError(1021, "Disk full (secret)")
Traceback (most recent call last):
loansms.errors.StoreError: MySQL: the server's disk is full; nothing was recorded (error 1021)
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import pymysql

from loansms.errors import StoreError

_AWAY: Final = (
    "cannot be reached or refused the connection; check the server, its address, the database and the login",
    "无法连接或连接被拒绝，请检查服务器、地址、数据库与登录信息",
)
_SLOW: Final = (
    "no answer in time, or another transaction holds the rows too long; nothing was recorded, try again",
    "等待超时或其他事务长时间占用，未写入任何记录，请重试",
)
_FULL: Final = ("the server's disk is full; nothing was recorded", "服务器磁盘已满，未写入任何记录")
_READ_ONLY: Final = (
    "is read-only (a replica?); a ledger needs a server that can write",
    "只读（可能是从库）；账本需要可写的服务器",
)
_MISSING: Final = (
    "the tables of loansms are missing; use migrate=True or have the owner run schema_sql()",
    "缺少 loansms 的表；请用 migrate=True 或由所有者执行 schema_sql()",
)
_AGAIN: Final = (
    "the server undid the transaction (deadlock); nothing was recorded, try again",
    "服务器回滚了事务（死锁），未写入任何记录，请重试",
)
_RIGHTS: Final = ("the login lacks a right it needs", "登录账号缺少所需权限")
_LONG: Final = (
    "an id is longer than its column (255 characters at most); nothing was recorded",
    "某个编号超过列长（最多 255 个字符），未写入任何记录",
)
_FAULTS: Final = {
    1021: _FULL, 1114: _FULL, 3: _FULL, 28: _FULL,
    1290: _READ_ONLY, 1792: _READ_ONLY, 1836: _READ_ONLY,
    1146: _MISSING, 1054: _MISSING,
    1205: _SLOW, 3024: _SLOW, 1969: _SLOW,
    1213: _AGAIN,
    1044: _RIGHTS, 1142: _RIGHTS, 1227: _RIGHTS,
    1406: _LONG,
    1045: _AWAY, 1049: _AWAY, 1040: _AWAY, 2002: _AWAY, 2003: _AWAY, 2005: _AWAY, 2006: _AWAY, 2013: _AWAY, 2014: _AWAY,
}  # fmt: skip
_OTHER: Final = ("the server refused", "服务器拒绝执行")


@contextmanager
def told(place: str) -> Generator[None]:
    """Turn a fault of PyMySQL into one StoreError about `place`."""
    try:
        yield
    except pymysql.Error as wrong:
        raise fault(wrong, place) from None


def fault(wrong: pymysql.Error, place: str) -> StoreError:
    """Return the one line for a fault."""
    number = wrong.args[0] if wrong.args and isinstance(wrong.args[0], int) else 0
    english, chinese = _FAULTS.get(number, _AWAY if isinstance(wrong, pymysql.InterfaceError) else _OTHER)
    said = f" (error {number})" if number else ""
    return StoreError(f"{place}: {english}{said}", f"{place}：{chinese}{said}")

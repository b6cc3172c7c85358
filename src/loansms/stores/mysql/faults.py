"""MySQL's faults in one plain line each: what happened and what to do, never a value, never the server's own words.

A server's message may quote a row, and a connection's may quote the login; so only the error's number is told.

>>> from pymysql.err import IntegrityError
>>> with told("MySQL", 5.0):
...     raise IntegrityError(1406, "Data too long for column 'debtor' (secret)")
Traceback (most recent call last):
loansms.errors.StoreError: MySQL: a value is longer than its column, of ids 255 characters; nothing was recorded (error 1406)
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pymysql.err import MySQLError

from loansms.errors import StoreError

Sentence = tuple[str, str]

_SLOW = (
    "no answer in {seconds:g} s; the server or another transaction is too slow, try again",
    "{seconds:g} 秒内没有应答，服务器或其他事务过慢，请重试",
)
_AWAY = (
    "cannot be reached or refused the connection; check the server, its address, the database and the login",
    "无法连接或连接被拒绝，请检查服务器、地址、数据库与登录信息",
)
_BROKEN = (
    "the connection broke before the commit; nothing was recorded, try again",
    "连接在提交前中断，未写入任何记录，请重试",
)
_UNKNOWN = (
    "the connection broke at the commit, so what was asked may be recorded or not; look before asking again",
    "提交时连接中断，请求可能已记录也可能未记录，重试前请先查询",
)
_AGAIN = (
    "another transaction came in between; nothing was recorded, try again",
    "与其他事务冲突，未写入任何记录，请重试",
)
_FULL = (
    "the server cannot write, its disk may be full; nothing was recorded",
    "服务器无法写入，磁盘可能已满，未写入任何记录",
)
_READ_ONLY = (
    "is read-only (a replica?); a store needs a server that can write",
    "只读（可能是从库）；存储需要可写的服务器",
)
_CROWDED = ("has too many connections; lower the pools' sizes", "连接数过多，请减小连接池")
_RIGHTS = (
    "the login lacks a right; have the owner run schema_sql() and grant SELECT, INSERT, UPDATE and DELETE",
    "该登录权限不足；请由所有者执行 schema_sql()，并授予 SELECT、INSERT、UPDATE、DELETE 权限",
)
_MISSING = (
    "the tables of loansms are missing; use migrate=True or have the owner run schema_sql()",
    "缺少 loansms 的表；请用 migrate=True 建立，或由所有者执行 schema_sql()",
)
_LONG = (
    "a value is longer than its column, of ids 255 characters; nothing was recorded",
    "有值超过列长（编号至多 255 个字符），未写入任何记录",
)
_PACKET = (
    "the batch is larger than the server's max_allowed_packet; ask in smaller batches",
    "批次超过服务器的 max_allowed_packet，请减小批次",
)
_OTHER = ("the server refused", "服务器拒绝执行")

# By number: MySQL's Server Error Message Reference, MariaDB's Error Codes.
_FAULTS: dict[int, Sentence] = {
    **dict.fromkeys((1205, 1969, 3024, 3572), _SLOW),
    **dict.fromkeys((1020, 1048, 1062, 1213), _AGAIN),
    **dict.fromkeys((3, 1021, 1026, 1030, 1114), _FULL),
    **dict.fromkeys((1036, 1290, 1792, 1836, 1874), _READ_ONLY),
    **dict.fromkeys((1040, 1203, 1226), _CROWDED),
    **dict.fromkeys((1142, 1143, 1227), _RIGHTS),
    **dict.fromkeys((1044, 1045, 1049, 1130, 1698, 2002, 2003, 2005), _AWAY),
    **dict.fromkeys((1264, 1406), _LONG),
    1146: _MISSING,
    1153: _PACKET,
}
# The connection is gone: what the server had been asked last may be done or not.
_LOST = frozenset({0, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2014, 2027, 2055})


@contextmanager
def told(place: str, seconds: float, *, committing: bool = False) -> Generator[None]:
    """Turn a fault of PyMySQL into one StoreError about `place`; `seconds` is the time limit.

    ``committing``: the COMMIT was on its way, so who loses the connection cannot know.
    """
    try:
        yield
    except MySQLError as wrong:
        raise _told_of(wrong, place, seconds, committing=committing) from None


def fault(place: str, english: str, chinese: str) -> StoreError:
    """Return the error of a server that this store refuses."""
    return StoreError(f"{place}: {english}", f"{place}：{chinese}")


def crowded(place: str, seconds: float) -> StoreError:
    """Return the error of who waited too long for a connection of the pool."""
    return fault(place, *(one.format(seconds=seconds) for one in _SLOW))


def _told_of(wrong: MySQLError, place: str, seconds: float, *, committing: bool) -> StoreError:
    number = wrong.args[0] if wrong.args and isinstance(wrong.args[0], int) else None
    english, chinese = _sentence(wrong, number, committing=committing)
    state = f" (error {number})" if number else ""
    return StoreError(
        f"{place}: {english.format(seconds=seconds)}{state}",
        f"{place}：{chinese.format(seconds=seconds)}{state}",
    )


def _sentence(wrong: MySQLError, number: int | None, *, committing: bool) -> Sentence:
    # Without a number it is PyMySQL that could not read on.
    if number is None or number in _LOST:
        if committing:
            return _UNKNOWN
        return _SLOW if isinstance(wrong.__context__, TimeoutError) else _BROKEN
    return _FAULTS.get(number, _OTHER)

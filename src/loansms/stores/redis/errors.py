"""What a Redis server or the way to it can do wrong, told as one StoreError: where and what, never a value.

>>> from redis.exceptions import ResponseError
>>> str(told(ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"), "db:6379"))
'Redis at db:6379: refused the command (WRONGTYPE); see its log'
"""

from __future__ import annotations

import re

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - by its own name it stands in every log
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError,  # noqa: A004
)

from loansms.errors import StoreError

_SAID: tuple[tuple[type[Exception], str, str], ...] = (
    (
        TimeoutError,
        "gave no answer in time: whether it counted is unknown, and nothing was sent again",
        "未及时应答：是否已计数不明，未重发",
    ),
    (AuthenticationError, "refused the name or the password; mend the url", "拒绝了用户名或密码，请更正 url"),
    (AuthorizationError, "refused the name or the password; mend the url", "拒绝了用户名或密码，请更正 url"),
    (
        NoPermissionError,
        "this user may not run scripts on the keys {loansms:*}",
        "该用户无权对 {loansms:*} 键运行脚本",
    ),
    (BusyLoadingError, "is still loading its data; try again", "正在载入数据，请重试"),
    (ReadOnlyError, "is a read-only replica: give the primary", "是只读副本：请改用主节点"),
    (
        OutOfMemoryError,
        "is out of memory; give it more, nothing may be evicted",
        "内存已满，请扩容，数据不得被逐出",
    ),
    (
        ConnectionError,
        "cannot be reached, or closed the connection; try again",
        "无法连接或连接已被关闭，请重试",
    ),
    (OSError, "cannot be reached, or closed the connection; try again", "无法连接或连接已被关闭，请重试"),
)

_WORD = re.compile(r"\b(?!ERR\b)[A-Z]{4,14}\b")


def told(wrong: RedisError | OSError, place: str) -> StoreError:
    """Return the error to raise for `wrong`, met at `place` (host:port)."""
    for kind, english, chinese in _SAID:
        if isinstance(wrong, kind):
            return StoreError(f"Redis at {place}: {english}", f"Redis（{place}）{chinese}")
    word = getattr(wrong, "status_code", None) or next(iter(_WORD.findall(str(wrong)[:80])), "ERR")
    return StoreError(
        f"Redis at {place}: refused the command ({word}); see its log",
        f"Redis（{place}）拒绝了命令（{word}），请查看其日志",
    )

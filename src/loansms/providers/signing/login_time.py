"""The moment of a login as the carriers' standards hash it: ten digits, MMDDHHMMSS."""

from __future__ import annotations

import re

from loansms.errors import CallerError

_TEN_DIGITS = re.compile(r"[0-9]{10}")


def login_time(timestamp: str) -> str:
    """Return `timestamp`, known to be ten digits: a leading zero that got lost would make every login fail.

    Raises:
        CallerError: it is not.

    >>> login_time("0102030405")
    '0102030405'
    """
    if not _TEN_DIGITS.fullmatch(timestamp):
        raise CallerError(
            "timestamp of a login: expected the ten digits MMDDHHMMSS; pad the month with a zero",
            "登录时间戳：须为十位数字 MMDDHHMMSS，月份请补零",
        )
    return timestamp

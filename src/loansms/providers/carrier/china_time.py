"""The wall clocks of the mainland carriers' protocols: digits without zone, taken as UTC+8 (no standard says so in words).

A time that nobody can have meant (no such day, a day ahead, a month old) is none: the caller falls back on the moment it came.

>>> now = datetime(2026, 1, 1, 0, 5, tzinfo=CHINA)
>>> stamp(now)
'0101000500'
>>> minute("2512312359", now).isoformat(), minute("9912312359", now), minute("", now)
('2025-12-31T23:59:00+08:00', None, None)
>>> yearless("1231235958", now).isoformat()
'2025-12-31T23:59:58+08:00'
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))

# Reports are waited for 48 hours by the standards, and retries of gateways take days.
_OLDEST: Final = timedelta(days=31)
_AHEAD: Final = timedelta(days=1)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)


def stamp(now: datetime) -> str:
    """Return `now` (aware) as MMDDHHMMSS."""
    return now.astimezone(CHINA).strftime("%m%d%H%M%S")


def stamped(now: datetime) -> int:
    """Return the number that `stamp` writes of `now` (aware): every submit of SGIP carries it.

    >>> stamped(datetime.fromisoformat("2026-09-24T02:00:00+00:00"))
    924100000
    """
    at = now.astimezone(CHINA)
    return (((at.month * 100 + at.day) * 100 + at.hour) * 100 + at.minute) * 100 + at.second


def minute(text: str, now: datetime) -> datetime | None:
    """Read YYMMDDHHMM (or YYMMDDHHMMSS) near `now`; None for anything else."""
    if len(text) not in {10, 12} or not _DIGITS.fullmatch(text):
        return None
    return _near(now, 2000 + int(text[:2]), text[2:])


def second(text: str, now: datetime) -> datetime | None:
    """Read YYYYMMDDHHMMSS near `now`; None for anything else."""
    if len(text) != 14 or not _DIGITS.fullmatch(text):
        return None
    return _near(now, int(text[:4]), text[4:])


def yearless(text: str, now: datetime) -> datetime | None:
    """Read MMDDHHMMSS in the year that puts it near `now`; None for anything else."""
    if len(text) != 10 or not _DIGITS.fullmatch(text):
        return None
    year = now.astimezone(CHINA).year
    return next((at for one in (year, year - 1, year + 1) if (at := _near(now, one, text))), None)


def _near(now: datetime, year: int, rest: str) -> datetime | None:
    month, day, hour, minutes = (int(rest[at : at + 2]) for at in (0, 2, 4, 6))
    try:
        at = datetime(year, month, day, hour, minutes, int(rest[8:] or 0), tzinfo=CHINA)
    except ValueError:
        return None
    return at if now - _OLDEST <= at <= now + _AHEAD else None

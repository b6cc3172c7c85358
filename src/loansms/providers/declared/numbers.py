"""Numbers and ids as gateways write them, read back with care.

>>> [one and one.masked for one in (number("8613800138000", "CN"), number("13800138000", "CN"), number("1", "CN"))]
['138****8000', '138****8000', None]
>>> identity("9006197469364984400^0"), identity("两 个"), identity("")
('9006197469364984400^0', None, None)
"""

from __future__ import annotations

import re

from loansms.model import PhoneNumber

# What gateways number messages with: printable ASCII. Anything else would not survive every store.
_ID = re.compile(r"[\x21-\x7e]{1,128}")
_LONGEST = 32


def number(told: str, region: str) -> PhoneNumber | None:
    """Return the number `told` with or without +, with or without its country, None for none."""
    plain = told.strip()
    if not plain or len(plain) > _LONGEST:
        return None
    for attempt in (plain, f"+{plain}"):
        try:
            return PhoneNumber.parse(attempt, region=region)
        except ValueError:
            continue
    return None


def identity(told: str | None) -> str | None:
    """Return an id that can be kept, None for any other."""
    return told if told and _ID.fullmatch(told) else None


def count(told: str | None) -> int | None:
    """Return a count of segments, None for anything else."""
    return (
        int(told) if told and told.isascii() and told.isdecimal() and len(told) <= 3 and int(told) else None
    )

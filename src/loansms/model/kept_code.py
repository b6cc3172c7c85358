"""A gateway's code as it may be kept: a short word. A sentence may quote the number, the name or the text it is about.

>>> kept_code("isv.BUSINESS_LIMIT_CONTROL"), kept_code("no such user: 17400000001")
('isv.BUSINESS_LIMIT_CONTROL', 'unreadable_code')
"""

from __future__ import annotations

import re

UNREADABLE_CODE = "unreadable_code"
# Codes are words like MK:0001 and UNDELIV; seven digits in a row may be part of a number, but for the eight
# hexadecimal ones of an SMPP status.
_CODE = re.compile(r"(?:login_)?0x[0-9A-Fa-f]{8}|(?!.*\d{7})[\w.:/+-]{0,64}", re.ASCII)


def kept_code(code: str) -> str:
    """Return `code` where it is a short word (or ""), else our word for one that is not kept."""
    return code if _CODE.fullmatch(code) else UNREADABLE_CODE

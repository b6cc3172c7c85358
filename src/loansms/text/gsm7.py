"""Which characters the GSM 7-bit default alphabet holds, and how many septets each takes.

Source: 3GPP TS 23.038, 6.2.1 (default alphabet, one septet) and 6.2.1.1 (extension table: an escape and a
second septet). No national language table is used: handsets and gateways agree on these two alone.

>>> septets("a"), septets("€"), septets("ç"), septets("中")
(1, 2, None, None)
>>> is_gsm7("Balance: €12 {due}"), is_gsm7("余额")
(True, False)
"""

from __future__ import annotations

from typing import Final

# In the order of the code points 0x00 to 0x7F; 0x1B is the escape to the extension table, no character.
ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPE: Final = "\x1b"
BASIC: Final = frozenset(ALPHABET) - {ESCAPE}
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_ALL: Final = BASIC | EXTENSION


def septets(char: str) -> int | None:
    """Return the septets of one character: 1, 2 from the extension table, None when GSM-7 lacks it."""
    if char in BASIC:
        return 1
    return 2 if char in EXTENSION else None


def is_gsm7(text: str) -> bool:
    """Whether every character of `text` can be sent in GSM-7; an empty text can."""
    return _ALL.issuperset(text)

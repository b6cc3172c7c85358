"""Which characters the GSM 7-bit default alphabet holds, and which of them take two septets.

Source: 3GPP TS 23.038, 6.2.1 (default alphabet, one septet) and 6.2.1.1 (extension table: an escape and a
second septet). No national language table is used: handsets and gateways agree on these two alone.

>>> "a" in BASIC, "€" in EXTENSION, "ç" in BASIC | EXTENSION
(True, True, False)
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


def is_gsm7(text: str) -> bool:
    """Whether every character of `text` can be sent in GSM-7; an empty text can."""
    return _ALL.issuperset(text)

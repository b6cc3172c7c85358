"""How far each character moves the pen: punctuation drawn together, Han and Latin set apart.

After the W3C's Requirements for Chinese Text Layout (CLREQ, recalled): where two full-width marks meet, the
empty half of one is given up; between a Han character and a Latin letter or digit stands an eighth of an em
(the width that CSS text-autospace gives it). Traditional Chinese sets its commas and full stops in the middle of
their square: they have no half to give up.

>>> [round(one, 3) for one in advances("（甲）。", lambda char: 1.0)]
[1.0, 1.0, 0.5, 1.0]
>>> [round(one, 3) for one in advances("共12期用App", lambda char: 0.5 if char.isascii() else 1.0)]
[1.125, 0.5, 0.5, 1.0, 1.125, 0.5, 0.5, 0.5]
>>> [round(one, 3) for one in advances("「甲」。", lambda char: 1.0, centred=True)]
[1.0, 1.0, 1.0, 1.0]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# Marks whose ink stands in the left half of their square, and those whose ink stands in the right half.
_CLOSING: Final = frozenset("，。、；：）》〉】」』〕")
_OPENING: Final = frozenset("（《〈【「『〔")
_BRACKETS: Final = frozenset("）》〉】」』〕")
_GAP: Final = 0.125
UNITS: Final = frozenset("元期年月日天号號笔筆倍角分时時")
"""Units that follow a figure as part of it."""


def advances(text: str, width: Callable[[str], float], *, centred: bool = False) -> tuple[float, ...]:
    """Return the advance of each character of `text` in em, `width` being what the font gives it alone.

    `centred` says that commas and full stops stand in the middle of their square.
    """
    closing = _BRACKETS if centred else _CLOSING
    return tuple(_advance(one, text[at : at + 1], width, closing) for at, one in enumerate(text, 1))


def _advance(one: str, after: str, width: Callable[[str], float], closing: frozenset[str]) -> float:
    own = width(one)
    meets = (one in closing and (after in closing or after in _OPENING)) or (
        one in _OPENING and after in _OPENING
    )
    if meets and after:
        return own / 2
    if (one.isdigit() and after in UNITS) or (one in "年月" and after.isdigit()):
        return own  # a date and a figure with its unit are one word
    if after and ((is_han(one) and _is_latin(after)) or (_is_latin(one) and is_han(after))):
        return own + _GAP
    return own


def is_han(char: str) -> bool:
    """Whether `char` is an ideograph."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U000323af"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()

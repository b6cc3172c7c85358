"""How many segments a text is billed as, and where a gateway cuts it.

Two ways of billing:

* ``gsm``, by 3GPP TS 23.038 and 23.040: a text wholly in the GSM-7 alphabet is measured in septets (160 for
  one segment, 153 each when longer, because six octets go to the header that joins the parts), any other in
  UTF-16 code units of UCS-2 (70, or 67 each).
* ``cn``, the mainland tariff: the 【signature】 counts with its brackets, every character counts 1 whether
  ASCII or not; 70 for one segment, 67 each when longer. CMPP carries UCS-2, so a character outside the basic
  plane (an emoji, a rare ideograph) is two units there, and counts 2.

Parts are packed greedily as a gateway does it: an escape pair of GSM-7 and a surrogate pair of UCS-2 stay
together, so a part may be one unit short and a text may take more parts than its length divided by the size.
An empty text is still one message: it counts one segment of no units.

>>> count("Your code is 123456")
SegmentCount(encoding='GSM-7', segments=1, units=19)
>>> count("a" * 152 + "€" * 5).segments, [len(part) for part in split("a" * 152 + "€" * 5)]
(2, [152, 5])
>>> count("您的验证码为123456", billing="cn", signature="示例金融")
SegmentCount(encoding='UCS-2', segments=1, units=18)
>>> split("您好", billing="cn", signature="示例金融")
('【示例金融】您好',)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from attrs import frozen

from loansms.errors import CallerError
from loansms.text.gsm7 import EXTENSION, is_gsm7

Billing: TypeAlias = Literal["gsm", "cn"]
"""How segments are billed: "gsm" by the seven-bit alphabet where it fits (3GPP TS 23.038), "cn" by characters as mainland operators do."""

Encoding: TypeAlias = Literal["GSM-7", "UCS-2"]
"""What a text is sent in: seven bits a character, or sixteen."""

# (units of a text that fits one segment, units of each part of a longer one)
LIMITS: Final[dict[Encoding, tuple[int, int]]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

# What UCS-2 must not be cut inside: two stray surrogates in a row are one pair on the wire, like an emoji.
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]|.", re.DOTALL)
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_UNCUTTABLE: Final[dict[Encoding, re.Pattern[str]]] = {
    "GSM-7": re.compile("[" + re.escape("".join(sorted(EXTENSION))) + "]"),
    "UCS-2": re.compile("[\ud800-\udfff\U00010000-\U0010ffff]"),
}


@frozen
class SegmentCount:
    """`segments` billed; `units` used: septets under GSM-7, UTF-16 code units under UCS-2."""

    encoding: Encoding
    segments: int
    units: int


def count(text: str, billing: Billing = "gsm", signature: str = "") -> SegmentCount:
    """Return what `text` is billed as.

    `signature` (with or without its 【】) is what a mainland provider puts before the text: it counts under
    ``cn`` and is left aside under ``gsm``, where nothing is added to a text.
    """
    whole, encoding = _on_the_wire(text, billing, signature)
    units = _units(whole, encoding)
    single, _ = LIMITS[encoding]
    segments = 1 if units <= single else sum(1 for _ in _packed(whole, encoding))
    return SegmentCount(encoding, segments, units)


def split(text: str, billing: Billing = "gsm", signature: str = "") -> tuple[str, ...]:
    """Return the parts as they travel; joined they are the text, under ``cn`` with its 【signature】 before it.

    There are as many parts as `count` says: one, empty, for an empty text.
    """
    whole, encoding = _on_the_wire(text, billing, signature)
    single, _ = LIMITS[encoding]
    if _units(whole, encoding) <= single:
        return (whole,)
    return tuple(_packed(whole, encoding))


def _on_the_wire(text: str, billing: Billing, signature: str) -> tuple[str, Encoding]:
    if billing == "gsm":
        return text, "GSM-7" if is_gsm7(text) else "UCS-2"
    if billing != "cn":
        raise CallerError("billing: expected gsm or cn", "billing：应为 gsm 或 cn")
    name = signature.removeprefix("【").removesuffix("】")
    return (f"【{name}】{text}" if name else text), "UCS-2"


def _units(text: str, encoding: Encoding) -> int:
    doubled = _UNCUTTABLE["GSM-7"] if encoding == "GSM-7" else _ASTRAL
    return len(text) + len(doubled.findall(text))


def _packed(text: str, encoding: Encoding) -> Iterator[str]:
    """Yield the parts of a text that is too long for one."""
    _, size = LIMITS[encoding]
    if not _UNCUTTABLE[encoding].search(text):
        yield from (text[place : place + size] for place in range(0, len(text), size))
        return
    start = used = 0
    for match in _PAIR.finditer(text):
        width = _units(match.group(), encoding)
        if used + width > size:
            yield text[start : match.start()]
            start, used = match.start(), 0
        used += width
    yield text[start:]

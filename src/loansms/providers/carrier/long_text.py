"""A text as the bytes of its segments: encoded, cut where a handset can join it again, each part under its header.

A segment holds 140 octets, or 160 septets that travel unpacked, one an octet. The parts of a longer text lose six octets
(seven septets) to the header ``05 00 03 reference total index`` (3GPP TS 23.040, 9.2.3.24.1). A surrogate pair, a GBK pair
and an escape pair of GSM-7 stay together, so there are as many parts as `loansms.text.segments` bills where it bills by the
same units.

>>> parts("您好", coding=Coding.UCS2, reference=1)
(b'`\\xa8Y}',)
>>> [part[:6].hex() for part in parts("a" * 71, coding=Coding.UCS2, reference=7)]
['050003070201', '050003070202']
>>> joined = [headed(part) for part in parts("a" * 71, coding=Coding.UCS2, reference=7)]
>>> joined[1][0], text_of(joined[1][1], Coding.UCS2)
(Place(reference=7, total=2, index=2), 'aaaa')
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from attrs import frozen

from loansms.text.gsm7 import ALPHABET, ESCAPE, EXTENSION

# 3GPP TS 23.038, 6.2.1.1: what follows the escape.
_ESCAPED: Final = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_ESC: Final = ALPHABET.index(ESCAPE)
_SEPTETS: Final = {character: bytes((code,)) for code, character in enumerate(ALPHABET) if code != _ESC} | {
    character: bytes((_ESC, code)) for character, code in _ESCAPED.items()
}
_UNESCAPED: Final = {code: character for character, code in _ESCAPED.items()}
_WIDE: Final = frozenset(ord(character) for character in EXTENSION if character.isascii())

# The header has one octet for how many there are.
MOST_PARTS: Final = 255


class Coding(StrEnum):
    """How the characters of a segment are written."""

    UCS2 = "ucs2"
    GBK = "gbk"
    ASCII = "ascii"
    LATIN1 = "latin1"
    GSM7 = "gsm7"


@frozen
class Place:
    """Which part of a long text a segment is: the ``index``-th (from 1) of `total` under one `reference`."""

    reference: int
    total: int
    index: int


def parts(text: str, *, coding: Coding, reference: int) -> tuple[bytes, ...]:
    """Return the contents of the segments of `text`, each with its header where there are several.

    `reference` joins the parts at the handset; its lowest octet travels. Raise ValueError, which quotes no text, for a
    character that `coding` cannot write and for more than 255 parts.
    """
    encode, single, each, end_of = _WAYS[coding]
    try:
        data = encode(text)
    except (UnicodeEncodeError, KeyError):
        raise ValueError(f"text: a character that {coding.value} cannot write; send it as ucs2") from None
    if end_of(data, 0, single) == len(data):
        return (data,)
    cut = tuple(_cut(data, each, end_of))
    if len(cut) > MOST_PARTS:
        raise ValueError(f"text: {len(cut)} parts, expected at most {MOST_PARTS}; shorten it")
    return tuple(
        bytes((5, 0, 3, reference & 0xFF, len(cut), index)) + part for index, part in enumerate(cut, start=1)
    )


def writable(text: str, coding: Coding) -> bool:
    """Whether `coding` has every character of `text`."""
    try:
        _WAYS[coding][0](text)
    except (UnicodeEncodeError, KeyError):
        return False
    return True


def text_of(data: bytes, coding: Coding) -> str:
    """Return what `data` (without header) says; what `coding` cannot read becomes U+FFFD."""
    if coding is Coding.GSM7:
        return "".join(_characters(data))
    return data.decode(_READ_AS[coding], "replace")


def headed(data: bytes) -> tuple[Place | None, bytes]:
    """Take the user data header off `data`: the place it names (None where it joins nothing), and what follows it.

    Raise ValueError where the header is longer than the data or an element of it is.
    """
    end = data[0] + 1 if data else 1
    if end > len(data):
        raise ValueError("user data header: longer than the message")
    place, at = None, 1
    while at < end:
        value = data[at + 2 : at + 2 + data[at + 1]] if at + 1 < end else b""
        if at + 1 >= end or at + 2 + data[at + 1] > end:
            raise ValueError("user data header: an element is longer than the header")
        # 3GPP TS 23.040, 9.2.3.24.1 and .8: a reference of one octet, or of two.
        if (data[at], len(value)) in {(0, 3), (8, 4)} and 1 <= value[-1] <= value[-2]:
            place = Place(int.from_bytes(value[:-2], "big"), value[-2], value[-1])
        at += 2 + len(value)
    return place, data[end:]


def _cut(data: bytes, size: int, end_of: Callable[[bytes, int, int], int]) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = end_of(data, start, size)
        yield data[start:end]
        start = end


def _ucs2_end(data: bytes, start: int, size: int) -> int:
    end = start + size
    if end >= len(data):
        return len(data)
    return end - 2 if 0xD8 <= data[end - 2] <= 0xDB and 0xDC <= data[end] <= 0xDF else end


def _gbk_end(data: bytes, start: int, size: int) -> int:
    place = start
    while place < len(data):
        # A lead octet and its trail; every octet below 0x80 stands alone.
        width = 2 if data[place] > 0x80 else 1
        if place + width - start > size:
            return place
        place += width
    return len(data)


def _octet_end(data: bytes, start: int, size: int) -> int:
    return min(start + size, len(data))


def _gsm7_end(data: bytes, start: int, size: int) -> int:
    end = start + size
    if end >= len(data):
        return len(data)
    return end - 1 if data[end - 1] == _ESC else end


def _ascii_end(data: bytes, start: int, size: int) -> int:
    """Measure in septets: the centre writes these octets in GSM-7, where brackets and braces take two."""
    used = 0
    for place in range(start, len(data)):
        used += 2 if data[place] in _WIDE else 1
        if used > size:
            return place
    return len(data)


def _characters(data: bytes) -> Iterator[str]:
    escaped = False
    for octet in data:
        if octet == _ESC and not escaped:
            escaped = True
            continue
        # An unknown escape shows the character of the default alphabet (TS 23.038, 6.2.1.1).
        plain = ALPHABET[octet] if octet < len(ALPHABET) and octet != _ESC else "\ufffd"
        yield _UNESCAPED.get(octet, plain) if escaped else plain
        escaped = False


# Looked up once: every text of a mainland line is written so.
_UTF_16: Final = codecs.getencoder("utf-16-be")
# What calls itself GBK may hold the four octets of GB 18030.
_READ_AS: Final = {
    Coding.UCS2: "utf-16-be", Coding.GBK: "gb18030", Coding.ASCII: "ascii", Coding.LATIN1: "latin-1",
}  # fmt: skip
# How it is written; the octets of the only segment and of one among several; where one ends.
_WAYS: Final[dict[Coding, tuple[Callable[[str], bytes], int, int, Callable[[bytes, int, int], int]]]] = {
    # A stray surrogate travels as it is: segments are counted so.
    Coding.UCS2: (lambda text: _UTF_16(text, "surrogatepass")[0], 140, 134, _ucs2_end),
    Coding.GBK: (lambda text: text.encode("gbk"), 140, 134, _gbk_end),
    Coding.ASCII: (lambda text: text.encode("ascii"), 160, 153, _ascii_end),
    Coding.LATIN1: (lambda text: text.encode("latin-1"), 140, 134, _octet_end),
    Coding.GSM7: (lambda text: b"".join([_SEPTETS[one] for one in text]), 160, 153, _gsm7_end),
}

"""One plain form of a text for matching words, with the way back to the original.

People hide a word from a filter in full-width letters, behind invisible characters, with marks inside it
(征.信, 征 信). This undoes that: Unicode compatibility form (NFKC) and case folding, format characters,
variation selectors and marks drawn over ideographs removed, and whatever is not a letter or a digit removed
between two CJK characters. It is for matching only: nothing normalised is ever sent.

Between CJK characters a comma or full stop goes too (征，信). Who reads clause by clause keeps those with
``keep=CLAUSE_MARKS`` and reads the text both ways.

>>> found = normalise("上报ＣＲＥＤＩＴ征.\u200b信")
>>> found.text, found.offsets
('上报credit征信', (0, 1, 2, 3, 4, 5, 6, 7, 8, 11))
>>> found.span(8, 10)
(8, 12)
>>> normalise("已逾期，征 信", keep=CLAUSE_MARKS).text
'已逾期,征信'
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import frozen

# As they stand after NFKC: the full-width comma is ',' by then.
CLAUSE_MARKS: Final = frozenset(",;!?。\n")
"""The characters that end a clause in a plain form."""

# Texts of one lender use few characters; what Unicode says of one never changes.
_CACHED: Final = 8192
_KEEPS: Final = 16  # sets of kept marks in use at one time
_NEVER: Final = re.compile(r"(?!)")

# Characters that draw nothing but are no format characters (general category Cf) in Unicode.
_INVISIBLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_VOICING: Final = frozenset("\u3099\u309a\uff9e\uff9f")  # kana voicing marks: letters depend on them

# First and last code points of the CJK scripts, in order: radicals, kana and bopomofo, ideographs.
_CJK: Final = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3041, 0x3096), (0x309D, 0x309F),
    (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
_CJK_STARTS: Final = tuple(first for first, _ in _CJK)


# What most texts are made of: each of these becomes one character, by this table or by itself.
_WIDE: Final = "，！？：；（）％＋－／＝～"
_TO_NARROW: Final = tuple(zip(_WIDE, ",!?:;()%+-/=~", strict=True))
_KNOWN_MARKS: Final = "、。《》【】“”‘’—·¥€£"
_KNOWN: Final = re.compile(rf"[\x00-\x7f\u4e00-\u9fa5{_WIDE}{_KNOWN_MARKS}]*")
_KNOWN_SEPARATORS: Final = frozenset(
    {char for char in map(chr, range(0x80)) if not char.isalnum()} | {*_KNOWN_MARKS}
)


@frozen
class Normalised:
    """The plain `text`; `offsets[i]` and `ends[i]` bound, in the original, what became its character i."""

    text: str
    offsets: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` lies in the original, `start` < `end` as a match gives them."""
        return self.offsets[start], self.ends[end - 1]


def normalise(text: str, *, keep: frozenset[str] = frozenset()) -> Normalised:
    """Return the plain form of `text`; separators in `keep` stay where they stand, even between CJK characters.

    The form is stable: normalising it again changes nothing.
    """
    if _KNOWN.fullmatch(text):
        return _known(text, keep)
    return normalise_any(text, keep)


def normalise_any(text: str, keep: frozenset[str]) -> Normalised:
    """Do as `normalise` does for whatever Unicode holds, character by character."""
    plain = [
        (char, start, end)
        for start, end in _clusters(text)
        for char in _folded(text[start:end])
        if not _is_invisible(char)
    ]
    kept = list(_without_separators(plain, keep))
    return Normalised(
        "".join(char for char, _, _ in kept),
        tuple(start for _, start, _ in kept),
        tuple(end for _, _, end in kept),
    )


def _known(text: str, keep: frozenset[str]) -> Normalised:
    """Normalise a text of known characters: nothing combines, nothing grows, only separators may go."""
    plain = text.lower()
    if not plain.isascii():
        # Thirteen searches for one character each are many times quicker than a table asked for every character.
        for wide, narrow in _TO_NARROW:
            plain = plain.replace(wide, narrow)
    parts: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    start = 0
    for run in _between_cjk(keep).finditer(plain):
        parts.append(plain[start : run.start()])
        offsets += range(start, run.start())
        ends += range(start + 1, run.start() + 1)
        start = run.end()
    parts.append(plain[start:])
    offsets += range(start, len(plain))
    ends += range(start + 1, len(plain) + 1)
    return Normalised("".join(parts), tuple(offsets), tuple(ends))


@lru_cache(_KEEPS)
def _between_cjk(keep: frozenset[str]) -> re.Pattern[str]:
    """Find the runs of separators, but for those kept, between two ideographs."""
    marks = re.escape("".join(sorted(_KNOWN_SEPARATORS - keep)))
    return re.compile(rf"(?<=[\u4e00-\u9fa5])[{marks}]+(?=[\u4e00-\u9fa5])") if marks else _NEVER


@lru_cache(_CACHED)
def is_cjk(char: str) -> bool:
    """Whether `char` is an ideograph, a kana or a bopomofo letter."""
    place = bisect_right(_CJK_STARTS, ord(char)) - 1
    return place >= 0 and ord(char) <= _CJK[place][1]


@lru_cache(_CACHED)
def _is_invisible(char: str) -> bool:
    return char in _INVISIBLE or unicodedata.category(char) == "Cf"


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each character with the marks that combine with it."""
    start = 0
    for place in range(1, len(text)):
        if not _joins(text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@lru_cache(_CACHED)
def _joins(char: str) -> bool:
    return unicodedata.combining(char) != 0 or char in _VOICING or _is_invisible(char)


@lru_cache(_CACHED)
def _folded(cluster: str) -> str:
    """Fold one cluster; marks over an ideograph are a disguise and go."""
    if len(cluster) == 1 and cluster.isascii():
        return cluster.lower()
    visible = "".join(char for char in cluster if not _is_invisible(char))
    plain = unicodedata.normalize("NFKC", visible)
    if plain and is_cjk(plain[0]):
        plain = "".join(char for char in plain if char in _VOICING or unicodedata.category(char)[0] != "M")
    # Folding may leave a form that composes again; three rounds settle every character of Unicode.
    for _ in range(3):
        plain = unicodedata.normalize("NFKC", plain.casefold())
    return plain


def _without_separators(
    plain: list[tuple[str, int, int]], keep: frozenset[str]
) -> Iterator[tuple[str, int, int]]:
    """Yield the characters but for the runs of separators that stand between two CJK characters."""
    held: list[tuple[str, int, int]] = []
    after_cjk = False
    for one in plain:
        char = one[0]
        if char not in keep and _is_separator(char):
            held.append(one)
            continue
        if not (after_cjk and is_cjk(char)):
            yield from held
        held = []
        after_cjk = is_cjk(char)
        yield one
    yield from held


@lru_cache(_CACHED)
def _is_separator(char: str) -> bool:
    """Whether `char` is punctuation, a symbol, a space, a control or a mark without a letter."""
    return not is_cjk(char) and unicodedata.category(char)[0] in "PSZCM"

"""What the second opinion looks at in a text: its words, each two in a row, parts of words, and its senses.

Figures are all one, spaces count for nothing, and each thing counts once however often it stands there.

>>> sorted(runs(words("pay 5 now")))
['0', '0 now ', 'now', 'pay', 'pay 0 ']
>>> sorted(parts("visit"))
['~^vi', '~^vis', '~^visi', '~isi', '~isit', '~isit$', '~it$', '~sit', '~sit$', '~vis', '~visi', '~visit']
>>> sorted(steps("abc"))
['a', 'ab', 'abc', 'ac', 'b', 'bc', 'c']
"""

from __future__ import annotations

import re
from operator import add
from typing import Final

_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[^\sa-z0-9]")
_LATIN: Final = re.compile(r"([a-z]+(?:'[a-z]+)?|[0-9]+)")
# Links are judged by themselves, against the list of the lender's hosts.
_LINK: Final = re.compile(
    r"(?:https?:?//|www\.)[^\s\u3400-\u9fff,]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[^\s\u3400-\u9fff,]*)?"
)
_DOT: Final = re.compile(r"\.[a-z]|//")
_CHINESE: Final = "\u2e80"
_PART: Final = (3, 4, 5)  # letters of a part of a word
LONG_WORD: Final = 3  # letters above which a word is cut into parts
_AHEAD: Final = 5  # senses a step may reach over


def words(text: str) -> list[str]:
    """Return the words, Chinese characters and marks of a plain text without its links, every figure as 0."""
    bare = _LINK.sub("", text) if _DOT.search(text) else text
    if bare.isascii():
        return ["0" if "0" <= word < ":" else word for word in _TOKEN.findall(bare)]
    # Chinese is a word a character: what stands between Latin words and figures is taken apart at one stroke.
    found: list[str] = []
    for at, piece in enumerate(_LATIN.split(bare)):
        if at % 2:
            found.append("0" if "0" <= piece < ":" else piece)
        else:
            found += "".join(piece.split())
    return found


def runs(one: list[str]) -> set[str]:
    """Return the words given and each two in a row; longer runs judge no better, by folds over the corpus."""
    wide = [word if word >= _CHINESE else word + " " for word in one]
    return {*one, *map(add, wide, wide[1:])}


def parts(word: str) -> frozenset[str]:
    """Return the parts of one Latin word with its ends marked; none for a short or Chinese one."""
    if len(word) <= LONG_WORD or not word[0].isascii():
        return frozenset()
    ends = f"^{word}$"
    return frozenset(f"~{ends[at : at + n]}" for n in _PART for at in range(len(ends) - n + 1))


def steps(senses: str) -> set[str]:
    """Return the senses of one sentence (a letter each), each pair in order within reach, each three in a row."""
    run = [one for before, one in zip(" " + senses, senses, strict=False) if one != before]
    found = {*run, *map(add, map(add, run, run[1:]), run[2:])}
    for ahead in range(1, _AHEAD + 1):
        found.update(map(add, run, run[ahead:]))
    return found

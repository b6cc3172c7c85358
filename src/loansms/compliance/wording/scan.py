"""A quick look at a sentence: which of many patterns can match there at all.

Each pattern's necessary words (see ``needs``) are filed under their first letters. One pass over a sentence
gathers its letter groups, and only the patterns filed under one of them, whose word is then really there, are
searched. Nothing is lost: a pattern that matches is always among those named.

>>> scan = Scan(["泼(?:红)?油漆", r"\\bpay now\\b", "还款"])
>>> scan.candidates("请按时还款"), scan.candidates("pay now")
([2], [1])
>>> scan.matches("还款日还款", 2)
[(0, 2), (3, 5)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import add
from typing import Final

from loansms.compliance.wording.needs import needs

_ASCII: Final = 3  # letters of a group: three in Latin script,
_OTHER: Final = 2  # two in Chinese
_LATIN: Final = re.compile(rf"[\x00-\x7f]{{{_ASCII},}}")

Met = tuple[str, frozenset[int]]  # a word that stands in a text, and the patterns that need it


class Scan:
    """Patterns by number, in the order given."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns: Final = tuple(patterns)
        # Most of a large lexicon is never met in one run, and compiling it would be felt at the start.
        self._compiled: Final[list[re.Pattern[str] | None]] = [None] * len(patterns)
        filed: dict[str, dict[str, list[int]]] = {}
        always: list[int] = []
        for number, pattern in enumerate(patterns):
            words = needs(pattern)
            if words is None:
                always.append(number)
                continue
            for word in words:
                filed.setdefault(_group(word), {}).setdefault(word, []).append(number)
        self._always: Final = tuple(always)
        self._words: Final = {
            group: tuple((word, frozenset(numbers)) for word, numbers in words.items())
            for group, words in filed.items()
        }
        self._latin: Final = frozenset(one for one in filed if len(one) == _ASCII)
        self._other: Final = frozenset(one for one in filed if len(one) == _OTHER and not one.isascii())
        self._short: Final = tuple(filed.keys() - self._latin - self._other)

    def __len__(self) -> int:
        return len(self._patterns)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns as they were given."""
        return self._patterns

    @property
    def unfiled(self) -> tuple[int, ...]:
        """The patterns that no word is necessary for: they are searched in every sentence."""
        return self._always

    def met(self, text: str) -> list[Met]:
        """Return the necessary words that stand in `text`, with the patterns that need them."""
        groups = [group for group in self._short if group in text]
        if not text.isascii():
            groups += self._other.intersection(map(add, text, text[1:]))
        for run in _LATIN.findall(text):
            groups += self._latin.intersection(map(add, map(add, run, run[1:]), run[2:]))
        # Two runs may share a group.
        return [one for group in {*groups} for one in self._words[group] if one[0] in text]

    def candidates(self, text: str, met: Iterable[Met] | None = None) -> list[int]:
        """Return, in order, the numbers of the patterns that may match in `text`.

        `met` are the words that stand in a longer text which holds this one: no other can stand here.
        """
        found = set(self._always)
        for word, numbers in self.met(text) if met is None else met:
            if word in text:
                found |= numbers
        return sorted(found)

    def matches(self, text: str, number: int) -> list[tuple[int, int]]:
        """Return the bounds of every match of one pattern that is not empty."""
        pattern = self._compiled[number]
        if pattern is None:
            pattern = self._compiled[number] = re.compile(self._patterns[number])
        if pattern.search(text) is None:
            return []
        return [one.span() for one in pattern.finditer(text) if one.end() > one.start()]


def _group(word: str) -> str:
    head = word[:_ASCII]
    return head if head.isascii() else word[:_OTHER]

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
from collections.abc import Sequence
from operator import add
from typing import Final

from loansms.compliance.wording.needs import needs

_ASCII: Final = 3  # letters of a group: three in Latin script,
_OTHER: Final = 2  # two in Chinese


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
        # A word that is no longer than its group needs no second look.
        self._sure: Final = {
            group: frozenset(words.get(group, ())) for group, words in filed.items() if group in words
        }
        self._longer: Final = {
            group: tuple((word, frozenset(numbers)) for word, numbers in words.items() if word != group)
            for group, words in filed.items()
        }
        self._groups: Final = frozenset(filed)

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

    def candidates(self, text: str) -> list[int]:
        """Return, in order, the numbers of the patterns that may match in `text`."""
        two = list(map(add, text, text[1:]))
        groups = {*text, *two, *map(add, two, text[2:])}
        found = set(self._always)
        for group in self._groups & groups:
            if group in self._sure:
                found |= self._sure[group]
            for word, numbers in self._longer[group]:
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

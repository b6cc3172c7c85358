"""A quick look at a sentence: which of many patterns can match there at all.

Each pattern's necessary words (see ``needs``) are filed under their first letters. One pass over a text gathers
its letter groups: those of a Latin word once for every text it comes in, those of Chinese only where two letters
stand together that begin and end one. Only the patterns filed under one of them, whose word is then really there,
are searched. Nothing is lost: a pattern that matches is always among those named.

>>> scan = Scan(["泼(?:红)?油漆", r"\\bpay now\\b", "还款"])
>>> scan.candidates("请按时还款"), scan.candidates("pay now")
([2], [1])
>>> scan.matches("还款日还款", 2)
[(0, 2), (3, 5)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from loansms.compliance.wording.needs import needs

_ASCII: Final = 3  # letters of a group: three in Latin script,
_OTHER: Final = 2  # two in Chinese
_WORD: Final = re.compile(r"[a-z]+")
_IN_WORD: Final = re.compile(r" ?[a-z]+ ?")  # a group that one Latin word and the spaces beside it hold
_CACHED: Final = 8192  # Latin words: lenders use fewer

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
        self._latin: Final = frozenset(one for one in filed if _IN_WORD.fullmatch(one))
        other = [one for one in filed if not one.isascii()]
        self._pairs: Final = frozenset(one for one in other if len(one) == _OTHER)
        self._pair: Final = re.compile(
            f"({_one_of(one[0] for one in self._pairs)})(?=({_one_of(one[1] for one in self._pairs)}))"
        )
        single = frozenset(one for one in other if len(one) == 1)
        self._single: Final = re.compile(_one_of(single))
        self._mixed: Final = tuple(filed.keys() - self._latin - self._pairs - single)
        self._of_word: Final = lru_cache(_CACHED)(self._groups_of)

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
        groups = {group for group in self._mixed if group in text}
        groups.update(*map(self._of_word, _WORD.findall(text)))
        if not text.isascii():
            groups.update(self._single.findall(text))
            groups |= self._pairs.intersection(map("".join, self._pair.findall(text)))
        return [one for group in groups for one in self._words[group] if one[0] in text]

    def _groups_of(self, word: str) -> frozenset[str]:
        shown = f" {word} "
        return self._latin.intersection(
            shown[at : at + length] for length in range(1, _ASCII + 1) for at in range(len(shown))
        )

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


def _one_of(letters: Iterable[str]) -> str:
    every = "".join(sorted({*letters}))
    return f"[{re.escape(every)}]" if every else "(?!)"

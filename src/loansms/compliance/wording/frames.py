"""Read the frame around a cue: who acts, is it denied, reported, a right of the reader, a reply, an apology.

Lawful texts often name the bad thing: a firm promises never to act as the police, warns of swindlers who
do, tells the borrower of a right, or answers a complaint. Each frame here is such a reading; a family says
which of them lift its cues. The patterns live in ``lexicon/frames.toml``.

>>> from loansms.compliance.wording.clauses import read
>>> sentence = read("我们不会把您的借款告诉家人").sentences[0]
>>> sorted(frames(sentence, 9, 13))
['negated']
>>> sentence = read("别以为我们不会上门").sentences[0]
>>> sorted(frames(sentence, 7, 9))
[]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import frozen

from loansms.compliance.files import lexicon_file
from loansms.compliance.wording.clauses import Sentence


@frozen
class Negation:
    """Words that deny what follows, the words that end their reach, and those that turn the denial round."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    adjacent: re.Pattern[str]
    ends_strong: re.Pattern[str]
    ends_weak: re.Pattern[str]
    turned: re.Pattern[str]
    after: re.Pattern[str]

    def denies(self, sentence: Sentence, start: int, end: int) -> bool:
        """Return whether the cue at `start` to `end` is denied in its clause."""
        if self.turned.search(sentence.text):
            return False
        left = self._reach(sentence, start, end)
        before = sentence.text[left:start]
        if self.adjacent.search(before) or self.after.search(sentence.text[end:]):
            return True
        return any(
            _reaches(words, ends, sentence.text, left, start, end)
            for words, ends in ((self.strong, self.ends_strong), (self.weak, self.ends_weak))
        )

    def _reach(self, sentence: Sentence, start: int, end: int) -> int:
        """Go back over commas while the clause has no subject of its own (an enumeration)."""
        left = sentence.clause(start, end)[0]
        while left > 0 and not _SUBJECT.match(sentence.text, left):
            left = sentence.clause(max(0, left - 2), max(1, left - 1))[0]
        return left


def _reaches(
    words: re.Pattern[str], ends: re.Pattern[str], text: str, left: int, start: int, end: int
) -> bool:
    """Return whether the last denial before the cue is not ended by words that begin before the cue."""
    denials = list(words.finditer(text[left:start]))
    if not denials:
        return False
    ending = ends.search(text, left + denials[-1].end(), end)
    return ending is None or ending.start() >= start


def frames(sentence: Sentence, start: int, end: int) -> frozenset[str]:
    """Return every frame that holds around `start` to `end` of the sentence."""
    return frozenset(
        name for name in (*_SENTENCE, *_PHRASES, "negated") if lifted(sentence, start, end, {name})
    )


def lifted(sentence: Sentence, start: int, end: int, names: AbstractSet[str]) -> bool:
    """Return whether one of the frames named holds around `start` to `end` of the sentence."""
    if "negated" in names and any(one.denies(sentence, start, end) for one in _NEGATIONS):
        return True
    if "negated_within" in names and any(
        part.search(sentence.text, start, end) for one in _NEGATIONS for part in (one.strong, one.weak)
    ):
        return True
    if any(_within(_PHRASES[name], sentence.text, start, end) for name in names if name in _PHRASES):
        return True
    return any(_covers(_SENTENCE[name], sentence.text, start) for name in names if name in _SENTENCE)


def _covers(frame: re.Pattern[str], text: str, start: int) -> bool:
    """Return whether a frame of the sentence reaches the cue: a threat of our own in between ends it."""
    return any(
        one.end() > start or not any(turn.start() <= start for turn in _BREAKS.finditer(text, one.end()))
        for one in frame.finditer(text)
    )


def _within(phrase: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Return whether a lawful phrase holds an end of the cue."""
    return any(
        one.start() <= start < one.end() or one.start() < end <= one.end() for one in phrase.finditer(text)
    )


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns) or r"(?!)")


def _negation(part: Mapping[str, list[str]]) -> Negation:
    return Negation(
        *(
            _compiled(part[name])
            for name in ("strong", "weak", "adjacent", "ends_strong", "ends_weak", "turned", "after")
        )
    )


_DATA: Final = lexicon_file("frames")
_SUBJECT: Final = _compiled(_DATA["subject"])
_NEGATIONS: Final = tuple(_negation(part) for part in _DATA["negation"].values())
_SENTENCE: Final = {name: _compiled(patterns) for name, patterns in _DATA["sentence"].items()}
_BREAKS: Final = _compiled(_DATA["breaks"])
_PHRASES: Final = {name: _compiled(patterns) for name, patterns in _DATA["phrase"].items()}

"""The second opinion: how much a text reads like the unlawful ones, where no rule is broken in so many words.

A weight stands by every word, two words in a row, part of a word and step of senses that was learnt from texts written for
this library (``scripts/train_opinion.py``, ``tests/compliance/corpus/learn``); what a text holds is added up. That a hint
of the lexicon stands there is one more thing seen. The opinion can send a text to a person and nothing else:
no rule is lifted by it.

>>> from loansms.compliance.wording.clauses import read
>>> opinion(read("The men will be waiting outside your sister's shop.")).heavy
True
>>> opinion(read("Your payment of 310.15 USD arrived. Thank you.")).heavy
False
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import chain, pairwise, repeat
from math import sqrt
from typing import Final

from attrs import frozen

from loansms.compliance.files import opinion_lines
from loansms.compliance.wording.clauses import CLAUSE_END, Reading, Sentence
from loansms.compliance.wording.grams import LONG_WORD, parts, runs, steps, words
from loansms.compliance.wording.senses import senses

Things = Iterable[str]
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
# Claims that need their fact: courts, seizure, credit records, ultimatums.
HARD: Final = frozenset(
    {"false_legal_process", "asset_seizure", "credit_status_exaggeration", "false_urgency"}
)
# Hints tip no scale from further away: over the learning corpus not one text was refused by them from beyond.
_NEAR: Final = 0.3
_MANY: Final = 5  # sentences from which on each is read by itself as well
_FEW: Final = 3  # words that were learnt: fewer say nothing either way,
_MOST: Final = 2 / 3  # and neither does a text of which less was learnt


@frozen
class Opinion:
    """`score` above 0 is `heavy`; `family` is what it is nearest to, `start` to `end` its heaviest clause."""

    score: float
    family: str = ""
    start: int = 0
    end: int = 0

    @property
    def heavy(self) -> bool:
        """Whether a person should read the text."""
        return self.score > 0


@frozen
class _Weights:
    """What was learnt: the weight in thousandths of each thing, the family it speaks for, each language's bar."""

    of: Mapping[str, int]
    family: Mapping[str, str]
    bars: Mapping[str, float]


def opinion(
    reading: Reading,
    hinted: Callable[[], AbstractSet[str]] = frozenset,
    left_out: Iterable[int] = (),
) -> Opinion:
    """Return the second opinion on a text in plain form.

    `hinted` is asked for the families that hints of the lexicon point to, and only where they can matter;
    `left_out` are the numbers of sentences whose claims the facts carry. Where a hint of a hard claim stands the bar
    is lower: such a claim fails closed.
    """
    known = _weights()
    skip = frozenset(left_out)
    said = [one for at, one in enumerate(reading.sentences) if at not in skip]
    plain = "。".join(one.text for one in said) if skip else reading.plain
    every = words(plain)
    different = {*every}
    if not said or not _understood(different, known):
        return Opinion(-1.0)
    language = "zh" if _CHINESE.search(reading.plain) else "en"
    if len(said) >= _MANY:
        alone = _alone(said, known, language)
        if alone.heavy:
            return alone
    run, step = runs(every), steps(senses(plain))
    score = _share(run, known) + _of_parts(different) + _share(step, known)
    if score - known.bars[f"{language}!"] <= -_NEAR:
        return Opinion(score - known.bars[language])
    pointed = hinted()
    hints = [f"!{family}" for family in pointed]
    score += _share(hints, known) - known.bars[f"{language}!" if pointed & HARD else language]
    if score <= 0:
        return Opinion(score)
    start, end = _heaviest(said, known)
    return Opinion(score, _family([run, *map(parts, different), step, hints], known), start, end)


def _understood(different: Collection[str], known: _Weights) -> bool:
    """Return whether enough of a text is in words that were learnt; another language is not judged."""
    met = sum(map(known.of.__contains__, different))
    return met >= _FEW and met >= _MOST * len(different)


def _alone(sentences: Sequence[Sentence], known: _Weights, language: str) -> Opinion:
    """Return the opinion on the heaviest sentence by itself: one bad clause drowns in a long and lawful text."""
    each = [(_by_itself(one.text, known), one) for one in sentences]
    score, one = max(each, key=lambda pair: pair[0])
    return Opinion(
        score - known.bars[f"{language}."],
        _family(seen(one.text), known),
        one.start,
        one.start + len(one.text),
    )


def seen(plain: str) -> tuple[set[str], list[str], set[str]]:
    """Return what a text in plain form holds: runs of words, parts of words, steps of senses."""
    every = words(plain)
    return runs(every), list(chain.from_iterable(map(parts, {*every}))), steps(senses(plain))


def _by_itself(plain: str, known: _Weights) -> float:
    every = words(plain)
    return _share(runs(every), known) + _of_parts({*every}) + _share(steps(senses(plain)), known)


def _of_parts(different: Iterable[str]) -> float:
    """Return what the parts of these words weigh."""
    weights = several = 0
    for weight, number in map(_parts, [one for one in different if len(one) > LONG_WORD]):
        weights += weight
        several += number
    return _rooted(weights, several)


def _share(kind: Collection[str], known: _Weights) -> float:
    return _rooted(sum(map(known.of.get, kind, repeat(0))), len(kind))


def _rooted(thousandths: int, several: int) -> float:
    """Return what things of one kind weigh together, by the root of their number: a long text holds more of them."""
    return thousandths / 1000 / sqrt(max(1, several))


def _heaviest(sentences: Sequence[Sentence], known: _Weights) -> tuple[int, int]:
    """Return the bounds, in the plain form, of the clause whose runs of words weigh most."""
    clauses = [
        (one.start + start, one.start + end, one.text[start:end])
        for one in sentences
        for start, end in _clauses(one.text)
    ]
    start, end, _ = max(clauses, key=lambda clause: _share(runs(words(clause[2])), known))
    return start, end


def _clauses(text: str) -> list[tuple[int, int]]:
    marks = [0, *(mark.end() for mark in CLAUSE_END.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(marks) if text[start:end].strip()]


def _family(everything: Iterable[Things], known: _Weights) -> str:
    votes: dict[str, int] = {}
    for one in chain.from_iterable(everything):
        family = known.family.get(one)
        if family:
            votes[family] = votes.get(family, 0) + known.of[one]
    return max(votes, key=lambda family: votes[family], default="veiled_intimidation")


@lru_cache(maxsize=16384)
def _parts(word: str) -> tuple[int, int]:
    """Return what the parts of a word weigh, and their number: a word weighs the same in every text."""
    of = parts(word)
    return sum(map(_weights().of.get, of, repeat(0))), len(of)


@cache
def _weights() -> _Weights:
    """Return what was learnt, read at the first review."""
    named, barred, *lines = opinion_lines()
    families = named.split()
    bars = {name: int(bar) / 1000 for name, _, bar in (one.partition("=") for one in barred.split())}
    of: dict[str, int] = {}
    family: dict[str, str] = {}
    # Some two thousand different weights: each is kept once, near the others.
    weights: dict[str, int] = {}
    for line in lines:
        thing, weight, number = line.split("\t")
        of[thing] = weights.setdefault(weight, int(weight))
        if number:
            family[thing] = families[int(number)]
    return _Weights(of, family, bars)

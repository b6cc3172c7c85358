"""Cut a text into sentences and clauses, in the plain form that cues are matched on.

Actor, negation and tense are read clause by clause, so a promise in one clause cannot excuse a threat in
the next. The plain form also writes traditional characters and look-alike letters as the lexicon does, one
for one, so that a place in it always leads back to a place in the original.

>>> text = read("我司不会上门。再不还钱,我们就上門!")
>>> [one.text for one in text.sentences]
['我司不会上门', '再不还钱,我们就上门']
>>> first = text.sentences[0]
>>> text.span(first.start + 4, first.start + 6)
(4, 6)
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from loansms.text import CLAUSE_MARKS, Normalised, normalise, read_as

# A full stop between letters or digits belongs to a host, an amount or an initial.
# A question that a warning answers ("Short of money? Do not believe …") is one sentence with it.
_ANSWERED: Final = r"(?!\s*(?:请勿|切勿|勿|谨防|警惕|不要(?:轻信|相信)|(?:please )?do not believe\b))"
_ENDS: Final = rf"(?:[。!;\n\r]|\?{_ANSWERED})*"
# Which mark it is, is asked behind it: a set of marks in front lets the search pass over all other characters.
SENTENCE_END: Final = re.compile(
    rf"[。!;\n\r?.](?:(?<=[。!;\n\r]){_ENDS}|(?<=\?){_ANSWERED}{_ENDS}"
    r"|(?<=\.)(?:(?<!\b[a-z]\.)(?=\s|$|[^\x00-\x7f])|\.+))"
)
CLAUSE_END: Final = re.compile(r"[,:【】]|\s-+\s|\u2014+")
_KEEP: Final = CLAUSE_MARKS | set(":【】")
_LONGEST: Final = 400  # characters of one sentence that are read at once; a longer one is read in overlaps
_OVERLAP: Final = 80


@frozen
class Sentence:
    """One sentence of the plain form, from `start` on."""

    text: str = field(repr=False)
    start: int

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds, in this sentence, of the clause or clauses that hold `start` to `end`."""
        starts, ends = _marks(self.text)
        before, after = bisect_right(ends, start), bisect_left(starts, end)
        left = ends[before - 1] if before else 0
        right = starts[after] if after < len(starts) else len(self.text)
        return left, right


# Every cue of a sentence asks for its clauses, and a long enumeration asks for each in turn.
@lru_cache(maxsize=64)
def _marks(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where the marks between clauses start and end."""
    spans = [mark.span() for mark in CLAUSE_END.finditer(text)]
    return tuple(start for start, _ in spans), tuple(end for _, end in spans)


@frozen
class Reading:
    """A text in its plain form with the way back."""

    original: str = field(repr=False)
    plain: str = field(repr=False)
    normalised: Normalised = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `plain[start:end]` lies in the original."""
        return self.normalised.span(start, end)


def read(text: str) -> Reading:
    """Return `text` in plain form, cut into sentences."""
    normalised = normalise(text, keep=_KEEP)
    plain = normalised.text
    if _FOLDED.search(plain):
        plain = plain.translate(_FOLDS)
    return Reading(text, plain, normalised, tuple(_sentences(plain)))


def _sentences(plain: str) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for mark in SENTENCE_END.finditer(plain):
        found += _pieces(plain, start, mark.start())
        start = mark.end()
    return found + _pieces(plain, start, len(plain))


def _pieces(plain: str, start: int, end: int) -> list[Sentence]:
    if end - start <= _LONGEST:
        text = plain[start:end]
        return [] if not text or text.isspace() else [Sentence(text, start)]
    return [
        Sentence(plain[at : min(end, at + _LONGEST)], at)
        for at in range(start, end, _LONGEST - _OVERLAP)
        if plain[at : min(end, at + _LONGEST)].strip()
    ]


_FOLDS: Final = read_as()
# Most texts hold no such character, and a table is slow for each that it does not hold.
_FOLDED: Final = re.compile(f"[{re.escape(''.join(map(chr, _FOLDS)))}]")

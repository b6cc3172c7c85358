"""Where cues of the lexicon stand in their own right: met in a sentence, lifted by no frame, held by no fact.

A cue of the rules finds by itself; a plain one only in a text that excuses nothing (`excuses`). A hint is a cue
that lawful texts hold too: it finds only where the second opinion agrees.

>>> from loansms.compliance.wording.clauses import read
>>> [one.cue.family for one in cued(read("你这个人渣"), {}, "zh")]
['insult_obscene']
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import frozen

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.frames import lifted
from loansms.compliance.wording.gates import holds
from loansms.compliance.wording.lexicon import LANGUAGES, Cue, lexicon
from loansms.compliance.wording.senses import letters, senses

_HAS: Final = {"zh": re.compile(r"[\u3400-\u9fff]"), "en": re.compile(r"[a-z]{5}|[a-z] [a-z]")}

_EXCUSES: Final = letters("never", "impostor", "former", "nevershare", "sorry", "learn", "anyone")


@frozen
class Place:
    """A cue and where it stands in the original text; `held` says that the facts carry its claim there."""

    cue: Cue
    span: tuple[int, int]
    sentence: int
    held: bool = False

    @property
    def sure(self) -> bool:
        """Whether it finds whatever else the text says."""
        return not (self.held or self.cue.hint or self.cue.plain)


def cued(
    reading: Reading,
    facts: Facts,
    language: str,
    unasked: AbstractSet[str] = frozenset(),
    *,
    hints: bool = False,
) -> list[Place]:
    """Return the first place of every cue (or hint) of each sentence, those in `language` first.

    The `unasked` families are left out. A claim that the facts carry is told as `held`.
    """
    known = lexicon(hints=hints)
    words = known.scan.met(reading.plain)
    if not (words or known.scan.unfiled):
        return []
    first = "zh" if language.startswith("zh") else "en"
    read_in: AbstractSet[str] | None = None  # most texts hold words of cues and match none
    found: list[tuple[bool, int, int, Place]] = []
    ranks: dict[Cue, int] = {}
    for at, sentence in enumerate(reading.sentences):
        met: dict[Cue, list[tuple[int, int]]] = {}
        for number in known.scan.candidates(sentence.text, words):
            places = known.scan.matches(sentence.text, number)
            if not places:
                continue
            if read_in is None:
                read_in = {one for one in LANGUAGES if _HAS[one].search(reading.plain)}
            cue = known.cues[number]
            if cue.language in read_in and cue.family not in unasked:
                ranks.setdefault(cue, number)
                met.setdefault(cue, []).extend(places)
        for cue, places in met.items():
            place = standing(reading, at, cue, places, facts)
            if place is not None:
                found.append((cue.language != first, ranks[cue], at, place))
    return [place for *_, place in sorted(found, key=lambda row: row[:3])]


def standing(
    reading: Reading, at: int, cue: Cue, places: Sequence[tuple[int, int]], facts: Facts
) -> Place | None:
    """Return the first place where a cue stands in its own right."""
    sentence = reading.sentences[at]
    # The gate first: most soft claims stand, and their frame need not be read.
    if cue.claim and holds(cue.claim, facts, sentence.text):
        return Place(cue, places[0], at, held=True)
    excused = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < excused:
            continue  # part of words that a frame has lifted
        if not lifted(sentence, start, end, cue.lift):
            return Place(cue, reading.span(sentence.start + start, sentence.start + end), at)
        excused = end
    return None


def hinted(reading: Reading) -> frozenset[str]:
    """Return the families that hints, and cues of a text that may excuse them, point to; no fact being known."""
    every = (*cued(reading, {}, "zh"), *cued(reading, {}, "zh", hints=True))
    return frozenset(one.cue.family for one in every if not (one.held or one.sure))


def excuses(reading: Reading) -> bool:
    """Return whether a text denies, warns, reports, explains or apologises anywhere: then words may be meant so.

    >>> from loansms.compliance.wording.clauses import read
    >>> excuses(read("我们不会上门")), excuses(read("明天上门"))
    (True, False)
    """
    return not _EXCUSES.isdisjoint(senses(reading.plain))

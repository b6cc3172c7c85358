"""Review a text: which of the seventeen families of unlawful wording it holds, where, and by which source.

Normalise, find cues, read the frame around each, let the facts decide on claims. No list of bad words: a
lawful text often names the bad thing, and a lie needs no bad word.

>>> review_text("钱不到账,就去你家泼油漆。").allowed
False
>>> review_text("我司不会上门催收,如遇此类情况请致电400-000-0000。").allowed
True
>>> found = review_text("LAST CHANCE. Pay by phone.", language="en").findings[0]
>>> found.family, found.span, found.citation
('false_urgency', (0, 11), 'classification is house; bans: US-FDCPA-FALSE, CN-CONT-01')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from attrs import field, frozen

from loansms.compliance.facts import Facts
from loansms.compliance.files import lexicon_file
from loansms.compliance.wording import identifiers, links, parties, required
from loansms.compliance.wording.clauses import Reading, Sentence, read
from loansms.compliance.wording.frames import lifted
from loansms.compliance.wording.gates import holds
from loansms.compliance.wording.lexicon import LANGUAGES, Cue, lexicon
from loansms.model import Purpose, RecipientRole

_HAS: Final = {"zh": re.compile(r"[\u3400-\u9fff]"), "en": re.compile(r"[a-z]{5}|[a-z] [a-z]")}
_SOURCES: Final[Mapping[str, Mapping[str, str]]] = lexicon_file("families")


@frozen
class Finding:
    """One unlawful place: the family, `span` = (start, end) in the original text, and why.

    ``verified`` is the mark of the citation, None where the classification is the house's own reading;
    ``rule_id`` the rule behind it, ``claim`` the claim that lacks its fact, "" where the text alone decides.
    """

    family: str
    span: tuple[int, int]
    message: str
    citation: str = ""
    verified: str | None = None
    message_zh: str = ""
    rule_id: str = ""
    claim: str = ""


@frozen
class Review:
    """What was found; `allowed` when nothing was."""

    findings: tuple[Finding, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        """Whether the text may stand."""
        return not self.findings

    @property
    def families(self) -> frozenset[str]:
        """The families found."""
        return frozenset(one.family for one in self.findings)

    def __bool__(self) -> NoReturn:
        raise TypeError("Review has no truth value: ask .allowed")


def review_text(
    text: str,
    language: str = "zh",
    purpose: Purpose | str = Purpose.COLLECTION,
    facts: Mapping[str, Any] | None = None,
    recipient_role: RecipientRole | str | None = None,
) -> Review:
    """Return what is unlawful in `text`; what `facts` says wins over the other arguments.

    Both languages are read wherever their script occurs, so `language` (zh, en, or a locale such as zh-CN)
    only decides which is reported first. Fact keys are those of the compliance reference; a hard claim
    without its fact is a finding, a soft one only against its fact. `purpose` and `recipient_role` may be given
    by their words ("collection", "relative"): an unknown purpose raises ValueError, an unknown role is read as
    somebody outside the debt.
    """
    return review_reading(read(text), language, Purpose(purpose), facts, recipient_role)


def review_reading(
    reading: Reading,
    language: str,
    purpose: Purpose,
    facts: Mapping[str, Any] | None,
    recipient_role: RecipientRole | str | None,
) -> Review:
    """Return the review of a text already in plain form, as `review_text` does."""
    known: Facts = facts or {}
    role = _word(known.get("recipient_role") or recipient_role)
    found = [
        *_cued(reading, known, language, _unasked(role)),
        *_placed(reading, "third_party_recipient", parties.findings(reading, known, role)),
        *_placed(reading, "pii_exposure", identifiers.findings(reading, known)),
        *_placed(reading, "unsafe_link_or_credential", links.findings(reading, known)),
        *_lacking(reading, known, Purpose(required.purpose_of(known, purpose) or Purpose.TRANSACTION_NOTICE)),
    ]
    return Review(tuple(dict.fromkeys(found)))


def _word(role: object) -> str | None:
    return None if role in (None, "") else str(getattr(role, "value", role)).casefold()


def _unasked(role: str | None) -> frozenset[str]:
    """Return the families whose cues are not read: who a known reader is, no word need tell."""
    return frozenset({"third_party_recipient"} if role in parties.PARTIES or parties.outside(role) else ())


def _cued(reading: Reading, facts: Facts, language: str, unasked: frozenset[str]) -> Iterator[Finding]:
    first = "zh" if language.startswith("zh") else "en"
    read_in = {one for one in LANGUAGES if _HAS[one].search(reading.plain)}
    found: list[tuple[bool, int, int, Finding]] = []
    ranks: dict[Cue, int] = {}
    known = lexicon()
    for place, sentence in enumerate(reading.sentences):
        met: dict[Cue, list[tuple[int, int]]] = {}
        for number in known.scan.candidates(sentence.text):
            places = known.scan.matches(sentence.text, number)
            cue = known.cues[number]
            if places and cue.language in read_in and cue.family not in unasked:
                ranks.setdefault(cue, number)
                met.setdefault(cue, []).extend(places)
        for cue, places in met.items():
            one = _in_sentence(reading, sentence, cue, places, facts)
            if one is not None:
                found.append((cue.language != first, ranks[cue], place, one))
    return (one for *_, one in sorted(found, key=lambda row: row[:3]))


def _in_sentence(
    reading: Reading, sentence: Sentence, cue: Cue, places: Sequence[tuple[int, int]], facts: Facts
) -> Finding | None:
    """Return the first place where a cue stands in its own right."""
    # The gate first: most soft claims stand, and their frame need not be read.
    if cue.claim and holds(cue.claim, facts, sentence.text):
        return None
    excused = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < excused:
            continue  # part of words that a frame has lifted
        if not lifted(sentence, start, end, cue.lift):
            span = reading.span(sentence.start + start, sentence.start + end)
            return _finding(cue.family, span, cue.claim)
        excused = end
    return None


def _placed(reading: Reading, family: str, spans: Iterator[tuple[int, int]]) -> Iterator[Finding]:
    return (_finding(family, span) for span in spans) if reading.plain else iter(())


def _lacking(reading: Reading, facts: Facts, purpose: Purpose) -> Iterator[Finding]:
    for rule_id in required.missing(reading.original, reading.plain, facts, purpose):
        yield _finding("required_content", (0, len(reading.original)), rule_id=rule_id)


def _finding(family: str, span: tuple[int, int], claim: str = "", rule_id: str = "") -> Finding:
    source = _SOURCES[rule_id or family]
    return Finding(
        family=family,
        span=span,
        message=source["message"],
        citation=source["citation"],
        verified=source.get("verified"),
        message_zh=source["message_zh"],
        rule_id=rule_id or f"FAM-{family}",
        claim=claim,
    )

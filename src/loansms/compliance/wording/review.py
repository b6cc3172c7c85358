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

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, Final, NoReturn

from attrs import evolve, field, frozen

from loansms.compliance.facts import Facts
from loansms.compliance.files import lexicon_file
from loansms.compliance.wording import identifiers, links, parties, required
from loansms.compliance.wording.clauses import Reading, read
from loansms.compliance.wording.cued import Place, cued, excuses
from loansms.compliance.wording.gates import asked, speaking, vouched
from loansms.compliance.wording.opinion import opinion
from loansms.model import Purpose, RecipientRole

_SOURCES: Final[Mapping[str, Mapping[str, str]]] = lexicon_file("families")


@frozen
class Finding:
    """One unlawful place: the family, `span` = (start, end) in the original text, and why.

    ``verified`` is the mark of the citation, None where the classification is the house's own reading;
    ``rule_id`` the rule behind it, ``claim`` the claim that lacks its fact, "" where the text alone decides.
    ``suggestion`` is a lawful form where one exists. ``refer`` says that no rule is broken in so many words:
    the second opinion wants a person to read the text before it may go.
    """

    family: str
    span: tuple[int, int]
    message: str
    citation: str = ""
    verified: str | None = None
    message_zh: str = ""
    rule_id: str = ""
    claim: str = ""
    suggestion: str = ""
    suggestion_zh: str = ""
    refer: bool = False


@frozen
class Review:
    """What a review found: ``findings``, each once, with family and span; `allowed` when there is none."""

    findings: tuple[Finding, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        """Whether the text may stand."""
        return not self.findings

    @property
    def cleared(self) -> Review:
        """The review once a person has read the text: what rules and hints found stands, the second opinion not."""
        return Review(tuple(one for one in self.findings if not one.refer))

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
    unasked = _unasked(role)
    places = cued(reading, known, language, unasked)
    found = [
        *map(_of_place, _standing(reading, places)),
        *map(_of_place, _belied(reading, known, language, unasked)),
        *_placed(reading, "third_party_recipient", parties.findings(reading, known, role)),
        *_placed(reading, "pii_exposure", identifiers.findings(reading, known)),
        *_placed(reading, "unsafe_link_or_credential", links.findings(reading, known)),
        *_lacking(reading, known, Purpose(required.purpose_of(known, purpose) or Purpose.TRANSACTION_NOTICE)),
    ]
    hints = partial(cued, reading, known, language, unasked, hints=True)
    if not found:
        return Review(tuple(dict.fromkeys(_opinion(reading, places, hints, known, unasked))))
    # A refused text is told of everything it points to.
    pointed = [one for one in (*places, *hints()) if not one.held]
    return Review(tuple(dict.fromkeys((*found, *map(_of_place, pointed)))))


def _of_place(place: Place) -> Finding:
    return _finding(place.cue.family, place.span, place.cue.claim)


def _standing(reading: Reading, places: Sequence[Place]) -> list[Place]:
    """Return the places that find by themselves, the plain ones where the text excuses nothing."""
    waiting = any(one.cue.plain and not one.held for one in places)
    excused = waiting and excuses(reading)
    return [one for one in places if one.sure or (one.cue.plain and not one.held and not excused)]


def _belied(reading: Reading, facts: Facts, language: str, unasked: AbstractSet[str]) -> list[Place]:
    """Return the hinted claims that the facts speak of and do not bear out: those need no second opinion."""
    if not speaking(facts):
        return []
    every = (*cued(reading, facts, language, unasked), *cued(reading, facts, language, unasked, hints=True))
    return [one for one in every if not one.held and asked(one.cue.claim, facts)]


def _opinion(
    reading: Reading,
    places: Sequence[Place],
    hints: Callable[[], list[Place]],
    facts: Facts,
    unasked: AbstractSet[str],
) -> list[Finding]:
    """Return what the second opinion minds, in the words of a hint where one points the same way."""
    carried = vouched(facts)
    hinted = hints() if carried else None
    met = [*places, *(hinted or ())]
    told = {one.sentence for one in met if one.held and one.cue.family in carried}
    held = told - {one.sentence for one in met if not one.held}

    def pointed() -> set[str]:
        nonlocal hinted
        hinted = hints() if hinted is None else hinted
        return {one.cue.family for one in (*places, *hinted) if not one.held}

    said = opinion(reading, pointed, held)
    if not said.heavy:
        return []
    pointed()
    agreeing = [one for one in (*places, *(hinted or ())) if not one.held]
    if agreeing:
        return list(map(_of_place, agreeing))
    # Where facts carry such claims, each is held against them by its cue; how the text sounds adds nothing.
    if said.family in unasked or said.family in carried:
        return []
    near = _finding(said.family, reading.span(said.start, said.end))
    why = _SOURCES["referred"]
    return [
        evolve(
            near,
            message=why["message"],
            message_zh=why["message_zh"],
            citation=why["citation"],
            rule_id="",
            suggestion="",
            suggestion_zh="",
            refer=True,
        )
    ]


def _word(role: object) -> str | None:
    return None if role in (None, "") else str(getattr(role, "value", role)).casefold()


def _unasked(role: str | None) -> frozenset[str]:
    """Return the families whose cues are not read: who a known reader is, no word need tell."""
    return frozenset({"third_party_recipient"} if role in parties.PARTIES or parties.outside(role) else ())


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
        suggestion=source.get("suggestion", ""),
        suggestion_zh=source.get("suggestion_zh", ""),
    )

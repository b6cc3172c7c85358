"""The cues of each family, compiled once from the lexicon files: hints that the frame around them decides.

>>> known = lexicon()
>>> "insult_obscene" in {known.cues[number].family for number in known.scan.candidates("你这个人渣")}
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

from attrs import frozen

from loansms.compliance.files import lexicon_file
from loansms.compliance.wording.scan import Scan

LANGUAGES: Final = ("zh", "en")


@frozen(eq=False)
class Cue:
    """One set of patterns of a family in one language.

    ``lift`` names the frames under which the words are lawful; ``claim`` is "" where the text alone decides;
    ``hint`` says that lawful texts hold such words too, so that they find nothing by themselves; ``plain`` that
    they find only in a text that denies, warns, explains and excuses nothing.
    """

    family: str
    language: str
    lift: frozenset[str]
    claim: str = ""
    hint: bool = False
    plain: bool = False


def expand(pattern: str) -> str:
    """Write the word classes of concepts.toml out in a pattern: ``<kin>`` becomes any word for kin.

    >>> expand("<no_such_class>")
    Traceback (most recent call last):
        ...
    KeyError: 'no_such_class'
    """
    return _CLASS.sub(lambda found: f"(?:{'|'.join(map(expand, _concepts()[found[1]]))})", pattern)


def _parts() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("verdicts", "threats", "deceits", "credentials", "claims", "composed"):
        for family, parts in lexicon_file(name).items():
            several = cast("list[Mapping[str, Any]]", parts if isinstance(parts, list) else [parts])
            yield from ((family, part) for part in several)


def _cues() -> Iterator[tuple[Cue, str]]:
    for family, part in _parts():
        for language in LANGUAGES:
            for kind in ("", "_plain", "_hints"):
                cue = Cue(
                    family,
                    language,
                    frozenset(part["lift"]),
                    part.get("claim", ""),
                    hint=kind == "_hints",
                    plain=kind == "_plain",
                )
                yield from ((cue, expand(one)) for one in part.get(f"{language}{kind}", ()))


@cache
def _concepts() -> Mapping[str, list[str]]:
    return lexicon_file("concepts")


@frozen
class Lexicon:
    """Cues of one strength, and the scan of their patterns: pattern number n of `scan` belongs to ``cues[n]``."""

    cues: tuple[Cue, ...]
    scan: Scan


@cache
def lexicon(*, hints: bool = False) -> Lexicon:
    """Return the compiled cues, or hints: read at the first review, so that importing the library stays quick."""
    pairs = tuple(pair for pair in _cues() if pair[0].hint is hints)
    return Lexicon(tuple(cue for cue, _ in pairs), Scan([pattern for _, pattern in pairs]))


_CLASS: Final = re.compile(r"(?<!\(\?)(?<!\(\?P)<([a-z_]+)>")
FAMILIES: Final = (
    "violence_threat",
    "veiled_intimidation",
    "insult_obscene",
    "impersonate_authority",
    "false_legal_process",
    "asset_seizure",
    "credit_status_exaggeration",
    "third_party_disclosure_threat",
    "third_party_recipient",
    "false_urgency",
    "visit_threat",
    "improper_funding_or_private_pay",
    "deceptive_bait",
    "pii_exposure",
    "unsafe_link_or_credential",
    "harassment_pressure",
    "rights_denial",
    "required_content",
)
"""The families of wording a review may find, by the identifier each finding carries."""

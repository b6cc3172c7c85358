"""The cues of each family, compiled once from the lexicon files: hints that the frame around them decides.

>>> "violence_threat" in {cue.family for cue in CUES["zh"]}
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from attrs import frozen

from loansms.compliance.files import lexicon_file

LANGUAGES: Final = ("zh", "en")


@frozen
class Cue:
    """One set of patterns of a family in one language.

    ``anchored`` patterns ask where a sentence begins or ends, so the whole text says nothing of them.
    ``lift`` names the frames under which the words are lawful; ``claim`` is "" where the text alone decides.
    """

    family: str
    pattern: re.Pattern[str]
    lift: frozenset[str]
    claim: str = ""
    anchored: bool = False


def _cues(language: str) -> tuple[Cue, ...]:
    return tuple(
        Cue(
            family=family,
            pattern=re.compile("|".join(f"(?:{one})" for one in part[language])),
            lift=frozenset(part["lift"]),
            claim=part.get("claim", ""),
            anchored=any(one.startswith("^") or "$" in one for one in part[language]),
        )
        for family, part in _parts()
        if part.get(language)
    )


def _parts() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("threats", "deceits", "claims"):
        for family, parts in lexicon_file(name).items():
            several = cast("list[Mapping[str, Any]]", parts if isinstance(parts, list) else [parts])
            yield from ((family, part) for part in several)


CUES: Final[Mapping[str, tuple[Cue, ...]]] = {language: _cues(language) for language in LANGUAGES}
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

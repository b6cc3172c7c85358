"""`loansms check-templates`: a catalogue against a provider and the packs, before any message is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from loansms.cli import choices
from loansms.cli.check import GRAVE, show_findings, told
from loansms.cli.session import Session
from loansms.compliance import RulePack, review_text
from loansms.planning import prove
from loansms.templates import Catalogue, drafts, lint

_UNNAMED = "none"  # the profile of no provider


@frozen(kw_only=True)
class TemplatesRequest:
    """What templates are held against; the packs are asked when packs or a lender are named."""

    folder: Path | None = None
    profile: str = _UNNAMED
    packs: Sequence[str] | None = None
    lender: Path | None = None
    json: bool = False


def check_templates(session: Session, asked: TemplatesRequest) -> bool:
    """Check the built-in templates or a folder's own; return whether nothing grave was found."""
    catalogue = _catalogue(asked.folder)
    found: list[dict[str, Any]] = [
        {"source": "lint", "lender": None, **asdict(one)}
        for one in (*lint(catalogue, profile=asked.profile), *drafts(catalogue))
    ]
    versions: list[str] = []
    if asked.packs or asked.lender:
        found += _proof(catalogue, asked, versions)
    clean = not any(one["severity"] == GRAVE for one in found)
    what = str(asked.folder or "builtin")
    if asked.json:
        severities = Counter(one["severity"] for one in found)
        session.json(
            {
                "command": "check-templates",
                "catalogue": what,
                "profile": asked.profile,
                "packs": versions,
                "clean": clean,
                "counts": {name: severities[name] for name in ("error", "warning")},
                "findings": found,
            }
        )
        return clean
    rows = [
        [
            one["severity"],
            f"{one['template']} [{one['locale']}] {one['rule']}",
            told(session, one["message"], one["message_zh"]),
        ]
        for one in found
    ]
    return show_findings(session, what, rows)


def _catalogue(folder: Path | None) -> Catalogue:
    """Return the built-in templates, or a folder's own: one that tells too little is found, not refused."""
    if folder is None:
        return Catalogue.builtin()
    return Catalogue.load(folder, review=review_text, complete=False)


def _proof(catalogue: Catalogue, asked: TemplatesRequest, versions: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what the packs say of the words of every template, as each lender would send it."""
    named = choices.names(asked.packs)
    provider = "sandbox" if asked.profile == _UNNAMED else asked.profile
    for lender in choices.lenders(asked.lender, named).values():
        packs = [RulePack.load(name) for name in named or [lender.jurisdiction]]
        versions += [one.version for one in packs if one.version not in versions]
        for one in prove(catalogue, packs, lender, provider=provider):
            yield {"source": "packs", "lender": lender.lender_id, **asdict(one)}

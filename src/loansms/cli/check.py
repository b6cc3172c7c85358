"""The checks: a text, a policy, a catalogue of templates. They say where and why; they repeat no text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from loansms.cli import choices
from loansms.cli.session import Session
from loansms.compliance import RulePack, review_text
from loansms.insights.wording import is_chinese
from loansms.model import Purpose, RecipientRole
from loansms.templates import Catalogue, lint
from loansms.text.segments import count

_GRAVE = "error"


def check_text(
    session: Session, text: str, *, language: str, purpose: str, recipient: str, facts: Sequence[str] | None
) -> bool:
    """Review one text ("-" reads it from stdin); return whether it is allowed."""
    body = sys.stdin.read().strip() if text == "-" else text
    reviewed = review_text(
        body,
        language=language,
        purpose=choices.one_of(Purpose, purpose, "--purpose"),
        facts=choices.facts(facts),
        recipient_role=choices.one_of(RecipientRole, recipient, "--recipient"),
    )
    cost = count(body, "cn" if is_chinese(language) else "gsm")
    session.say(
        session.tell("text.allowed" if reviewed.allowed else "text.refused")
        + ", "
        + session.tell("text.cost", segments=str(cost.segments), encoding=cost.encoding)
    )
    rows = [
        [
            one.family,
            session.tell("chars", start=str(one.span[0] + 1), end=str(one.span[1])),
            _told(session, one.message, one.message_zh),
            one.citation,
        ]
        for one in reviewed.findings
    ]
    if rows:
        session.table([session.tell(f"head.{key}") for key in ("family", "where", "message", "source")], rows)
    return reviewed.allowed


def check_policy(
    session: Session,
    name: str,
    *,
    options: Sequence[str] | None,
    packs: Sequence[str] | None,
    folder: Path | None,
    languages: Sequence[str] | None,
) -> bool:
    """Check a policy with its catalogue and packs; return whether nothing grave was found."""
    policy = choices.policy(name, options)
    found = policy.check(
        catalogue=choices.catalogue(folder),
        packs=[RulePack.load(pack) for pack in choices.names(packs)],
        languages=choices.names(languages),
    )
    rows = [[one.severity.value, one.where, _told(session, one.message, one.message_zh)] for one in found]
    return _findings(session, policy.name, rows)


def check_templates(session: Session, folder: Path | None, *, profile: str) -> bool:
    """Lint the built-in templates or a folder's own; return whether nothing grave was found."""
    catalogue = Catalogue.builtin() if folder is None else choices.catalogue(folder)
    rows = [
        [
            one.severity,
            f"{one.template} [{one.locale}] {one.rule}",
            _told(session, one.message, one.message_zh),
        ]
        for one in lint(catalogue, profile=profile)
    ]
    return _findings(session, str(folder or "builtin"), rows)


def _findings(session: Session, what: str, rows: Sequence[Sequence[str]]) -> bool:
    if not rows:
        session.say(session.tell("clean", what=what))
        return True
    session.say(session.tell("found", what=what, count=str(len(rows))))
    session.table([session.tell(f"head.{key}") for key in ("severity", "where", "message")], rows)
    return not any(row[0] == _GRAVE for row in rows)


def _told(session: Session, message: str, message_zh: str) -> str:
    return (message_zh if is_chinese(session.lang) else "") or message

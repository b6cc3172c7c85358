"""The check of a policy, and how checks of files show what they found. They repeat no text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loansms.cli import choices
from loansms.cli.session import Session
from loansms.compliance import RulePack
from loansms.insights.wording import is_chinese

GRAVE = "error"


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
    rows = [[one.severity.value, one.where, told(session, one.message, one.message_zh)] for one in found]
    return show_findings(session, policy.name, rows)


def show_findings(session: Session, what: str, rows: Sequence[Sequence[str]]) -> bool:
    """Show rows of (severity, where, message); return whether none of them is grave."""
    if not rows:
        session.say(session.tell("clean", what=what))
        return True
    session.say(session.tell("found", what=what, count=str(len(rows))))
    told = [[session.tell(f"severity.{row[0]}"), *row[1:]] for row in rows]
    session.table([session.tell(f"head.{key}") for key in ("severity", "where", "message")], told)
    return not any(row[0] == GRAVE for row in rows)


def told(session: Session, message: str, message_zh: str) -> str:
    """Return the message in the language of the session, in English where there is no Chinese."""
    return (message_zh if is_chinese(session.lang) else "") or message

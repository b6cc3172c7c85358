"""What every command does first and last: take up the session, and end in the code that tells of findings."""

from __future__ import annotations

import typer

from loansms.cli.session import Session
from loansms.errors import CallerError

FINDINGS = 1


def session_of(context: typer.Context, lang: str | None) -> Session:
    """Return the session; its language was read from the arguments before they were parsed."""
    if lang is not None and not lang.casefold().startswith(("zh", "en")):
        raise CallerError("--lang: expected zh-CN or en", "--lang：应为 zh-CN 或 en")
    session: Session = context.obj
    return session


def end(*, bad: bool) -> None:
    """End the command with the exit code of findings where there are any."""
    if bad:
        raise typer.Exit(FINDINGS)

"""`loansms take`: an agency's file of a day into the store, before the next run counts what others did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loansms.cli import choices, options
from loansms.cli.invocation import end, session_of
from loansms.cli.kept_store import KeptStore, kept_store, staff_id
from loansms.cli.output import written
from loansms.errors import CallerError
from loansms.insights.sentences import number
from loansms.model import Lender, Reason
from loansms.planning import choose_lender
from loansms.portfolio import rejects_path, write_rejects
from loansms.services import AgencyIntake


def take_command(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A file of an agency: .csv, .parquet or .xlsx; bad rows go to FILE.rejects.csv.",
        ),
    ],
    *,
    store: KeptStore,
    lender: Annotated[
        Path, typer.Option("--lender", help="Profile (TOML) of the lender whose borrowers these are.")
    ],
    lender_id: Annotated[
        str | None, typer.Option("--lender-id", help="Which lender of the profile file it is.")
    ] = None,
    agency: Annotated[
        str, typer.Option("--agency", help="Id of the agency: two of them may then use the same source ids.")
    ] = "",
    by: Annotated[
        str | None,
        typer.Option("--by", help="Staff id of who answers for releases; without it none is taken."),
    ] = None,
    encoding: options.Encoding = None,
    now: Annotated[
        str | None,
        typer.Option("--now", help="The moment of taking it, with its offset. Default: the clock."),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when the file has bad rows.")] = False,
) -> None:
    """Take an agency's file of a day: contacts, payments, holds, consents; each row once, by its source id."""
    session = session_of(context, lang)
    at = choices.moment(now, session.clock)
    who = _lender(lender, lender_id)
    beside = rejects_path(file)
    with kept_store(session, store) as ledger:
        intake = AgencyIntake(
            store=ledger,
            lender=who,
            agency=agency and staff_id(agency, "--agency"),
            by=None if by is None else staff_id(by),
        )
        taken = intake.take(file, now=at, encoding=encoding or "utf-8")
    with written("FILE", beside) as part:
        write_rejects(taken.rejects, part, session.lang)
    if as_json:
        session.json(
            {
                "command": "take",
                "file": file.name,
                "new": taken.new,
                "known": taken.known,
                "rejected": len(taken.rejects),
                "rejects": beside.name,
            }
        )
    else:
        counts = {"new": taken.new, "known": taken.known, "bad": len(taken.rejects)}
        told = {name: number(count) for name, count in counts.items()}
        session.say(session.tell("take.done", path=file.name, **told))
        if taken.rejects:
            session.say(session.tell("wrote.rejects", path=str(beside), count=told["bad"]))
    end(bad=strict and bool(taken.rejects))


def _lender(path: Path, lender_id: str | None) -> Lender:
    found = choose_lender(Lender.load_all(path), lender_id)
    if isinstance(found, Reason):
        raise CallerError(f"--lender-id: {found.message}", f"--lender-id：{found.message_zh}")
    return found

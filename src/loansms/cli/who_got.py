"""`loansms who-got`: everybody a template reached since a moment, to tell them what was wrong with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer

from loansms.cli import choices, options
from loansms.cli.invocation import session_of
from loansms.cli.kept_store import KeptStore, kept_store
from loansms.cli.table_file import checked_out, write_table
from loansms.insights.sentences import number
from loansms.services.intake.reached import reached

_COLUMNS: Final = (
    "tenant", "borrower_id", "loan_id", "recipient", "at", "template", "version", "channel", "state", "delivery",
)  # fmt: skip
_ON_SCREEN: Final = ("borrower_id", "loan_id", "at", "state", "delivery")
_SHOWN: Final = 20


def who_got_command(
    context: typer.Context,
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Such as collection.early.")],
    *,
    since: Annotated[
        str, typer.Option("--since", help="From this moment on, with its offset, by when it was sent.")
    ],
    store: KeptStore,
    version: Annotated[
        str | None, typer.Option("--version", help="Only this version of its words. Default: all.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="All of them as .csv. Default: the first on the screen.")
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """List whom a template reached, or may have reached: ids, loans, when, and what became of it."""
    session = session_of(context, lang)
    start = choices.moment(since, session.clock, "--since")
    if out:
        checked_out(out, store)
    with kept_store(session, store) as ledger:
        found = reached(ledger.attempts(since=start), template, version)
    records = [one.record for one in found]
    if out:
        write_table(out, _COLUMNS, records)
    people = len({(one.tenant, one.borrower_id) for one in found})
    states = Counter(one.state for one in found)
    if as_json:
        told: dict[str, object] = {
            "command": "who-got",
            "template": template,
            "version": version,
            "since": start.isoformat(),
            "messages": len(found),
            "borrowers": people,
            "states": dict(sorted(states.items())),
        }
        session.json(told if out else {**told, "reached": records})
        return
    session.say(
        session.tell("reached.count", template=template, count=number(len(found)), people=number(people))
    )
    if out:
        session.say(session.tell("wrote.rows", path=str(out)))
    elif found:
        heads = [session.tell(f"reached.{name}") for name in _ON_SCREEN]
        shown = [{**one, "state": session.tell(f"reached.{one['state']}")} for one in records[:_SHOWN]]
        session.table(heads, [[one[name] for name in _ON_SCREEN] for one in shown])

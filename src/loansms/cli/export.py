"""`loansms export suppressions`: what an agency has to obey of a day, as a file."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, available_timezones

import typer

from loansms.cli import choices, options
from loansms.cli.invocation import session_of
from loansms.cli.kept_store import KeptStore, kept_store
from loansms.cli.session import Session
from loansms.cli.table_file import checked_out, write_table
from loansms.errors import CallerError
from loansms.insights.sentences import number
from loansms.services.intake.agency_list import agency_lines

export: typer.Typer = typer.Typer(name="export", help="Files for others, out of the store.")
_COLUMNS: Final = ("tenant", "borrower_id", "loan_id", "what", "code", "at", "until")


@export.callback()
def _root() -> None:  # pyright: ignore[reportUnusedFunction] - a single command would else lose its name
    pass


@export.command("suppressions")
def suppressions_command(
    context: typer.Context,
    *,
    store: KeptStore,
    out: Annotated[Path, typer.Option("--out", help="The file, .csv.")],
    on: Annotated[str | None, typer.Option("--on", help="What happened on this day.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="IANA zone of the day. Default: this machine's.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="What happened from this moment on, with its offset.")
    ] = None,
    after: Annotated[
        int | None,
        typer.Option("--after", help="What was written after this entry, late news too; see `through`."),
    ] = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Write who paid, is held, disputes, withdrew or opted out: ids for agencies, no numbers, no amounts."""
    session = session_of(context, lang)
    if sum(one is not None for one in (on, since, after)) != 1:
        raise CallerError(
            "export: expected one of --on, --since and --after",
            "export：--on、--since、--after 须且只能指定一个",
        )
    start, end = _day(session, on, timezone) if on else (None, None)
    if since:
        start = choices.moment(since, session.clock, "--since")
    checked_out(out, store)
    with kept_store(session, store) as ledger:
        entries = list(ledger.entries())
    lines = agency_lines(entries, since=start, until=end, after=after)
    write_table(out, _COLUMNS, [one.record for one in lines])
    through = entries[-1].number if entries else 0
    counts = Counter(one.what for one in lines)
    if as_json:
        session.json(
            {
                "command": "export suppressions",
                "out": out.name,
                "lines": len(lines),
                "debtors": len({(one.tenant, one.borrower_id) for one in lines}),
                "counts": dict(sorted(counts.items())),
                "through": through,
            }
        )
        return
    lines_of = (f"{what} {number(count)}" for what, count in sorted(counts.items()))
    told = session.tell("between").join(lines_of) or session.tell("export.none")
    session.say(session.tell("export.done", path=str(out), told=told, through=str(through)))


def _day(session: Session, on: str, timezone: str | None) -> tuple[datetime, datetime]:
    if timezone is not None and timezone not in available_timezones():
        raise CallerError(
            "--timezone: expected an IANA zone such as Asia/Shanghai",
            "--timezone：应为 IANA 时区，例如 Asia/Shanghai",
        )
    day = choices.day(on, session.clock)
    begins = (datetime.combine(one, time.min) for one in (day, day + timedelta(days=1)))
    # Without a zone `astimezone` takes the machine's, by the offset it has on that day.
    first, end = (one.replace(tzinfo=ZoneInfo(timezone)) if timezone else one.astimezone() for one in begins)
    return first, end

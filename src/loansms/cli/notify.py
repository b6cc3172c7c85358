"""`loansms notify`: event notices, one from options or many from a file, each told once per event id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from loansms.cli import choices
from loansms.cli.events import EventRow, event_of, read_events
from loansms.cli.output import Outputs, write_rows, written
from loansms.cli.run import ledger
from loansms.cli.session import Session
from loansms.cli.summary import named, show_summary
from loansms.clock import RunningClock
from loansms.errors import BadRow, CallerError
from loansms.model import Lender
from loansms.planning import Event, choose_lender
from loansms.portfolio import Reject, dialled_in, write_rejects
from loansms.services import OutreachService, RunReport, RunRow
from loansms.templates import Catalogue


@frozen(kw_only=True)
class NotifyRequest:
    """What the user asked to tell: a file of events, or the cells of a single one."""

    events: Path | None
    cells: Mapping[str, str]
    store: Path
    lender: Path | None = None
    packs: Sequence[str] | None = None
    catalogue: Path | None = None
    calendar: Path | None = None
    encoding: str | None = None
    now: str | None = None
    provider: str = "sandbox"
    out: Path | None = None
    quiet: bool = False


def notify(session: Session, asked: NotifyRequest) -> int:
    """Send the notices; return how many rows were bad."""
    _one_or_many(asked)
    at = choices.moment(asked.now, session.clock)
    clock = RunningClock(at, session.clock)
    outputs = Outputs.beside(asked.out, None, [asked.events, asked.lender, asked.store, asked.calendar])
    packs = choices.names(asked.packs)
    lenders = choices.lenders(asked.lender, packs or ["CN"])
    catalogue = choices.catalogue(asked.catalogue)
    rows, rejects = _read(asked, catalogue, lenders)
    with ledger(session, asked.store) as store:
        service = OutreachService(
            catalogue=catalogue,
            packs=packs or None,
            lender=lenders,
            store=store,
            provider=choices.provider(asked.provider, clock),
            clock=clock,
            overrides=choices.overrides(asked.calendar),
        )
        done = service.notify_many([one.event for one in rows], now=at)
        told = [RunRow(one.row, one.outcome, row.line) for one, row in zip(done, rows, strict=True)]
        if outputs.rows:
            with written("--out", outputs.rows) as part:
                write_rows(part, told, session.lang)
        if outputs.rejects:
            with written("--out", outputs.rejects) as part:
                write_rejects(rejects, part, session.lang)
    if not asked.quiet:
        if any(one.example_only for one in lenders.values()):
            session.warn(session.tell("example"))
        book = asked.events.name if asked.events else session.tell("one_event")
        report = named(RunReport(now=at, rows=told, book=book), lenders.values(), session.lang)
        show_summary(session, report, "title.notify")
        outputs.tell(session, len(rejects))
    return len(rejects)


def _one_or_many(asked: NotifyRequest) -> None:
    if (asked.events is None) is not bool(asked.cells):
        raise CallerError(
            "notify: expected either an events file or --event-id with --template, --borrower and --phone",
            "notify：应提供事件文件，或用 --event-id、--template、--borrower、--phone 描述单个事件",
        )
    if asked.events is not None and asked.out is None:
        raise CallerError(
            "--out: an events file needs it, for its rows and its bad rows",
            "--out：处理事件文件时必须指定，用于写出逐行结果和坏行",
        )


def _read(
    asked: NotifyRequest, catalogue: Catalogue, lenders: Mapping[str, Lender]
) -> tuple[list[EventRow], list[Reject]]:
    country = dialled_in(lenders.values())
    if asked.events is not None:
        rows, rejects = read_events(
            asked.events, catalogue, encoding=asked.encoding or "utf-8", default_country=country
        )
        strange = {one.line: found for one in rows if (found := _lender_fault(one.event, lenders))}
        rejects += [Reject(line, bad.column, bad.reason, bad.reason_zh) for line, bad in strange.items()]
        kept = [one for one in rows if one.line not in strange]
        return kept, sorted(rejects, key=lambda one: one.line)
    try:
        event = event_of(asked.cells, catalogue, country)
        if fault := _lender_fault(event, lenders):
            raise fault
        return [EventRow(1, event)], []
    except BadRow as bad:
        option = _OPTIONS.get(bad.column, f"--value {bad.column}")
        raise CallerError(f"{option}: {bad.reason}", f"{option}：{bad.reason_zh}") from None


def _lender_fault(event: Event, lenders: Mapping[str, Lender]) -> BadRow | None:
    """Return why no profile speaks for `event`, or nothing where one does."""
    found = choose_lender(lenders, event.lender_id)
    if isinstance(found, Lender):
        return None
    told, zh = (text.removeprefix("lender_id").lstrip(":： ") for text in (found.message, found.message_zh))
    return BadRow("lender_id", told, zh)


_OPTIONS = {
    "event_id": "--event-id",
    "template": "--template",
    "borrower_id": "--borrower",
    "phone": "--phone",
    "country": "--country",
    "timezone": "--timezone",
    "language": "--language",
    "currency": "--currency",
    "loan_id": "--loan",
    "lender_id": "--lender-id",
}

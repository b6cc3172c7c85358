"""`loansms run` and `loansms plan`: a book in; rows, bad rows, a report and a summary out."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from attrs import frozen

from loansms.calendars import calendar_for
from loansms.cli import choices
from loansms.cli.compare import compared_with, show_comparison, write_comparison
from loansms.cli.output import Outputs, write_rows, written
from loansms.cli.ramp import RampRequest
from loansms.cli.session import Session
from loansms.cli.summary import named, show_plan, show_summary
from loansms.clock import Clock, RunningClock
from loansms.insights import ReportAbout, report_html
from loansms.model import Lender
from loansms.policy import Policy
from loansms.portfolio import Book, dialled_in, read_book, with_known_lenders, write_rejects
from loansms.services import OutreachService, Rollout, RunReport
from loansms.services.sending.plan_file import PlanFile
from loansms.services.sending.setup import Setup
from loansms.stores import ContactLedger, MemoryStore, SqliteStore


@frozen(kw_only=True)
class BookRequest:
    """What the user asked of one book; paths and names as typed."""

    book: Path
    policy: str
    options: Sequence[str] | None = None
    lender: Path | None = None
    packs: Sequence[str] | None = None
    catalogue: Path | None = None
    calendar: Path | None = None
    columns: str | None = None
    encoding: str | None = None
    now: str | None = None
    store: Path | None = None
    provider: str = "sandbox"
    out: Path | None = None
    report: Path | None = None
    quiet: bool = False
    show_text: bool = False
    signed: Path | None = None
    ramp: RampRequest | None = None
    max_age: str | None = None
    rollout: str | None = None
    compare: Path | None = None


def run(session: Session, asked: BookRequest) -> int:
    """Send what the book calls for; return how many rows were bad."""
    at, outputs = _prepared(session, asked)
    lenders, policy, book = _inputs(asked)
    only = PlanFile.read(asked.signed).signed() if asked.signed else None
    ramp = asked.ramp.read() if asked.ramp else None
    with ledger(session, asked.store) as store:
        service = _service(asked, lenders, policy, store, RunningClock(at, session.clock))
        with session.progress(quiet=asked.quiet) as moved:
            told = service.run(book, now=at, on_progress=moved, only=only, ramp=ramp)
        done = named(told, lenders.values(), session.lang)
        _write(session, asked, outputs, done, book, service.setup, sent=True)
    _tell(session, asked, outputs, done, book, service.setup, sent=True)
    return len(book.rejects)


def plan(session: Session, asked: BookRequest) -> int:
    """Say what a run would do, without claiming or sending anything; return how many rows were bad."""
    at, outputs = _prepared(session, asked)
    lenders, policy, book = _inputs(asked)
    with ledger(session, asked.store, create=False) as store:
        service = _service(asked, lenders, policy, store, RunningClock(at, session.clock))
        planned = named(service.plan(book, now=at), lenders.values(), session.lang)
        if asked.compare is not None:
            told = compared_with(asked.compare, asked.encoding, planned, service.setup)
            write_comparison(session, told, outputs)
            if not asked.quiet:
                show_comparison(session, told, outputs)
            return len(book.rejects) + len(told.rejects)
        _write(session, asked, outputs, planned, book, service.setup, sent=False)
    if not asked.quiet and asked.out is None:
        show_plan(session, planned, show_text=asked.show_text)
    _tell(session, asked, outputs, planned, book, service.setup, sent=False)
    return len(book.rejects)


@contextmanager
def ledger(session: Session, path: Path | None, *, create: bool = True) -> Generator[ContactLedger]:
    """Give the store in `path`, or one in memory where there is none; a plan creates no file."""
    if path is None or not (create or path.exists()):
        yield MemoryStore(clock=session.clock)
        return
    with SqliteStore(path, clock=session.clock) as store:
        yield store


def _prepared(session: Session, asked: BookRequest) -> tuple[datetime, Outputs]:
    columns = Path(asked.columns) if asked.columns else None
    inputs = [asked.book, asked.lender, asked.store, Path(asked.policy), columns, asked.calendar]
    inputs += [asked.signed, asked.compare, asked.ramp.seeds if asked.ramp else None]
    outputs = Outputs.beside(asked.out, asked.report, inputs)
    return choices.moment(asked.now, session.clock), outputs


def _inputs(asked: BookRequest) -> tuple[dict[str, Lender], Policy, Book]:
    policy = choices.policy(asked.policy, asked.options)
    lenders = choices.lenders(asked.lender, choices.names(asked.packs), asked.policy)
    book = read_book(
        asked.book,
        columns=asked.columns,
        encoding=asked.encoding or "utf-8",
        default_country=dialled_in(lenders.values()),
    )
    # A row that names no known lender is a bad row, known before anything is planned.
    return lenders, policy, with_known_lenders(book, lenders)


def _service(
    asked: BookRequest, lenders: Mapping[str, Lender], policy: Policy, store: ContactLedger, clock: Clock
) -> OutreachService:
    return OutreachService(
        policy=policy,
        catalogue=choices.catalogue(asked.catalogue),
        packs=choices.names(asked.packs) or None,
        lender=lenders,
        store=store,
        provider=choices.provider(asked.provider, clock),
        clock=clock,
        overrides=choices.overrides(asked.calendar),
        max_age=choices.duration(asked.max_age, "--max-age") if asked.max_age else None,
        rollout=Rollout(choices.share(asked.rollout, "--rollout")) if asked.rollout else None,
    )


def _write(
    session: Session,
    asked: BookRequest,
    outputs: Outputs,
    done: RunReport,
    book: Book,
    setup: Setup,
    *,
    sent: bool,
) -> None:
    if outputs.rows:
        with written("--out", outputs.rows) as part:
            write_rows(part, done.rows, session.lang)
    if outputs.rejects:
        with written("--out", outputs.rejects) as part:
            write_rejects(book.rejects, part, session.lang)
    if outputs.report:
        page = report_html(done, session.lang, _about(asked, setup, sent=sent))
        with written("--report", outputs.report) as part:
            part.write_text(page, encoding="utf-8")


def _about(asked: BookRequest, setup: Setup, *, sent: bool) -> ReportAbout:
    lenders = setup.lenders.values()
    calendars = {
        f"calendar {place}": calendar_for(place, overrides=setup.overrides).version
        for place in sorted({one.jurisdiction.partition("-")[0] for one in lenders})
    }
    return ReportAbout(
        example_only=any(one.example_only for one in lenders),
        sent=sent,
        provider=setup.provider if sent else "",
        versions={
            **setup.versions,
            "catalogue": str(asked.catalogue or f"loansms {version('loansms')}"),
            **calendars,
        },
        stages=_stages(setup),
        authorities={rule.id: rule.authority.value for pack in setup.packs for rule in pack.rules},
    )


def _stages(setup: Setup) -> dict[str, tuple[str, str]]:
    return {one.name: (one.label, one.label_zh) for one in (setup.policy.stages if setup.policy else ())}


def _tell(
    session: Session,
    asked: BookRequest,
    outputs: Outputs,
    done: RunReport,
    book: Book,
    setup: Setup,
    *,
    sent: bool,
) -> None:
    if asked.quiet:
        return
    if any(one.example_only for one in setup.lenders.values()):
        session.warn(session.tell("example"))
    for warning in done.warnings:
        session.warn(warning.told(session.lang))
    show_summary(session, done, "title.run" if sent else "title.plan", _stages(setup))
    outputs.tell(session, len(book.rejects))

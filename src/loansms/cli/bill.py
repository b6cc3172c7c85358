"""`loansms bill`: a month's bill of one provider against the store, by signature and purpose and message by message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from attrs import frozen

from loansms.cli import options
from loansms.cli.invocation import end, session_of
from loansms.cli.output import Outputs, write_records, written
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.insights.bill import AROUND, Bill, month_of, reconcile
from loansms.insights.bill_report import DIFFERENCE, LINE, NUMERIC, say, shown
from loansms.insights.bill_terms import BillTerms
from loansms.insights.journal_events import providers_asked
from loansms.portfolio import write_rejects
from loansms.stores import SqliteStore


@frozen(kw_only=True)
class BillRequest:
    """What the user asked of one bill; paths as typed."""

    store: Path
    file: Path
    month: str
    prices: Path
    out: Path | None = None
    report: Path | None = None
    encoding: str | None = None
    quiet: bool = False


def bill_command(
    context: typer.Context,
    *,
    store: options.Store,
    file: Annotated[Path, typer.Option("--file", help="The provider's bill: .csv, .parquet or .xlsx.")],
    month: Annotated[str, typer.Option("--month", help="The month billed, such as 2026-09.")],
    prices: Annotated[
        Path, typer.Option("--prices", help="TOML file of the provider's columns and the prices agreed.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Differences out: .jsonl, .csv or .parquet; bad rows go to OUT.rejects.csv."
        ),
    ] = None,
    report: options.Report = None,
    encoding: options.Encoding = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """Hold a provider's bill against what was sent; exit 1 when anything differs or cannot be read."""
    asked = BillRequest(
        store=store, file=file, month=month, prices=prices, out=out, report=report, encoding=encoding, quiet=quiet
    )  # fmt: skip
    end(bad=not check_bill(session_of(context, lang), asked))


def check_bill(session: Session, asked: BillRequest) -> bool:
    """Hold the bill against the store, write what was asked for; return whether both agree."""
    outputs = Outputs.beside(asked.out, asked.report, [asked.store, asked.file, asked.prices])
    if not asked.store.exists():  # opening it would make an empty one, against which every message is strange
        raise CallerError(
            f"--store: {asked.store.name}: no such file; expected the store of your runs",
            f"--store：{asked.store.name}：文件不存在，应为历次运行所用的存储文件",
        )
    terms = BillTerms.load(asked.prices)
    start, _ = month_of(asked.month, terms.zone)
    with SqliteStore(asked.store, clock=session.clock) as ledger:
        bill = reconcile(
            ledger.attempts(since=start - AROUND),
            asked.file,
            terms,
            month=asked.month,
            parts=ledger.segment_ids(since=start - AROUND),
            asked=providers_asked(ledger.entries(since=start - AROUND)),
            encoding=asked.encoding or "utf-8",
        )
    _write(bill, outputs, session.lang)
    if not asked.quiet:
        _show(session, bill)
        outputs.tell(session, len(bill.rejects))
    return not bill.differences and not bill.rejects


def _show(session: Session, bill: Bill) -> None:
    heads = [say(name, session.lang) for name in LINE]
    numeric = [place for place, name in enumerate(LINE) if name in NUMERIC]
    session.table(heads, [[shown(one, name, session.lang) for name in LINE] for one in bill.lines], numeric)
    told = {name: str(getattr(bill, name)) for name in ("agreed", "billed", "disputed")}
    session.say(say("sum", session.lang, **told))
    for kind, count in bill.counts().items():
        if count:
            session.say(f"  {say(kind, session.lang)}: {count}")
    if bill.rejects:
        session.warn(say("not_whole", session.lang, count=str(len(bill.rejects))))


def _write(bill: Bill, outputs: Outputs, lang: str) -> None:
    if outputs.rows:
        with written("--out", outputs.rows) as part:
            _write_differences(bill, part)
    if outputs.rejects:
        with written("--out", outputs.rejects) as part:
            write_rejects(bill.rejects, part, lang)
    if outputs.report:
        with written("--report", outputs.report) as part:
            part.write_text(bill.html(lang), encoding="utf-8")


def _write_differences(bill: Bill, path: Path) -> None:
    if path.suffix == ".parquet":
        bill.differences_frame().write_parquet(path)
        return
    write_records(
        path, DIFFERENCE, ({name: shown(one, name) for name in DIFFERENCE} for one in bill.differences)
    )

"""`loansms simulate`: what a policy would do with a book under an assumed behaviour, and how a second one differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import asdict, frozen

from loansms.calendars import plausible_zones
from loansms.cli import choices
from loansms.cli.output import Outputs, written
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.insights import Behaviour, Simulation, simulate, simulation_html
from loansms.insights.simulation_figures import figure_rows, in_short
from loansms.insights.simulation_report import figure_heads
from loansms.insights.simulation_wording import tell
from loansms.model import Lender
from loansms.policy import Policy
from loansms.portfolio import dialled_in, read_book

# Where only a day is given: an hour at which most packs let a text go.
_HOUR = time(10)


@frozen(kw_only=True)
class SimulateRequest:
    """What the user asked of one simulation; paths and names as typed."""

    book: Path
    policy: str
    start: str
    days: int
    seed: int = 0
    options: Sequence[str] | None = None
    against: str | None = None
    against_options: Sequence[str] | None = None
    behaviour: Path | None = None
    price: str | None = None
    lender: Path | None = None
    packs: Sequence[str] | None = None
    catalogue: Path | None = None
    calendar: Path | None = None
    columns: str | None = None
    encoding: str | None = None
    report: Path | None = None
    json: Path | None = None
    quiet: bool = False


def simulate_book(session: Session, asked: SimulateRequest) -> None:
    """Play the book, show the figures and write what was asked for."""
    inputs = [asked.book, asked.lender, Path(asked.policy), asked.behaviour, asked.calendar, asked.json]
    Outputs.beside(None, asked.report, inputs)
    _check_json(asked.json, inputs[:-1])
    lenders = choices.lenders(asked.lender, choices.names(asked.packs), asked.policy)
    done = simulate(
        choices.policy(asked.policy, asked.options),
        read_book(
            asked.book,
            columns=asked.columns,
            encoding=asked.encoding or "utf-8",
            default_country=dialled_in(lenders.values()),
        ),
        asked.days,
        Behaviour.example() if asked.behaviour is None else Behaviour.load(asked.behaviour),
        lender=lenders,
        start=_start(asked.start, lenders),
        catalogue=choices.catalogue(asked.catalogue),
        packs=choices.names(asked.packs) or None,
        against=_against(asked),
        seed=asked.seed,
        price=_price(asked.price),
        overrides=choices.overrides(asked.calendar),
    )
    if asked.report:
        with written("--report", asked.report) as part:
            part.write_text(simulation_html(done, session.lang), encoding="utf-8")
    if asked.json:
        with written("--json", asked.json) as part:
            part.write_text(json.dumps(record(done), ensure_ascii=False, indent=2, default=str), "utf-8")
    if not asked.quiet:
        _show(session, done, asked)


def record(done: Simulation) -> dict[str, object]:
    """Return a simulation as JSON can hold it: every frame as rows, amounts and days as text."""
    two = len(done.versions) > 1
    return {
        "command": "simulate",
        "assumed": True,
        "versions": {one.name: one.policy.version for one in done.versions},
        "packs": done.packs,
        "book": done.book,
        "rejects": done.rejects,
        "start": done.start.isoformat(),
        "days": done.days,
        "seed": done.seed,
        "price": done.price,
        "behaviour": asdict(done.behaviour),
        "totals": done.totals.to_dicts(),
        "paid": done.paid.to_dicts(),
        "steps": done.steps.to_dicts(),
        "daily": done.daily.to_dicts(),
        "kept_back": done.kept_back.to_dicts(),
        "compare": done.compare().to_dicts() if two else None,
        "changed": {"count": done.changed.height, "borrowers": done.changed.to_dicts()} if two else None,
    }


def _show(session: Session, done: Simulation, asked: SimulateRequest) -> None:
    if asked.behaviour is None:
        session.warn(session.tell("simulate.example"))
    if done.rejects:
        session.warn(session.tell("simulate.rejects", count=str(done.rejects)))
    session.say(tell("assumed", session.lang))
    title = {
        "book": done.book,
        "days": str(done.days),
        "start": done.start.isoformat(),
        "seed": str(done.seed),
    }
    session.say(session.tell("title.simulate", **title))
    for one in done.versions:
        session.say(f"{tell('version', session.lang, name=one.name)}: {one.policy.version}")
    heads = figure_heads(done, session.lang)
    session.table(heads, figure_rows(done, session.lang), numeric=range(1, len(heads)))
    for line in in_short(done, session.lang):
        session.say(line)
    for key, path in (("wrote.report", asked.report), ("wrote.json", asked.json)):
        if path is not None:
            session.say(session.tell(key, path=str(path)))


def _check_json(path: Path | None, inputs: Sequence[Path | None]) -> None:
    """Raise CallerError, before anything is played, for a file that is read or a folder that is not there."""
    if path is None:
        return
    if path.resolve() in {one.resolve() for one in inputs if one}:
        raise CallerError(
            f"--json: {path.name} is a file this command reads; give another name",
            f"--json：{path.name} 是本命令读取的文件，请换一个文件名",
        )
    if path.is_dir() or not path.parent.is_dir():
        raise CallerError(
            f"--json: expected a file in a folder that is there: {path}",
            f"--json：应为已有文件夹中的文件：{path}",
        )


def _against(asked: SimulateRequest) -> Policy | None:
    """Return version B: another policy, or the same with other options."""
    if asked.against is None and asked.against_options is None:
        return None
    return choices.policy(asked.against or asked.policy, asked.against_options)


def _price(text: str | None) -> Decimal | None:
    """Return the price of a segment; raise CallerError for what is none."""
    if text is None:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0:
        raise CallerError("--price: expected an amount such as 0.045", "--price：应为金额，例如 0.045")
    return price


def _start(text: str, lenders: Mapping[str, Lender]) -> datetime:
    """Return the first run: a moment with its offset, or a day at ten where the first lender is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or (at.utcoffset() is None and "T" in text):
        raise CallerError(
            "--start: expected a day such as 2026-09-24, or a time with its offset",
            "--start：应为日期，例如 2026-09-24，或带时区偏移的时间",
        )
    if at.utcoffset() is not None:
        return at
    country = next(iter(lenders.values())).jurisdiction.partition("-")[0]
    return datetime.combine(at.date(), _HOUR, ZoneInfo(plausible_zones(country)[0]))

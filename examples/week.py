"""Play a book day by day: run it, take what came back, and let the simulated core system live a day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from attrs import define, field, frozen
from world import Book, World

from loansms import IntakeService, Lender, OutreachService
from loansms.clock import FrozenClock
from loansms.providers import SandboxProvider
from loansms.services import Outcome, RunReport, RunRow, Taken
from loansms.stores import AttemptState, SqliteStore

SEED = 20260919
# When the day's receipts and replies are fetched: the evening, before the next day's run.
_EVENING = timedelta(hours=11)


@frozen(kw_only=True)
class Show:
    """What is played: a book, who speaks, by which policy, from when, for how long, and where files go."""

    name: str
    book: Path
    lender: Lender
    policy: str
    start: datetime
    days: int
    out: Path
    lang: str
    encoding: str = "utf-8"
    columns: str | None = None

    @property
    def report(self) -> Path:
        """Where the report lies."""
        return self.out / f"{self.name}-report.html"

    @property
    def store(self) -> Path:
        """Where the ledger lies."""
        return self.out / f"{self.name}.db"

    @property
    def rejects(self) -> Path:
        """Where the bad rows are named."""
        return self.out / f"{self.name}.rejects.csv"

    def lines(self, day: int) -> Path:
        """Where the JSON lines of one day (from 1) lie."""
        return self.out / f"{self.name}-day{day}.jsonl"


@define
class Week:
    """What became of one book; the closing lines are counted from it."""

    show: Show
    reports: list[RunReport] = field(factory=list)
    receipts: Counter[str] = field(factory=Counter)
    replies: int = 0
    opted_out: int = 0
    still_unknown: int = 0
    happened: dict[str, int] = field(factory=dict)

    @property
    def rows(self) -> list[RunRow]:
        """Every row of every day."""
        return [row for report in self.reports for row in report.rows]

    def take(self, taken: Taken) -> None:
        """Add what one evening brought in."""
        self.receipts.update(taken.receipts)
        self.replies += taken.replies
        self.opted_out += taken.opted_out


def play(show: Show) -> Week:
    """Run the book on every day of the show; between two days the simulated world moves on."""
    week, clock, world = Week(show), FrozenClock(show.start), World(Random(SEED))
    provider = SandboxProvider(seed=SEED, clock=clock, reply_rate=0.1)
    with SqliteStore(show.store, clock=clock) as store:
        service = OutreachService(
            policy=show.policy, lender=show.lender, store=store, provider=provider, clock=clock
        )
        intake = IntakeService(store=store, lender=show.lender)
        book = show.book
        for day in range(show.days):
            clock.set(show.start + timedelta(days=day))
            report = service.run(book, now=clock.now(), encoding=show.encoding, columns=show.columns)
            week.reports.append(report)
            clock.move(_EVENING)
            week.take(intake.collect(provider, now=clock.now()))
            if day + 1 < show.days:
                book = _tomorrow(show, book, day, world, report)
        week.still_unknown = sum(1 for _ in store.attempts(AttemptState.UNKNOWN))
    week.happened = dict(world.happened)
    return week


def _tomorrow(show: Show, book: Path, day: int, world: World, report: RunReport) -> Path:
    """Write the next day's book, in which those who were written to today are likelier to have paid."""
    spoken = {
        one.row.loan_id: one.row.template.partition(".")[0]
        for one in report.rows
        if one.outcome is Outcome.SUBMITTED
    }
    on = (show.start + timedelta(days=day + 1)).date()
    written = show.out / f"{show.name}-book-{on}.csv"
    world.next_day(Book.read(book), on, spoken, {one.line for one in report.rejects}).write(written)
    return written

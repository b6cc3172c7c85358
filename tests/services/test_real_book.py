"""The whole real book by us-first-party: every row told, no hour and no cap passed, nothing said twice."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.realbook import real_book

from loansms import Lender, OutreachService, Purpose
from loansms.portfolio import read_book
from loansms.providers import SandboxProvider
from loansms.services import RunReport
from loansms.stores import SqliteStore

NOON = datetime.fromisoformat("2018-04-15T14:00:00-04:00")
SAID = {"submitted", "unknown"}


def service(tmp_path: Path, seed: int = 1) -> OutreachService:
    """Return a service over one SQLite file and the sandbox."""
    return OutreachService(
        policy="us-first-party",
        lender=Lender.example("US"),
        store=SqliteStore(tmp_path / "run.db"),
        provider=SandboxProvider(seed),
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReport, RunReport]:
    """Run the book twice at one moment."""
    outreach = service(tmp_path_factory.mktemp("real"))
    return outreach.run(real_book(), now=NOON), outreach.run(real_book(), now=NOON)


def test_every_row_has_one_outcome(day: tuple[RunReport, RunReport]) -> None:
    """4,000 rows in, 4,000 outcomes out, in book order, none rejected."""
    first, _ = day
    assert 4000 == len(first.rows) == sum(first.counts.values())
    assert list(range(2, 4002)) == [done.line for done in first.rows]
    assert first.counts["rejected"] == 0


def test_the_right_rows_are_due(day: tuple[RunReport, RunReport]) -> None:
    """Rows by day are those counted in the book itself: T-7, T-3, T-0 and every overdue row, nothing else."""
    first, _ = day
    due = Counter(done.row.stage for done in first.rows if done.row.step)
    assert due["upcoming"] == 123 + 123
    assert due["due"] == 118
    assert sum(due[stage] for stage in ("early", "middle", "late", "handover")) == 16 + 11 + 15 + 26 + 3


def test_nothing_due_is_asked_for_nothing(day: tuple[RunReport, RunReport]) -> None:
    """A paid loan is never reminded, though its next due date may be today."""
    first, _ = day
    paid = [done for done in first.rows if done.row.account and not done.row.account.amount_due.amount]
    assert len(paid) == 180
    assert {"none"} == {done.outcome.value for done in paid}


def test_a_second_run_sends_nothing(day: tuple[RunReport, RunReport]) -> None:
    """What was submitted is already done; what is unknown stays unknown."""
    first, second = day
    assert second.counts["submitted"] == 0
    for before, after in zip(first.rows, second.rows, strict=True):
        if before.outcome.value == "submitted":
            assert after.outcome.value == "already_done"
        if before.outcome.value == "unknown":
            assert after.outcome.value == "unknown"


def test_one_message_a_debtor(day: tuple[RunReport, RunReport]) -> None:
    """Of two loans of one borrower one speaks; the other is deferred and names it."""
    first, _ = day
    said = Counter(
        done.row.borrower_id for done in first.rows if done.outcome.value in SAID and done.row.competes
    )
    assert {1} == set(said.values())
    waiting = [done for done in first.rows if done.row.reason == "yields_to_other_loan"]
    assert waiting
    assert all(done.outcome.value == "deferred" and said[done.row.borrower_id] == 1 for done in waiting)


def local_times(row_zone: tuple[str, ...], at: datetime) -> list[time]:
    """Return the clock time of `at` in each zone."""
    return [at.astimezone(ZoneInfo(zone)).time() for zone in row_zone]


def test_a_week_stays_within_hours_and_caps(tmp_path: Path) -> None:
    """Every nine hours for a week: no text outside 08:00-21:00 in any plausible zone, no cap passed."""
    outreach, book = service(tmp_path), read_book(real_book(), default_country="US")
    said: dict[str, list[tuple[datetime, Purpose]]] = defaultdict(list)
    seen: Counter[tuple[str, str]] = Counter()
    moments = [NOON + timedelta(hours=step) for step in range(0, 7 * 24, 9)]
    for at in moments:
        report = outreach.run(book, now=at)
        for done in report.rows:
            row = done.row
            if done.outcome.value != "submitted" or row.purpose is None or row.borrower is None:
                continue
            assert all(time(8) <= clock <= time(21, 0, 59) for clock in local_times(row.borrower.zones, at))
            seen[row.loan_id, f"{row.step}|{row.due_on}"] += 1
            if row.competes:
                said[row.borrower_id].append((at.astimezone(ZoneInfo(row.borrower.zones[0])), row.purpose))
    assert {1} == set(seen.values())
    for contacts in said.values():
        assert {1} == set(Counter(at.date() for at, _ in contacts).values())
        collections = [at for at, purpose in contacts if purpose is Purpose.COLLECTION]
        assert all(sum(one <= at < one + timedelta(days=7) for at in collections) <= 3 for one in collections)

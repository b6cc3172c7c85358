"""Workers over a queue: what a host would see of priorities, fresh facts, waits, deadlines and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, AsyncAnswers, book, outcomes, overdue, service

from loansms import AsyncOutreachService, Lender, Money
from loansms.clock import FrozenClock, Pause
from loansms.errors import ConfigurationError
from loansms.model import Account, RecordKind, Rejected
from loansms.model.examples import account
from loansms.policy import Policy
from loansms.portfolio import read_book
from loansms.services import AsyncWorker, Worker
from loansms.stores import AsyncMemoryStore, Job, MemoryStore, Stop, StopScope

SOON = NOW + timedelta(seconds=1)  # after what was given back during a call that began at NOW
NIGHT = datetime.fromisoformat("2026-09-24T22:30:00+08:00")


class Core:
    """The lender's core system; what has changed since the book replaces what the book says."""

    def __init__(self, rows: object, **changes: Account | None) -> None:
        read = {row.account.loan_id: row.account for row in read_book(rows, default_country="CN").rows}
        self.accounts: dict[str, Account | None] = {**read, **changes}
        self.asked: list[int] = []

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Answer."""
        self.asked.append(len(loan_ids))
        return {one: told for one in loan_ids if (told := self.accounts.get(one)) is not None}


class AsyncCore:
    """The same, awaited."""

    def __init__(self, rows: object) -> None:
        self.core = Core(rows)

    async def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Answer."""
        return self.core.current(loan_ids)


class Desk:
    """A service, its store, its provider and one worker."""

    def __init__(self, rows: list[dict[str, str]], *answers: object, **more: Any) -> None:
        self.rows = rows
        self.store, self.provider = MemoryStore(), Answers(*answers)
        self.core: Any = more.pop("facts", None) or Core(rows)
        self.service = service(self.provider, self.store, facts=self.core, **more)
        self.worker = Worker(self.service, self.store)

    def enqueue(self, now: datetime = NOW) -> list[str]:
        return outcomes(self.service.enqueue(self.rows, self.store, now=now))

    def work(self, now: datetime = NOW, most: int = 100) -> list[str]:
        return outcomes(self.worker.work(most, now))


def test_a_queue_worked_off_is_the_run_itself() -> None:
    """The same outcomes, the same messages, and neither a second queueing nor a run sends anything again."""
    rows = book({}, overdue(31), {"next_due_on": "2026-12-01"}, {"phone": "1.7E+10"})
    desk, plain = Desk(rows), Answers()
    service(plain, MemoryStore()).run(rows, now=NOW)
    assert desk.enqueue() == ["planned", "planned", "none", "rejected"]
    assert desk.provider.outbox == []
    assert desk.work() == ["submitted", "submitted"]
    assert sorted(one.text.reveal() for one in desk.provider.outbox) == sorted(
        one.text.reveal() for one in plain.outbox
    )
    assert desk.enqueue() == ["already_done", "already_done", "none", "rejected"]
    assert desk.work() == []


def test_a_job_names_nothing_of_the_person() -> None:
    """No phone, no name, no amount and no word of the text is in the queue."""
    rows = book({"name": "张三"})
    desk = Desk(rows)
    desk.enqueue()
    told = str([one.job for one in desk.store.take_jobs(9, NOW, timedelta(minutes=1))])
    assert "L-1" in told
    assert not [canary for canary in ("17400000001", "张三", "1256.30", "1,256.30") if canary in told]


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        (None, "none", "no_longer_due"),
        (account(loan_id="L-9"), "denied", "facts_of_another_loan"),
        (account(dispute=True), "denied", "dispute_open"),
        (account(amount_due=Money("0", "CNY")), "none", "nothing_due"),
    ],
)
def test_what_has_changed_since_stops_the_job(change: Account | None, outcome: str, reason: str) -> None:
    """Gone, mixed up, disputed or no longer due: nothing is sent, the job is over and its reason told."""
    desk = Desk(book({}))
    desk.enqueue()
    desk.core.accounts["L-1"] = change
    report = desk.worker.work(9, NOW)
    assert (outcomes(report), report.rows[0].row.reason) == ([outcome], reason)
    assert (desk.provider.outbox, desk.store.count_jobs()) == ([], 0)


def test_a_changed_amount_is_what_is_told() -> None:
    """The words are of the day they go, not of the day they were queued."""
    desk = Desk(book({}))
    desk.enqueue()
    fresh = desk.core.accounts["L-1"]
    desk.core.accounts["L-1"] = evolve(fresh, amount_due=Money("88.00", "CNY"))
    assert desk.work() == ["submitted"]
    assert "88.00" in desk.provider.outbox[0].text.reveal()


def test_a_loan_that_has_moved_on_is_not_told_of_the_old_step() -> None:
    """The job of the due day does not send the words of thirty days overdue."""
    desk = Desk(book({}))
    desk.enqueue()
    desk.core.accounts |= Core(book(overdue(31))).accounts
    report = desk.worker.work(9, NOW)
    assert (outcomes(report), report.rows[0].row.reason) == (["none"], "another_step_due")


def test_the_night_waits_in_the_queue_for_the_morning() -> None:
    """A job deferred at work goes back for its lawful instant and goes then, once."""
    desk = Desk(book(overdue(31)))
    desk.enqueue()
    report = desk.worker.work(9, NIGHT)
    assert outcomes(report) == ["deferred"]
    morning = report.rows[0].row.send_at
    assert morning is not None
    assert desk.work(morning - timedelta(minutes=1)) == []
    assert desk.work(morning) == ["submitted"]
    assert desk.store.count_jobs() == 0


def test_a_row_deferred_when_queued_waits_in_the_queue_too() -> None:
    """Queued by night: nothing may go before the morning, and then it goes without another plan of the book."""
    desk = Desk(book(overdue(31)))
    report = desk.service.enqueue(desk.rows, desk.store, now=NIGHT)
    assert outcomes(report) == ["planned"]
    morning = report.rows[0].row.send_at
    assert morning is not None
    assert desk.work(morning - timedelta(minutes=1)) == []
    assert desk.work(morning) == ["submitted"]


def test_what_would_wait_past_its_last_day_is_dropped() -> None:
    """A reminder of the due day is not sent a week late, nor told as waiting when it is over."""
    desk = Desk(book({}))
    desk.enqueue()
    report = desk.worker.work(9, NOW + timedelta(days=7))
    assert (outcomes(report), report.rows[0].row.reason) == (["none"], "past_deadline")
    assert desk.store.count_jobs() == 0


def test_a_brake_keeps_the_job_and_its_end_lets_it_go() -> None:
    """Stopped is not lost: the job comes back by itself."""
    desk = Desk(book({}))
    desk.enqueue()
    desk.store.stop(Stop(scope=StopScope.ALL, at=NOW, by="a.b", why="wrong text"))
    assert desk.work() == ["deferred"]
    desk.store.resume(StopScope.ALL, "", NOW, by="a.b")
    assert desk.work() == []
    assert desk.work(NOW + timedelta(minutes=6)) == ["submitted"]


def test_no_more_than_a_window_is_ever_in_hand() -> None:
    """Ten jobs in windows of four: the queue keeps the rest for others, and `most` is kept."""
    desk = Desk(book(*({} for _ in range(10))), window=4)
    desk.enqueue()
    assert len(desk.work(most=6)) == 6
    assert desk.core.asked == [4, 2]
    assert desk.store.count_jobs() == 4


def test_a_failing_core_system_gives_the_jobs_back_at_once() -> None:
    """Its own exception comes out; the next worker need not wait for the lease."""
    desk = Desk(book({}))
    desk.enqueue()
    good, desk.core.accounts = desk.core.accounts, None
    with pytest.raises(AttributeError):
        desk.work()
    desk.core.accounts = good
    assert desk.work(SOON) == ["submitted"]


def test_a_worker_without_facts_is_refused_and_loses_nothing() -> None:
    """A job carries no account, so there is nothing to send from."""
    desk = Desk(book({}))
    desk.enqueue()
    bare = Worker(service(desk.provider, desk.store), desk.store)
    with pytest.raises(ConfigurationError, match="FactSource"):
        bare.work(9, NOW)
    assert desk.work(SOON) == ["submitted"]


def test_joined_loans_are_told_together_and_are_all_done() -> None:
    """Three loans, three jobs, one message; the two it speaks for are over with it."""
    one = {"borrower_id": "B-1", "phone": "17400000001"}
    rows = book({**one, **overdue(31)}, {**one, **overdue(3)}, {**one, **overdue(8)})
    desk = Desk(rows, policy=Policy.preset("cn-consumer", options=("joined",)))
    assert desk.enqueue() == ["planned", "none", "none"]
    assert desk.store.count_jobs() == 3
    assert sorted(desk.work()) == ["none", "none", "submitted"]
    assert len(desk.provider.outbox) == 1
    assert "您有3笔借款" in desk.provider.outbox[0].text.reveal()
    assert desk.store.count_jobs() == 0


def test_a_refused_number_is_over_and_an_unknown_is_never_queued_again() -> None:
    """Both are told once; a second queueing sends neither."""
    desk = Desk(book({}, {}), Rejected("bad_number"), TimeoutError())
    desk.enqueue()
    with pytest.raises(TimeoutError):
        desk.work()
    assert sorted(desk.work(SOON)) == ["already_done", "unknown"]
    assert desk.enqueue() == ["already_done", "unknown"]
    assert desk.store.count_jobs() == 0
    assert len(desk.provider.outbox) == 2


def test_run_ends_when_told_and_at_its_time() -> None:
    """`stop` ends a busy worker after the window in hand; `until` ends an idle one; the rest stays queued."""
    clock = FrozenClock(NOW)
    desk = Desk(book(*({} for _ in range(6))), window=2, clock=clock)
    desk.enqueue()
    assert desk.worker.run(on_report=lambda _: desk.worker.stop()) == {"submitted": 2}
    assert desk.store.count_jobs() == 4

    class Waiting(Pause):
        def __call__(self, wait: timedelta) -> None:
            clock.move(wait)

    idle = Worker(desk.service, desk.store, pause=Waiting(), idle_for=timedelta(hours=1))
    assert idle.run(until=NOW + timedelta(hours=3)) == {"submitted": 4}
    assert clock.now() == NOW + timedelta(hours=3)


def test_workers_awaited_share_a_queue() -> None:
    """Two at once over one store: each step once."""
    rows = book(*({} for _ in range(20)))

    async def play() -> tuple[list[str], int]:
        store, provider = AsyncMemoryStore(), AsyncAnswers()
        outreach = AsyncOutreachService(
            policy="cn-consumer", lender=Lender.example("CN"), store=store, provider=provider,
            facts=AsyncCore(rows), window=3,
        )  # fmt: skip
        await outreach.enqueue(rows, store, now=NOW)
        reports = await asyncio.gather(*(AsyncWorker(outreach, store).work(99, NOW) for _ in range(2)))
        return [one for report in reports for one in outcomes(report)], len(provider.outbox)

    told, sent = asyncio.run(play())
    assert (told, sent) == (["submitted"] * 20, 20)


def test_what_a_worker_keeps_back_is_on_record() -> None:
    """Disputed since it was queued: the journal says that it was due and why nothing went."""
    desk = Desk(book({}))
    desk.enqueue()
    desk.core.accounts["L-1"] = evolve(desk.core.accounts["L-1"], dispute=True)
    desk.work()
    last = [one.record for one in desk.store.entries()][-1]
    assert last.kind is RecordKind.DECIDED
    assert last.data["reasons"] == ("dispute_open", "due_today")


def test_a_job_of_nobody_is_told_and_ended() -> None:
    """A loan that the core system never heard of: its row has the job's own ids."""
    desk = Desk(book({}))
    job = Job(step_key="k", tenant="t", borrower_id="B-7", loan_id="L-7", not_before=NOW)
    desk.store.put_jobs([job])
    row = desk.worker.work(9, NOW).rows[0]
    assert (row.row.loan_id, row.row.borrower_id, row.outcome.value) == ("L-7", "B-7", "none")

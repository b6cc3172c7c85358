"""What happens between a claim and its ending: slow, wrong, broken and interrupted providers."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, book, event, outcomes, overdue, service

from loansms.clock import FrozenClock
from loansms.errors import ProviderError, StoreError, UnsupportedByProvider
from loansms.model import Accepted, Message, Rejected, SubmitResult, Unknown
from loansms.model.examples import borrower
from loansms.stores import AttemptState, Guarantees, MemoryStore


class Slow(Answers):
    """A provider whose every call takes as long as it was told."""

    def __init__(self, clock: FrozenClock, takes: timedelta) -> None:
        super().__init__()
        self.clock, self.takes = clock, takes
        self.at: list[datetime] = []

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Take the time, then accept."""
        self.at.append(self.clock.now())
        self.clock.move(self.takes)
        return super().submit(message, deadline)


def states(store: MemoryStore) -> list[str]:
    """Return the state of each loan's attempt, by loan."""
    return [one.state.value for one in sorted(store.attempts(), key=lambda one: one.loan_id or "")]


def test_a_deadline_is_counted_from_its_own_call() -> None:
    """The last message of a slow window has as long as the first."""
    clock = FrozenClock(NOW)
    provider = Slow(clock, timedelta(seconds=20))
    service(provider, clock=clock).run(book({}, {}, {}), now=NOW)
    left = [deadline - at for deadline, at in zip(provider.deadlines, provider.at, strict=True)]
    assert left == [timedelta(seconds=30)] * 3


def test_the_window_closes_in_the_middle_of_a_claimed_window() -> None:
    """Nothing goes out after 21:00 though it was claimed before; what waits goes out next morning.

    The window is open through its closing minute (21:00 inclusive).
    """
    clock = FrozenClock(NOW.replace(hour=20, minute=58))
    store, provider = MemoryStore(clock=clock), Slow(clock, timedelta(seconds=50))
    outreach = service(provider, store, clock=clock)
    rows = book(*({"next_due_on": "2026-09-27"} for _ in range(5)))
    report = outreach.run(rows, now=clock.now())
    assert outcomes(report) == ["submitted"] * 4 + ["deferred"]
    assert max(provider.at) < NOW.replace(hour=21, minute=1)
    morning = report.rows[4].row.send_at
    assert morning is not None
    clock.set(morning)
    assert outcomes(outreach.run(rows, now=morning))[4:] == ["submitted"]


def test_no_row_is_handed_over_after_its_lease() -> None:
    """Another process would call it unknown by then, and a person might give it up as not sent."""
    clock = FrozenClock(NOW)
    store = MemoryStore(clock=clock)
    called: list[AttemptState] = []

    class Watched(Slow):
        def submit(self, message: Message, deadline: datetime) -> SubmitResult:
            store.expire_leases()
            called.extend(one.state for one in store.attempts() if one.step_key == message.step_key)
            return super().submit(message, deadline)

    provider = Watched(clock, timedelta(seconds=29))
    report = service(provider, store, clock=clock).run(book(*({} for _ in range(32))), now=NOW)
    assert outcomes(report) == ["submitted"] * 32
    assert called == [AttemptState.ATTEMPTING] * 32
    assert len(set(provider.loans)) == 32


@pytest.mark.parametrize("garbage", [None, True, "ok", Accepted(7), Rejected(500), Unknown(None)])
def test_an_answer_that_is_none_stops_the_run_with_one_line(garbage: object) -> None:
    """The error names the provider and what it gave; the row is unknown, the rows behind it are free."""
    store, provider = MemoryStore(), Answers(garbage)
    outreach = service(provider, store)
    with pytest.raises(ProviderError, match=r"provider sandbox: submit must return .* got \w+$") as told:
        outreach.run(book({}, {}), now=NOW)
    assert told.value.zh
    assert states(store) == ["unknown", "rejected_retryable"]
    assert outcomes(outreach.run(book({}, {}), now=NOW)) == ["unknown", "submitted"]


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [(UnsupportedByProvider("x"), "refused"), (ProviderError("x"), "unknown")],
)
def test_a_provider_error_is_an_outcome(raised: Exception, outcome: str) -> None:
    """What a provider cannot do was not sent; what it cannot explain is unknown; the run goes on."""
    assert outcomes(service(Answers(raised)).run(book({}, {}), now=NOW)) == [outcome, "submitted"]


@pytest.mark.parametrize("raised", [RuntimeError("boom"), KeyboardInterrupt(), TimeoutError()])
def test_an_interrupted_call_is_unknown_at_once(raised: BaseException) -> None:
    """A person can settle it without waiting for the lease; the rows behind it are given back."""
    store = MemoryStore()
    with pytest.raises(type(raised)):
        service(Answers(Accepted("p-1"), raised), store).run(book({}, {}, {}), now=NOW)
    assert states(store) == ["accepted", "unknown", "rejected_retryable"]


class Failing(MemoryStore):
    """A ledger whose n-th ending fails, and every one after it where it stays broken."""

    def __init__(self, fails_at: int, fault: BaseException, stays: bool = False) -> None:
        super().__init__()
        self.left, self.fault, self.stays = fails_at, fault, stays

    def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Count down, then fail."""
        self.left -= 1
        if self.left == 0 or (self.stays and self.left < 0):
            raise self.fault
        return super().finish(step_key, token, result, at)


def test_an_interrupt_in_an_ending_keeps_the_answer() -> None:
    """The provider's answer is known by then, and is what is recorded."""
    store = Failing(2, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        service(Answers(), store).run(book({}, {}, {}), now=NOW)
    assert states(store) == ["accepted", "accepted", "rejected_retryable"]


def test_a_full_disk_in_the_middle_of_a_run_is_told_and_repeats_nothing() -> None:
    """The store's own line comes out; nothing that was handed over is handed over again."""
    store, provider = Failing(2, StoreError("the disk is full"), stays=True), Answers()
    with pytest.raises(StoreError, match="the disk is full"):
        service(provider, store).run(book({}, {}, {}), now=NOW)
    assert states(store) == ["accepted", "attempting", "attempting"]
    store.left = 1_000
    assert outcomes(service(provider, store).run(book({}, {}, {}), now=NOW)) == [
        "already_done",
        "unknown",
        "unknown",
    ]
    assert provider.loans == ["L-1", "L-2"]


def test_a_code_that_is_a_sentence_is_not_kept() -> None:
    """A gateway's text may quote the number: neither the ledger nor the report repeats it."""
    store = MemoryStore()
    report = service(Answers(Rejected("user 17400000001 is barred")), store).run(book({}), now=NOW)
    [attempt] = store.attempts()
    assert attempt.code == "unreadable_code"
    assert "17400000001" not in f"{report.rows!r}{attempt!r}"


def test_a_passing_refusal_outlives_its_day() -> None:
    """T-3 came back as busy: it is sent at T-2 by the next run, not lost."""
    provider = Answers(Rejected("busy", retryable=True))
    outreach = service(provider)
    rows = book({"next_due_on": "2026-09-27"})
    assert outcomes(outreach.run(rows, now=NOW)) == ["refused"]
    assert outcomes(outreach.run(rows, now=NOW + timedelta(days=1))) == ["submitted"]


def test_a_definite_refusal_is_final_for_its_step_and_frees_the_day() -> None:
    """The step is never tried again; the debtor's other loan may speak."""
    provider = Answers(Rejected("MK:0001"))
    outreach = service(provider)
    rows = book(overdue(3), {"borrower_id": "B-1", **overdue(2)})
    assert outcomes(outreach.run(rows, now=NOW)) == ["refused", "deferred"]
    assert outcomes(outreach.run(rows, now=NOW + timedelta(minutes=1))) == ["already_done", "submitted"]


def test_who_has_to_wait_is_remembered_though_the_run_breaks() -> None:
    """A reminder deferred at planning is sent on a later day, even after a run that ended in an error."""
    provider = Answers(RuntimeError("boom"))
    outreach = service(provider)
    rows = book(overdue(3), {"borrower_id": "B-1", "next_due_on": "2026-09-27"})
    with pytest.raises(RuntimeError, match="boom"):
        outreach.run(rows, now=NOW)
    paid = book({"amount_due": "0"}, {"borrower_id": "B-1", "next_due_on": "2026-09-27"})
    assert outcomes(outreach.run(paid, now=NOW + timedelta(days=1))) == ["none", "submitted"]


def test_the_same_event_twice_in_one_batch_is_told_once() -> None:
    """The second is already done, not unknown; after a refusal both are refused."""
    provider = Answers()
    assert outcomes(service(provider).notify_many([event("E-1"), event("E-1")], now=NOW)) == [
        "submitted",
        "already_done",
    ]
    assert len(provider.outbox) == 1
    refusing = Answers(Rejected("MK:0001"))
    assert outcomes(service(refusing).notify_many([event("E-1"), event("E-1")], now=NOW)) == ["refused"] * 2
    assert len(refusing.outbox) == 1


def test_one_event_of_two_borrowers_reaches_both() -> None:
    """Joint borrowers may share an event id: neither vanishes behind the other."""
    provider = Answers()
    outreach = service(provider)
    two = [event("E-1"), event("E-1", borrower(borrower_id="B-2"))]
    assert outcomes(outreach.notify_many(two, now=NOW)) == ["submitted"] * 2
    assert outcomes(outreach.notify_many(two, now=NOW)) == ["already_done"] * 2
    assert [message.borrower_id for message in provider.outbox] == ["B-1", "B-2"]


def test_a_store_without_atomic_claims_is_refused() -> None:
    """Whatever the provider: two runs over it could send a step twice."""

    class Racy(MemoryStore):
        def guarantees(self) -> Guarantees:
            return evolve(super().guarantees(), atomic_claims=False)

    with pytest.raises(StoreError, match="atomic") as told:
        service(Answers(), Racy())
    assert told.value.zh

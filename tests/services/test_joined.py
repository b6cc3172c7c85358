"""A message that speaks for several loans, carried out: one contact, every loan's step done, none told twice."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms import Lender, Money
from loansms.model import Account, Rejected, StepMark, SubmitResult, Unknown
from loansms.planning import debtor_key, tenant_of
from loansms.policy import Policy
from loansms.portfolio import Book, read_book
from loansms.stores import AttemptState, MemoryStore

POLICY = Policy.preset("cn-consumer", options=("joined",))
DEBTOR = debtor_key(tenant_of(Lender.example("CN")), "B-1")
ONE = {"borrower_id": "B-1", "phone": "17400000001"}
LOANS = book({**ONE, **overdue(31)}, {**ONE, **overdue(3)}, {**ONE, **overdue(8)})


def read(rows: object = LOANS) -> Book:
    return read_book(rows, default_country="CN")


class Core:
    """The lender's core system, with what has changed since the book was written."""

    def __init__(self, **changes: Account | None) -> None:
        self.changes = {key.replace("_", "-"): one for key, one in changes.items()}
        self.asked: list[str] = []

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the accounts asked for, those that are gone left out."""
        self.asked = list(loan_ids)
        theirs = {row.account.loan_id: row.account for row in read().rows} | self.changes
        return {one: told for one in loan_ids if (told := theirs.get(one)) is not None}


def told(provider: Answers, at: int = 0) -> str:
    return provider.outbox[at].text.reveal()


def states(store: MemoryStore) -> dict[str | None, AttemptState]:
    return {one.loan_id: one.state for one in store.attempts()}


def test_one_message_one_contact_and_every_step_done() -> None:
    store, provider = MemoryStore(), Answers()
    report = service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert outcomes(report) == ["submitted", "none", "none"]
    assert provider.loans == ["L-1"]
    assert "您有3笔借款" in told(provider)
    history = store.histories([DEBTOR], NOW - timedelta(days=9))[DEBTOR]
    assert len(history.contacts) == 1
    assert {mark.loan_id for mark in history.done} == {"L-1", "L-2", "L-3"}
    assert history.unknown == frozenset()


def test_the_same_day_and_the_next_say_nothing_again() -> None:
    store, provider = MemoryStore(), Answers()
    for days in (0, 0, 1):
        service(provider, store, policy=POLICY).run(LOANS, now=NOW + timedelta(days=days))
    assert len(provider.outbox) == 1


def test_a_message_nobody_knows_of_leaves_all_its_loans_unknown() -> None:
    """None of them is sent again by itself, alone or joined."""
    store, provider = MemoryStore(), Answers(Unknown("timeout"))
    service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert set(states(store).values()) == {AttemptState.UNKNOWN}
    again = service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert outcomes(again) == ["unknown"] * 3
    assert len(provider.outbox) == 1


@pytest.mark.parametrize(
    ("answer", "times"), [(Rejected("busy", retryable=True), 2), (Rejected("bad_number"), 1)]
)
def test_a_refused_message_is_tried_again_for_all_or_for_none(answer: SubmitResult, times: int) -> None:
    store, provider = MemoryStore(), Answers(answer)
    for _ in range(2):
        service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert len(provider.outbox) == times
    assert all("您有3笔借款" in told(provider, at) for at in range(times))


def test_a_full_cap_holds_the_joined_message_and_frees_every_step() -> None:
    """Two runs plan it at once; the cap lets one through, and the other leaves no step half taken."""
    store, provider = MemoryStore(), Answers()
    other = book({**ONE, "loan_id": "L-9", **overdue(45)})
    planned = service(provider, store, policy=POLICY)

    class Racing(Core):
        """Another run of the lender sends meanwhile."""

        def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
            """Let the other run send first."""
            service(provider, store, policy=POLICY).run(other, now=NOW)
            return super().current(loan_ids)

    report = service(provider, store, policy=POLICY, facts=Racing()).run(LOANS, now=NOW)
    assert outcomes(report)[0] == "denied"
    assert provider.loans == ["L-9"]
    later = planned.run(LOANS, now=NOW + timedelta(days=4))
    assert outcomes(later)[0] == "submitted"
    assert "您有3笔借款" in told(provider, 1)


def test_a_loan_told_elsewhere_meanwhile_is_not_told_again() -> None:
    """The joined message waits for the next run, which speaks for the loans that are left."""
    store, provider = MemoryStore(), Answers()

    class Racing(Core):
        """Another run of the lender takes one of the loans."""

        def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
            """Let the other run take L-2 first, whose message the provider refuses for good."""
            refusing = Answers(Rejected("bad_number"))
            service(refusing, store, policy=POLICY).run(LOANS[1:2], now=NOW)
            return super().current(loan_ids)

    report = service(provider, store, policy=POLICY, facts=Racing()).run(LOANS, now=NOW)
    assert outcomes(report) == ["deferred", "none", "none"]
    assert report.rows[0].row.reason == "joined_changed"
    assert provider.outbox == []
    service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert "您有2笔借款" in told(provider)


def test_every_loan_is_asked_about_again_before_the_message_goes() -> None:
    core, provider = Core(), Answers()
    service(provider, policy=POLICY, facts=core).run(LOANS, now=NOW)
    assert sorted(core.asked) == ["L-1", "L-2", "L-3"]


def test_a_loan_paid_since_the_plan_leaves_the_message() -> None:
    provider, store = Answers(), MemoryStore()
    service(provider, store, policy=POLICY, facts=Core(L_2=None)).run(LOANS, now=NOW)
    assert "您有2笔借款" in told(provider)
    assert "共应还2,512.60元" in told(provider)
    assert set(states(store)) == {"L-1", "L-3"}


def test_the_last_loan_left_speaks_for_itself() -> None:
    provider = Answers()
    service(provider, policy=POLICY, facts=Core(L_2=None, L_3=None)).run(LOANS, now=NOW)
    assert "您尾号L-1的借款" in told(provider)


def test_an_amount_that_changed_since_the_plan_changes_the_total() -> None:
    paid = evolve(read().rows[1].account, amount_due=Money("6.30", "CNY"))
    provider = Answers()
    service(provider, policy=POLICY, facts=Core(L_2=paid)).run(LOANS, now=NOW)
    assert "共应还2,518.90元" in told(provider)


def test_where_the_first_loan_was_paid_the_others_wait_for_the_next_run() -> None:
    """A reminder that could not go is remembered, so that its carry days hold."""
    due = {"next_due_on": "2026-10-01"}
    ahead = book({**ONE, "amount_due": "9000", **due}, {**ONE, **due})

    class Paid(Core):
        """The first loan is settled."""

        def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
            """Leave L-1 out."""
            theirs = {row.account.loan_id: row.account for row in read(ahead).rows}
            return {one: theirs[one] for one in loan_ids if one != "L-1"}

    store, provider = MemoryStore(), Answers()
    service(provider, store, policy=POLICY, facts=Paid()).run(ahead, now=NOW)
    assert provider.outbox == []
    history = store.histories([DEBTOR], NOW)[DEBTOR]
    assert StepMark("L-2", "t-7", date(2026, 10, 1)) in history.deferred
    service(provider, store, policy=POLICY).run(ahead[1:], now=NOW + timedelta(days=1))
    assert provider.loans == ["L-2"]


def test_an_interrupt_in_the_middle_of_it_leaves_all_its_loans_unknown() -> None:
    """Nobody knows whether it went: no loan of it is told again, alone or joined."""
    store, provider = MemoryStore(), Answers(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        service(provider, store, policy=POLICY).run(LOANS, now=NOW)
    assert states(store) == dict.fromkeys(("L-1", "L-2", "L-3"), AttemptState.UNKNOWN)
    service(provider, store, policy=POLICY).run(LOANS, now=NOW + timedelta(days=4))
    assert len(provider.outbox) == 1

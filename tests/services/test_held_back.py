"""What a run keeps back though it is due: what nobody signed, whose turn has not come, what rests on old figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms.cli.output import write_rows
from loansms.errors import CallerError
from loansms.model import Account, DeliveryReceipt, DeliveryStatus
from loansms.model.examples import account, borrower
from loansms.planning import PlanDecision
from loansms.policy import Policy
from loansms.services import RunReport
from loansms.services.intake.reached import reached
from loansms.services.sending.fact_age import are_stale
from loansms.services.sending.plan_file import PlanFile
from loansms.services.sending.ramp import Ramp
from loansms.services.sending.signed_plan import GOOD_FOR, PlannedStep, SignedPlan
from loansms.stores import MemoryStore

SMALL = Ramp(seeds={"B-1", "B-2"}, first=1, share=0.01, failing=0.0, wait=timedelta(minutes=30))


def signed(plan: RunReport, *loans: str) -> SignedPlan:
    rows = [
        one.row for one in plan.rows if one.row.decision is PlanDecision.SEND and one.row.loan_id in loans
    ]
    steps = {PlannedStep.of(row): row.send_at or NOW for row in rows}
    return SignedPlan(digest="0" * 64, signed_by=("e-1", "e-2"), steps=steps)


def reasons(report: RunReport) -> list[str]:
    return [one.row.reason for one in report.rows]


def test_only_what_was_signed_goes_and_the_rest_waits() -> None:
    provider = Answers()
    outreach = service(provider)
    only = signed(outreach.plan(book({}, {}), now=NOW), "L-2")
    first = outreach.run(book({}, {}), now=NOW, only=only)
    assert (outcomes(first), reasons(first)[0]) == (["deferred", "submitted"], "not_in_plan")
    assert provider.loans == ["L-2"]
    assert outcomes(outreach.run(book({}, {}), now=NOW, only=only)) == ["deferred", "already_done"]


def test_a_signature_is_for_one_occasion() -> None:
    """A month later the same step comes round again: nobody has signed that."""
    provider = Answers()
    outreach = service(provider)
    only = signed(outreach.plan(book({}), now=NOW), "L-1")
    later = book({"next_due_on": "2026-10-26"})
    at = NOW + timedelta(days=32)
    assert outcomes(outreach.plan(later, now=at)) == ["planned"]
    assert reasons(outreach.run(later, now=at, only=only)) == ["not_in_plan"]
    assert provider.outbox == []
    row = outreach.plan(book({}), now=NOW).rows[0].row
    assert row.send_at is not None
    assert only.has(row, row.send_at + GOOD_FOR - timedelta(seconds=1))
    assert not only.has(row, row.send_at + GOOD_FOR)


def test_a_step_that_fresh_figures_turned_into_another_was_not_signed() -> None:
    """The due date moved since the plan: its new step is due, lawful and unsigned."""
    provider = Answers()
    only = signed(service(provider).plan(book({}), now=NOW), "L-1")
    moved = account(due_on=date(2026, 9, 27), borrower=borrower(borrower_id="B-1"))

    class Core:
        def current(self, _loan_ids: object) -> dict[str, Account]:
            return {"L-1": moved}

    assert outcomes(service(provider, facts=Core()).run(book({}), now=NOW)) == ["submitted"]
    again = service(provider, facts=Core()).run(book({}), now=NOW, only=only)
    assert (reasons(again), len(provider.outbox)) == (["not_in_plan"], 1)


@pytest.mark.parametrize("names", [(), ("e-1",), ("e-1", " E-1 "), ("e-1", ""), ("e-1", "ｅ-1")])
def test_one_person_cannot_sign_twice(names: tuple[str, ...]) -> None:
    with pytest.raises(CallerError, match="two different people"):
        SignedPlan(digest="0" * 64, signed_by=names, steps={})


class Ramped:
    """A ramp over one store; each `run` is one run of the command."""

    def __init__(self, ramp: Ramp = SMALL, rows: int = 40) -> None:
        self.store, self.provider, self.ramp = MemoryStore(), Answers(), ramp
        # The seeds hear of another step than the borrowers.
        plain: dict[str, str] = {}
        self.rows = book(plain, plain, *({"next_due_on": "2026-09-27"} for _ in range(rows - 2)))
        self.outreach = service(self.provider, self.store)

    def run(self, minutes: int) -> list[str | None]:
        before = len(self.provider.outbox)
        report = self.outreach.run(self.rows, now=NOW + timedelta(minutes=minutes), ramp=self.ramp)
        held = [one.row.reason for one in report.rows if one.outcome.value == "deferred"]
        assert set(held) <= {"ramp"}
        return self.provider.loans[before:]

    def receipts(self, status: DeliveryStatus, minutes: int) -> None:
        for one in list(self.store.attempts()):
            if one.delivery is None:
                told = DeliveryReceipt(
                    provider_message_id=one.provider_message_id or "",
                    step_key=one.step_key,
                    status=status,
                    at=NOW + timedelta(minutes=minutes),
                )
                self.store.record_receipt(told)


def test_a_ramp_goes_from_seeds_to_a_share_to_the_rest() -> None:
    ramped = Ramped()
    assert ramped.run(0) == ["L-1"]
    assert ramped.run(1) == []
    ramped.receipts(DeliveryStatus.DELIVERED, 2)
    assert ramped.run(29) == []
    canary = ramped.run(31)
    assert 1 <= len(canary) < 10
    assert "L-2" not in canary
    ramped.receipts(DeliveryStatus.DELIVERED, 32)
    assert ramped.run(60) == []
    assert len(ramped.run(62)) == 39 - len(canary)
    assert ramped.run(63) == []


@pytest.mark.parametrize("told", [None, DeliveryStatus.UNDELIVERED, DeliveryStatus.UNKNOWN])
def test_a_ramp_whose_messages_do_not_arrive_goes_no_further(told: DeliveryStatus | None) -> None:
    ramped = Ramped(rows=5)
    ramped.run(0)
    if told is not None:
        ramped.receipts(told, 1)
    assert ramped.run(120) == []


def test_a_ramp_whose_readers_refuse_goes_no_further() -> None:
    ramped = Ramped(rows=5)
    ramped.run(0)
    ramped.receipts(DeliveryStatus.DELIVERED, 1)
    [one] = ramped.store.attempts()
    ramped.store.suppress(one.debtor, "opted_out", NOW)
    assert ramped.run(60) == []


def test_the_next_day_s_ramp_starts_anew() -> None:
    """What yesterday's run delivered says nothing of today's words."""
    ramped = Ramped(rows=6)
    assert len(service(ramped.provider, ramped.store).run(ramped.rows, now=NOW).rows) == 6
    ramped.receipts(DeliveryStatus.DELIVERED, 1)
    ramped.rows = book(*({"next_due_on": "2026-09-25"} for _ in range(6)))
    day = 24 * 60
    assert (ramped.run(day), ramped.run(day + 40)) == (["L-1"], [])


def test_seeds_of_which_none_is_due_let_nobody_through() -> None:
    assert Ramped(Ramp(seeds={"S-9"}), rows=3).run(0) == []


@pytest.mark.parametrize(
    "wrong", [{"share": 1.5}, {"share": 0.0}, {"failing": -0.1}, {"first": 0}, {"wait": timedelta(days=2)}]
)
def test_a_ramp_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CallerError):
        Ramp(**wrong)


@pytest.mark.parametrize(
    ("as_of", "outcome"), [("2026-09-24", "submitted"), ("2026-09-22", "denied"), (None, "denied")]
)
def test_a_book_too_old_sends_nothing(as_of: str | None, outcome: str) -> None:
    """A book that does not say of which day it is could be of any day."""
    rows = book({"as_of": as_of} if as_of else {})
    provider = Answers()
    outreach = service(provider, max_age=timedelta(hours=36))
    planned = outreach.plan(rows, now=NOW)
    assert outcomes(planned) == ["planned" if outcome == "submitted" else "denied"]
    report = outreach.run(rows, now=NOW)
    assert outcomes(report) == [outcome]
    assert outcome == "submitted" or (reasons(report), provider.outbox) == (["facts_stale"], [])


@pytest.mark.parametrize(("as_of", "outcome"), [(None, "submitted"), (date(2026, 9, 22), "denied")])
def test_a_core_system_that_answers_with_old_figures_sends_nothing(as_of: date | None, outcome: str) -> None:
    """An answer without a day is of the moment it was asked for; the book's own age no longer matters."""

    class Core:
        def current(self, _loan_ids: object) -> dict[str, Account]:
            return {"L-1": evolve(account(borrower=borrower(borrower_id="B-1")), as_of=as_of)}

    provider = Answers()
    outreach = service(provider, facts=Core(), max_age=timedelta(hours=36))
    report = outreach.run(book({"as_of": "2026-09-01"}), now=NOW)
    assert outcomes(report) == [outcome]
    assert outcome == "submitted" or reasons(report) == ["facts_stale"]


def test_age_is_counted_from_the_start_of_the_day_there() -> None:
    told = account(as_of=date(2026, 9, 23))
    start = datetime(2026, 9, 22, 16, tzinfo=UTC)  # midnight in Shanghai
    assert not are_stale(told, start + timedelta(hours=36), timedelta(hours=36))
    assert are_stale(told, start + timedelta(hours=36, seconds=1), timedelta(hours=36))


JOINED = Policy.preset("cn-consumer", options=("joined",))
ONE = {"borrower_id": "B-1", "phone": "17400000001"}


def test_a_signed_message_speaks_for_the_loans_it_was_signed_with(tmp_path: Path) -> None:
    """Three loans in one message: all three signed. A fourth that joins later makes it a message nobody has signed."""
    three = book({**ONE, **overdue(31)}, {**ONE, **overdue(3)}, {**ONE, **overdue(8)})
    four = book({**ONE, **overdue(31)}, {**ONE, **overdue(3)}, {**ONE, **overdue(8)}, {**ONE, **overdue(5)})
    store = MemoryStore()
    outreach = service(Answers(), store, policy=JOINED)
    path = tmp_path / "plan.jsonl"
    write_rows(path, outreach.plan(three, now=NOW).rows)
    (tmp_path / "plan.signed.toml").write_text(
        PlanFile.read(path).signatures().with_one_more("e-1", NOW).with_one_more("e-2", NOW).text,
        encoding="utf-8",
    )
    only = PlanFile.read(path).signed()
    assert reasons(outreach.run(four, now=NOW, only=only))[0] == "not_in_plan"
    assert outcomes(outreach.run(three, now=NOW, only=only)) == ["submitted", "none", "none"]
    told = reached(store.attempts(), next(one.template for one in store.attempts()))
    assert {(one.loan_id, one.state) for one in told} == {
        ("L-1", "accepted"),
        ("L-2", "joined"),
        ("L-3", "joined"),
    }

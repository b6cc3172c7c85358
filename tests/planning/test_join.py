"""Several loans in one message: what the borrower reads, and what is never added up."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.compliance import RulePack
from loansms.model import Account, Lender, Money, PhoneNumber
from loansms.model.examples import account, borrower
from loansms.planning import Joining, PlanDecision, PlanRow, arbitrate, plan_account
from loansms.policy import Policy
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-21T10:00:00+08:00")  # a Monday
TODAY = NOW.date()
PACKS = [RulePack.load("CN", on=TODAY)]
POLICY = Policy.preset("cn-consumer", options=("joined", "autopay"))
CATALOGUE = Catalogue.builtin()
JOINING = Joining(policy=POLICY, catalogue=CATALOGUE, lenders={"anxin": Lender.example()})


def planned(loan: Account, now: datetime = NOW) -> PlanRow:
    return plan_account(
        loan, policy=POLICY, catalogue=CATALOGUE, packs=PACKS, lender=Lender.example(), now=now
    )


def late(loan_id: str, days: int, **more: Any) -> Account:
    return account(loan_id=loan_id, due_on=TODAY - timedelta(days=days), **more)


def chosen(*loans: Account, joining: Joining | None = JOINING, now: datetime = NOW) -> list[PlanRow]:
    return arbitrate([planned(loan, now) for loan in loans], PACKS, joining=joining)


def text(row: PlanRow) -> str:
    assert row.text is not None
    return row.text.reveal()


def test_overdue_loans_are_told_in_one_message_with_count_total_and_earliest_date() -> None:
    first, winner, last = chosen(
        late("L-1", 3, amount_due=Money("100.10", "CNY")), late("L-2", 31), late("L-3", 8)
    )
    assert (winner.decision, winner.template) == (PlanDecision.SEND, "collection.several")
    assert "您有3笔借款的应还款项尚未到账，其中最早的应于8月21日还款" in text(winner)
    assert "截至9月21日共应还2,612.70元" in text(winner)
    assert {row.loan_id for row in winner.joined} == {"L-1", "L-3"}
    for row in (first, last):
        assert (row.decision, row.reason, row.text) == (PlanDecision.NONE, "joined_with", None)
        assert "L-2" in row.reasons[0].message
        assert "L-2" in row.reasons[0].message_zh


def test_reminders_of_a_week_ahead_and_of_today_become_one() -> None:
    ahead, today = chosen(account(loan_id="L-1", due_on=TODAY + timedelta(days=7)), late("L-2", 0))
    assert ahead.reason == "joined_with"
    assert today.template == "reminder.several"
    assert "您有2笔借款将到还款日，最早为9月21日，截至9月21日共应还2,512.60元" in text(today)


def test_a_reader_of_english_is_told_in_english() -> None:
    theirs = borrower(language="en-US")
    rows = chosen(late("L-1", 3, borrower=theirs), late("L-2", 31, borrower=theirs))
    assert "Payments on 2 of your loans, the earliest due Aug 21, have not reached us." in text(rows[1])


def test_nothing_is_joined_where_the_policy_does_not_say_so() -> None:
    silent = evolve(JOINING, policy=Policy.preset("cn-consumer"))
    for joining in (None, silent):
        rows = chosen(late("L-1", 3), late("L-2", 31), joining=joining)
        assert [row.reason for row in rows if row.decision is PlanDecision.DEFER] == ["yields_to_other_loan"]
        assert rows[1].template == "collection.late"


OTHER = {
    "another currency": {"amount_due": Money("100", "USD")},
    "another number": {"borrower": borrower(phone=PhoneNumber.parse("13800138001", region="CN"))},
    "another language": {"borrower": borrower(language="en")},
    "figures of another day": {"as_of": TODAY - timedelta(days=1)},
    "another lender of the group": {"lender_id": "other"},
}


@pytest.mark.parametrize("more", OTHER.values(), ids=OTHER)
def test_what_is_no_true_sum_is_not_added_up(more: dict[str, Any]) -> None:
    """The loan that differs waits, and the others are told without it."""
    odd, winner, alike = chosen(late("L-1", 3, **more), late("L-2", 31), late("L-3", 8))
    assert odd.reason == "yields_to_other_loan"
    assert alike.reason == "joined_with"
    assert "您有2笔借款" in text(winner)


def test_a_reminder_waits_for_a_joined_collection() -> None:
    """Other purposes are not mixed: what is still to come is not told as unpaid."""
    reminder, winner, other = chosen(late("L-1", 0), late("L-2", 31), late("L-3", 8))
    assert reminder.reason == "yields_to_other_loan"
    assert other.reason == "joined_with"
    assert winner.template == "collection.several"


def test_a_loan_that_stands_twice_in_the_book_is_not_counted_twice() -> None:
    rows = chosen(late("L-1", 31), late("L-1", 31))
    assert [row.template for row in rows if row.decision is PlanDecision.SEND] == ["collection.late"]


def test_a_loan_that_is_debited_by_itself_keeps_its_own_words() -> None:
    """A borrower told to pay by hand would pay twice."""
    tomorrow = TODAY + timedelta(days=1)
    debited = account(
        loan_id="L-1",
        due_on=tomorrow,
        autopay=True,
        next_debit_at=NOW + timedelta(days=1),
        debit_account_tail="6789",
    )
    by_hand = account(loan_id="L-2", due_on=TODAY + timedelta(days=7))
    own, waits = chosen(debited, by_hand)
    assert own.template == "reminder.debit"
    assert waits.reason == "yields_to_other_loan"


def test_the_day_of_a_promise_is_told_by_itself() -> None:
    promised = late("L-1", 12, promise_to_pay_until=TODAY)
    rows = chosen(promised, late("L-2", 0))
    assert [row.step for row in rows if row.decision is PlanDecision.SEND] == ["promise-day"]
    assert all(not row.joined for row in rows)


@pytest.mark.parametrize("template", ["collection.late", "collection.nowhere", "collection.guarantor"])
def test_a_text_that_cannot_speak_for_several_loans_joins_nothing(template: str) -> None:
    """One loan's reference, no such text, another reader: the loans speak one after another."""
    odd = evolve(JOINING, policy=evolve(POLICY, joined={"collection": template}))
    waits, speaks = chosen(late("L-1", 3), late("L-2", 31), joining=odd)
    assert (waits.reason, speaks.template, speaks.joined) == ("yields_to_other_loan", "collection.late", ())


def test_a_case_for_a_person_and_a_guarantor_are_not_joined() -> None:
    rows = chosen(late("L-1", 100), late("L-2", 31), late("L-3", 8))
    assert rows[0].template == "collection.handover"
    assert [row.loan_id for row in rows[1].joined] == ["L-3"]


@given(
    amounts=st.lists(st.integers(1, 10**8), min_size=2, max_size=6),
    days=st.lists(st.integers(1, 90), min_size=6, max_size=6),
)
def test_the_total_is_the_sum_and_the_date_the_earliest(amounts: list[int], days: list[int]) -> None:
    loans = [
        late(f"L-{at}", day, amount_due=Money(Decimal(cents) / 100, "CNY"))
        for at, (cents, day) in enumerate(zip(amounts, days, strict=False))
    ]
    winner = next(row for row in chosen(*loans) if row.decision is PlanDecision.SEND)
    earliest = min(loan.due_on for loan in loans)
    assert f"您有{len(loans)}笔借款" in text(winner)
    assert f"{Decimal(sum(amounts)) / 100:,.2f}元" in text(winner)
    assert f"最早的应于{earliest.month}月{earliest.day}日" in text(winner)
    assert len(winner.joined) == len(loans) - 1

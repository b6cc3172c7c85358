"""Which of a debtor's loans speaks, and what is told of those that wait."""

from datetime import date, datetime, timedelta

import pytest
from attrs import evolve

from loansms.compliance import RulePack, evaluate
from loansms.model import (
    Account,
    Allow,
    CapLimit,
    Channel,
    Contact,
    Draft,
    History,
    Lender,
    Money,
    Purpose,
    Reason,
)
from loansms.model.examples import account
from loansms.planning import PlanDecision, PlanRow, arbitrate, plan_account
from loansms.policy import Policy
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-21T10:00:00+08:00")  # a Monday
PACKS = [RulePack.load("CN", on=NOW.date())]
POLICY = Policy.preset("cn-consumer")
CATALOGUE = Catalogue.builtin()


def planned(loan: Account, now: datetime = NOW, history: History | None = None) -> PlanRow:
    return plan_account(
        loan,
        policy=POLICY,
        catalogue=CATALOGUE,
        packs=PACKS,
        lender=Lender.example(),
        now=now,
        history=history,
    )


def overdue(loan_id: str, days: int) -> Account:
    return account(loan_id=loan_id, due_on=NOW.date() - timedelta(days=days))


def collections(*days_ago: int) -> History:
    return History.of(
        Contact(channel=Channel.SMS, at=NOW - timedelta(days=days), purpose=Purpose.COLLECTION)
        for days in days_ago
    )


def codes(row: PlanRow) -> list[str]:
    return [reason.code for reason in row.reasons]


def test_each_loser_waits_for_a_day_of_its_own() -> None:
    """Three loans, one message a day: the plan gives the third the day after the second's."""
    rows = arbitrate(
        [planned(overdue("L-1", 3)), planned(overdue("L-2", 31)), planned(overdue("L-3", 8))], PACKS
    )
    third, winner, second = rows
    assert winner.decision is PlanDecision.SEND
    assert [row.send_at for row in (second, third)] == [
        datetime.fromisoformat("2026-09-22T09:00:00+08:00"),
        datetime.fromisoformat("2026-09-23T09:00:00+08:00"),
    ]
    assert all(
        "L-2" in row.reasons[0].message and "L-2" in row.reasons[0].message_zh for row in (second, third)
    )


def test_a_loser_waits_for_the_cap_that_the_winner_fills() -> None:
    """Two collection texts this week and the winner make three: the loser waits until the first has left."""
    history = collections(3, 5)
    rows = arbitrate(
        [planned(overdue("L-1", 3), history=history), planned(overdue("L-2", 31), history=history)], PACKS
    )
    assert rows[0].decision is PlanDecision.DEFER
    # Five days ago leaves after two days, at the hour it was sent, on a Wednesday.
    assert rows[0].send_at == datetime.fromisoformat("2026-09-23T10:00:00+08:00")


@pytest.mark.parametrize("days_ago", [(), (1,), (2, 6), (3, 5)])
def test_what_waits_is_planned_for_a_moment_at_which_it_may_go(days_ago: tuple[int, ...]) -> None:
    """The gate, asked at the planned moment with all that was said till then, allows it."""
    history = collections(*days_ago)
    loans = [
        overdue("L-1", 3),
        overdue("L-2", 31),
        overdue("L-3", 8),
        account(loan_id="L-4", due_on=date(2026, 9, 24)),
    ]
    rows = arbitrate([planned(loan, history=history) for loan in loans], PACKS)
    contacts = list(history.contacts)
    for row in sorted((row for row in rows if row.send_at), key=lambda row: row.send_at or NOW):
        assert row.context
        assert row.purpose
        assert row.channel
        assert row.send_at
        draft = Draft(
            purpose=row.purpose, channel=row.channel, text=row.text, locale=row.locale, signature="安信"
        )
        context = evolve(row.context, past_contacts=contacts)
        assert isinstance(evaluate(draft, context, PACKS, row.send_at), Allow), (row.loan_id, row.send_at)
        contacts.append(
            Contact(channel=row.channel, at=row.send_at, purpose=row.purpose, loan_id=row.loan_id)
        )
    assert sum(row.decision is PlanDecision.SEND for row in rows) == 1


def test_a_case_for_a_person_waits_for_nobody() -> None:
    rows = arbitrate([planned(overdue("L-1", 100)), planned(overdue("L-2", 31))], PACKS)
    assert [row.decision for row in rows] == [PlanDecision.SEND] * 2


def test_a_reminder_that_would_wait_past_its_last_day_says_so() -> None:
    """Due today: neither the night nor another loan carries it to tomorrow, and the reasons tell."""
    due_today = account(loan_id="L-1", due_on=NOW.date())
    late = planned(due_today, now=NOW.replace(hour=22))
    assert codes(late) == ["outside_hours", "lapses", "due_today"]
    loser, _ = arbitrate([planned(due_today), planned(overdue("L-2", 31))], PACKS)
    assert codes(loser) == ["yields_to_other_loan", "lapses", "due_today"]
    assert "2026-09-21" in loser.reasons[1].message
    assert "2026-09-21" in loser.reasons[1].message_zh


def test_a_reminder_within_its_carry_days_and_an_open_step_do_not_lapse() -> None:
    week = account(loan_id="L-1", due_on=NOW.date() + timedelta(days=7))
    assert codes(planned(week, now=NOW.replace(hour=22))) == ["outside_hours", "due_in_7"]
    assert "lapses" not in codes(planned(overdue("L-2", 31), now=NOW.replace(hour=21)))


def test_an_overdue_step_that_a_long_holiday_outlasts_says_so() -> None:
    """National Day: what is due after it speaks instead of the first step."""
    eve = datetime.fromisoformat("2026-10-01T10:00:00+08:00")
    first = planned(account(due_on=date(2026, 9, 30)), now=eve)
    assert first.decision is PlanDecision.DEFER
    assert codes(first)[:2] == ["outside_hours", "lapses"]
    assert first.send_at == datetime.fromisoformat("2026-10-08T09:00:00+08:00")


def test_days_past_due_are_counted_on_the_day_the_text_names() -> None:
    """A book of yesterday: "as of" yesterday, the days of yesterday."""
    loan = account(due_on=date(2026, 8, 20), as_of=date(2026, 9, 20))
    text = planned(loan).text
    assert text is not None
    assert "截至9月20日已逾期31天" in text.reveal()


def test_a_text_names_the_amount_due_but_not_what_was_promised() -> None:
    """Nobody recorded an amount with the promise, so the text claims none."""
    row = planned(account(due_on=date(2026, 9, 10), promise_to_pay_until=NOW.date()))
    assert row.step == "promise-day"
    assert row.text is not None
    assert "您曾约定9月21日还款，尾号L-1借款应还1,256.30元" in row.text.reveal()


def test_limits_of_a_loser_are_not_claimed() -> None:
    loser, _ = arbitrate([planned(overdue("L-1", 3)), planned(overdue("L-2", 31))], PACKS)
    limits: tuple[CapLimit, ...] = loser.limits
    reasons: tuple[Reason, ...] = loser.reasons
    assert limits == ()
    assert reasons[0].severity == "defer"
    assert Money("1256.30", "CNY") == (loser.account and loser.account.amount_due)

"""Direct debit: who is told to fund the account and when, and that the debit's result is waited for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loansms.compliance import RulePack
from loansms.model import History, Lender, Money, StepMark
from loansms.model.examples import account, borrower
from loansms.planning import PlanDecision, PlanRow, plan_account
from loansms.policy import NothingDue, Policy, StepDue
from loansms.templates import Catalogue

PRESETS = ("cn-consumer", "us-first-party")
CN = Policy.preset("cn-consumer", options=("autopay",))
DUE = date(2026, 9, 24)  # a Thursday
EIGHT = datetime.fromisoformat("2026-09-24T08:00:00+08:00")


def at(day: date, hour: int = 4) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def asked(
    day: date, *, policy: Policy = CN, history: History | None = None, **more: Any
) -> StepDue | NothingDue:
    fields: dict[str, Any] = {"autopay": True, "next_debit_at": EIGHT, **more}
    return policy.next_step(account(**fields), history or History(), (), at(day))


def code(day: date, **more: Any) -> str:
    return asked(day, **more).why.code


def planned(day: date, **more: Any) -> PlanRow:
    fields: dict[str, Any] = {
        "autopay": True,
        "next_debit_at": EIGHT,
        "debit_account_tail": "6789",
        "due_on": DUE,
        **more,
    }
    return plan_account(
        account(**fields),
        policy=CN,
        catalogue=Catalogue.builtin(),
        packs=[RulePack.load("CN", on=day)],
        lender=Lender.example(),
        now=at(day),
    )


# ---------------------------------------------------------------------------------------- the text before the debit
@pytest.mark.parametrize("preset", PRESETS)
def test_the_option_tells_those_who_are_debited_and_nobody_else(preset: str) -> None:
    policy = Policy.preset(preset, options=("autopay",))
    eve = DUE - timedelta(days=1)
    debited, by_hand = asked(eve, policy=policy), asked(eve, policy=policy, autopay=False)
    assert isinstance(debited, StepDue)
    assert (debited.step, debited.template) == ("debit-1", "reminder.debit")
    assert isinstance(by_hand, NothingDue)
    assert isinstance(asked(eve, policy=Policy.preset(preset)), NothingDue)


def test_it_takes_the_place_of_the_reminder_of_the_last_day() -> None:
    both = Policy.preset("cn-consumer", options=("autopay", "3-2-1"))
    eve = DUE - timedelta(days=1)
    told = [asked(eve, policy=both, autopay=autopay) for autopay in (True, False)]
    assert [one.step for one in told] == ["debit-1", "t-1"]


def test_a_preset_without_the_option_keeps_its_version() -> None:
    assert Policy.preset("cn-consumer").version == "cn-consumer@596f134e6671"
    assert CN.version != Policy.preset("cn-consumer").version


def test_the_text_names_amount_day_and_account_and_asks_for_no_payment_by_hand() -> None:
    row = planned(DUE - timedelta(days=1))
    assert row.decision is PlanDecision.SEND
    assert row.text is not None
    said = row.text.reveal()
    assert "将于9月24日自动扣款1,256.30元" in said
    assert "尾号6789账户备足款项" in said
    assert "请通过" not in said


@pytest.mark.parametrize(
    "more",
    [{"debit_account_tail": None}, {"next_debit_at": None}, {"next_debit_at": EIGHT - timedelta(days=30)}],
    ids=["no account", "no debit", "a debit of last month"],
)
def test_no_text_names_an_account_or_a_day_that_is_not_known(more: dict[str, Any]) -> None:
    """A debit of the past is announced to nobody: the book has not been told of the next one."""
    row = planned(DUE - timedelta(days=1), **more)
    assert (row.decision, row.reason, row.text) == (PlanDecision.DENY, "template_values", None)


def test_the_day_told_is_the_day_where_the_borrower_is() -> None:
    """One minute past midnight in Shanghai is still the day before by universal time."""
    midnight = datetime.fromisoformat("2026-09-24T00:01:00+08:00").astimezone(UTC)
    row = planned(DUE - timedelta(days=1), next_debit_at=midnight)
    assert row.text is not None
    assert "9月24日自动扣款" in row.text.reveal()


# ------------------------------------------------------------------------------------- waiting for the debit's result
def test_the_first_overdue_step_waits_through_the_day_of_the_debit() -> None:
    """A late debit of the evening may still succeed: nobody is told to be late on its day."""
    debit = datetime.fromisoformat("2026-09-25T21:00:00+08:00")
    days = [DUE + timedelta(days=number) for number in (1, 2)]
    assert [code(day, next_debit_at=debit) for day in days] == ["debit_pending", "overdue_early"]
    waiting = asked(days[0], next_debit_at=debit)
    assert "2026-09-25" in waiting.why.message
    assert "2026-09-25" in waiting.why.message_zh


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        (None, "overdue_early"),
        (date(2026, 9, 24), "debit_pending"),
        (date(2026, 9, 25), "overdue_early"),
        (date(2026, 9, 26), "overdue_early"),
    ],
)
def test_a_book_from_before_the_debit_cannot_tell_that_it_failed(as_of: date | None, told: str) -> None:
    debit = datetime.fromisoformat("2026-09-25T08:00:00+08:00")
    assert code(DUE + timedelta(days=2), next_debit_at=debit, as_of=as_of) == told


def test_a_debit_that_is_tried_again_is_waited_for_again() -> None:
    """The core system moves the date on: the first step stays silent until the last try is over."""
    tries = [datetime(2026, 9, day, 1, tzinfo=UTC) for day in (24, 26, 28)]
    told = []
    for number in range(1, 6):
        today = DUE + timedelta(days=number)
        following = next((one for one in tries if one.date() >= today), tries[-1])
        told.append(code(today, next_debit_at=following))
    # Day 3 brings the second overdue step: it no longer waits, since the debt is late by then whatever the debit does.
    assert told == ["debit_pending", "debit_pending", "overdue_early", "overdue_early", "overdue_early"]


def test_a_debit_that_failed_lets_the_first_step_speak() -> None:
    assert code(DUE + timedelta(days=1)) == "overdue_early"


def test_a_loan_paid_by_hand_waits_for_no_debit_though_a_date_stands_in_the_book() -> None:
    debit = datetime.fromisoformat("2026-09-30T08:00:00+08:00")
    assert code(DUE + timedelta(days=1), next_debit_at=debit, autopay=False) == "overdue_early"


def test_a_debit_that_brought_the_money_ends_it() -> None:
    assert code(DUE + timedelta(days=1), amount_due=Money("0", "CNY")) == "nothing_due"


def test_grace_days_are_told_before_the_debit() -> None:
    debit = datetime.fromisoformat("2026-09-25T21:00:00+08:00")
    assert code(DUE + timedelta(days=1), next_debit_at=debit, grace_days=3) == "in_grace"


def test_a_step_done_before_the_debit_was_moved_is_not_done_again() -> None:
    done = History(done={StepMark("L-1", "day-1", DUE)})
    debit = datetime.fromisoformat("2026-09-25T21:00:00+08:00")
    assert code(DUE + timedelta(days=2), next_debit_at=debit, history=done) == "already_done"


@pytest.mark.parametrize(
    ("zone", "day", "told"),
    [
        # 03:00 UTC on the 26th: the 25th at night in New York, the 26th in Shanghai.
        ("America/New_York", date(2026, 9, 26), "overdue_early"),
        ("Asia/Shanghai", date(2026, 9, 26), "debit_pending"),
    ],
)
def test_the_day_of_the_debit_is_the_borrower_s_own(zone: str, day: date, told: str) -> None:
    debit = datetime(2026, 9, 26, 3, tzinfo=UTC)
    theirs = borrower(zones=(zone,))
    found = CN.next_step(
        account(borrower=theirs, autopay=True, next_debit_at=debit), History(), (), at(day, 14)
    )
    assert found.why.code == told

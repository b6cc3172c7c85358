"""A day's budget: offers wait first, a code or a duty never, and what other runs spent is counted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms import Lender
from loansms.errors import ConfigurationError
from loansms.model import Channel, Money, Purpose, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.services import AsyncOutreachService, Worker
from loansms.services.watching.budget import SHARES, Budget, Spending
from loansms.stores import AsyncMemoryStore, MemoryStore

from .parts import NOW, Answers, AsyncAnswers, book, event, outcomes, service
from .test_worker import Core

NEVER = frozenset(Purpose) - frozenset(SHARES)
LENGTH = 2  # segments of a reminder


def cny(amount: str) -> Money:
    return Money(amount, "CNY")


def budget(a_day: str, **more: Any) -> Budget:
    return Budget(a_day=cny(a_day), per_segment={"*": cny("0.05")}, **more)


def row(purpose: Purpose, **more: Any) -> PlanRow:
    told: dict[str, Any] = {
        "loan_id": "L-1", "borrower_id": "B-1", "decision": PlanDecision.SEND, "reasons": (Reason("due", "house"),),
        "purpose": purpose, "channel": Channel.SMS, "segments": LENGTH, "send_at": NOW,
    }  # fmt: skip
    return PlanRow(**{**told, **more})


def test_offers_stop_before_reminders_and_reminders_before_nothing_else() -> None:
    order: list[Purpose] = []
    spending = Spending(budget("100"), cny("0"), NOW)
    for spent in range(0, 201, 5):
        spending.spent = cny(str(spent))
        for purpose in Purpose:
            if (
                purpose not in order
                and spending.take(row(purpose), "any", NOW).decision is PlanDecision.DEFER
            ):
                order.append(purpose)
            spending.spent = cny(str(spent))
    assert order[:2] == [Purpose.MARKETING, Purpose.SETTLEMENT_OFFER]
    assert set(order[2:]) == {Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION}


def test_a_row_over_the_budget_waits_until_tomorrow_and_says_why() -> None:
    spending = Spending(budget("0"), cny("0"), NOW)
    told = spending.take(row(Purpose.REPAYMENT_REMINDER), "any", NOW)
    assert (told.decision, told.reason, told.send_at) == (
        PlanDecision.DEFER,
        "budget",
        NOW + timedelta(days=1),
    )
    assert spending.spent == cny("0")
    assert spending.take(row(Purpose.COLLECTION, obligatory=True), "any", NOW).decision is PlanDecision.SEND
    waiting = row(Purpose.MARKETING, decision=PlanDecision.DENY)
    assert spending.take(waiting, "any", NOW) is waiting


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(NEVER)), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_code_an_alert_or_a_notice_never_waits_for_money(purpose: Purpose, a_day: int, spent: int) -> None:
    spending = Spending(budget(str(a_day)), cny(str(spent)), NOW)
    assert spending.take(row(purpose), "any", NOW).decision is PlanDecision.SEND


@pytest.mark.parametrize(
    "wrong",
    [
        {"a_day": cny("-1")},
        {"a_day": Money("1", "USD")},
        {"per_segment": {"aliyun": cny("0.05")}},
        {"per_segment": {"*": cny("-0.05")}},
        {"shares": {Purpose.OTP: Decimal(1)}},
        {"shares": {Purpose.MARKETING: Decimal(2)}},
    ],
)
def test_a_budget_that_would_keep_back_a_code_or_pay_backwards_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="budget: "):
        evolve(budget("1"), **wrong)


def test_a_run_spends_no_more_than_the_day_has_and_notices_still_go() -> None:
    free = Answers()
    service(free).run(book({}, {}, {}, {}), now=NOW)
    length = free.outbox[0].segments
    assert length
    each = cny("0.05") * length
    store, road = MemoryStore(), Answers()
    capped = Budget(a_day=each * 2, per_segment={"*": cny("0.05")})
    worker = service(road, store, budget=capped)
    report = worker.run(book({}, {}, {}, {}), now=NOW)
    assert outcomes(report) == ["submitted", "submitted", "deferred", "deferred"]
    assert report.rows[2].row.reason == "budget"
    assert outcomes(worker.notify_many([event("e-1")], now=NOW)) == ["submitted"]
    # Another worker, an hour later: it knows of what was spent by the ledger alone.
    later = NOW + timedelta(hours=1)
    again = service(road, store, budget=capped).run(book({}, {}, {}, {}), now=later)
    assert outcomes(again) == ["already_done", "already_done", "deferred", "deferred"]
    assert len(road.outbox) == 3


def test_a_new_day_has_a_new_budget_and_what_was_kept_back_goes() -> None:
    store, road = MemoryStore(), Answers()
    told = [{"next_due_on": "2026-09-27"}]  # three days ahead; the step may still speak tomorrow
    assert outcomes(service(road, store, budget=budget("0")).run(book(*told), now=NOW)) == ["deferred"]
    tomorrow = NOW + timedelta(days=1)
    assert outcomes(service(road, store, budget=budget("9")).run(book(*told), now=tomorrow)) == ["submitted"]


def test_the_awaited_service_keeps_the_same_budget() -> None:
    async def run() -> list[str]:
        worker = AsyncOutreachService(
            policy="cn-consumer", lender=Lender.example("CN"), store=AsyncMemoryStore(), provider=AsyncAnswers(),
            budget=budget("0"),
        )  # fmt: skip
        return outcomes(await worker.run(book({}), now=NOW))

    assert asyncio.run(run()) == ["deferred"]


def test_a_job_over_the_budget_waits_in_its_queue_and_goes_the_next_day() -> None:
    rows = book({"next_due_on": "2026-09-27"})
    store, road = MemoryStore(), Answers()
    facts = Core(rows)
    short = service(road, store, facts=facts, budget=budget("0"))
    short.enqueue(rows, store, now=NOW)
    assert outcomes(Worker(short, store).work(9, NOW)) == ["deferred"]
    tomorrow = NOW + timedelta(days=1, seconds=1)
    rich = service(road, store, facts=facts, budget=budget("9"))
    assert outcomes(Worker(rich, store).work(9, tomorrow)) == ["submitted"]
    assert len(road.outbox) == 1

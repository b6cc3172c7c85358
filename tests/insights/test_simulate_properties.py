"""Whatever the book, the behaviour and the seed: nothing is sent that the plan of that moment does not send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loansms.insights import Behaviour, Pace, simulate, simulated_debtor
from loansms.model import Contact, Lender
from loansms.planning import PlanDecision, PlanRow
from loansms.portfolio import plan_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHANCE = st.sampled_from((0.0, 0.2, 0.7, 1.0))


@st.composite
def books(draw: st.DrawFn) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for number in range(draw(st.integers(1, 5))):
        owner = draw(st.integers(0, 2))
        due = date(2026, 9, 20) + timedelta(days=draw(st.integers(-95, 12)))
        promised = date(2026, 9, 20) + timedelta(days=draw(st.integers(0, 6)))
        rows.append(
            {
                "loan_id": f"L-{number}",
                "borrower_id": f"B-{owner}",
                "phone": f"1380013800{owner}",
                "country": "CN",
                "currency": "CNY",
                "amount_due": draw(st.sampled_from(("0", "100.00", "2500.00"))),
                "next_due_on": due.isoformat(),
                "consent_sms": draw(st.sampled_from(("", "true", "false"))),
                "dispute": draw(st.sampled_from(("false", "false", "true"))),
                "promise_to_pay_until": draw(st.sampled_from(("", "", promised.isoformat()))),
            }
        )
    return rows


@st.composite
def behaviours(draw: st.DrawFn) -> Behaviour:
    names = ("delivered", "read", "reply", "opt_out", "promise", "keeps", "partial")
    chances = {name: draw(CHANCE) for name in names}
    paces = [Pace(from_dpd=day, daily=draw(CHANCE), after_reading=draw(CHANCE)) for day in (-7, 1, 31)]
    return Behaviour(name="drawn", pay=paces, **chances)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=books(), behaviour=behaviours(), seed=st.integers(0, 9), hour=st.sampled_from((7, 10, 19, 23)))
def test_every_message_was_one_the_plan_would_send(
    book: list[dict[str, str]], behaviour: Behaviour, seed: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go: dict[tuple[str, str, datetime], tuple[PlanRow, str]] = {}

    def watched(of: Any, *, histories: Mapping[str, Any], **more: Any) -> list[tuple[int, PlanRow]]:
        planned = plan_rows(of, histories=histories, **more)
        (key,) = histories
        for _, row in planned:
            if row.decision is PlanDecision.SEND:
                may_go[row.loan_id, row.step, more["now"]] = row, key
        return planned

    monkeypatch.setattr(simulated_debtor, "plan_rows", watched)
    start = datetime(2026, 9, 20, hour, tzinfo=SHANGHAI)  # over the days off of mid-autumn and October
    done = simulate("cn-consumer", book, 14, behaviour, lender=Lender.example("CN"), start=start, seed=seed)
    sent = done.events.filter(what="message").sort("at")
    contacts: dict[str, list[Contact]] = {}
    days: Counter[tuple[str, date]] = Counter()
    for loan_id, step, at, borrower_id in sent.select("loan_id", "step", "at", "borrower_id").iter_rows():
        row, key = may_go[loan_id, step, at]
        past = contacts.setdefault(key, [])
        for limit in row.limits:
            assert sum(limit.counts(one, loan_id) for one in past) < limit.count
        past.append(Contact(channel=row.channel, at=at, purpose=row.purpose, loan_id=loan_id))
        days[borrower_id, at.astimezone(SHANGHAI).date()] += 1
    assert max(days.values(), default=0) <= 1
    steps = sent.select("loan_id", "step", "stage").iter_rows()
    assert not [one for one in steps if done.loans.filter(loan_id=one[0])["dpd_start"][0] is None]


@settings(max_examples=25)
@given(book=books(), behaviour=behaviours(), seed=st.integers(0, 9), turn=st.randoms(use_true_random=False))
def test_the_order_of_the_book_changes_nothing(
    book: list[dict[str, str]], behaviour: Behaviour, seed: int, turn: Any
) -> None:
    start = datetime(2026, 9, 20, 10, tzinfo=SHANGHAI)
    turned = turn.sample(book, len(book))
    one, other = (
        simulate("cn-consumer", rows, 7, behaviour, lender=Lender.example("CN"), start=start, seed=seed)
        for rows in (book, turned)
    )
    assert one.events.equals(other.events)
    assert one.loans.equals(other.loans)
    assert one.totals.equals(other.totals)

"""What a condition demands of an account: never more than it does, since a finding is built on it."""

from __future__ import annotations

from datetime import date
from math import inf, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.audiences import DAYS, OWN, TEXTS, some_accounts

from loansms.model import Account
from loansms.policy import Audience
from loansms.policy.audience_eval import asked
from loansms.policy.check_demand import Demand, Span, days_of, demand

ROWS = some_accounts(40)


def of(text: str) -> Demand | None:
    return demand(Audience.parse(text, OWN).tree)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("days_past_due > 3", 4, inf),
        ("3 < days_past_due", 4, inf),
        ("days_past_due >= 3.5", 4, inf),
        ("days_past_due < 3", -inf, 2),
        ("days_past_due <= 3.5", -inf, 3),
        ("3 >= days_past_due", -inf, 3),
        ("3 == days_past_due", 3, 3),
        ("days_past_due != 3", -inf, inf),
        ("not days_past_due > 3", -inf, 3),
        ("not days_past_due >= 3", -inf, 2),
        ("not days_past_due < 3", 3, inf),
        ("not days_past_due <= 3", 4, inf),
        ("not days_past_due != 3", 3, 3),
        ("not (days_past_due > 3 or days_past_due < 1)", 1, 3),
        ("not (days_past_due > 3 and autopay)", -inf, inf),
        ("not not days_past_due > 3", 4, inf),
        ("(days_past_due > 3) == True", 4, inf),
        ("(days_past_due > 3) == False", -inf, 3),
        ("(days_past_due > 3) != True", -inf, 3),
        ("days_past_due in (9, 3, 5)", 3, 9),
        ("days_past_due not in (9, 3)", -inf, inf),
        ("1 <= days_past_due <= 9 and days_past_due < 5", 1, 4),
        ("1 <= days_past_due <= 2 or 5 <= days_past_due <= 9", 1, 9),
        ("days_past_due > 3 or autopay", -inf, inf),
        ("days_past_due > 3 or False", 4, inf),
        ("days_past_due > 3 and True", 4, inf),
        ("days_past_due + 1 > 3", -inf, inf),
        ("days_past_due > grace_days", -inf, inf),
        ("days_since(due_on) > 3", 4, inf),
    ],
)
def test_the_days_on_which_a_condition_can_hold(text: str, low: float, high: float) -> None:
    assert days_of(of(text)) == Span(low, high)


@pytest.mark.parametrize(
    "text",
    [
        "False",
        "not True",
        "autopay and False",
        "False or not True",
        "autopay == True and autopay == False",
        "known(score) and missing(score)",
        "score > 1 and score < 1",
        "score > 1 and not score > 1",
        'product in ("a", "b") and product == "c"',
        "amount_due < 500 and (amount_due >= 500 or amount_due > 900)",
        'due_on > date("2026-01-02") and due_on < date("2026-01-02")',
        "days_past_due > 3 and days_past_due < 4",
        "score + 1 > 3 and score + 1 < 2",
    ],
)
def test_what_can_hold_for_nobody_demands_the_impossible(text: str) -> None:
    assert of(text) is None
    assert days_of(of(text)).empty


@pytest.mark.parametrize(
    "text",
    [
        "score > 3 and score < 4",
        "autopay or not autopay",
        'product != "a"',
        "score > 1 and income < 1",
        "score < income / amount_due and score > 5",
        "(autopay and False) or autopay",
    ],
)
def test_what_might_hold_is_left_alone(text: str) -> None:
    assert of(text) is not None


def test_an_open_end_is_the_next_double() -> None:
    found = of("score > 3")
    assert found is not None
    assert list(found.spans.values()) == [Span(nextafter(3, inf), inf)]


def test_what_changes_with_the_day_does_not_last() -> None:
    found = of("days_past_due > 3 and days_past_due + 1 > 2 and (days_past_due > 9) == opt_out and score > 3")
    assert found is not None
    assert len(found.spans) == 3
    assert [span.low for span in found.lasting.spans.values()] == [nextafter(3, inf)]


@given(text=TEXTS, account=st.sampled_from(ROWS), today=DAYS)
def test_who_is_in_an_audience_meets_what_it_demands(text: str, account: Account, today: date) -> None:
    audience = Audience.parse(text, OWN)
    if not audience.holds(account, today):
        return
    found = demand(audience.tree)
    assert found is not None
    for node, span in found.spans.items():
        assert span.low <= asked(node)(account, today) <= span.high
    for node, some in found.words.items():
        assert asked(node)(account, today) in some


@given(one=TEXTS, other=TEXTS, account=st.sampled_from(ROWS), today=DAYS)
def test_an_audience_that_covers_another_has_all_its_accounts(
    one: str, other: str, account: Account, today: date
) -> None:
    for wide, narrow in ((one, f"({other}) and ({one})"), (one, other), (f"{one} or {other}", other)):
        outer, inner = Audience.parse(wide, OWN), Audience.parse(narrow, OWN)
        first, second = demand(outer.tree), demand(inner.tree)
        if first is not None and second is not None and first.covers(second):
            held = inner.holds(account, today)
            assert outer.holds(account, today) or not held

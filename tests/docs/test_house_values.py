"""Who reads the page sees the limits and periods that hold, and that they are nobody's law but the house's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from loansms.services.replies.rules import reply_rules
from loansms.services.watching.guardrails import Count, house_limits

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "answer-replies.md").read_text(encoding="utf-8")


def told(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def test_the_limits_of_the_page_are_those_of_the_data() -> None:
    limits = house_limits()
    assert limits.source == "house"
    for scope, rates in limits.limits.items():
        shown = " | ".join(told(rates[one]) for one in Count)
        assert f"| {scope.value} | {shown} | house |" in PAGE


def test_the_owners_and_periods_of_the_page_are_those_of_the_data() -> None:
    for kind, owned in reply_rules().case.items():
        assert f"| `{kind.value}` | {owned.owner} | {owned.workdays} | {owned.source} |" in PAGE
        assert owned.source == "house"

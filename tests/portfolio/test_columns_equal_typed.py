"""The plan in columns is the plan row by row: random policies, histories and instants over a book with types of its own, the way a Parquet file holds it."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.portfolio.equality import EXAMPLES, HISTORIES, NOWS, as_typed, assert_equal, books, policies

from loansms.model import History
from loansms.policy import Policy


@settings(max_examples=EXAMPLES)
@given(
    policy=policies(),
    rows=books(),
    histories=HISTORIES,
    now=NOWS,
    country=st.sampled_from(["CN", "US"]),
    several=st.booleans(),
)
def test_the_plan_in_columns_is_the_plan_row_by_row(
    policy: Policy,
    rows: list[dict[str, str]],
    histories: dict[str, History],
    now: datetime,
    country: str,
    several: bool,
) -> None:
    assert_equal(as_typed(rows), policy, histories, now, country, several=several)

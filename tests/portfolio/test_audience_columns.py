"""An audience of a book is the very audience of its accounts: two printers of one tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.audiences import COLUMNS, DAYS, OWN, TEXTS, some_accounts

from loansms.model import Account, Money
from loansms.model.examples import account
from loansms.policy.audience import Audience
from loansms.policy.columns import Kind, read_money
from loansms.portfolio.audience import audience_expr

_AMOUNTS = ("amount_due", "principal", "instalment_amount", "penalty_due", "fee_due", "balance")
_BORROWERS = ("country", "region", "language", "consent_sms", "consent_marketing")
_PLAIN = (
    "lender_id", "product", "risk_segment", "status", "method", "term_months", "grace_days", "due_on",
    "disbursed_on", "promise_to_pay_until", "last_paid_on", "as_of", "autopay", "dispute", "hardship",
)  # fmt: skip
_TYPES = {Kind.TEXT: pl.String, Kind.DATE: pl.Date, Kind.FLAG: pl.Boolean, Kind.MONEY: pl.Int64}
SCHEMA: dict[str, type[pl.DataType]] = {
    "places": pl.Int8,
    **{
        f"x:{name}" if one.own else name: pl.String
        if one.own or name == "annual_rate"
        else _TYPES.get(one.kind, pl.Int32)
        for name, one in COLUMNS.items()
        if name != "days_past_due"
    },
}


def units(money: Money | None) -> int | None:
    return None if money is None else int(money.amount.scaleb(get_currency_precision(money.currency)))


def frame_of(rows: Sequence[Account]) -> pl.DataFrame:
    """Return the typed frame of accounts: blank cells are null, amounts whole smallest units."""
    return pl.DataFrame(
        [
            {
                **{name: getattr(one, name) for name in _PLAIN},
                **{name: getattr(one.borrower, name) for name in _BORROWERS},
                **{name: units(getattr(one, name)) for name in _AMOUNTS},
                **{f"x:{name}": one.extra.get(name) or None for name in OWN},
                "opt_out": one.borrower.opted_out,
                "currency": one.amount_due.currency,
                "places": get_currency_precision(one.amount_due.currency),
                "annual_rate": None if one.annual_rate is None else str(one.annual_rate),
            }
            for one in rows
        ],
        schema=SCHEMA,
    )


def in_columns(audience: Audience, rows: Sequence[Account], today: date) -> list[bool]:
    return frame_of(rows).select(audience_expr(audience, pl.lit(today))).to_series().to_list()


ROWS = some_accounts(120)
FRAME = frame_of(ROWS)


@settings(max_examples=400)
@given(text=TEXTS, today=DAYS)
def test_a_book_and_its_accounts_give_one_answer(text: str, today: date) -> None:
    audience = Audience.parse(text, OWN)
    answers = FRAME.select(audience_expr(audience, pl.lit(today))).to_series().to_list()
    assert answers == [audience.holds(one, today) for one in ROWS]


@given(text=TEXTS, one=st.sampled_from(ROWS), today=DAYS)
def test_a_book_of_one_loan_is_no_exception(text: str, one: Account, today: date) -> None:
    """Polars computes with a column of one row as with a number, by other code."""
    audience = Audience.parse(text, OWN)
    assert in_columns(audience, [one], today) == [audience.holds(one, today)]


@given(
    st.lists(st.text().map(str.strip) | st.floats().map(repr) | st.dates().map(str), min_size=1, max_size=20)
)
def test_whatever_a_lender_s_own_column_holds(cells: list[str]) -> None:
    """A cell that is not of its kind is missing both ways, never a number on one side only."""
    rows = [account(extra=dict.fromkeys(OWN, cell)) for cell in cells]
    asked = [f"known({name})" for name in OWN]
    asked += ["score < 0.5", "income * 3 > 7", "vip", 'birthday < date("2000-01-01")', "渠道 in ('0', 'a')"]
    for text in asked:
        audience = Audience.parse(text, OWN)
        today = date(2026, 9, 24)
        assert in_columns(audience, rows, today) == [audience.holds(one, today) for one in rows]


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_an_amount_is_the_same_double_in_a_book(currency: str, places: int) -> None:
    """A borrower exactly at the limit is in both ways: 0.07 is 7 / 100 and not 7 * 0.01, in a column too."""
    drawn = Random(5)
    units = [drawn.randrange(10 ** drawn.randrange(1, 18)) for _ in range(5_000)]
    amounts = [Decimal(one).scaleb(-places) for one in units]
    doubles = [read_money(Money(one, currency)) for one in amounts]
    small = [at for at, one in enumerate(units) if one <= 2**53]
    assert [doubles[at] for at in small] == [float(amounts[at]) for at in small]
    frame = pl.DataFrame({"amount_due": units})
    income = pl.Series([repr(one) if one is not None and one < 1e15 else None for one in doubles])
    asked = audience_expr(Audience.parse("amount_due == income or missing(income)", OWN), pl.lit(None))
    # `places` comes as a column of one number or as a number for each row; both are the same book.
    for filled in (pl.lit(places, pl.Int8), pl.Series([places] * len(units), dtype=pl.Int8)):
        typed = frame.with_columns(filled.alias("places"), income.alias("x:income"))
        assert typed.select(asked).to_series().all()


def test_a_share_is_the_same_double_in_a_book() -> None:
    """A third of an amount is not a third by multiplication."""
    rows = [
        account(amount_due=Money(Decimal(one).scaleb(-2), "CNY"), term_months=49) for one in range(1, 3000)
    ]
    audience = Audience.parse(
        "amount_due / 49 * 49 == amount_due and amount_due / term_months == amount_due / 49"
    )
    scalar = [audience.holds(one, date(2026, 9, 24)) for one in rows]
    assert 0 < scalar.count(False) < len(rows)
    assert in_columns(audience, rows, date(2026, 9, 24)) == scalar
    filled = frame_of(rows).with_columns(term_months=pl.lit(49), places=pl.lit(2, pl.Int8))
    assert filled.select(audience_expr(audience, pl.lit(date(2026, 9, 24)))).to_series().to_list() == scalar


def test_an_audience_of_everyone_or_no_one_has_a_row_for_each() -> None:
    rows = [account(), account(), account()]
    today = date(2026, 9, 24)
    assert in_columns(Audience.parse("True"), rows, today) == [True] * 3
    assert in_columns(Audience.parse("1 > 2"), rows, today) == [False] * 3


def test_each_row_may_have_its_own_today() -> None:
    """Borrowers of one book live in many zones; the day is theirs."""
    frame = frame_of([account(due_on=date(2026, 9, 24))] * 2).with_columns(
        today=pl.Series([date(2026, 9, 24), date(2026, 9, 25)])
    )
    asked = audience_expr(Audience.parse("days_past_due == 1"), pl.col("today"))
    assert frame.select(asked).to_series().to_list() == [False, True]


def test_the_book_s_notes_may_be_declared() -> None:
    """To an account notes are one of the other columns; the typed frame keeps them under their own name."""
    asked = Audience.parse('notes == "call first"', {"notes": Kind.TEXT})
    frame = pl.DataFrame({"notes": ["call first", None]})
    assert frame.select(audience_expr(asked, pl.lit(None))).to_series().to_list() == [True, False]
    assert asked.holds(account(extra={"notes": "call first"}), date(2026, 9, 24))

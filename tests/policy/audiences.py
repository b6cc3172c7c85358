"""Any account and any well-typed audience, for the properties that hold of all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from loansms.model import Account, Money, RepaymentMethod
from loansms.model.examples import account, borrower
from loansms.policy.columns import FLAG_WORDS, Kind, columns_of

OWN = {
    "score": Kind.NUMBER,
    "income": Kind.MONEY,
    "vip": Kind.FLAG,
    "birthday": Kind.DATE,
    "渠道": Kind.TEXT,
}
COLUMNS = columns_of(OWN, "test")
WORDS = ("consumer", "car", "门店", "A")
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
_PLACES = {"CNY": 2, "JPY": 0, "KWD": 3}
_NUMBERS = ("0", "-0", "612.5", "600", "0.30000000000000004", "1e-05", "-3", "999999999999999")
_NO_NUMBERS = ("", "1,000", "１２", "٣", "1e5", "nan", "inf", "+1", "6OO", ".5", "5.", "9999999999999999")
_EXTRA = {
    "score": (*_NUMBERS, *_NO_NUMBERS),
    "income": (*_NUMBERS, *_NO_NUMBERS),
    "vip": (*FLAG_WORDS, "YES", "TRUE", "yeſ", "NO", "?"),
    "birthday": ("2026-09-24", "1949-10-01", "2026-02-30", "2026/9/24", "0000-01-01", "20260924"),
    "渠道": (*WORDS, ""),
}


def any_account(drawn: Random) -> Account:
    """Return an account as a book may hold it: every optional value there or missing."""
    currency = drawn.choice(list(_PLACES))

    def money() -> Money:
        # Small ones that meet each other often, and those beyond what a double holds exactly.
        units = drawn.choice(
            (drawn.randrange(300), drawn.randrange(10**8), drawn.randrange(2**53 - 9, 10**17))
        )
        return Money(Decimal(units).scaleb(-_PLACES[currency]), currency)

    def or_none(value: object) -> Any:
        return drawn.choice((None, value, value))

    def word() -> str:
        return drawn.choice(WORDS)

    def day() -> date:
        return date(2024, 1, 1) + timedelta(drawn.choice((drawn.randrange(9), drawn.randrange(1800))))

    def flag() -> bool:
        return drawn.random() < 0.5

    rate = drawn.choice(
        (Decimal("0E-7"), Decimal("1E-8"), Decimal("0.1"), Decimal(drawn.randrange(10**6)) / 10**6)
    )
    return account(
        borrower=borrower(
            country=drawn.choice(("CN", "US")),
            region=or_none(word()),
            language=drawn.choice(("zh-CN", "en")),
            consent_sms=or_none(flag()),
            consent_marketing=flag(),
            opted_out=flag(),
        ),
        amount_due=money(),
        due_on=day(),
        annual_rate=or_none(rate),
        term_months=or_none(drawn.randrange(1, 601)),
        grace_days=drawn.randrange(4),
        method=or_none(drawn.choice(list(RepaymentMethod))),
        autopay=flag(),
        dispute=flag(),
        hardship=flag(),
        extra={name: drawn.choice(texts) for name, texts in _EXTRA.items() if flag()},
        **{name: or_none(word()) for name in ("lender_id", "product", "risk_segment", "status")},
        **{
            name: or_none(day()) for name in ("disbursed_on", "promise_to_pay_until", "last_paid_on", "as_of")
        },
        **{
            name: or_none(money())
            for name in ("principal", "instalment_amount", "penalty_due", "fee_due", "balance")
        },
    )


def some_accounts(count: int) -> list[Account]:
    """Return accounts of every sort, the same in every run."""
    drawn = Random(5)
    return [any_account(drawn) for _ in range(count)]


def _named(kind: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from([one.name for one in COLUMNS.values() if one.kind is kind])


_WRITTEN = st.sampled_from(["0", "1", "3", "100", "612.5", "0.1", "7", "1e15", "1e-300"])
_DIVISOR = st.sampled_from(["3", "0.1", "100", "12", "7"])
_TEXT = st.sampled_from([*WORDS, "CN", "en", "bullet", "CNY"]).map(repr)
_DATE = st.sampled_from(["2026-09-24", "2024-02-29", "1990-01-01"]).map(lambda day: f'date("{day}")')


@cache
def _value(kind: Kind, depth: int, written: bool = True) -> st.SearchStrategy[str]:
    """A value of a kind as text; without `written` it is never one that is written out."""
    leaves = [_named(kind)]
    if kind is Kind.NUMBER:
        leaves.append(_named(Kind.DATE).map("days_since({})".format))
    if written:
        leaves.append({Kind.TEXT: _TEXT, Kind.DATE: _DATE}.get(kind, _WRITTEN))
    if depth <= 0 or kind is Kind.TEXT:
        return st.one_of(leaves)
    number = _value(Kind.NUMBER, depth - 1)
    own = _value(kind, depth - 1, written=False)
    if kind is Kind.DATE:
        return st.one_of(*leaves, _joined(own, "+-", number))
    amount = _value(Kind.MONEY, depth - 1, written=False)
    either = number if kind is Kind.NUMBER else amount | _WRITTEN
    column = _value(Kind.NUMBER, 0, written=False)
    made = [
        own.map("-({})".format),
        _joined(own, "+-", either),
        _joined(either, "+-", own),
        _joined(own, "*", number),
        _joined(number, "*", own),
        _joined(own, "/", _DIVISOR | column),
    ]
    if kind is Kind.NUMBER:
        dates = _value(Kind.DATE, depth - 1, written=False)
        made += [_joined(amount, "/", amount), _joined(number, "/", column), _joined(dates, "-", dates)]
    return st.one_of(*leaves, *made)


def _joined(
    left: st.SearchStrategy[str], signs: str, right: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.tuples(left, st.sampled_from(signs), right).map(lambda parts: f"({' '.join(parts)})")


_ORDER = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_EQUAL = st.sampled_from(["==", "!="])
_ORDERED = st.sampled_from([Kind.NUMBER, Kind.MONEY, Kind.DATE])


@st.composite
def _comparison(draw: st.DrawFn) -> str:
    """One comparison, range, membership or question whether a value is there."""
    shape = draw(st.sampled_from(["order", "range", "text", "in", "flag", "known", "plain"]))
    if shape == "known":
        return f"{draw(st.sampled_from(['known', 'missing']))}({draw(st.sampled_from(list(COLUMNS)))})"
    if shape == "flag":
        return f"{draw(_named(Kind.FLAG))} {draw(_EQUAL)} {draw(st.sampled_from(['True', 'False']))}"
    if shape == "plain":
        return draw(_named(Kind.FLAG) | st.sampled_from(["True", "False"]))
    if shape == "text":
        return f"{draw(_named(Kind.TEXT))} {draw(_EQUAL)} {draw(_value(Kind.TEXT, 0))}"
    if shape == "in":
        kind = draw(_ORDERED | st.just(Kind.TEXT))
        one = {Kind.TEXT: _TEXT, Kind.DATE: _DATE}.get(kind, _WRITTEN | _WRITTEN.map("-{}".format))
        listed = ", ".join(draw(st.lists(one, min_size=1, max_size=3)))
        return f"{draw(_value(kind, 1, written=False))} {draw(st.sampled_from(['in', 'not in']))} [{listed}]"
    kind = draw(_ORDERED)
    value = draw(_value(kind, 2, written=False))
    text = f"{value} {draw(_ORDER)} {draw(_value(kind, 2))}"
    return f"{draw(_value(kind, 0))} {draw(_ORDER)} {text}" if shape == "range" else text


_TEXTS = st.recursive(
    _comparison(),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: " and ".join(f"({one})" for one in terms)),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: " or ".join(f"({one})" for one in terms)),
        st.tuples(inner, _EQUAL, inner).map(lambda parts: "({}) {} ({})".format(*parts)),
    ),
    max_leaves=5,
)
TEXTS = _TEXTS.filter(lambda text: len(text) <= 1000)

"""The columns an audience may name, the kind of each, and how the text of a lender's own column is read.

A lender's own columns are text in `Account.extra`; the lender declares their kinds. Text that does not fit its
kind is missing, never a guess.

>>> BOOK["amount_due"].kind, BOOK["opt_out"].path
(<Kind.MONEY: 'money'>, 'borrower.opted_out')
>>> read_number("612.5"), read_number("1,000"), read_flag("是"), read_day("1990-02-30")
(612.5, None, True, None)
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum

from attrs import frozen
from babel.numbers import get_currency_precision

from loansms.errors import PolicyError
from loansms.model import Money


class Kind(StrEnum):
    """What the values of a column are, and so what may be done with them."""

    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    FLAG = "flag"


@frozen
class Column:
    """One column: `path` is where an account keeps it; `own` marks one of the lender's, kept as text."""

    name: str
    kind: Kind
    path: str = ""
    own: bool = False


_NAMES: Mapping[Kind, tuple[str, ...]] = {
    Kind.NUMBER: ("annual_rate", "term_months", "grace_days"),
    Kind.MONEY: ("amount_due", "principal", "instalment_amount", "penalty_due", "fee_due", "balance"),
    Kind.TEXT: (
        "product", "risk_segment", "status", "method", "currency", "lender_id", "country", "region", "language",
    ),
    Kind.DATE: ("due_on", "disbursed_on", "promise_to_pay_until", "last_paid_on", "as_of"),
    Kind.FLAG: ("autopay", "dispute", "hardship", "opt_out", "consent_marketing", "consent_sms"),
}  # fmt: skip
_ELSEWHERE: Mapping[str, str] = {
    "currency": "amount_due.currency",
    "opt_out": "borrower.opted_out",
    **{
        name: f"borrower.{name}"
        for name in ("country", "region", "language", "consent_marketing", "consent_sms")
    },
}
# Counted from `due_on` on the day that is asked, whatever the book states.
DAYS_PAST_DUE = Column("days_past_due", Kind.NUMBER)
BOOK: Mapping[str, Column] = {
    DAYS_PAST_DUE.name: DAYS_PAST_DUE,
    **{
        name: Column(name, kind, _ELSEWHERE.get(name, name))
        for kind, names in _NAMES.items()
        for name in names
    },
}

# Fifteen digits before the point, as everywhere in a book; thirty after it and e-05 are what a float prints.
NUMBER_FORM = r"-?[0-9]{1,15}(?:\.[0-9]{1,30})?(?:e-[0-9]{2})?"
DAY_FORM = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
# The words `loansms.portfolio` takes for a flag of its own, in small letters.
FLAG_WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "是", "有", "1.0"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "否", "无", "0.0"), False),
}
_NUMBER = re.compile(NUMBER_FORM)
_DAY = re.compile(DAY_FORM)
_EPOCH = date(1970, 1, 1).toordinal()
# Nine thousand million million of the smallest unit stay below 2**53 at four decimals, the most a currency has:
# up to there a double holds them all, and dividing them gives the nearest double to the amount.
_EXACT = 9e11
_WIDE = Context(prec=400, Emax=10**6, Emin=-(10**6), traps=[])
LARGEST = 1.7e308


def columns_of(own: Mapping[str, Kind] | None, where: str) -> dict[str, Column]:
    """Return every column an audience may name, by name; raise PolicyError for an own one it could not name."""
    found = dict(BOOK)
    for name, kind in (own or {}).items():
        if kind not in set(Kind):
            raise PolicyError(
                f'{where}: column "{name}" has no such kind; expected one of {", ".join(Kind)}',
                f"{where}：列“{name}”的类型应为 {'、'.join(Kind)} 之一",
            )
        if name in BOOK:
            raise PolicyError(
                f'{where}: column "{name}" is one of every book; expected only the lender\'s own columns to be declared',
                f"{where}：“{name}”是账册的标准列，只需声明自有列",
            )
        if not name.isidentifier() or keyword.iskeyword(name) or unicodedata.normalize("NFKC", name) != name:
            raise PolicyError(
                f'{where}: column "{name}" cannot be named in an audience; expected letters, digits and underscore,'
                " beginning with a letter: rename the header in the book",
                f"{where}：条件中无法使用列名“{name}”，列名应由文字、数字和下划线组成且不以数字开头，请修改账册表头",
            )
        found[name] = Column(name, Kind(kind), name, own=True)
    return found


def day_number(day: date) -> float:
    """Return the days since 1970-01-01, what a date is to an audience."""
    return float(day.toordinal() - _EPOCH)


def read_money(money: Money) -> float | None:
    """Return the double nearest to an amount; from 900,000 million on, that of its smallest units, divided.

    A book holds amounts as whole smallest units, and beyond 2**53 of them a double has to round twice.
    """
    near = float(money.amount)
    if -_EXACT < near < _EXACT:
        return near
    places = get_currency_precision(money.currency)
    return within(float(money.amount.scaleb(places, _WIDE)) / 10.0**places)


def read_decimal(value: Decimal | int) -> float | None:
    """Return the double nearest to a number; None for one that is none or that no double holds."""
    exact = value if isinstance(value, Decimal) else Decimal(value)
    if not exact.is_finite():
        return None
    near = float(exact)
    return near if -LARGEST <= near <= LARGEST else None


def within(value: float) -> float | None:
    """Return a finite value, None for any other."""
    return value if -LARGEST <= value <= LARGEST else None


def read_number(text: str) -> float | None:
    """Return the number in plain digits, None where the text is anything else."""
    return float(text) if _NUMBER.fullmatch(text) else None


def read_day(text: str) -> float | None:
    """Return the day of a date as 2026-09-24, None where the text is anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        return None


def read_flag(text: str) -> bool | None:
    """Return yes or no, None where the text is neither."""
    return FLAG_WORDS.get(text.lower())

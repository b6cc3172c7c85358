"""An amount of one currency, exact.

>>> Money("5100.00", "CNY") + Money(1, "CNY")
Money('5101.00', 'CNY')
>>> Money(0.1, "CNY")
Traceback (most recent call last):
TypeError: amount: expected str, int or Decimal; a float is not an exact amount
>>> Money("1", "CNY") + Money("1", "USD")
Traceback (most recent call last):
loansms.errors.CallerError: amount: CNY and USD do not add or compare; convert one first
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache, total_ordering

from attrs import field, frozen
from babel.numbers import get_currency_precision, is_currency

from loansms.errors import CallerError

_EXACT = (str, int, Decimal)


@cache
def _cent(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, _EXACT):
        raise TypeError("amount: expected str, int or Decimal; a float is not an exact amount")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise CallerError(
            "amount: expected digits with a decimal point, such as 5100.00",
            "amount：应为带小数点的数字，例如 5100.00",
        ) from None
    if not amount.is_finite():
        raise CallerError("amount: expected a finite number", "amount：应为有限数值")
    return amount


@lru_cache(maxsize=1024)
def _is_currency(code: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{3}", code)) and is_currency(code)


def _known_currency(_instance: object, _attribute: object, value: str) -> None:
    if not _is_currency(value):
        raise CallerError(
            "currency: expected an ISO 4217 code such as CNY or USD",
            "currency：应为 CNY、USD 之类的 ISO 4217 代码",
        )


def _exact(factor: object) -> Decimal:
    if isinstance(factor, bool) or not isinstance(factor, Decimal | int):
        raise TypeError("factor: expected int or Decimal; a float is not exact")
    return Decimal(factor)


@total_ordering
@frozen(order=False, repr=False)
class Money:
    """`amount` (Decimal) of `currency` (ISO 4217); arithmetic and order within one currency only."""

    amount: Decimal = field(converter=_amount)
    currency: str = field(validator=_known_currency)

    def rounded(self, rounding: str = ROUND_HALF_UP) -> Money:
        """Return the amount rounded to the currency's smallest unit."""
        return Money(self.amount.quantize(_cent(self.currency), rounding=rounding), self.currency)

    @property
    def is_whole_cents(self) -> bool:
        """Whether the amount has no more decimals than its currency."""
        return self.amount == self.amount.quantize(_cent(self.currency))

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CallerError(
                f"amount: {self.currency} and {other.currency} do not add or compare; convert one first",
                f"amount：{self.currency} 与 {other.currency} 不能相加或比较，请先换算",
            )
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * _exact(factor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __repr__(self) -> str:
        return f"Money('{self.amount}', '{self.currency}')"

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

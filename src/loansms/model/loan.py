"""A loan, its instalments, and the five repayment methods in use in China, to the cent.

Interest of a period is the balance times a twelfth of the annual rate, rounded half up to the currency's
smallest unit (四舍五入); the last instalment takes up what rounding left, so principals add up exactly. Due
dates keep the day of the first one; a day a month lacks becomes that month's last day.

>>> from decimal import Decimal
>>> plan = amortise(Money("12000.00", "CNY"), Decimal("0.072"), 12, "equal_instalment", date(2026, 1, 31))
>>> plan[0].total, plan[1].due_on.isoformat(), plan[-1].total
(Money('1039.43', 'CNY'), '2026-02-28', Money('1039.42', 'CNY'))
>>> sum((one.principal for one in plan), Money(0, "CNY"))
Money('12000.00', 'CNY')
"""

from __future__ import annotations

import calendar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from attrs import frozen

from loansms.errors import CallerError
from loansms.model.money import Money


class RepaymentMethod(StrEnum):
    """How a loan is repaid; the Chinese name stands beside each."""

    EQUAL_INSTALMENT = "equal_instalment"  # 等额本息
    EQUAL_PRINCIPAL = "equal_principal"  # 等额本金
    INTEREST_ONLY = "interest_only"  # 先息后本
    BULLET = "bullet"  # 一次性还本付息
    FLAT = "flat"  # 等本等息


@frozen
class Instalment:
    """One scheduled repayment; `number` counts from 1."""

    number: int
    due_on: date
    principal: Money
    interest: Money

    @property
    def total(self) -> Money:
        """Principal and interest together."""
        return self.principal + self.interest


@frozen(kw_only=True)
class Loan:
    """The terms of a loan as agreed; `annual_rate` is a fraction (0.072 = 7.2 % a year)."""

    loan_id: str
    principal: Money
    annual_rate: Decimal
    periods: int
    method: RepaymentMethod
    first_due_on: date
    disbursed_on: date | None = None

    def schedule(self) -> tuple[Instalment, ...]:
        """Return the instalments by `amortise`."""
        return amortise(self.principal, self.annual_rate, self.periods, self.method, self.first_due_on)


def month_later(first: date, months: int) -> date:
    """Return the date `months` after `first`, on its day or on the last day of a shorter month."""
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def amortise(
    principal: Money,
    annual_rate: Decimal,
    periods: int,
    method: RepaymentMethod | str,
    first_due_on: date,
    *,
    rounding: str = ROUND_HALF_UP,
) -> tuple[Instalment, ...]:
    """Return the repayment plan of a loan of `periods` months.

    `annual_rate` is a fraction as Decimal. ``bullet`` gives one instalment at the end of the last month with
    simple interest over all months; the other methods give one a month. `rounding` (a `decimal` constant)
    applies to the equal instalment; LendingClub, for one, rounds it up.
    Raise ValueError for a principal that is not positive whole cents, a negative rate, no periods or an
    unknown method, TypeError for a float rate.
    """
    _check(principal, annual_rate, periods)
    kind = RepaymentMethod(method)
    with localcontext() as context:
        context.prec = 50
        rate = annual_rate / 12
        if kind is RepaymentMethod.BULLET:
            interest = (principal * (rate * periods)).rounded()
            return (Instalment(1, month_later(first_due_on, periods - 1), principal, interest),)
        payment = _payment(principal, rate, periods).rounded(rounding)
        share = (principal * (Decimal(1) / periods)).rounded()
        return tuple(_monthly(kind, principal, rate, periods, first_due_on, payment, share))


def _check(principal: Money, annual_rate: object, periods: int) -> None:
    if not isinstance(annual_rate, Decimal | int) or isinstance(annual_rate, bool):
        raise TypeError("annual_rate: expected a Decimal fraction such as Decimal('0.072')")
    if principal.amount <= 0 or not principal.is_whole_cents:
        raise CallerError(
            "principal: expected a positive amount in whole cents", "principal：应为精确到分的正数金额"
        )
    if annual_rate < 0 or not Decimal(annual_rate).is_finite():
        raise CallerError("annual_rate: expected a fraction of 0 or more", "annual_rate：应为不小于 0 的小数")
    if periods < 1:
        raise CallerError("periods: expected at least one month", "periods：至少应为一个月")


def _payment(principal: Money, rate: Decimal, periods: int) -> Money:
    if not rate:
        return principal * (Decimal(1) / periods)
    return principal * (rate / (1 - (1 + rate) ** -periods))


def _monthly(
    kind: RepaymentMethod,
    principal: Money,
    rate: Decimal,
    periods: int,
    first_due_on: date,
    payment: Money,
    share: Money,
) -> list[Instalment]:
    plan: list[Instalment] = []
    balance, nothing = principal, Money(0, principal.currency).rounded()
    for number in range(1, periods + 1):
        base = principal if kind is RepaymentMethod.FLAT else balance
        interest = (base * rate).rounded()
        if number == periods:
            part = balance
        elif kind is RepaymentMethod.EQUAL_INSTALMENT:
            part = min(payment - interest, balance)
        else:
            part = nothing if kind is RepaymentMethod.INTEREST_ONLY else min(share, balance)
        plan.append(Instalment(number, month_later(first_due_on, number - 1), part, interest))
        balance -= part
    return plan

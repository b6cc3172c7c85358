"""What a repayment plan costs a year, so that a flat monthly rate never stands alone.

Two figures, both as fractions rounded half up to four decimals (0.01 %): ``irr``, twelve times the monthly
internal rate of return (nominal; `effective` compounds it), and ``simple``, interest over the principal in
use: total interest / sum of monthly balances x 12. The mainland rule that an annual rate be shown and either
method named (PBOC announcement 2021 no. 3) is recalled, not re-read.

>>> from datetime import date
>>> from decimal import Decimal
>>> from loansms.model.loan import amortise
>>> flat = amortise(Money("12000.00", "CNY"), Decimal("0.072"), 12, "flat", date(2026, 1, 31))
>>> annual_cost(Money("12000.00", "CNY"), flat)
AnnualCost(irr=Decimal('0.1303'), effective=Decimal('0.1384'), simple=Decimal('0.1329'))
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from attrs import frozen

from loansms.errors import CallerError
from loansms.model.loan import Instalment
from loansms.model.money import Money

_STEP = Decimal("0.0001")


@frozen
class AnnualCost:
    """The yearly cost of a plan, as fractions; see the module for each figure's meaning."""

    irr: Decimal
    effective: Decimal
    simple: Decimal


def annual_cost(
    disbursed: Money, plan: Sequence[Instalment], months: Sequence[int] | None = None
) -> AnnualCost:
    """Return the yearly cost of receiving `disbursed` now and paying `plan`.

    `months` gives the months from disbursement to each payment; 1, 2, 3 ... by default. Fees kept back at
    disbursement count by passing what the borrower really received.
    Raise ValueError when the plan pays back less than was received.
    """
    when = list(months) if months is not None else list(range(1, len(plan) + 1))
    if len(when) != len(plan) or not plan:
        raise CallerError("months: expected one number for each instalment", "months：每期应对应一个数字")
    total = sum((one.total for one in plan), Money(0, disbursed.currency))
    if total < disbursed or disbursed.amount <= 0:
        raise CallerError(
            "plan: expected payments that return at least what was received", "plan：还款总额应不少于所得金额"
        )
    with localcontext() as context:
        context.prec = 40
        flows = [(month, one.total.amount) for month, one in zip(when, plan, strict=True)]
        monthly = _monthly_irr(disbursed.amount, flows)
        balance, in_use, last = disbursed.amount, Decimal(0), 0
        for month, one in zip(when, plan, strict=True):
            in_use += balance * (month - last)
            balance, last = balance - one.principal.amount, month
        simple = (total.amount - disbursed.amount) / in_use * 12
        return AnnualCost(_rounded(monthly * 12), _rounded((1 + monthly) ** 12 - 1), _rounded(simple))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_STEP, rounding=ROUND_HALF_UP)


def _monthly_irr(received: Decimal, flows: Sequence[tuple[int, Decimal]]) -> Decimal:
    """Bisect: the present value falls strictly as the rate rises, so 60 halvings give 18 digits."""
    low, high = Decimal(0), Decimal(1)
    while _present(flows, high) > received:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if _present(flows, middle) > received:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _present(flows: Sequence[tuple[int, Decimal]], rate: Decimal) -> Decimal:
    return sum((amount / (1 + rate) ** month for month, amount in flows), Decimal(0))

"""Money is exact; repayment plans add up to the cent by every method."""

from datetime import date
from decimal import ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms import Money
from loansms.model import RepaymentMethod, amortise, annual_cost

cents = st.integers(100, 10**10).map(lambda n: Money(Decimal(n) / 100, "CNY"))
rates = st.integers(0, 3600).map(lambda n: Decimal(n) / 10000)


@pytest.mark.parametrize("amount", [0.1, 1.0, True, None])
def test_a_float_is_not_money(amount: object) -> None:
    """Floats, booleans and nothing are a TypeError."""
    with pytest.raises(TypeError, match="amount"):
        Money(amount, "CNY")


@pytest.mark.parametrize("amount", ["abc", "", "NaN", "Infinity", "1,256.30"])
def test_malformed_amounts_are_refused(amount: str) -> None:
    """What is not a finite number with a decimal point is a ValueError."""
    with pytest.raises(ValueError, match="amount"):
        Money(amount, "CNY")


@pytest.mark.parametrize("currency", ["", "cny", "RMB", "XXQ", "CN"])
def test_unknown_currency_is_refused(currency: str) -> None:
    """A currency is an ISO 4217 code."""
    with pytest.raises(ValueError, match="currency"):
        Money("1", currency)


def test_currencies_do_not_mix() -> None:
    """Sum, difference and order need one currency."""
    one, other = Money("1", "CNY"), Money("1", "USD")
    for act in (lambda: one + other, lambda: one - other, lambda: one < other):
        with pytest.raises(ValueError, match="CNY and USD"):
            act()
    assert one != other


@given(
    cents,
    rates,
    st.integers(1, 120),
    st.sampled_from(list(RepaymentMethod)),
    st.dates(date(2000, 1, 1), date(2080, 1, 1)),
)
def test_plans_add_up(
    principal: Money, rate: Decimal, periods: int, method: RepaymentMethod, first: date
) -> None:
    """Principals add up exactly, no part is negative, dates rise and keep their day."""
    plan = amortise(principal, rate, periods, method, first)
    assert principal == sum((one.principal for one in plan), Money(0, "CNY"))
    assert all(
        one.principal.amount >= 0 and one.interest.amount >= 0 and one.total.is_whole_cents for one in plan
    )
    assert [one.due_on for one in plan] == sorted({one.due_on for one in plan})
    assert all(one.due_on.day == first.day or one.due_on.day >= 28 for one in plan)
    assert len(plan) == (1 if method is RepaymentMethod.BULLET else periods)


@given(cents.filter(lambda m: m.amount >= 1000), rates.filter(lambda r: r > 0), st.integers(2, 60))
def test_methods_order_by_interest(principal: Money, rate: Decimal, periods: int) -> None:
    """Paying principal sooner costs less: equal principal <= equal instalment <= interest only = flat = bullet."""
    interest = {
        method: sum(
            one.interest.amount for one in amortise(principal, rate, periods, method, date(2026, 1, 15))
        )
        for method in RepaymentMethod
    }
    slack = Decimal("0.02") * periods
    assert interest[RepaymentMethod.EQUAL_PRINCIPAL] <= interest[RepaymentMethod.EQUAL_INSTALMENT] + slack
    assert interest[RepaymentMethod.EQUAL_INSTALMENT] <= interest[RepaymentMethod.FLAT] + slack
    assert abs(interest[RepaymentMethod.FLAT] - interest[RepaymentMethod.INTEREST_ONLY]) <= slack
    assert abs(interest[RepaymentMethod.FLAT] - interest[RepaymentMethod.BULLET]) <= slack


def test_lendingclub_rounds_its_instalment_up() -> None:
    """A real plan of the public LendingClub statistics: 28,000 at 14.07 % over 60 months pays 652.53."""
    plan = amortise(
        Money("28000", "USD"), Decimal("0.1407"), 60, "equal_instalment", date(2018, 4, 11), rounding=ROUND_UP
    )
    assert Money("652.53", "USD") == plan[0].total


def test_short_months_end_on_their_last_day() -> None:
    """A plan from 31 January falls on 28 February and returns to 31 March."""
    plan = amortise(Money("300", "CNY"), Decimal(0), 3, "equal_principal", date(2026, 1, 31))
    assert [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)] == [one.due_on for one in plan]


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"annual_rate": 0.07}, TypeError, "annual_rate"),
        ({"annual_rate": Decimal("-0.01")}, ValueError, "annual_rate"),
        ({"periods": 0}, ValueError, "periods"),
        ({"principal": Money("-5", "CNY")}, ValueError, "principal"),
        ({"principal": Money("5.001", "CNY")}, ValueError, "principal"),
        ({"method": "weekly"}, ValueError, "weekly"),
    ],
)
def test_bad_terms_are_refused(changes: dict[str, object], error: type[Exception], words: str) -> None:
    """Each wrong term has its own clear error."""
    terms: dict[str, object] = {
        "principal": Money("100", "CNY"), "annual_rate": Decimal("0.07"), "periods": 3, "method": "bullet",
        "first_due_on": date(2026, 1, 1),
    }  # fmt: skip
    with pytest.raises(error, match=words):
        amortise(**{**terms, **changes})


@given(
    cents.filter(lambda m: m.amount >= 10000),
    rates.filter(lambda r: r >= Decimal("0.01")),
    st.integers(2, 36),
)
def test_irr_of_an_equal_instalment_plan_is_its_rate(principal: Money, rate: Decimal, periods: int) -> None:
    """What the borrower pays a year is the agreed rate, to a hundredth of a per cent, unless it is flat."""
    even = amortise(principal, rate, periods, "equal_instalment", date(2026, 1, 15))
    assert abs(annual_cost(principal, even).irr - rate) <= Decimal("0.0002")
    flat = amortise(principal, rate, periods, "flat", date(2026, 1, 15))
    assert annual_cost(principal, flat).irr >= annual_cost(principal, even).irr


def test_a_plan_that_returns_less_has_no_cost() -> None:
    """Paying back less than was received is refused, not answered with a negative rate."""
    plan = amortise(Money("100", "CNY"), Decimal(0), 2, "equal_principal", date(2026, 1, 15))
    with pytest.raises(ValueError, match="plan"):
        annual_cost(Money("200", "CNY"), plan)


@pytest.mark.parametrize("factor", [0.5, True, "2", None])
def test_money_is_multiplied_by_exact_numbers_only(factor: object) -> None:
    """A float, a boolean or text is no factor; an int and a Decimal are."""
    with pytest.raises(TypeError, match="factor"):
        Money("10", "CNY") * factor
    assert Money("5.0", "CNY") == Money("10", "CNY") * Decimal("0.5")
    assert Money("20", "CNY") == Money("10", "CNY") * 2

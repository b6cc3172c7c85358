"""Who a step is for: what may be said, how a mistake is named, and what becomes of what is not known."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.audiences import COLUMNS, DAYS, OWN, TEXTS, some_accounts

from loansms.errors import PolicyError
from loansms.model import Account, Money
from loansms.model.examples import account, borrower
from loansms.policy.audience import Audience
from loansms.policy.columns import Kind

TODAY = date(2026, 9, 27)  # three days after the example account was due
ROWS = some_accounts(50)


def holds(text: str, **changes: object) -> bool:
    return Audience.parse(text, OWN).holds(account(**changes), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "days_past_due == 3",
        "1 <= days_past_due < 4",
        "3 < days_past_due + 1 <= 4",
        "amount_due == 1256.30",
        "amount_due > 1000 and not amount_due > 2000",
        "amount_due - 1000 < 300",
        "-amount_due < -1256",
        "2 * amount_due / 2 == amount_due",
        "amount_due / amount_due == 1",
        'country in ("CN", "US")',
        'country not in ["US"]',
        'currency == "CNY"',
        'due_on == date("2026-09-24")',
        'due_on + 6 == date("2026-09-30")',
        'date("2026-09-30") - due_on == 6',
        "days_since(due_on) == 3",
        "days_past_due in (1, 3) or opt_out",
        "missing(principal) and known(amount_due) and known(days_past_due)",
        "opt_out == False",
        "(days_past_due > 1) == True",
        "not opt_out\n  and days_past_due > 1",
        "  True  ",
    ],
)
def test_what_may_be_said(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "days_past_due > 3",
        "days_past_due > 3 or opt_out",
        'country == "cn"',
        "opt_out",
        "1 > 2",
        "not autopay == False",
    ],
)
def test_who_is_left_out(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "principal > 0",
        "not principal > 0",
        "principal == principal",
        "principal in (1, 2)",
        "principal not in (1, 2)",
        "consent_sms",
        "not consent_sms",
        "consent_sms == consent_sms",
        "principal > 0 and True",
        "principal > 0 or False",
        "not (principal > 0 and True)",
        "amount_due / grace_days > 0",
        "not amount_due / grace_days > 0",
        "days_since(last_paid_on) > 5",
        "amount_due" + " * 1e15" * 21 + " > 0",
    ],
)
def test_what_is_not_known_is_neither_yes_nor_no(text: str) -> None:
    """A borrower without the value hears nothing, whichever way the condition is turned."""
    assert not holds(text)


def test_what_is_known_decides_beside_what_is_not() -> None:
    assert holds("principal > 0 or days_past_due == 3")
    assert holds("not (principal > 0 and days_past_due == 4)")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("612.5", "score == 612.5"),
        ("-3", "score < 0"),
        ("1e-05", "score < 0.001"),
        ("1,000", "missing(score)"),
        ("１２", "missing(score)"),
        ("nan", "missing(score)"),
        ("", "missing(score)"),
        ("5000.00", "income > 2 * amount_due"),
        ("是", "vip"),
        ("No", "not vip"),
        ("maybe", "missing(vip)"),
        ("1990-09-24", "days_since(birthday) > 36 * 365"),
        ("1990/9/24", "missing(birthday)"),
        ("1990-02-30", "missing(birthday)"),
        ("门店", '渠道 == "门店"'),
    ],
)
def test_the_lender_s_own_columns_are_read_by_their_kind(cell: str, text: str) -> None:
    assert holds(text, extra=dict.fromkeys(OWN, cell))


def test_a_column_the_book_lacks_is_missing() -> None:
    assert holds("missing(score) and missing(vip)")


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_every_column_can_be_asked(name: str) -> None:
    audience = Audience.parse(f"known({name})", OWN)
    assert audience.columns == {name}
    assert [audience.holds(one, TODAY) for one in ROWS].count(True) > 0


def test_what_stands_at_the_borrower_is_found() -> None:
    refused = borrower(opted_out=True, consent_sms=True, consent_marketing=True, region="Hubei")
    text = 'opt_out and consent_sms and consent_marketing and region == "Hubei" and language == "zh-CN"'
    assert holds(text, borrower=refused)
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("", 1, "no condition"),
        ("days_past_due >", 15, "cannot be read"),
        ("days_past_due = 3", 15, "cannot be read"),
        ("“a” == product", 1, 'write " instead'),
        ("days_past_due > 1and opt_out", 18, "a number runs into"),
        ("(opt_out", 1, "cannot be read"),
        ("days_past_due ＞ 3", 15, "write > instead"),
        ("days_past_due > 3 AND opt_out", 19, "cannot be read"),
        ("balnce > 0", 1, "did you mean balance"),
        ('渠道 == "门店" and balnce > 0', 16, "did you mean balance"),
        ("  product == consumer", 14, "text stands in quotes"),
        ('days_past_due > "3"', 17, "a number is compared with text"),
        ("due_on > amount_due", 10, "a date is compared with an amount"),
        ("amount_due > score", 14, "an amount is compared with a number"),
        ("product + 1 > 2", 1, "text + a number has no meaning"),
        ("opt_out + 1 > 2", 1, "a yes or no + a number"),
        ("amount_due * amount_due > 2", 1, "an amount * an amount"),
        ("amount_due + days_past_due > 2", 1, "an amount + a number"),
        ("due_on * 2 > due_on", 1, "a date * a number"),
        ("-product > 2", 1, "- before a number"),
        ("amount_due", 1, "an amount is no condition"),
        ("days_past_due + 3", 1, "a number is no condition"),
        ("opt_out and balance", 13, "an amount is no condition"),
        ("not 3", 5, "a number is no condition"),
        ('product < "b"', 11, "text has no order"),
        ("opt_out > False", 11, "a yes or no has no order"),
        ("opt_out is True", 12, "missing(column)"),
        ("balance == None", 12, "missing(column)"),
        ('product == ""', 12, "missing(column)"),
        ("product in ()", 12, "one value or more"),
        ('"con" in product', 10, "one value or more"),
        ("product in (status, 'a')", 13, "not a column"),
        ('product in ("a", 3)', 18, "text is compared with a number"),
        ('product in ["a" "b", "c"]', 17, "a comma"),
        ("amount_due / 0 > 1", 1, "division by 0"),
        ("amount_due / (2 - 2) > 1", 1, "division by 0"),
        ("3 / 0 > 1", 1, "division by 0"),
        ("days_past_due > 1e16", 17, "up to 15 digits"),
        ("days_past_due > 1j", 17, "not a value"),
        ("days_past_due ** 2 > 1", 1, "one of + - * /"),
        ("days_past_due % 2 == 1", 1, "one of + - * /"),
        ("+days_past_due > 1", 1, "- before a number"),
        ("product.upper() == 'A'", 1, "expected known(column)"),
        ("len(product) > 3", 1, "expected known(column)"),
        ("__import__('os')", 1, "expected known(column)"),
        ("known(product, status)", 1, "expected known(column)"),
        ("known(column=product)", 1, "expected known(column)"),
        ("known('product')", 1, "expected known(column)"),
        ("days_since(product) > 3", 1, "expected known(column)"),
        ('due_on > date("2026-02-30")', 10, "expected known(column)"),
        ("missing(balnce)", 9, "did you mean balance"),
        ("[x for x in (1,)]", 1, "not part of the language"),
        ("opt_out if dispute else hardship", 1, "not part of the language"),
        ("extra['a'] == 'b'", 1, "not part of the language"),
        ("opt_out # and dispute", 9, "a comment"),
        ("opt_out \\\n and dispute", 9, "backslash"),
        ("product == '''a\nb'''", 12, "runs over a line"),
        ("opt_out and " * 90 + "opt_out", 1001, "too long"),
        ("-" * 60 + "days_past_due > 0", 50, "nested too deep"),
        ("not " * 60 + "opt_out", 201, "nested too deep"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, at: int, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Audience.parse(text, OWN, "my.toml: step[2].audience")
    assert str(caught.value).startswith(f"my.toml: step[2].audience: character {at}: ")
    assert told in str(caught.value)
    assert caught.value.zh.startswith(f"my.toml: step[2].audience：第 {at} 个字符：")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"balance": Kind.MONEY}, "is one of every book"),
        ({"loan grade": Kind.TEXT}, "rename the header"),
        ({"in": Kind.TEXT}, "rename the header"),
        ({"ＶＩＰ": Kind.FLAG}, "rename the header"),
    ],
)
def test_a_column_that_cannot_be_declared_is_named(columns: dict[str, Kind], told: str) -> None:
    with pytest.raises(PolicyError, match=told) as caught:
        Audience.parse("opt_out", columns, "my.toml")
    assert caught.value.zh.startswith("my.toml：")


@given(
    st.text()
    | st.text(alphabet="()[]<>=!+-*/ ,.'\"#\n\\0129abd_ｅ＞", max_size=60)
    | st.binary().map(lambda some: some.decode("utf-8", "replace"))
    | st.text(st.characters(categories=["Cs", "Cc"]))
)
def test_any_text_is_an_audience_or_a_policy_error(text: str) -> None:
    """Whatever is pasted into the file, the answer is one line and never a traceback of ours."""
    try:
        said = str(Audience.parse(text))
    except PolicyError as error:
        said = text if "\n" not in str(error) and error.zh.startswith("audience：第 ") else "told badly"
    assert said == text


@given(text=TEXTS, today=DAYS)
def test_every_audience_answers_for_every_account(text: str, today: date) -> None:
    audience = Audience.parse(text, OWN)
    assert {type(audience.holds(one, today)) for one in ROWS} == {bool}
    assert Audience.parse(text, OWN) == audience


@pytest.mark.parametrize(
    "strange",
    [
        account(annual_rate=Decimal("NaN")),
        account(annual_rate=Decimal("sNaN")),
        account(annual_rate=Decimal("Infinity")),
        account(annual_rate=Decimal("1e400"), term_months=10**400),
        account(amount_due=Money("1e400", "CNY")),
        account(amount_due=Money("-1e300", "CNY")),
    ],
)
def test_no_account_made_in_code_is_too_strange(strange: Account) -> None:
    text = "annual_rate * term_months > 0 or amount_due / amount_due * amount_due > 1e15 or days_past_due * 1e15 > 0"
    for day in (date.min, TODAY, date.max):
        assert Audience.parse(text).holds(strange, day) is (day > strange.due_on)


def test_an_audience_travels_to_another_process() -> None:
    audience = Audience.parse("days_past_due > 1")
    assert audience.holds(account(), TODAY)
    assert pickle.loads(pickle.dumps(audience)).holds(account(), TODAY)
    assert str(audience) == "days_past_due > 1"

"""Typed slots: what fits is written as the language writes it, what does not is refused without showing it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import get_month_names
from babel.numbers import format_decimal, get_currency_name, get_currency_precision, parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from loansms import Lender, Money
from loansms.privacy import Secret
from loansms.templates import Slot, SlotKind
from loansms.templates.formats import formats
from loansms.templates.slots import Writing, WrongValue

LOCALES = ("zh-CN", "zh-Hant", "en")
CURRENCIES = ("CNY", "USD", "HKD", "TWD", "JPY", "EUR", "GBP", "KWD", "MOP")
# TWD and others differ in how many decimals Babel gives them; the amount is made to fit.
amounts = st.builds(
    lambda cents, currency: Money(Decimal(cents).scaleb(-get_currency_precision(currency)), currency),
    st.integers(0, 10**12 - 1),
    st.sampled_from(CURRENCIES),
)


def written(kind: SlotKind, value: object, locale: str = "zh-CN", **more: object) -> str:
    slot = Slot("it", kind, **{"max_length": 60, **more})
    return slot.written(value, Writing(formats(locale), lender=Lender.example()))


@given(money=amounts, locale=st.sampled_from(LOCALES))
def test_any_amount_is_written_so_that_it_reads_back_to_the_cent(money: Money, locale: str) -> None:
    text = written(SlotKind.MONEY, money, locale)
    digits = re.search(r"[\d,]+(?:\.\d+)?", text)
    assert digits
    assert parse_decimal(digits[0], locale="en_US") == money.amount
    assert not set("¥￥\u00a0【】") & set(text)


@given(money=amounts)
def test_amounts_are_grouped_as_babel_groups_them_in_every_language(money: Money) -> None:
    places = "0" * get_currency_precision(money.currency)
    shape = "#,##0" + (f".{places}" if places else "")
    for locale, babel in (("zh-CN", "zh_Hans_CN"), ("zh-Hant", "zh_Hant"), ("en", "en_US")):
        assert format_decimal(money.amount, shape, locale=babel) in written(SlotKind.MONEY, money, locale)


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), locale=st.sampled_from(LOCALES))
def test_any_date_with_its_year_reads_back(day: date, locale: str) -> None:
    text = written(SlotKind.DATE, day, locale, year=True)
    if locale == "en":
        months = {name: number for number, name in get_month_names("abbreviated", locale="en").items()}
        month, rest = text.split(" ", 1)
        number, year = rest.split(", ")
        assert date(int(year), months[month], int(number)) == day
    else:
        assert date(*map(int, re.findall(r"\d+", text))) == day


@pytest.mark.parametrize(
    ("currency", "zh_cn", "zh_hant", "en"),
    [
        ("CNY", "1,256.30元", "人民幣1,256.30元", "CNY 1,256.30"),
        ("USD", "1,256.30美元", "US$1,256.30", "$1,256.30"),
        ("HKD", "1,256.30港元", "HK$1,256.30", "HKD 1,256.30"),
        ("TWD", "1,256.30新台币", "NT$1,256.30", "TWD 1,256.30"),
    ],
)
def test_currencies_are_told_as_each_readership_knows_them(
    currency: str, zh_cn: str, zh_hant: str, en: str
) -> None:
    money = Money("1256.30", currency)
    assert [written(SlotKind.MONEY, money, locale) for locale in LOCALES] == [zh_cn, zh_hant, en]


def test_a_language_outside_the_catalogue_is_written_as_babel_writes_it() -> None:
    assert "1.256,30" in written(SlotKind.MONEY, Money("1256.30", "EUR"), "de")
    assert get_currency_name("EUR", locale="de") == "Euro"
    assert written(SlotKind.DATE, date(2026, 9, 24), "de") == "24 Sept."


def test_a_date_more_than_half_a_year_away_is_told_with_its_year() -> None:
    slot = Slot("due_on", SlotKind.DATE)
    today = date(2026, 9, 24)
    near, far = today + timedelta(days=183), today - timedelta(days=184)
    assert slot.written(near, Writing(formats("zh-CN"), today)) == "3月26日"
    assert slot.written(far, Writing(formats("zh-CN"), today)) == "2026年3月24日"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SlotKind.MONEY, 1256.30),
        (SlotKind.MONEY, Decimal("1256.30")),
        (SlotKind.MONEY, "1256.30"),
        (SlotKind.MONEY, Money("-0.01", "CNY")),
        (SlotKind.MONEY, Money("0.005", "CNY")),
        (SlotKind.MONEY, Money("1E+30", "CNY")),
        (SlotKind.DATE, "2026-09-24"),
        (SlotKind.DATE, datetime(2026, 9, 24, tzinfo=UTC)),
        (SlotKind.COUNT, True),
        (SlotKind.COUNT, -1),
        (SlotKind.COUNT, "3"),
        (SlotKind.COUNT, 3.0),
        (SlotKind.RATE, 0.099),
        (SlotKind.RATE, Decimal(24)),
        (SlotKind.RATE, Decimal("NaN")),
        (SlotKind.PHONE, "13800138000"),
        (SlotKind.TAIL, "尾号"),
        (SlotKind.TAIL, 1234),
        (SlotKind.NAME, ""),
        (SlotKind.CODE, "12345a"),
        (SlotKind.CODE, "٠١٢٣٤٥"),
        (SlotKind.CODE, "123456789"),
        (SlotKind.SPOKEN, "12 34 56"),
        (SlotKind.SPOKEN, "１２３４５６"),
        (SlotKind.SPAN, timedelta(minutes=90)),
        (SlotKind.SPAN, timedelta(0)),
        (SlotKind.SPAN, timedelta(hours=-24)),
        (SlotKind.SPAN, 72),
        (SlotKind.CHOICE, "no such key"),
        (SlotKind.TEXT, "two\nlines"),
        (SlotKind.TEXT, "【法院】"),
        (SlotKind.TEXT, "hidden\u200btext"),
        (SlotKind.TEXT, "   "),
        (SlotKind.TEXT, None),
        (SlotKind.LENDER, ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_never_shown(kind: SlotKind, value: object) -> None:
    more = {"choices": {"yes": {"zh-CN": "是"}}} if kind is SlotKind.CHOICE else {}
    with pytest.raises(WrongValue) as refused:
        written(kind, value, **more)
    assert refused.value.zh
    shown = str(value).strip()
    assert len(shown) < 3 or shown not in str(refused.value) + refused.value.zh


def test_a_value_may_be_as_long_as_its_slot_and_no_longer() -> None:
    assert written(SlotKind.TEXT, "x" * 60) == "x" * 60
    with pytest.raises(WrongValue, match="at most 60 characters, got 61"):
        written(SlotKind.TEXT, "x" * 61)


def test_a_spoken_code_is_told_digit_by_digit() -> None:
    told = [written(SlotKind.SPOKEN, Secret("120345"), locale) for locale in (*LOCALES, "de")]
    assert told == ["1，2，0，3，4，5", "1，2，0，3，4，5", "1, 2, 0, 3, 4, 5", "1, 2, 0, 3, 4, 5"]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (1, ("1小时", "1小時", "1 hour", "1 Stunde")),
        (24, ("24小时", "24小時", "24 hours", "24 Stunden")),
        (36, ("36小时", "36小時", "36 hours", "36 Stunden")),
        (48, ("2天", "2天", "2 days", "2 Tage")),
        (72, ("3天", "3天", "3 days", "3 Tage")),
    ],
)
def test_a_length_of_time_is_told_in_whole_days_or_hours(hours: int, told: tuple[str, ...]) -> None:
    span = timedelta(hours=hours)
    assert tuple(written(SlotKind.SPAN, span, locale) for locale in (*LOCALES, "de")) == told


def test_a_full_card_number_cannot_stand_where_its_tail_belongs() -> None:
    with pytest.raises(WrongValue, match="at most 4 characters"):
        written(SlotKind.TAIL, "6222020200012345678", max_length=4)


def test_names_are_masked_unless_the_slot_says_otherwise() -> None:
    assert written(SlotKind.NAME, Secret("张三")) == "张*"
    assert written(SlotKind.NAME, "Dana R.", "en") == "D***"
    assert written(SlotKind.NAME, Secret("张三"), masked=False) == "张三"


def test_only_listed_lines_fill_a_phone_slot_however_they_are_spaced() -> None:
    assert written(SlotKind.PHONE, "400 000 0000") == "400 000 0000"
    with pytest.raises(WrongValue, match="listed"):
        Slot("line", SlotKind.PHONE).written("400-000-0000", Writing(formats("zh-CN")))


def test_a_choice_takes_its_key_or_its_own_words() -> None:
    choices = {"flat": {"zh-CN": "等本等息", "en": "flat"}}
    assert written(SlotKind.CHOICE, "flat", choices=choices) == "等本等息"
    assert written(SlotKind.CHOICE, "等本等息", choices=choices) == "等本等息"
    assert written(SlotKind.CHOICE, "flat", "vi", choices=choices) == "flat"


@pytest.mark.parametrize(
    ("rate", "text"), [("0.072", "7.2%"), ("0.1303", "13.03%"), ("0", "0%"), ("1", "100%"), ("0.24", "24%")]
)
def test_rates_are_told_as_percentages_without_idle_zeros(rate: str, text: str) -> None:
    assert written(SlotKind.RATE, Decimal(rate)) == text

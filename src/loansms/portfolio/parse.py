"""One cell of a loan book, from text to its value: every column's form, and what is said when it does not fit.

A parser takes the cell's text, already stripped and not empty, and returns the value or an `Expected`: a
value, not an exception, because a bad cell is an ordinary day. What was found is never repeated: it may be a
phone number or a name.

>>> amount("1256.30"), date_on("2026/9/24"), flag("是")
(Decimal('1256.30'), datetime.date(2026, 9, 24), True)
>>> amount("1,256.30").told
'expected digits with a decimal point and nothing else, such as 1256.30'
>>> rate("7.2").told
'expected a fraction below 1, such as 0.072 for 7.2 % a year'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import available_timezones

import phonenumbers
from attrs import frozen
from babel.numbers import get_currency_precision, is_currency

from loansms.model import Money, PhoneNumber, RepaymentMethod
from loansms.privacy import Secret


@frozen
class Expected:
    """What a cell should have held, in English and Chinese; never what it did hold."""

    told: str
    told_zh: str


Parser = Callable[[str], object]

BLANK = Expected("expected a value, found none", "不能为空")

# A spreadsheet shows a long number as 1.38E+10; once saved so, its last digits are gone.
_ROUNDED = re.compile(r"\d\.\d+E\+\d+", re.IGNORECASE | re.ASCII)
# Fifteen digits before the point: what a spreadsheet keeps exactly, and more than any loan.
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d+)?", re.ASCII)
# Midnight after a date is what frames and spreadsheets write when they mean the day.
_DATE = re.compile(
    r"(\d{4})(?:(?P<mark>[-/])(\d{1,2})(?P=mark)(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))",
    re.ASCII,
)
# Days since 1899-12-30, between 1950 and 2199, perhaps with a time of day.
_SERIAL = re.compile(r"(?:1[89]|[2-9]\d|10\d)\d{3}(?:\.\d+)?", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,6}(?:\.0+)?", re.ASCII)
_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "是", "有", "1.0"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "否", "无", "0.0"), False),
}

_ID = Expected("expected an id of at most 128 printable characters", "应为不超过 128 个可见字符的编号")
_ID_ROUNDED = Expected(
    "a spreadsheet has rounded this id; format the column as text and export it again",
    "该编号已被电子表格四舍五入，请将该列设为文本后重新导出",
)
_MONEY = Expected(
    "expected digits with a decimal point and nothing else, such as 1256.30",
    "应为仅含数字和小数点的金额，例如 1256.30",
)
_NEGATIVE = Expected("expected 0 or more, got a negative amount", "金额不能为负数")
_DAY = Expected("expected a date such as 2026-09-24", "应为日期，例如 2026-09-24")
_DAY_NUMBER = Expected(
    "a spreadsheet's number of a day; format the column as a date such as 2026-09-24 and export it again",
    "为电子表格的日期序号，请将该列设为日期格式（如 2026-09-24）后重新导出",
)
_NO_SUCH_DAY = Expected(
    "expected a day of the calendar between 1950 and 2199, such as 2026-09-24",
    "日期不存在或超出 1950 至 2199 年，应类似 2026-09-24",
)
_MOMENT = Expected(
    "expected a date and time such as 2026-09-24T10:00+08:00", "应为日期和时间，例如 2026-09-24T10:00+08:00"
)
_FLAG = Expected("expected true or false", "应为 是 或 否（true 或 false）")
_RATE = Expected(
    "expected a fraction below 1, such as 0.072 for 7.2 % a year",
    "应为小于 1 的小数，例如年利率 7.2% 写作 0.072",
)
_CURRENCY = Expected(
    "expected an ISO 4217 code such as CNY or USD", "应为 ISO 4217 币种代码，例如 CNY 或 USD"
)
_ZONE = Expected("expected an IANA time zone such as Asia/Shanghai", "应为 IANA 时区名，例如 Asia/Shanghai")
_COUNTRY = Expected(
    "expected a country code of two letters such as CN or US", "应为两位国家或地区代码，例如 CN 或 US"
)
_LANGUAGES = {"CN": "zh-CN", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}
_TONGUE = Expected("expected a language tag such as zh-CN or en", "应为语言标记，例如 zh-CN 或 en")
_TAIL = Expected("expected the last 4 digits of the account and no more", "应仅为账号后四位数字")
_METHOD = Expected(
    f"expected one of {', '.join(RepaymentMethod)}",
    "应为 等额本息、等额本金、先息后本、一次性还本付息、等本等息 之一",
)
_PHONE = Expected(
    "expected a valid phone number (wrong length or prefix)", "应为有效的电话号码（位数或号段不对）"
)
_PHONE_ROUNDED = Expected(
    "a spreadsheet has rounded this number; format the column as text and export it again",
    "该号码已被电子表格四舍五入（如 1.38E+10），请将该列设为文本后重新导出",
)
_PHONE_LETTERS = Expected("expected digits, got letters", "电话号码应为数字，不能含字母")
_PHONE_ABROAD = Expected(
    "expected + and the country code, or a country column",
    "应以 + 和国家码开头，或另有 country（国家）列",
)
_LANDLINE = Expected(
    "expected a mobile number; this kind of line receives no text messages",
    "应为手机号；该类号码无法接收短信",
)


def text(cell: str) -> str:
    """Take the cell as it is."""
    return cell


def secret(cell: str) -> Secret[str]:
    """Take the cell as a value that prints masked."""
    return Secret(cell)


def identifier(cell: str) -> str | Expected:
    """An id; one that a spreadsheet has rounded is no id any more."""
    if _ROUNDED.fullmatch(cell):
        return _ID_ROUNDED
    return cell if len(cell) <= 128 and cell.isprintable() else _ID


def amount(cell: str) -> Decimal | Expected:
    """An exact amount of 0 or more; `money` holds its decimals against the currency."""
    if _AMOUNT.fullmatch(cell):
        return Decimal(cell)
    if cell[0] in "-−" and _AMOUNT.fullmatch(cell[1:]):
        return _NEGATIVE
    return _MONEY


def money(value: Decimal, currency: str) -> Money | Expected:
    """Return `value` with exactly the decimals of its currency, or what was expected."""
    whole = value.quantize(_unit(currency))
    return Money(whole, currency) if whole == value else _too_fine(currency)


@cache
def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))


def _too_fine(currency: str) -> Expected:
    places = get_currency_precision(currency)
    return Expected(
        f"expected at most {places} decimals for {currency}", f"{currency} 金额最多 {places} 位小数"
    )


@lru_cache(maxsize=8192)
def date_on(cell: str) -> date | Expected:
    """A day: 2026-09-24, 2026/9/24, 20260924 or 2026年9月24日."""
    match = _DATE.fullmatch(cell)
    if match is None:
        return _DAY_NUMBER if _SERIAL.fullmatch(cell) else _DAY
    year, month, day = (int(part) for part in match.groups() if part and part not in "-/")
    try:
        return date(year, month, day) if 1950 <= year < 2200 else _NO_SUCH_DAY
    except ValueError:
        return _NO_SUCH_DAY


def moment(cell: str) -> datetime | Expected:
    """A date and time; without an offset it is the borrower's own time, which the row supplies."""
    if len(cell) <= 10:
        return _MOMENT
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return _MOMENT


def flag(cell: str) -> bool | Expected:
    """Yes or no, in English or Chinese."""
    return _FLAGS.get(cell.casefold(), _FLAG)


@lru_cache(maxsize=4096)
def rate(cell: str) -> Decimal | Expected:
    """A yearly rate as a fraction; 1 or more is a percentage written without its sign."""
    if not _AMOUNT.fullmatch(cell) or Decimal(cell) >= 1:
        return _RATE
    return Decimal(cell)


def count(least: int, most: int) -> Parser:
    """Return the parser of a whole number from `least` to `most`."""
    wrong = Expected(f"expected a whole number from {least} to {most}", f"应为 {least} 至 {most} 之间的整数")

    @lru_cache(maxsize=4096)
    def whole(cell: str) -> int | Expected:
        if not _WHOLE.fullmatch(cell):
            return wrong
        value = int(cell.partition(".")[0])
        return value if least <= value <= most else wrong

    return whole


@lru_cache(maxsize=256)
def currency(cell: str) -> str | Expected:
    """An ISO 4217 code."""
    code = cell.upper()
    return code if re.fullmatch(r"[A-Z]{3}", code) and is_currency(code) else _CURRENCY


@lru_cache(maxsize=1024)
def zone(cell: str) -> str | Expected:
    """An IANA zone name."""
    return cell if cell in _zones() else _ZONE


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=512)
def country(cell: str) -> str | Expected:
    """An ISO 3166 code of a country with a numbering plan."""
    code = cell.upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else _COUNTRY


@lru_cache(maxsize=256)
def language(cell: str) -> str | Expected:
    """A language tag; the catalogue chooses the nearest language it has."""
    return cell.replace("_", "-") if _LANGUAGE.fullmatch(cell) else _TONGUE


def language_of(country: str) -> str:
    """Return the language people in `country` are written to where no row says otherwise.

    >>> language_of("HK"), language_of("US")
    ('zh-Hant', 'en')
    """
    return _LANGUAGES.get(country, "en")


def wrong_width(expected: int, got: int) -> Expected:
    """Return what a row of `got` cells under a header of `expected` should have held."""
    return Expected(f"expected {expected} columns, found {got}", f"应有 {expected} 列，实有 {got} 列")


def account_tail(cell: str) -> str | Expected:
    """The last four digits of an account: more would be a secret nobody needs here."""
    return cell if re.fullmatch(r"\d{4}", cell, re.ASCII) else _TAIL


def method(cell: str) -> RepaymentMethod | Expected:
    """One of the repayment methods."""
    found = _METHODS.get(cell.casefold())
    return found if found is not None else _METHOD


_METHODS = {one.value: one for one in RepaymentMethod}


def mobile(cell: str, region: str | None) -> PhoneNumber | Expected:
    """Return the number as dialled in `region`, which must be of a kind that receives texts."""
    try:
        phone = PhoneNumber.parse(cell, region)
    except ValueError:
        return _why_no_phone(cell, region)
    return phone if phone.can_text else _LANDLINE


def _why_no_phone(cell: str, region: str | None) -> Expected:
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", cell, re.IGNORECASE):
        return _PHONE_ROUNDED
    if re.search(r"[^\W\d_]", cell):
        return _PHONE_LETTERS
    if region is None and not cell.startswith(("+", "＋")):
        return _PHONE_ABROAD
    return _PHONE

"""How an amount, a date and a rate are written in each language.

Names, precisions and months come from Babel's CLDR tables; the shapes of zh-CN, zh-Hant and en are the
house's: mainland gateways refuse ¥, so amounts there end in 元 (CNP-FMT-02), and English text stays inside
GSM-7, so a currency other than the US dollar is told by its code. Any other locale is written as Babel does.

>>> from decimal import Decimal
>>> formats("zh-CN").money(Decimal("1256.3"), "CNY"), formats("zh-CN").money(Decimal("1256"), "USD")
('1,256.30元', '1,256.00美元')
>>> formats("en").money(Decimal("1256.3"), "USD"), formats("en").money(Decimal("1256.3"), "CNY")
('$1,256.30', 'CNY 1,256.30')
>>> formats("zh-CN").day(date(2026, 9, 24), False), formats("en").day(date(2026, 9, 24), True)
('9月24日', 'Sep 24, 2026')
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from attrs import field, frozen
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_month_names
from babel.numbers import format_currency, get_currency_name, get_currency_precision
from babel.units import format_unit

from loansms.errors import TemplateError

# `{n}` stands for the digits. A currency that is not listed takes the pattern under "*", where `{c}` is its
# code and `{name}` its name in the language.
_MONEY: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {"CNY": "{n}元", "*": "{n}{name}"},
    "zh-Hant": {
        "CNY": "人民幣{n}元",
        "HKD": "HK${n}",
        "MOP": "MOP${n}",
        "TWD": "NT${n}",
        "USD": "US${n}",
        "*": "{n}{name}",
    },
    "en": {"USD": "${n}", "*": "{c} {n}"},
}
_BABEL: Mapping[str, str] = {"zh-CN": "zh_Hans_CN", "zh-Hant": "zh_Hant", "en": "en_US"}
# CLDR's long units have no Chinese in Babel's tables.
_SPANS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {"day": "天", "hour": "小时"},
    "zh-Hant": {"day": "天", "hour": "小時"},
}
_CACHED_DATES = 4096  # a book holds a few hundred due dates, told a million times


@frozen
class Formats:
    """The written forms of one locale; `tag` is the catalogue's name of it, `babel` CLDR's."""

    tag: str
    babel: str
    patterns: Mapping[str, str] = field(factory=dict[str, str], repr=False, eq=False)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return `amount` with its currency, grouped by thousands, with the currency's decimals."""
        if not self.patterns:
            return format_currency(amount, currency, locale=self.babel)
        before, after, places = _pattern(self, currency)
        return f"{before}{amount:,.{places}f}{after}"

    def day(self, on: date, with_year: bool) -> str:
        """Return a date, with or without its year."""
        return _day(self.babel, on, with_year)

    def span(self, hours: int) -> str:
        """Return a length of time: in days where it is two or more whole ones, else in hours."""
        days, rest = divmod(hours, 24)
        number, unit = (days, "day") if days > 1 and not rest else (hours, "hour")
        if self.tag in _SPANS:
            return f"{number}{_SPANS[self.tag][unit]}"
        return format_unit(number, f"duration-{unit}", length="long", locale=self.babel)

    def spoken(self, digits: str) -> str:
        """Return `digits` one by one with a pause after each, as a voice is to read them."""
        return ("，" if self.tag.startswith("zh") else ", ").join(digits)

    def rate(self, fraction: Decimal) -> str:
        """Return a fraction as a percentage without trailing zeros: 0.072 is 7.2%."""
        digits = f"{fraction * 100:f}"
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"


@cache
def formats(locale: str) -> Formats:
    """Return the written forms of `locale`; raise TemplateError when no such locale exists."""
    if locale in _BABEL:
        return Formats(locale, _BABEL[locale], _MONEY[locale])
    try:
        return Formats(locale, str(Locale.parse(locale, sep="-")))
    except (UnknownLocaleError, ValueError):
        raise TemplateError(
            "locale: expected a language tag such as zh-CN, zh-Hant or en",
            "locale：应为 zh-CN、zh-Hant、en 之类的语言标记",
        ) from None


@cache
def _pattern(of: Formats, currency: str) -> tuple[str, str, int]:
    pattern = of.patterns.get(currency) or of.patterns["*"]
    name = get_currency_name(currency, locale=of.babel)
    before, after = pattern.split("{n}")
    said = {"c": currency, "name": name}
    return before.format_map(said), after.format_map(said), get_currency_precision(currency)


@lru_cache(_CACHED_DATES)
def _day(babel: str, on: date, with_year: bool) -> str:
    if babel.startswith("zh"):
        return f"{f'{on.year}年' if with_year else ''}{on.month}月{on.day}日"
    if babel == "en_US":
        month = get_month_names("abbreviated", locale=babel)[on.month]
        return f"{month} {on.day}" + (f", {on.year}" if with_year else "")
    return format_date(on, "medium" if with_year else "d MMM", locale=babel)

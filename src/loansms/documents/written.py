"""The sentences of one document in one language, with the lender's slots filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen
from babel.numbers import format_currency, format_decimal, get_currency_name, get_currency_precision

from loansms.documents.blocks import Step
from loansms.documents.face import TIED
from loansms.documents.files import wording
from loansms.errors import CallerError
from loansms.model import Lender, Money, Party
from loansms.templates.formats import Formats, formats

_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")
_AMOUNT = re.compile(
    r"[¥￥$€£]\s*\d|\d\s*(?:元|块|塊|万|萬|千|百万|百萬|CNY|RMB|USD|yuan|dollars?)", re.IGNORECASE
)


@frozen
class Written:
    """Makes sentences out of ``part``, a section of the wording, for one lender."""

    locale: str
    part: Mapping[str, Any] = field(repr=False)
    common: Mapping[str, Any] = field(repr=False)
    methods: Mapping[str, str] = field(repr=False)
    slots: Mapping[str, str] = field(repr=False)
    forms: Formats = field(repr=False)

    @classmethod
    def of(cls, kind: str, lender: Lender, language: str, *audiences: str) -> Written:
        """Return the wording of one `kind` of document; `audiences` choose among the lender's lines."""
        locale, every = wording(language)
        slots = lender.slots(locale, *audiences)
        slots["service_hours"] = slots["service_hours"].replace(" ", TIED)
        common: Mapping[str, Any] = every["common"]
        slots["service"] = (
            common["service"].format_map(slots) if slots["service_hours"] else slots["service_line"]
        )
        sender = common["third_party" if lender.party is Party.THIRD else "sender"].format_map(slots)
        slots["creditor"] = slots["principal_lender"] or slots["lender_name"]
        return cls(
            locale, every[kind], common, every["methods"], {**slots, "sender": sender}, formats(locale)
        )

    def say(self, key: str, **values: str) -> str:
        """Return one sentence with its slots filled in."""
        return str(self.part[key]).format_map({**self.slots, **values})

    def steps(self, steps: Any, **values: str) -> tuple[Step, ...]:
        """Return steps with their slots filled in."""
        known = {**self.slots, **values}
        return tuple(
            Step(one["title"].format_map(known), one.get("text", "").format_map(known)) for one in steps
        )

    def tail(self, of: str) -> str:
        """Return the last four characters of an account or contract, named as such."""
        return str(self.common["tail"]).format(tail=of[-4:])

    def money(self, amount: Money) -> str:
        """Return an amount with its sign, as Babel writes it; in traditional Chinese with its currency said."""
        if self.locale == "zh-Hant":
            return self.forms.money(amount.amount, amount.currency)  # CLDR's "$" there is any dollar
        return format_currency(amount.amount, amount.currency, locale=self.forms.babel)

    def figure(self, amount: Money) -> str:
        """Return an amount without its sign, for a column whose currency stands above it."""
        places = "." + "0" * digits if (digits := get_currency_precision(amount.currency)) else ""
        return format_decimal(amount.amount, f"#,##0{places}", locale=self.forms.babel)

    def currency(self, code: str) -> str:
        """Return the name of a currency."""
        return get_currency_name(code, count=2, locale=self.forms.babel)

    def day(self, on: date) -> str:
        """Return a date in running text, in one piece."""
        return self.forms.day(on, with_year=True).replace(" ", TIED)

    def short_day(self, on: date) -> str:
        """Return a date for a column: all of one width in Chinese (GB/T 7408)."""
        return on.isoformat() if self.locale.startswith("zh") else self.day(on)

    def rate(self, fraction: Decimal) -> str:
        """Return a fraction as a percentage."""
        return self.forms.rate(fraction)


def unnumbered(what: str, text: str) -> str:
    """Return `text`; raise CallerError where it holds what may be a number of a phone or an account."""
    if _LONG_NUMBER.search(text):
        raise CallerError(
            f"{what}: expected no number of seven digits or more: a phone or an account is never shown",
            f"{what}：不应含七位及以上的数字，手机号和账号一律不显示",
        )
    return text


def unpriced(what: str, text: str) -> str:
    """Return `text`; raise CallerError where it names an amount of money."""
    if _AMOUNT.search(text):
        raise CallerError(f"{what}: expected no amount of money", f"{what}：不应含具体金额")
    return text

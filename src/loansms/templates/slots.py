"""Typed slots: what may stand in a gap of a template, how it is checked, and how it is written.

A template's fixed words are reviewed once, when the catalogue is loaded; that holds only if a value cannot
bring a claim of its own. So every slot has a kind, and only free text (`SlotKind.TEXT`) has to be scanned
again for each message. A wrong value is told by slot and expectation, never by the value itself.

>>> from loansms.templates.formats import formats
>>> amount = Slot("amount_due", SlotKind.MONEY)
>>> amount.written(Money("1256.30", "CNY"), Writing(formats("zh-CN")))
'1,256.30元'
>>> amount.written(1256.30, Writing(formats("zh-CN")))
Traceback (most recent call last):
loansms.templates.slots.WrongValue: an amount (Money), not a float or bare number
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import cast

from attrs import field, frozen

from loansms.model import Lender, Money
from loansms.privacy import Secret, mask_name
from loansms.templates.formats import Formats

_LARGEST = Decimal(10) ** 12  # no loan is larger; more is a unit mistake
_YEAR_AWAY = 183  # days: past half a year a day and a month no longer say which year
_TAIL = re.compile(r"[A-Za-z0-9*._/#:-]+")
_CODE = re.compile(r"[0-9]{4,8}")  # by the longest code a profile may issue; gateways take six (CNP-OTP-01)
# A value may neither forge a signature nor break the line (CNP-FMT-01).
_NOT_PLAIN = re.compile(
    r"[【】\x00-\x1f\x7f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SEPARATORS = re.compile(r"[\s()\-]")


class SlotKind(StrEnum):
    """What a slot holds; LENDER is filled from the lender profile and never by a value."""

    MONEY = "money"
    DATE = "date"
    SPAN = "span"
    COUNT = "count"
    RATE = "rate"
    PHONE = "phone"
    TAIL = "tail"
    NAME = "name"
    CODE = "code"
    SPOKEN = "spoken"
    CHOICE = "choice"
    TEXT = "text"
    LENDER = "lender"


class WrongValue(ValueError):
    """A value does not fit its slot: what was expected, in English and Chinese; never the value."""

    def __init__(self, expected: str, zh: str) -> None:
        super().__init__(expected)
        self.zh = zh


@frozen
class Writing:
    """What writing a value depends on besides the value: language, the day it is read, whose lines are listed."""

    formats: Formats
    on: date | None = None
    lender: Lender | None = None


def dialled(number: str) -> str:
    """Return a listed number without the separators people write in it."""
    return _SEPARATORS.sub("", number)


@frozen
class Slot:
    """One slot of the vocabulary.

    ``max_length`` bounds the written value in characters. ``choices`` maps each key of a closed choice to
    its words by locale. ``samples`` are neutral values by locale ("*" for all) for previews and reviews. ``year`` always
    writes a date with its year, ``masked`` False writes a name in full.
    """

    name: str
    kind: SlotKind
    max_length: int = 20
    choices: Mapping[str, Mapping[str, str]] = field(factory=dict[str, Mapping[str, str]], repr=False)
    samples: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    year: bool = False
    masked: bool = True
    meaning: str = field(default="", repr=False)

    def written(self, value: object, writing: Writing) -> str:
        """Return `value` as it stands in the text; raise WrongValue, which never holds the value."""
        text = _WRITERS[self.kind](self, value, writing)
        if len(text) > self.max_length:
            raise WrongValue(
                f"at most {self.max_length} characters, got {len(text)}",
                f"不超过 {self.max_length} 个字符，实际 {len(text)} 个",
            )
        return text

    def sample(self, locale: str, currency: str = "CNY", phone: str = "400-000-0000") -> object:
        """Return a neutral value of this kind; raise ValueError when the slot's own sample does not fit."""
        if self.kind is SlotKind.CHOICE:
            return next(iter(self.choices))
        if self.kind is SlotKind.PHONE:
            return phone
        told = self.samples.get(locale) or self.samples.get("*") or _SAMPLES[self.kind]
        return Money(told, currency).rounded() if self.kind is SlotKind.MONEY else _READ[self.kind](told)


def _money(_slot: Slot, value: object, writing: Writing) -> str:
    if not isinstance(value, Money):
        raise WrongValue(
            "an amount (Money), not a float or bare number", "金额（Money），不能是浮点数或裸数字"
        )
    if not 0 <= value.amount < _LARGEST:
        raise WrongValue("an amount of 0 or more, below 10^12", "不小于 0 且小于 10^12 的金额")
    if not value.is_whole_cents:
        raise WrongValue("an amount in whole cents", "精确到分的金额")
    return writing.formats.money(value.amount, value.currency)


def _date(slot: Slot, value: object, writing: Writing) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongValue("a date without a time", "日期（不含时间）")
    far = writing.on is not None and abs((value - writing.on).days) > _YEAR_AWAY
    return writing.formats.day(value, slot.year or far)


def _span(_slot: Slot, value: object, writing: Writing) -> str:
    hours, rest = divmod(value, timedelta(hours=1)) if isinstance(value, timedelta) else (0, None)
    if hours <= 0 or rest:
        raise WrongValue("a timedelta of one or more whole hours", "不少于一小时的整小时数（timedelta）")
    return writing.formats.span(hours)


def _count(_slot: Slot, value: object, _writing: Writing) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongValue("a whole number of 0 or more", "不小于 0 的整数")
    return str(value)


def _rate(_slot: Slot, value: object, writing: Writing) -> str:
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value < 10:
        raise WrongValue(
            "a Decimal fraction such as Decimal('0.072') for 7.2%", "小数形式的 Decimal，如 Decimal('0.072')"
        )
    return writing.formats.rate(value)


def _phone(_slot: Slot, value: object, writing: Writing) -> str:
    listed = writing.lender.allowed_contacts if writing.lender else ()
    if not isinstance(value, str) or dialled(value) not in map(dialled, listed):
        raise WrongValue(
            "a number listed in the lender profile (service lines, complaint line, contact_allowlist)",
            "贷款机构资料中列明的号码（service_lines、complaint_line 或 contact_allowlist）",
        )
    return value


def _tail(_slot: Slot, value: object, _writing: Writing) -> str:
    if not isinstance(value, str) or not _TAIL.fullmatch(value):
        raise WrongValue(
            "the last letters and digits of a number, as text", "编号的末几位（字母或数字，文本）"
        )
    return value


def _name(slot: Slot, value: object, _writing: Writing) -> str:
    name = _plain(value)
    return mask_name(name) if slot.masked else name


def _code(_slot: Slot, value: object, _writing: Writing) -> str:
    code: object = _revealed(value)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise WrongValue("a code of 4 to 8 digits, as text", "4 至 8 位数字的验证码（文本）")
    return code


def _spoken(slot: Slot, value: object, writing: Writing) -> str:
    return writing.formats.spoken(_code(slot, value, writing))


def _choice(slot: Slot, value: object, writing: Writing) -> str:
    locale = writing.formats.tag
    if isinstance(value, str):
        if value in slot.choices:
            words = slot.choices[value]
            return words.get(locale) or words.get("en") or next(iter(words.values()))
        if any(words.get(locale) == value for words in slot.choices.values()):
            return value
    keys = ", ".join(slot.choices)
    raise WrongValue(f"one of {keys}", f"{keys} 之一")


def _text(_slot: Slot, value: object, _writing: Writing) -> str:
    return _plain(value)


def _lender(_slot: Slot, value: object, _writing: Writing) -> str:
    if not isinstance(value, str) or not value:
        raise WrongValue("a value in the lender profile", "贷款机构资料中的对应内容")
    return value


def _revealed(value: object) -> object:
    return cast("Secret[object]", value).reveal() if isinstance(value, Secret) else value


def _plain(value: object) -> str:
    text: object = _revealed(value)
    if not isinstance(text, str) or not text.strip() or _NOT_PLAIN.search(text):
        raise WrongValue(
            "text on one line, without 【】 or control characters", "单行文本，不含【】和控制字符"
        )
    return text.strip()


_WRITERS: Mapping[SlotKind, Callable[[Slot, object, Writing], str]] = MappingProxyType(
    {
        SlotKind.MONEY: _money,
        SlotKind.DATE: _date,
        SlotKind.SPAN: _span,
        SlotKind.COUNT: _count,
        SlotKind.RATE: _rate,
        SlotKind.PHONE: _phone,
        SlotKind.TAIL: _tail,
        SlotKind.NAME: _name,
        SlotKind.CODE: _code,
        SlotKind.SPOKEN: _spoken,
        SlotKind.CHOICE: _choice,
        SlotKind.TEXT: _text,
        SlotKind.LENDER: _lender,
    }
)
_SAMPLES: Mapping[SlotKind, str] = MappingProxyType(
    {
        SlotKind.MONEY: "1256.30",
        SlotKind.DATE: "2026-09-24",
        SlotKind.SPAN: "72",
        SlotKind.COUNT: "3",
        SlotKind.RATE: "0.072",
        SlotKind.TAIL: "1234",
        SlotKind.NAME: "张三",
        SlotKind.CODE: "839201",
        SlotKind.SPOKEN: "839201",
        SlotKind.TEXT: "-",
        SlotKind.LENDER: "-",
    }
)
_READ: Mapping[SlotKind, Callable[[str], object]] = MappingProxyType(
    {
        SlotKind.DATE: date.fromisoformat,
        SlotKind.SPAN: lambda hours: timedelta(hours=int(hours)),
        SlotKind.COUNT: int,
        SlotKind.RATE: Decimal,
        SlotKind.TAIL: str,
        SlotKind.NAME: str,
        SlotKind.CODE: str,
        SlotKind.SPOKEN: str,
        SlotKind.TEXT: str,
        SlotKind.LENDER: str,
    }
)

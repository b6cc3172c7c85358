"""The amount a promise names: figures with their sign or unit, or what follows a word for paying.

>>> [str(one.value) for one in amounts("下个月5号先还两千", "zh", None)]
['2000']
>>> [str(one.value) for one in amounts(" ill send $1,200.50 on the 5th ", "en", None)]
['1200.50']
>>> [(one.value, one.reason) for one in amounts("先还一半", "zh", None)]
[(None, 'no_amount_due')]
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from attrs import frozen

from loansms.model import Money
from loansms.replies.files import data
from loansms.replies.numerals import in_words, number

_MOST: Final = Decimal(100_000_000)


@frozen
class AmountFound:
    """An amount spoken of: where in the form, its value, or why it has none; `paid` says that a word for paying leads to it."""

    start: int
    end: int
    value: Decimal | None
    reason: str = ""
    paid: bool = False


def amounts(text: str, language: str, due: Money | None) -> list[AmountFound]:
    """Return the amounts that a plain form speaks of, in order; parts of what is `due` are reckoned where it is known."""
    exact, share, owed = _patterns()[language]
    found = [
        AmountFound(*one.span(name), *_value(one[name], language), bool(one[name.replace("n", "verb")]))
        for pattern, name in zip(exact, ("n", "n2"), strict=False)
        for one in pattern.finditer(text)
        if _told(text, *one.span(name), bool(one[name.replace("n", "verb")]), language)
        and not owed.search(text[max(0, one.start() - 12) : one.start(name)].rstrip())
    ]
    found += [AmountFound(*one.span(), *_shared(one, due), paid=True) for one in share.finditer(text)]
    return sorted(found, key=lambda one: one.start)


def _told(text: str, start: int, end: int, verb: bool, language: str) -> bool:
    """Return whether a number is an amount at all: by a word for paying, a sign, a unit, or as so many hundreds."""
    if verb or language == "en":
        return True
    return bool(_UNIT.search(text[start:end]) or _BEFORE.search(text[:start][-4:]) or _AFTER.match(text, end))


_UNIT: Final = re.compile(r"[百千万wk仟佰]")
_BEFORE: Final = re.compile(r"(?:[¥￥$€£]|rmb|人民币)$")
_AFTER: Final = re.compile(r"(?:元|块|圆|rmb|刀|美金|美元|港币|大洋|蚊)")


def _value(text: str, language: str) -> tuple[Decimal | None, str]:
    if language == "zh" and _RANGE.search(text):
        return None, "a_range"
    value = number(text) if language == "zh" else in_words(text)
    if value is None or not 0 < value <= _MOST:
        return None, "no_amount"
    return value, ""


_RANGE: Final = re.compile(r"(?<![十百千万零])[一二两三四五六七八九][二两三四五六七八九][十百千万]|几")


def _shared(match: re.Match[str], due: Money | None) -> tuple[Decimal | None, str]:
    if due is None:
        return None, "no_amount_due"
    part = due * Decimal("0.5") if match["half"] else due
    return part.rounded().amount, ""


@cache
def _patterns() -> dict[str, tuple[tuple[re.Pattern[str], ...], re.Pattern[str], re.Pattern[str]]]:
    rows = data("amounts")
    return {
        language: (
            tuple(map(re.compile, rows[language]["exact"])),
            re.compile("|".join(rows[language]["share"])),
            re.compile("|".join(rows[language]["owed"])),
        )
        for language in ("zh", "en")
    }

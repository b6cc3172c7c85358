"""The words of a message without what they tell of a person: what a desk sees unless it may see more.

Every value that was written into the text goes, in the form of its kind: an amount keeps its currency, a link its host,
a date or number its marks, and anything else nothing. Then every run of four digits or more goes too, wherever it came
from, and a value that the asterisks have put together anew.

>>> masked("尊敬的张三，您应还1,256.30元，9月24日到期，详见 https://pay.example.com/l/Ab3", [
...     "张三", "1,256.30元", "9月24日", "https://pay.example.com/l/Ab3"])
'尊敬的***，您应还***元，*月**日到期，详见 pay.example.com/***'
>>> masked("D. Roe owes $310.15 on loan 0042; call 400-000-0000", ["D. Roe", "$310.15", "0042"])
'*** owes $*** on loan ****; call 400-000-****'
"""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = "***"
"""What stands for a value that keeps nothing: always three, so that its length is not told."""

_RUN = re.compile(r"\d{4,}")
# With its scheme any plain host; without one a host in small letters and a path, as short links are written.
_LINK = re.compile(
    r"(?:https?://(?P<host>[A-Za-z0-9.-]+)|(?P<bare>(?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/?#]))(?::\d+)?(?P<rest>[/?#]\S*)?"
)
_AMOUNT = re.compile(
    r"((?:[A-Z]{0,3}[$¢-¥\u20a0-\u20c0＄￡￥]|[A-Z]{3}(?=[\s\xa0])|人民[币幣])?[\s\xa0]?)"
    r"\d(?:[\d.,'’\s]*\d)?"
    r"([\s\xa0]?(?:[$¢-¥\u20a0-\u20c0]|[A-Z]{3}|[\u4e00-\u9fff]{0,3}[元圆圓币幣])?)"
)
# What may stand between the digits of a date, a time, a count or a telephone number, and no more.
_MARKS = frozenset(" -/.,:+()%，。、年月日号號时時分天小")


def masked(text: str, values: Iterable[str]) -> str:
    """Return `text` with every one of `values` masked, as it was written there, and every run of four digits.

    `values` are the slots of the message (`Message.slots`, revealed; leave out the lender's own words if the desk is to
    see them). No value of two characters or more is left, unless it is asterisks alone.
    """
    told = sorted({value for value in values if _tells(value)}, key=lambda value: (-len(value), value))
    said = _RUN.sub(_stars, _replaced(text, told))
    # What is left stands in a host, or came about beside asterisks; each turn hides a character for good.
    while left := [value for value in told if len(value) > 1 and value in said]:
        for value in left:
            said = said.replace(value, STARS)
    return said


def _tells(value: str) -> bool:
    """Say whether there is anything to hide: one character alone must be a letter or digit."""
    return value.strip("*") != "" and (len(value) > 1 or value.isalnum())


def _replaced(text: str, told: list[str]) -> str:
    """Return `text` with the spans of `told` in their masked forms; where spans meet, nothing is kept."""
    # The longest first where several begin.
    spans = sorted((at, -len(value), value) for value in told for at in _places(text, value))
    said: list[str] = []
    end = 0
    for at, size, value in spans:
        last = at - size
        if at >= end:
            said += [text[end:at], _form(value)]
        elif last > end:
            said[-1] = STARS
        end = max(end, last)
    return "".join([*said, text[end:]])


def _places(text: str, value: str) -> list[int]:
    """Return every place of `value` in `text`, overlapping ones too."""
    found: list[int] = []
    at = text.find(value)
    while at >= 0:
        found.append(at)
        at = text.find(value, at + 1)
    return found


def _form(value: str) -> str:
    link = _LINK.fullmatch(value)
    if link is not None:
        return (link["host"] or link["bare"]) + (f"/{STARS}" if link["rest"] else "")
    if not any(map(str.isdecimal, value)):
        return STARS
    if all(char.isdecimal() or char in _MARKS for char in value):
        return "".join(["*" if char.isdecimal() else char for char in value])
    amount = _AMOUNT.fullmatch(value)
    return f"{amount[1]}{STARS}{amount[2]}" if amount is not None else STARS


def _stars(run: re.Match[str]) -> str:
    return "*" * len(run[0])

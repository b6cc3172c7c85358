"""Numbers as people write them in a text: 2,000.00, 1.5万, 1千5, 两千三, 一万零五百, 2k, two hundred fifty.

>>> [str(number(one)) for one in ("2,000.00", "1.5万", "1千5", "两千", "一万零五", "2k", "廿五")]
['2000.00', '15000', '1500', '2000', '10005', '2000', '25']
>>> str(in_words("two thousand five hundred")), number("several")
('2500', None)
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    **dict(zip("零〇一二三四五六七八九", (0, 0, *range(1, 10)), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    "两": 2, "俩": 2, "仨": 3, "幺": 1,
}  # fmt: skip
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
_LARGE: Final = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_PART: Final = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|.", re.DOTALL)
_LONGEST: Final = 24  # letters: more is no amount anybody writes

_SMALL: Final = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_TIMES: Final = {"hundred": 100, "thousand": 1000, "grand": 1000}


def number(text: str) -> Decimal | None:
    """Return the number that `text` is, in figures, Chinese numerals or both; None where it is none.

    A figure after the last unit counts as the next lower unit, as it is said: 1千5 is 1,500, 两千三 is 2,300.
    """
    if not text or len(text) > _LONGEST:
        return None
    whole = section = Decimal(0)
    current: Decimal | None = None
    unit = Decimal(0)  # the unit just passed; 0 after a 零 or another digit
    for part in _PART.findall(text.replace("廿", "二十")):
        if part[0].isdecimal():
            if current is not None:
                return None
            current = Decimal(part.replace(",", ""))
        elif part in _DIGITS:
            value = _DIGITS[part]
            unit = Decimal(0) if value == 0 or current is not None else unit
            current = Decimal(value) if current is None else current * 10 + value
        elif part in _UNITS:
            unit = Decimal(_UNITS[part])
            section += (Decimal(1) if current is None else current) * unit
            current = None
        elif part in _LARGE:
            unit = Decimal(_LARGE[part])
            whole += (section + (current or 0) or Decimal(1)) * unit
            section, current = Decimal(0), None
        else:
            return None
    total = whole + section + _last(current, unit)
    return total.quantize(Decimal(1)) if unit and total == total.to_integral_value() else total


def _last(current: Decimal | None, unit: Decimal) -> Decimal:
    if current is None:
        return Decimal(0)
    lower = unit > 10 and 0 < current < 10 and current == current.to_integral_value()
    return current * unit / 10 if lower else current


def in_words(text: str) -> Decimal | None:
    """Return the number that English words or figures give, "two hundred and fifty", "2k", "$1,500"; else None."""
    total = part = Decimal(0)
    seen = False
    for word in text.replace("-", " ").split():
        bare = word.strip("$£€¥")
        if bare in _TIMES:
            part = (part or Decimal(1)) * _TIMES[bare]
            if _TIMES[bare] > 100:
                total, part = total + part, Decimal(0)
        elif bare in _SMALL or bare in _TENS:
            part += _SMALL.get(bare, _TENS.get(bare, 0))
        elif bare[:1].isdecimal() and (figure := number(bare)) is not None:
            part += figure
        elif bare in {"and", "of"}:
            continue
        else:
            return None
        seen = True
    return total + part if seen else None

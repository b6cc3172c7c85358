"""The day a reply speaks of, reckoned from the day it came: weekdays, figures, spans, working days, holidays.

A day that is named only by its span (next week, this month) is the span's last: a promise is kept by then. What
names no day that can be known, or one that is over, keeps its reason.

>>> day = date(2026, 9, 24)                                    # a Thursday
>>> china = calendar_for("CN")
>>> [str(one.on) for text in ("周五", "下周五", "5号", "下个月5号", "月底", "国庆后") for one in days(text, "zh", day, china)]
['2026-09-25', '2026-10-02', '2026-10-05', '2026-10-05', '2026-09-30', '2026-10-08']
>>> [(one.on, one.reason) for one in days("发工资", "zh", day, china)]
[(None, 'payday')]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta
from functools import cache
from typing import Final

from attrs import frozen

from loansms.calendars import WorkCalendar, calendar_for
from loansms.errors import CalendarStale
from loansms.replies import holidays
from loansms.replies.files import data
from loansms.replies.numerals import in_words, number

__all__ = ["DayFound", "calendar_for", "days"]

_FURTHEST: Final = 3660  # days: nobody means a day ten years off
_WEEKDAYS_EN: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS_EN: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "tenth": 10, "fifteenth": 15, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_FEW: Final = {"a couple": 2, "couple": 2, "a couple of": 2, "couple of": 2}
_PARTS: Final = {"上旬": 10, "中旬": 20, "middle": 15, "mid": 15, "月中": 15}


@frozen
class DayFound:
    """A day spoken of: the rule that read it, where in the form, what it resolved to or why it did not."""

    rule: str
    start: int
    end: int
    on: date | None = None
    reason: str = ""


class _Unknown(Exception):
    """A word for a day that cannot be known, by its reason."""


@frozen
class _Place:
    """Where and when a reply came: what days are reckoned from."""

    day: date
    calendar: WorkCalendar | None

    @property
    def working(self) -> WorkCalendar:
        if self.calendar is None:
            raise _Unknown("no_calendar")
        return self.calendar


_Match = re.Match[str]


def days(text: str, language: str, day: date, calendar: WorkCalendar | None) -> list[DayFound]:
    """Return the days that a plain form speaks of, in order; none of them is before `day`."""
    place = _Place(day, calendar)
    met = [
        (one.start(), one.end(), rule, how, reason, one)
        for rule, how, reason, pattern in _patterns()[language]
        for one in pattern.finditer(text)
        if one.end() > one.start()
    ]
    met.sort(key=lambda each: (each[0] - each[1], each[0]))
    taken: list[tuple[int, int]] = []
    found: list[DayFound] = []
    for start, end, rule, how, reason, match in met:
        if any(start < last and first < end for first, last in taken):
            continue
        taken.append((start, end))
        on, why = (None, reason) if reason else _resolved(how, match, place)
        found.append(DayFound(rule, start, end, on, why))
    return sorted(found, key=lambda one: one.start)


def _resolved(how: str, match: _Match, place: _Place) -> tuple[date | None, str]:
    try:
        on = _HOW[how](match, place)
    except _Unknown as why:
        return None, str(why)
    except CalendarStale:
        return None, "no_calendar"
    except (ValueError, OverflowError):
        return None, "no_such_day"
    if on < place.day:
        return None, "passed"
    if (on - place.day).days > _FURTHEST:
        return None, "too_far"
    return on, ""


@cache
def _patterns() -> dict[str, tuple[tuple[str, str, str, re.Pattern[str]], ...]]:
    rows = data("days")["day"]
    return {
        language: tuple(
            (
                f"day.{one['id']}",
                one.get("how", ""),
                one.get("reason", ""),
                # A word of English begins after its space and ends before one: no part of a longer word counts.
                re.compile(f"(?<= )(?:{one[language]})(?= )" if language == "en" else one[language]),
            )
            for one in rows
            if language in one
        )
        for language in ("zh", "en")
    }


def _group(match: _Match, *names: str) -> str:
    """Return the first of the groups that took part, else an empty text."""
    known = match.groupdict()
    return next((known[one] for one in names if known.get(one)), "")


def _count(match: _Match, *names: str) -> int:
    text = _group(match, *names).strip()
    if len(text) > 1 and _RANGE.fullmatch(text):
        text = text[-1]  # two or three: the later
    if text in _FEW:
        return _FEW[text]
    value = number(text) if text and not text.isalpha() else None
    value = number(text) if value is None else value
    value = in_words(text) if value is None else value
    if value is None:
        raise _Unknown("vague")
    if value > _FURTHEST:
        raise _Unknown("too_far")
    return int(value)


_RANGE: Final = re.compile(r"[一二两三四五六七八九][二两三四五六七八九]")


def _months_on(day: date, months: int) -> tuple[int, int]:
    place = day.year * 12 + day.month - 1 + months
    return place // 12, place % 12 + 1


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) < (MAXYEAR, 12) else date.max
    return following - timedelta(days=1) if following != date.max else following


def _offset(match: _Match, place: _Place) -> date:
    return place.day + timedelta(days=int((match.lastgroup or "d0")[1:]))


def _weekday(match: _Match, place: _Place) -> date:
    name = _group(match, "wd")
    wanted = _WEEKDAYS_EN.index(name[:3]) if name.isascii() and name.isalpha() else _weekday_zh(name)
    monday = place.day - timedelta(days=place.day.weekday())
    weeks = _group(match, "next").count("下") or _group(match, "next").count("next")
    weeks += bool(_group(match, "nextweek"))
    if weeks:
        return monday + timedelta(days=7 * weeks + wanted)
    if _group(match, "this").strip() in {"这", "这个", "本", "this"}:
        this = monday + timedelta(days=wanted)
        if this >= place.day or not name.isascii():
            return this
    ahead = (wanted - place.day.weekday() - 1) % 7 + 1
    if "from" in _group(match, "next"):
        ahead += 7
    return place.day + timedelta(days=ahead)


def _weekday_zh(name: str) -> int:
    return 6 if name in "日天" else int(number(name) or 1) - 1


def _after(match: _Match, place: _Place) -> date:
    unit = _group(match, "unit", "unit2", "unit3")
    raw = _group(match, "n", "n2", "n3")
    if raw == "半":
        return _half(unit, place)
    count = _count(match, "n", "n2", "n3")
    if unit.startswith(("工作", "business", "working", "work")):
        return place.working.add_workdays(place.day, count)
    if unit.startswith(("小时", "钟头", "分钟", "hour", "hr", "min")):
        hours = count if "分" not in unit and "min" not in unit else 0
        return place.day + timedelta(days=hours // 24)
    if unit.startswith(("月", "month", "个月")):
        return _same_day(place.day, count) + timedelta(days=15 if _group(match, "half") else 0)
    if unit.startswith(("年", "year")):
        return _same_day(place.day, 12 * count)
    return place.day + timedelta(days=count * (7 if unit.startswith(("周", "星", "礼", "w")) else 1))


def _half(unit: str, place: _Place) -> date:
    days_of = {"月": 15, "年": 182, "天": 0, "日": 0, "小时": 0, "钟头": 0}
    if unit not in days_of:
        raise _Unknown("vague")
    return place.day + timedelta(days=days_of[unit])


def _same_day(day: date, months: int) -> date:
    year, month = _months_on(day, months)
    return date(year, month, min(day.day, _last_of(year, month).day))


def _workday(match: _Match, place: _Place) -> date:
    if _group(match, "after"):
        return _holiday_after("*", place)
    if _group(match, "now"):
        return place.working.next_workday(place.day)
    return place.working.add_workdays(place.day, 1)


def _month_day(match: _Match, place: _Place) -> date:
    name = _group(match, "name", "name2")
    month = _MONTHS_EN.index(name[:3]) + 1 if name else _count(match, "month")
    wanted = _count(match, "day", "day2")
    year = _group(match, "year")
    if year:
        named = {"今年": place.day.year, "明年": place.day.year + 1}
        return date(named.get(year) or int(year.rstrip("年")), month, wanted)
    return _coming(month, wanted, place.day)


def _coming(month: int, wanted: int, day: date) -> date:
    """Return the next such day of the year, `day` included; 29 February waits for its year."""
    if (month, wanted) == (2, 29):
        year = next(one for one in range(day.year, day.year + 9) if _is_leap(one) and date(one, 2, 29) >= day)
        return date(year, 2, 29)
    this = date(day.year, month, wanted)
    return this if this >= day else date(day.year + 1, month, wanted)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _iso(match: _Match, _place: _Place) -> date:
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _slashed(match: _Match, place: _Place) -> date:
    """Read 10/5: month first in the United States and East Asia, day first elsewhere, unknown without a country."""
    first, second = int(match["a"]), int(match["b"])
    country = place.calendar.country if place.calendar else ""
    if not country and max(first, second) <= 12 and first != second:
        raise _Unknown("ambiguous")
    month_first = first <= 12 and (second > 12 or country in _MONTH_FIRST)
    month, wanted = (first, second) if month_first else (second, first)
    year = _group(match, "y")
    return date(int(year[-2:]) + 2000, month, wanted) if year else _coming(month, wanted, place.day)


_MONTH_FIRST: Final = frozenset({"US", "CN", "TW", "JP", "KR", "PH"})


def _month_end(match: _Match, place: _Place) -> date:
    name = _group(match, "name")
    named = _MONTHS_EN.index(name[:3]) + 1 if name else _group(match, "month")
    if named:
        month = named if isinstance(named, int) else _count(match, "month")
        if not 1 <= month <= 12:
            raise _Unknown("no_such_day")
        year = place.day.year + (month < place.day.month)
        return _last_of(year, month)
    return _last_of(*_months_on(place.day, _months_ahead(match)))


def _months_ahead(match: _Match) -> int:
    text = _group(match, "next", "next2")
    return text.count("下") or int(bool(text))


def _month_part(match: _Match, place: _Place) -> date:
    part = _group(match, "part", "mid")
    wanted = next((value for word, value in _PARTS.items() if word in part), 0)
    if "下旬" not in part and not wanted:
        raise _Unknown("vague")
    ahead = 1 if "next" in part else _months_ahead(match)
    month = _count(match, "month") if _group(match, "month") else 0
    if month:
        year = place.day.year + (month < place.day.month)
        return date(year, month, wanted) if wanted else _last_of(year, month)
    year, month = _months_on(place.day, ahead)
    this = date(year, month, wanted) if wanted else _last_of(year, month)
    named = ahead or _group(match, "this")
    return this if this >= place.day or named else date(*_months_on(place.day, 1), wanted)


def _day_of_month(match: _Match, place: _Place) -> date:
    text = _group(match, "day")
    figure = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)", text)
    wanted = int(figure[1]) if figure else _ORDINALS.get(text) or _count(match, "day")
    if _group(match, "next", "next2"):
        return date(*_months_on(place.day, _months_ahead(match)), wanted)
    if _group(match, "this") or _group(match, "this2").startswith("of this"):
        return date(place.day.year, place.day.month, wanted)
    if not 1 <= wanted <= 31:
        raise _Unknown("no_such_day")
    months = (_months_on(place.day, ahead) for ahead in range(wanted <= place.day.day, 4))
    return next(date(*one, wanted) for one in months if wanted <= _last_of(*one).day)


def _span(match: _Match, place: _Place) -> date:
    """Return the last day of a week or month that is named."""
    unit = _group(match, "unit", "unit2") or "week"
    text = _group(match, "next", "next2")
    ahead = text.count("下") or int(bool(text))
    if unit.startswith(("月", "month")):
        return _last_of(*_months_on(place.day, ahead))
    return place.day + timedelta(days=6 - place.day.weekday() + 7 * ahead)


def _year_end(_match: _Match, place: _Place) -> date:
    return date(place.day.year, 12, 31)


def _holiday(match: _Match, place: _Place) -> date:
    name = data("days")["holidays"].get(_group(match, "name", "name2"))
    when = _group(match, "when") or ("后" if "完" in match[0] else "")
    if name is None:
        raise _Unknown("no_holiday")
    if when in {"后", "完", "过后", "after"}:
        return _holiday_after(name, place)
    found = (holidays.before if when in {"前", "before", "by"} else holidays.on)(
        place.working, name, place.day
    )
    if found is None:
        raise _Unknown("no_holiday")
    return found


def _holiday_after(name: str, place: _Place) -> date:
    found = holidays.after(place.working, name, place.day)
    if found is None:
        raise _Unknown("no_holiday")
    return found


_HOW: Final[dict[str, Callable[[_Match, _Place], date]]] = {
    "offset": _offset,
    "weekday": _weekday,
    "after": _after,
    "workday": _workday,
    "month_day": _month_day,
    "iso": _iso,
    "slashed": _slashed,
    "month_end": _month_end,
    "month_part": _month_part,
    "day_of_month": _day_of_month,
    "span": _span,
    "year_end": _year_end,
    "holiday": _holiday,
}

"""The hours in which somebody asks to be rung: "after 6", 下午三点以后, "tomorrow evening", after work.

Hours are of the person's own day. An hour from 1 to 7 without more is one of the afternoon: nobody asks to be woken.

>>> [told.isoformat("minutes") for told in hours_to_ring("call me back after 6")]
['18:00', '21:00']
>>> [told.isoformat("minutes") for told in hours_to_ring("明天上午10点到11点打给我")]
['10:00', '11:00']
>>> hours_to_ring("ring me later") is None
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from functools import cache
from typing import Any, Final

from loansms.replies.files import data, folds
from loansms.replies.numerals import number
from loansms.text import normalise

Hours = tuple[time, time]

_KEEP: Final = frozenset(".:：,-–~、")
_NOON: Final = 12
_DAY: Final = 24


def hours_to_ring(text: str) -> Hours | None:
    """Return the hours a reply names, from and until; None where it names none, or none of the day's calling hours."""
    plain = normalise(text, keep=_KEEP).text.translate(folds())
    told = _table()
    part = next((span for words, span in told["parts"] if words.search(plain)), None)
    found = told["clock"].search(plain)
    if found is None:
        return part
    first = _moment(found["half"] or "", found["hour"], found["minute"], found["noon"] or "")
    last = _moment(found["half"] or "", found["till"], found["tillminute"], found["tillnoon"] or "")
    if first is None:
        return part
    if last is not None and last < first and found["noon"] is None:
        first = _moment("", found["hour"], found["minute"], found["tillnoon"] or "") or first
    open_from, open_until = told["open"]
    before = bool(found["before"] or found["beforezh"])
    after = bool(found["after"] or found["afterzh"])
    if last is None:
        last = first if before else open_until if after else _end_of_part(first)
        first = open_from if before else first
    first, last = max(first, open_from), min(last, open_until)
    return (first, last) if first < last else None


def _moment(half: str, hour: str | None, minute: str | None, noon: str) -> time | None:
    """Return a clock time as it is meant; None where there is none, or no such hour."""
    if hour is None:
        return None
    told = number(hour)
    minutes = 30 if minute == "半" else int(number(minute or "0") or 0)
    if told is None or not 0 <= told < _DAY or not 0 <= minutes < 60:
        return None
    stated = int(told)
    named = _table()["halves"]
    late = noon[:1] == "p" or half in named["late"]
    early = noon[:1] == "a" or half in named["early"]
    if stated < _NOON and (late or (not early and stated < _table()["earliest"])):
        stated += _NOON
    return time(stated, minutes)


def _end_of_part(first: time) -> time:
    spans = [span for _, span in _table()["parts"]]
    ends: list[time] = [until for start, until in spans if start <= first < until]
    closes: time = _table()["open"][1]
    return min(ends, default=closes)


@cache
def _table() -> Mapping[str, Any]:
    told = data("call_hours")
    return {
        "parts": [(re.compile("|".join(one["cues"])), _span(one["hours"])) for one in told["part"]],
        "open": _span(told["open"]),
        "earliest": told["earliest"],
        "halves": told["halves"],
        "clock": re.compile("|".join(told["clock"]), re.VERBOSE),
    }


def _span(hours: list[str]) -> Hours:
    first, last = map(time.fromisoformat, hours)
    return first, last

"""A due date that falls on a day off, moved as the contract says: to the working day after it, before it, or not at all.

The three ways are those of the loan systems of the field (Mambu's NonWorkingDaysMethod: add, subtract, none), which
read a year without its plan as if every weekday were worked. Here such a year is refused unless the caller asks for
a date that may still change.

>>> from loansms.calendars.workdays import calendar_for
>>> china = calendar_for("CN")
>>> moved(date(2026, 10, 1), BusinessDays.ADD, china), moved(date(2026, 10, 1), BusinessDays.SUBTRACT, china)
(datetime.date(2026, 10, 8), datetime.date(2026, 9, 30))
>>> moved(date(2026, 10, 10), "add", china)            # a Saturday that is worked
datetime.date(2026, 10, 10)
>>> moved(date(2026, 10, 1), "subtract", china, not_before=date(2026, 10, 1))
datetime.date(2026, 10, 8)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from loansms.calendars.workdays import WorkCalendar

_DAY: Final = timedelta(days=1)


class BusinessDays(StrEnum):
    """What a loan's terms say of a due date on a day off; the Chinese term stands beside each."""

    ADD = "add"  # 遇节假日顺延
    SUBTRACT = "subtract"  # 遇节假日提前
    NONE = "none"  # 不调整


def moved(
    due_on: date,
    rule: BusinessDays | str,
    calendar: WorkCalendar,
    *,
    not_before: date | None = None,
    provisional: bool = False,
) -> date:
    """Return the day on which what is due on `due_on` has to be paid; make-up workdays are working days.

    `not_before` (the day of disbursement) bounds a date moved back: where no working day lies between, it moves on
    instead. A date of a year whose plan is not out raises CalendarStale where only the plan could tell; with
    `provisional` such a year is read by its weekends and statutory days, and `is_provisional` says so of the date.
    Raise ValueError for an unknown rule.
    """
    kind = BusinessDays(rule)
    works = _reading(calendar) if provisional else calendar.is_workday
    if kind is BusinessDays.NONE or works(due_on):
        return due_on
    if kind is BusinessDays.SUBTRACT:
        earlier = _nearest(due_on, -_DAY, works)
        if not_before is None or earlier >= not_before:
            return earlier
    return _nearest(due_on, _DAY, works)


def is_provisional(due_on: date, calendar: WorkCalendar) -> bool:
    """Return whether the plan that decides about a due date on that day is not out yet.

    >>> from loansms.calendars.workdays import calendar_for
    >>> is_provisional(date(2030, 6, 3), calendar_for("CN")), is_provisional(date(2030, 6, 3), calendar_for("US"))
    (True, False)
    """
    return calendar.day(due_on).provisional


def _reading(calendar: WorkCalendar) -> Callable[[date], bool]:
    return lambda on: not calendar.day(on).off


def _nearest(on: date, step: timedelta, works: Callable[[date], bool]) -> date:
    while not works(on):
        on += step
    return on

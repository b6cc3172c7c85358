"""Working days, contact windows and time zones: what day and what hour it is for the person."""

from loansms.calendars.due_dates import BusinessDays, is_provisional, moved
from loansms.calendars.files import load_overrides
from loansms.calendars.localtime import end_of_local_day, start_of_local_day
from loansms.calendars.lunar import LUNAR_NEW_YEAR, spring_festival, spring_festival_eve
from loansms.calendars.overrides import Overrides, PlanOverride
from loansms.calendars.states import state_code
from loansms.calendars.windows import (
    ALL_DAY,
    EVERY_DAY,
    WindowEntry,
    ZonedWindow,
    closed,
    is_open,
    next_open,
)
from loansms.calendars.workdays import WorkCalendar, calendar_for, regional_calendars
from loansms.calendars.year import Day
from loansms.calendars.zones import plausible_zones

__all__ = [
    "ALL_DAY",
    "EVERY_DAY",
    "LUNAR_NEW_YEAR",
    "BusinessDays",
    "Day",
    "Overrides",
    "PlanOverride",
    "WindowEntry",
    "WorkCalendar",
    "ZonedWindow",
    "calendar_for",
    "closed",
    "end_of_local_day",
    "is_open",
    "is_provisional",
    "load_overrides",
    "moved",
    "next_open",
    "plausible_zones",
    "regional_calendars",
    "spring_festival",
    "spring_festival_eve",
    "start_of_local_day",
    "state_code",
]

"""Rules on hours and days: an hour inside, and the first minute after they close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.calendars import calendar_for, spring_festival
from loansms.compliance import Rule
from loansms.compliance.checks.hours import HOLIDAYS, weekdays
from loansms.compliance.checks.windows import PLAUSIBLE
from loansms.model import Channel
from tests.compliance.generated.trial import Pair, Trial, plain

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_DESIGNATED = "consumer_designations"


def _zone(rule: Rule) -> str:
    """Return the zone in which the trial's clock is read: one the rule does not leave to others."""
    params = rule.check.params
    if params.get("elsewhere_than"):
        return "America/New_York"
    listed = params.get("zones")
    return plain(rule).context.zones[0] if isinstance(listed, str | None) else str(listed[0])


def _asked(rule: Rule) -> Trial:
    """Return a message that these hours bind: on their channel, by their provider, in their zone."""
    trial, params = plain(rule), rule.check.params
    context = evolve(trial.context, zones=(_zone(rule),))
    if params.get("providers"):
        context = evolve(context, provider=params["providers"][0])
    message = trial.message
    if params.get("channels"):
        message = evolve(message, channel=Channel(params["channels"][0]))
    return evolve(trial, context=context, message=message)


def _at(trial: Trial, on: date, clock: time) -> Trial:
    local = datetime.combine(on, clock, ZoneInfo(trial.context.zones[0]))
    return evolve(trial, now=local.astimezone(UTC))


def _open_on(rule: Rule, hours: Mapping[str, Any], on: date) -> bool:
    """Whether a stretch of hours is for that day, by weekday and by the holidays of the rule's country."""
    country, _, region = (rule.calendar or plain(rule).context.country).partition("-")
    found = calendar_for(country, region or None).day(on)
    if rule.check.params.get("holidays") == "deny" and found.holiday is not None:
        return False
    if hours["days"] == HOLIDAYS:
        return found.off
    beside = any(one["days"] == HOLIDAYS for one in rule.check.params["allow"])
    worked = beside or hours.get("on") == "workday"
    return on.weekday() in weekdays(hours["days"]) and not (worked and found.off)


def _day_of(rule: Rule, hours: Mapping[str, Any]) -> date:
    day = plain(rule).now.date()
    while not _open_on(rule, hours, day):
        day += _DAY
    return day


def _closing(hours: Mapping[str, Any]) -> time:
    """Return the first minute after the hours."""
    end = datetime.combine(date.min, time.fromisoformat(hours["to"]))
    return (end.replace(second=0) + _MINUTE if hours.get("to_inclusive") else end).time()


def _first(rule: Rule) -> Mapping[str, Any]:
    listed: Sequence[Mapping[str, Any]] = rule.check.params["allow"]
    return listed[0]


def _inside(rule: Rule) -> Trial:
    trial = _asked(rule)
    if rule.check.params.get("zones") == PLAUSIBLE:
        return trial
    if rule.check.params.get("source") == _DESIGNATED:
        return trial.knowing(consumer_designations=[{"kind": "inconvenient", "from": "00:00", "to": "06:00"}])
    hours = _first(rule)
    return _at(trial, _day_of(rule, hours), time.fromisoformat(hours["from"]))


def _outside(rule: Rule) -> Trial:
    trial = _asked(rule)
    if rule.check.params.get("zones") == PLAUSIBLE:
        return evolve(trial, context=evolve(trial.context, zones=("Atlantis/Capital",)))
    if rule.check.params.get("source") == _DESIGNATED:
        return trial.knowing(consumer_designations=[{"kind": "inconvenient", "from": "09:00", "to": "17:00"}])
    hours = _first(rule)
    return _at(trial, _day_of(rule, hours), _closing(hours))


def _another_day(rule: Rule) -> Trial:
    return _asked(rule)


def _day_denied(rule: Rule) -> Trial:
    trial = _asked(rule)
    named = spring_festival(trial.now.year)
    denied = rule.check.params.get("deny_dates") or [named]
    return _at(trial, denied[0], time(12))


WINDOW: Pair = (_inside, _outside)
CALENDAR_DAY: Pair = (_another_day, _day_denied)

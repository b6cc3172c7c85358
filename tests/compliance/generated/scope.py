"""Rules on how rules are asked: with every input, at the moment, by one count, by the right calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.calendars import calendar_for
from loansms.compliance import Rule
from loansms.model import Party
from tests.compliance.generated.trial import Pair, Trial, plain

_DAY = timedelta(days=1)


def _all_given(rule: Rule) -> Trial:
    return plain(rule)


def _one_missing(rule: Rule) -> Trial:
    trial = plain(rule)
    return evolve(trial, context=evolve(trial.context, provider=""))


def _decided(rule: Rule, before: timedelta) -> Trial:
    trial = plain(rule)
    return trial.knowing(decided_at=(trial.now - before).isoformat())


def _decided_now(rule: Rule) -> Trial:
    return _decided(rule, timedelta())


def _decided_earlier(rule: Rule) -> Trial:
    return _decided(rule, timedelta(minutes=1))


def _counted_together(rule: Rule) -> Trial:
    return plain(rule).knowing(counter_key=rule.check.params["counter_key"])


def _counted_apart(rule: Rule) -> Trial:
    return plain(rule).knowing(counter_key=["phone", "loan"])


def _as_lender(trial: Trial) -> Trial:
    return evolve(trial, context=evolve(trial.context, party=Party.FIRST))


def _lender_itself(rule: Rule) -> Trial:
    return _as_lender(plain(rule)).knowing(third_party=False)


def _agency_in_fact(rule: Rule) -> Trial:
    return _as_lender(plain(rule)).knowing(third_party=True)


def _checked_pack(rule: Rule) -> Trial:
    return plain(rule).knowing(production=True, pack_recalled=())


def _recalled_pack(rule: Rule) -> Trial:
    return plain(rule).knowing(production=True, pack_recalled=("CN-MUST-01",))


def _noon(trial: Trial, on: date) -> Trial:
    zone = ZoneInfo(trial.context.zones[0])
    return evolve(trial, now=datetime.combine(on, time(12), zone).astimezone(UTC))


def _at_plan(rule: Rule, calendar: str) -> Trial:
    trial = plain(rule)
    # A day off that is a weekday, so that no other country takes it for a weekend.
    day = next(one for one in sorted(rule.check.params["off"], reverse=True) if one.weekday() < 5)
    return _noon(evolve(trial, context=evolve(trial.context, calendar=calendar_for(calendar))), day)


def _plan_as_published(rule: Rule) -> Trial:
    return _at_plan(rule, plain(rule).context.country)


def _plan_of_elsewhere(rule: Rule) -> Trial:
    return _at_plan(rule, "US")


def _last_day_of_plan(rule: Rule) -> Trial:
    last = calendar_for("CN").valid_through
    assert last is not None
    return _noon(plain(rule), last)


def _day_without_plan(rule: Rule) -> Trial:
    trial = _last_day_of_plan(rule)
    return evolve(trial, now=trial.now + _DAY)


def _with_calendar(rule: Rule, country: str) -> Trial:
    trial = plain(rule)
    return evolve(trial, context=evolve(trial.context, calendar=calendar_for(country)))


def _own_calendar(rule: Rule) -> Trial:
    return _with_calendar(rule, plain(rule).context.country)


def _strange_calendar(rule: Rule) -> Trial:
    return _with_calendar(rule, "BR")


def _business(rule: Rule) -> Trial:
    return plain(rule).knowing(last_inbound="好的,今天还 thanks")


def _stop(rule: Rule) -> Trial:
    word = rule.check.params["set"][0]
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in word)
    return plain(rule).knowing(last_inbound=f" {wide.lower()}。")


INPUTS: Pair = (_all_given, _one_missing)
DISPATCH: Pair = (_decided_now, _decided_earlier)
COUNTER: Pair = (_counted_together, _counted_apart)
PARTY: Pair = (_lender_itself, _agency_in_fact)
VERIFIED: Pair = (_checked_pack, _recalled_pack)
PLAN: Pair = (_plan_as_published, _plan_of_elsewhere)
YEAR: Pair = (_last_day_of_plan, _day_without_plan)
PLACE: Pair = (_own_calendar, _strange_calendar)
INBOUND: Pair = (_business, _stop)

"""Rules on how often: room for one more, and none; long enough after a conversation, and too soon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from loansms.compliance import Rule
from loansms.compliance.checks.caps import UNITS
from loansms.compliance.rule import CLASSES
from loansms.model import Channel, Contact, ContactKind
from tests.compliance.generated.trial import Pair, Trial, plain

_MINUTE = timedelta(minutes=1)
_UNITS_OF_TIME = ("days", "hours", "minutes")


def _first(rule: Rule) -> Mapping[str, Any]:
    params = rule.check.params
    limits = params.get("limits") or [params]
    found: Mapping[str, Any] = limits[0]
    return found


def _step(period: Mapping[str, Any], count: int) -> timedelta:
    """Return how far apart contacts lie so that all fall into the period, and into this morning."""
    if period["kind"] != "rolling":
        return _MINUTE
    length = timedelta(**{unit: period[unit] for unit in _UNITS_OF_TIME if unit in period})
    return min(_MINUTE, (length or timedelta(days=1)) / (count + 2))


def _asked(rule: Rule) -> Trial:
    """Return a message that the first limit of the rule counts."""
    trial, params, limit = plain(rule), rule.check.params, _first(rule)
    message, context = trial.message, trial.context
    if limit.get("classes"):
        message = evolve(message, purpose=CLASSES[limit["classes"][0]])
    if params.get("providers"):
        context = evolve(context, provider=params["providers"][0])
    if params.get("needs"):
        context = evolve(context, consent_sms=True)
    if params.get("only_to"):
        context = evolve(context, facts={**context.facts, params["only_to"]: True})
    if limit["period"]["kind"] == "per_revocation":
        revoked = trial.now - timedelta(hours=1)
        context = evolve(context, facts={**context.facts, "opt_outs": [{"at": revoked, "channel": "sms"}]})
    return evolve(trial, message=message, context=context)


def _after(trial: Trial, rule: Rule, contacts: int) -> Trial:
    limit = _first(rule)
    kinds = UNITS[rule.check.params.get("unit", "message")]
    kind = ContactKind.MESSAGE if ContactKind.MESSAGE in kinds else min(kinds)
    step = _step(limit["period"], contacts)
    past = tuple(
        Contact(
            channel=trial.message.channel,
            at=trial.now - step * (number + 1),
            kind=kind,
            purpose=trial.message.purpose,
        )
        for number in range(contacts)
    )
    return evolve(trial, context=evolve(trial.context, past_contacts=past))


def _room_for_one(rule: Rule) -> Trial:
    return _after(_asked(rule), rule, _first(rule)["count"] - 1)


def _full(rule: Rule) -> Trial:
    return _after(_asked(rule), rule, _first(rule)["count"])


def _talked(rule: Rule, ago: int) -> Trial:
    trial = plain(rule)
    talk = Contact(channel=Channel.VOICE, at=trial.now - timedelta(days=ago), kind=ContactKind.CONVERSATION)
    return evolve(trial, context=evolve(trial.context, past_contacts=(talk,)))


def _long_after(rule: Rule) -> Trial:
    return _talked(rule, rule.check.params["days"])


def _too_soon(rule: Rule) -> Trial:
    return _talked(rule, rule.check.params["days"] - 1)


CAP: Pair = (_room_for_one, _full)
COOLDOWN: Pair = (_long_after, _too_soon)

"""The text safe harbor of Reg F: evidence that a number is still the consumer's (12 CFR 1006.6(d)(3), (d)(5)).

Either the consumer texted from the number about the debt, or agreed to be texted there, straight to the
collector; and either that is at most 60 days old, or a complete database said within those days that the number
was not reassigned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from loansms.compliance.checks.hit import Case
from loansms.compliance.consents import records_of
from loansms.compliance.facts import moment, records
from loansms.model import ConsentScope, ContactKind, GivenTo, consent_revoked, consents_in_force

# A refusal that reaches this message ends the harbor whatever the evidence.
_REFUSED: Final = frozenset({"opted_out", "consent_revoked", "medium_or_address_refused", "revoke_all"})


def refused(case: Case) -> bool:
    """Return whether the person asked for no more texts."""
    message = case.message
    taken_back = consent_revoked(records_of(case.context), message.purpose, message.channel, case.now)
    return taken_back or bool(_REFUSED & case.flags)


def inside(case: Case, basis: str, days: int, transfers: bool) -> bool:
    """Return whether `basis` has evidence of at most `days`, or older evidence and a recent check."""
    since = case.now - timedelta(days=days)
    times = [at for at in BASES[basis](case, transfers) if at <= case.now]
    return bool(times) and (max(times) >= since or _checked(case.context.facts, since, case.now))


def _texted(case: Case, _transfers: bool) -> list[datetime]:
    return [one.at for one in case.context.past_contacts if one.kind is ContactKind.INBOUND_MESSAGE]


def _agreed(case: Case, transfers: bool) -> list[datetime]:
    found = consents_in_force(
        records_of(case.context),
        case.message.purpose,
        case.message.channel,
        case.now,
        scope=ConsentScope.TEXT_THIS_NUMBER,
    )
    return [one.at for one in found if transfers or one.given_to is GivenTo.COLLECTOR]


BASES: Final[Mapping[str, Callable[[Case, bool], list[datetime]]]] = {
    "consumer_texted_from_number_about_debt": _texted,
    "consent_given_directly_to_collector": _agreed,
}


def _checked(facts: Mapping[str, Any], since: datetime, now: datetime) -> bool:
    """Whether a complete and accurate database said within the period that the number was not reassigned."""
    found: Sequence[Mapping[str, Any]] = records([facts.get("reassigned_check")])
    return any(
        one.get("result") in ("no", "not_reassigned")
        and (at := moment(one.get("at"))) is not None
        and since <= at <= now
        for one in found
    )

"""What rules say of a kind of message where all that is known of the person speaks for it.

For proofs about a policy before there is any account: the person agreed, refused nothing and was never written to;
the lender writes in its own name. What is refused even then is refused to everybody, and the hours and limits that
remain bind everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from attrs import frozen

from loansms.calendars import ZonedWindow, calendar_for, plausible_zones
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.hit import Case, Check, Effect
from loansms.compliance.context import Context
from loansms.compliance.rule import ANY, Authority, Rule
from loansms.model import CapLimit, Party, Reason, Sendable

_NOON = time(12)
_PARTY = Party.FIRST


@frozen(kw_only=True)
class AtBest:
    """The answer of the rules of one `place` at noon of a day there.

    ``blocks`` refuse outright; ``hours`` are the windows that all have to be open, each with its rule; ``limits`` the
    caps, those of the lender's own choice named in ``house`` by the ids of their rules.
    """

    place: str
    at: datetime
    blocks: tuple[Reason, ...]
    hours: tuple[tuple[Reason, ZonedWindow], ...]
    limits: tuple[CapLimit, ...]
    house: frozenset[str]


def at_best(
    rules: Iterable[tuple[Rule, Check]], kind: Sendable, place: str, on: date, days_past_due: int
) -> AtBest:
    """Return what `rules` say of `kind` about a debt of `place` (CN, US-MA) on that day; warnings are left out.

    `rules` are asked as they are: who hands them in has chosen those that bind in `place`.
    """
    country, _, region = place.partition("-")
    zones = plausible_zones(country, region or None)[:1]
    now = datetime.combine(on, _NOON, ZoneInfo(zones[0]))
    facts = {"days_past_due": days_past_due, "consent_marketing": True}
    context = Context(
        jurisdiction=place,
        party=_PARTY,
        zones=zones,
        provider="unnamed",
        facts=facts,
        consent_sms=True,
        consent_marketing=True,
    )
    case = Case(message=kind, context=context, now=now, calendar=calendar_for(country))
    asked = [(rule, check) for rule, check in rules if _binds(rule, kind)]
    hits = [hit for rule, check in asked for hit in check.hits(rule, case)]
    caps = [(rule, check) for rule, check in asked if isinstance(check, Cap)]
    return AtBest(
        place=place,
        at=now,
        blocks=tuple(hit.reason for hit in hits if hit.effect is Effect.BLOCK),
        hours=tuple((hit.reason, hit.window) for hit in hits if hit.window is not None),
        limits=tuple(limit for rule, check in caps for limit in check.limits_now(rule, case)),
        house=frozenset(rule.id for rule, _ in caps if rule.authority is Authority.HOUSE),
    )


def _binds(rule: Rule, kind: Sendable) -> bool:
    applies = rule.applies
    to_them = ANY in applies.recipient_roles or kind.recipient.value in applies.recipient_roles
    return not rule.warns and applies.party in ("any", _PARTY.value) and to_them

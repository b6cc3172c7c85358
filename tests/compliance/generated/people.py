"""Rules on people: who is written to, who asked not to be, who agreed, and at which address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from loansms.compliance import Rule
from loansms.compliance.checks.flags import LIFE_EVENTS
from loansms.compliance.rule import ANY
from loansms.model import Party, RecipientRole
from tests.compliance.generated.trial import Pair, Trial, plain


def _to(rule: Rule, allowed: bool) -> Trial:
    """Return a message to the first role that the rule lets through, or that it stops."""
    trial, roles = plain(rule), rule.applies.recipient_roles
    looked_at = [one for one in RecipientRole if ANY in roles or one.value in roles]
    fitting = [one for one in looked_at if (one.value in rule.check.params.get("allow", ())) == allowed]
    # A rule for third parties alone lets none of them through: the borrower is not its business.
    return evolve(trial, message=evolve(trial.message, recipient=(fitting or [RecipientRole.BORROWER])[0]))


def _allowed_role(rule: Rule) -> Trial:
    return _to(rule, allowed=True)


def _other_role(rule: Rule) -> Trial:
    return _to(rule, allowed=False)


def _flags(rule: Rule) -> tuple[str, ...]:
    params = rule.check.params
    return tuple(params.get("flags") or (params["flag"],))


def _nothing_known(rule: Rule) -> Trial:
    return plain(rule)


def _asked_to_stop(rule: Rule) -> Trial:
    trial, flag = plain(rule), _flags(rule)[0]
    if flag in LIFE_EVENTS:
        return trial.knowing(**{flag: True})
    return evolve(trial, context=evolve(trial.context, suppressions=frozenset({flag})))


def _at_the_address(rule: Rule, kind: str) -> Trial:
    return plain(rule).knowing(address_kind=kind)


def _own_address(rule: Rule) -> Trial:
    return _at_the_address(rule, "personal")


def _banned_address(rule: Rule) -> Trial:
    return _at_the_address(rule, rule.check.params["ban"][0])


# What the records show where a consent of each kind is there, and where it is not.
_GIVEN: Mapping[str, Mapping[str, Any]] = {
    "sms": {"consent_sms": True},
    "express": {"consent_marketing": True},
    "prior": {"consent_marketing": True},
}
_WITHHELD: Mapping[str, Mapping[str, Any]] = {
    "sms": {"consent_sms": False},
    "express": {"consent_marketing": False},
    "prior": {"consent_marketing": False},
}


def _kind(rule: Rule) -> str:
    return str(rule.check.params.get("kind", "safe_harbor"))


def _asked(rule: Rule, columns: Mapping[str, Mapping[str, Any]]) -> Trial:
    """Return a message under a consent rule, with what the records show."""
    trial = plain(rule)
    context = evolve(trial.context, **columns.get(_kind(rule), {}))
    if _kind(rule) == "separate":
        context = evolve(context, party=Party.THIRD)
    return evolve(trial, context=context)


def _agreed(rule: Rule) -> Trial:
    trial = _asked(rule, _GIVEN)
    given = {
        "scope": "text_this_number",
        "given_to": "collector",
        "at": (trial.now - timedelta(days=1)).isoformat(),
    }
    facts: Mapping[str, Mapping[str, Any]] = {
        "safe_harbor": {"text_only_inside_safe_harbor": True, "consents": [given]},
        "lawful_basis": {"lawful_basis": rule.check.params.get("any_of", [""])[0]},
        "separate": {"agency_sharing_consent": True},
    }
    return trial.knowing(**facts.get(_kind(rule), {}))


def _not_agreed(rule: Rule) -> Trial:
    facts: Mapping[str, Mapping[str, Any]] = {
        "safe_harbor": {"text_only_inside_safe_harbor": True},
        "lawful_basis": {"lawful_basis": "curiosity"},
        "separate": {"agency_sharing_consent": False},
    }
    return _asked(rule, _WITHHELD).knowing(**facts.get(_kind(rule), {}))


RECIPIENT_ROLE: Pair = (_allowed_role, _other_role)
SUPPRESSION: Pair = (_nothing_known, _asked_to_stop)
REQUIRE_CONSENT: Pair = (_agreed, _not_agreed)
CHANNEL_BAN: Pair = (_own_address, _banned_address)

"""A sleeping rule has nothing to say: with every rule asked of everything, no decision is another."""

from __future__ import annotations

from datetime import datetime

import pytest
from attrs import evolve

from loansms.compliance import Context, RulePack, evaluate
from loansms.compliance.files import packaged_names
from loansms.errors import CallerError
from loansms.model import Draft
from tests.compliance.generated.pairs import pair_of


def wide_awake(name: str) -> RulePack:
    """Return a pack of its own in which no rule sleeps."""
    shipped = RulePack.load(name)
    pack = RulePack.of(shipped.rules, jurisdiction=shipped.jurisdiction, countries=shipped.countries)
    for one in pack.bound:
        object.__setattr__(one, "wakes", None)
    return pack


def answer(message: Draft, context: Context, pack: RulePack, now: datetime) -> object:
    """Return the decision and its reasons, or the error that a zone nobody knows ends in."""
    try:
        decision = evaluate(message, context, [pack], now)
    except CallerError as wrong:
        return str(wrong)
    return type(decision), {(one.rule_id, one.code) for one in decision.reasons}


@pytest.mark.parametrize("name", packaged_names())
def test_sleep_changes_no_decision(name: str) -> None:
    sleepy, awake = RulePack.load(name), wide_awake(name)
    for rule in sleepy.rules:
        for made in pair_of(rule):
            trial = made(rule)
            # The European Union keeps no holidays of its own; a debt is of one of its members.
            place = "DE" if trial.context.jurisdiction == "EU" else trial.context.jurisdiction
            asked = trial.message, evolve(trial.context, jurisdiction=place)
            assert answer(*asked, sleepy, trial.now) == answer(*asked, awake, trial.now), rule.id

"""Every rule that ships lets a lawful message pass and stops an unlawful one, by itself, in its own name."""

from __future__ import annotations

import pytest
from attrs import evolve

from loansms.compliance import Rule, RulePack, evaluate
from loansms.compliance.files import packaged_names
from loansms.model import Allow
from tests.compliance.generated.pairs import PAIRS, pair_of

RULES = {one.id: one for name in packaged_names() for one in RulePack.load(name).rules}


def on_the_road(rule: Rule) -> Rule:
    """Return a rule on letters or visits alone, which this library does not send, as one on what it sends."""
    return rule if rule.applies.roads else evolve(rule, applies=evolve(rule.applies, channels=("*",)))


def told(rule: Rule, at: int) -> tuple[object, set[str]]:
    trial = pair_of(rule)[at](rule)
    country = trial.context.jurisdiction
    pack = RulePack.of([on_the_road(rule)], jurisdiction=country)
    decision = evaluate(trial.message, trial.context, [pack], trial.now)
    return decision, {one.rule_id for one in decision.reasons}


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_lawful_message_passes(rule_id: str) -> None:
    decision, hit = told(RULES[rule_id], 0)
    assert rule_id not in hit
    assert isinstance(decision, Allow)


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_an_unlawful_message_is_stopped_or_shown(rule_id: str) -> None:
    rule = RULES[rule_id]
    decision, hit = told(rule, 1)
    assert rule_id in hit
    assert isinstance(decision, Allow) == rule.warns


def test_every_check_type_has_its_pair() -> None:
    assert {one.check.type for one in RULES.values()} <= set(PAIRS)

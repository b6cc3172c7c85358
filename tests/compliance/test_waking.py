"""A sleeping rule has nothing to say, and an answer that stands is the answer: asking anew changes no decision."""

from __future__ import annotations

from datetime import datetime

import pytest
from attrs import evolve

from loansms.compliance import Context, RulePack, evaluate
from loansms.compliance.files import packaged_names
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.plain import plain
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


def asked_each_time(name: str) -> RulePack:
    """Return a pack of its own of which no answer is kept."""
    shipped = RulePack.load(name)
    pack = RulePack.of(shipped.rules, jurisdiction=shipped.jurisdiction, countries=shipped.countries)
    for one in pack.bound:
        object.__setattr__(one, "stands", None)
    return pack


def told(message: Draft, context: Context, pack: RulePack, now: datetime) -> object:
    """Return the whole decision, every reason in its place, or the error that a zone nobody knows ends in."""
    try:
        return evaluate(message, context, [pack], now)
    except CallerError as wrong:
        return str(wrong)


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


@pytest.mark.parametrize("name", packaged_names())
def test_an_answer_that_stands_is_the_one_given_when_asked(name: str) -> None:
    kept, anew = RulePack.load(name), asked_each_time(name)
    for rule in kept.rules:
        for made in pair_of(rule):
            trial = made(rule)
            place = "DE" if trial.context.jurisdiction == "EU" else trial.context.jurisdiction
            context = evolve(trial.context, jurisdiction=place)
            # Asked twice, in the place of the trial and elsewhere: what was kept of one is not told of the other.
            for zones in (context.zones, ("Pacific/Honolulu", "Asia/Shanghai")):
                asked = trial.message, evolve(context, zones=zones)
                assert told(*asked, kept, trial.now) == told(*asked, anew, trial.now), rule.id


def test_the_same_text_is_judged_the_same_whether_it_was_cut_into_sentences_or_not() -> None:
    for text in ("您已逾期，請还款。", "ＡＢＣ 征.信 ①", "Pay now! Or else...", "", "欠款\u200b 12元；還款"):
        words, reading = plain(text), read(text)
        assert words.plain == reading.plain
        assert words.normalised == reading.normalised

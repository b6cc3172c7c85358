"""What is asked once and kept, and what rules say of a kind of message before there is any account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from loansms.compliance import Applies, Authority, Rule, RulePack, Severity
from loansms.compliance.asked import Asked
from loansms.compliance.at_best import AtBest, at_best
from loansms.compliance.checks.recipients import FACTS
from loansms.compliance.checks.standing import standing
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import CheckSpec
from loansms.model import Channel, Draft, Party, Purpose
from tests.compliance.cases import context, draft
from tests.compliance.test_survivors import NOW, codes, ours

Params = dict[str, Any]
DAYTIME: Params = {"allow": [{"days": "mon-sun", "from": "08:00", "to": "20:00"}]}
FEW: Params = {"key": ["debtor"], "count": 2, "period": {"kind": "calendar"}}


# What stands.


@pytest.mark.parametrize(
    ("check", "params", "changes"),
    [
        ("window", DAYTIME, {"consents"}),
        ("window", {"source": "consumer_designations"}, None),
        ("window", {**DAYTIME, "honour": "consumer_designations"}, None),
        ("window", {**DAYTIME, "void_if": ["days_past_due>15"]}, None),
        ("window", {**DAYTIME, "scrub": "DND"}, None),
        ("calendar_day", {"deny_days": ["除夕", "春节初一"]}, set[str]()),
        ("recipient_role", {"allow": ["borrower"]}, FACTS),
        ("cap", FEW, None),
        ("length", {"max_chars": 70}, None),
    ],
)
def test_only_what_facts_alone_can_change_is_asked_once(
    check: str, params: Params, changes: set[str] | None
) -> None:
    assert standing(check_of(CheckSpec(check, params), "here")) == changes


def test_hours_are_kept_for_everybody_until_a_fact_may_lift_them() -> None:
    rules = (ours("window", **DAYTIME), evolve(ours("cap", **FEW), id="FEW"))
    mild = evolve(rules[0], id="MILD", severity=Severity.WARN)
    known = context("CA")
    asked = Asked.of(
        RulePack.of((*rules, mild), jurisdiction="CA").bound,
        served=True,
        message=Draft(purpose=Purpose.COLLECTION, channel=Channel.SMS),
        context=evolve(known, zones=()),
    )

    def kept(*facts: str) -> tuple[set[str], set[str]]:
        found = asked.awake(False, False, False, facts)
        return {one.rule.id for _, one in found.standing}, {one.rule.id for _, one in found.asking}

    assert kept() == kept("unheard_of") == ({"OURS"}, {"FEW", "MILD"})
    assert kept("consents") == (set(), {"OURS", "FEW", "MILD"})
    told = asked.awake(False, False, False, ()).told
    ((order, hit),) = told(evolve(known, zones=("Asia/Tokyo",)))
    assert hit.window is not None
    assert (order[0], hit.reason.rule_id, hit.window.zones) == (asked.rules[0].rank, "OURS", ("Asia/Tokyo",))
    ((_, other),) = told(evolve(known, zones=("Asia/Seoul",)))
    assert other.window is not None
    assert other.window.zones == ("Asia/Seoul",)


def test_what_was_kept_for_one_reader_is_no_answer_for_another() -> None:
    rule = ours("recipient_role", allow=["borrower"], verify_identity_first=True)
    unverified = {"identity_verified": False}
    for facts, said in ({}, set[str]()), (unverified, {"identity_not_verified"}), ({}, set[str]()):
        assert codes(rule, facts=facts) == said


# At best.


def best(
    *rules: Rule, purpose: Purpose = Purpose.COLLECTION, place: str = "CA", dpd: int = 5, **kind: Any
) -> AtBest:
    known = [(one, check_of(one.check, "here")) for one in rules]
    return at_best(known, draft(purpose, **kind), place, date(2026, 4, 20), dpd)


@pytest.mark.parametrize(
    ("place", "zone"), [("CN", "Asia/Shanghai"), ("US-CA", "America/Los_Angeles"), ("US", "America/New_York")]
)
def test_a_policy_is_judged_at_noon_of_the_likeliest_clock_of_a_place(place: str, zone: str) -> None:
    got = best(ours("window", **DAYTIME), place=place)
    assert (got.place, got.at) == (place, datetime(2026, 4, 20, 12, tzinfo=ZoneInfo(zone)))
    ((why, window),) = got.hours
    assert (why.rule_id, window.zones) == ("OURS", (zone,))
    assert (got.blocks, got.limits, got.house) == ((), (), frozenset())


def test_caps_are_told_with_those_of_the_lenders_own_choice_by_name() -> None:
    law = evolve(ours("cap", **{**FEW, "count": 3}), id="LAW", authority=Authority.LAW)
    got = best(ours("cap", **FEW), law)
    assert [one.count for one in got.limits] == [2, 3]
    assert not got.blocks
    assert not got.hours
    assert got.house == {"OURS"}


@pytest.mark.parametrize(
    ("check", "params", "kind", "refused"),
    [
        ("recipient_role", {"allow": ["borrower"]}, {}, False),
        ("recipient_role", {"allow": ["guarantor"]}, {}, True),
        ("require_consent", {"kind": "sms"}, {}, False),
        ("require_consent", {"kind": "express"}, {"purpose": Purpose.MARKETING}, False),
        ("cap", {**FEW, "needs": "consent_sms", "count": 0}, {}, True),
        ("cap", {**FEW, "without": "consent_sms", "count": 0}, {}, False),
    ],
)
def test_only_what_no_agreement_cures_is_refused_to_everybody(
    check: str, params: Params, kind: Params, refused: bool
) -> None:
    got = best(ours(check, **params), **kind)
    assert [one.rule_id for one in got.blocks] == (["OURS"] if refused else [])


@pytest.mark.parametrize(("dpd", "limited"), [(29, False), (30, True)])
def test_a_cap_on_late_debts_is_judged_on_the_day_that_a_step_goes(dpd: int, limited: bool) -> None:
    assert bool(best(ours("cap", **FEW, min_days_past_due=30), dpd=dpd).limits) == limited


@pytest.mark.parametrize(
    ("applies", "severity", "binds"),
    [
        ({}, Severity.BLOCK, True),
        ({"party": Party.FIRST.value}, Severity.BLOCK, True),
        ({"party": Party.THIRD.value}, Severity.BLOCK, False),
        ({"recipient_roles": ("guarantor",)}, Severity.BLOCK, False),
        ({"recipient_roles": ("guarantor", "borrower")}, Severity.BLOCK, True),
        ({}, Severity.WARN, False),
    ],
)
def test_a_rule_for_others_and_a_warning_prove_nothing_of_a_policy(
    applies: Params, severity: Severity, binds: bool
) -> None:
    rule = evolve(ours("cap", **FEW), applies=Applies(**applies), severity=severity)
    assert bool(best(rule).limits) == binds


def test_a_pack_answers_for_its_own_places_with_what_stands_beside_it() -> None:
    state = evolve(ours("cap", **{**FEW, "count": 1}), id="STATE", jurisdiction="US-MA")
    named = evolve(ours("cap", **{**FEW, "count": 0}, providers=["aliyun"]), id="NAMED")
    pack = RulePack.of([evolve(ours("cap", **FEW), jurisdiction="US"), state, named], jurisdiction="US")
    house = RulePack.of([evolve(ours("cap", **{**FEW, "count": 7}), id="HOUSE")], jurisdiction="*")
    abroad = RulePack.of([evolve(ours("cap", **{**FEW, "count": 9}), id="ABROAD")], jurisdiction="CA")
    told = pack.at_best(draft(), NOW.date(), 5, [house, abroad, pack])
    assert {one.place: [limit.count for limit in one.limits] for one in told} == {
        "US": [2, 7],
        "US-MA": [2, 1, 7],
    }
    assert [one.house for one in told] == [{"OURS", "HOUSE"}, {"OURS", "STATE", "HOUSE"}]
    assert house.at_best(draft(), NOW.date(), 5) == ()

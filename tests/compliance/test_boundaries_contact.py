"""What a clerk would be told wrongly who asks before there is a message: who asks, of whom, with which facts."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any, cast

import pytest
from attrs import evolve

from loansms.calendars import calendar_for
from loansms.compliance import (
    Applies,
    Rule,
    RulePack,
    contact_decision,
    review_text,
)
from loansms.compliance.checks.flags import flags
from loansms.compliance.checks.hit import Case
from loansms.compliance.consents import records_of
from loansms.compliance.facts import agreements, day, moment, records, whole
from loansms.errors import CallerError
from loansms.model import (
    Allow,
    Channel,
    Contact,
    ContactKind,
    Decision,
    Defer,
    Deny,
    Party,
)
from loansms.privacy import Secret
from tests.compliance.cases import DAY, context, draft, local
from tests.compliance.test_survivors import NOW, codes, ours

STOP = ours("suppression", flag="hardship")


def packed(*rules: Rule, **more: Any) -> RulePack:
    return RulePack.of(rules, **{"jurisdiction": "CA", **more})


# A question without a message.


def contacted(**more: Any) -> Decision:
    known: dict[str, Any] = {
        "jurisdiction": "CA",
        "purpose": "collection",
        "channel": "sms",
        "now": NOW,
        "zones": ("America/Toronto",),
        "packs": [packed(STOP)],
        **more,
    }
    return contact_decision(**known)


@pytest.mark.parametrize(
    ("facts", "party"),
    [
        ({}, "third"),
        ({"third_party": True}, "third"),
        ({"third_party": False}, "first"),
        ({"third_party": "no"}, "third"),
        ({"party": "first"}, "first"),
        ({"party": Party.THIRD, "third_party": False}, "third"),
    ],
)
def test_who_asks_is_taken_for_an_agency_until_they_say_otherwise(facts: dict[str, Any], party: str) -> None:
    for of in ("first", "third"):
        pack = packed(evolve(STOP, applies=Applies(party=of)))
        got = contacted(packs=[pack], facts={"hardship": True, **facts})
        assert isinstance(got, Deny) == (of == party)


@pytest.mark.parametrize(
    ("facts", "rule", "stopped"),
    [
        (
            {"provider": "aliyun_cn", "text": "好" * 9},
            ours("length", max_chars=5, providers=["aliyun"]),
            True,
        ),
        ({"text": "好" * 9}, ours("length", max_chars=5, providers=["aliyun"]), False),
        ({"text": "好" * 9}, ours("length", max_chars=5), True),
        ({"text": 3}, ours("length", max_chars=5), False),
        ({"text": "好" * 4}, ours("length", max_chars=5, includes=["signature"]), False),
        ({"text": "好" * 4, "signature": "安信"}, ours("length", max_chars=5, includes=["signature"]), True),
        ({}, evolve(STOP, applies=Applies(recipient_roles=("guarantor",))), False),
        (
            {"recipient_role": "guarantor"},
            evolve(STOP, applies=Applies(recipient_roles=("guarantor",))),
            True,
        ),
        ({"opted_out": True}, ours("suppression", flag="opted_out"), True),
        ({"opted_out": "yes"}, ours("suppression", flag="opted_out"), False),
        ({"consent_sms": False}, ours("require_consent", kind="sms"), True),
        ({"consent_sms": True}, ours("require_consent", kind="sms"), False),
        ({"region": "QC"}, evolve(STOP, jurisdiction="CA-QC"), True),
        ({}, evolve(STOP, jurisdiction="CA-QC"), False),
    ],
)
def test_what_a_question_says_of_the_message_is_asked(
    facts: dict[str, Any], rule: Rule, stopped: bool
) -> None:
    assert isinstance(contacted(packs=[packed(rule)], facts={"hardship": True, **facts}), Deny) == stopped


@pytest.mark.parametrize(("given", "stopped"), [(True, False), (False, True), ("yes", True), (None, True)])
def test_a_question_takes_a_plain_yes_to_marketing_and_nothing_else(given: Any, stopped: bool) -> None:
    pack = packed(ours("require_consent", kind="express"))
    facts = {} if given is None else {"consent_marketing": given}
    got = contacted(purpose="marketing", packs=[pack], facts=facts)
    assert isinstance(got, Deny) == stopped


def test_past_contacts_are_read_as_values_and_as_triples_from_both_places() -> None:
    cap = ours("cap", key=["debt"], count=2, period={"kind": "rolling", "days": 7})
    yesterday = NOW - DAY
    triple = ("sms", yesterday, "message")
    value = Contact(channel=Channel.SMS, at=yesterday, kind=ContactKind.MESSAGE)
    ask = {"packs": [packed(cap)]}
    assert isinstance(contacted(past_contacts=[triple], **ask), Allow)
    assert isinstance(contacted(past_contacts=[triple], facts={"past_contacts": [value]}, **ask), Deny)
    assert isinstance(contacted(past_contacts=[triple, triple], **ask), Deny)
    # A contact of another loan is none of this debt's.
    for loan, stopped in (("L-1", True), ("L-2", False)):
        theirs = {"past_contacts": [evolve(value, loan_id="L-1")], "loan_id": loan}
        assert isinstance(contacted(past_contacts=[triple], facts=theirs, **ask), Deny) == stopped
    # A bare triple counts as one of the purpose that is asked about.
    marketing = evolve(cap, applies=Applies(classes=("marketing",)))
    both = {"past_contacts": [triple, triple], "packs": [packed(marketing)]}
    assert isinstance(contacted(purpose="marketing", **both), Deny)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"purpose": "gossip"}, "^purpose: expected one of otp, security_alert,"),
        ({"channel": "pigeon"}, "^channel: expected one of sms, mms,"),
        ({"facts": {"party": "second"}}, "^party: expected one of first, third"),
        ({"facts": {"recipient_role": "cat"}}, "^recipient_role: expected one of borrower, co_borrower,"),
        ({"past_contacts": [("pigeon", NOW, "message")]}, "^past_contacts: channel: expected one of sms"),
        ({"past_contacts": [("sms", NOW, "wink")]}, "^past_contacts: kind: expected one of attempt"),
    ],
)
def test_a_word_nobody_knows_is_told_with_those_that_are_known(more: dict[str, Any], told: str) -> None:
    with pytest.raises(CallerError, match=told) as wrong:
        contacted(**more)
    assert "应为" in wrong.value.zh


def test_a_question_takes_the_zones_of_its_facts_then_its_own_then_all_of_the_place() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "21:00"}]
    ask = {
        "packs": [packed(ours("window", allow=allow))],
        "now": local("2026-09-24T10:00", "America/Toronto"),
    }
    assert isinstance(contacted(**ask), Allow)
    assert isinstance(contacted(facts={"zones": ("America/Vancouver",)}, **ask), Defer)
    assert isinstance(contacted(zones=(), **ask), Defer)
    assert isinstance(contacted(zones=(), facts={"zones": ["America/Toronto"]}, **ask), Allow)


def test_a_question_is_put_to_the_rules_in_force_on_its_day() -> None:
    for on, told in (("2026-04-30", False), ("2026-05-01", True)):
        got = contacted(jurisdiction="CN", purpose="marketing", packs=None, now=local(f"{on}T10:30"))
        assert isinstance(got, Deny)
        assert ("CN-SMS-01" in {one.rule_id for one in got.reasons}) == told


def test_a_question_about_a_state_is_put_to_the_pack_of_its_country() -> None:
    facts = {"third_party": False, "consent_sms": True}
    at = local("2026-09-24T10:30", "America/New_York")
    ask = {"jurisdiction": "US-NY", "zones": ("America/New_York",), "packs": None, "now": at}
    assert isinstance(contacted(facts=facts, **ask), Allow)
    assert isinstance(contacted(facts={**facts, "opted_out": True}, **ask), Deny)


# Facts as people write them.


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-09-24T10:00:00-04:00", True),
        ("2026-09-24T10:00:00", False),
        ("2026-09-24", False),
        ("soon", False),
        (NOW, True),
        (datetime(2026, 9, 24), False),
        (date(2026, 9, 24), False),
        (3, False),
        (None, False),
    ],
)
def test_a_moment_has_a_zone_or_is_none(given: object, read: bool) -> None:
    assert (moment(given) is not None) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-09-24", True),
        ("2026-09-24T24:00+08:00", True),
        ("2026-9-24", False),
        ("24.09.2026", False),
        (NOW, True),
        (date(2026, 9, 24), True),
        (20260924, False),
        (None, False),
    ],
)
def test_a_day_is_the_date_it_names(given: object, read: bool) -> None:
    assert day(given) == (date(2026, 9, 24) if read else None)
    assert type(day(given)) in (date, type(None))


def test_lists_and_numbers_of_facts_are_read_as_what_they_are() -> None:
    assert records([{"a": 1}, 3, None]) == records(({"a": 1},)) == ({"a": 1},)
    assert records({"a": 1}) == records(None) == records("x") == ()
    assert (whole(3), whole(0), whole(True), whole("3"), whole(3.0), whole(None)) == (3, 0, *[None] * 4)
    facts = {"consents": [{"scope": "a", "given_to": "collector"}, {"scope": "a"}, {"scope": "b"}]}
    assert len(agreements(facts, "a")) == 2
    assert agreements(facts, "a", "collector") == ({"scope": "a", "given_to": "collector"},)
    assert agreements(facts, "a", "creditor") == agreements({}, "a") == ()


class Theirs(Enum):
    """Words as a host's own system keeps them."""

    FIRST = "first"
    THIRD = "third"
    RELATIVE = "relative"
    EMAIL = "email"
    MARKETING = "marketing"


def test_a_word_of_the_hosts_own_enum_is_read_by_its_value() -> None:
    facts: dict[str, Any] = {"jurisdiction": "US", "message_class": "collection"}
    for party in (Theirs.THIRD, "third"):
        found = review_text("hello", facts={**facts, "party": party}).findings
        assert {one.rule_id for one in found} >= {"US-REGF-OPT", "US-REGF-MINI"}
    assert not review_text("借款已逾期3天,请还款", recipient_role=cast("Any", Theirs.RELATIVE)).allowed
    assert flags(context(facts={"opt_outs": [{"channel": Theirs.EMAIL}]}), Channel.SMS) == {
        "marketing_refused"
    }
    assert "medium_or_address_refused" in flags(
        context(facts={"opt_outs": [{"channel": Theirs.EMAIL}]}), Channel.EMAIL
    )
    one = {"at": NOW, "purposes": [Theirs.MARKETING], "channels": [Theirs.EMAIL]}
    assert len(records_of(context(facts={"consents": [one]}))) == 1
    rule = ours("scope", reg_f="x")
    assert codes(rule, facts={"party": Theirs.THIRD}) == {"acts_as_collector"}
    assert codes(rule, facts={"party": Theirs.FIRST}) == set()


def test_a_case_shows_nothing_of_the_text_it_judges() -> None:
    text = "您尾号6612的贷款本期应还1035元"
    case = Case(
        message=draft(text=Secret(text)),
        context=context("CA"),
        now=NOW,
        calendar=calendar_for("CA"),
    )
    assert case.reading is not None
    assert case.flags == frozenset()
    assert text not in repr(case)
    assert "reading" not in repr(case)


@pytest.mark.parametrize(("opted_out", "stopped"), [(True, True), (False, False), (None, False)])
def test_only_who_did_opt_out_is_taken_to_have(opted_out: bool | None, stopped: bool) -> None:
    facts: dict[str, Any] = {"consent_sms": True, "opted_out": opted_out}
    now = local("2026-09-24T10:00")
    got = contact_decision(jurisdiction="CN", purpose="collection", channel="sms", now=now, facts=facts)
    assert isinstance(got, Allow) != stopped

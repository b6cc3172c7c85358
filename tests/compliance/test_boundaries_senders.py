"""Who may send what to whom on which road: the facts of a sender's own working, each at its edge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import NOTHING, fields

from loansms.calendars import calendar_for
from loansms.compliance import RulePack, evaluate
from loansms.compliance.checks.flags import flags, opt_outs
from loansms.compliance.checks.hit import Case, Effect, blocked
from loansms.compliance.checks.hours import Hours
from loansms.compliance.checks.inbound import refusal
from loansms.compliance.checks.providers import concerns, plain_name
from loansms.compliance.checks.registration import registered, told
from loansms.compliance.checks.table import REGISTERS, TYPES, VARIANTS, check_of
from loansms.compliance.rule import CheckSpec
from loansms.errors import PackError
from loansms.model import Allow, Channel, ContactKind, Party, Purpose, RecipientRole
from loansms.privacy import Secret
from tests.compliance.cases import DAY, context, draft, sent
from tests.compliance.test_survivors import NOW, ask, codes, ours

TORONTO = "America/Toronto"
TODAY = date(2026, 9, 24)
Params = dict[str, Any]

# A parameter that a pack leaves out asks for nothing, but for these.
SAID = {
    "Cap": {"unit": "message"},
    "RequireConsent": {"kind": "safe_harbor", "not_opted_out": True, "within_days": 60},
    "Cooldown": {
        "after": "telephone_conversation",
        "first_day": "date_of_conversation",
        "either_party_started": True,
    },
    "NeedsFacts": {"mode": "soft"},
    "Hours": {"from_inclusive": True, "on": "any"},
}
CHECKS: set[type[Any]] = {
    Hours,
    *TYPES.values(),
    *REGISTERS.values(),
    *(one for several in VARIANTS.values() for one in several.values()),
}


def named(kind: Any) -> str:
    return str(kind.__name__)


@pytest.mark.parametrize("kind", sorted(CHECKS, key=named), ids=named)
def test_a_parameter_that_a_pack_leaves_out_asks_for_nothing(kind: Any) -> None:
    default = {one.name: one.default for one in fields(kind) if one.default is not NOTHING}
    assert {name: one for name, one in default.items() if one} == SAID.get(kind.__name__, {})


def said(check: str, facts: dict[str, Any], now: datetime = NOW, **params: Any) -> list[str]:
    known = {name: params.pop(name) for name in ("party", "provider", "purpose") if name in params}
    got = ask(ours(check, **params), now, facts=facts, **known)
    return [f"{one.code}{one.message.removeprefix('Ours.')}" for one in got.reasons]


def refused(check: str, told_: str, **params: Any) -> None:
    with pytest.raises(PackError, match=told_):
        check_of(CheckSpec(check, params), "here")


def test_the_strictest_effect_is_sorted_first() -> None:
    assert sorted(Effect) == [Effect.BLOCK, Effect.HOURS, Effect.WARN]
    assert [one.value for one in Effect] == [0, 1, 2]
    hit = blocked(ours("length", max_chars=70), "told", retry_at=NOW)
    assert (hit.effect, hit.retry_at, hit.window) == (Effect.BLOCK, NOW, None)
    assert (hit.softened().effect, hit.softened().retry_at) == (Effect.WARN, None)


# Registers.


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        (True, True),
        (False, False),
        ("2026-09-24", True),
        ("2026-09-23", False),
        (TODAY, True),
        (TODAY - DAY, False),
        ("soon", False),
        (None, False),
        (1, False),
        ({}, False),
        ({"mobile": True, "unicom": "2026-09-24"}, True),
        ({"mobile": True, "unicom": "2026-09-23"}, False),
        ({"mobile": {"a": True}, "unicom": {"a": False}}, False),
    ],
)
def test_a_registration_stands_to_the_end_of_its_last_day(state: object, stands: bool) -> None:
    assert registered(state, TODAY) == stands
    facts = {"registrations": {"sender": state, "other": False}}
    assert said("registration", facts, what="sender") == (
        [] if stands else ["not_registered (not registered: sender)"]
    )


def test_each_thing_that_must_be_registered_is_told() -> None:
    facts = {"registrations": {"sender": False, "brand": False, "other": False}}
    assert said("registration", facts, what=["sender", "brand", "port"]) == [
        "not_registered (not registered: sender)",
        "not_registered (not registered: brand)",
    ]
    nothings: tuple[Params, ...] = (
        {},
        {"registrations": {}},
        {"registrations": "x"},
        {"registrations": None},
    )
    for nothing in nothings:
        assert said("registration", nothing, what="sender") == []


@pytest.mark.parametrize(
    ("what", "facts", "codes_"),
    [
        ("campaign", {"campaign_content": "loans"}, ["content_refused (loans)"]),
        (
            "campaign",
            {"campaign_content": ["SHAFT", "loans"]},
            ["content_refused (SHAFT)", "content_refused (loans)"],
        ),
        ("campaign", {"campaign_content": "news"}, []),
        ("campaign", {"sender_number_kind": "loans"}, []),
        ("sender_number", {"sender_number_kind": "loans"}, ["content_refused (loans)"]),
        ("sender_number", {"campaign_content": "loans"}, []),
        ("campaign", {}, []),
    ],
)
def test_a_register_takes_no_content_that_the_rule_forbids(
    what: str, facts: dict[str, Any], codes_: list[str]
) -> None:
    assert said("registration", facts, what=what, forbid=["SHAFT", "loans"]) == codes_
    assert said("registration", facts, what=what) == []


def test_words_of_a_fact_are_one_or_several() -> None:
    assert told("a") == told(["a"]) == told(("a",)) == told({"a"}) == told(frozenset({"a"})) == {"a"}
    assert told([1, "b"]) == {"1", "b"}
    assert told(3) == told(None) == told({"a": 1}) == set()


@pytest.mark.parametrize(
    ("signature", "wrong"),
    [("安", True), ("安信", False), ("安信示例", False), ("安信示例行", True), ("【安】", True), ("", False)],
)
def test_a_signature_is_as_long_as_the_form_takes(signature: str, wrong: bool) -> None:
    rule = ours("registration", what="signature_format", length=[2, 4], **Params({"from": ["brand"]}))
    pack = RulePack.of([rule], jurisdiction="CA")
    by_message = evaluate(draft(signature=signature), context("CA"), [pack], NOW)
    by_fact = evaluate(draft(signature=""), context("CA", facts={"signature": signature}), [pack], NOW)
    for got in (by_message, by_fact):
        assert [one.code for one in got.reasons] == (["signature_format"] if wrong else [])
    for source, stopped in (("brand", False), ("wish", True), (None, False)):
        known = context("CA", facts={"signature_source": source})
        got = evaluate(draft(signature="安信"), known, [pack], NOW)
        assert [one.message for one in got.reasons] == (["Ours. (signature_source)"] if stopped else [])
        assert evaluate(draft(signature=""), known, [pack], NOW) == Allow()


@pytest.mark.parametrize(
    ("facts", "stopped"),
    [
        ({"vendor_violence_record": True}, True),
        ({"vendor_violence_record": False}, False),
        ({"vendor_violence_record": "yes"}, False),
        ({"registrations": {"collection_vendor": False}}, True),
        ({"registrations": {"collection_vendor": True}}, False),
        ({"registrations": {"collection_vendor": None}}, False),
        ({"registrations": {}}, False),
        ({"registrations": False}, False),
    ],
)
def test_an_agency_with_a_record_of_violence_collects_for_nobody(
    facts: dict[str, Any], stopped: bool
) -> None:
    got = said("registration", facts, what="collection_vendor_registry")
    assert got == (["vendor_refused"] if stopped else [])


# Roads.


@pytest.mark.parametrize(
    ("forbid", "facts", "purpose", "stopped"),
    [
        ("marketing_on_notice_port", {"route_class": "notice"}, Purpose.MARKETING, True),
        ("marketing_on_notice_port", {"template_class": "notice"}, Purpose.MARKETING, False),
        ("marketing_on_notice_template", {"template_class": "notice"}, Purpose.MARKETING, True),
        ("marketing_on_notice_template", {"route_class": "notice"}, Purpose.MARKETING, False),
        ("marketing_on_notice_port", {"route_class": "marketing"}, Purpose.MARKETING, False),
        ("marketing_on_notice_port", {"route_class": "notice"}, Purpose.COLLECTION, False),
    ],
)
def test_a_road_of_notices_carries_no_advertisement(
    forbid: str, facts: dict[str, Any], purpose: Purpose, stopped: bool
) -> None:
    got = said("registration", facts, what="route_class", forbid=[forbid], purpose=purpose)
    assert got == ([f"route_class ({forbid})"] if stopped else [])
    refused(
        "registration", "forbid: expected some of marketing_on_notice_port", what="route_class", forbid=[]
    )
    refused("registration", "forbid: expected some of", what="route_class", forbid=["fun"])


@pytest.mark.parametrize(
    ("provider", "facts", "told_"),
    [
        ("aliyun", {}, ["content_refused (route: carrier)"]),
        ("Aliyun_CN", {}, ["content_refused (route: carrier)"]),
        ("aliyun", {"registrations": {"finance_contract": True}}, []),
        ("aliyun", {"registrations": {"finance_contract": "soon"}}, ["content_refused (route: carrier)"]),
        ("huawei", {}, []),
        ("sandbox", {}, []),
    ],
)
def test_a_provider_that_refuses_lenders_is_told_before_it_refuses(
    provider: str, facts: dict[str, Any], told_: list[str]
) -> None:
    providers = {"aliyun_cn": "refused by contract", "huawei": "not refused"}
    terms: Params = {"what": "industry_acceptance", "providers": providers}
    assert said("registration", facts, provider=provider, suggest="carrier", **terms) == told_
    assert said("registration", facts, provider=provider, **terms) == (["content_refused"] if told_ else [])


@pytest.mark.parametrize(
    ("facts", "more", "names"),
    [
        ({"route": "10DLC", "campaign_content": "SHAFT"}, {}, ["SHAFT"]),
        ({"channel": "10-dlc", "campaign_content": "SHAFT"}, {}, ["SHAFT"]),
        ({"route": "short_code", "channel": "10dlc", "campaign_content": "SHAFT"}, {}, []),
        ({"campaign_content": "SHAFT"}, {}, []),
        ({"route": "10dlc", "campaign_content": "news"}, {}, []),
        ({"route": "10dlc"}, {"party": Party.THIRD}, ["third_party_collection"]),
        (
            {"route": "10dlc", "campaign_content": "SHAFT"},
            {"party": Party.THIRD},
            ["SHAFT", "third_party_collection"],
        ),
        ({"route": "10dlc", "owed": False}, {"party": Party.THIRD}, ["third_party_collection"]),
        ({"route": "10dlc", "owed": False}, {}, ["third_party_collection"]),
        ({"route": "10dlc", "owed": True}, {}, []),
        ({"route": "10dlc"}, {}, []),
    ],
)
def test_a_road_carries_no_content_its_carriers_forbid(
    facts: dict[str, Any], more: dict[str, Any], names: list[str]
) -> None:
    terms: Params = {
        "what": "route_content",
        "forbid": ["SHAFT", "third_party_collection"],
        "routes": ["10DLC", "toll_free"],
    }
    got = said("registration", facts, first_party_ok_if=["owed"], **terms, **more)
    assert got == [f"content_refused ({name})" for name in names]


@pytest.mark.parametrize(
    ("named", "provider", "asked"),
    [
        ((), "any", True),
        (("aliyun_cn",), "ALIYUN", True),
        (("direct-carrier",), "direct carrier", True),
        (("a", "b"), "b_cn", True),
        (("a", "b"), "c", False),
        (("cn",), "_cn", False),
    ],
)
def test_a_provider_is_known_however_it_is_spelt(named: tuple[str, ...], provider: str, asked: bool) -> None:
    assert concerns(named, provider) == asked
    assert plain_name(" Direct-Carrier_CN ") == "directcarrier"


# How rules are asked at all.


@pytest.mark.parametrize(
    ("facts", "stopped"),
    [
        ({}, False),
        ({"decided_at": (NOW - timedelta(microseconds=1)).isoformat()}, True),
        ({"decided_at": NOW.isoformat()}, False),
        ({"decided_at": (NOW + DAY).isoformat()}, False),
        ({"decided_at": "once"}, False),
    ],
)
def test_what_was_decided_earlier_is_decided_again(facts: dict[str, Any], stopped: bool) -> None:
    assert said("scope", facts, recheck="dispatch_time") == (["decided_earlier"] if stopped else [])


@pytest.mark.parametrize(
    ("key", "stopped"),
    [
        (["debtor", "group"], False),
        (("group", "debtor"), False),
        ("debtor", True),
        (["debtor"], True),
        ([], True),
        (None, False),
    ],
)
def test_contacts_are_counted_by_the_key_of_the_rule(key: object, stopped: bool) -> None:
    got = said("scope", {"counter_key": key}, counter_key=["debtor", "group"])
    assert got == (["counted_apart"] if stopped else [])


@pytest.mark.parametrize(
    ("facts", "party", "stopped"),
    [
        ({}, Party.FIRST, False),
        ({"party": "first"}, Party.FIRST, False),
        ({"party": Party.FIRST}, Party.FIRST, False),
        ({"party": "third"}, Party.FIRST, True),
        ({"party": Party.THIRD}, Party.FIRST, True),
        ({"party": "unknown"}, Party.FIRST, True),
        ({"third_party": True}, Party.FIRST, True),
        ({"third_party": "yes"}, Party.FIRST, False),
        ({"third_party": True}, Party.THIRD, False),
        ({"party": None}, Party.FIRST, False),
    ],
)
def test_a_lender_whose_facts_speak_of_an_agency_is_in_doubt(
    facts: dict[str, Any], party: Party, stopped: bool
) -> None:
    assert said("scope", facts, content_check={"unknown": "third"}, party=party) == (
        ["party_in_doubt"] if stopped else []
    )
    assert said("scope", facts, reg_f="x", party=party) == (["acts_as_collector"] if stopped else [])


def test_a_lender_that_collects_in_another_name_is_a_collector() -> None:
    for value, stopped in ((True, True), ("yes", False), (False, False)):
        facts = {"collects_in_another_name": value}
        assert said("scope", facts, reg_f="x") == (["acts_as_collector"] if stopped else [])
        assert said("scope", facts, reg_f="x", party=Party.THIRD) == []


@pytest.mark.parametrize(
    ("facts", "stopped"),
    [
        ({"production": True, "pack_recalled": ("A",)}, True),
        ({"production": True, "pack_recalled": ()}, False),
        ({"production": True}, False),
        ({"production": False, "pack_recalled": ("A",)}, False),
        ({"production": "yes", "pack_recalled": ("A",)}, False),
        ({"pack_recalled": ("A",)}, False),
    ],
)
def test_production_on_recalled_rules_is_told(facts: dict[str, Any], stopped: bool) -> None:
    assert said("scope", facts, strict_mode="x") == (["pack_not_verified"] if stopped else [])


@pytest.mark.parametrize(
    "word", ["jurisdiction", "message_class", "provider", "recipient_role", "party", "zones"]
)
def test_what_a_send_needs_may_be_named_and_nothing_else(word: str) -> None:
    assert said("scope", {}, required_for_send=[word]) == []
    refused("scope", "required_for_send: expected some of jurisdiction", required_for_send=[word, "luck"])
    refused("scope", "required_for_send: expected some of jurisdiction", required_for_send=[])


def test_the_inputs_that_a_rule_names_are_told_and_no_other() -> None:
    rule = ours("scope", required_for_send=["provider", "zones"])
    (bound,) = RulePack.of([rule], jurisdiction="CA").bound
    for known, missing in (
        ({"provider": "", "party": None}, ["(missing: provider)"]),
        ({"provider": "", "zones": ()}, ["(missing: provider, zones)"]),
        ({"party": None}, []),
        ({}, []),
    ):
        case = Case(message=draft(), context=context("CA", **known), now=NOW, calendar=calendar_for("CA"))
        told_ = [one.reason.message.removeprefix("Ours. ") for one in bound.check.hits(rule, case)]
        assert told_ == missing


# Who is written to.

ROLES = {"allow": ["borrower", "guarantor"]}


@pytest.mark.parametrize(
    ("params", "facts", "role", "told_"),
    [
        ({}, {}, "borrower", set()),
        ({}, {}, "relative", {"recipient_not_allowed"}),
        ({"allow": []}, {}, "borrower", {"recipient_not_allowed"}),
        (
            {"forbid": ["minor_unless_debtor"]},
            {"recipient_is_minor": True},
            "guarantor",
            {"minor_unless_debtor"},
        ),
        ({"forbid": ["minor_unless_debtor"]}, {"recipient_is_minor": True}, "borrower", set()),
        ({"forbid": ["minor_unless_debtor"]}, {"recipient_is_minor": "yes"}, "guarantor", set()),
        ({"forbid": ["minor_unless_debtor"]}, {"recipient_is_elderly": True}, "guarantor", set()),
        (
            {"forbid": ["elderly_unless_debtor"]},
            {"recipient_is_elderly": True},
            "guarantor",
            {"elderly_unless_debtor"},
        ),
        ({"forbid": ["elderly_unless_debtor"]}, {"recipient_is_elderly": True}, "borrower", set()),
        (
            {"forbid": ["workplace_without_reason"]},
            {"workplace": True},
            "borrower",
            {"workplace_without_reason"},
        ),
        (
            {"forbid": ["workplace_without_reason"]},
            {"workplace": True, "workplace_reason": True},
            "borrower",
            set(),
        ),
        (
            {"forbid": ["workplace_without_reason"]},
            {"workplace": True, "workplace_reason": "x"},
            "borrower",
            {"workplace_without_reason"},
        ),
        ({"forbid": ["poster", "humiliation", "harassment", "demand_on_others"]}, {}, "borrower", set()),
        (
            {"verify_identity_first": True},
            {"identity_verified": False},
            "borrower",
            {"identity_not_verified"},
        ),
        ({"verify_identity_first": True}, {}, "borrower", set()),
        ({}, {"identity_verified": False}, "borrower", set()),
    ],
)
def test_a_message_goes_to_whom_the_rule_allows(
    params: dict[str, Any], facts: dict[str, Any], role: str, told_: set[str]
) -> None:
    pack = RulePack.of([ours("recipient_role", **ROLES | params)], jurisdiction="CA")
    got = evaluate(draft(recipient=RecipientRole(role)), context("CA", facts=facts), [pack], NOW)
    assert {one.code for one in got.reasons} == told_


@pytest.mark.parametrize(
    "role",
    [
        *RecipientRole,
        "spouse",
        "parent_of_minor",
        "guardian",
        "executor",
        "attorney",
        "creditor",
        "bureau_if_lawful",
    ],
)
def test_a_role_a_source_names_is_known(role: str) -> None:
    assert check_of(CheckSpec("recipient_role", {"allow": [str(role)]}), "here") is not None
    refused("recipient_role", "allow: expected some of attorney, borrower", allow=["neighbour"])
    refused("recipient_role", "forbid: expected some of demand_on_others", forbid=["laughter"])


@pytest.mark.parametrize("kind", ["employer", "public"])
def test_a_banned_address_is_each_of_those_named(kind: str) -> None:
    assert said("channel_ban", {"address_kind": kind}, ban=["employer", "public"]) == ["address_banned"]
    assert said("channel_ban", {"address_kind": "home"}, ban=["employer", "public"]) == []
    refused("channel_ban", "ban: expected kinds of address", ban=[])


# Refusals.


@pytest.mark.parametrize(
    ("known", "channel", "more"),
    [
        ({}, Channel.SMS, True),
        ({"channel": "sms"}, Channel.SMS, True),
        ({"channel": "sms"}, Channel.MMS, True),
        ({"channel": "mms"}, Channel.SMS, True),
        ({"channel": "text"}, Channel.MMS, True),
        ({"channel": "text"}, Channel.VOICE, False),
        ({"channel": "sms"}, Channel.VOICE, False),
        ({"channel": "voice"}, Channel.VOICE, True),
        ({"channel": "voice"}, Channel.SMS, False),
        ({"channel": Channel.SMS}, Channel.SMS, True),
        ({"channel": ""}, Channel.VOICE, True),
        ({"channel": None}, Channel.VOICE, True),
        ({"channel": "any"}, Channel.EMAIL, True),
        ({"address": "this"}, Channel.SMS, True),
        ({"address": "other"}, Channel.SMS, False),
        ({"address": None}, Channel.SMS, False),
    ],
)
def test_a_refusal_reaches_its_medium_and_its_address(
    known: dict[str, Any], channel: Channel, more: bool
) -> None:
    facts = {"opt_outs": [{"at": NOW.isoformat(), **known}]}
    base = {"marketing_refused"}
    assert flags(context(facts=facts), channel) == base | (
        {"medium_or_address_refused", "consent_revoked"} if more else set()
    )
    assert opt_outs(facts, channel) == ((NOW,) if more else ())
    assert opt_outs({"opt_outs": [{"at": "once"}]}, channel) == ()
    assert flags(context(), channel) == frozenset()


def test_a_rule_may_wait_for_any_of_several_flags() -> None:
    both: Params = {"flags": ["hardship", "deceased"]}
    assert said("suppression", {"hardship": True}, **both) == ["hardship"]
    assert said("suppression", {"hardship": True, "deceased": True}, **both) == ["deceased", "hardship"]
    assert said("suppression", {"disputed": True}, **both) == []
    refused("suppression", "either flag or flags", flag="hardship", flags=["deceased"])
    refused("suppression", "either flag or flags")
    refused("suppression", "flag: expected some of attorney_represented, bankruptcy", flag="moonlight")
    refused("suppression", "flag: expected some of", flags=["hardship", "moonlight"])
    for event in ("bereavement", "calamity", "wedding", "festival"):
        assert said("suppression", {event: True}, flag=event) == [event]


@pytest.mark.parametrize(
    ("asked", "past", "answered"),
    [
        (NOW - DAY, [], True),
        (NOW, [], True),
        (NOW + timedelta(microseconds=1), [], False),
        (None, [], False),
        (NOW - DAY, [sent(NOW - DAY)], True),
        (NOW - DAY, [sent(NOW - DAY + timedelta(microseconds=1))], False),
        (NOW - DAY, [sent(NOW)], False),
        (NOW - DAY, [sent(NOW + DAY)], True),
        (NOW - DAY, [sent(NOW - DAY / 2, channel=Channel.VOICE)], True),
        (NOW - DAY, [sent(NOW - DAY / 2, kind=ContactKind.INBOUND_MESSAGE)], True),
        (NOW - DAY, [sent(NOW - DAY / 2, kind=ContactKind.NOT_CONNECTED)], True),
        *(
            (NOW - DAY, [sent(NOW - DAY / 2, kind=one)], False)
            for one in (ContactKind.ATTEMPT, ContactKind.VOICEMAIL, ContactKind.CONVERSATION)
        ),
    ],
)
def test_a_person_who_writes_is_answered_once(
    asked: datetime | None, past: list[Any], answered: bool
) -> None:
    rule = ours("suppression", flag="dispute_open", **Params({"except": ["one_reply"]}))
    facts = {"disputed": True, **({"reply_to": asked.isoformat()} if asked else {})}
    assert (codes(rule, facts=facts, past_contacts=past) == set()) == answered
    strict = ours("suppression", flag="dispute_open", **Params({"except": ["court_order"]}))
    assert codes(strict, facts=facts, past_contacts=past) == {"dispute_open"}


@pytest.mark.parametrize(
    ("flag", "refused_at", "answered"),
    [
        ("medium_or_address_refused", [NOW - 2 * DAY], True),
        ("medium_or_address_refused", [NOW - DAY], False),
        ("medium_or_address_refused", [NOW - 3 * DAY, NOW - DAY / 2], False),
        ("consent_revoked", [NOW - DAY / 2], True),
    ],
)
def test_the_refusal_itself_is_no_question_to_answer(
    flag: str, refused_at: list[datetime], answered: bool
) -> None:
    rule = ours("suppression", flag=flag, **Params({"except": ["reply"]}))
    opted = [{"at": one.isoformat()} for one in refused_at] + [{"at": "once"}]
    facts = {"opt_outs": opted, "reply_to": (NOW - DAY).isoformat()}
    assert (codes(rule, facts=facts) == set()) == answered


@pytest.mark.parametrize(
    ("said_", "words", "stops"),
    [
        ("STOP", ("STOP",), True),
        ("stop stop!", ("STOP",), True),
        ("stopp", ("STOP",), False),
        ("st op", ("STOP",), True),
        ("", ("STOP",), False),
        ("unstop", ("STOP",), False),
        ("stopt", ("STOP", "T"), True),
        ("stoptt", ("STOP", "T"), False),
        ("tstop", ("STOP", "T"), False),
        ("ttt", ("STOP", "T"), True),
        ("tn", ("T", "N"), False),
        ("退订t", ("T",), False),
        ("stopstopall", ("STOP", "STOPALL"), True),
    ],
)
def test_a_refusal_is_the_word_and_nothing_beside_it(said_: str, words: tuple[str, ...], stops: bool) -> None:
    assert refusal(said_, words) == stops
    for given in (said_, Secret(said_)):
        assert bool(codes(ours("inbound_keywords", set=list(words)), facts={"last_inbound": given})) == stops


@pytest.mark.parametrize(
    ("params", "facts", "stops"),
    [
        ({"also": "intent"}, {"last_inbound_intent": "opt_out"}, True),
        ({"also": "intent"}, {"last_inbound_intent": "stop"}, True),
        ({"also": "intent"}, {"last_inbound_intent": "pay"}, False),
        ({}, {"last_inbound_intent": "stop"}, False),
        ({"also": "tone"}, {"last_inbound_intent": "stop"}, False),
        ({}, {"last_inbound": 3}, False),
        ({}, {"last_inbound": Secret(3)}, False),
    ],
)
def test_what_a_person_meant_counts_where_the_rule_says_so(
    params: dict[str, Any], facts: dict[str, Any], stops: bool
) -> None:
    assert bool(said("inbound_keywords", facts, set=["STOP"], **params)) == stops
    refused("inbound_keywords", "set: expected words such as STOP", set=[])
    refused("inbound_keywords", "set: expected words such as STOP", set=["STOP", "!"])


# Keeping of records.


@pytest.mark.parametrize(
    ("params", "facts", "told_"),
    [
        ({"years": 1}, {"records_kept_months": 11}, ["records_kept_too_short (11 of 12 months)"]),
        ({"years": 1}, {"records_kept_months": 12}, []),
        (
            {"years": 1, "months": 6},
            {"records_kept_months": 17},
            ["records_kept_too_short (17 of 18 months)"],
        ),
        ({"months": 1}, {"records_kept_months": 0}, ["records_kept_too_short (0 of 1 months)"]),
        ({"months": 1}, {"records_kept_months": "0"}, []),
        ({"months": 1}, {"record_store": False}, ["no_record_store"]),
        ({"months": 1}, {"record_store": True}, []),
        ({"months": 1}, {"record_store": None, "stored_body": "plain"}, []),
        (
            {"months": 1, "body": "masked"},
            {"record_store": True, "stored_body": "plain"},
            ["body_not_masked"],
        ),
        ({"months": 1, "body": "masked"}, {"record_store": True, "stored_body": "masked"}, []),
        (
            {"months": 1, "otp_body": "never"},
            {"record_store": True, "otp_body_stored": True},
            ["secret_stored"],
        ),
        ({"months": 1, "otp_body": "never"}, {"record_store": True, "otp_body_stored": "no"}, []),
        ({"months": 1}, {"record_store": True, "otp_body_stored": True}, []),
        ({"months": 1, "lender_type": "bank"}, {"record_store": False}, []),
        ({"months": 1, "lender_type": "bank"}, {"record_store": False, "lender_type": "small"}, []),
        (
            {"months": 1, "lender_type": "bank"},
            {"record_store": False, "lender_type": "bank"},
            ["no_record_store"],
        ),
    ],
)
def test_records_are_kept_as_long_as_the_rule_says(
    params: dict[str, Any], facts: dict[str, Any], told_: list[str]
) -> None:
    assert said("retention_min", facts, **params) == told_


def test_a_time_of_keeping_is_above_zero_and_has_an_end() -> None:
    for params in ({}, {"years": 0}, {"months": 0}, {"years": -1, "months": 24}, {"years": 2, "months": -1}):
        refused("retention_min", "expected years or months above zero", **params)
    assert said("retention_max", {"records_kept_for": "unlimited"}, rule="x") == ["records_kept_for_ever"]
    assert said("retention_max", {"records_kept_for": "60 months"}, rule="x") == []

"""The message too many, and the one that could have gone: caps, rests and consents at the instant they turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from loansms.compliance import Applies, RulePack, Severity, cap_limits
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.periods import Period, midnight
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import CheckSpec, Override, Rule
from loansms.errors import PackError
from loansms.model import (
    CapLimit,
    Channel,
    Consent,
    ContactKind,
    Deny,
    Party,
    Purpose,
    Revocation,
)
from tests.compliance.cases import DAY, context, local, sent
from tests.compliance.test_survivors import NOW, ask, codes, ours

TICK = timedelta(microseconds=1)
TORONTO = "America/Toronto"
WEEK: dict[str, Any] = {"kind": "rolling", "days": 7}


def capped(**more: Any) -> Rule:
    return ours("cap", **{"key": ["debtor"], "count": 1, "period": WEEK, **more})


def frees(rule: Rule, **more: Any) -> datetime | None:
    got = ask(rule, **more)
    assert isinstance(got, Deny)
    return got.retry_at


def limits(rule: Rule, **more: Any) -> tuple[CapLimit, ...]:
    known = context("CA", **{"zones": (TORONTO,), **more})
    pack = RulePack.of([rule], jurisdiction="CA")
    return cap_limits(Purpose.COLLECTION, Channel.SMS, known, [pack], NOW)


# The stretch of time.


@pytest.mark.parametrize(
    ("period", "first", "leaves"),
    [
        ({"kind": "rolling"}, NOW - DAY + TICK, NOW + DAY),
        ({"kind": "rolling", "hours": 2}, NOW - timedelta(hours=2) + TICK, NOW + timedelta(hours=2)),
        (
            {"kind": "rolling", "days": 1, "hours": 2, "minutes": 3},
            NOW - timedelta(days=1, hours=2, minutes=3) + TICK,
            NOW + timedelta(days=1, hours=2, minutes=3),
        ),
        ({"kind": "calendar"}, local("2026-09-24T00:00", TORONTO), local("2026-09-25T00:00", TORONTO)),
        (
            {"kind": "calendar", "days": 1},
            local("2026-09-24T00:00", TORONTO),
            local("2026-09-25T00:00", TORONTO),
        ),
        (
            {"kind": "consecutive_calendar_days", "days": 7},
            local("2026-09-18T00:00", TORONTO),
            local("2026-10-01T00:00", TORONTO),
        ),
        (
            {"kind": "consecutive_calendar_days"},
            local("2026-09-24T00:00", TORONTO),
            local("2026-09-25T00:00", TORONTO),
        ),
    ],
)
def test_a_period_begins_and_ends_at_its_instant(
    period: dict[str, Any], first: datetime, leaves: datetime
) -> None:
    one = Period(**period)
    assert one.since(NOW, TORONTO) == first
    assert one.leaves(NOW, TORONTO) == leaves
    rule = capped(period=period)
    assert codes(rule, past_contacts=[sent(first)]) == {"cap_reached"}
    assert codes(rule, past_contacts=[sent(first - TICK)]) == set()
    assert codes(rule, leaves, past_contacts=[sent(NOW)]) == set()
    assert codes(rule, leaves - TICK, past_contacts=[sent(NOW)]) == {"cap_reached"}


def test_a_period_says_how_long_it_is() -> None:
    assert Period(kind="per_revocation").leaves(NOW, TORONTO) is None
    assert Period(kind="per_revocation").length is None
    assert Period(kind="calendar").length is None
    assert Period(kind="rolling").length == timedelta(days=1)
    assert (
        Period(kind="calendar").days_long,
        Period(kind="consecutive_calendar_days", days=3).days_long,
    ) == (1, 3)
    assert midnight(datetime(2026, 9, 24, 3, tzinfo=UTC), TORONTO, 0) == local("2026-09-23T00:00", TORONTO)


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ({"kind": "rolling", "days": 0}, "whole numbers from 1 on"),
        ({"kind": "rolling", "days": 1, "hours": 0}, "whole numbers from 1 on"),
        ({"kind": "rolling", "minutes": 0}, "whole numbers from 1 on"),
        ({"kind": "calendar", "hours": 1}, "for kind rolling alone"),
        ({"kind": "consecutive_calendar_days", "minutes": 1}, "for kind rolling alone"),
        ({"kind": "per_revocation", "days": 1}, "no length for kind per_revocation"),
        ({"kind": "calendar", "days": 2}, "expected 1 for a calendar day"),
    ],
)
def test_a_period_nobody_could_count_is_refused(period: dict[str, Any], told: str) -> None:
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec("cap", {"key": ["debtor"], "count": 1, "period": period}), "here")


def test_the_shortest_periods_are_read() -> None:
    for named in ("days", "hours", "minutes"):
        one: dict[str, Any] = {named: 1}
        assert Period(kind="rolling", **one).length == timedelta(**one)


# What is counted.


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        ("message", {"message"}),
        ("call", {"message", "attempt", "voicemail", "conversation"}),
        ("any", {"message", "attempt", "voicemail", "conversation"}),
        ("connected_call", {"message", "voicemail", "conversation"}),
        ("conversation", {"message", "conversation"}),
        ("unanswered_dial", {"attempt", "not_connected"}),
    ],
)
def test_a_cap_counts_contacts_of_its_unit(unit: str, counted: set[str]) -> None:
    rule = capped(unit=unit)
    assert counted == {
        one.value for one in ContactKind if codes(rule, past_contacts=[sent(NOW - DAY, kind=one)])
    }


@pytest.mark.parametrize(
    ("params", "channel", "counted"),
    [
        ({}, Channel.SMS, True),
        ({}, Channel.VOICE, True),
        ({"pool": "sms"}, Channel.SMS, True),
        ({"pool": ["sms", "mms"]}, Channel.VOICE, False),
        ({"pool": "all"}, Channel.AGENT, True),
        ({"pool": ["*"]}, Channel.VOICE, True),
        ({"pool": ["sms", "visit", "private_message"]}, Channel.SMS, True),
        ({"pool": ["sms", "visit"]}, Channel.VOICE, False),
    ],
)
def test_a_cap_counts_the_roads_of_its_pool(params: dict[str, Any], channel: Channel, counted: bool) -> None:
    past = [sent(NOW - DAY, channel=channel)]
    assert bool(codes(capped(**params), past_contacts=past)) == counted
    assert bool(codes(evolve(capped(**params)), channel=Channel.EMAIL, past_contacts=past)) == (
        counted and params.get("pool", "all") in ("all", ["*"])
    )


def test_one_limit_of_several_may_have_its_own_pool_and_classes() -> None:
    rule = ours(
        "cap",
        key=["debtor"],
        pool=["sms"],
        limits=[
            {"count": 2, "period": WEEK},
            {"count": 1, "period": WEEK, "pool": ["voice", "sms"], "classes": ["collection"]},
        ],
    )
    call, text = sent(NOW - DAY, channel=Channel.VOICE), sent(NOW - DAY)
    notice = sent(NOW - DAY, Purpose.TRANSACTION_NOTICE)
    assert codes(rule, past_contacts=[call]) == {"cap_reached"}
    assert codes(rule, past_contacts=[text]) == {"cap_reached"}
    assert codes(rule, past_contacts=[notice]) == set()
    assert codes(rule, past_contacts=[notice, notice]) == {"cap_reached"}
    assert codes(rule, purpose=Purpose.RELAY, past_contacts=[text]) == set()
    assert codes(rule, channel=Channel.VOICE, past_contacts=[text]) == {"cap_reached"}
    assert [one.count for one in limits(rule)] == [2, 1]


def test_a_cap_of_a_rule_counts_what_the_rule_looks_at() -> None:
    rule = evolve(capped(), applies=Applies(channels=("sms",), classes=("collection",)))
    assert codes(rule, past_contacts=[sent(NOW - DAY)]) == {"cap_reached"}
    assert codes(rule, past_contacts=[sent(NOW - DAY, Purpose.OTP)]) == set()
    assert codes(rule, past_contacts=[sent(NOW - DAY, None)]) == {"cap_reached"}
    assert codes(rule, past_contacts=[sent(NOW - DAY, channel=Channel.VOICE)]) == set()


@pytest.mark.parametrize("key", ["debt", "account"])
@pytest.mark.parametrize(
    ("theirs", "ours_", "counted"),
    [("L-1", "L-1", True), ("L-2", "L-1", False), (None, "L-1", True)],
)
def test_a_contact_of_an_unknown_loan_counts_for_each(
    key: str, theirs: str | None, ours_: str | None, counted: bool
) -> None:
    past = [sent(NOW - DAY, loan_id=theirs)]
    assert bool(codes(capped(key=[key]), past_contacts=past, loan_id=ours_)) == counted
    assert limits(capped(key=[key]))[0].per_loan
    assert not limits(capped(key=["debtor"]))[0].per_loan


@pytest.mark.parametrize(
    ("params", "more", "runs"),
    [
        ({"min_days_past_due": 30}, {"facts": {"days_past_due": 29}}, False),
        ({"min_days_past_due": 30}, {"facts": {"days_past_due": 30}}, True),
        ({"min_days_past_due": 30}, {"facts": {"days_past_due": "29"}}, True),
        ({"min_days_past_due": 30}, {}, True),
        ({}, {"facts": {"days_past_due": 0}}, True),
        ({"needs": "consent"}, {}, False),
        ({"needs": "consent"}, {"consent_sms": True}, True),
        ({"needs": "consent"}, {"consent_sms": False}, False),
        ({"needs": "consent"}, {"facts": {"electronic_consent": True}}, True),
        ({"needs": "consent"}, {"facts": {"electronic_consent": "yes"}}, False),
        ({"without": "consent"}, {}, True),
        ({"without": "consent"}, {"consent_sms": True}, False),
        ({"without": "consent"}, {"facts": {"electronic_consent": True}}, False),
        ({"providers": ["aliyun_cn"]}, {}, False),
        ({"providers": ["aliyun_cn"]}, {"provider": "aliyun"}, True),
    ],
)
def test_a_limit_runs_under_its_conditions(params: dict[str, Any], more: dict[str, Any], runs: bool) -> None:
    rule = capped(**params)
    assert bool(codes(rule, past_contacts=[sent(NOW - DAY)], **more)) == runs
    assert bool(limits(rule, **more)) == runs


@pytest.mark.parametrize(
    ("params", "facts", "text", "told"),
    [
        ({"only_to": "confirms"}, {}, "好", {"not_agreed"}),
        ({"only_to": "confirms"}, {"confirms": "yes"}, "好", {"not_agreed"}),
        ({"only_to": "confirms"}, {"confirms": True}, "好", set()),
        ({"only_to": "confirms"}, {}, None, set()),
        ({}, {}, "好", set()),
        ({"only_to": "confirms", "min_days_past_due": 3}, {"days_past_due": 2}, "好", set()),
    ],
)
def test_a_limit_left_open_to_one_thing_is_closed_to_others(
    params: dict[str, Any], facts: dict[str, Any], text: str | None, told: set[str]
) -> None:
    assert codes(capped(**params), facts=facts, text=text) == told


def test_a_full_cap_says_when_it_has_room_again() -> None:
    hours = [NOW - timedelta(hours=n) for n in (50, 30, 10)]
    past = [sent(at) for at in hours]
    assert frees(capped(count=3), past_contacts=past) == hours[0] + 7 * DAY
    assert frees(capped(count=2), past_contacts=past) == hours[1] + 7 * DAY
    assert frees(capped(count=1), past_contacts=past[::-1]) == hours[2] + 7 * DAY
    assert codes(capped(count=4), past_contacts=past) == set()
    assert frees(capped(count=0)) is None
    assert frees(capped(count=0), past_contacts=past) is None
    day = {"kind": "calendar"}
    assert frees(capped(period=day), past_contacts=past) == local("2026-09-25T00:00", TORONTO)
    several = ours("cap", key=["debtor"], limits=[{"count": 0, "period": WEEK}, {"count": 1, "period": WEEK}])
    assert codes(several) == {"cap_reached"}


def test_a_limit_for_the_store_says_what_the_gate_counted() -> None:
    (rolling,) = limits(capped(count=3))
    assert (rolling.count, rolling.since, rolling.rolling_for) == (3, NOW - 7 * DAY + TICK, 7 * DAY)
    assert (rolling.frees_at, rolling.reason.code) == (None, "cap_reached")
    for kind in ("calendar", "consecutive_calendar_days"):
        (day,) = limits(capped(period={"kind": kind}))
        assert (day.frees_at, day.rolling_for) == (local("2026-09-25T00:00", TORONTO), None)
    calls = capped(count=3, unit="call")
    talk, text = sent(NOW - DAY, kind=ContactKind.CONVERSATION), sent(NOW - DAY)
    assert [one.count for one in limits(calls, past_contacts=[talk, text])] == [2]
    assert [one.count for one in limits(calls, past_contacts=[talk] * 4)] == [0]
    assert limits(capped(), facts={"consents": [{"scope": "more_contacts"}]})
    agreed = evolve(capped(), override=Override("recorded_agreement_with_debtor"))
    assert not limits(agreed, facts={"consents": [{"scope": "more_contacts"}]})
    assert limits(agreed, facts={"consents": [{"scope": "call_this_number"}]})
    assert not limits(evolve(capped(), severity=Severity.WARN))
    assert not limits(evolve(capped(), applies=Applies(classes=("otp",))))
    assert not limits(evolve(capped(), applies=Applies(channels=("voice",))))


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"exclude": ["weekends"]}, "exclude: expected some of attorney_creditor_bureau, misdirected_number"),
        ({"unit": "pigeon"}, "unit: expected one of message, call"),
        ({"pool": "pigeon"}, "pool: expected channels out of agent, email"),
        ({"pool": ["sms", "pigeon"]}, "pool: expected channels out of agent, email"),
        ({"count": -1}, "count: expected 0 or more"),
        ({"count": None}, "expected either count and period, or limits"),
        ({"period": None}, "expected either count and period, or limits"),
        ({"limits": [{"count": 1, "period": WEEK}]}, "expected either count and period, or limits"),
        ({"count": None, "period": None}, "expected either count and period, or limits"),
        (
            {"count": None, "period": None, "limits": [{"count": 1, "period": WEEK, "classes": ["gossip"]}]},
            "classes: expected some of otp",
        ),
        (
            {"count": None, "period": None, "limits": [{"count": 1, "period": WEEK, "pool": "pigeon"}]},
            "pool: expected channels",
        ),
    ],
)
def test_a_cap_nobody_could_count_is_refused(params: dict[str, Any], told: str) -> None:
    given = {"key": ["debtor"], "count": 1, "period": WEEK, **params}
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec("cap", {name: one for name, one in given.items() if one is not None}), "here")


def test_what_a_cap_may_leave_out_is_read() -> None:
    for word in ("not_connected", "attorney_creditor_bureau", "misdirected_number", "prior_consent_7_days"):
        assert codes(capped(exclude=[word]), past_contacts=[sent(NOW - DAY)]) == {"cap_reached"}


# The consent that a call is left out by.

WISH: dict[str, Any] = {"scope": "call_this_number", "given_to": "collector"}
GIVEN = NOW - 3 * DAY


@pytest.mark.parametrize(
    ("wish", "at", "left_out"),
    [
        ({}, GIVEN + DAY, True),
        ({}, GIVEN, True),
        ({}, GIVEN - TICK, False),
        ({}, GIVEN + 7 * DAY, True),
        ({}, GIVEN + 7 * DAY + TICK, False),
        ({"scope": "more_contacts"}, GIVEN + DAY, False),
        ({"given_to": "creditor"}, GIVEN + DAY, False),
        ({"at": "once"}, GIVEN + DAY, False),
    ],
)
def test_a_message_of_the_seven_days_after_a_wish_is_not_counted(
    wish: dict[str, Any], at: datetime, left_out: bool
) -> None:
    rule = capped(exclude=["prior_consent_7_days"], count=0)
    facts = {"consents": [{"scope": "more_contacts", "at": GIVEN}, {**WISH, "at": GIVEN.isoformat(), **wish}]}
    assert (codes(rule, at, facts=facts) == set()) == left_out
    assert (codes(capped(count=0), at, facts=facts)) == {"cap_reached"}
    pack = RulePack.of([rule], jurisdiction="CA")
    known = context("CA", zones=(TORONTO,), facts=facts)
    assert (cap_limits(Purpose.COLLECTION, Channel.SMS, known, [pack], at) == ()) == left_out


@pytest.mark.parametrize(
    ("talk", "kind", "left_out"),
    [
        (GIVEN + DAY, ContactKind.CONVERSATION, False),
        (GIVEN + TICK, ContactKind.CONVERSATION, False),
        (GIVEN, ContactKind.CONVERSATION, True),
        (GIVEN - DAY, ContactKind.CONVERSATION, True),
        (GIVEN + 2 * DAY, ContactKind.CONVERSATION, True),
        (GIVEN + 2 * DAY - TICK, ContactKind.CONVERSATION, False),
        (GIVEN + DAY, ContactKind.ATTEMPT, True),
    ],
)
def test_the_wish_ends_at_the_next_conversation(talk: datetime, kind: ContactKind, left_out: bool) -> None:
    rule = capped(exclude=["prior_consent_7_days"], count=0)
    facts = {"consents": [{**WISH, "at": GIVEN.isoformat()}]}
    past = [sent(talk, channel=Channel.VOICE, kind=kind)]
    assert (codes(rule, GIVEN + 2 * DAY, facts=facts, past_contacts=past) == set()) == left_out


# The one confirmation after a refusal.


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, set()),
        ({"facts": {"opt_outs": [{"at": (NOW - DAY).isoformat()}]}}, {"cap_reached"}),
        ({"facts": {"opt_outs": [{"at": NOW.isoformat()}]}}, set()),
        ({"facts": {"opt_outs": [{"at": (NOW + DAY).isoformat()}]}}, set()),
        ({"facts": {"opt_outs": [{"at": (NOW - DAY).isoformat(), "channel": "email"}]}}, set()),
        ({"facts": {"opt_outs": [{"at": (NOW - DAY).isoformat(), "address": "other"}]}}, set()),
        ({"revocations": [Revocation(at=NOW - DAY)]}, {"cap_reached"}),
        ({"revocations": [Revocation(at=NOW - DAY, channels=["email"])]}, set()),
        ({"revocations": [Revocation(at=NOW - DAY, purposes=["otp"])]}, set()),
        ({"revocations": [Revocation(at=NOW + DAY)]}, set()),
    ],
)
def test_only_a_refusal_of_such_messages_begins_the_count(more: dict[str, Any], told: set[str]) -> None:
    rule = capped(period={"kind": "per_revocation"})
    got = ask(rule, past_contacts=[sent(NOW - DAY / 2)], **more)
    assert {one.code for one in got.reasons} == told
    if isinstance(got, Deny):
        assert got.retry_at is None


def test_the_last_refusal_counts_and_what_went_before_it_does_not() -> None:
    rule = capped(period={"kind": "per_revocation"})
    twice = {"opt_outs": [{"at": (NOW - 3 * DAY).isoformat()}, {"at": (NOW - DAY).isoformat()}]}
    assert codes(rule, past_contacts=[sent(NOW - 2 * DAY)], facts=twice) == set()
    assert codes(rule, past_contacts=[sent(NOW - DAY / 2)], facts=twice) == {"cap_reached"}


# The rest after a conversation.

REST = ours("cooldown", days=7)
TALK = local("2026-09-20T15:00", TORONTO)


@pytest.mark.parametrize(
    ("more", "known", "held"),
    [
        ({}, {}, True),
        ({"kind": ContactKind.INBOUND_CALL}, {}, True),
        ({"kind": ContactKind.ATTEMPT}, {}, False),
        ({"channel": Channel.AGENT}, {}, True),
        ({"channel": Channel.SMS}, {}, False),
        ({"loan_id": "L-1"}, {"loan_id": "L-1"}, True),
        ({"loan_id": "L-1"}, {"loan_id": "L-2"}, False),
        ({"loan_id": "L-1"}, {}, True),
        ({}, {"loan_id": "L-2"}, True),
    ],
)
def test_a_conversation_about_this_debt_is_followed_by_rest(
    more: dict[str, Any], known: dict[str, Any], held: bool
) -> None:
    talk = sent(TALK, **{"channel": Channel.VOICE, "kind": ContactKind.CONVERSATION, **more})
    earlier = evolve(talk, at=TALK - 30 * DAY)
    got = ask(REST, past_contacts=[earlier, talk, earlier], **known)
    assert isinstance(got, Deny) == held
    if isinstance(got, Deny):
        assert got.retry_at == local("2026-09-27T00:00", TORONTO)
        assert codes(REST, got.retry_at - TICK, past_contacts=[talk], **known) == {"cooldown"}
        assert codes(REST, got.retry_at, past_contacts=[talk], **known) == set()


@pytest.mark.parametrize(
    ("at", "open_"), [(TALK - TICK, False), (TALK, True), (NOW, True), (NOW + TICK, False), (None, False)]
)
def test_a_wish_of_that_conversation_or_after_it_ends_the_rest(at: datetime | None, open_: bool) -> None:
    talk = sent(TALK, channel=Channel.VOICE, kind=ContactKind.CONVERSATION)
    facts = {"consents": [{**WISH, "at": at and at.isoformat()}]}
    rule = evolve(REST, override=Override("direct_prior_consent"))
    assert (codes(rule, past_contacts=[talk], facts=facts) == set()) == open_
    assert codes(REST, past_contacts=[talk], facts=facts) == {"cooldown"}


@pytest.mark.parametrize(
    "params", [{"days": 0}, {"days": 1, "after": "letter"}, {"days": 1, "first_day": "day_after"}]
)
def test_a_rest_that_nobody_can_count_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(PackError, match="days >= 1, after telephone_conversation"):
        check_of(CheckSpec("cooldown", params), "here")


# Consent.


def asked_of(params: dict[str, Any], purpose: Purpose = Purpose.MARKETING, **more: Any) -> list[str]:
    got = ask(ours("require_consent", **params), purpose=purpose, **more)
    return [f"{one.code}{one.message.removeprefix('Ours.')}" for one in got.reasons]


SHOWN: dict[str, Any] = {
    "purposes": ["marketing"],
    "channels": ["sms"],
    "text_version": "v",
    "source": "s",
    "evidence": "e",
}
ASKS: dict[str, Any] = {"kind": "express", "record": ["text_version", "time", "scope", "source", "evidence"]}


@pytest.mark.parametrize("lacking", ["text_version", "source", "evidence"])
def test_a_consent_that_lacks_its_proof_is_told_what_it_lacks(lacking: str) -> None:
    part = Consent(at=NOW - DAY, **{name: one for name, one in SHOWN.items() if name != lacking})
    whole, bare = Consent(at=NOW - DAY, **SHOWN), Consent(at=NOW, purposes=["marketing"], channels=["sms"])
    assert asked_of(ASKS, consents=[whole]) == []
    assert asked_of(ASKS, consents=[part]) == [f"consent_incomplete (missing: {lacking})"]
    assert asked_of(ASKS, consents=[part, bare]) == [f"consent_incomplete (missing: {lacking})"]
    assert asked_of(ASKS, consents=[part, whole, bare]) == []
    assert asked_of({"kind": "express"}, consents=[bare]) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, ["no_express_consent"]),
        ({"consent_marketing": True}, []),
        ({"facts": {"consent_marketing": True}}, []),
        ({"facts": {"consent_marketing": "yes"}}, ["no_express_consent"]),
        ({"consent_marketing": True, "revocations": [Revocation(at=NOW - DAY)]}, ["consent_revoked"]),
        (
            {"consent_marketing": True, "revocations": [Revocation(at=NOW - DAY, channels=["email"])]},
            [],
        ),
        (
            {"consent_marketing": True, "consents": [Consent(at=NOW + DAY, **SHOWN)]},
            [],
        ),
        (
            {"consent_marketing": True, "consents": [Consent(at=NOW - 2 * DAY, expires_at=NOW, **SHOWN)]},
            ["no_express_consent"],
        ),
        (
            {"consent_marketing": True, "consents": [Consent(at=NOW, **{**SHOWN, "channels": ["email"]})]},
            ["no_express_consent"],
        ),
        (
            {"consent_marketing": True, "consents": [Consent(at=NOW, **{**SHOWN, "purposes": ["otp"]})]},
            [],
        ),
        (
            {"consents": [Consent(at=NOW, purposes=["marketing"], scopes=["more_contacts"])]},
            ["consent_incomplete (unreadable, or no channel named)"],
        ),
        (
            {"consents": [Consent(at=NOW, purposes=["otp"], scopes=["more_contacts"])]},
            ["no_express_consent"],
        ),
        (
            {"consents": [Consent(at=NOW + DAY, purposes=["marketing"], scopes=["more_contacts"])]},
            ["no_express_consent"],
        ),
        (
            {"facts": {"consents": [{"at": "once", "purposes": ["marketing"]}]}, "consent_marketing": True},
            ["consent_incomplete (unreadable, or no channel named)"],
        ),
        (
            {"facts": {"consents": [{"at": "once", "purposes": ["otp"]}]}, "consent_marketing": True},
            [],
        ),
    ],
)
def test_marketing_is_sent_on_a_yes_that_can_be_shown(more: dict[str, Any], told: list[str]) -> None:
    assert asked_of({"kind": "express"}, **more) == told


def test_prior_consent_asks_for_a_free_way_out_where_the_rule_says_so() -> None:
    yes: dict[str, Any] = {"consent_marketing": True}
    way, none = "低息贷款。拒收请回复R", "低息贷款。"
    lacks = "required_content (missing: refusal_method)"
    assert asked_of({"kind": "prior"}, text=none, **yes) == []
    assert asked_of({"kind": "prior", "opt_out": "each_message"}, text=none, **yes) == [lacks]
    assert asked_of({"kind": "prior", "opt_out": "each_message"}, text=way, **yes) == []
    assert (
        asked_of({"kind": "prior", "opt_out": "free"}, text="Cheap loan. Reply STOP to opt out.", **yes) == []
    )
    assert asked_of({"kind": "prior", "opt_out": "free"}, **yes) == []
    paid: dict[str, Any] = {"facts": {"opt_out_free": False}, **yes}
    assert asked_of({"kind": "prior", "opt_out": "free"}, text=way, **paid) == ["opt_out_not_free"]
    assert asked_of({"kind": "prior", "opt_out": "each_message"}, text=way, **paid) == []
    free: dict[str, Any] = {"facts": {"opt_out_free": True}, **yes}
    assert asked_of({"kind": "prior", "opt_out": "free"}, text=way, **free) == []
    assert asked_of({"kind": "prior"}) == ["no_express_consent"]
    assert asked_of({"kind": "express", "opt_out": "free"}, text=none, **yes) == []


@pytest.mark.parametrize(
    ("params", "facts", "told"),
    [
        ({}, {}, []),
        ({}, {"lawful_basis": "contract"}, []),
        ({}, {"lawful_basis": "curiosity"}, ["no_lawful_basis"]),
        ({}, {"lawful_basis": ["curiosity", "law"]}, []),
        ({}, {"lawful_basis": ("curiosity",)}, ["no_lawful_basis"]),
        ({}, {"lawful_basis": {"law"}}, []),
        ({}, {"lawful_basis": frozenset()}, ["no_lawful_basis"]),
        ({}, {"lawful_basis": []}, ["no_lawful_basis"]),
        ({}, {"lawful_basis": None}, []),
        ({}, {"data_minimised": False, "special_data": True}, []),
        ({"minimise": True}, {"data_minimised": False}, ["not_minimised"]),
        ({"minimise": True}, {"data_minimised": True}, []),
        ({"minimise": True}, {}, []),
        ({"special_data": "forbid"}, {"special_data": True}, ["special_data"]),
        ({"special_data": "forbid"}, {"special_data": "yes"}, []),
        ({"special_data": "forbid"}, {}, []),
    ],
)
def test_a_basis_is_one_that_the_rule_names(
    params: dict[str, Any], facts: dict[str, Any], told: list[str]
) -> None:
    assert asked_of({"kind": "lawful_basis", "any_of": ["contract", "law"], **params}, facts=facts) == told


SHARE: dict[str, Any] = {"kind": "separate", "for": "sharing_with_agency"}
ALONE = Consent(at=NOW - DAY, scopes=["sharing_with_agency"])


@pytest.mark.parametrize(
    ("params", "more", "told"),
    [
        ({}, {}, ["no_separate_consent"]),
        ({}, {"party": Party.FIRST}, []),
        ({}, {"consents": [ALONE]}, []),
        ({}, {"consents": [evolve(ALONE, channels=["sms"])]}, ["no_separate_consent"]),
        (
            {},
            {"consents": [evolve(ALONE, scopes=["sharing_with_agency", "more_contacts"])]},
            ["no_separate_consent"],
        ),
        ({}, {"consents": [evolve(ALONE, scopes=["more_contacts"])]}, ["no_separate_consent"]),
        ({}, {"consents": [evolve(ALONE, at=NOW + DAY)]}, ["no_separate_consent"]),
        ({}, {"facts": {"agency_sharing_consent": True}}, []),
        ({}, {"facts": {"agency_sharing_consent": "yes"}}, ["no_separate_consent"]),
        ({}, {"consents": [ALONE], "facts": {"fields_minimised": False}}, []),
        (
            {"minimise_fields": True},
            {"consents": [ALONE], "facts": {"fields_minimised": False}},
            ["not_minimised"],
        ),
        ({"minimise_fields": True}, {"consents": [ALONE], "facts": {"fields_minimised": True}}, []),
        ({"minimise_fields": True}, {"consents": [ALONE]}, []),
    ],
)
def test_an_agency_is_handed_a_person_by_a_consent_to_that_alone(
    params: dict[str, Any], more: dict[str, Any], told: list[str]
) -> None:
    known = {"party": Party.THIRD, "purpose": Purpose.COLLECTION, **more}
    assert asked_of(SHARE | params, **known) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, []),
        ({"consent_sms": True}, []),
        ({"consent_sms": False}, ["sms_refused"]),
        ({"revocations": [Revocation(at=NOW - DAY)]}, ["consent_revoked"]),
        ({"revocations": [Revocation(at=NOW - DAY, purposes=["marketing"])]}, []),
    ],
)
def test_a_refusal_of_texts_stops_texts_of_a_contract(more: dict[str, Any], told: list[str]) -> None:
    got = asked_of({"kind": "sms"}, Purpose.COLLECTION, **more)
    assert [one.split()[0] for one in got] == told


# The safe harbor.

INSIDE = {"text_only_inside_safe_harbor": True}
TEXTED = "consumer_texted_from_number_about_debt"
AGREED = "consent_given_directly_to_collector"


@pytest.mark.parametrize(
    ("params", "more", "told"),
    [
        ({}, {}, []),
        ({}, {"facts": {"text_only_inside_safe_harbor": "yes"}}, []),
        ({}, {"facts": INSIDE}, ["outside_safe_harbor"]),
        ({}, {"facts": INSIDE, "past_contacts": [sent(NOW - DAY)]}, ["outside_safe_harbor"]),
        ({}, {"facts": INSIDE, "past_contacts": [sent(NOW, kind=ContactKind.INBOUND_MESSAGE)]}, []),
        (
            {},
            {"facts": INSIDE, "past_contacts": [sent(NOW + TICK, kind=ContactKind.INBOUND_MESSAGE)]},
            ["outside_safe_harbor"],
        ),
        (
            {},
            {"facts": INSIDE, "past_contacts": [sent(NOW - DAY, kind=ContactKind.INBOUND_CALL)]},
            ["outside_safe_harbor"],
        ),
        ({}, {"facts": {"known_disclosure_number": True}}, []),
        (
            {"known_disclosure_number": "block"},
            {"facts": {"known_disclosure_number": True}},
            ["known_disclosure_number"],
        ),
        ({"known_disclosure_number": "block"}, {"facts": {"known_disclosure_number": "yes"}}, []),
        (
            {"not_opted_out": False},
            {
                "facts": INSIDE,
                "suppressions": {"opted_out"},
                "past_contacts": [sent(NOW - DAY, kind=ContactKind.INBOUND_MESSAGE)],
            },
            [],
        ),
        (
            {"any_of": [{"basis": AGREED}]},
            {"facts": INSIDE, "past_contacts": [sent(NOW - DAY, kind=ContactKind.INBOUND_MESSAGE)]},
            ["outside_safe_harbor"],
        ),
        (
            {"any_of": [{"basis": TEXTED, "within_days": 3}]},
            {"facts": INSIDE, "past_contacts": [sent(NOW - 3 * DAY, kind=ContactKind.INBOUND_MESSAGE)]},
            [],
        ),
        (
            {"any_of": [{"basis": TEXTED, "within_days": 3}]},
            {
                "facts": INSIDE,
                "past_contacts": [sent(NOW - 3 * DAY - TICK, kind=ContactKind.INBOUND_MESSAGE)],
            },
            ["outside_safe_harbor"],
        ),
        (
            {"within_days": 3},
            {
                "facts": INSIDE,
                "past_contacts": [sent(NOW - 3 * DAY - TICK, kind=ContactKind.INBOUND_MESSAGE)],
            },
            ["outside_safe_harbor"],
        ),
    ],
)
def test_texts_stay_inside_the_harbor_the_lender_chose(
    params: dict[str, Any], more: dict[str, Any], told: list[str]
) -> None:
    assert asked_of({"kind": "safe_harbor", **params}, Purpose.COLLECTION, **more) == told
    assert asked_of(params or {"within_days": 60}, Purpose.COLLECTION, **more) == told


@pytest.mark.parametrize(
    ("given_to", "transfers", "days", "inside"),
    [
        ("collector", False, 60, True),
        ("collector", False, 61, False),
        ("creditor", False, 1, False),
        ("creditor", True, 1, True),
    ],
)
def test_a_consent_to_texts_lasts_sixty_days_and_is_the_collectors_own(
    given_to: str, transfers: bool, days: int, inside: bool
) -> None:
    wish = Consent(at=NOW - days * DAY, scopes=["text_this_number"], given_to=given_to)
    params = {"kind": "safe_harbor", "transfers_from_creditor": transfers}
    got = asked_of(params, Purpose.COLLECTION, facts=INSIDE, consents=[wish])
    assert got == ([] if inside else ["outside_safe_harbor"])
    refused = {"facts": INSIDE, "consents": [wish], "revocations": [Revocation(at=NOW - 90 * DAY)]}
    assert asked_of(params, Purpose.COLLECTION, **refused) == (["outside_safe_harbor"])


@pytest.mark.parametrize(
    ("check", "inside"),
    [
        ({"result": "no", "at": (NOW - 60 * DAY).isoformat()}, True),
        ({"result": "no", "at": (NOW - 60 * DAY - TICK).isoformat()}, False),
        ({"result": "not_reassigned", "at": NOW.isoformat()}, True),
        ({"result": "no", "at": (NOW + TICK).isoformat()}, False),
        ({"result": "maybe", "at": NOW.isoformat()}, False),
        ({"at": NOW.isoformat()}, False),
        ("no", False),
    ],
)
def test_a_check_of_the_number_lasts_as_long_as_the_evidence(check: object, inside: bool) -> None:
    wrote = sent(NOW - 90 * DAY, kind=ContactKind.INBOUND_MESSAGE)
    facts = {**INSIDE, "reassigned_check": check}
    got = asked_of({"kind": "safe_harbor"}, Purpose.COLLECTION, facts=facts, past_contacts=[wrote])
    assert got == ([] if inside else ["outside_safe_harbor"])


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"kind": "express", "record": ["time", "smell"]}, "record: expected some of text_version, time"),
        ({"kind": "separate"}, "for: expected one of text_this_number"),
        ({"kind": "separate", "for": "fun"}, "for: expected one of text_this_number"),
        ({"kind": "lawful_basis"}, r"any_of: expected the lawful bases"),
        ({"kind": "lawful_basis", "any_of": ["contract", 3]}, r"any_of: expected the lawful bases"),
        ({"kind": "safe_harbor", "any_of": [{"basis": "hope"}]}, "a basis out of consumer_texted"),
        ({"any_of": [{"basis": TEXTED, "within_days": "3"}]}, "a basis out of consumer_texted"),
        ({"any_of": [{"basis": TEXTED}, {"basis": "hope"}]}, "a basis out of consumer_texted"),
        ({"any_of": [{"basis": TEXTED}, "hope"]}, "a basis out of consumer_texted"),
    ],
)
def test_a_consent_nobody_could_ask_for_is_refused(params: dict[str, Any], told: str) -> None:
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec("require_consent", params), "here")


SINCE_REFUSAL: dict[str, Any] = {"kind": "per_revocation"}


@pytest.mark.parametrize(
    ("periods", "days"),
    [
        ([WEEK], 7),
        ([WEEK, {"kind": "rolling", "days": 30}], 30),
        ([SINCE_REFUSAL], None),
        ([SINCE_REFUSAL, SINCE_REFUSAL], None),
        ([WEEK, SINCE_REFUSAL], None),
    ],
)
def test_a_long_ledger_is_looked_through_no_further_back_than_a_limit_counts(
    periods: list[dict[str, Any]], days: int | None
) -> None:
    params: dict[str, Any] = {
        "key": ["debtor"],
        "limits": [{"count": 1, "period": one} for one in periods],
    }
    check = check_of(CheckSpec("cap", params), "here")
    assert isinstance(check, Cap)
    assert check.reach == (None if days is None else DAY * days)
    old = [sent(NOW - DAY * 300)]
    refused = {"opt_outs": [{"at": (NOW - DAY * 301).isoformat()}]}
    assert bool(codes(ours("cap", **params), past_contacts=old, facts=refused)) == (days is None)

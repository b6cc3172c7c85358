"""How often: pooled over purposes and channels, told with the time at which a full cap frees."""

from datetime import timedelta
from typing import Any

import pytest

from loansms.compliance import RulePack, cap_limits, contact_decision, evaluate
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import Applies, Authority, CheckSpec, Rule, Severity
from loansms.errors import PackError
from loansms.model import Allow, Channel, Contact, ContactKind, Decision, Deny, Party, Purpose
from tests.compliance.cases import CN, DAY, PACKS, US, ZONES, context, draft, local, sent

NOW = {"CN": local("2026-09-24T10:00"), "US": local("2026-09-24T10:00", "America/New_York")}


@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WECHAT, Channel.EMAIL, Channel.PUSH])
@pytest.mark.parametrize(
    "purpose", [Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION, Purpose.SETTLEMENT_OFFER]
)
def test_one_reminder_or_collection_message_a_day_pooled(
    country: str, channel: Channel, purpose: Purpose
) -> None:
    now = NOW[country]
    past = (sent(now - DAY / 24, purpose, channel=channel),)
    decision = evaluate(draft(), context(country, past_contacts=past), [PACKS[country]], now)
    assert isinstance(decision, Deny)
    assert decision.reasons[0].code == "cap_reached"
    assert decision.retry_at == local("2026-09-25T00:00", ZONES[country])


@pytest.mark.parametrize("purpose", [Purpose.OTP, Purpose.SECURITY_ALERT, Purpose.TRANSACTION_NOTICE])
def test_codes_alerts_and_notices_neither_count_nor_are_counted(purpose: Purpose) -> None:
    now = NOW["CN"]
    counted = context(past_contacts=[sent(now - DAY / 24, purpose)])
    assert isinstance(evaluate(draft(), counted, [CN], now), Allow)
    full = context(past_contacts=[sent(now - DAY / 24)])
    assert isinstance(evaluate(draft(purpose), full, [CN], now), Allow)


def test_a_case_handed_to_a_person_does_not_count() -> None:
    now = NOW["CN"]
    past = (sent(now - DAY / 24, channel=Channel.AGENT),)
    assert isinstance(evaluate(draft(), context(past_contacts=past), [CN], now), Allow)


def test_yesterday_local_is_another_day() -> None:
    past = (sent(local("2026-09-23T23:59")),)
    assert isinstance(evaluate(draft(), context(past_contacts=past), [CN], NOW["CN"]), Allow)


@pytest.mark.parametrize("country", ["CN", "US"])
def test_three_collection_messages_in_seven_days(country: str) -> None:
    now = NOW[country]
    past = [sent(now - DAY * ago) for ago in (1, 2, 6)]
    decision = evaluate(draft(), context(country, past_contacts=past), [PACKS[country]], now)
    assert isinstance(decision, Deny)
    assert decision.retry_at == now + DAY
    later = evaluate(draft(), context(country, past_contacts=past), [PACKS[country]], now + DAY)
    assert not isinstance(later, Deny)


def test_a_contact_recorded_in_the_future_uses_up_the_cap() -> None:
    now = NOW["CN"]
    assert isinstance(evaluate(draft(), context(past_contacts=[sent(now + DAY)]), [CN], now), Deny)


def test_massachusetts_counts_texts_and_calls_of_one_debt() -> None:
    now = NOW["US"]
    past = [
        sent(now - DAY, loan_id="L-1"),
        sent(now - DAY * 2, loan_id="L-1", channel=Channel.VOICE, kind=ContactKind.ATTEMPT),
    ]
    known = {"party": Party.THIRD, "past_contacts": past, "loan_id": "L-1"}
    denied = evaluate(draft(), context("US-MA", **known), [US], now)
    assert isinstance(denied, Deny)
    assert "US-MA-CAP" in {one.rule_id for one in denied.reasons}
    by_region = evaluate(draft(), context("US", region="MA", **known), [US], now)
    assert isinstance(by_region, Deny)
    assert isinstance(evaluate(draft(), context("US", region="TX", **known), [US], now), Allow)
    other = evaluate(draft(), context("US-MA", **{**known, "loan_id": "L-2"}), [US], now)
    assert isinstance(other, Allow)


def test_limits_for_the_claim_are_those_the_gate_counted() -> None:
    now = NOW["CN"]
    limits = cap_limits(Purpose.COLLECTION, Channel.SMS, context(), [CN], now)
    assert sorted((one.count, one.rolling_for) for one in limits if one.rolling_for) == [(3, DAY * 7)]
    day = next(one for one in limits if one.rolling_for is None)
    assert (day.count, day.since, day.frees_at) == (1, local("2026-09-24T00:00"), local("2026-09-25T00:00"))
    codes = cap_limits(Purpose.OTP, Channel.SMS, context(), [CN], now)
    assert all(one.purposes == {Purpose.OTP} for one in codes)  # a demand never uses up a code


def test_a_pending_rule_and_one_of_severity_warn_only_warn() -> None:
    now = NOW["US"]
    past = [sent(now - DAY * ago, Purpose.REPAYMENT_REMINDER) for ago in (1, 2, 3)]
    decision = evaluate(draft(Purpose.COLLECTION), context("US", region="NYC", past_contacts=past), [US], now)
    assert isinstance(decision, Allow)
    past = [sent(now - DAY * ago, Purpose.RELAY) for ago in (1, 2, 3)]
    warned = evaluate(draft(Purpose.RELAY), context("US", party=Party.THIRD, past_contacts=past), [US], now)
    assert "US-REGF-SMSCAP" in {one.rule_id for one in warned.reasons if one.severity == "warn"}


def ask_voice(past: list[tuple[str, object, str]], **facts: object) -> object:
    return contact_decision(
        jurisdiction="US",
        purpose="collection",
        channel="voice",
        zones=["America/New_York"],
        past_contacts=past,
        now=NOW["US"],
        facts=facts,
    )


def test_the_eighth_call_in_seven_days_waits_and_days_are_counted_not_hours() -> None:
    now = NOW["US"]
    seven = [("voice", now - DAY * 6 + DAY * at / 8, "attempt") for at in range(7)]
    denied = ask_voice(seven)
    assert isinstance(denied, Deny)
    assert "US-REGF-CALL" in {one.rule_id for one in denied.reasons}
    assert denied.retry_at == local("2026-09-25T00:00", "America/New_York")
    assert isinstance(ask_voice(seven[1:]), Allow)
    assert isinstance(ask_voice([("voice", at, "not_connected") for _, at, _ in seven]), Allow)
    consent = {"scope": "call_this_number", "given_to": "collector", "at": (now - DAY).isoformat()}
    assert isinstance(ask_voice(seven, consents=[consent]), Allow)


def test_no_call_for_seven_days_after_a_conversation_its_day_being_the_first() -> None:
    now = NOW["US"]
    denied = ask_voice([("voice", now - DAY * 6, "conversation")])
    assert isinstance(denied, Deny)
    assert denied.reasons[0].rule_id == "US-REGF-COOL"
    assert denied.retry_at == local("2026-09-25T00:00", "America/New_York")
    assert isinstance(ask_voice([("voice", now - DAY * 7, "conversation")]), Allow)


def capped(**params: Any) -> RulePack:
    rule = Rule(
        id="OURS",
        jurisdiction="CN",
        authority=Authority.HOUSE,
        severity=Severity.BLOCK,
        applies=Applies(classes=("collection",)),
        check=CheckSpec("cap", {"key": ["debtor"], **params}),
        citation="house",
        message_en="Ours.",
        message_zh="本机构规则。",
    )
    return RulePack.of([rule], jurisdiction="CN")


def ask(pack: RulePack, *past: Contact, **more: Any) -> Decision:
    return evaluate(draft(), context(past_contacts=past, **more), [pack], NOW["CN"])


@pytest.mark.parametrize(
    ("period", "length"),
    [
        ({"minutes": 1}, timedelta(minutes=1)),
        ({"hours": 1}, timedelta(hours=1)),
        ({"hours": 1, "minutes": 30}, timedelta(minutes=90)),
        ({"days": 1, "hours": 12}, timedelta(hours=36)),
        ({}, DAY),
    ],
)
def test_a_rolling_period_is_as_long_as_it_says(period: dict[str, int], length: timedelta) -> None:
    now, tick = NOW["CN"], timedelta(seconds=1)
    pack = capped(count=1, period={"kind": "rolling", **period})
    full = ask(pack, sent(now - length + tick))
    assert isinstance(full, Deny)
    assert full.retry_at == now + tick
    assert isinstance(ask(pack, sent(now - length)), Allow)
    (limit,) = cap_limits(Purpose.COLLECTION, Channel.SMS, context(), [pack], now)
    assert limit.rolling_for == length


@pytest.mark.parametrize("spelt", ["aliyun", "aliyun_cn", "Aliyun-CN"])
def test_a_providers_limit_is_for_its_own_routes(spelt: str) -> None:
    pack = capped(count=1, period={"kind": "calendar"}, providers=["aliyun_cn"])
    past = sent(NOW["CN"] - DAY / 24)
    assert isinstance(ask(pack, past, provider=spelt), Deny)
    assert isinstance(ask(pack, past, provider="sandbox"), Allow)
    assert cap_limits(Purpose.COLLECTION, Channel.SMS, context(), [pack], NOW["CN"]) == ()


def test_one_confirmation_follows_an_opt_out_and_nothing_after_it() -> None:
    """47 CFR 64.1200(a)(12)."""
    now, hour = NOW["CN"], DAY / 24
    pack = capped(count=1, period={"kind": "per_revocation"})
    before, confirmation = sent(now - hour * 3), sent(now - hour)
    stop = {"opt_outs": [{"at": now - hour * 2, "channel": "sms"}]}
    assert isinstance(ask(pack, before, confirmation), Allow)
    assert isinstance(ask(pack, before, facts=stop), Allow)
    spent = ask(pack, before, confirmation, facts=stop)
    assert isinstance(spent, Deny)
    assert spent.retry_at is None
    (limit,) = cap_limits(Purpose.COLLECTION, Channel.SMS, context(facts=stop), [pack], now)
    assert (limit.count, limit.since) == (1, now - hour * 2)
    assert (limit.rolling_for, limit.frees_at) == (None, None)
    elsewhere = {"opt_outs": [{"at": now - hour * 2, "channel": "email"}]}
    assert isinstance(ask(pack, confirmation, facts=elsewhere), Allow)
    other = {"opt_outs": [{"at": now - hour * 2, "channel": "sms", "address": "other"}]}
    assert isinstance(ask(pack, confirmation, facts=other), Allow)
    tomorrow = {"opt_outs": [{"at": now + DAY, "channel": "sms"}]}
    assert isinstance(ask(pack, confirmation, facts=tomorrow), Allow)


def test_a_new_consent_after_the_opt_out_opens_the_way_again() -> None:
    now, hour = NOW["CN"], DAY / 24
    pack = capped(count=1, period={"kind": "per_revocation"})
    past = (sent(now - hour),)
    revoked = {"at": now - hour * 3, "purposes": ["collection"], "channels": ["sms"]}
    agreed = {"at": now - hour * 2, "purposes": ["collection"], "channels": ["sms"]}
    earlier = {**agreed, "at": now - hour * 4}
    assert isinstance(ask(pack, *past, facts={"revocations": [revoked]}), Deny)
    assert isinstance(ask(pack, *past, facts={"revocations": [revoked], "consents": [earlier]}), Deny)
    assert isinstance(ask(pack, *past, facts={"revocations": [revoked], "consents": [agreed]}), Allow)


DAILY = {"kind": "calendar", "days": 1}


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"count": 1}, "count and period"),
        ({"count": -1, "period": DAILY}, "0 or more"),
        ({"count": 1, "period": {"kind": "calendar", "days": 2}}, "calendar day"),
        ({"count": 1, "period": {"kind": "calendar", "hours": 2}}, "rolling alone"),
        ({"count": 1, "period": {"kind": "rolling", "hours": 0}}, "from 1 on"),
        ({"count": 1, "period": {"kind": "per_revocation", "days": 1}}, "no length"),
        ({"count": 1, "period": {"kind": "fortnight"}}, "fortnight"),
        ({"count": 1, "period": DAILY, "exclude": ["sundays"]}, "exclude: expected some of"),
        ({"count": 1, "period": DAILY, "unit": "telegram"}, "unit: expected one of"),
        ({"count": 1, "period": DAILY, "pool": ["pigeon"]}, "pool: expected channels"),
        ({"limits": [{"count": 1, "period": DAILY, "classes": ["nagging"]}]}, "classes: expected some of"),
    ],
)
def test_a_cap_nobody_can_count_is_refused(params: dict[str, Any], told: str) -> None:
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec("cap", {"key": ["debtor"], **params}), "ours")


def test_contacts_that_never_reached_the_person_leave_the_cap_alone() -> None:
    excluded = ["not_connected", "misdirected_number", "attorney_creditor_bureau"]
    pack = capped(count=1, period=DAILY, unit="call", exclude=excluded)
    missed = sent(NOW["CN"] - DAY / 24, channel=Channel.VOICE, kind=ContactKind.NOT_CONNECTED)
    rang = sent(NOW["CN"] - DAY / 24, channel=Channel.VOICE, kind=ContactKind.ATTEMPT)
    assert isinstance(ask(pack, missed), Allow)
    assert isinstance(ask(pack, rang), Deny)


@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("now", ["2026-03-08T23:30", "2026-11-01T01:30", "2026-11-08T12:00"])
def test_looking_back_only_as_far_as_a_cap_reaches_finds_every_full_cap(country: str, now: str) -> None:
    """The clocks of New York are set on two of these days: an hour more or less may not hide a contact."""
    shipped, at = PACKS[country], local(now, "America/New_York")
    far = RulePack.of(shipped.rules, jurisdiction=country)
    for one in far.bound:
        if isinstance(one.check, Cap):
            object.__setattr__(one.check, "reach", None)
    for hours in (*range(0, 60, 5), *range(160, 176), *range(180, 240, 6)):
        past = [sent((at - timedelta(hours=hours + extra)).astimezone(at.tzinfo)) for extra in (0, 1, 2)]
        known = context(country, past_contacts=past)
        assert evaluate(draft(), known, [shipped], at) == evaluate(draft(), known, [far], at), hours

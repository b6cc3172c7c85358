"""How often: pooled over purposes and channels, told with the time at which a full cap frees."""

import pytest

from loansms.compliance import cap_limits, contact_decision, evaluate
from loansms.model import Allow, Channel, ContactKind, Deny, Party, Purpose
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
    assert cap_limits(Purpose.OTP, Channel.SMS, context(), [CN], now) == ()


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

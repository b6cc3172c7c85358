"""Who sends, by which road, and how the rules are asked at all."""

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import calendar_for
from loansms.compliance import RulePack, evaluate
from loansms.compliance.checks.formats import KINDS, Charset
from loansms.compliance.checks.inbound import refusal
from loansms.model import Allow, Deny, Party, Purpose
from loansms.privacy import Secret
from tests.compliance.cases import CN, US, context, draft, local
from tests.compliance.generated.formats import SHAPE, SIGNS

NOW = local("2026-09-24T10:00")


def rules(facts: dict[str, object], purpose: Purpose = Purpose.COLLECTION, **more: object) -> set[str]:
    decision = evaluate(draft(purpose), context(facts=facts, **more), [CN], NOW)
    return {one.rule_id for one in decision.reasons}


@pytest.mark.parametrize(
    ("state", "stopped"),
    [
        (True, False),
        (False, True),
        ("2026-09-24", False),
        ("2026-09-23", True),
        ("no date", True),
        ({"mobile": True, "unicom": True}, False),
        ({"mobile": True, "unicom": False}, True),
        ({}, True),
        (None, True),
    ],
)
def test_a_signature_must_be_filed_with_every_carrier_today(state: object, stopped: bool) -> None:
    assert ("CN-SIGN-01" in rules({"registrations": {"signature": state}})) == stopped


def test_a_register_nobody_spoke_of_stops_nothing() -> None:
    assert rules({"registrations": {}}) == rules({"registrations": "all"}) == set()


@pytest.mark.parametrize(
    ("signature", "stopped"), [("安", True), ("安信", False), ("安" * 16, False), ("安" * 17, True)]
)
def test_a_signature_has_two_to_sixteen_characters(signature: str, stopped: bool) -> None:
    decision = evaluate(draft(signature=signature), context(), [CN], NOW)
    assert ("CN-SIGN-02" in {one.rule_id for one in decision.reasons}) == stopped


def test_a_signature_is_taken_from_a_name_of_the_firm() -> None:
    assert rules({"signature_source": "company_name"}) == set()
    assert rules({"signature_source": "slogan"}) == {"CN-SIGN-02"}


@pytest.mark.parametrize("provider", ["aliyun_cn", "aliyun", "Tencent-CN", "huawei"])
def test_a_cloud_that_refuses_lenders_is_told_with_the_road_to_take(provider: str) -> None:
    denied = evaluate(draft(), context(provider=provider), [CN], NOW)
    assert isinstance(denied, Deny)
    told = next(one for one in denied.reasons if one.rule_id == "CNP-FIN-01")
    assert "direct carrier, or a contract" in told.message
    contract = {"registrations": {"finance_contract": True}}
    assert isinstance(evaluate(draft(), context(provider=provider, facts=contract), [CN], NOW), Allow)


@pytest.mark.parametrize("number", ["borrowed_number", "false_number"])
def test_a_false_or_borrowed_number_is_refused(number: str) -> None:
    assert rules({"sender_number_kind": number}) == {"CN-SMS-04"}
    assert rules({"sender_number_kind": "own"}) == set()


def test_marketing_on_a_notice_port_is_refused_and_a_notice_is_not() -> None:
    assert "CN-SMS-05" in rules({"route_class": "notice"}, Purpose.MARKETING)
    assert rules({"route_class": "notice"}) == set()


@pytest.mark.parametrize(
    ("party", "facts", "stopped"),
    [
        (Party.THIRD, {"route": "10dlc"}, True),
        (Party.THIRD, {"channel": "Toll-Free"}, True),
        (Party.THIRD, {"route": "short_code"}, False),
        (Party.THIRD, {}, False),
        (Party.FIRST, {"route": "10dlc"}, False),
    ],
)
def test_american_carriers_carry_no_collection_for_others(
    party: Party, facts: dict[str, object], stopped: bool
) -> None:
    now = local("2026-09-24T10:00", "America/New_York")
    decision = evaluate(draft(), context("US", party=party, facts=facts), [US], now)
    assert ("US-A2P-3P" in {one.rule_id for one in decision.reasons}) == stopped


@pytest.mark.parametrize(
    ("changed", "provider", "stopped"),
    [
        ({}, "tencent", False),
        ({"fixed": "，。"}, "tencent", True),
        ({"fixed": "您好"}, "huawei_cn", True),
        ({"adjacent": True}, "tencent", True),
        ({"variables": [{"name": "a", "max_chars": 20}] * 20}, "huawei", False),
        ({"variables": [{"name": "a", "max_chars": 20}] * 21}, "huawei", True),
        ({"variables": [{"name": "a", "max_chars": 21}]}, "huawei", True),
        ({"adjacent": True}, "sandbox", False),
    ],
)
def test_the_shape_a_form_takes(changed: dict[str, object], provider: str, stopped: bool) -> None:
    assert ("CNP-TPL-01" in rules({"template_shape": {**SHAPE, **changed}}, provider=provider)) == stopped


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_sign_is_seen_and_ordinary_words_are_not(kind: str) -> None:
    assert Charset(forbid=(kind,)).found(SIGNS[kind]) == (kind,)
    ordinary = "尊敬的张先生,您8月20日应还1,256.30元,可登录APP或致电400-000-0000。Reply STOP: 50% off?"
    assert Charset(forbid=(kind,)).found(ordinary) == ()


def test_a_length_counts_the_signature_once() -> None:
    at_limit = "好" * (500 - 6)
    for text, stopped in ((at_limit, False), (at_limit + "好", True), ("【安信示例】" + at_limit, False)):
        message = draft(Purpose.TRANSACTION_NOTICE, text=Secret(text), locale="zh-CN")
        decision = evaluate(message, context(provider="tencent"), [CN], NOW)
        assert ("CNP-FMT-04" in {one.rule_id for one in decision.reasons}) == stopped, len(text)


WORDS = ("R", "T", "TD", "N", "退订", "拒收", "STOP")


@given(
    st.sampled_from(WORDS),
    st.sampled_from(["", " ", "。", "!", "  \n"]),
    st.booleans(),
    st.booleans(),
)
def test_a_refusal_is_heard_in_any_width_case_and_spacing(
    word: str, mark: str, wide: bool, low: bool
) -> None:
    said = word.lower() if low else word
    if wide:
        said = "".join(chr(ord(one) + 0xFEE0) if one.isascii() else one for one in said)
    assert refusal(f"{mark}{' '.join(said)}{mark}", WORDS)


@pytest.mark.parametrize("said", ["", "今天还", "tomorrow", "no", "RR了", "STOP calling? no, thanks", "TDR1"])
def test_other_words_are_no_refusal(said: str) -> None:
    assert not refusal(said, WORDS)


def test_a_refusal_stops_marketing_alone_in_china() -> None:
    for said in ("Ｒ", Secret("退订")):
        assert "CNP-UP-01" in rules({"last_inbound": said}, Purpose.MARKETING)
        assert rules({"last_inbound": said}) == set()
    assert "CNP-UP-01" in rules({"last_inbound_intent": "opt_out"}, Purpose.MARKETING)


def test_an_answer_given_before_does_not_hold_at_dispatch() -> None:
    assert rules({"decided_at": NOW.isoformat()}) == set()
    assert rules({"decided_at": (NOW - timedelta(seconds=1)).isoformat()}) == {"GEN-DISPATCH-01"}


@pytest.mark.parametrize(
    ("key", "stopped"),
    [
        (["debtor", "lender_group"], False),
        (("lender_group", "debtor"), False),
        (["phone"], True),
        (["debtor"], True),
    ],
)
def test_contacts_are_counted_over_the_whole_group(key: object, stopped: bool) -> None:
    assert ("GEN-KEY-01" in rules({"counter_key": key})) == stopped


@pytest.mark.parametrize("facts", [{"third_party": True}, {"party": "third"}, {"party": "nobody knows"}])
def test_a_lender_that_is_an_agency_by_its_own_facts_is_stopped(facts: dict[str, object]) -> None:
    assert "GEN-PARTY-01" in rules(facts)
    assert "GEN-PARTY-01" not in rules(facts, party=Party.THIRD)


def test_recalled_rules_in_production_are_shown_and_stop_nothing() -> None:
    decision = evaluate(draft(), context(facts={"production": True, "pack_recalled": CN.recalled}), [CN], NOW)
    assert isinstance(decision, Allow)
    assert [one.rule_id for one in decision.reasons] == ["GEN-VERIFIED-01"]


def test_a_calendar_of_another_country_is_told() -> None:
    assert rules({}, calendar=calendar_for("CN")) == set()
    assert "GEN-CAL-02" in rules({}, calendar=calendar_for("US"))
    britain = evolve(context("UK"), zones=("Europe/London",), calendar=calendar_for("GB"))
    decision = evaluate(draft(), britain, [RulePack.load("GB")], local("2026-09-24T10:00", "Europe/London"))
    assert "GEN-CAL-02" not in {one.rule_id for one in decision.reasons}

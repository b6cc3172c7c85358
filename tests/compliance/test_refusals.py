"""Every word of refusal that the gate knows has a rule in every jurisdiction; state law however it is spelt."""

import pytest

from loansms.calendars import state_code
from loansms.compliance import Context, RulePack, contact_decision, evaluate
from loansms.compliance.checks.table import check_of
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.rule import CheckSpec
from loansms.errors import PackError
from loansms.model import Allow, Channel, Defer, Deny, Party, Purpose
from loansms.privacy import Secret
from tests.compliance.cases import CN, DAY, PACKS, US, ZONES, context, draft, local, sent

NOW = {"CN": local("2026-09-24T10:00"), "US": local("2026-09-24T10:00", "America/New_York")}
# What each stops; all other words stop a demand on the debtor.
NARROW = {"contact_refused": Purpose.RELAY, "marketing_refused": Purpose.MARKETING}


@pytest.mark.parametrize("party", list(Party))
@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("flag", sorted(SUPPRESSIONS))
def test_no_refusal_that_is_known_goes_unheard(flag: str, country: str, party: Party) -> None:
    stopped = draft(NARROW.get(flag, Purpose.COLLECTION))
    up = context(country, suppressions={flag}, party=party, consent_marketing=True)
    refused = evaluate(stopped, up, [PACKS[country]], NOW[country])
    assert isinstance(refused, Deny)
    for purpose in (Purpose.OTP, Purpose.SECURITY_ALERT):
        assert isinstance(evaluate(draft(purpose), up, [PACKS[country]], NOW[country]), Allow)


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.MMS, Channel.PUSH, Channel.EMAIL, Channel.VOICE])
@pytest.mark.parametrize("month", [4, 9])
def test_marketing_needs_consent_on_every_channel_and_on_every_day(channel: Channel, month: int) -> None:
    """Also before the rule on texts of 2026-05-01, and where that rule does not reach."""
    now = NOW["CN"].replace(month=month)
    pack = RulePack.load("CN", on=now.date())
    assert isinstance(evaluate(draft(Purpose.MARKETING, channel), context(), [pack], now), Deny)
    agreed = context(consent_marketing=True)
    assert isinstance(evaluate(draft(Purpose.MARKETING, channel), agreed, [pack], now), Allow)


def test_the_reply_that_is_left_answers_a_later_message_not_the_refusal_itself() -> None:
    """12 CFR 1006.14(h), cmt 14(h)(1)-2: one reply when the person uses the medium again."""
    refused_at, now = local("2026-09-24T09:00", ZONES["US"]), NOW["US"]

    def asked(reply_to: object) -> type:
        facts = {"opt_outs": [{"at": refused_at, "channel": "email"}], "reply_to": reply_to}
        return type(
            contact_decision(
                jurisdiction="US",
                purpose="collection",
                channel="email",
                zones=[ZONES["US"]],
                now=now,
                facts=facts,
            )
        )

    assert asked(refused_at) is Deny
    assert asked(local("2026-09-24T09:30", ZONES["US"])) is Allow


@pytest.mark.parametrize("region", ["MA", "ma", "US-MA", "Massachusetts", "massachusetts "])
def test_state_law_binds_however_the_state_is_written(region: str) -> None:
    past = [sent(NOW["US"] - days * DAY, loan_id="L-1") for days in (2, 4)]
    known = context("US", region=region, past_contacts=past, loan_id="L-1")
    denied = evaluate(draft(), known, [US], NOW["US"])
    assert isinstance(denied, Deny)
    assert "US-MA-CRED" in {one.rule_id for one in denied.reasons}


def test_a_state_is_its_postal_code_or_nothing() -> None:
    assert [state_code(one) for one in ("D.C.", "District of Columbia", "new  york", "Bavaria", "")] == [
        "DC",
        "DC",
        "NY",
        None,
        None,
    ]


def test_in_dc_a_text_without_consent_may_only_ask_for_it() -> None:
    """D.C. Code 28-3814: one message in seven days, and only to ask."""
    words = Secret("Example Lending: your payment is late. Reply STOP to opt out.")
    for facts, consent, answer in (
        ({}, None, Deny),
        ({}, True, Allow),
        ({"asks_for_consent": True}, None, Allow),
    ):
        known = context("US", region="DC", consent_sms=consent, facts=facts)
        assert isinstance(evaluate(draft(text=words, locale="en"), known, [US], NOW["US"]), answer)
    past = [sent(NOW["US"] - 2 * DAY, loan_id="L-1")]
    again = context("US", region="DC", facts={"asks_for_consent": True}, past_contacts=past, loan_id="L-1")
    assert isinstance(evaluate(draft(text=words, locale="en"), again, [US], NOW["US"]), Deny)


def test_a_chinese_debtor_abroad_is_left_to_sleep() -> None:
    """10:00 in Shanghai is 22:00 in New York: the lender waits for an hour that is day in both."""
    abroad, now = context(zones=("America/New_York",)), local("2026-09-22T10:00")
    for purpose in (Purpose.COLLECTION, Purpose.REPAYMENT_REMINDER):
        waits = evaluate(draft(purpose), abroad, [CN], now)
        assert isinstance(waits, Defer)
        assert {one.rule_id for one in waits.reasons} == {"CN-HOUSE-TZ"}
        assert waits.until == local(
            "2026-09-22T20:00" if purpose is Purpose.REPAYMENT_REMINDER else "2026-09-23T09:00"
        )
        assert isinstance(evaluate(draft(purpose), context(), [CN], now), Allow)


def test_hours_that_never_meet_are_refused_with_the_reason() -> None:
    """Shanghai, London and Los Angeles have no workday hour in common by day: nobody waits for one."""
    apart = context(zones=("Asia/Shanghai", "America/Los_Angeles", "Europe/London"))
    denied = evaluate(draft(), apart, [CN], local("2026-09-22T10:00"))
    assert isinstance(denied, Deny)
    assert [one.code for one in denied.reasons] == ["outside_hours", "no_common_hour"]


def test_packs_that_share_rules_say_each_once() -> None:
    threat = draft(text=Secret("Pay now or we will break your legs."), locale="en")
    denied = evaluate(threat, context("US"), [US, CN], NOW["US"])
    told = [one.rule_id for one in denied.reasons]
    assert "FAM-violence_threat" in told
    assert len(told) == len(set(told))


def test_the_pack_of_a_state_is_its_countrys() -> None:
    assert RulePack.load("US-MA").version == US.version
    known = Context(jurisdiction="US-MA", party=Party.FIRST, zones=(ZONES["US"],), provider="sandbox")
    assert isinstance(evaluate(draft(), known, [RulePack.load("US-MA")], NOW["US"]), Allow)


@pytest.mark.parametrize(
    ("kind", "params", "told"),
    [
        ("suppression", {"flag": "full_moon"}, "flag: expected some of"),
        ("suppression", {"flags": ["bereavement", "full_moon"]}, "flag: expected some of"),
        ("suppression", {"flag": "hardship", "flags": ["deceased"]}, "either flag or flags"),
        ("suppression", {}, "either flag or flags"),
        ("recipient_role", {"allow": ["neighbour"]}, "allow: expected some of"),
        ("recipient_role", {"allow": ["borrower"], "forbid": ["tall"]}, "forbid: expected some of"),
        ("cooldown", {"days": 0}, "days >= 1"),
    ],
)
def test_a_word_no_rule_explains_is_refused_at_load(kind: str, params: dict[str, object], told: str) -> None:
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec(kind, params), "ours")

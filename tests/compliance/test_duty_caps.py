"""A duty is kept back by no number the lender chose itself, and by every number of the law."""

import pytest
from attrs import evolve

from loansms.compliance import RulePack, cap_limits, evaluate
from loansms.compliance.rule import Authority
from loansms.model import Allow, Channel, Deny, Purpose
from tests.compliance.cases import CN, DAY, US, context, draft, local, sent

NOW = local("2026-09-24T10:00")
FULL = [sent(NOW - DAY / 24), *(sent(NOW - DAY * ago) for ago in (1, 2))]
DUTY = {"obligatory": True}


def with_authority(authority: Authority) -> RulePack:
    """Return the Chinese pack whose cap is of that authority."""
    rules = [evolve(one, authority=authority) if one.check.type == "cap" else one for one in CN.rules]
    return RulePack.of(rules, jurisdiction="CN", countries=CN.countries)


def test_a_duty_passes_the_full_cap_of_the_house_and_other_messages_do_not() -> None:
    other = evaluate(draft(), context(past_contacts=FULL), [CN], NOW)
    assert isinstance(other, Deny)
    assert {one.code for one in other.reasons} == {"cap_reached"}
    assert isinstance(evaluate(draft(), context(past_contacts=FULL, facts=DUTY), [CN], NOW), Allow)


def test_the_claim_of_a_duty_asks_for_no_cap_of_the_house() -> None:
    plain = cap_limits(Purpose.COLLECTION, Channel.SMS, context(past_contacts=FULL), [CN], NOW)
    duty = cap_limits(Purpose.COLLECTION, Channel.SMS, context(past_contacts=FULL, facts=DUTY), [CN], NOW)
    assert {one.reason.rule_id for one in plain} - {one.reason.rule_id for one in duty} == {"CN-CAP-04"}
    assert {one.reason.rule_id for one in duty} <= {one.reason.rule_id for one in plain}


@pytest.mark.parametrize("authority", [one for one in Authority if one is not Authority.HOUSE])
def test_every_cap_that_is_not_the_lenders_own_still_binds(authority: Authority) -> None:
    pack = with_authority(authority)
    known = context(past_contacts=FULL, facts=DUTY)
    assert isinstance(evaluate(draft(), known, [pack], NOW), Deny)
    assert cap_limits(Purpose.COLLECTION, Channel.SMS, known, [pack], NOW)


def test_the_cap_of_massachusetts_binds_a_duty_too() -> None:
    now = local("2026-09-24T10:00", "America/New_York")
    calls = [sent(now - DAY * ago, loan_id="L-1") for ago in (1, 2)]
    known = context("US-MA", past_contacts=calls, loan_id="L-1", facts=DUTY)
    denied = evaluate(draft(), known, [US], now)
    assert isinstance(denied, Deny)
    assert {one.rule_id for one in denied.reasons if one.code == "cap_reached"} == {"US-MA-CRED"}


@pytest.mark.parametrize("said", ["true", 1, "yes", False, None])
def test_only_a_plain_yes_makes_a_message_a_duty(said: object) -> None:
    known = context(past_contacts=FULL, facts={"obligatory": said})
    assert isinstance(evaluate(draft(), known, [CN], NOW), Deny)

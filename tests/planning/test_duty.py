"""A duty goes by the first lawful channel, and where there is none it says that a person has to deliver it."""

from datetime import date, datetime, timedelta
from typing import Any

from attrs import evolve

from loansms.compliance import RulePack
from loansms.compliance.rule import Authority
from loansms.model import Channel, Contact, History, Lender, Purpose, Revocation
from loansms.model.examples import account, borrower
from loansms.planning import PlanDecision, PlanRow, plan_account
from loansms.policy import Policy, Stage, Step
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-21T10:00:00+08:00")  # a Monday
NIGHT = datetime.fromisoformat("2026-09-21T22:30:00+08:00")
CN = RulePack.load("CN", on=NOW.date())
CATALOGUE = Catalogue.builtin()
SMS, EMAIL, AGENT = Channel.SMS, Channel.EMAIL, Channel.AGENT


def policy(*channels: Channel, **more: Any) -> Policy:
    duty = Step(**{
        "id": "told", "day": 3, "obligatory": True, "deadline_days": 4, "template": "collection.early",
        "purpose": Purpose.COLLECTION, "channels": channels or (SMS, EMAIL, AGENT), "priority": 90, **more,
    })  # fmt: skip
    return Policy(name="duties", stages=[Stage(name="late", from_dpd=1)], steps=[duty])


def planned(
    rules: Policy,
    *,
    days: int = 3,
    now: datetime = NOW,
    history: History | None = None,
    packs: tuple[RulePack, ...] = (CN,),
    **changes: Any,
) -> PlanRow:
    loan = account(due_on=now.date() - timedelta(days=days), **changes)
    return plan_account(
        loan,
        policy=rules,
        catalogue=CATALOGUE,
        packs=packs,
        lender=Lender.example(),
        now=now,
        history=history,
    )


def codes(row: PlanRow) -> list[str]:
    return [one.code for one in row.reasons]


def texts_refused(**more: Any) -> Any:
    return borrower(consent_sms=False, **more)


def with_law() -> RulePack:
    """Return the Chinese pack whose caps are law."""
    rules = [evolve(one, authority=Authority.LAW) if one.check.type == "cap" else one for one in CN.rules]
    return RulePack.of(rules, jurisdiction="CN", countries=CN.countries)


def sent(*days_ago: float, channel: Channel = SMS) -> History:
    return History.of(
        Contact(channel=channel, at=NOW - timedelta(days=ago), purpose=Purpose.COLLECTION) for ago in days_ago
    )


def test_the_first_lawful_channel_in_the_order_of_the_step_is_used() -> None:
    assert planned(policy()).channel is SMS
    row = planned(policy(), borrower=texts_refused())
    assert (row.decision, row.channel) == (PlanDecision.SEND, EMAIL)
    assert row.text is not None
    assert row.send_at is not None
    assert planned(policy(SMS, AGENT), borrower=texts_refused()).channel is AGENT


def test_a_step_that_is_no_duty_stays_on_its_channel() -> None:
    plain = policy(obligatory=False, deadline_days=0, stage="late")
    row = planned(plain, borrower=texts_refused())
    assert (row.decision, row.channel) == (PlanDecision.DENY, SMS)
    assert "duty_needs_person" not in codes(row)


def test_without_a_lawful_channel_the_row_says_that_a_person_has_to_deliver_it() -> None:
    lone = planned(policy(SMS), borrower=texts_refused())
    row = planned(policy(SMS, Channel.MMS), borrower=texts_refused())
    assert (row.decision, row.channel, row.text) == (PlanDecision.DENY, SMS, None)
    assert codes(row) == codes(lone)
    assert codes(row)[-1] == "duty_needs_person"
    assert row.reason != "duty_needs_person"
    assert "人工" in row.reasons[-1].message_zh


def test_a_full_cap_of_the_house_keeps_no_duty_back() -> None:
    busy = sent(0.1, 1, 2)
    row = planned(policy(), history=busy)
    assert (row.decision, row.channel) == (PlanDecision.SEND, SMS)
    assert "CN-CAP-04" not in {one.reason.rule_id for one in row.limits}


def test_a_full_cap_of_the_law_sends_it_to_the_next_channel() -> None:
    row = planned(policy(SMS, AGENT), history=sent(0.1), packs=(with_law(),))
    assert (row.decision, row.channel) == (PlanDecision.SEND, AGENT)


def test_a_cap_that_frees_before_the_deadline_is_waited_for() -> None:
    waits = planned(policy(SMS, EMAIL), history=sent(0.1), packs=(with_law(),))
    assert waits.decision is PlanDecision.DENY
    assert waits.retry_at is not None
    assert "duty_needs_person" not in codes(waits)
    late = planned(policy(SMS, EMAIL), days=7, history=sent(0.1), packs=(with_law(),))
    assert late.last_on == NOW.date()
    assert codes(late)[-1] == "duty_needs_person"


def test_a_lawful_hour_before_the_deadline_is_waited_for_on_the_first_channel() -> None:
    row = planned(policy(), now=NIGHT)
    assert (row.decision, row.channel) == (PlanDecision.DEFER, SMS)
    assert row.send_at is not None
    assert row.send_at.date() == date(2026, 9, 22)


def test_on_the_last_evening_the_next_channel_is_tried_and_then_a_person() -> None:
    assert codes(planned(policy(), now=NIGHT, days=7))[-1] == "duty_needs_person"
    rules = [
        evolve(one, applies=evolve(one.applies, channels=("sms",))) if one.check.type == "window" else one
        for one in CN.rules
    ]
    texts_alone = RulePack.of(rules, jurisdiction="CN", countries=CN.countries)
    row = planned(policy(), now=NIGHT, days=7, packs=(texts_alone,))
    assert (row.decision, row.channel) == (PlanDecision.SEND, EMAIL)


def test_nothing_is_rerouted_past_a_refusal_of_every_channel() -> None:
    assert codes(planned(policy(), borrower=borrower(opted_out=True)))[0] == "opted_out"
    took_back = History(revocations=[Revocation(at=NOW - timedelta(days=1))])
    row = planned(policy(), history=took_back)
    assert (row.decision, row.channel, row.reason) == (PlanDecision.DENY, SMS, "consent_revoked")
    assert codes(row)[-1] == "duty_needs_person"


def test_a_refusal_of_texts_alone_leaves_the_other_channels() -> None:
    took_back = History(revocations=[Revocation(at=NOW - timedelta(days=1), channels=[SMS])])
    assert planned(policy(), history=took_back).channel is EMAIL

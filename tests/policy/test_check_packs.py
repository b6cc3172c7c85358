"""What rule packs never allow is told when a policy is written, not when the first borrower is due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.policy.parts import duty, found, policy, step

from loansms.compliance import Applies, Authority, CheckSpec, Rule, RulePack
from loansms.compliance import Severity as Hardness
from loansms.model import Channel, Draft, Purpose, RecipientRole
from loansms.policy import Experiment, Policy, Severity

CN = RulePack.load("CN")


def rule(check: str, params: dict[str, Any], **changes: Any) -> Rule:
    fields: dict[str, Any] = {
        "id": "OWN-1",
        "jurisdiction": "CN",
        "authority": Authority.REGULATION,
        "severity": Hardness.BLOCK,
        "applies": Applies(),
        "check": CheckSpec(check, params),
        "citation": "a test",
        "message_en": "Not so.",
        "message_zh": "不可。",
    }
    return Rule(**{**fields, **changes})


def pack(*rules: Rule, jurisdiction: str = "CN", **changes: Any) -> RulePack:
    return RulePack.of(rules, jurisdiction=jurisdiction, **changes)


def cap(count: int, days: int, **changes: Any) -> Rule:
    params = {"key": ["debtor"], "count": count, "period": {"kind": "rolling", "days": days}}
    return rule("cap", params, **changes)


def hours(start: str, end: str, **changes: Any) -> Rule:
    allow = [{"days": "mon-sun", "from": start, "to": end}]
    return rule("window", {"allow": allow}, severity=Hardness.DEFER, **changes)


def daily(*days: int, **changes: Any) -> Policy:
    """A step on each of these days, and nothing that is found without a pack."""
    return policy(*(step(day, **changes) for day in days))


@pytest.mark.parametrize(
    ("name", "packs"),
    [("cn-consumer", ["CN"]), ("us-first-party", ["US"]), ("cn-consumer", ["GB", "JP", "EU", "*"])],
)
def test_the_shipped_policies_keep_to_the_shipped_packs(name: str, packs: list[str]) -> None:
    given = [
        pack(cap(99, 1, jurisdiction="*"), jurisdiction="*") if one == "*" else RulePack.load(one)
        for one in packs
    ]
    assert Policy.preset(name).check(packs=given) == []


def test_a_step_whose_hours_exclude_each_other_is_found() -> None:
    own = pack(hours("08:00", "09:00", id="MORNING"), hours("20:00", "21:00", id="EVENING"))
    one = daily(1, 8)
    assert [(each.severity, each.code, each.where) for each in one.check(packs=[own])] == [
        (Severity.ERROR, "never_allowed", "step day-1"),
        (Severity.ERROR, "never_allowed", "step day-8"),
    ]
    assert one.check(packs=[own])[0].message == (
        'Step "day-1" can never go to the borrower by sms in CN: EVENING.'
    )
    assert one.check(packs=[own])[0].message_zh == (
        "步骤“day-1”在 CN 永远不能以 sms 发送给 borrower：EVENING。"
    )


def test_hours_of_two_packs_that_exclude_each_other_are_found() -> None:
    """A lender's own pack may leave no hour that the law leaves."""
    night = pack(hours("22:30", "23:30", id="NIGHT"), name="own")
    assert {code for code, _ in found(daily(1, 8), packs=[CN, night])} == {"never_allowed"}
    everywhere = pack(hours("22:30", "23:30", id="NIGHT", jurisdiction="*"), jurisdiction="*")
    assert {code for code, _ in found(daily(1, 8), packs=[CN, everywhere])} == {"never_allowed"}
    abroad = pack(hours("22:30", "23:30", id="NIGHT", jurisdiction="US"), jurisdiction="US")
    assert found(daily(1, 8), packs=[CN, abroad]) == []


def test_an_hour_of_sundays_alone_is_an_hour() -> None:
    sundays = rule(
        "window", {"allow": [{"days": "sun", "from": "10:00", "to": "10:01"}]}, severity=Hardness.DEFER
    )
    assert found(daily(1, 8), packs=[pack(sundays)]) == []


def test_a_reader_the_law_never_lets_be_written_to_is_found() -> None:
    relative = rule("recipient_role", {"allow": ["borrower"]}, id="ALONE")
    one = policy(step(1), step(8), step(8, id="g", recipient=RecipientRole.GUARANTOR))
    (finding,) = one.check(packs=[pack(relative)])
    assert (finding.severity, finding.code, finding.where) == (Severity.ERROR, "never_allowed", "step g")
    assert finding.message == 'Step "g" can never go to the guarantor by sms in CN: ALONE.'
    assert found(one, packs=[CN]) == []


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"channels": [Channel.SMS]}, Severity.ERROR),
        ({"channels": [Channel.SMS, Channel.PUSH]}, Severity.WARN),
        ({"channels": [Channel.PUSH, Channel.SMS], "together": True}, Severity.ERROR),
    ],
)
def test_a_channel_that_is_closed_is_grave_where_nothing_is_left(
    changes: dict[str, Any], severity: Severity
) -> None:
    closed = cap(0, 1, applies=Applies(channels=("sms",)))
    one = policy(step(1, **changes), step(8, channels=[Channel.PUSH]))
    assert [(each.severity, each.where) for each in one.check(packs=[pack(closed)])] == [
        (severity, "step day-1")
    ]


def test_a_case_for_a_person_is_no_contact() -> None:
    assert found(daily(1, 8, channels=[Channel.AGENT]), packs=[pack(cap(0, 1))]) == []
    assert found(daily(1, 2, 8, channels=[Channel.AGENT]), packs=[pack(cap(1, 9))]) == []


def test_one_contact_more_than_a_cap_allows_names_the_first_day_and_the_rule() -> None:
    one = daily(1, 2, 3, 4, 8)
    (finding,) = one.check(packs=[pack(cap(2, 3))])
    assert (finding.severity, finding.code, finding.where) == (Severity.ERROR, "over_cap", "step day-3")
    assert finding.message == (
        'Step "day-3" of day 3 is one contact more than OWN-1 allows in CN (2), and no later day is left for it.'
    )
    assert finding.message_zh == (
        "第 3 天的步骤“day-3”超出 CN 的频次上限（OWN-1：2 次），且之后没有可发送的日期。"
    )


def test_a_step_that_can_wait_for_room_is_told_the_day() -> None:
    one = daily(1, 2, 3, 8)
    (finding,) = one.check(packs=[pack(cap(2, 3))])
    assert (finding.severity, finding.where) == (Severity.WARN, "step day-3")
    assert finding.message.endswith("and waits until day 4.")
    assert "顺延至第 4 天" in finding.message_zh
    assert found(one, packs=[pack(cap(2, 2))]) == []
    assert found(one, packs=[pack(cap(3, 3))]) == []


def test_a_reminder_never_waits_for_room() -> None:
    one = policy(step(-2), step(-1, carry_days=1), step(1), step(8))
    (finding,) = one.check(packs=[pack(cap(1, 2))])
    assert (finding.severity, finding.where) == (Severity.ERROR, "step day--1")


def test_a_repeat_is_counted_each_time() -> None:
    one = policy(step(1), step(8, id="daily", repeat=1, until=12))
    (finding,) = one.check(packs=[pack(cap(3, 4))])
    assert finding.where == "step daily"
    assert '"daily.4" of day 11' in finding.message


def test_a_calendar_day_is_counted_apart_from_a_rolling_one() -> None:
    params = {"key": ["debtor"], "count": 1, "period": {"kind": "calendar"}}
    one = policy(step(1), duty(2, purpose=Purpose.CREDIT_PRENOTICE), step(2), step(8))
    (finding,) = one.check(packs=[pack(rule("cap", params))])
    assert (finding.severity, finding.where) == (Severity.WARN, "step day-2")
    assert finding.message.endswith("and waits until day 3.")


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ([{}, {}, {}], 1),
        ([{"audience": "autopay"}, {"audience": "not autopay"}, {}], 0),
        ([{"audience": "autopay"}, {"audience": "score < 5"}, {}], 1),
        ([{"audience": "days_past_due < 4"}, {"audience": "days_past_due > 1"}, {}], 1),
        ([{"experiment": "t", "arm": "a"}, {"experiment": "t", "arm": "b"}, {}], 0),
        ([{"experiment": "t", "arm": "a"}, {"experiment": "t"}, {}], 1),
        ([{"recipient": RecipientRole.GUARANTOR}, {}, {}], 0),
        ([{}, {"channels": [Channel.PUSH]}, {}], 0),
        ([{}, {"channels": [Channel.AGENT]}, {}], 0),
    ],
)
def test_contacts_are_counted_for_a_loan_that_can_have_them_all(
    changes: list[dict[str, Any]], count: int
) -> None:
    steps = [step(day, **one) for day, one in zip((2, 3, 4), changes, strict=True)]
    experiment = Experiment(name="t", arms={"a": 1, "b": 1})
    one = policy(*steps, step(8), step(12), columns={"score": "number"}, experiments=[experiment])
    own = pack(cap(2, 3, applies=Applies(channels=("sms",))))
    codes = [code for code, _ in found(one, packs=[own]) if code == "over_cap"]
    assert len(codes) == count


def test_channels_that_go_out_together_are_a_contact_each() -> None:
    both = {"channels": [Channel.SMS, Channel.PUSH], "together": True}
    assert [code for code, _ in found(daily(1, 8, **both), packs=[pack(cap(1, 1))])] == ["over_cap"]
    one_after_another = {**both, "together": False}
    assert found(daily(1, 8, **one_after_another), packs=[pack(cap(1, 1))]) == []


def test_a_duty_is_free_of_the_lender_s_own_caps_alone() -> None:
    one = policy(step(1), step(8), duty(9))
    assert found(one, packs=[pack(cap(1, 3, authority=Authority.HOUSE))]) == []
    (finding,) = one.check(packs=[pack(cap(1, 3))])
    assert (finding.severity, finding.where) == (Severity.WARN, "step duty")


def test_each_rule_is_told_once_for_what_waits_and_once_for_what_is_lost() -> None:
    one = daily(*range(1, 8), 8, 30, 31, 33)
    codes = [(each.severity, each.where) for each in one.check(packs=[pack(cap(1, 2))])]
    assert codes == [(Severity.ERROR, "step day-2"), (Severity.WARN, "step day-8")]


def test_a_pack_for_every_country_alone_cannot_be_judged() -> None:
    house = pack(cap(0, 1, jurisdiction="*"), jurisdiction="*")
    (finding,) = daily(1, 8).check(packs=[house])
    assert (finding.severity, finding.code) == (Severity.NOTE, "pack_without_place")
    assert finding.where == f"pack {house.version}"
    assert "国家" in finding.message_zh


def test_the_states_that_a_pack_names_are_asked_too() -> None:
    one = daily(1, 3, 6, 8, 15)
    (finding,) = one.check(packs=[RulePack.load("US")])
    assert (finding.severity, finding.where) == (Severity.ERROR, "step day-6")
    assert "US-MA-CRED allows in US-MA (2)" in finding.message


def test_warnings_other_parties_and_other_providers_bind_nobody_here() -> None:
    for lax in (
        cap(0, 1, severity=Hardness.WARN),
        cap(0, 1, applies=Applies(party="third")),
        cap(0, 1, applies=Applies(recipient_roles=("guarantor",))),
        cap(0, 1, applies=Applies(classes=("marketing",))),
    ):
        assert found(daily(1, 8), packs=[CN, pack(lax)]) == []
    named = rule(
        "cap",
        {"key": ["debtor"], "count": 0, "period": {"kind": "calendar"}, "providers": ["aliyun"]},
    )
    assert found(daily(1, 8), packs=[pack(named)]) == []


def test_the_best_case_is_an_agreeing_debtor_of_the_lender_itself() -> None:
    kind = Draft(purpose=Purpose.MARKETING, channel=Channel.SMS)
    (answer,) = CN.at_best(kind, date(2026, 4, 20), 0)
    assert answer.blocks == ()
    assert (answer.place, answer.at.isoformat()) == ("CN", "2026-04-20T12:00:00+08:00")
    assert answer.hours
    assert "CN-CAP-04" in answer.house
    assert RulePack.load("EU").places == ("AT",)

"""What a borrower would receive, or a clerk be told, if the gate read one fact or one record wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from loansms.calendars import calendar_for
from loansms.compliance import (
    FAMILIES,
    Applies,
    Authority,
    Context,
    Rule,
    RulePack,
    Severity,
    cap_limits,
    evaluate,
    record_leaks,
    retention_floor,
    review_text,
)
from loansms.compliance.asked import Asked
from loansms.compliance.checks.waking import waking
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.rule import CheckSpec
from loansms.errors import CallerError
from loansms.model import (
    Allow,
    Channel,
    ContactKind,
    Decision,
    Defer,
    Deny,
    Draft,
    Party,
    Purpose,
    RecipientRole,
)
from loansms.privacy import Secret
from tests.compliance.cases import CN, DAY, US, context, draft, local, sent
from tests.compliance.test_survivors import NOW, ask, codes, ours

THREAT = "再不还钱就去你家泼油漆。"


def packed(*rules: Rule, **more: Any) -> RulePack:
    return RulePack.of(rules, **{"jurisdiction": "CA", **more})


def judged(packs: RulePack | list[RulePack], now: datetime = NOW, **more: Any) -> Decision:
    known: dict[str, Any] = {"jurisdiction": "CA", "zones": ("America/Toronto",), **more}
    asked = packs if isinstance(packs, list) else [packs]
    return evaluate(draft(), context(**known), asked, now)


# Each reason once.


@pytest.mark.parametrize("pack", [CN, US], ids=["CN", "US"])
def test_every_reason_is_told_once_however_many_things_wake_its_rule(pack: RulePack) -> None:
    country = pack.jurisdiction
    facts = {
        "opted_out": True,
        "disputed": True,
        "record": "13800138000",
        "last_inbound": "STOP",
        "production": True,
        "pack_recalled": ("X",),
        "instalment_years": 9,
        "records_kept_months": 1,
    }
    message = draft(text=Secret(THREAT + "身份证号11010519491231002X"))
    known = context(country, facts=facts, suppressions={"hardship"})
    decision = evaluate(message, known, [pack, pack], local("2026-09-24T10:00"))
    assert isinstance(decision, Deny)
    told = [(one.rule_id, one.code, one.message) for one in decision.reasons]
    assert len(told) == len(set(told))
    assert len(told) > 5


def test_a_rule_sleeps_under_what_wakes_it_and_under_nothing_else() -> None:
    asking: dict[str, dict[str, Any]] = {
        "cap": {"key": ["debtor"], "count": 1, "period": {"kind": "rolling", "days": 7}},
        "length": {"max_chars": 70},
        "forbid_text": {"family": "violence_threat"},
        "suppression": {"flag": "hardship"},
        "channel_ban": {"ban": ["employer"]},
        "retention_max": {"rule": "x"},
        "require_text": {"elements": ["amount"]},
    }
    rules = [evolve(ours(check, **params), id=check) for check, params in asking.items()]
    known = Context(jurisdiction="US", party=Party.FIRST, zones=("America/New_York",), provider="sandbox")
    kind = Draft(purpose=Purpose.COLLECTION, channel=Channel.SMS)
    asked = Asked.of(packed(*rules).bound, served=True, message=kind, context=known)

    def awake(
        *, text: bool = False, findings: bool = False, flags: bool = False, facts: tuple[str, ...] = ()
    ) -> set[str]:
        found = asked.awake(text, findings, flags, facts)
        return {one.rule.id for _, one in (*found.asking, *found.standing)}

    assert awake() == {"cap"}
    assert awake(text=True) == {"cap", "length", "require_text"}
    assert awake(text=True, findings=True) == {"cap", "length", "require_text", "forbid_text"}
    assert awake(flags=True) == {"cap", "suppression"}
    assert awake(facts=("address_kind",)) == {"cap", "channel_ban"}
    assert awake(facts=("records_kept_for", "unheard_of")) == {"cap", "retention_max"}
    assert asked.facts == {"address_kind", "records_kept_for", "instalment_years"}


@pytest.mark.parametrize(
    ("check", "params", "text", "findings", "flags", "facts"),
    [
        ("length", {"max_chars": 70}, True, False, False, set()),
        ("forbid_text", {"family": "violence_threat"}, False, True, False, set()),
        ("suppression", {"flag": "hardship"}, False, False, True, set()),
        ("require_text", {"elements": ["amount"]}, True, False, False, {"instalment_years"}),
        ("require_text", {"state_flag": "told"}, True, False, False, {"instalment_years", "told"}),
        (
            "forbid_text",
            {"claim": "limited_content_message"},
            True,
            False,
            False,
            {"limited_content_message"},
        ),
        ("mask", {"field": "phone"}, False, True, False, {"record"}),
        ("scope", {"recheck": "dispatch_time"}, False, False, False, {"decided_at"}),
        ("scope", {"counter_key": ["debtor"]}, False, False, False, {"counter_key"}),
        ("scope", {"strict_mode": "told"}, False, False, False, {"production"}),
        ("template_ast", {"forbid": ["adjacent_variables"]}, False, False, False, {"template_shape"}),
        ("retention_min", {"years": 1}, False, False, False, {"record_store", "records_kept_months"}),
        (
            "registration",
            {"what": "collection_vendor_registry"},
            False,
            False,
            False,
            {"registrations", "vendor_violence_record"},
        ),
        (
            "registration",
            {"what": "sender"},
            False,
            False,
            False,
            {"registrations", "campaign_content", "sender_number_kind"},
        ),
    ],
)
def test_a_check_wakes_for_what_it_reads(
    check: str, params: dict[str, Any], text: bool, findings: bool, flags: bool, facts: set[str]
) -> None:
    (bound,) = packed(ours(check, **params)).bound
    wakes = waking(bound.check)
    assert wakes is not None
    assert (wakes.text, wakes.findings, wakes.flags, set(wakes.facts)) == (text, findings, flags, facts)


@pytest.mark.parametrize(
    ("params", "facts", "code"),
    [
        ({"elements": ["amount"], "max_instalment_years": 5}, {"instalment_years": 6}, "instalment_too_long"),
        ({"state_flag": "told"}, {"told": False}, "required_content"),
    ],
)
def test_a_rule_on_texts_is_asked_of_a_fact_before_there_is_a_text(
    params: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    rule = ours("require_text", **params)
    assert codes(rule, facts=facts) == {code}
    assert codes(rule, facts={}) == set()
    assert codes(rule, facts={}, text="本期应还100元") == set()


# The order of answers.


def test_what_denies_is_told_first_then_closed_hours_then_warnings_law_before_house() -> None:
    allow = [{"days": "mon-sun", "from": "12:00", "to": "13:00"}]
    block = ours("suppression", flag="hardship")
    rules = [
        evolve(block, id="W", severity=Severity.WARN),
        evolve(ours("window", allow=allow), id="H", authority=Authority.LAW),
        evolve(block, id="B-house"),
        evolve(block, id="B-law", authority=Authority.LAW),
        evolve(ours("window", allow=allow), id="S", severity=Severity.WARN),
    ]
    got = judged(packed(*rules), suppressions={"hardship"})
    assert isinstance(got, Deny)
    assert [one.rule_id for one in got.reasons] == ["B-law", "B-house", "H", "S", "W"]
    assert got.retry_at is None
    calm = judged(packed(*rules))
    assert isinstance(calm, Defer)
    assert ([one.rule_id for one in calm.reasons], calm.until) == (
        ["H", "S"],
        local("2026-09-24T12:00", "America/Toronto"),
    )
    noon = judged(packed(*rules), local("2026-09-24T12:30", "America/Toronto"))
    assert noon == Allow()


def test_a_refusal_ends_when_its_last_block_does_and_never_when_one_never_does() -> None:
    def cap(days: int) -> Rule:
        return evolve(
            ours("cap", key=["debtor"], count=1, period={"kind": "rolling", "days": days}), id=f"C{days}"
        )

    past = [sent(NOW - timedelta(hours=1))]
    both = judged(packed(cap(1), cap(3)), past_contacts=past)
    assert isinstance(both, Deny)
    assert both.retry_at == NOW - timedelta(hours=1) + 3 * DAY
    lasting = judged(
        packed(cap(1), ours("suppression", flag="hardship")), past_contacts=past, suppressions={"hardship"}
    )
    assert isinstance(lasting, Deny)
    assert lasting.retry_at is None


def test_hours_that_never_meet_are_a_refusal_that_says_so() -> None:
    rules = [
        evolve(ours("window", allow=[{"days": "mon-sun", "from": start, "to": end}]), id=start)
        for start, end in (("09:00", "10:00"), ("15:00", "16:00"))
    ]
    got = judged(packed(*rules), local("2026-09-24T09:30", "America/Toronto"))
    assert isinstance(got, Deny)
    assert [one.code for one in got.reasons] == ["outside_hours", "no_common_hour"]
    assert "next 31 days" in got.reasons[-1].message
    assert (got.reasons[-1].severity, got.reasons[-1].citation) == ("block", "house")


def test_an_hour_is_looked_for_in_the_next_thirty_one_days() -> None:
    def far(days: int) -> Decision:
        closed = [(date(2026, 9, 24) + n * DAY).isoformat() for n in range(days)]
        shut = ours("calendar_day", deny_dates=[date.fromisoformat(one) for one in closed])
        return judged(packed(shut))

    got = far(31)
    assert isinstance(got, Defer)
    assert got.until == local("2026-10-25T00:00", "America/Toronto")
    assert isinstance(far(32), Deny)


def test_the_next_hour_is_told_in_the_likeliest_zone_of_the_recipient() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "21:00"}]
    got = judged(
        packed(ours("window", allow=allow)),
        local("2026-09-24T08:00", "America/Toronto"),
        zones=("America/Vancouver", "America/Toronto"),
    )
    assert isinstance(got, Defer)
    assert got.until.isoformat() == "2026-09-24T09:00:00-07:00"


# A year whose plan is not out.


@pytest.mark.parametrize(
    ("on", "now", "told"),
    [
        ("workday", "2035-09-24T10:00", True),
        ("any", "2035-09-24T10:00", False),
        ("workday", "2026-09-24T10:00", False),
    ],
)
def test_a_window_on_workdays_says_when_nobody_knows_the_workdays(on: str, now: str, told: bool) -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "20:00", "on": on}]
    pack = RulePack.of([ours("window", allow=allow)], jurisdiction="CN")
    got = evaluate(draft(), context("CN"), [pack], local(now))
    assert isinstance(got, Allow)
    assert [(one.code, one.severity, one.rule_id) for one in got.reasons] == (
        [("calendar_stale", "warn", "GEN-CAL-01")] if told else []
    )


def test_the_last_day_of_the_plan_is_planned_and_the_next_is_not() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "20:00", "on": kind} for kind in ("workday", "off")]
    pack = RulePack.of([ours("window", allow=allow)], jurisdiction="CN")
    last = calendar_for("CN").valid_through
    assert last is not None
    for days, hour, told in ((0, 10, False), (1, 10, True), (0, 21, True)):
        at = local(f"{last + days * DAY}T{hour}:00")
        got = evaluate(draft(), context("CN"), [pack], at)
        assert {"calendar_stale"} & {one.code for one in got.reasons} == (
            {"calendar_stale"} if told else set()
        )
        if hour == 10:
            assert isinstance(got, Allow)
        else:
            assert isinstance(got, Defer)
    both = RulePack.of(
        [
            ours("window", allow=allow),
            evolve(ours("calendar_day", on_missing_year="calendar_stale"), id="S", severity=Severity.WARN),
        ],
        jurisdiction="CN",
    )
    again = evaluate(draft(), context("CN"), [both], local(f"{last + DAY}T10:00"))
    assert [one.rule_id for one in again.reasons] == ["S"]


# What is missing denies.


def test_a_send_without_its_inputs_names_each_of_them() -> None:
    got = evaluate(draft(), Context(jurisdiction="CN", party=None, zones=(), provider=""), [CN], NOW)
    assert isinstance(got, Deny)
    (one,) = got.reasons
    assert one.message == "A send needs party, provider, zones."
    assert (one.code, one.rule_id, one.citation) == ("missing_input", "GEN-INPUT-01", "house (GEN-INPUT-01)")
    assert Context(jurisdiction="", party=Party.FIRST, zones=("UTC",), provider="x").missing() == (
        "jurisdiction",
    )
    got = evaluate(draft(), context("CN"), [US], NOW)
    assert isinstance(got, Deny)
    (none,) = got.reasons
    assert (none.code, none.rule_id, none.citation, none.severity) == ("no_pack", "", "house", "block")
    assert isinstance(evaluate(draft(), context("CA"), [packed(ours("length", max_chars=9)), US], NOW), Allow)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_suppression_nobody_knows_stops_all_but_codes_and_alerts(purpose: Purpose) -> None:
    pack = packed(ours("length", max_chars=70))
    got = evaluate(draft(purpose), context("CA", suppressions={"moonlight"}), [pack], NOW)
    assert isinstance(got, Allow) == (purpose in (Purpose.OTP, Purpose.SECURITY_ALERT))
    known = evaluate(draft(purpose), context("CA", suppressions=SUPPRESSIONS), [pack], NOW)
    assert known == Allow()


def test_the_words_of_a_suppression_are_these() -> None:
    assert " ".join(sorted(SUPPRESSIONS)) == (
        "attorney_represented bankruptcy cease_or_refusal_to_pay consent_revoked contact_refused deceased "
        "dispute_open hardship marketing_refused medium_or_address_refused opted_out revoke_all wrong_number"
    )


# Which rules look at a message.

STOP = ours("suppression", flag="hardship")


@pytest.mark.parametrize(
    ("applies", "more", "stopped"),
    [
        (Applies(party="first"), {}, True),
        (Applies(party="third"), {}, False),
        (Applies(party="third"), {"party": Party.THIRD}, True),
        (Applies(party="any"), {"party": Party.THIRD}, True),
        (Applies(recipient_roles=("guarantor",)), {}, False),
        (Applies(recipient_roles=("guarantor", "borrower")), {}, True),
        (Applies(recipient_roles=("guarantor", "*")), {}, True),
    ],
)
def test_a_rule_looks_at_its_own_party_and_recipients(
    applies: Applies, more: dict[str, Any], stopped: bool
) -> None:
    got = judged(packed(evolve(STOP, applies=applies)), suppressions={"hardship"}, **more)
    assert isinstance(got, Deny) == stopped


@pytest.mark.parametrize(
    ("rule_of", "jurisdiction", "region", "stopped"),
    [
        ("US-MA", "US", "Massachusetts", True),
        ("US-MA", "US", "MA", True),
        ("US-MA", "US", "New York", False),
        ("US-MA", "US", None, False),
        ("US-MA", "US", "", False),
        ("US-MA", "US-MA", None, True),
        ("CA-QC", "CA", "QC", True),
        ("CA-QC", "CA", "Quebec", False),
        ("US", "US", "Atlantis", True),
    ],
)
def test_a_state_is_known_however_it_is_written(
    rule_of: str, jurisdiction: str, region: str | None, stopped: bool
) -> None:
    pack = packed(evolve(STOP, jurisdiction=rule_of), jurisdiction=jurisdiction[:2])
    got = judged(pack, jurisdiction=jurisdiction, region=region, suppressions={"hardship"})
    assert isinstance(got, Deny) == stopped


def test_rules_of_a_pack_for_another_country_stay_out_and_shared_ones_are_told_once() -> None:
    here, there = packed(STOP), packed(evolve(STOP, id="THERE"), jurisdiction="US")
    got = judged([here, there, packed(STOP, evolve(STOP, id="TOO"))], suppressions={"hardship"})
    assert [one.rule_id for one in got.reasons] == ["OURS", "TOO"]
    everywhere = packed(evolve(STOP, id="ALL"), jurisdiction="*")
    assert [one.rule_id for one in judged([here, everywhere], suppressions={"hardship"}).reasons] == [
        "OURS",
        "ALL",
    ]


def test_a_provider_is_asked_by_its_own_rules_alone() -> None:
    pack = packed(ours("length", max_chars=5, providers=["aliyun_cn"]))
    for provider, stopped in (("aliyun", True), ("Aliyun-CN", True), ("sandbox", False)):
        got = evaluate(draft(text=Secret("好" * 9)), context("CA", provider=provider), [pack], NOW)
        assert isinstance(got, Deny) == stopped


# The words of a text.


@pytest.mark.parametrize(
    ("more", "stopped"),
    [({}, True), ({"reviewed": True}, False), ({"template_version": "v1", "template": "t"}, True)],
)
def test_a_text_is_read_unless_it_was_proved(more: dict[str, Any], stopped: bool) -> None:
    pack = packed(ours("forbid_text", family="violence_threat"))
    got = evaluate(draft(text=Secret(THREAT), **more), context("CA"), [pack], NOW)
    assert isinstance(got, Deny) == stopped
    form = packed(ours("length", max_chars=3))
    assert isinstance(evaluate(draft(text=Secret(THREAT), **more), context("CA"), [form], NOW), Deny)


def test_what_only_sounds_bad_stops_no_template_that_people_approved() -> None:
    sounding = ("夜里睡觉记得锁门", "上!门!催!收!已安排", "We have friends in your neighborhood. They say hi")
    text = next(
        one for one in sounding if (found := review_text(one).findings) and all(each.refer for each in found)
    )
    rules = [evolve(ours("forbid_text", family=one), id=one) for one in FAMILIES]
    plain = draft(text=Secret(text))
    for message, stopped in (
        (plain, True),
        (evolve(plain, template_version="v1"), False),
        (evolve(plain, reviewed=True), False),
    ):
        assert isinstance(evaluate(message, context("CA"), [packed(*rules)], NOW), Deny) == stopped


def test_the_facts_of_the_case_name_its_jurisdiction_to_the_reader() -> None:
    pack = packed(
        ours("forbid_text", family="third_party_recipient"), jurisdiction="*", countries=["US", "CN"]
    )
    for country, stopped in (("US", True), ("CN", False)):
        message = draft(Purpose.RELAY, text=Secret("请转告机主回电。"), recipient=RecipientRole.CONTACT)
        got = evaluate(message, context(country), [pack], NOW)
        assert isinstance(got, Deny) == stopped


# Limits for the store.


def test_limits_for_the_store_are_those_of_rules_that_stop() -> None:
    cap = ours("cap", key=["debtor"], count=2, period={"kind": "rolling", "days": 7})
    warned, pending = evolve(cap, id="W", severity=Severity.WARN), ours("length", max_chars=70)

    def limits(*rules: Rule, **more: Any) -> list[int]:
        found = cap_limits(Purpose.COLLECTION, Channel.SMS, context("CA", **more), [packed(*rules)], NOW)
        return [one.count for one in found]

    assert limits(cap, warned, pending) == [2]
    talks = [sent(NOW - DAY, kind=ContactKind.CONVERSATION)] * 3
    calls = evolve(cap, check=CheckSpec("cap", {**cap.check.params, "unit": "call"}))
    assert limits(calls, past_contacts=talks[:1]) == [1]
    assert limits(calls, past_contacts=talks) == [0]
    assert limits(cap, provider="") == []
    with pytest.raises(CallerError, match="with a time zone"):
        cap_limits(Purpose.COLLECTION, Channel.SMS, context("CA"), [packed(cap)], datetime(2026, 9, 24))


# Records before they are stored.


def test_each_rule_that_a_record_breaks_is_told_once_with_the_kinds_in_order() -> None:
    one = packed(ours("mask", field="*"))
    text = "联系人：王小明，电话13800138000"
    (told,) = record_leaks(text, [one, one])
    assert told.message == "Ours. (name, phone)"
    assert told.message_zh == "本机构规则。（name, phone）"
    assert record_leaks("李雷还款", one) == ()
    assert [each.rule_id for each in record_leaks("李雷还款", one, names=["李雷"])] == ["OURS"]
    assert record_leaks(text, one, lines=["13800138000"])[0].message == "Ours. (name)"
    phones = packed(
        ours("length", max_chars=3),
        evolve(ours("mask", field="phone"), id="P"),
        evolve(ours("mask", field="email"), id="E"),
    )
    assert [each.rule_id for each in record_leaks(text, phones)] == ["P"]


def test_the_longest_time_of_keeping_counts_of_rules_that_bind_this_lender() -> None:
    def kept(*rules: Rule, lender: str | None = None, purpose: Purpose = Purpose.OTP) -> int:
        return retention_floor([packed(*rules)], purpose, Channel.SMS, lender)

    years, months = ours("retention_min", years=2, months=3), ours("retention_min", months=6)
    bank = ours("retention_min", years=5, lender_type="bank")
    assert kept(years, months) == 27
    assert kept(months) == 6
    assert kept() == kept(ours("length", max_chars=70)) == 0
    assert kept(months, bank) == kept(months, bank, lender="bank") == 60
    assert kept(months, bank, lender="small") == 6
    assert kept(months, ours("retention_min", years=5, status="pending")) == 6
    other = evolve(years, applies=Applies(classes=("marketing",)))
    assert kept(other) == 0
    assert kept(other, purpose=Purpose.MARKETING) == 27


def test_the_zones_of_a_rule_are_its_own_or_the_recipients() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "21:00"}]
    at = local("2026-09-24T10:00", "America/Toronto")
    for zone, open_ in ((None, True), ("recipient", True), ("America/Vancouver", False)):
        rule = evolve(ours("window", allow=allow), tz=zone)
        assert isinstance(ask(rule, at), Allow) == open_


def test_a_window_that_only_warns_is_shown_outside_its_hours_and_defers_nothing() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "21:00"}]
    rule = evolve(ours("window", allow=allow), severity=Severity.WARN)
    early = ask(rule, local("2026-09-24T08:59", "America/Toronto"))
    assert isinstance(early, Allow)
    assert [(one.code, one.severity) for one in early.reasons] == [("outside_hours", "warn")]
    assert ask(rule, local("2026-09-24T09:00", "America/Toronto")) == Allow()

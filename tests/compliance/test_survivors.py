"""What would reach a borrower, or a lender's ledger, if one line of a check were wrong: an edge at a time.

`make mutants` found these: each was a change of the code that no other test noticed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from loansms.calendars import calendar_for
from loansms.compliance import Rule, RulePack, contact_decision, evaluate, review_text
from loansms.compliance.checks.flags import LIFE_EVENTS, flags
from loansms.compliance.checks.table import check_of
from loansms.compliance.consents import records_of
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.diff import diff_packs
from loansms.compliance.records import record_leaks
from loansms.compliance.rule import CLASSES, Applies, Authority, CheckSpec, Override, Severity
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.gates import GATES, dates, holds
from loansms.errors import PackError
from loansms.model import (
    Allow,
    Channel,
    Consent,
    ContactKind,
    Decision,
    Defer,
    Party,
    Purpose,
    RecipientRole,
    Revocation,
)
from loansms.privacy import Secret
from tests.compliance.cases import DAY, context, draft, local, sent
from tests.compliance.generated.pairs import pair_of
from tests.compliance.test_generated import RULES, on_the_road

NOW = local("2026-09-24T10:00", "America/Toronto")


def ours(check: str, override: str = "", calendar: str | None = None, **params: Any) -> Rule:
    return Rule(
        id="OURS",
        jurisdiction="*",
        authority=Authority.HOUSE,
        severity=Severity.BLOCK,
        applies=Applies(),
        check=CheckSpec(check, params),
        citation="house",
        message_en="Ours.",
        message_zh="本机构规则。",
        calendar=calendar,
        override=Override(override) if override else None,
    )


def ask(rule: Rule, now: datetime = NOW, *, channel: Channel = Channel.SMS, **more: Any) -> Decision:
    known: dict[str, Any] = {"jurisdiction": "CA", "zones": ("America/Toronto",), **more}
    text = known.pop("text", None)
    purpose = known.pop("purpose", Purpose.COLLECTION)
    pack = RulePack.of([rule], jurisdiction="CA", countries=["ID", "CN", "BR", "GB", "US"])
    return evaluate(
        draft(purpose, channel, text=Secret(text) if text else None), context(**known), [pack], now
    )


def codes(rule: Rule, now: datetime = NOW, **more: Any) -> set[str]:
    return {one.code for one in ask(rule, now, **more).reasons}


# The words by which a lender's ledger and dashboards count refusals: one that changes loses their history.
TOLD = {
    "calendar_day": "calendar_differs calendar_of_another_place calendar_stale outside_hours",
    "cap": "cap_reached",
    "channel_ban": "address_banned",
    "charset": "forbidden_signs",
    "cooldown": "cooldown",
    "inbound_keywords": "asked_to_stop",
    "length": "text_too_long",
    "link_policy": "link_refused unsafe_link_or_credential",
    "mask": "bare_hash masked_late record_shows",
    "preview": "preview_shows",
    "recipient_role": "recipient_not_allowed third_party_recipient",
    "registration": "content_refused not_registered route_class signature_format vendor_refused",
    "require_consent": "no_express_consent no_lawful_basis no_separate_consent outside_safe_harbor sms_refused",
    "require_text": "last_line required_content",
    "retention_max": "records_kept_for_ever",
    "retention_min": "records_kept_too_short",
    "scope": "acts_as_collector counted_apart decided_earlier missing_input pack_not_verified party_in_doubt",
    "suppression": "attorney_represented bankruptcy bereavement cease_or_refusal_to_pay consent_revoked"
    " contact_refused deceased dispute_open hardship marketing_refused medium_or_address_refused opted_out"
    " revoke_all wrong_number",
    "template_ast": "adjacent_variables all_variable_template",
    "window": "outside_hours unknown_zone",
}


@pytest.mark.parametrize("check", sorted(TOLD))
def test_a_refusal_keeps_the_word_it_is_counted_under(check: str) -> None:
    told: set[str] = set()
    for rule in (one for one in RULES.values() if one.check.type == check):
        trial = pair_of(rule)[1](rule)
        pack = RulePack.of([on_the_road(rule)], jurisdiction=trial.context.jurisdiction)
        decision = evaluate(trial.message, trial.context, [pack], trial.now)
        told |= {one.code for one in decision.reasons if one.rule_id == rule.id}
    assert told == set(TOLD[check].split())


# Times and places a person asked to be spared.

SPARING = ours("window", source="consumer_designations")


def spared(now: str = "2026-09-24T10:00", **one: Any) -> Decision:
    facts = {"consumer_designations": [one], "known_current_place": "work"}
    return ask(SPARING, local(now, "America/Toronto"), facts=facts)


def test_a_person_at_the_place_they_named_gets_nothing_there_and_everything_elsewhere() -> None:
    assert {one.code for one in spared(kind="inconvenient_place", place="work").reasons} == {
        "inconvenient_place"
    }
    assert isinstance(spared(kind="inconvenient_place", place="home"), Allow)
    unknown = {"consumer_designations": [{"kind": "inconvenient_place"}]}
    assert isinstance(ask(SPARING, facts=unknown), Allow)


def test_a_place_spares_no_hours_and_hides_no_later_wish() -> None:
    wishes = [
        {"kind": "inconvenient_place", "place": "home"},
        {"kind": "inconvenient", "until": "2026-09-01", "from": "09:00", "to": "17:00"},
        {"kind": "inconvenient", "from": "09:00", "to": "12:00"},
    ]
    held = ask(SPARING, facts={"consumer_designations": wishes, "known_current_place": "work"})
    assert isinstance(held, Defer)
    assert held.until == local("2026-09-24T12:00", "America/Toronto")


@pytest.mark.parametrize(
    ("until", "held"), [("2026-09-23", False), ("2026-09-24", True), ("2026-09-25", True), (None, True)]
)
def test_a_wish_holds_to_the_end_of_its_last_day(until: str | None, held: bool) -> None:
    got = spared(kind="inconvenient", until=until, **{"from": "09:00", "to": "17:00"})
    assert isinstance(got, Defer) == held


@pytest.mark.parametrize(
    ("start", "end", "now", "until"),
    [
        ("09:00", "24:00", "2026-09-24T10:00", "2026-09-25T00:00"),
        ("00:00", "09:00", "2026-09-24T08:00", "2026-09-24T09:00"),
        ("22:00", "07:00", "2026-09-24T23:00", "2026-09-25T07:00"),
        ("22:00", "07:00", "2026-09-24T06:59", "2026-09-24T07:00"),
        ("22:00", "07:00", "2026-09-24T21:59", None),
        ("09:00", "17:00", "2026-09-24T08:59", None),
        ("09:00", "17:00", "2026-09-24T17:00", None),
        ("09:00", None, "2026-09-24T23:59", "2026-09-25T00:00"),
    ],
)
def test_the_hours_a_person_named_are_closed_and_the_others_open(
    start: str, end: str | None, now: str, until: str | None
) -> None:
    got = spared(now, kind="inconvenient", **{"from": start, "to": end})
    assert (got.until if isinstance(got, Defer) else None) == (
        local(until, "America/Toronto") if until else None
    )


@pytest.mark.parametrize(
    "one", [{"from": "soon"}, {"days": ["someday"]}, {"days": 3}, {"from": "09:00", "to": "09:00"}, {}]
)
def test_a_wish_that_nobody_can_read_stops_the_message(one: dict[str, Any]) -> None:
    assert {reason.code for reason in spared(kind="inconvenient", **one).reasons} == {"inconvenient_time"}


def test_a_day_named_whole_leaves_the_other_days() -> None:
    got = spared(kind="inconvenient", days=["Thursday", "fri"])
    assert isinstance(got, Defer)
    assert got.until == local("2026-09-26T00:00", "America/Toronto")


# Conversations and the days of rest after them.


def test_the_rest_after_a_call_ends_at_midnight_and_one_day_is_the_least() -> None:
    rest = ours("cooldown", days=1)
    talk = sent(NOW - timedelta(hours=1), channel=Channel.VOICE, kind=ContactKind.CONVERSATION)
    assert codes(rest, past_contacts=[talk]) == {"cooldown"}
    assert codes(rest, local("2026-09-25T00:00", "America/Toronto"), past_contacts=[talk]) == set()
    with pytest.raises(PackError, match="days >= 1"):
        check_of(CheckSpec("cooldown", {"days": 0}), "ours")


@pytest.mark.parametrize(("given_to", "open_"), [("collector", True), ("creditor", False)])
def test_only_a_wish_told_to_the_collector_ends_the_rest(given_to: str, open_: bool) -> None:
    rest = ours("cooldown", override="direct_prior_consent", days=7)
    talk = sent(NOW - DAY, channel=Channel.VOICE, kind=ContactKind.CONVERSATION)
    wish = {"scope": "call_this_number", "given_to": given_to, "at": (NOW - DAY / 2).isoformat()}
    assert isinstance(ask(rest, past_contacts=[talk], facts={"consents": [wish]}), Allow) == open_


# Calendars that are not of the debt's place.

PLACES = ours("calendar_day", port=["country", "region"], valid_through="required")


@pytest.mark.parametrize(
    ("country", "region", "handed", "told"),
    [
        ("CN", None, ("BR", None), True),
        ("CN", None, ("CN", None), False),
        ("BR", "SP", ("BR", "RJ"), True),
        ("BR", "SP", ("BR", "SP"), False),
        ("BR", "SP", ("BR", None), False),
        ("BR", None, ("BR", "RJ"), False),
        ("BR", "ZZ", ("BR", "RJ"), False),
    ],
)
def test_a_calendar_of_another_place_is_told(
    country: str, region: str | None, handed: tuple[str, str | None], told: bool
) -> None:
    known = {"jurisdiction": country, "region": region, "calendar": calendar_for(*handed)}
    assert codes(PLACES, **known) == ({"calendar_of_another_place"} if told else set())


def test_a_rule_on_countries_alone_leaves_regions_be() -> None:
    known = {"jurisdiction": "BR", "region": "SP", "calendar": calendar_for("BR", "RJ")}
    assert codes(ours("calendar_day", port=["country"]), **known) == set()


def test_the_first_evening_without_a_plan_is_told_where_it_is_already_tomorrow() -> None:
    stale = ours("calendar_day", on_missing_year="calendar_stale")
    last = calendar_for("CN").valid_through
    assert last is not None
    eve = datetime(last.year, last.month, last.day, 17, tzinfo=UTC)
    assert codes(stale, eve, jurisdiction="CN", zones=("Asia/Shanghai",)) == {"calendar_stale"}
    assert codes(stale, eve, jurisdiction="CN", zones=("UTC",)) == set()


@pytest.mark.parametrize(
    ("country", "calendar", "handed", "held"),
    [
        ("GB", "UK", calendar_for("GB", "ENG"), True),
        ("GB", "UK", calendar_for("GB"), True),
        ("BR", "BR-CE", calendar_for("BR", "CE"), True),
        ("BR", "BR-CE", calendar_for("BR", "SP"), True),
        ("BR", "BR-SP", calendar_for("BR", "CE"), False),
    ],
)
def test_a_rule_keeps_the_holidays_of_its_own_place(
    country: str, calendar: str, handed: Any, held: bool
) -> None:
    day = "2026-03-25T10:00" if country == "BR" else "2026-12-25T10:00"  # Data Magna of Ceará; Christmas
    allow = [{"days": "mon-sun", "from": "00:00", "to": "23:59"}]
    rule = ours("window", calendar=calendar, allow=allow, holidays="deny")
    got = ask(rule, local(day, "UTC"), jurisdiction=country, zones=("UTC",), calendar=handed)
    assert isinstance(got, Defer) == held


# Caps: what is counted, and by whom it may be lifted.


def capped(**more: Any) -> Rule:
    return ours("cap", **{"key": ["debtor"], "count": 1, "period": {"kind": "rolling", "days": 7}, **more})


@pytest.mark.parametrize(("key", "counted"), [("debt", False), ("account", False), ("debtor", True)])
def test_a_cap_on_one_debt_leaves_the_other_debts_their_own(key: str, counted: bool) -> None:
    past = [sent(NOW - DAY, loan_id="L-2")]
    assert bool(codes(capped(key=[key]), past_contacts=past, loan_id="L-1")) == counted


@pytest.mark.parametrize(
    ("by", "lifted"), [("recorded_agreement_with_debtor", True), ("borrower_choice", False)]
)
def test_more_messages_need_the_debtors_own_agreement(by: str, lifted: bool) -> None:
    rule = evolve(capped(), override=Override(by))
    agreed = {"consents": [{"scope": "more_contacts"}]}
    assert bool(codes(rule, past_contacts=[sent(NOW - DAY)], facts=agreed)) != lifted


@pytest.mark.parametrize(("days", "left_out"), [(6.9, True), (7, True), (7.1, False)])
def test_a_call_within_seven_days_of_a_consent_is_left_out_of_the_count(days: float, left_out: bool) -> None:
    given_at = NOW - DAY * 10
    wish = {"scope": "call_this_number", "given_to": "collector", "at": given_at.isoformat()}
    past = [sent(given_at + DAY * days, channel=Channel.VOICE, kind=ContactKind.ATTEMPT)]
    rule = capped(unit="call", pool=["voice", "sms"], exclude=["prior_consent_7_days"])
    assert bool(codes(rule, past_contacts=past, facts={"consents": [wish]})) != left_out


def test_a_consent_to_calls_is_found_behind_an_earlier_one_to_somebody_else() -> None:
    given_at = NOW - DAY * 3
    wish = {"scope": "call_this_number", "given_to": "collector", "at": given_at.isoformat()}
    rule = capped(unit="call", pool=["voice", "sms"], exclude=["prior_consent_7_days"])
    past = [sent(given_at + DAY, channel=Channel.VOICE, kind=ContactKind.ATTEMPT)]
    earlier = {**wish, "at": (NOW - DAY * 30).isoformat()}
    for other in ({**earlier, "scope": "more_contacts"}, {**earlier, "given_to": "creditor"}):
        assert codes(rule, past_contacts=past, facts={"consents": [other, wish]}) == set()
        assert codes(rule, past_contacts=past, facts={"consents": [other]}) == {"cap_reached"}


def test_a_refusal_that_is_yet_to_come_begins_no_count() -> None:
    rule = ours("cap", key=["debtor"], count=1, period={"kind": "per_revocation"})
    past = [sent(NOW - DAY / 2)]
    for days, counted in ((-1, True), (0, False), (1, False)):
        refused = {"opt_outs": [{"at": (NOW + DAY * days).isoformat()}]}
        assert bool(codes(rule, past_contacts=past, facts=refused)) == counted
    both = {"opt_outs": [{"at": (NOW - DAY).isoformat()}, {"at": (NOW + DAY).isoformat()}]}
    assert codes(rule, past_contacts=past, facts=both) == {"cap_reached"}
    none_more = ours("cap", key=["debtor"], count=0, period={"kind": "per_revocation"})
    assert codes(none_more, facts={"opt_outs": [{"at": NOW.isoformat()}]}) == {"cap_reached"}


def test_an_agreement_of_the_very_moment_of_the_refusal_opens_nothing() -> None:
    rule = ours("cap", key=["debtor"], count=1, period={"kind": "per_revocation"})
    refused = {"opt_outs": [{"at": (NOW - DAY).isoformat()}]}
    past = [sent(NOW - DAY / 2)]
    assert codes(rule, past_contacts=past, facts=refused) == {"cap_reached"}
    same = (Consent(at=NOW - DAY, purposes=[Purpose.COLLECTION], channels=[Channel.SMS]),)
    later = (Consent(at=NOW - DAY / 4, purposes=[Purpose.COLLECTION], channels=[Channel.SMS]),)
    assert codes(rule, past_contacts=past, facts=refused, consents=same) == {"cap_reached"}
    assert codes(rule, past_contacts=past, facts=refused, consents=later) == set()


# Words, numbers and lines of a text.


@pytest.mark.parametrize(
    ("front", "hidden", "back", "shown"),
    [(3, 13, 2, False), (4, 12, 2, True), (3, 12, 3, True), (2, 14, 2, False), (3, 12, 2, False)],
)
def test_a_half_hidden_number_shows_its_ends_alone(front: int, hidden: int, back: int, shown: bool) -> None:
    half = "1" * front + "*" * hidden + "2" * back
    mask = ours("mask", fields=["id_number"], sms_keep=[3, 2])
    assert (codes(mask, text=f"证件号{half}") == {"shown_in_full"}) == shown


@pytest.mark.parametrize(
    ("said", "stopped"),
    [("T", True), ("TT", True), ("退订", True), ("退订t", True), ("tn", False), ("no", False), ("", False)],
)
def test_one_letter_stops_when_it_stands_alone_or_over_again(said: str, stopped: bool) -> None:
    rule = ours("inbound_keywords", set=["退订", "T", "N"])
    assert bool(codes(rule, facts={"last_inbound": said})) == stopped


def test_a_text_names_as_many_lines_as_the_form_takes_and_no_more() -> None:
    rule = ours("forbid_text", allow_contacts=["landline", "400", "95"], max_contacts=1)
    assert codes(rule, text="客服电话400-000-0000") == set()
    told = ask(rule, text="客服电话400-000-0000或400-000-0001")
    assert [one.code for one in told.reasons] == ["contact_line"]
    assert told.reasons[0].message.endswith("(max_contacts)")


@pytest.mark.parametrize(("length", "told"), [(1, False), (2, True)])
def test_the_shortest_form_there_is_still_counts(length: int, told: bool) -> None:
    assert bool(codes(ours("length", max_chars=1), text="好" * length)) == told
    with pytest.raises(PackError, match="above zero"):
        check_of(CheckSpec("length", {"max_chars": 0}), "ours")


# What a person's life, or their refusal, asks for.


@pytest.mark.parametrize(
    ("fact", "flag"),
    [
        ("disputed", "dispute_open"),
        *((same, same) for same in ("contact_refused", "attorney_represented", "opted_out", "hardship")),
        *((same, same) for same in ("deceased", "bereavement", "calamity", "wedding", "festival")),
    ],
)
def test_a_fact_of_a_persons_life_raises_its_own_flag(fact: str, flag: str) -> None:
    assert flag in flags(context(facts={fact: True}), Channel.SMS)
    assert flag in SUPPRESSIONS | LIFE_EVENTS


@pytest.mark.parametrize(
    ("more", "up"),
    [
        ({"opted_out": True}, {"opted_out", "consent_revoked", "marketing_refused"}),
        ({"facts": {"opted_out": True}}, {"opted_out", "consent_revoked", "marketing_refused"}),
        ({"suppressions": {"revoke_all"}}, {"revoke_all", "consent_revoked", "marketing_refused"}),
        ({"facts": {"cease_request": "2026-09-01"}}, {"cease_or_refusal_to_pay"}),
        (
            {"facts": {"opt_outs": [{"channel": "text"}]}},
            {"marketing_refused", "medium_or_address_refused", "consent_revoked"},
        ),
        ({"facts": {"opt_outs": [{"channel": "email"}]}}, {"marketing_refused"}),
        ({"facts": {"opt_outs": [{"address": "other"}]}}, {"marketing_refused"}),
        ({"facts": {"hardship": "yes"}}, set()),
    ],
)
def test_a_refusal_closes_what_it_means_and_no_more(more: dict[str, Any], up: set[str]) -> None:
    assert flags(context(**more), Channel.SMS) == up


@pytest.mark.parametrize(
    ("country", "facts", "seen"),
    [
        ("BR", {}, False),
        ("BR", {"privacy": "strict"}, False),
        ("BR", {"privacy": "full"}, True),
        ("CN", {}, True),
        ("CN", {"privacy": "strict"}, False),
        ("CN", {"privacy": "full", "number_verified": False}, False),
        ("CN", {"number_verified": True}, True),
    ],
)
def test_a_locked_screen_shows_a_debt_only_where_the_lender_may_choose_it(
    country: str, facts: dict[str, object], seen: bool
) -> None:
    rule = ours("preview", chars=20, hide=["debt_word", "delay"])
    got = codes(rule, jurisdiction=country, text="您的贷款已逾期", facts=facts)
    assert (got == set()) == seen


def test_what_begins_in_the_last_sign_of_the_opening_is_seen() -> None:
    text, signed_ = "您好逾期三天", 6  # 【安信示例】 stands before it
    rule = ours("preview", chars=signed_ + 3, hide=["delay"])
    assert codes(rule, jurisdiction="BR", text=text) == {"preview_shows"}
    assert codes(ours("preview", chars=signed_ + 2, hide=["delay"]), jurisdiction="BR", text=text) == set()
    with pytest.raises(PackError, match="above zero"):
        check_of(CheckSpec("preview", {"chars": 0, "hide": ["delay"]}), "ours")


def test_a_form_that_forbids_nothing_is_refused() -> None:
    with pytest.raises(PackError, match="regex or literal"):
        check_of(CheckSpec("forbid_text", {"literal": ["  "]}), "ours")


def test_a_code_without_its_word_and_one_too_long_are_told_apart() -> None:
    rule = ours("require_text", any_of=["验证码"], max_digits=6)
    assert codes(rule, text="您的数字为123456") == {"required_content"}
    assert codes(rule, text="验证码为1234567") == {"code_too_long"}
    assert codes(rule, text="验证码为123456") == set()


# The safe harbor of texts to a debtor (12 CFR 1006.6(d)(5)), and the one reply that is left after a refusal.

HARBOR = ours("require_consent", kind="safe_harbor")


@pytest.mark.parametrize(
    ("ago", "check", "inside"),
    [
        (60, None, True),
        (61, None, False),
        (61, {"result": "no", "at": NOW.isoformat()}, True),
        (61, {"result": "not_reassigned", "at": (NOW - DAY * 60).isoformat()}, True),
        (61, {"result": "yes", "at": NOW.isoformat()}, False),
        (61, {"result": "no", "at": (NOW - DAY * 61).isoformat()}, False),
        (61, {"result": "no", "at": (NOW + DAY).isoformat()}, False),
        (61, {"result": "no"}, False),
    ],
)
def test_old_evidence_needs_a_fresh_check_that_the_number_is_still_theirs(
    ago: int, check: dict[str, str] | None, inside: bool
) -> None:
    wrote = sent(NOW - DAY * ago, kind=ContactKind.INBOUND_MESSAGE)
    facts = {"text_only_inside_safe_harbor": True, "reassigned_check": check}
    assert (codes(HARBOR, past_contacts=[wrote], facts=facts) == set()) == inside


@pytest.mark.parametrize("flag", ["opted_out", "consent_revoked", "medium_or_address_refused", "revoke_all"])
def test_a_refusal_ends_the_harbor_whatever_the_evidence(flag: str) -> None:
    wrote = sent(NOW - DAY, kind=ContactKind.INBOUND_MESSAGE)
    facts = {"text_only_inside_safe_harbor": True}
    assert codes(HARBOR, past_contacts=[wrote], facts=facts, suppressions={flag}) == {"outside_safe_harbor"}


@pytest.mark.parametrize(
    ("exceptions", "facts", "stopped"),
    [
        (["first_reply"], {"reply_to": (NOW - DAY).isoformat()}, False),
        (["court_order"], {"reply_to": (NOW - DAY).isoformat()}, True),
        (["court_order"], {"court_order": True}, False),
        (["court_order"], {"court_order": "yes"}, True),
        (["court_order"], {"court_order": False}, True),
        ([], {}, True),
    ],
)
def test_only_the_exception_that_a_rule_names_lets_a_message_past(
    exceptions: list[str], facts: dict[str, Any], stopped: bool
) -> None:
    rule = ours("suppression", flag="dispute_open", **{"except": exceptions})
    assert bool(codes(rule, suppressions={"dispute_open"}, facts=facts)) == stopped


# A rule that is asked only when something wakes it sleeps through nothing that is its own.


@pytest.mark.parametrize(
    ("check", "params", "facts", "code"),
    [
        ("mask", {"field": "*", "before": ["log"]}, {"masked_before": False}, "masked_late"),
        ("mask", {"field": "phone", "match_by": "keyed_hmac"}, {"phone_key": "plain_hash"}, "bare_hash"),
        ("mask", {"field": "*"}, {"record": "13800138000"}, "record_shows"),
        ("channel_ban", {"ban": ["employer"]}, {"address_kind": "employer"}, "address_banned"),
        ("inbound_keywords", {"set": ["STOP"]}, {"last_inbound": "stop"}, "asked_to_stop"),
        (
            "inbound_keywords",
            {"set": ["STOP"], "also": "intent"},
            {"last_inbound_intent": "opt_out"},
            "asked_to_stop",
        ),
        ("suppression", {"flag": "festival"}, {"festival": True}, "festival"),
    ],
)
def test_a_fact_alone_wakes_the_rule_that_reads_it(
    check: str, params: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    assert codes(ours(check, **params), facts=facts) == {code}


@pytest.mark.parametrize(
    ("ban", "exceptions", "facts", "stopped"),
    [
        (["employer"], ["asked_for_it"], {"address_kind": "employer"}, True),
        (["employer"], ["asked_for_it"], {"address_kind": "employer", "asked_for_it": True}, False),
        (["employer"], ["asked_for_it"], {"address_kind": "employer", "asked_for_it": "yes"}, True),
        (["employer"], ["asked_for_it"], {"address_kind": "home"}, False),
    ],
)
def test_an_address_at_work_is_left_alone_until_the_person_asks_for_it(
    ban: list[str], exceptions: list[str], facts: dict[str, Any], stopped: bool
) -> None:
    rule = ours("channel_ban", ban=ban, **{"except": exceptions})
    assert bool(codes(rule, facts=facts)) == stopped


# Records, differences between packs, and a question asked without a book.


def test_two_packs_differ_by_what_was_added_dropped_or_changed_and_by_nothing_else() -> None:
    one, two = ours("length", max_chars=70), evolve(ours("length", max_chars=70), id="THEIRS")
    packs = {
        name: RulePack.of(rules, jurisdiction="CA")
        for name, rules in {
            "one": [one],
            "both": [one, two],
            "other": [two],
            "warned": [evolve(one, severity=Severity.WARN)],
        }.items()
    }
    assert diff_packs(packs["one"], packs["one"]).same
    assert not diff_packs(packs["one"], packs["both"]).same
    assert not diff_packs(packs["both"], packs["one"]).same
    assert not diff_packs(packs["one"], packs["warned"]).same
    assert diff_packs(packs["one"], packs["both"]).added == ("THEIRS",)
    assert diff_packs(packs["both"], packs["one"]).removed == ("THEIRS",)
    swapped = diff_packs(packs["one"], packs["other"])
    assert (swapped.added, swapped.removed, swapped.changed) == (("THEIRS",), ("OURS",), ())
    changed = diff_packs(packs["one"], packs["warned"]).changed
    assert [(each.name, each.before, each.after) for each in changed] == [
        ("severity", Severity.BLOCK, Severity.WARN)
    ]


def test_a_state_named_in_the_jurisdiction_has_its_own_hours_where_no_zone_is_known() -> None:
    asked = {"purpose": "collection", "channel": "sms", "packs": [RulePack.load("US")]}
    morning = local("2026-09-24T10:30", "America/New_York")  # 04:30 in Hawaii
    facts = {"third_party": False, "consent_sms": True}
    there = contact_decision(jurisdiction="US-NY", now=morning, facts=facts, **asked)
    anywhere = contact_decision(jurisdiction="US", now=morning, facts=facts, **asked)
    assert isinstance(there, Allow)
    assert isinstance(anywhere, Defer)


@pytest.mark.parametrize("named", ["scope", "scopes"])
def test_an_agreement_keeps_the_proof_it_was_written_with(named: str) -> None:
    written = {"at": NOW, named: "more_contacts", "evidence": "E-1", "source": "form", "text_version": "v3"}
    (read,) = records_of(context(facts={"consents": [written]}))
    assert isinstance(read, Consent)
    assert (read.evidence, read.source, read.text_version) == ("E-1", "form", "v3")
    assert {one.value for one in read.scopes} == {"more_contacts"}


def test_a_context_tells_the_country_of_a_place_in_it() -> None:
    assert context("US-MA").country == context("US-MA-02108").country == "US"


@pytest.mark.parametrize("named", ["scope", "scopes"])
def test_what_was_taken_back_is_read_however_its_field_is_called(named: str) -> None:
    taken = {"at": NOW, named: "more_contacts"}
    known = context(facts={"revocations": [taken]})
    (read,) = records_of(known)
    assert isinstance(read, Revocation)
    assert {one.value for one in read.scopes} == {"more_contacts"}


def test_a_record_that_shows_a_person_is_told_rule_by_rule() -> None:
    pack = RulePack.of([ours("mask", field="*")], jurisdiction="CA")
    (told,) = record_leaks("电话13800138000", pack)
    assert (told.rule_id, told.code) == ("OURS", "record_shows")
    assert "13800138000" not in told.message


@pytest.mark.parametrize(
    ("word", "purpose"),
    [
        ("otp", Purpose.OTP),
        ("security_alert", Purpose.SECURITY_ALERT),
        ("txn_notice", Purpose.TRANSACTION_NOTICE),
        ("pre_due", Purpose.REPAYMENT_REMINDER),
        ("due_today", Purpose.REPAYMENT_REMINDER),
        ("hardship_info", Purpose.HARDSHIP),
        ("credit_prenotice", Purpose.CREDIT_PRENOTICE),
        ("relay_to_contact", Purpose.RELAY),
    ],
)
def test_a_class_of_the_reference_means_its_purpose(word: str, purpose: Purpose) -> None:
    assert CLASSES[word] is purpose


@pytest.mark.parametrize(
    ("params", "facts", "told"),
    [
        ({"facts": ["asked"]}, {}, set()),
        ({"facts": ["asked"]}, {"asked": False}, {"fact_contradicts"}),
        ({"facts": ["asked"], "mode": "hard"}, {}, {"fact_contradicts"}),
        ({"facts": ["asked"], "mode": "hard"}, {"asked": True}, set()),
        ({"facts": ["asked"], "forbid_in_text": ["debt"]}, {}, {"debt_shown"}),
    ],
)
def test_a_relay_needs_what_was_asked_for_and_names_no_debt(
    params: dict[str, Any], facts: dict[str, Any], told: set[str]
) -> None:
    assert codes(ours("claim_needs_fact", **params), facts=facts, text="请转告其还清欠款") == told


LOST = """
[[rules]]
id = "CN-TIME-01"
jurisdiction = "CN"
authority = "house"
severity = "warn"
applies = { channels = ["*"], classes = ["collection"], recipient_roles = ["*"], party = "any" }
check = { type = "suppression", params = { flag = "hardship" } }
citation = "house"
message_en = "Ours."
message_zh = "本机构规则。"
"""


def shipped_and(name: str, rules: str, tmp_path: Path) -> RulePack:
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\njurisdiction = "CN"\ninclude = ["{name}"]\n{rules}', encoding="utf-8")
    return RulePack.load(path)


def test_a_lenders_file_takes_no_law_away(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="CN-TIME-01"):
        shipped_and("CN/standard", LOST, tmp_path)
    both = LOST.replace("CN-TIME-01", "MINE-1") + LOST
    with pytest.raises(PackError, match="CN-TIME-01"):
        shipped_and("CN/standard", both, tmp_path)


def test_a_rule_without_an_id_is_told_by_its_place(tmp_path: Path) -> None:
    nameless = LOST.replace('id = "CN-TIME-01"\n', "")
    with pytest.raises(PackError, match=r"rule 1"):
        shipped_and("CN/standard", nameless, tmp_path)
    with pytest.raises(PackError, match="MINE-2"):
        shipped_and("CN/standard", LOST.replace("CN-TIME-01", "MINE-2").replace("Ours.", ""), tmp_path)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (("2026-01-01", "2026-06-30"), ("2026-07-01", None), True),
        (("2026-01-01", "2026-06-30"), ("2026-06-30", None), False),
        ((None, "2026-06-30"), ("2026-07-01", None), True),
        ((None, None), ("2026-07-01", None), False),
    ],
)
def test_one_id_is_in_force_once_on_every_day(
    first: tuple[str | None, str | None], second: tuple[str | None, str | None], apart: bool, tmp_path: Path
) -> None:
    rules = ""
    for start, end in (first, second):
        dates = {"effective_from": start, "effective_to": end}
        rules += LOST.replace("CN-TIME-01", "MINE-3") + "".join(
            f"{name} = {day}\n" for name, day in dates.items() if day
        )
    if apart:
        assert sum(one.id == "MINE-3" for one in shipped_and("CN/house", rules, tmp_path).rules) == 2
    else:
        with pytest.raises(PackError, match="MINE-3"):
            shipped_and("CN/house", rules, tmp_path)


def test_a_lenders_file_may_set_its_own_law_beside_another_house_number(tmp_path: Path) -> None:
    own = LOST.replace("CN-TIME-01", "CN-HOUSE-TIME-COLL") + LOST.replace("CN-TIME-01", "MINE-4").replace(
        '"house"\nsev', '"law"\nsev'
    )
    found = {one.id: one.authority for one in shipped_and("CN/house", own, tmp_path).rules}
    assert (found["MINE-4"], found["CN-HOUSE-TIME-COLL"]) == (Authority.LAW, Authority.HOUSE)


@pytest.mark.parametrize(("nation", "closed"), [("ENG", False), ("SCT", True)])
def test_a_british_lender_keeps_the_holidays_of_its_own_nation(nation: str, closed: bool) -> None:
    allow = [{"days": "mon-sun", "from": "00:00", "to": "23:59"}]
    rule = ours("window", calendar="UK", allow=allow, holidays="deny")
    saint_andrew = local("2026-11-30T10:00", "Europe/London")
    own = calendar_for("GB", nation)
    got = ask(rule, saint_andrew, jurisdiction="GB", zones=("Europe/London",), calendar=own)
    assert isinstance(got, Defer) == closed


def test_hours_that_ask_no_workday_say_nothing_of_a_plan_that_is_not_out() -> None:
    allow = [{"days": "mon-sun", "from": "09:00", "to": "20:00"}]
    late = local("2035-09-24T10:00")
    known = {"jurisdiction": "CN", "zones": ("Asia/Shanghai",)}
    assert codes(ours("window", allow=allow), late, **known) == set()
    worked = [{**allow[0], "on": "workday"}]
    assert codes(ours("window", allow=worked), late, **known) == {"calendar_stale"}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("138****8000", False),
        ("1380***8000", True),
        ("138***18000", True),
        ("***********", False),
        ("110101********1234", False),
        ("1101011*******1234", True),
        ("110101*******31234", True),
        ("************1111", False),
        ("4***********1111", True),
    ],
)
def test_a_record_keeps_the_ends_of_a_number_and_no_more(number: str, shown: bool) -> None:
    pack = RulePack.of([ours("mask", field="*")], jurisdiction="CA")
    assert bool(record_leaks(f"号码 {number} 已登记", pack)) == shown


@pytest.mark.parametrize(
    "before", [0, 1, 79, 160, 300, 319, 320, 321, 390, 399, 400, 401, 640, 719, 720, 1000]
)
def test_a_threat_deep_in_a_text_without_a_full_stop_is_found_where_it_stands(before: int) -> None:
    threat = "我们将强制划扣您的工资"
    text = "好" * before + threat
    found = next(one for one in review_text(text).findings if one.family == "asset_seizure")
    assert found.span[0] >= before
    assert text[slice(*found.span)] in threat


def test_the_pieces_of_a_long_sentence_leave_no_gap() -> None:
    text = "您好。" + "字" * 1000 + "。   。再见"
    pieces = read(text).sentences
    assert all(piece.text == text[piece.start : piece.start + len(piece.text)] for piece in pieces)
    assert all(piece.text.strip() and len(piece.text) <= 400 for piece in pieces)
    assert {at for piece in pieces for at in range(piece.start, piece.start + len(piece.text))} >= {
        at for at, sign in enumerate(text) if sign not in "。 "
    }
    assert [(piece.text, piece.start) for piece in (pieces[0], pieces[-1])] == [
        ("您好", 0),
        ("再见", len(text) - 2),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请于2027年3月5日前还款", {date(2027, 3, 5)}),
        ("请于3月5日前还款", {date(2026, 3, 5)}),
        ("due on march 5, 2027", {date(2027, 3, 5)}),
        ("due on march 5", {date(2026, 3, 5)}),
        ("due on 5 march 2027", {date(2027, 3, 5)}),
        ("due on 5 march", {date(2026, 3, 5)}),
        ("请于2月30日前还款", set()),
    ],
)
def test_a_date_is_of_the_year_it_names_and_else_of_the_debts(text: str, found: set[date]) -> None:
    assert dates(text, 2026) == found


@pytest.mark.parametrize(
    ("made", "text", "true"),
    [
        (2, "今日已致电您两次", True),
        (2, "今日已致电您2次", True),
        (2, "今日已致电您三次", False),
        (2, "今日已致电您12次", False),
        (2, "今日已致电您", True),
        (None, "今日已致电您三次", True),
    ],
)
def test_a_text_tells_as_many_calls_as_were_made(made: int | None, text: str, true: bool) -> None:
    claim = next(name for name, gate in GATES.items() if gate.__name__ == "_attempts")
    assert holds(claim, {"attempts_today": made}, text) == true


@pytest.mark.parametrize(
    ("party", "licensed", "refused"),
    [
        (Party.THIRD, True, True),
        (Party.FIRST, False, True),
        (Party.FIRST, True, False),
        (Party.FIRST, None, False),
    ],
)
def test_a_road_that_takes_no_collector_takes_a_lender_who_may(
    party: Party, licensed: bool | None, refused: bool
) -> None:
    terms = {"what": "route_content", "forbid": ["third_party_collection"], "routes": ["10DLC"]}
    rule = ours("registration", **terms, first_party_ok_if=["owed_the_debt"])
    facts = {"route": "10dlc", **({} if licensed is None else {"owed_the_debt": licensed})}
    assert bool(codes(rule, party=party, facts=facts)) == refused


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, True),
        ({"link_is_variable": True}, False),
        ({"link_is_variable": True, "provider_allows_variable_link": True}, True),
        ({"template_fixed": False}, False),
        ({"icp_registered": False}, False),
        ({"link_allowlist": ["other.example.com"]}, False),
    ],
)
def test_a_link_stands_when_it_is_the_lenders_own_and_fixed(facts: dict[str, Any], fits: bool) -> None:
    known = {"link_allowlist": ["www.example.com"], **facts}
    text = "还款计划见https://www.example.com/plan"
    assert ("unsafe_link_or_credential" not in review_text(text, facts=known).families) == fits


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("请于8点前登录https://www.example.com/plan", False),
        ("Before 8 . Pay at https://www.example.com/plan", False),
        ("请登录www点example点com", True),
        ("pay at example dot com", True),
    ],
)
def test_a_clock_beside_the_lenders_link_makes_no_link_spelled_out(text: str, unsafe: bool) -> None:
    found = review_text(text, facts={"link_allowlist": ["www.example.com"]})
    assert ("unsafe_link_or_credential" in found.families) == unsafe


@pytest.mark.parametrize(
    ("facts", "passed_on"),
    [
        ({"borrower_unreachable": True}, True),
        ({"borrower_unreachable": False}, False),
        ({"borrower_unreachable": True, "contact_refused": True}, False),
        ({"contact_refused": False}, True),
    ],
)
def test_a_contact_is_asked_to_pass_a_word_on_only_while_the_borrower_is_not_to_be_found(
    facts: dict[str, Any], passed_on: bool
) -> None:
    found = review_text("请转告机主回电。", facts=facts, recipient_role=RecipientRole.EMERGENCY_CONTACT)
    assert ("third_party_recipient" not in found.families) == passed_on


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({}, True),
        ({"signature": "安信示例"}, True),
        ({"signature": ""}, False),
        ({"signature": "", "provider_adds_signature": True}, True),
        ({"provider_adds_signature": False}, False),
    ],
)
def test_a_chinese_text_says_whose_it_is(facts: dict[str, Any], named: bool) -> None:
    found = review_text("您的还款日为5日。", facts={"jurisdiction": "CN", **facts})
    assert ("required_content" not in found.families) == named

"""What would reach a borrower, or a lender's ledger, if one line of a check were wrong: an edge at a time.

`make mutants` found these: each was a change of the code that no other test noticed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from loansms.calendars import calendar_for
from loansms.compliance import Rule, RulePack, evaluate
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import Applies, Authority, CheckSpec, Override, Severity
from loansms.errors import PackError
from loansms.model import Allow, Channel, ContactKind, Decision, Defer, Party, Purpose
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
    return evaluate(draft(purpose, channel, text=text), context(**known), [pack], now)


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
        check_of(ours("cooldown", days=0))


@pytest.mark.parametrize(("given_to", "open_"), [("collector", True), ("creditor", False)])
def test_only_a_wish_told_to_the_collector_ends_the_rest(given_to: str, open_: bool) -> None:
    rest = ours("cooldown", override="direct_prior_consent", days=7)
    talk = sent(NOW - DAY, channel=Channel.VOICE, kind=ContactKind.CONVERSATION)
    wish = {"scope": "call_this_number", "given_to": given_to, "at": (NOW - DAY / 2).isoformat()}
    assert isinstance(ask(rest, past_contacts=[talk], facts={"consents": [wish]}), Allow) == open_

"""When: house and legal hours in China and the United States, in every zone, over holidays and clock changes."""

from typing import Any

import pytest

from loansms.calendars import calendar_for
from loansms.compliance import RulePack, evaluate
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import Applies, Authority, CheckSpec, Override, Rule, Severity
from loansms.errors import PackError
from loansms.model import Allow, Channel, Decision, Defer, Deny, Party, Purpose
from tests.compliance.cases import CN, US, context, draft, local

NY, LA = "America/New_York", "America/Los_Angeles"
COLLECTION, REMINDER = Purpose.COLLECTION, Purpose.REPAYMENT_REMINDER


@pytest.mark.parametrize(
    ("purpose", "now", "until"),
    [
        (COLLECTION, "2026-09-24T10:00", None),
        (COLLECTION, "2026-09-24T08:59", "2026-09-24T09:00"),
        (COLLECTION, "2026-09-24T20:00", "2026-09-28T09:00"),  # 25 to 27 are the Mid-Autumn days off
        (COLLECTION, "2026-09-20T10:00", None),  # a Sunday, worked
        (COLLECTION, "2026-09-19T10:00", "2026-09-20T09:00"),
        (COLLECTION, "2026-02-14T19:30", None),  # a Saturday, worked, the last before the Spring Festival
        (COLLECTION, "2026-02-14T20:30", "2026-02-24T09:00"),
        (COLLECTION, "2026-10-01T12:00", "2026-10-08T09:00"),
        (Purpose.SETTLEMENT_OFFER, "2026-09-26T10:00", "2026-09-28T09:00"),
        (Purpose.CREDIT_PRENOTICE, "2026-09-26T10:00", "2026-09-28T09:00"),
        (REMINDER, "2026-09-26T10:00", None),
        (REMINDER, "2026-09-26T21:01", "2026-09-27T09:00"),
        (REMINDER, "2026-09-26T03:00", "2026-09-26T09:00"),
        (Purpose.OTP, "2026-09-26T03:00", None),
        (Purpose.SECURITY_ALERT, "2026-09-26T03:00", None),
        (Purpose.TRANSACTION_NOTICE, "2026-09-26T03:00", None),
    ],
)
def test_china(purpose: Purpose, now: str, until: str | None) -> None:
    decision = evaluate(draft(purpose), context("CN"), [CN], local(now))
    if until is None:
        assert isinstance(decision, Allow)
    else:
        assert isinstance(decision, Defer)
        assert decision.until == local(until)
        assert decision.reasons


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-09-24T08:00", None),
        ("2026-09-24T21:00", None),  # the closing minute is in
        ("2026-09-24T21:01", "2026-09-25T08:00"),
        ("2026-03-08T07:30", "2026-03-08T08:00"),  # clocks went forward that night
        ("2026-11-01T01:30", "2026-11-01T08:00"),  # clocks went back that night
    ],
)
@pytest.mark.parametrize("party", [Party.FIRST, Party.THIRD])
def test_united_states(now: str, until: str | None, party: Party) -> None:
    decision = evaluate(draft(), context("US", party=party), [US], local(now, NY))
    if until is None:
        assert isinstance(decision, Allow)
    else:
        assert isinstance(decision, Defer)
        assert decision.until == local(until, NY)


def test_conflicting_zones_must_all_be_open() -> None:
    decision = evaluate(draft(), context("US", zones=(NY, LA)), [US], local("2026-09-24T09:00", NY))
    assert isinstance(decision, Defer)
    assert decision.until == local("2026-09-24T08:00", LA)


def test_a_recorded_agreement_lifts_the_law_but_not_the_house_hours() -> None:
    agreed = {"consents": [{"scope": "contact_outside_hours", "given_to": "collector"}]}
    decision = evaluate(draft(), context("CN", facts=agreed), [CN], local("2026-09-24T23:00"))
    assert isinstance(decision, Defer)
    assert {one.rule_id for one in decision.reasons} == {"CN-HOUSE-TIME-COLL"}


def test_every_closed_window_is_told_the_strongest_authority_first() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2026-09-24T23:00"))
    assert [one.rule_id for one in decision.reasons] == ["CN-TIME-01", "CN-TIME-02", "CN-HOUSE-TIME-COLL"]
    assert all(one.citation and one.message and one.message_zh for one in decision.reasons)


def test_a_year_without_a_plan_of_make_up_days_is_warned_of() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2030-09-24T10:00"))
    assert "calendar_stale" in {one.code for one in decision.reasons}
    assert isinstance(decision, Allow)


def test_no_collection_at_the_turn_of_the_lunar_year() -> None:
    decision = evaluate(draft(), context("CN"), [CN], local("2026-02-16T10:00"))
    assert isinstance(decision, Defer)
    assert "CN-CAL-01" in {one.rule_id for one in decision.reasons}


def test_a_time_the_consumer_called_inconvenient_is_closed_to_a_collector() -> None:
    facts = {
        "consumer_designations": [{"kind": "inconvenient", "days": ["thu"], "from": "09:00", "to": "17:00"}]
    }
    known = context("US", party=Party.THIRD, facts=facts)
    decision = evaluate(draft(), known, [US], local("2026-09-24T10:00", NY))
    assert isinstance(decision, Defer)
    assert decision.until == local("2026-09-24T17:00", NY)


def ruled(calendar: str | None = None, override: str = "", **params: Any) -> RulePack:
    rule = Rule(
        id="OURS",
        jurisdiction="*",
        authority=Authority.HOUSE,
        severity=Severity.DEFER,
        applies=Applies(),
        check=CheckSpec("window", params),
        citation="house",
        message_en="Ours.",
        message_zh="本机构规则。",
        calendar=calendar,
        override=Override(override) if override else None,
    )
    return RulePack.of([rule], jurisdiction="CA", countries=["ID", "CN"])


def ask(pack: RulePack, now: str, *, channel: Channel = Channel.SMS, **more: Any) -> Decision:
    known = context(more.pop("jurisdiction", "CA"), **{"zones": ("America/Toronto",), **more})
    return evaluate(draft(channel=channel), known, [pack], local(now, known.zones[0]))


DAYTIME = [{"days": "mon-sun", "from": "09:00", "to": "18:00"}]


def test_a_zone_nobody_knows_is_stopped_and_no_hour_is_touched() -> None:
    plausible = ruled(zones="intersection_of_plausible", unknown="all_zones_of_country")
    assert isinstance(ask(plausible, "2026-09-24T03:00"), Allow)
    known = context("CA", zones=("America/Toronto", "America/Springfield"))
    denied = evaluate(draft(), known, [plausible], local("2026-09-24T10:00"))
    assert isinstance(denied, Deny)
    assert [one.code for one in denied.reasons] == ["unknown_zone"]


def test_hours_of_one_road_leave_the_others_alone_and_pictures_are_texts() -> None:
    texts = ruled(allow=DAYTIME, channels=["sms", "whatsapp"])
    for channel, answer in ((Channel.SMS, Defer), (Channel.MMS, Defer), (Channel.EMAIL, Allow)):
        assert isinstance(ask(texts, "2026-09-24T20:00", channel=channel), answer)
    letters = ruled(allow=DAYTIME, channels=["email"])
    assert isinstance(ask(letters, "2026-09-24T20:00", channel=Channel.MMS), Allow)


def test_hours_of_one_provider_are_asked_of_it_however_it_is_spelt() -> None:
    theirs = ruled(allow=DAYTIME, providers=["huawei_cn"])
    assert isinstance(ask(theirs, "2026-09-24T20:00", provider="huawei"), Defer)
    assert isinstance(ask(theirs, "2026-09-24T20:00", provider="sandbox"), Allow)


def test_what_is_late_enough_may_be_written_of_at_any_hour() -> None:
    void = ruled(allow=DAYTIME, void_if=["days_past_due>15", "express_consent"])
    for facts, answer in (
        ({}, Defer),
        ({"days_past_due": 15}, Defer),
        ({"days_past_due": "16"}, Defer),
        ({"days_past_due": 16}, Allow),
        ({"consents": [{"scope": "contact_outside_hours"}]}, Allow),
        ({"consents": [{"scope": "call_this_number"}]}, Defer),
    ):
        assert isinstance(ask(void, "2026-09-24T20:00", facts=facts), answer), facts


def test_an_officer_lifts_no_hours_by_a_fact_but_the_person_does() -> None:
    agreed = {"consents": [{"scope": "contact_outside_hours"}]}
    for by, answer in (
        ("prior_consent", Allow),
        ("express_consent", Allow),
        ("debtor_consent", Allow),
        ("good_reason", Defer),
        ("compliance_officer", Defer),
    ):
        assert isinstance(ask(ruled(override=by, allow=DAYTIME), "2026-09-24T20:00", facts=agreed), answer), (
            by
        )


def test_hours_and_the_persons_own_wishes_hold_together() -> None:
    both = ruled(allow=DAYTIME, honour="consumer_designations")
    asked = {"consumer_designations": [{"kind": "inconvenient", "from": "09:00", "to": "12:00"}]}
    assert isinstance(ask(both, "2026-09-24T10:00"), Allow)
    spared = ask(both, "2026-09-24T08:00", facts=asked)
    assert isinstance(spared, Defer)
    assert spared.until == local("2026-09-24T12:00", "America/Toronto")


@pytest.mark.parametrize(
    ("calendar", "on", "answer"),
    [
        (None, "2026-09-24", Allow),
        ("CA", "2026-10-12", Defer),  # Thanksgiving
        ("CA-QC", "2026-06-24", Defer),  # Quebec alone
        ("CA-ON", "2026-06-24", Allow),
        (None, "2026-06-24", Defer),  # the country's calendar: a day off in one province
        ("TH", "2026-04-13", Defer),  # Songkran, by the rule's own calendar
        (None, "2026-04-13", Allow),
    ],
)
def test_the_rules_own_calendar_says_what_a_holiday_is(calendar: str | None, on: str, answer: type) -> None:
    pack = ruled(calendar, allow=DAYTIME, holidays="deny")
    assert isinstance(ask(pack, f"{on}T10:00"), answer)


def test_a_lenders_own_calendar_is_asked_for_its_own_country_alone() -> None:
    deny = ruled("CA", allow=DAYTIME, holidays="deny")
    ontario, china = calendar_for("CA", "ON"), calendar_for("CN")
    quebecs = "2026-06-24T10:00"
    assert isinstance(ask(deny, quebecs, calendar=ontario), Allow)
    assert isinstance(ask(deny, quebecs, calendar=china), Defer)


def test_a_number_from_abroad_is_read_in_every_zone_of_the_country() -> None:
    listed = ruled(allow=DAYTIME, zones=["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
    here: dict[str, Any] = {"jurisdiction": "ID", "zones": ("Asia/Jakarta",)}
    assert isinstance(ask(listed, "2026-09-24T17:30", **here), Allow)
    abroad = ask(listed, "2026-09-24T17:30", **{**here, "zones": ("Asia/Singapore",)})
    assert isinstance(abroad, Defer)
    assert abroad.until == local("2026-09-25T10:00", "Asia/Singapore")  # 09:00 in Jakarta


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, "either allow or source"),
        ({"allow": DAYTIME, "source": "consumer_designations"}, "either allow or source"),
        ({"allow": DAYTIME, "zones": "everywhere"}, "zones: expected"),
        ({"allow": DAYTIME, "zones": ["Asia/Atlantis"]}, "IANA zones"),
        ({"allow": DAYTIME, "channels": ["telegraph"]}, "channels: expected"),
        ({"allow": DAYTIME, "void_if": ["it rains"]}, "void_if: expected"),
        ({"allow": DAYTIME, "scrub": "ALL"}, "scrub"),
        ({"allow": DAYTIME, "holidays": "allow"}, "holidays"),
        ({"allow": [{**DAYTIME[0], "days": "holidays", "on": "workday"}]}, "on: holidays are days off"),
        ({"allow": [{**DAYTIME[0], "days": "noday"}]}, "days: expected weekdays"),
    ],
)
def test_hours_nobody_can_read_are_refused(params: dict[str, Any], told: str) -> None:
    with pytest.raises(PackError, match=told):
        check_of(CheckSpec("window", params), "ours")

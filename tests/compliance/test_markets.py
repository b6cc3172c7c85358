"""Every shipped country: when a debtor is left in peace, who is written to, and that a deferral keeps its word."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import calendar_for, plausible_zones
from loansms.compliance import Context, RulePack, contact_decision, evaluate
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.files import packaged_countries, packaged_names
from loansms.errors import PackError
from loansms.model import Allow, Channel, Decision, Defer, Deny, Party, Purpose, RecipientRole
from tests.compliance.cases import draft, local, sent

OTHERS = sorted(set(packaged_names()) - {"CN", "US"})
HOME = {"EU": "DE"}  # a member, because no debt is under the law of the Union alone
ZONES = {
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "GB": "Europe/London",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
}
COLLECTION, REMINDER = Purpose.COLLECTION, Purpose.REPAYMENT_REMINDER


def country(pack: str) -> str:
    return HOME.get(pack, pack)


def zone(pack: str) -> str:
    return ZONES.get(pack) or plausible_zones(country(pack))[0]


def at(pack: str, **more: Any) -> Context:
    known = {
        "party": Party.FIRST,
        "provider": "sandbox",
        "zones": (zone(pack),),
        "jurisdiction": country(pack),
    }
    return Context(**{**known, **more})


def ask(
    pack: str, now: str | datetime, purpose: Purpose = COLLECTION, *, to: Any = None, **more: Any
) -> Decision:
    known = at(pack, **more)
    instant = local(now, known.zones[0]) if isinstance(now, str) else now
    message = draft(purpose, recipient=to or RecipientRole.BORROWER)
    return evaluate(message, known, [RulePack.load(pack)], instant)


@pytest.mark.parametrize("pack", OTHERS)
def test_a_pack_no_lawyer_read_is_told_so_and_kept_out_of_production(pack: str) -> None:
    assert RulePack.load(pack).unreviewed
    with pytest.raises(PackError, match="not reviewed by a lawyer"):
        RulePack.load(pack, strict=True)


def test_each_country_finds_its_pack() -> None:
    assert packaged_countries()["UK"] == "GB"
    assert RulePack.load("UK").version == RulePack.load("GB").version
    members = {code for code, pack in packaged_countries().items() if pack == "EU"} - {"EU"}
    assert len(members) == 27
    assert all(calendar_for(one).country == one for one in members)
    assert RulePack.load("DE").jurisdiction == "EU"


@pytest.mark.parametrize("pack", OTHERS)
def test_the_day_is_open_the_night_is_not_and_codes_always_go(pack: str) -> None:
    asleep = ask(pack, "2026-09-23T03:00")
    assert isinstance(ask(pack, "2026-09-23T11:00"), Allow)
    assert isinstance(asleep, Defer)
    assert asleep.reasons
    assert isinstance(ask(pack, "2026-09-23T03:00", REMINDER), Defer)
    assert isinstance(ask(pack, "2026-09-23T03:00", Purpose.OTP), Allow)


@pytest.mark.parametrize("pack", OTHERS)
def test_one_message_a_day_and_three_in_seven_days_everywhere(pack: str) -> None:
    now = local("2026-09-23T11:00", zone(pack))
    again = ask(pack, now, past_contacts=[sent(now - timedelta(hours=1), REMINDER, channel=Channel.EMAIL)])
    assert isinstance(again, Deny)
    assert again.retry_at == local("2026-09-24T00:00", zone(pack))
    week = [sent(now - timedelta(days=ago)) for ago in (1, 3, 6)]
    full = ask(pack, now, past_contacts=week)
    assert isinstance(full, Deny)
    assert full.retry_at == now + timedelta(days=1)
    assert isinstance(ask(pack, now, past_contacts=week[1:]), Allow)


NARROW = {"contact_refused": Purpose.RELAY, "marketing_refused": Purpose.MARKETING}


@pytest.mark.parametrize("party", list(Party))
@pytest.mark.parametrize("pack", OTHERS)
def test_no_refusal_that_is_known_goes_unheard_in_any_country(pack: str, party: Party) -> None:
    for flag in sorted(SUPPRESSIONS):
        up = {"suppressions": {flag}, "party": party, "consent_marketing": True}
        refused = ask(pack, "2026-09-23T11:00", NARROW.get(flag, COLLECTION), **up)
        assert isinstance(refused, Deny), flag
        assert isinstance(ask(pack, "2026-09-23T11:00", Purpose.SECURITY_ALERT, **up), Allow), flag


@pytest.mark.parametrize("pack", OTHERS)
def test_marketing_needs_a_yes_in_every_country(pack: str) -> None:
    assert isinstance(ask(pack, "2026-09-23T11:00", Purpose.MARKETING), Deny)
    assert isinstance(ask(pack, "2026-09-23T11:00", Purpose.MARKETING, consent_marketing=True), Allow)


@pytest.mark.parametrize(
    ("pack", "now", "until"),
    [
        ("CA", "2026-09-24T07:00", None),
        ("CA", "2026-09-24T21:00", None),  # the closing minute is in
        ("CA", "2026-09-26T21:01", "2026-09-27T13:00"),  # into a Sunday
        ("CA", "2026-09-27T17:01", "2026-09-28T07:00"),
        ("CA", "2026-03-08T06:30", "2026-03-08T13:00"),  # clocks went forward that Sunday night
        ("CA", "2026-07-01T10:00", "2026-07-02T07:00"),
        ("GB", "2026-09-24T20:00", "2026-09-25T08:00"),
        ("GB", "2026-03-29T07:59", "2026-03-29T08:00"),  # clocks went forward that night
        ("GB", "2026-10-25T01:30", "2026-10-25T08:00"),  # clocks went back that night
        ("EU", "2026-09-24T20:00", "2026-09-25T09:00"),
        ("IN", "2026-09-24T19:00", "2026-09-25T08:00"),
        ("ID", "2026-09-26T20:00", "2026-09-28T08:00"),  # Saturday night to Monday
        ("ID", "2026-08-17T10:00", "2026-08-18T08:00"),  # Independence Day
        ("PH", "2026-09-24T22:00", "2026-09-25T06:00"),
        ("MX", "2026-09-24T06:59", "2026-09-24T07:00"),
        ("TH", "2026-09-24T20:00", "2026-09-25T08:00"),
        ("TH", "2026-10-13T18:30", "2026-10-14T08:00"),  # a Tuesday, a holiday: till 18:00
        ("TH", "2026-10-14T18:30", None),
        ("TH", "2026-09-26T18:30", "2026-09-27T08:00"),  # a Saturday is read as a holiday
        ("TW", "2026-09-24T22:00", "2026-09-25T07:00"),
        ("JP", "2026-09-24T21:00", "2026-09-25T08:00"),
        ("HK", "2026-09-24T08:59", "2026-09-24T09:00"),
        ("SG", "2026-09-24T20:00", "2026-09-25T09:00"),
        ("KE", "2026-09-24T20:00", "2026-09-25T09:00"),
        ("NG", "2026-09-24T20:00", "2026-09-25T09:00"),
        ("BR", "2026-09-24T20:00", "2026-09-25T08:00"),
    ],
)
def test_hours_of_collection(pack: str, now: str, until: str | None) -> None:
    decision = ask(pack, now)
    if until is None:
        assert isinstance(decision, Allow)
    else:
        assert isinstance(decision, Defer)
        assert decision.until == local(until, zone(pack))


def test_a_province_keeps_its_own_holidays_and_an_unknown_one_all_of_them() -> None:
    family_day = "2026-02-16T10:00"  # a holiday in Ontario, not in Quebec
    for region, answer in (("ON", Defer), ("CA-ON", Defer), ("QC", Allow), (None, Defer), ("Mars", Defer)):
        assert isinstance(ask("CA", family_day, region=region), answer), region
    assert isinstance(ask("CA", family_day, jurisdiction="CA-QC"), Allow)


def test_ceara_has_hours_and_holidays_of_its_own() -> None:
    ceara: dict[str, Any] = {"region": "CE", "zones": ("America/Fortaleza",)}
    slaves_freed = "2026-03-25T10:00"  # the day Ceará abolished slavery, a holiday there alone
    held = ask("BR", slaves_freed, **ceara)
    assert isinstance(held, Defer)
    assert [one.rule_id for one in held.reasons] == ["BR-CE"]
    assert held.until == local("2026-03-26T08:00", "America/Fortaleza")
    assert isinstance(ask("BR", slaves_freed, region="SP"), Allow)
    assert isinstance(ask("BR", "2026-09-26T10:00", **ceara), Defer)  # a Saturday
    by_mail = evaluate(
        draft(COLLECTION, Channel.EMAIL),
        at("BR", **ceara),
        [RulePack.load("BR")],
        local("2026-09-26T10:00", "America/Fortaleza"),
    )
    assert isinstance(by_mail, Allow)


@pytest.mark.parametrize(
    ("pack", "zones", "now", "until"),
    [
        ("ID", ("Asia/Jakarta", "Asia/Jayapura"), "2026-09-24T18:30", "2026-09-25T08:00"),
        ("CA", ("America/Vancouver", "America/St_Johns"), "2026-09-24T17:00", "2026-09-25T07:00"),
        ("MX", ("America/Mexico_City", "America/Tijuana"), "2026-09-24T07:30", "2026-09-24T08:00"),
        ("BR", ("America/Sao_Paulo", "America/Rio_Branco"), "2026-09-24T09:00", "2026-09-24T10:00"),
    ],
)
def test_who_may_be_in_two_zones_is_written_to_when_both_are_open(
    pack: str, zones: tuple[str, ...], now: str, until: str
) -> None:
    decision = ask(pack, now, zones=zones)
    assert isinstance(decision, Defer)
    assert decision.until == local(until, zones[0])


def test_a_number_from_abroad_leaves_all_three_zones_of_indonesia_open() -> None:
    abroad = ask("ID", "2026-09-24T19:00", zones=("Asia/Shanghai",))
    assert isinstance(abroad, Defer)  # 20:00 in Jayapura


def test_in_the_philippines_arrears_or_a_yes_lift_the_law_but_nobody_is_woken() -> None:
    for facts in ({"days_past_due": 16}, {"consents": [{"scope": "contact_outside_hours"}]}):
        night = ask("PH", "2026-09-24T23:00", facts=facts)
        assert isinstance(night, Defer)
        assert [one.rule_id for one in night.reasons] == ["PH-HOUSE-TIME"]
    early = ask("PH", "2026-09-24T23:00", facts={"days_past_due": 15})
    assert {one.rule_id for one in early.reasons} == {"PH-TIME", "PH-HOUSE-TIME"}


@pytest.mark.parametrize("pack", ["ID", "TW"])
def test_an_agreement_opens_other_hours(pack: str) -> None:
    agreed = {"consents": [{"scope": "contact_outside_hours", "given_to": "creditor"}]}
    assert isinstance(ask(pack, "2026-09-24T23:00", facts=agreed), Allow)
    assert isinstance(ask(pack, "2026-09-24T23:00"), Defer)


def test_in_japan_a_reason_is_a_persons_to_record() -> None:
    assert isinstance(ask("JP", "2026-09-24T23:00", facts={"good_reason": True}), Defer)


@pytest.mark.parametrize("pack", OTHERS)
def test_the_hour_a_person_asked_to_be_spared_is_kept(pack: str) -> None:
    asked = {"consumer_designations": [{"kind": "inconvenient", "from": "09:00", "to": "12:00"}]}
    spared = ask(pack, "2026-09-23T11:00", facts=asked)
    assert isinstance(spared, Defer)
    assert spared.until == local("2026-09-23T12:00", zone(pack))


def test_indian_drafts_only_warn_and_promotions_spare_the_dnd_register() -> None:
    grieving = ask("IN", "2026-09-24T10:00", facts={"bereavement": True}, party=Party.THIRD)
    assert isinstance(grieving, Allow)
    assert {(one.rule_id, one.code) for one in grieving.reasons} == {("IN-DRAFT-EVENT", "bereavement")}
    promotion: dict[str, Any] = {"purpose": Purpose.MARKETING, "consent_marketing": True}
    listed = ask("IN", "2026-09-24T11:00", facts={"dnd_listed": True}, **promotion)
    assert isinstance(listed, Deny)
    assert [one.code for one in listed.reasons] == ["dnd_listed"]
    assert isinstance(ask("IN", "2026-09-24T09:30", **promotion), Defer)
    assert isinstance(ask("IN", "2026-09-24T11:00", **promotion), Allow)


@pytest.mark.parametrize(
    ("pack", "to", "facts", "code"),
    [
        ("MX", RecipientRole.GUARANTOR, {"recipient_is_minor": True}, "minor_unless_debtor"),
        ("MX", RecipientRole.GUARANTOR, {"recipient_is_elderly": True}, "elderly_unless_debtor"),
        ("MX", RecipientRole.BORROWER, {"recipient_is_elderly": True}, ""),
        ("JP", RecipientRole.BORROWER, {"workplace": True}, "workplace_without_reason"),
        ("JP", RecipientRole.BORROWER, {"workplace": True, "workplace_reason": True}, ""),
        ("GB", RecipientRole.BORROWER, {"identity_verified": False}, "identity_not_verified"),
        ("GB", RecipientRole.BORROWER, {"identity_verified": True}, ""),
        ("ID", RecipientRole.GUARANTOR, {}, "recipient_not_allowed"),
        ("TW", RecipientRole.RELATIVE, {}, "recipient_not_allowed"),
        ("HK", RecipientRole.EMPLOYER, {}, "recipient_not_allowed"),
        ("KE", RecipientRole.CONTACT, {}, "recipient_not_allowed"),
        ("EU", RecipientRole.RELATIVE, {}, "recipient_not_allowed"),
    ],
)
def test_who_is_written_to(pack: str, to: RecipientRole, facts: dict[str, Any], code: str) -> None:
    decision = ask(pack, "2026-09-24T11:00", to=to, facts=facts)
    assert isinstance(decision, Deny if code else Allow)
    assert code in {one.code for one in decision.reasons} or not code


@pytest.mark.parametrize(
    ("jurisdiction", "name"), [("DE", "Europe/Berlin"), ("UK", "Europe/London"), ("BR-CE", "")]
)
def test_a_caller_with_no_message_is_answered_for_every_country(jurisdiction: str, name: str) -> None:
    def asked(clock: str) -> Decision:
        return contact_decision(
            jurisdiction=jurisdiction,
            purpose="collection",
            channel="sms",
            zones=[name] if name else ["America/Fortaleza"],
            now=local(f"2026-09-24T{clock}", name or "America/Fortaleza"),
            facts={"party": "first"},
        )

    assert isinstance(asked("11:00"), Allow)
    assert isinstance(asked("23:00"), Defer)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
SPREAD = {one: [(zone(one),), tuple(plausible_zones(country(one))[:3])] for one in OTHERS}
REGIONS = {"CA": ["ON", "QC", None], "BR": ["CE", "SP", None]}


@given(
    st.sampled_from(OTHERS), MOMENTS, st.sampled_from([COLLECTION, REMINDER, Purpose.MARKETING]), st.data()
)
def test_a_deferral_names_the_first_lawful_instant_in_every_country(
    pack: str, now: datetime, purpose: Purpose, data: st.DataObject
) -> None:
    known: dict[str, Any] = {
        "zones": data.draw(st.sampled_from(SPREAD[pack])),
        "region": data.draw(st.sampled_from(REGIONS.get(pack, [None]))),
        "party": data.draw(st.sampled_from(list(Party))),
        "consent_marketing": True,
    }
    decision = ask(pack, now, purpose, **known)
    if not isinstance(decision, Defer):
        return
    assert decision.until > now
    assert isinstance(ask(pack, decision.until, purpose, **known), Allow)
    before = max(now, (decision.until.astimezone(UTC) - timedelta(minutes=1)))
    assert isinstance(ask(pack, before, purpose, **known), Defer)


TURNED = {
    one: RulePack.of(RulePack.load(one).rules[::-1], jurisdiction=one) for one in OTHERS if one not in HOME
}


@given(
    st.sampled_from(sorted(TURNED)), MOMENTS, st.sampled_from(list(Purpose)), st.sampled_from(list(Channel))
)
def test_the_order_of_rules_does_not_matter_in_any_country(
    pack: str, now: datetime, purpose: Purpose, channel: Channel
) -> None:
    known = at(pack, past_contacts=[sent(now - timedelta(hours=20))])
    straight, turned = (
        evaluate(draft(purpose, channel), known, [one], now) for one in (RulePack.load(pack), TURNED[pack])
    )
    assert type(straight) is type(turned)
    assert getattr(straight, "until", None) == getattr(turned, "until", None)
    assert {one.rule_id for one in straight.reasons} == {one.rule_id for one in turned.reasons}


def test_a_zone_is_a_place_and_daylight_saving_is_followed() -> None:
    """Toronto opens at 07:00 by its own clock, an hour apart in UTC before and after the change."""
    opened = [ask("CA", day) for day in ("2026-03-06T05:00", "2026-03-09T05:00")]
    hours = [one.until.astimezone(ZoneInfo("UTC")).hour for one in opened if isinstance(one, Defer)]
    assert hours == [12, 11]

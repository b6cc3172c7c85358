"""Hours and days: open on the minute, closed on the minute, by the calendar of the place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import pytest
from attrs import evolve

from loansms.calendars import EVERY_DAY, Overrides, PlanOverride, WorkCalendar, calendar_for
from loansms.compliance.checks.days_off import Holidays
from loansms.compliance.checks.hours import Hours
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import CheckSpec, Override
from loansms.errors import PackError
from loansms.model import Allow, Channel, Defer
from tests.compliance.cases import DAY, local
from tests.compliance.test_survivors import NOW, ask, codes, ours

TORONTO = "America/Toronto"
TODAY = date(2026, 9, 24)


def refused(check: str, told_: str, **params: Any) -> None:
    with pytest.raises(PackError, match=told_):
        check_of(CheckSpec(check, params), "here")


def hours(**one: Any) -> dict[str, Any]:
    return {"days": "mon-sun", "from": "09:00", "to": "21:00", **one}


@pytest.mark.parametrize(
    ("one", "at", "open_"),
    [
        ({}, "09:00", True),
        ({}, "08:59", False),
        ({}, "21:00", False),
        ({}, "20:59", True),
        ({"from_inclusive": False}, "09:00", False),
        ({"from_inclusive": False}, "09:01", True),
        ({"to_inclusive": True}, "21:00", True),
        ({"to_inclusive": True}, "21:01", False),
        ({"days": "thu"}, "10:00", True),
        ({"days": "fri"}, "10:00", False),
        ({"days": "holidays"}, "10:00", False),
        ({"on": "workday"}, "10:00", True),
        ({"on": "off"}, "10:00", False),
    ],
)
def test_open_hours_open_and_close_on_the_minute(one: dict[str, Any], at: str, open_: bool) -> None:
    got = ask(ours("window", allow=[hours(**one)]), local(f"2026-09-24T{at}", TORONTO))
    assert isinstance(got, Allow) == open_


def test_hours_for_holidays_leave_the_others_to_workdays() -> None:
    rule = ours("window", allow=[hours(), hours(days="holidays", **{"from": "11:00", "to": "12:00"})])
    for on, at, open_ in (
        ("2026-09-24", "10:00", True),
        ("2026-09-26", "10:00", False),
        ("2026-09-26", "11:00", True),
        ("2026-09-24", "11:30", True),
    ):
        assert isinstance(ask(rule, local(f"{on}T{at}", TORONTO)), Allow) == open_
    entry = Hours(days="holidays", start=time(9), end=time(10)).entry()
    assert (entry.days, entry.day_kind) == (EVERY_DAY, "off")
    beside = Hours(days="mon", start=time(9), end=time(10), on="off").entry(True)
    assert (beside.days, beside.day_kind) == (frozenset({0}), "off")
    assert Hours(days="mon", start=time(9), end=time(10)).entry(True).day_kind == "workday"
    assert Hours(days="mon", start=time(9), end=time(10)).entry().day_kind == "any"


@pytest.mark.parametrize(
    ("params", "more", "open_"),
    [
        ({"scrub": "DND"}, {"facts": {"dnd_listed": True}}, False),
        ({"scrub": "DND"}, {"facts": {"dnd_listed": "yes"}}, True),
        ({}, {"facts": {"dnd_listed": True}}, True),
        ({"zones": "intersection_of_plausible", "allow": None}, {"zones": ("Mars/Olympus",)}, False),
        ({"zones": "intersection_of_plausible", "allow": None}, {}, True),
        ({"zones": "intersection_of_plausible", "allow": None}, {"zones": (TORONTO, "Mars/Olympus")}, False),
    ],
)
def test_a_number_or_a_zone_may_close_the_window_for_good(
    params: dict[str, Any], more: dict[str, Any], open_: bool
) -> None:
    given = {name: one for name, one in {"allow": [hours()], **params}.items() if one is not None}
    got = ask(ours("window", **given), **more)
    assert isinstance(got, Allow) == open_
    assert {one.code for one in got.reasons} <= {"dnd_listed", "unknown_zone"}


@pytest.mark.parametrize(
    ("params", "more", "bound"),
    [
        ({}, {}, True),
        ({"providers": ["aliyun"]}, {}, False),
        ({"providers": ["aliyun"]}, {"provider": "aliyun_cn"}, True),
        ({"channels": ["sms"]}, {}, True),
        ({"channels": ["sms"]}, {"channel": Channel.MMS}, True),
        ({"channels": ["mms"]}, {}, False),
        ({"channels": ["voice", "whatsapp", "visit"]}, {"channel": Channel.MMS}, False),
        ({"channels": ["voice"]}, {"channel": Channel.VOICE}, True),
        ({"elsewhere_than": TORONTO}, {}, False),
        ({"elsewhere_than": TORONTO}, {"zones": (TORONTO, "America/Vancouver")}, True),
        ({"void_if": ["days_past_due>15"]}, {"facts": {"days_past_due": 15}}, True),
        ({"void_if": ["days_past_due>15"]}, {"facts": {"days_past_due": 16}}, False),
        ({"void_if": ["days_past_due>15"]}, {"facts": {"days_past_due": "16"}}, True),
        (
            {"void_if": ["days_past_due>15"]},
            {"facts": {"consents": [{"scope": "contact_outside_hours"}]}},
            True,
        ),
        (
            {"void_if": ["express_consent"]},
            {"facts": {"consents": [{"scope": "contact_outside_hours"}]}},
            False,
        ),
        ({"void_if": ["express_consent"]}, {"facts": {"consents": [{"scope": "more_contacts"}]}}, True),
        ({"void_if": ["express_consent", "days_past_due>1"]}, {"facts": {"days_past_due": 2}}, False),
        ({"void_if": ["days_past_due>9", "days_past_due>1"]}, {"facts": {"days_past_due": 2}}, False),
    ],
)
def test_a_window_binds_its_own_roads_and_is_lifted_by_its_own_facts(
    params: dict[str, Any], more: dict[str, Any], bound: bool
) -> None:
    rule = ours("window", allow=[hours()], **params)
    got = ask(rule, local("2026-09-24T03:00", TORONTO), **more)
    assert isinstance(got, Defer) == bound


@pytest.mark.parametrize(
    ("by", "given_to", "lifted"),
    [
        ("recorded_agreement_with_debtor", "creditor", True),
        ("debtor_consent", "creditor", True),
        ("express_consent", "creditor", True),
        ("prior_consent", "collector", True),
        ("consumer_prior_consent_given_directly_to_the_collector", "collector", True),
        ("consumer_prior_consent_given_directly_to_the_collector", "creditor", False),
        ("officer_of_the_lender", "collector", False),
        (None, "collector", False),
    ],
)
def test_hours_are_lifted_by_the_person_and_not_by_an_officer(
    by: str | None, given_to: str, lifted: bool
) -> None:
    rule = evolve(ours("window", allow=[hours()]), override=Override(by) if by else None)
    facts = {"consents": [{"scope": "contact_outside_hours", "given_to": given_to}]}
    got = ask(rule, local("2026-09-24T03:00", TORONTO), facts=facts)
    assert isinstance(got, Allow) == lifted


@pytest.mark.parametrize(
    ("known", "open_"),
    [
        (("Asia/Jakarta",), True),
        (("Asia/Jayapura",), False),
        (("UTC",), False),
        (("UTC", "Asia/Jakarta"), True),
    ],
)
def test_who_is_in_no_zone_of_the_country_may_be_in_any(known: tuple[str, ...], open_: bool) -> None:
    rule = ours("window", allow=[hours()], zones=["Asia/Jakarta", "Asia/Jayapura"])
    got = ask(rule, local("2026-09-24T20:00", "Asia/Jakarta"), zones=known)
    assert isinstance(got, Allow) == open_
    plain = ours("window", allow=[hours()], zones="intersection")
    assert isinstance(ask(plain, local("2026-09-24T20:00", "Asia/Jakarta"), zones=("Asia/Jakarta",)), Allow)


def test_the_wish_of_a_person_is_asked_beside_the_hours_and_a_reply_is_let_past_it() -> None:
    wish = {"kind": "inconvenient", "from": "09:00", "to": "12:00"}
    rule = ours("window", allow=[hours()], honour="consumer_designations", reply_once_same_medium=True)
    facts: dict[str, Any] = {"consumer_designations": [wish]}
    got = ask(rule, facts=facts)
    assert isinstance(got, Defer)
    assert got.until == local("2026-09-24T12:00", TORONTO)
    replying = {**facts, "reply_to": (NOW - DAY).isoformat()}
    assert isinstance(ask(rule, facts=replying), Allow)
    assert isinstance(
        ask(ours("window", allow=[hours()], honour="consumer_designations"), facts=replying), Defer
    )
    assert isinstance(ask(ours("window", allow=[hours()]), facts=facts), Allow)
    only = ours("window", source="consumer_designations")
    assert isinstance(ask(only, facts={}), Allow)
    assert isinstance(ask(only, facts=facts), Defer)


@pytest.mark.parametrize(
    ("params", "told_"),
    [
        ({}, "expected either allow or source"),
        ({"allow": [hours()], "source": "consumer_designations"}, "expected either allow or source"),
        ({"allow": [hours()], "zones": "intersection_of_plausible"}, "expected either allow or source"),
        ({"allow": [hours()], "zones": "everywhere"}, "zones: expected intersection"),
        ({"allow": [hours()], "zones": [TORONTO, "Mars/Olympus"]}, "zones: expected IANA zones"),
        ({"allow": [hours()], "channels": ["sms", "pigeon"]}, "channels: expected some of agent"),
        ({"allow": [hours()], "void_if": ["days_past_due>"]}, "void_if: expected a consent"),
        ({"allow": [hours()], "void_if": ["express_consent", "mood"]}, "void_if: expected a consent"),
        ({"allow": [hours(on="off", days="holidays")]}, "holidays are days off already"),
        ({"allow": [hours(days="payday")]}, "expected weekdays such as"),
    ],
)
def test_a_window_nobody_could_open_is_refused(params: dict[str, Any], told_: str) -> None:
    refused("window", told_, **params)


def test_days_may_be_closed_by_name_and_by_date() -> None:
    shut = ours("calendar_day", deny_dates=[TODAY])
    got = ask(shut)
    assert isinstance(got, Defer)
    assert got.until == local("2026-09-25T00:00", TORONTO)
    assert isinstance(ask(shut, NOW - DAY), Allow)
    named = ours("calendar_day", deny_days=["除夕", "春节初一"])
    for on, open_ in (
        ("2026-02-15", True),
        ("2026-02-16", False),
        ("2026-02-17", False),
        ("2026-02-18", True),
    ):
        assert isinstance(ask(named, local(f"{on}T12:00", TORONTO)), Allow) == open_
    assert isinstance(ask(named), Allow)
    assert isinstance(ask(shut, local("2026-02-16T12:00", TORONTO)), Allow)
    refused("calendar_day", "expected deny_days or deny_dates", deny_days=[])
    refused("calendar_day", "除夕 and 春节初一 together", deny_days=["除夕"])


# The published plan of a year.

PLAN: dict[str, Any] = {
    "year": 2026,
    "off": [date(2026, 9, 25)],
    "work": [date(2026, 9, 20)],
    "valid_through": date(2026, 12, 31),
}


def planned(year: int, *, off: Iterable[str] = (), work: Iterable[str] = ()) -> WorkCalendar:
    days = {name: frozenset(map(date.fromisoformat, some)) for name, some in (("off", off), ("work", work))}
    plan = PlanOverride(country="CN", year=year, source="ours", complete=False, **days)
    return calendar_for("CN", None, Overrides((plan,)))


@pytest.mark.parametrize(
    ("changed", "on", "differs"),
    [
        ({"work": ["2026-09-25"]}, "2026-09-25", True),
        ({"off": ["2026-09-25"]}, "2026-09-25", False),
        ({"off": ["2026-09-20"]}, "2026-09-20", True),
        ({"work": ["2026-09-20"]}, "2026-09-20", False),
        ({"off": ["2026-09-24"]}, "2026-09-24", False),
        ({"work": ["2026-09-25"]}, "2027-09-25", False),
    ],
)
def test_a_calendar_that_differs_from_the_plan_is_told_on_the_day(
    changed: dict[str, list[str]], on: str, differs: bool
) -> None:
    known: dict[str, Any] = {"jurisdiction": "CN", "zones": ("Asia/Shanghai",)}
    known["calendar"] = planned(2026, **changed)
    got = ask(ours("calendar_day", **PLAN), local(f"{on}T12:00"), **known)
    assert [one.message for one in got.reasons] == ([f"Ours. ({on})"] if differs else [])


def test_the_plan_is_read_on_the_day_of_the_place() -> None:
    rule = ours("calendar_day", **{**PLAN, "off": [date(2026, 1, 1), date(2026, 12, 31)]})
    for on, utc in ((date(2026, 1, 1), "2025-12-31T20:00"), (date(2026, 12, 31), "2027-01-01T02:00")):
        zone = "Asia/Shanghai" if on.month == 1 else "America/New_York"
        wrong = planned(2026, work=[on.isoformat()])
        known = {"jurisdiction": "CN", "zones": (zone,), "calendar": wrong}
        assert codes(rule, local(utc, "UTC"), **known) == {"calendar_differs"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"work": [date(2026, 9, 25)]},
        {"off": [date(2025, 9, 25)]},
        {"work": [date(2027, 1, 1)]},
    ],
)
def test_a_plan_is_of_its_year_and_says_one_thing_of_a_day(wrong: dict[str, Any]) -> None:
    refused("calendar_day", "expected off and work days apart, all of that year", **PLAN | wrong)


@pytest.mark.parametrize(
    ("days", "zone", "stale"),
    [
        (0, "Asia/Shanghai", False),
        (1, "Asia/Shanghai", True),
        (0, "Pacific/Kiritimati", True),
        (400, "UTC", True),
    ],
)
def test_a_year_without_its_plan_is_told_from_its_first_day(days: int, zone: str, stale: bool) -> None:
    rule = ours("calendar_day", on_missing_year="calendar_stale")
    last = calendar_for("CN").valid_through
    assert last is not None
    noon = local(f"{last + days * DAY}T12:00", "UTC")
    assert codes(rule, noon, jurisdiction="CN", zones=(zone,)) == ({"calendar_stale"} if stale else set())
    assert codes(rule, noon) == set()


# Whose holidays.


def test_a_holiday_of_any_region_counts_where_the_region_is_not_known() -> None:
    rule = ours("window", allow=[hours()], holidays="deny")
    quebec = local("2026-06-24T12:00", TORONTO)  # Fête nationale
    for more, open_ in (
        ({}, False),
        ({"region": "QC"}, False),
        ({"region": "ON"}, True),
        ({"jurisdiction": "CA-ON"}, True),
        ({"jurisdiction": "CA-QC"}, False),
        ({"jurisdiction": "CA-QC", "region": "ON"}, True),
        ({"region": "Atlantis"}, False),
        ({"calendar": calendar_for("CA", "ON")}, True),
        ({"calendar": calendar_for("US")}, False),
        ({"calendar": calendar_for("US"), "region": "ON"}, True),
    ):
        assert isinstance(ask(rule, quebec, **more), Allow) == open_, more
    own = ours("window", calendar="CA-QC", allow=[hours()], holidays="deny")
    assert isinstance(ask(own, quebec, region="ON"), Defer)
    assert isinstance(ask(own, quebec, calendar=calendar_for("CA", "ON")), Defer)
    assert isinstance(ask(own, quebec, calendar=calendar_for("CA", "QC")), Defer)
    assert isinstance(ask(ours("window", allow=[hours()]), quebec), Allow)
    assert date(2026, 6, 24) in Holidays((calendar_for("CA", "ON"), calendar_for("CA", "QC")))


def test_what_the_lender_corrected_holds_for_its_country_alone() -> None:
    rule = ours("window", allow=[hours(on="workday")])
    monday = local("2026-09-21T12:00")
    known: dict[str, Any] = {"jurisdiction": "CN", "zones": ("Asia/Shanghai",)}
    mine = planned(2026, off=["2026-09-21"])
    assert isinstance(ask(rule, monday, **known), Allow)
    assert isinstance(ask(rule, monday, calendar=mine, **known), Defer)
    away = ours("window", calendar="TH", allow=[hours(on="workday")])
    assert isinstance(ask(away, monday, calendar=mine, **known), Allow)
    region: dict[str, Any] = {"jurisdiction": "CA", "zones": ("UTC",), "region": "ON"}
    assert isinstance(ask(rule, local("2026-07-01T12:00", "UTC"), **region), Defer)


def test_what_the_lender_corrected_holds_in_each_region_of_the_country() -> None:
    plan = PlanOverride(
        country="CA", year=2026, off=frozenset({date(2026, 9, 24)}), source="ours", complete=False
    )
    ontario = calendar_for("CA", "ON", Overrides((plan,)))
    for calendar, country in (("CA-QC", "CA"), (None, "CA"), ("TH", "TH")):
        rule = ours("window", calendar=calendar, allow=[hours(on="workday")])
        assert isinstance(ask(rule, calendar=ontario), Defer) == (country == "CA")
        assert isinstance(ask(rule, calendar=calendar_for("CA", "ON")), Allow)

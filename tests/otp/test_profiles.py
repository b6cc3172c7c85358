"""Profiles keep what they claim; whatever is weaker is refused with its clause, in both languages."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from attrs import evolve
from phonenumbers import PhoneNumberType

from loansms.errors import ConfigurationError
from loansms.model import Channel, PhoneNumber
from loansms.otp.admission import Guard
from loansms.otp.budget import Budget
from loansms.otp.profiles import (
    DAY,
    HOUR,
    LENDER,
    MAINLAND,
    MINUTE,
    NIST_63B,
    PSD2_SCA,
    SHIPPED,
    BucketRule,
    Profile,
    Rate,
    served,
)
from loansms.otp.standards import (
    FLOOR,
    Clause,
    Held,
    check_profile,
    claims,
    clauses,
    most,
    require_sound,
    standards,
)

SECOND = timedelta(seconds=1)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "otp-profiles.md"
SETTINGS = [one for one in clauses() if one.held is Held.SETTING]


def rates(profile: Profile, name: str) -> list[tuple[int, timedelta]]:
    rule = profile.rule(name)
    return [] if rule is None else [(rate.count, rate.window) for rate in rule.rates]


def with_rates(name: str, *told: tuple[int, timedelta], **more: Any) -> Profile:
    return LENDER.ruled(
        BucketRule(name=name, rates=tuple(Rate(count=count, window=window) for count, window in told), **more)
    )


# --- what ships


def test_the_lenders_profile_is_the_one_promised() -> None:
    assert (LENDER.digits, LENDER.lifetime, LENDER.failures) == (6, timedelta(seconds=300), 5)
    assert (LENDER.failure_window, LENDER.failure_ceiling, LENDER.failure_reserve) == (HOUR, 10, 3)
    assert rates(LENDER, "phone") == [(1, MINUTE), (5, HOUR), (10, DAY)]
    assert rates(LENDER, "phone_unconfirmed") == [(1, MINUTE), (5, HOUR), (5, DAY)]
    assert rates(LENDER, "phone_action") == [(5, HOUR), (10, DAY)]
    assert rates(LENDER, "carrier") == [(10, DAY)]
    assert rates(LENDER, "ip") == [(100, HOUR), (1000, DAY)]
    assert rates(LENDER, "device") == [(20, HOUR), (50, DAY)]
    assert rates(LENDER, "prefix") == [(300, HOUR)]
    assert rates(LENDER, "country") == rates(LENDER, "tenant") == []
    limits = LENDER.failure_limits
    assert (limits.failures, limits.window, limits.ceiling, limits.reserve, limits.lane) == (
        5, 3_600_000_000, 10, 3, 3,
    )  # fmt: skip
    assert (limits.known, limits.known_for) == (5, 90 * 86_400_000_000)


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda one: one.name)
def test_every_shipped_profile_keeps_all_it_claims_and_only_watches_with_its_guards(profile) -> None:
    assert check_profile(profile) == ()
    assert require_sound(profile) is profile
    assert profile.standards
    assert all(rule.guard is None or rule.guard.shadow for rule in profile.rules)


def test_payments_under_psd2_are_bound_and_no_totp_stands_in() -> None:
    assert PSD2_SCA.transaction_actions
    assert not PSD2_SCA.totp
    (lanes,) = check_profile(evolve(PSD2_SCA, device_lane=1))
    assert (lanes.got, lanes.clause) == ("10", "PSD2 RTS 2018/389, art. 4(3)(b)")
    assert check_profile(evolve(PSD2_SCA, device_lane=1, failure_ceiling=5)) == ()
    assert PSD2_SCA.lifetime <= timedelta(minutes=5)


def failures_in_an_hour(profile: Profile) -> int:
    """Return how many codes are compared in one hour for a guesser with twenty devices, all of them known."""
    limits, budget, compared = profile.failure_limits, Budget(), 0
    for device in range(20):
        budget = budget.passed(limits, 0, f"d-{device}")
    for second in range(1, 3600, 6):
        at, device = second * 1_000_000, f"d-{second % 20}"
        if budget.locked_until(limits, at, device, own=True) is None:
            budget, compared = budget.failed(limits, at, device), compared + 1
    return compared


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda one: one.name)
def test_failures_in_a_row_are_what_the_profile_is_measured_by(profile) -> None:
    lanes = profile.device_lane > 0
    assert failures_in_an_hour(profile) == (profile.failure_ceiling if lanes else profile.failures)


def test_the_mainlands_channel_counts_a_number_whoever_asks() -> None:
    assert rates(MAINLAND, "carrier") == [(1, MINUTE), (5, HOUR), (10, DAY)]
    assert rates(MAINLAND, "phone_unconfirmed") == [(1, MINUTE), (2, HOUR), (5, DAY)]
    assert (MAINLAND.countries, MAINLAND.template_profile) == (frozenset({"CN"}), "aliyun")


# --- the clauses


def broken(clause: Clause) -> Profile:
    """Return the lender's profile, claiming the clause's standard, with that one clause just missed."""
    claiming = () if clause.standard == FLOOR else (clause.standard,)
    base = evolve(
        MAINLAND if clause.standard in MAINLAND.standards else PSD2_SCA,
        standards=claiming,
        lifetime=timedelta(seconds=300),
    )
    if clause.measure == "sends":
        assert isinstance(clause.bound, int)
        rate = Rate(count=clause.bound + 1, window=timedelta(seconds=clause.within))
        return base.ruled(BucketRule(name=clause.of, rates=(rate,)))
    match clause.measure, clause.operator, clause.bound:
        case "left", ">=", int() as bound:
            return base.ruled(
                BucketRule(name="phone_unconfirmed", rates=(Rate(count=11 - bound, window=DAY),))
            )
        case name, ">=", int() as bound:
            return evolve(base, **{name: bound - 1})
        case "in_a_row", "<=", int() as bound:
            return evolve(base, failures=bound + 1)
        case ("lifetime" | "grant_lifetime") as name, "<=", int() as bound:
            return evolve(base, **{name: timedelta(seconds=bound) + timedelta(microseconds=1)})
        case name, "<=", int() as bound:
            return evolve(base, **{name: bound + 1})
        case name, ("within" | "some" | "is") as operator, _:
            nothing = {
                "some": frozenset(),
                "is": not clause.bound if isinstance(clause.bound, bool) else None,
            }
            return evolve(base, **{name: nothing.get(operator, frozenset({Channel.SMS, Channel.EMAIL}))})
    raise AssertionError(f"{clause.standard}, {clause.clause}: no way to break it")


@pytest.mark.parametrize("clause", SETTINGS, ids=lambda one: f"{one.standard}: {one.clause}")
def test_no_clause_is_decoration_just_missing_it_is_refused_with_its_source(clause) -> None:
    found = check_profile(broken(clause))
    mine = [one for one in found if one.clause == clause.citation and one.field == clause.subject]
    assert len(mine) == 1
    assert mine[0].verified == clause.verified
    with pytest.raises(ConfigurationError) as told:
        require_sound(broken(clause))
    for word in (clause.subject, mine[0].got, mine[0].needed, clause.citation):
        assert word in str(told.value)
    assert clause.citation in told.value.zh
    assert "当前为" in told.value.zh
    assert ("unverified" in mine[0].told()) is ("未核实" in mine[0].told("zh-CN")) is clause.unverified


@pytest.mark.parametrize("name", ["phone", "phone_unconfirmed"])
def test_a_profile_without_a_limit_on_a_number_is_refused(name) -> None:
    found = check_profile(LENDER.unruled(name))
    assert f"sends of {name} in 86400 s" in {one.field for one in found}
    assert {one.got for one in found} <= {"no limit", "0"}


def test_without_a_carriers_day_nothing_need_be_left_of_it() -> None:
    assert check_profile(LENDER.unruled("carrier")) == ()


def test_a_claim_is_checked_whoever_makes_it() -> None:
    slow = evolve(LENDER, lifetime=timedelta(minutes=6))
    assert check_profile(slow) == ()
    (missed,) = check_profile(evolve(slow, standards=("JR/T 0068-2020",)))
    assert (missed.field, missed.got, missed.verified) == ("lifetime", "360", "R")
    (unknown,) = check_profile(evolve(LENDER, standards=("ISO 0",)))
    assert (unknown.field, unknown.got) == ("standards", "ISO 0")
    assert all(name in unknown.needed for name in standards())


def test_every_clause_says_in_both_languages_what_it_asks_and_who_keeps_it() -> None:
    for clause in clauses():
        assert clause.told("en").isascii()
        assert not clause.told("zh-CN").isascii()
        assert clause.citation
        assert clause.verified in {"V1", "V2", "R", "house"}
        assert (clause.held is Held.SETTING) is bool(clause.measure and clause.operator)
        if clause.held is Held.CODE:
            assert importlib.import_module(clause.where).__doc__
    assert len({(one.standard, one.clause) for one in clauses()}) == len(clauses())


def test_nobody_passes_off_a_clause_that_was_never_read() -> None:
    never_read = {one.standard for one in clauses() if one.unverified}
    assert never_read == {"JR/T 0068-2020"}
    assert all(one.unverified for one in clauses() if one.standard in never_read)


def test_what_is_left_to_the_host_is_never_claimed_as_met() -> None:
    told = claims(NIST_63B)
    assert {one.met for one in told if one.clause.held is Held.HOST} == {None}
    assert {one.met for one in told if one.clause.held is not Held.HOST} == {True}
    assert any(one.clause.held is Held.HOST for one in told)


def test_how_often_a_rule_admits_is_the_least_of_its_rates() -> None:
    assert [most(LENDER, "phone", span) for span in (MINUTE, 2 * MINUTE, HOUR, DAY)] == [1, 2, 5, 10]
    assert most(with_rates("phone", (3, timedelta(hours=7))), "phone", DAY) == 12
    assert most(LENDER, "tenant", DAY) is None
    assert most(LENDER, "prefix_guard", DAY) is None


# --- contradictions


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"lifetime": timedelta(0), "resend_left": timedelta(0)}, "lifetime"),
        ({"grant_lifetime": -SECOND}, "grant_lifetime"),
        ({"resend_left": timedelta(seconds=300)}, "resend_left"),
        ({"resend_left": -SECOND}, "resend_left"),
        ({"failures": 0, "device_lane": 0}, "failures"),
        ({"failure_window": timedelta(seconds=299)}, "failure_window"),
        ({"failure_ceiling": 4}, "failure_ceiling"),
        ({"failure_reserve": 10}, "failure_reserve"),
        ({"failure_reserve": -1}, "failure_reserve"),
        ({"device_lane": 6}, "device_lane"),
        ({"device_lane": -1}, "device_lane"),
        ({"known_devices": 0}, "known_devices"),
        ({"known_device_for": timedelta(0)}, "known_device_for"),
        ({"countries": frozenset()}, "countries"),
        ({"countries": frozenset({"cn"})}, "countries"),
    ],
)
def test_a_profile_that_contradicts_itself_is_told_which_setting(change, field) -> None:
    found = check_profile(evolve(LENDER, **change))
    assert found[0].field == field
    assert {one.field for one in found} <= {field, "resend_left"}  # which hangs on the lifetime
    assert found[0].told("zh-CN") != found[0].told("en")


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        (with_rates("device"), "rates"),
        (with_rates("device", (0, DAY)), "count"),
        (with_rates("device", (9, timedelta(0))), "window"),
        (with_rates("device", (9, -DAY)), "window"),
        (with_rates("device", (9, HOUR), slot=-SECOND), "slot"),
        (with_rates("device", (9, HOUR), (20, DAY), slot=31 * MINUTE), "slot"),
        (with_rates("device", (9, HOUR), guard=Guard(30)), "guard"),
    ],
)
def test_a_rule_that_cannot_work_is_told_by_name(profile, field) -> None:
    assert f"rules: device: {field}" in {one.field for one in check_profile(profile)}
    with pytest.raises(ConfigurationError, match="rules: device"):
        require_sound(profile)


def test_a_guards_rule_has_a_guard_and_a_rules_name_is_known_and_its_own() -> None:
    (blunt,) = check_profile(with_rates("ip_guard", (9, HOUR)))
    assert blunt.field == "rules: ip_guard: guard"
    (negative,) = check_profile(with_rates("ip_guard", (9, HOUR), guard=Guard(-1)))
    assert negative.field == "rules: ip_guard: guard.percent"
    (unknown,) = check_profile(with_rates("phones", (9, HOUR)))
    assert unknown.field == "rules: phones"
    (twice,) = check_profile(evolve(LENDER, rules=(*LENDER.rules, LENDER.rules[0])))
    assert (twice.field, twice.got) == ("rules: phone", "2 rules")


@pytest.mark.parametrize(
    "make",
    [
        lambda: evolve(LENDER, digits="6"),
        lambda: evolve(LENDER, failures=True),
        lambda: evolve(LENDER, lifetime=300),
        lambda: evolve(LENDER, standards="PSD2 RTS 2018/389"),
        lambda: evolve(LENDER, countries="CN"),
        lambda: evolve(LENDER, channels="sms"),
        lambda: evolve(LENDER, transaction_actions="settle"),
        lambda: Rate(count=1.5, window=DAY),
        lambda: Rate(count=1, window=86400),
        lambda: BucketRule(name="ip", rates="1/60 s"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_at_once(make) -> None:
    with pytest.raises(ConfigurationError) as told:
        make()
    assert told.value.zh


# --- who is served


def example(country: str, kind: int) -> PhoneNumber:
    number = phonenumbers.example_number_for_type(country, kind)
    assert number is not None
    return PhoneNumber.parse(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def code_of(profile: Profile, jurisdiction: str, phone: PhoneNumber) -> str | None:
    reason = served(profile, jurisdiction, phone)
    if reason is None:
        return None
    assert reason.citation
    assert reason.message
    assert reason.message_zh
    return reason.code


def test_a_country_that_is_not_served_is_refused_whatever_the_number() -> None:
    mainland, american = PhoneNumber.parse("17400000001", region="CN"), PhoneNumber.parse("+12025550123")
    assert code_of(LENDER, "CN", mainland) is None
    assert code_of(LENDER, "CN", american) == "country_not_served"
    assert code_of(LENDER, "US", american) is None
    both = evolve(LENDER, countries=frozenset({"CN", "US"}))
    assert code_of(both, "CN", mainland) is code_of(both, "CN", american) is None
    assert code_of(MAINLAND, "US", american) == "country_not_served"


@pytest.mark.parametrize(
    ("country", "kind", "code"),
    [
        ("GB", PhoneNumberType.MOBILE, None),
        ("GB", PhoneNumberType.FIXED_LINE, None),  # a landline cannot be texted, but it can be called
        ("GB", PhoneNumberType.PREMIUM_RATE, "number_kind"),
        ("IT", PhoneNumberType.SHARED_COST, "number_kind"),
        ("GB", PhoneNumberType.TOLL_FREE, "number_kind"),
        ("GB", PhoneNumberType.VOIP, "number_kind"),
        ("GB", PhoneNumberType.PERSONAL_NUMBER, "number_kind"),
    ],
)
def test_only_mobiles_and_landlines_are_served(country, kind, code) -> None:
    assert code_of(LENDER, country, example(country, kind)) == code


# --- the page


def cell(profile: Profile, clause: Clause) -> str:
    return next((one.shown for one in claims(profile) if one.clause == clause), "-")


def rows() -> list[str]:
    told = []
    for one in clauses():
        mark = {"R": ", unverified", "V2": ", quoted"}.get(one.verified, "")
        cells = " | ".join(cell(profile, one) for profile in SHIPPED)
        told.append(f"| {one.standard} | {one.clause}{mark} | {cells} |")
    return told


def test_the_page_shows_the_table_as_the_data_has_it() -> None:
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    table = [line for line in shown if line.split(" | ")[0].removeprefix("| ") in {FLOOR, *standards()}]
    assert table == rows()

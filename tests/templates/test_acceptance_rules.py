"""The profiles and the provider rules of the CN pack are of one mind: what one says, the other does not gainsay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from attrs import asdict

from loansms.compliance import RulePack
from loansms.templates import Acceptance
from loansms.templates.acceptance import shipped
from loansms.templates.acceptance_terms import Demand, Kind, Limit, PhoneKind, Script, Sourced, Taking

RULES = {
    rule.id: rule for rule in RulePack.load("CN", on=date(2026, 11, 22)).rules if rule.id.startswith("CNP-")
}
# A rule about replies and one about calls say nothing of a text.
ASKED_OF_TEXTS = sorted(set(RULES) - {"CNP-UP-01", "CNP-RATE-01"})


def params(rule: str) -> dict[str, Any]:
    return dict(RULES[rule].check.params)


def profiles(rule: str) -> Iterator[Acceptance]:
    """Yield the profile of every provider a rule names."""
    for name in params(rule)["providers"]:
        yield Acceptance.named(name)


def lines(profile: Acceptance) -> list[Sourced]:
    sections = asdict(profile, recurse=False).values()
    return [*(one for one in sections if isinstance(one, Sourced)), *profile.rates]


@pytest.mark.parametrize("rule", ASKED_OF_TEXTS)
def test_every_provider_that_a_rule_names_has_its_line_in_a_profile(rule: str) -> None:
    if rule == "CNP-RATE-02":  # a practice; Huawei's own numbers are known and stand instead
        return
    for profile in profiles(rule):
        section = {
            "CNP-FIN-01": profile.content,
            "CNP-FMT-01": profile.brackets,
            "CNP-FMT-02": profile.symbols,
            "CNP-FMT-03": profile.script,
            "CNP-FMT-04": profile.length,
            "CNP-TPL-01": profile.variables,
            "CNP-OTP-01": profile.code,
            "CNP-OPT-01": profile.notice_opt_out,
            "CNP-OPT-02": profile.promotion_opt_out,
            "CNP-LINK-01": profile.links,
            "CNP-TEL-01": profile.phones,
            "CNP-TIME-01": profile.hours,
            "CNP-TIME-02": profile.hours,
        }[rule]
        assert section is not None, profile.name
        assert section.rule == rule


def test_a_rule_that_a_profile_cites_is_a_rule_of_a_pack() -> None:
    known = {rule.id for pack in ("CN", "US") for rule in RulePack.load(pack).rules}
    cited = {one.rule for profile in shipped().values() for one in lines(profile)} - {""}
    assert cited <= known


def test_what_the_pack_says_is_refused_is_refused_whole() -> None:
    for name, how in params("CNP-FIN-01")["providers"].items():
        content = Acceptance.named(name).content
        assert content is not None
        taking = Taking.REFUSED if how.startswith("refused") else Taking.CONTRACT
        assert {content.of(kind) for kind in Kind} == {taking}


def test_the_characters_and_the_length_are_the_packs() -> None:
    signs = {one for one in params("CNP-FMT-02")["forbid"] if len(one) == 1}
    for profile in profiles("CNP-FMT-02"):
        assert profile.symbols is not None
        assert set(profile.symbols.forbid) - {"￥"} == signs  # the full-width yen sign is the same sign
    for profile in profiles("CNP-FMT-01"):
        assert profile.brackets is not None
        assert f"[{profile.brackets.forbid}]" == params("CNP-FMT-01")["regex"]
    for profile in profiles("CNP-FMT-03"):
        assert profile.script is not None
        assert profile.script.takes is Script.SIMPLIFIED
    for profile in shipped().values():
        if profile.market == "CN" and profile.length is not None:
            assert profile.length.max_chars == params("CNP-FMT-04")["max_chars"]


def test_the_bounds_of_variables_are_the_packs_or_tighter_ones_of_the_provider() -> None:
    told = params("CNP-TPL-01")
    for profile in profiles("CNP-TPL-01"):
        bound = profile.variables
        assert bound is not None
        assert bound.max_count is not None
        assert bound.max_chars is not None
        assert (bound.adjacent, bound.all_variable) == (False, False)
        assert bound.max_count == told["max_variables"]
        assert bound.max_chars == told["max_variable_chars"] or bound.varies
        assert bound.max_chars <= told["max_variable_chars"]


def test_the_words_and_digits_of_codes_are_the_packs() -> None:
    told = params("CNP-OTP-01")
    for profile in shipped().values():
        if profile.code is None:
            continue
        assert list(profile.code.words) == told["any_of"]
        if profile.code.digits is not None:
            assert profile.code.digits[1] == told["max_digits"]


def test_the_opt_out_lines_are_the_packs() -> None:
    (notice,) = params("CNP-OPT-01")["literal"]
    (promotion,) = params("CNP-OPT-02")["ends_with"]
    exact = {Acceptance.named(name).name for name in params("CNP-OPT-02")["exact_for"]}
    for profile in shipped().values():
        if profile.notice_opt_out is not None:
            assert (profile.notice_opt_out.demand, profile.notice_opt_out.text) == (Demand.FORBIDDEN, notice)
        if profile.promotion_opt_out is not None:
            assert (profile.promotion_opt_out.demand, profile.promotion_opt_out.text) == (
                Demand.REQUIRED,
                promotion,
            )
            assert profile.promotion_opt_out.exact is (profile.name in exact)


def test_links_and_telephone_lines_are_held_to_the_packs_terms() -> None:
    for profile in profiles("CNP-LINK-01"):
        links = profile.links
        assert links is not None
        assert (links.variable, links.short, links.filed) == (False, False, True)
    told = params("CNP-TEL-01")
    for profile in profiles("CNP-TEL-01"):
        assert profile.phones is not None
        assert [one.value for one in profile.phones.kinds] == told["allow_contacts"]
        assert profile.phones.max_count == told["max_contacts"]
        assert PhoneKind.MOBILE not in profile.phones.kinds


@pytest.mark.parametrize("rule", ["CNP-TIME-01", "CNP-TIME-02"])
def test_the_hours_of_promotions_are_the_packs(rule: str) -> None:
    (window,) = params(rule)["allow"]
    for profile in profiles(rule):
        assert profile.hours is not None
        assert (profile.hours.start, profile.hours.end) == (window["from"], window["to"])
        assert profile.hours.applies == (Kind.PROMOTION,)


def test_rates_that_cite_the_packs_rule_have_its_numbers() -> None:
    told = [
        Limit(count=one["count"], **{key: one["period"][key] for key in one["period"] if key != "kind"})
        for one in params("CNP-RATE-02")["limits"]
    ]
    citing = [rate for one in shipped().values() for rate in one.rates if rate.rule == "CNP-RATE-02"]
    assert citing
    assert all(list(rate.limits) == told for rate in citing)

"""A lender learns before the first send which gateway refuses a text, by which rule, and who takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from loansms import Lender
from loansms.errors import ConfigurationError
from loansms.model import Channel, Party
from loansms.templates import Catalogue, Taking, advise, lint, routes
from loansms.templates.acceptance import shipped

CATALOGUE = Catalogue.builtin()
AGENCY = evolve(Lender.example("US"), party=Party.THIRD, principal_lender="Example Bank")


@pytest.mark.parametrize("profile", ["aliyun", "tencent", "huawei"])
def test_a_collection_text_that_a_cloud_refuses_is_told_with_the_route_that_takes_it(profile: str) -> None:
    [one] = [
        one
        for one in advise(CATALOGUE, profile)
        if (one.template, one.locale) == ("collection.early", "zh-CN")
    ]
    assert (one.taking, one.open, one.rule) == (Taking.REFUSED, False, "content_refused")
    assert one.instead == ("direct", "mas")
    assert "CNP-FIN-01" in one.citation
    assert "direct carrier or a finance-contract channel: direct, mas" in one.told()
    assert "运营商直连" in one.told("zh-CN")


def test_every_text_message_gets_exactly_one_advice() -> None:
    texts = {(one.id, one.locale) for one in CATALOGUE.templates.values() if one.channel is Channel.SMS}
    for profile in shipped():
        found = advise(CATALOGUE, profile)
        assert sorted((one.template, one.locale) for one in found) == sorted(texts)


def test_a_gateway_that_takes_codes_alone_gets_the_codes() -> None:
    found = {one.template: one for one in advise(CATALOGUE, "baidu") if one.locale == "zh-CN"}
    assert (found["otp.code"].taking, found["otp.code"].open) == (Taking.TAKEN, True)
    assert (found["collection.early"].taking, found["collection.early"].instead) == (
        Taking.REFUSED,
        ("direct", "mas"),
    )


def test_what_is_refused_is_read_first() -> None:
    opened = [one.open for one in advise(CATALOGUE, "baidu")]
    assert opened == sorted(opened)
    assert not opened[0]


def test_by_contract_and_not_known_are_told_as_such() -> None:
    assert {one.taking for one in advise(CATALOGUE, "direct")} == {Taking.CONTRACT}
    asked = advise(CATALOGUE, "yunpian")
    assert {one.taking for one in asked} == {Taking.ASK}
    assert "ask before the first send" in asked[0].told()
    assert all(one.open for one in asked)


def test_the_routes_of_a_text_start_with_the_open_ones() -> None:
    found = routes(CATALOGUE.get("collection.late", "zh-CN"))
    assert [one.profile for one in found if one.open] == ["direct", "mas", "volcengine", "yunpian"]
    assert [one.open for one in found] == sorted((one.open for one in found), reverse=True)
    refused = next(one for one in found if one.profile == "aliyun")
    assert refused.findings[0].rule == "content_refused"


def test_debts_of_others_are_carried_by_no_us_route_and_own_debts_are() -> None:
    text = CATALOGUE.get("collection.early", "en")
    assert {one.taking for one in routes(text)} == {Taking.TAKEN}
    assert {one.taking for one in routes(text, lender=AGENCY)} == {Taking.REFUSED}
    assert not any(one.open for one in routes(text, lender=AGENCY))
    [one] = [
        one
        for one in advise(CATALOGUE, "twilio", lender=AGENCY)
        if (one.template, one.locale) == (text.id, "en")
    ]
    assert (one.rule, one.instead) == ("content_third_party", ())
    assert "US-A2P-3P" in one.citation
    assert "voice, letter or e-mail" in one.told()


def test_an_agency_gets_an_error_where_a_lender_gets_none() -> None:
    assert [(one.rule, one.severity) for one in lint(CATALOGUE, "twilio", lender=AGENCY)] == [
        ("content_third_party", "error")
    ]
    assert lint(CATALOGUE, "twilio", lender=Lender.example("US")) == []
    assert [one.severity for one in lint(CATALOGUE, "twilio")] == ["warning"]


def test_a_text_whose_form_has_to_be_mended_says_so_and_names_the_fault(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "zh-CN" / "x.toml").write_text(
        '[notice]\npayment_received = "【示例】还款{amount}已到账。"', encoding="utf-8"
    )
    found = advise(Catalogue.load(tmp_path, complete=False), "direct")
    [one] = [one for one in found if not one.open]
    assert (one.template, one.taking, one.rule) == ("notice.payment_received", Taking.CONTRACT, "symbols")


def test_a_code_of_many_variables_has_another_way_than_the_gateway_that_forbids_it() -> None:
    found = {
        one.profile: one for one in routes(CATALOGUE.get("otp.code", "zh-CN"), ["aliyun", "direct", "baidu"])
    }
    assert {one.rule for one in found["aliyun"].findings} == {"content_refused", "otp_slots"}
    assert found["direct"].open
    assert found["baidu"].open


def test_a_contract_of_ones_own_opens_a_cloud(tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    path.write_text(
        'extends = "tencent"\n[content]\ncode = "contract"\nnotice = "contract"\nreminder = "contract"\n'
        'collection = "contract"\npromotion = "refused"\nsource = "our contract"\nmark = "house"\n',
        encoding="utf-8",
    )
    text = CATALOGUE.get("collection.early", "zh-CN")
    [one] = routes(text, [path])
    assert (one.profile, one.taking, one.open) == ("contract", Taking.CONTRACT, True)
    refused = {one.template for one in advise(CATALOGUE, path) if one.taking is Taking.REFUSED}
    assert refused == {"offer.renewal", "care.survey", "care.birthday"}


def test_a_route_nobody_knows_is_an_error_and_no_silence() -> None:
    with pytest.raises(ConfigurationError, match="profile: expected one of none, direct, aliyun"):
        routes(CATALOGUE.get("collection.early", "zh-CN"), ["carrier-pigeon"])
    with pytest.raises(ConfigurationError, match="profile: expected one of"):
        advise(CATALOGUE, "carrier-pigeon")

"""What a gateway would send back after days of review is told before the form is handed in, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms import Lender
from loansms.model import ServiceLine
from loansms.templates import Acceptance, Catalogue, Finding, lint, render
from loansms.templates.acceptance import shipped
from loansms.templates.acceptance_checks import faults, longest_text
from loansms.templates.lint_checks import Fault
from loansms.templates.review import sample_lender, sample_values
from loansms.templates.template import Template

SECTION = 'source = "the contract"\nmark = "house"\n'
SLOTS = "".join(f'[v{n}]\nkind = "count"\nmax_length = 5\n' for n in range(25)) + (
    '[line]\nkind = "phone"\n[tale]\nkind = "text"\nmax_length = 480\n'
)
KINDS = {"notice": "transaction_notice", "care": "marketing", "otp": "otp"}


def catalogue(root: Path, kind: str, words: str, locale: str = "zh-CN", extra: str = "") -> Catalogue:
    (root / locale).mkdir()
    (root / "slots.toml").write_text(SLOTS, encoding="utf-8")
    (root / "templates.toml").write_text(
        f'[{kind}.mine]\npurpose = "{KINDS[kind]}"\n{extra}', encoding="utf-8"
    )
    (root / locale / "x.toml").write_text(f'[{kind}]\nmine = "{words}"', encoding="utf-8")
    return Catalogue.load(root, complete=False)


def mine(root: Path, kind: str, words: str, profile: str | Acceptance, extra: str = "") -> list[Fault]:
    template = catalogue(root, kind, words, extra=extra).get(f"{kind}.mine", "zh-CN")
    return list(faults(template, Acceptance.named(profile)))


MANY = "您的" + "和".join(f"{{v{n}}}" for n in range(21)) + "已到账。"
CODE = "验证码{code}，5分钟内有效，请勿告知他人。"


@pytest.mark.parametrize(
    ("profile", "kind", "words", "rule", "cited"),
    [
        ("aliyun", "notice", "【示例】还款已到账。", "symbols", "CNP-FMT-01"),
        ("tencent", "notice", "还款★已到账。", "symbols", "CNP-FMT-02"),
        ("huawei", "notice", "还款￥1已到账。", "symbols", "CNP-FMT-02"),
        ("tencent", "notice", "还款{v1}{v2}已到账。", "adjacent_slots", "CNP-TPL-01"),
        ("huawei", "notice", "{v1}，{v2}", "all_variable", "CNP-TPL-01"),
        ("huawei", "notice", MANY, "slots_many", "CNP-TPL-01"),
        ("huawei", "notice", "还款{tale}已到账。", "slots_long", "CNP-TPL-01"),
        ("aliyun", "notice", "还款{v1}元，共{v1}元。", "slot_repeated", "463237"),
        ("direct", "notice", "还款{tale}已到账，" + "很" * 20, "too_long", "CNP-FMT-04"),
        ("aliyun", "otp", "口令{code}，5分钟内有效，请勿告知他人。", "otp_word", "CNP-OTP-01"),
        ("aliyun", "otp", CODE + "{v1}", "otp_slots", "CNP-OTP-01"),
        ("aliyun", "otp", CODE + "电话{service_line}", "otp_contact", "CNP-OTP-01"),
        ("aliyun", "otp", CODE + "电话0571-0000000", "otp_contact", "CNP-OTP-01"),
        ("aliyun", "otp", CODE + "见example.com", "otp_link", "CNP-OTP-01"),
        (
            "tencent",
            "notice",
            "客服{service_line}，投诉{complaint_line}，其他{line}。",
            "phones_many",
            "CNP-TEL-01",
        ),
        ("tencent", "notice", "客服95000、95001、95002。", "phones_many", "CNP-TEL-01"),
        ("aliyun", "notice", "详询13800138000。", "mobile_number", "CNP-TEL-01"),
        ("aliyun", "notice", "详情请加微信咨询。", "private_contact", "CNP-TEL-01"),
        ("aliyun", "notice", "详情请联系QQ客服。", "private_contact", "CNP-TEL-01"),
        ("tencent", "notice", "见https://example.com/{v1}。", "link_variable", "CNP-LINK-01"),
        ("huawei", "notice", "见https://{v1}.com/a", "link_variable", "CNP-LINK-01"),
        ("huawei", "notice", "见t.cn/abc。", "link_short", "CNP-LINK-01"),
        ("tencent", "notice", "见https://example.com/pay。", "link_filing", "CNP-LINK-01"),
        ("us_10dlc", "notice", "见https://bit.ly/abc。", None, ""),
        ("aliyun", "notice", "还款已到账。拒收请回复R", "opt_out_in_notice", "CNP-OPT-01"),
        ("huawei", "notice", "还款已到账。拒收请回复R", None, ""),
        ("tencent", "care", "回复TD退订。祝您生日快乐，天天有好心情，万事如意。", None, ""),
    ],
)
def test_each_term_of_a_gateway_is_checked_before_the_form_is_handed_in(
    tmp_path: Path, profile: str, kind: str, words: str, rule: str | None, cited: str
) -> None:
    found = {one.rule: one for one in mine(tmp_path, kind, words, profile)}
    if rule is None:
        assert [one for one in found.values() if one.severity == "error"] == []
        return
    assert rule in found
    assert cited in found[rule].citation
    assert found[rule].message_zh != found[rule].message
    assert "13800138000" not in found[rule].message


@pytest.mark.parametrize("profile", ["aliyun", "tencent", "huawei", "direct"])
def test_a_sound_notice_is_left_alone_by_every_gateway(tmp_path: Path, profile: str) -> None:
    assert (
        mine(tmp_path, "notice", "您尾号{v1}的还款{v2}元已到账，请放心。客服{service_line}。", profile) == []
    )


@pytest.mark.parametrize(
    ("profile", "words", "extra", "rules"),
    [
        ("huawei", "祝您生日快乐。", "", []),
        ("huawei", "祝您生日快乐。回复TD退订", "opt_out = false\n", ["opt_out_inexact"]),
        ("huawei", "祝您生日快乐。拒收请回复R", "opt_out = false\n", []),
        ("tencent", "祝您生日快乐。回复TD退订", "opt_out = false\n", []),
        (
            "tencent",
            "回复TD退订。祝您生日快乐，天天有好心情，万事如意。",
            "opt_out = false\n",
            ["opt_out_not_last"],
        ),
        ("tencent", "祝您生日快乐。", "opt_out = false\n", ["opt_out_missing"]),
        ("us_10dlc", "祝您生日快乐。", "opt_out = false\n", []),
    ],
)
def test_a_promotion_ends_as_its_gateway_wants_it(
    tmp_path: Path, profile: str, words: str, extra: str, rules: list[str]
) -> None:
    assert [one.rule for one in mine(tmp_path, "care", words, profile, extra)] == rules


def test_a_notice_that_asks_for_the_frames_opt_out_is_found_too(tmp_path: Path) -> None:
    found = mine(tmp_path, "notice", "还款已到账。", "aliyun", "opt_out = true\n")
    assert [one.rule for one in found] == ["opt_out_in_notice"]


def test_one_fault_is_told_once_and_with_the_gateways_own_citation(tmp_path: Path) -> None:
    found = lint(catalogue(tmp_path, "notice", "还款{v1}{v2}已到账，见→。电话13800138000"), "tencent")
    told = [one for one in found if one.template == "notice.mine"]
    assert sorted(one.rule for one in told) == ["adjacent_slots", "mobile_number", "symbols"]
    assert all("CNP-" in one.citation for one in told)


def test_a_text_in_traditional_characters_is_refused_whole_and_told_once() -> None:
    found = [one for one in lint(Catalogue.builtin(), "huawei") if one.rule == "script_refused"]
    [one] = found
    assert (one.template, one.locale, one.severity) == ("*", "zh-Hant", "warning")
    assert "CNP-FMT-03" in one.citation


def test_a_bound_that_differs_by_account_warns_once_and_refuses_nothing(tmp_path: Path) -> None:
    taken = "".join(
        f'{kind} = "contract"\n' for kind in ("code", "notice", "reminder", "collection", "promotion")
    )
    path = tmp_path / "contract.toml"
    path.write_text(f'extends = "tencent"\n[content]\n{taken}{SECTION}', encoding="utf-8")
    [one] = lint(Catalogue.builtin(), path)
    assert (one.rule, one.template, one.severity) == ("slots_long", "*", "warning")
    assert "CNP-TPL-01" in one.citation


def test_a_bound_that_differs_by_account_is_not_told_where_there_is_no_account_to_have() -> None:
    assert [one.rule for one in lint(Catalogue.builtin(), "tencent")] == ["content_refused"]


def test_the_lines_of_the_lender_are_of_a_kind_the_gateway_takes() -> None:
    lender = evolve(Lender.example(), example_only=False, service_lines=(ServiceLine(number="13800138000"),))
    found = [one for one in lint(Catalogue.builtin(), "aliyun", lender=lender) if one.rule == "mobile_number"]
    assert found
    assert all("13800138000" not in repr(one) for one in found)


def test_a_signature_too_long_for_the_gateway_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'market = "CN"\nlocales = ["zh-CN"]\n[signature]\nby = "provider"\nmax_chars = 3\n{SECTION}',
        encoding="utf-8",
    )
    lender = evolve(Lender.example(), example_only=False)
    told = {one.rule for one in lint(Catalogue.builtin(), path, lender=lender)}
    assert told == {"signature_length"}
    assert lint(Catalogue.builtin(), path) == []


def test_english_is_no_business_of_a_mainland_gateways_checks_of_form() -> None:
    english = [one for one in Catalogue.builtin().templates.values() if one.locale == "en"]
    assert all(list(faults(one, Acceptance.named("aliyun"))) == [] for one in english)


@pytest.mark.parametrize("template", Catalogue.builtin().templates.values(), ids=lambda one: one.place)
def test_no_text_is_longer_than_the_longest_it_is_said_to_be(template: Template) -> None:
    lender = sample_lender(template.locale)
    done = render(template, sample_values(template, lender), lender=lender)
    signature = len(done.signature) + 2 if done.signature else 0
    assert len(done.text) + signature <= longest_text(template, lender)


@given(words=st.text(min_size=1, max_size=80).filter(lambda one: one.strip() and not set(one) & set("{}")))
def test_whatever_the_words_every_finding_says_who_refuses_and_why(words: str) -> None:
    base = Catalogue.builtin().get("notice.payment_received", "zh-CN")
    template = Template(
        id=base.id, locale="zh-CN", text=words, slots={}, purpose=base.purpose, frame=base.frame
    )
    for profile in shipped().values():
        for one in faults(template, profile):
            assert profile.name in one.message or one.rule == "adjacent_slots"
            assert one.citation
            assert one.message_zh
            assert one.severity in {"error", "warning"}


def test_findings_of_the_house_stay_where_the_gateway_has_no_word(tmp_path: Path) -> None:
    found: list[Finding] = lint(catalogue(tmp_path, "notice", "{v1}{v2}"), "baidu")
    assert {"adjacent_slots", "all_variable"} <= {one.rule for one in found if one.template == "notice.mine"}

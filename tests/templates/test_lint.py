"""The lint finds what a gateway would refuse or a reader misread, and says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loansms.errors import ConfigurationError
from loansms.templates import Catalogue, Finding, lint, lint_code, takes_one_slot

HEAD = '[notice.mine]\npurpose = "transaction_notice"\n[care.mine]\npurpose = "marketing"\n'


def found(root: Path, kind: str, words: str, locale: str = "zh-CN", profile: str = "none") -> list[Finding]:
    (root / locale).mkdir()
    (root / "templates.toml").write_text(HEAD, encoding="utf-8")
    name = "code" if kind == "otp" else "mine"
    (root / locale / "x.toml").write_text(f'[{kind}]\n{name} = "{words}"', encoding="utf-8")
    return [
        one
        for one in lint(Catalogue.load(root, complete=False), profile)
        if one.locale == locale and one.template != "*"
    ]


@pytest.mark.parametrize(
    ("kind", "words", "rule"),
    [
        ("notice", "年利率{annual_rate}，请知悉。", "rate_without_annual_cost"),
        ("notice", "月利率0.6%，请知悉。", "rate_without_annual_cost"),
        ("notice", "日息低至万二，请知悉。", "rate_without_annual_cost"),
        ("notice", "每月手续费千分之六，请知悉。", "rate_without_annual_cost"),
        ("notice", "年化费率六厘，请知悉。", "rate_without_annual_cost"),
        ("notice", "Interest of half a percent a month.", "rate_without_annual_cost"),
        ("notice", "还款{amount}{paid_on}已到账。", "adjacent_slots"),
        ("notice", "还款{amount} {paid_on}已到账。", "adjacent_slots"),
        ("notice", "{amount}，{paid_on}", "all_variable"),
        ("notice", "【示例】还款已到账。", "symbols"),
        ("notice", "还款¥{amount}已到账。", "symbols"),
        ("notice", "请点击→查看。", "symbols"),
        ("otp", "验证码{code}，{minutes}分钟内有效，用于{action}。", "otp_no_warning"),
        ("otp", "验证码{code}，用于{action}，请勿泄露。", "otp_no_validity"),
        ("notice", "详询13800138000。", "mobile_number"),
        ("notice", "详询138 0013 8000。", "mobile_number"),
        ("notice", "详询+86 138-0013-8000。", "mobile_number"),
        ("notice", "详询400-000-0000。", "fixed_number"),
        ("notice", "您的還款已到账。", "script"),
        ("notice", "很" * 501, "too_long"),
    ],
)
def test_a_text_that_would_be_refused_is_found(tmp_path: Path, kind: str, words: str, rule: str) -> None:
    faults = [one for one in found(tmp_path, kind, words) if one.rule != "slots_differ"]
    assert [one.rule for one in faults] == [rule]
    assert faults[0].message.startswith(f"{faults[0].template} [zh-CN]: ")
    assert faults[0].told("zh-CN") != faults[0].told("en")
    assert "13800138000" not in faults[0].message


@pytest.mark.parametrize(
    "words",
    [
        "年利率{annual_rate}，年化综合成本{annual_cost}。",
        "还款日利息以账单为准。",
        "请勿向任何人泄露密码。",
        "您的还款{amount}已于{paid_on}到账。",
    ],
)
def test_a_sound_text_is_left_alone(tmp_path: Path, words: str) -> None:
    assert found(tmp_path, "notice", words) == []


def test_simplified_characters_are_found_in_a_traditional_text(tmp_path: Path) -> None:
    assert [one.rule for one in found(tmp_path, "notice", "您的还款已到帳。", "zh-Hant")] == ["script"]


def test_curly_quotes_are_found_because_they_more_than_double_the_cost(tmp_path: Path) -> None:
    [fault] = found(tmp_path, "notice", "Don\u2019t worry.", "en")
    assert (fault.rule, fault.severity) == ("not_gsm7", "warning")


def test_marketing_must_say_how_to_refuse_it(tmp_path: Path) -> None:
    assert found(tmp_path, "care", "祝您愉快。") == []
    (tmp_path / "templates.toml").write_text(HEAD + "opt_out = false\n", encoding="utf-8")
    assert [one.rule for one in lint(Catalogue.load(tmp_path, complete=False))] == ["opt_out_missing"]


def test_a_notice_with_an_opt_out_is_refused_by_mainland_gateways_only(tmp_path: Path) -> None:
    assert found(tmp_path, "notice", "还款已到账。拒收请回复R") == []
    rules = [one.rule for one in lint(Catalogue.load(tmp_path, complete=False), "direct")]
    assert rules == ["opt_out_in_notice"]


def test_a_code_is_called_a_code_where_the_gateway_asks_for_the_word(tmp_path: Path) -> None:
    words = "口令{code}用于{action}，{minutes}分钟内有效，请勿告知他人。{service_line}"
    assert found(tmp_path, "otp", words) == []
    assert [one.rule for one in lint(Catalogue.load(tmp_path, complete=False), "direct")] == ["otp_word"]


def test_languages_that_tell_less_than_the_others_are_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "x.toml").write_text('[reminder]\ndue_in_7 = "Due {due_on}."', encoding="utf-8")
    [fault] = [one for one in lint(Catalogue.load(tmp_path, complete=False)) if one.rule != "content"]
    assert (fault.rule, fault.locale, fault.severity) == ("slots_differ", "en", "warning")
    assert "amount_due, loan_ref" in fault.message


def test_a_declared_slot_that_no_text_uses_is_named(tmp_path: Path) -> None:
    (tmp_path / "slots.toml").write_text('[branch]\nkind = "text"\n', encoding="utf-8")
    [fault] = lint(Catalogue.load(tmp_path, complete=False))
    assert (fault.rule, "branch" in fault.message) == ("slot_unused", True)


@pytest.mark.parametrize("profile", ["aliyun", "tencent", "huawei"])
def test_gateways_that_refuse_lending_are_named_with_their_source(profile: str) -> None:
    first = lint(Catalogue.builtin(), profile)[0]
    assert (first.rule, first.severity, first.template) == ("content_refused", "error", "*")
    assert "CNP-FIN-01" in first.citation
    assert first.message.endswith("use a direct carrier or a finance-contract channel: direct, mas")


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="none, direct, aliyun, tencent, huawei"):
        lint(Catalogue.builtin(), "gmail")


VOICE = '[otp.code]\npurpose = "otp"\nchannel = "voice"\n'


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("验证码{spoken_code}，{minutes}分钟内有效，勿告知他人。", ["code_not_spoken", "voice_unnamed"]),
        ("{lender_name}：验证码{code}，再说：{code}，{minutes}分钟内有效，勿告知他人。", ["code_not_spoken"]),
        ("{lender_name}：验证码{spoken_code}，再说：{spoken_code}，{minutes}分钟内有效，勿告知他人。", []),
    ],
)
def test_a_voice_says_who_calls_and_the_digits_twice(tmp_path: Path, words: str, rules: list[str]) -> None:
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "templates.toml").write_text(VOICE, encoding="utf-8")
    (tmp_path / "zh-CN" / "x.toml").write_text(f'[otp]\ncode = "{words}"', encoding="utf-8")
    template = Catalogue.load(tmp_path, complete=False).get("otp.code", "zh-CN")
    assert [one.rule for one in lint_code(template)] == rules


@pytest.mark.parametrize(
    ("profile", "template_id", "digits", "rules"),
    [
        ("none", "otp.code", 8, []),
        ("direct", "otp.code", 8, []),
        ("aliyun", "otp.plain", 6, []),
        ("aliyun", "otp.plain", 4, []),
        ("aliyun", "otp.plain", 8, [("otp_digits", "error")]),
        ("aliyun", "otp.code", 6, [("otp_slots", "error")]),
        ("aliyun", "otp.transaction", 6, [("otp_slots", "warning")]),
        ("aliyun", "otp.voice", 8, []),
        ("tencent", "otp.code", 6, []),
        ("tencent", "otp.code", 7, [("otp_digits", "error")]),
        ("huawei", "otp.code", 8, [("otp_digits", "error")]),
    ],
)
def test_a_code_template_is_held_to_the_shape_its_gateway_demands(
    profile: str, template_id: str, digits: int, rules: list[tuple[str, str]]
) -> None:
    found = lint_code(Catalogue.builtin().get(template_id, "zh-CN"), profile, digits)
    assert [(one.rule, one.severity) for one in found] == rules
    assert all("CNP-OTP-01" in one.citation for one in found)
    assert lint_code(Catalogue.builtin().get(template_id, "en"), profile, digits) == []


def test_only_one_gateway_takes_the_code_alone() -> None:
    takes = [one for one in ("none", "direct", "aliyun", "tencent", "huawei") if takes_one_slot(one)]
    assert takes == ["aliyun"]
    with pytest.raises(ConfigurationError, match="profile: expected one of"):
        takes_one_slot("gmail")

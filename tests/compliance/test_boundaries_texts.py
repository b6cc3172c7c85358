"""The form of a text: its lines, links, length and words, one character before the edge and one behind it."""

from __future__ import annotations

from typing import Any

import pytest

from loansms.compliance import FAMILIES, Rule, RulePack, evaluate
from loansms.compliance.checks.link_policy import links
from loansms.compliance.checks.table import check_of
from loansms.compliance.rule import CheckSpec
from loansms.compliance.wording.required import ELEMENTS
from loansms.errors import PackError
from loansms.model import Channel, Party, Purpose, RecipientRole
from loansms.privacy import Secret
from tests.compliance.cases import context, draft
from tests.compliance.test_survivors import NOW, ours

Params = dict[str, Any]


def told(rule: Rule, text: str | None = None, facts: Params | None = None, **more: Any) -> list[str]:
    """Return what the gate says of a text: each code with the detail behind it."""
    around: Params = {name: more.pop(name) for name in ("jurisdiction", "party", "provider") if name in more}
    pack = RulePack.of([rule], jurisdiction="CA", countries=["CN", "US", "BR"])
    place: Params = {"jurisdiction": "CA", "facts": facts or {}, **around}
    known = context(**place)
    shape: Params = {"text": None if text is None else Secret(text), "signature": "", **more}
    message = draft(**shape)
    got = evaluate(message, known, [pack], NOW)
    return [f"{one.code}{one.message.removeprefix('Ours.')}" for one in got.reasons if one.rule_id == "OURS"]


def refused(check: str, why: str, **params: Any) -> None:
    with pytest.raises(PackError, match=why):
        check_of(CheckSpec(check, params), "here")


# Contact lines.

LISTED = ours("forbid_text", allow="contact_allowlist")


@pytest.mark.parametrize(
    ("lines", "text", "passes"),
    [
        (["400-000-0000"], "请致电400-000-0000", True),
        (["400-000-0000"], "请致电4000000000", True),
        (["4000000000"], "请致电400-000-0001", False),
        (["13800138000"], "请致电+8613800138000", True),
        (["+86 138 0013 8000"], "请致电13800138000", True),
        (["8613800138000"], "请致电13900139000", False),
        (["95500"], "请致电95500", True),
        (["5500"], "请致电95500", False),
        (["2125550100"], "call 1-212-555-0100", True),
        ([], "请致电400-000-0000", False),
        ((), "请致电400-000-0000", False),
        (("400-000-0000",), "请致电400-000-0000", True),
        ("400-000-0000", "请致电400-000-0000", False),
        ([], "请按时还款", True),
        ([], "请拨打110或12378", True),
        ([], "金额95500.00元", True),
        ([], "应还1234567.89元", True),
        ([4000000000], "请致电400-000-0000", True),
    ],
)
def test_a_text_sends_people_to_listed_lines_alone(lines: object, text: str, passes: bool) -> None:
    assert told(LISTED, text, {"contact_allowlist": lines}) == (
        [] if passes else ["contact_line (unlisted_phone)"]
    )
    assert told(LISTED, text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请致电13800138000", "mobile_number"),
        ("请致电138 0013 8000", "mobile_number"),
        ("请致电010-55550100", "landline"),
        ("请致电(010)55550100-123", "landline"),
        ("请致电400-000-0000", "400"),
        ("请致电800-000-0000", "400"),
        ("请致电95500", "95"),
        ("请致电96110", "95"),
        ("call 212-555-0100", "foreign"),
        ("call +44 20 7946 0000", "foreign"),
    ],
)
def test_each_kind_of_line_is_told_from_the_others(text: str, kind: str) -> None:
    kinds = ["mobile_number", "landline", "400", "95"]
    others = [one for one in kinds if one != kind]
    assert told(ours("forbid_text", allow_contacts=others), text) == [f"contact_line ({kind})"]
    if kind in kinds:
        assert told(ours("forbid_text", allow_contacts=[kind]), text) == []


@pytest.mark.parametrize(
    ("most", "text", "passes"),
    [
        (1, "请致电400-000-0000", True),
        (1, "请致电400-000-0000或4000000000", True),
        (1, "请致电400-000-0000或95500", False),
        (2, "请致电400-000-0000或95500", True),
        (0, "请按时还款", True),
        (0, "请致电95500", False),
    ],
)
def test_a_text_names_so_many_lines_and_no_more(most: int, text: str, passes: bool) -> None:
    rule = ours("forbid_text", allow_contacts=["400", "95"], max_contacts=most)
    assert told(rule, text) == ([] if passes else ["contact_line (max_contacts)"])


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [
        ("mobile_number", "致电13800138000", True),
        ("mobile_number", "致电95500", False),
        ("qq", "加qq12345678", True),
        ("qq", "加QQ号：12345678", True),
        ("qq", "加微信abc12345", False),
        ("wechat", "加微信abc12345", True),
        ("wechat", "关注微信公众号abc12345", False),
        ("wechat", "加qq12345678", False),
        ("group_number", "进qq群", True),
        ("group_number", "加qq12345678", False),
        ("personal_messenger", "加qq12345678", True),
        ("personal_messenger", "加微信abc12345", True),
        ("personal_messenger", "进qq群", True),
        ("personal_messenger", "whatsapp me at 15550100", True),
        ("personal_messenger", "请按时还款", False),
        ("personal_messenger", "我们不会要求您加qq12345678", False),
        ("personal_messenger", "请勿相信。加qq12345678", True),
        ("personal_account", "请把钱转到王姐个人账户", True),
        ("personal_account", "请转至对公账户", False),
        ("unlisted_phone", "致电95500", False),
    ],
)
def test_what_a_form_forbids_is_told_by_its_name(word: str, text: str, stands: bool) -> None:
    rule = ours("forbid_text", allow_contacts=["mobile_number", "landline", "400", "95"], forbid=[word])
    got = told(rule, text)
    assert (got == [f"contact_line ({word})"]) == stands
    assert (got == []) == (not stands)


def test_lines_are_asked_of_a_text_by_the_provider_that_minds() -> None:
    params: Params = {"allow_contacts": ["95"], "providers": ["aliyun"]}
    assert told(ours("forbid_text", **params), "致电13800138000", provider="aliyun_cn") == [
        "contact_line (mobile_number)"
    ]
    assert told(ours("forbid_text", **params), "致电13800138000") == []
    assert told(ours("forbid_text", **params), None, provider="aliyun") == []
    for params in (
        {"allow": "everybody"},
        {"allow": "contact_allowlist", "allow_contacts": ["95"]},
        {"allow_contacts": []},
    ):
        refused("forbid_text", "expected allow = 'contact_allowlist' or allow_contacts", **params)
    for params in (
        {"allow_contacts": ["95", "pigeon"]},
        {"allow_contacts": ["95"], "forbid": ["qq", "pigeon"]},
    ):
        refused(
            "forbid_text",
            "allow_contacts among mobile_number, landline, 400, 95, forbid among mobile",
            **params,
        )


# Links.

HOSTS = {"link_allowlist": ["www.example.com"]}


@pytest.mark.parametrize(
    ("word", "text", "facts", "stands"),
    [
        ("variable_link", "https://www.example.com/a", {"link_is_variable": True}, True),
        ("variable_link", "https://www.example.com/a", {"link_is_variable": "yes"}, False),
        ("redirect", "https://www.example.com/a", {}, False),
        ("redirect", "https://www.example.com/a", {"link_redirects": True}, True),
        ("redirect", "https://www.example.com/?go=https://x.example.com", {}, True),
        ("redirect", "https://www.example.com/?url=x.example.com", {}, True),
        ("short_link", "https://bit.ly/a1b2", {}, True),
        ("short_link", "https://www.example.com/a", {"link_is_short": True}, True),
        ("short_link", "https://www.example.com/a", {"link_is_short": "yes"}, False),
        ("ip_host", "https://192.0.2.7/a", {}, True),
        ("ip_host", "https://www.example.com/1.2.3.4", {}, False),
        ("punycode", "https://xn--fiq228c.example.com/a", {}, True),
        ("punycode", "https://www.example.com/xn--a", {}, False),
        ("look_alike", "https://example.com.pay-here.cn/a", HOSTS, True),
        ("look_alike", "https://www.example.com/a", HOSTS, False),
        ("look_alike", "https://other.org/a", HOSTS, False),
        ("look_alike", "https://example.com.pay-here.cn/a", {}, False),
        ("look_alike", "https://localhost2.cn/a", {"link_allowlist": ("localhost",)}, True),
        ("userinfo", "https://www.example.com@evil.cn/a", {}, True),
        ("userinfo", "https://www.example.com/@me", {}, False),
        ("port", "https://www.example.com:8443/a", {}, True),
        ("port", "https://www.example.com:99999/a", {}, True),
        ("port", "https://www.example.com/a:8443", {}, False),
        ("apk", "https://www.example.com/loan.apk", {}, True),
        ("apk", "https://www.example.com/loan.apk?x=1", {}, True),
        ("apk", "https://www.example.com/?x=loan.apk", {}, False),
        ("debt_revealing_query_token", "https://www.example.com/?debt=5", {}, True),
        ("debt_revealing_query_token", "https://www.example.com/?a=1&phone=5", {}, True),
        ("debt_revealing_query_token", "https://www.example.com/?mydebt=5", {}, False),
        ("debt_revealing_query_token", "https://www.example.com/debt=5", {}, False),
    ],
)
def test_what_may_not_hide_in_a_link(word: str, text: str, facts: Params, stands: bool) -> None:
    got = told(ours("link_policy", forbid=[word]), f"详见{text}", facts)
    assert got == ([f"link_refused ({word})"] if stands else [])


@pytest.mark.parametrize(
    ("word", "text", "facts", "lacks"),
    [
        ("https", "https://www.example.com/a", {}, False),
        ("https", "http://www.example.com/a", {}, True),
        ("https", "www.example.com/a", {}, False),
        ("host_in_link_allowlist", "https://www.example.com/a", HOSTS, False),
        (
            "host_in_link_allowlist",
            "https://WWW.example.com/a",
            {"link_allowlist": ("WWW.Example.COM",)},
            False,
        ),
        ("host_in_link_allowlist", "https://example.com/a", HOSTS, True),
        ("host_in_link_allowlist", "https://www.example.com/a", {}, True),
        ("host_in_link_allowlist", "https://www.example.com/a", {"link_allowlist": "www.example.com"}, True),
        ("template_fixed", "https://www.example.com/a", {"template_fixed": False}, True),
        ("template_fixed", "https://www.example.com/a", {}, False),
        ("icp_filed_host", "https://www.example.com/a", {"icp_registered": False}, True),
        ("icp_filed_host", "https://www.example.com/a", {"icp_registered": True}, False),
        ("constant_url", "https://www.example.com/a", {"link_is_variable": True}, True),
        ("constant_url", "https://www.example.com/a", {"link_is_variable": False}, False),
    ],
)
def test_what_a_link_must_be(word: str, text: str, facts: Params, lacks: bool) -> None:
    got = told(ours("link_policy", require=[word]), f"详见{text}", facts)
    assert got == ([f"link_refused ({word})"] if lacks else [])


@pytest.mark.parametrize(
    ("params", "text", "more", "got"),
    [
        ({"max_links": 1}, "https://a.example.com", {}, []),
        ({"max_links": 1}, "https://a.example.com https://b.example.com", {}, ["link_refused (max_links)"]),
        ({"max_links": 0}, "https://a.example.com", {}, ["link_refused (max_links)"]),
        ({"max_links": 0}, "请按时还款", {}, []),
        ({"forbid": ["port", "apk"]}, "https://a.example.com:1/x.apk", {}, ["link_refused (apk, port)"]),
        ({"max_links": 0, "sender_type": "lender"}, "https://a.example.com", {}, []),
        (
            {"max_links": 0, "sender_type": "lender"},
            "https://a.example.com",
            {"facts": {"sender_type": "lender"}},
            ["link_refused (max_links)"],
        ),
        (
            {"max_links": 0, "sender_type": "lender"},
            "https://a.example.com",
            {"facts": {"sender_type": "x"}},
            [],
        ),
        ({"max_links": 0, "lifted_by": "filed"}, "https://a.example.com", {"facts": {"filed": True}}, []),
        (
            {"max_links": 0, "lifted_by": "filed"},
            "https://a.example.com",
            {"facts": {"filed": "yes"}},
            ["link_refused (max_links)"],
        ),
        ({"max_links": 0, "providers": ["aliyun"]}, "https://a.example.com", {}, []),
        (
            {"max_links": 0, "providers": ["aliyun"]},
            "https://a.example.com",
            {"provider": "aliyun"},
            ["link_refused (max_links)"],
        ),
        ({"max_links": 9}, "http://[oops", {}, ["link_refused (unreadable)"]),
    ],
)
def test_links_are_counted_where_the_rule_is_asked(
    params: Params, text: str, more: Params, got: list[str]
) -> None:
    assert told(ours("link_policy", **params), text, **more) == got


def test_a_link_is_read_without_the_words_around_it() -> None:
    assert links("请按时还款") == links("金额1.5元") == []
    assert links("见www.example.com.cn。") == ["www.example.com.cn"]
    assert links("(https://www.example.com/a)") == ["https://www.example.com/a"]
    assert links("see 192.0.2.7/a") == ["192.0.2.7/a"]
    assert links("下载loan.apk安装") == ["loan.apk"]
    refused("link_policy", "expected require https, host_in", require=["luck"])
    refused("link_policy", "and forbid variable_link", forbid=["port", "luck"])
    refused("link_policy", "expected require, forbid, max_links or a family")
    assert check_of(CheckSpec("link_policy", {"max_links": 0}), "here") is not None


# Phrases, codes and last lines.


@pytest.mark.parametrize(
    ("params", "text", "stands"),
    [
        ({"regex": r"\d{4}元"}, "应还1000元", True),
        ({"regex": r"\d{4}元"}, "应还100元", False),
        ({"regex": "ABC"}, "abc", False),
        ({"literal": ["包过"]}, "包 过", True),
        ({"literal": ["ABC"]}, "ａｂｃ", True),
        ({"literal": ["包过", "秒批"]}, "秒批", True),
        ({"literal": ["包过"]}, "包不过", False),
        ({"literal": ["包过", ""]}, "您好", False),
        ({"regex": "x", "literal": ["包过"]}, "x", True),
        ({"regex": "x", "literal": ["包过"]}, "包过", True),
        ({"literal": ["包过"], "providers": ["aliyun"]}, "包过", False),
    ],
)
def test_a_phrase_is_found_as_the_form_writes_it(params: Params, text: str, stands: bool) -> None:
    assert told(ours("forbid_text", **params), text) == (["forbidden_phrase"] if stands else [])
    assert told(ours("forbid_text", **params)) == []
    refused("forbid_text", "expected regex or literal", literal=[])
    refused("forbid_text", "regex: expected a regular expression", regex="(")


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("验证码1234", []),
        ("验证码123456", []),
        ("验证码1234567", ["code_too_long (6 digits)"]),
        ("1234567为您的验证码", ["code_too_long (6 digits)"]),
        ("校验码1234567", ["code_too_long (6 digits)"]),
        ("数字1234", ["required_content (验证码, 校验码)"]),
        ("数字1234567", ["required_content (验证码, 校验码)"]),
        ("验证码123456,热线4000000000", []),
        ("验证码为空空空空空空空空空1234567", []),
    ],
)
def test_a_code_stands_beside_its_word_and_is_short(text: str, got: list[str]) -> None:
    params: Params = {"any_of": ["验证码", "校验码"]}
    assert told(ours("require_text", max_digits=6, **params), text) == got
    assert told(ours("require_text", **params), text) == [one for one in got if "digits" not in one]
    assert told(ours("require_text", max_digits=6, providers=["aliyun"], **params), text) == []
    assert bool(
        told(ours("require_text", max_digits=6, providers=["aliyun"], **params), text, provider="aliyun")
    ) == bool(got)
    refused("require_text", "any_of: expected words", any_of=[" "])


@pytest.mark.parametrize(
    ("text", "exact", "loose"),
    [
        ("低息。拒收请回复R", True, True),
        ("低息。拒收请回复R。", True, True),
        ("低息。拒收请回复 r!", True, True),
        ("低息。拒收请回复R【安信】", True, True),
        ("低息。拒收请回复R。【安信】。", True, True),
        ("低息。退订回T", False, True),
        ("退订回T。低息贷款上门办理当天到账额度高达二十万先息后本随借随还欢迎咨询", False, False),
        ("低息。", False, False),
        ("拒收请回复R，低息", False, True),
    ],
)
def test_the_last_line_of_an_advertisement_is_the_way_out(text: str, exact: bool, loose: bool) -> None:
    line: Params = {"ends_with": ["拒收请回复R", "回T退订"]}
    bad = ["last_line (拒收请回复R, 回T退订)"]
    assert told(ours("require_text", **line), text) == ([] if exact else bad)
    assert told(ours("require_text", ends_with=["拒收请回复R", " "]), "低息。") == [
        "last_line (拒收请回复R,  )"
    ]
    only = ours("require_text", exact_for=["huawei"], **line)
    assert told(only, text, provider="huawei") == ([] if exact else bad)
    assert told(only, text) == ([] if loose else bad)
    assert told(ours("require_text", providers=["huawei"], **line), text) == []
    refused("require_text", "ends_with: expected the line", ends_with=[""])


# Signs and length.


@pytest.mark.parametrize(
    ("forbid", "text", "got"),
    [
        (["¥"], "还款￥100", ["forbidden_signs (¥)"]),
        (["¥"], "还款100元", []),
        (["¥", "★"], "★¥", ["forbidden_signs (¥, ★)"]),
        (["traditional_characters"], "還款", ["forbidden_signs (traditional_characters)"]),
        (["traditional_characters"], "还款", []),
    ],
)
def test_a_sign_that_a_form_refuses_is_seen_in_full_width_too(
    forbid: list[str], text: str, got: list[str]
) -> None:
    assert told(ours("charset", forbid=forbid), text) == got
    assert told(ours("charset", forbid=forbid, providers=["aliyun"]), text) == []
    assert told(ours("charset", forbid=forbid)) == []
    refused("charset", "single signs", forbid=[])
    refused("charset", "single signs", forbid=["¥", "¥¥"])
    refused("charset", "single signs", forbid=["", "¥"])


@pytest.mark.parametrize(
    ("text", "signature", "includes", "length"),
    [
        ("好" * 10, "", [], 10),
        ("好" * 10, "安信", [], 10),
        ("好" * 10, "安信", ["signature"], 14),
        ("好" * 10, "【安信】", ["signature"], 14),
        ("好" * 10, "安信", ["values"], 10),
        ("【安信】" + "好" * 6, "安信", ["signature"], 10),
        ("好" * 10, "", ["signature"], 10),
    ],
)
def test_a_length_is_told_with_its_limit(text: str, signature: str, includes: list[str], length: int) -> None:
    def of(most: int) -> Rule:
        return ours("length", max_chars=most, includes=includes)

    assert told(of(length), text, signature=signature) == []
    assert told(of(length - 1), text, signature=signature) == [f"text_too_long ({length} of {length - 1})"]
    refused("length", "max_chars above zero, includes signature or values", max_chars=-1)
    refused("length", "max_chars above zero", max_chars=9, includes=["signature", "air"])


# Templates.


@pytest.mark.parametrize(
    ("params", "shape", "got"),
    [
        ({"forbid": ["all_variable_template"]}, {"fixed": "!", "variables": [{}]}, ["all_variable_template"]),
        ({"forbid": ["all_variable_template"]}, {"fixed": "a", "variables": [{}]}, []),
        ({"forbid": ["all_variable_template"]}, {"fixed": "", "variables": []}, []),
        ({"require": ["scene_in_fixed_text"]}, {"fixed": "还款提"}, ["no_scene_in_fixed_text"]),
        ({"require": ["scene_in_fixed_text"]}, {"fixed": "还款提醒"}, []),
        ({"require": ["scene_in_fixed_text"]}, {}, ["no_scene_in_fixed_text"]),
        (
            {"forbid": ["all_variable_template"], "require": ["scene_in_fixed_text"]},
            {"variables": [{}]},
            ["all_variable_template"],
        ),
        ({"forbid": ["adjacent_variables"]}, {"adjacent": True}, ["adjacent_variables"]),
        ({"forbid": ["adjacent_variables"]}, {"adjacent": "yes"}, []),
        ({}, {"adjacent": True, "variables": [{}] * 99}, []),
        ({"max_variables": 2}, {"variables": [{}] * 2}, []),
        ({"max_variables": 2}, {"variables": [{}] * 3}, ["too_many_variables"]),
        ({"max_variables": 0}, {"variables": [{}]}, ["too_many_variables"]),
        ({"max_variable_chars": 20}, {"variables": [{"max_chars": 20}]}, []),
        ({"max_variable_chars": 20}, {"variables": [{}, {"max_chars": 21}]}, ["variable_too_long"]),
        ({"max_variable_chars": 20}, {"variables": [{"max_chars": "21"}]}, []),
        ({"max_variables": 0, "providers": ["aliyun"]}, {"variables": [{}]}, []),
        ({"max_variables": 0}, "shape", []),
    ],
)
def test_a_template_is_filed_in_the_shape_the_form_takes(
    params: Params, shape: object, got: list[str]
) -> None:
    facts = {"template_shape": shape}
    assert told(ours("template_ast", **params), None, facts) == [f"{one} ({one})" for one in got]
    assert told(ours("template_ast", **params)) == []
    refused("template_ast", "expected forbid", forbid=["adjacent_variables", "ugly"])
    refused("template_ast", "require", require=["ugly"])


# What a text must hold.


@pytest.mark.parametrize(
    ("params", "text", "more", "got"),
    [
        (
            {"elements": ["amount", "refusal_method"]},
            "应还100元",
            {},
            ["required_content (missing: refusal_method)"],
        ),
        ({"elements": ["amount"]}, "应还100元", {}, []),
        ({"elements": ["sender_name"]}, "您好", {}, ["required_content (missing: sender_name)"]),
        ({"elements": ["sender_name"]}, "【安信】您好", {}, []),
        ({"elements": ["sender_name"]}, "您好", {"signature": "安信"}, []),
        ({"elements": ["sender_name"]}, "您好", {"facts": {"signature": "安信"}}, []),
        ({"first": ["amount"]}, "您好", {}, []),
        (
            {"first": ["amount"]},
            "您好",
            {"facts": {"first_communication": True}},
            ["required_content (missing: amount)"],
        ),
        ({"first": ["amount"]}, "您好", {"facts": {"first_communication": "yes"}}, []),
        ({"later": ["amount"]}, "您好", {}, ["required_content (missing: amount)"]),
        ({"later": ["amount"]}, "您好", {"facts": {"first_communication": True}}, []),
        ({"elements": ["amount"], "satisfied_by": ["link"]}, "您好", {"facts": {"link": True}}, []),
        (
            {"elements": ["amount"], "satisfied_by": ["link"]},
            "您好",
            {"facts": {"link": "yes"}},
            ["required_content (missing: amount)"],
        ),
        ({"elements": ["amount"], "concerns": ["a", "b"]}, "您好", {"facts": {"a": False, "b": False}}, []),
        (
            {"elements": ["amount"], "concerns": ["a", "b"]},
            "您好",
            {"facts": {"a": False}},
            ["required_content (missing: amount)"],
        ),
        ({"state_flag": "told"}, "您好", {"facts": {"told": False}}, ["required_content (missing: told)"]),
        ({"state_flag": "told"}, "您好", {"facts": {"told": None}}, []),
        ({"state_flag": "told"}, None, {"facts": {"told": True}}, []),
        ({"state_flag": "t", "max_instalment_years": 5}, None, {"facts": {"instalment_years": 5}}, []),
        (
            {"state_flag": "t", "max_instalment_years": 5},
            None,
            {"facts": {"instalment_years": 6}},
            ["instalment_too_long (5 years)"],
        ),
        ({"state_flag": "t"}, None, {"facts": {"instalment_years": 99}}, []),
        ({"elements": ["principal_if_agency"]}, "您好", {}, []),
        (
            {"elements": ["principal_if_agency"]},
            "您好",
            {"party": Party.THIRD},
            ["required_content (missing: principal_if_agency)"],
        ),
    ],
)
def test_a_text_holds_what_its_moment_asks(
    params: Params, text: str | None, more: Params, got: list[str]
) -> None:
    if "principal_if_agency" in str(params):
        name = next(one for one in sorted(ELEMENTS) if one.endswith("_if_agency"))
        params = {"elements": [name]}
        got = [one.replace("principal_if_agency", name) for one in got]
    assert told(ours("require_text", **params), text, **more) == got


def test_an_element_nobody_knows_is_refused() -> None:
    for named in ("elements", "first", "later"):
        refused("require_text", "elements: expected some of amount", **{named: ["amount", "luck"]})
        assert check_of(CheckSpec("require_text", {named: ["amount", "sender_name"]}), "here") is not None
    refused("require_text", "expected elements, first and later, or state_flag")
    refused("require_text", "expected elements, first and later, or state_flag", satisfied_by=["x"])


# Families, claims and relays.


def test_each_family_found_is_told_in_its_own_words_unless_the_rule_has_them() -> None:
    text = "你这个人渣,再不还钱就去你家泼油漆。"
    both: Params = {"families": ["violence_threat", "insult_obscene"], "family": "visit_threat"}
    got = told(ours("forbid_text", **both), text)
    assert [one.split()[0] for one in got] == ["insult_obscene", "violence_threat", "visit_threat"][
        : len(got)
    ]
    assert len(got) >= 2
    assert all(len(one.split()) > 2 for one in got)
    assert told(ours("forbid_text", **both), "您好，请按时还款") == []
    assert told(ours("forbid_text", family="false_urgency"), text) == []
    refused("forbid_text", f"families: expected some of {FAMILIES[0]}", families=[])
    refused("forbid_text", "families: expected some of", families=["rudeness", "violence_threat"])


@pytest.mark.parametrize(
    ("text", "purpose", "stands"),
    [
        ("低息贷款，点击申请领取优惠券", Purpose.COLLECTION, True),
        ("低息贷款，点击申请领取优惠券", Purpose.MARKETING, False),
        ("低息贷款，点击申请领取优惠券", Purpose.SETTLEMENT_OFFER, False),
        ("谨防低息贷款骗局，我们不会推销优惠券", Purpose.COLLECTION, False),
        ("We never send you discounts.", Purpose.COLLECTION, False),
        ("Beware of a special offer sent by text.", Purpose.COLLECTION, False),
        ("Special offer by text is not allowed.", Purpose.COLLECTION, False),
        ("关于您咨询的免息券，请致电客服", Purpose.COLLECTION, False),
        ("对于群发优惠短信给您造成困扰，我们深表歉意", Purpose.COLLECTION, False),
        ("请按时还款", Purpose.COLLECTION, False),
    ],
)
def test_an_advertisement_is_sent_as_one(text: str, purpose: Purpose, stands: bool) -> None:
    rule = ours("forbid_text", mismatch="promotional_text_in_non_marketing_class")
    assert told(rule, text, purpose=purpose) == (["promotional_text"] if stands else [])
    assert told(rule, purpose=purpose) == []


@pytest.mark.parametrize(
    ("channel", "facts", "stands"),
    [
        (Channel.SMS, {"limited_content_message": True}, True),
        (Channel.SMS, {"limited_content_message": "yes"}, False),
        (Channel.SMS, {}, False),
        (Channel.VOICE, {"limited_content_message": True}, False),
    ],
)
def test_a_privilege_is_claimed_on_its_own_road_alone(channel: Channel, facts: Params, stands: bool) -> None:
    rule = ours("forbid_text", claim="limited_content_message", channel_only="voice")
    want = ["false_claim (limited_content_message)"] if stands else []
    assert told(rule, None, facts, channel=channel) == told(rule, "您好", facts, channel=channel) == want
    refused("forbid_text", "claim: expected one of", claim="honesty")


@pytest.mark.parametrize(
    ("params", "facts", "text", "got"),
    [
        ({}, {}, None, []),
        ({}, {"a": False}, None, ["fact_contradicts (fact: a)"]),
        ({}, {"a": None}, None, []),
        ({"mode": "hard"}, {"a": True}, None, ["fact_contradicts (fact: b)"]),
        ({"mode": "hard"}, {"a": True, "b": "yes"}, None, ["fact_contradicts (fact: b)"]),
        ({"mode": "hard"}, {"a": True, "b": True}, None, []),
        ({"forbid_in_text": ["debt"]}, {}, "请转告其还款", ["debt_shown"]),
        ({"forbid_in_text": ["debt"]}, {}, "请转告其回电", []),
        ({"forbid_in_text": ["debt"]}, {}, None, []),
        ({}, {}, "请转告其还款", []),
    ],
)
def test_a_relay_stands_on_its_facts(params: Params, facts: Params, text: str | None, got: list[str]) -> None:
    rule = ours("claim_needs_fact", facts=["a", "b"], **params)
    assert told(rule, text, facts, purpose=Purpose.OTP) == got


# What a locked screen shows.


@pytest.mark.parametrize(
    ("hide", "text", "shown"),
    [
        ("amount", "应还100元", True),
        ("balance", "应还100元", True),
        ("amount", "您好", False),
        ("delay", "已逾期", True),
        ("delay", "payment overdue", True),
        ("delay", "应还100元", False),
        ("debt_word", "您的贷款", True),
        ("debt_word", "您好", False),
    ],
)
def test_a_preview_hides_what_the_rule_names(hide: str, text: str, shown: bool) -> None:
    rule = ours("preview", chars=30, hide=[hide])
    assert told(rule, text) == ([f"preview_shows ({hide})"] if shown else [])
    assert told(rule, text, {"privacy": "full"}) == []


@pytest.mark.parametrize(
    ("facts", "purpose", "strict"),
    [
        ({}, Purpose.COLLECTION, False),
        ({"privacy": "strict"}, Purpose.COLLECTION, True),
        ({"privacy": "full"}, Purpose.RELAY, True),
        ({}, Purpose.RELAY, True),
        ({"number_verified": False}, Purpose.COLLECTION, True),
        ({"number_verified": True}, Purpose.COLLECTION, False),
    ],
)
def test_in_china_a_relay_and_an_unknown_number_are_always_strict(
    facts: Params, purpose: Purpose, strict: bool
) -> None:
    rule = ours("preview", chars=30, hide=["amount", "debt_word"])
    more: Params = {"jurisdiction": "CN", "purpose": purpose}
    if purpose is Purpose.RELAY:
        more["recipient"] = RecipientRole.CONTACT
    got = told(rule, "贷款应还100元", facts, **more)
    assert got == (["preview_shows (amount, debt_word)"] if strict else [])


@pytest.mark.parametrize(
    ("signature", "text", "before"),
    [("", "", 0), ("安信", "", 4), ("【安信】", "", 4), ("安信", "【安信】", 4)],
)
def test_a_preview_begins_with_the_signature(signature: str, text: str, before: int) -> None:
    body = text + "好好好逾期"
    for chars, shown in ((before + 3, False), (before + 4, True)):
        got = told(ours("preview", chars=chars, hide=["delay"]), body, signature=signature)
        assert got == (["preview_shows (delay)"] if shown else [])


def test_a_preview_nobody_could_read_is_refused() -> None:
    why = "preview: expected chars above zero and hide among amount, balance, delay, debt_word"
    for params in (
        {"chars": 0, "hide": ["delay"]},
        {"chars": 9, "hide": []},
        {"chars": 9, "hide": ["delay", "x"]},
    ):
        refused("preview", why, **params)
    refused("preview", "modes: expected strict and full", chars=9, hide=["delay"], modes=["full", "loose"])
    for modes in (["strict"], ["full"], ["strict", "full"]):
        assert (
            check_of(CheckSpec("preview", {"chars": 1, "hide": ["delay"], "modes": modes}), "here")
            is not None
        )


# Masks.

ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("params", "text", "got"),
    [
        ({"fields": ["id_number"]}, f"身份证号{ID}", ["shown_in_full"]),
        ({"fields": ["phone"]}, f"身份证号{ID}", []),
        ({"fields": ["card"]}, "银行卡号4111111111111111", ["shown_in_full"]),
        ({"fields": ["card_number"]}, "银行卡号4111111111111111", ["shown_in_full"]),
        ({"field": "id_number"}, f"身份证号{ID}", []),
        ({"field": "phone", "never": ["id_number"]}, f"身份证号{ID}", ["shown_in_full"]),
        ({"field": "phone", "never": ["id_number"], "where": ["log"]}, f"身份证号{ID}", []),
        ({"fields": ["id_number"]}, "您好", []),
        ({"fields": ["id_number"], "sms_keep": [3, 2]}, "证件110***********0021", ["shown_in_full"]),
        ({"fields": ["id_number"], "sms_keep": [3, 4]}, "证件110***********0021", []),
        ({"fields": ["id_number"], "sms_keep": [2, 4]}, "证件110***********0021", ["shown_in_full"]),
        ({"fields": ["id_number"], "sms_keep": [3]}, "证件110***********0021", ["shown_in_full"]),
        ({"fields": ["id_number"]}, "证件110***********0021", []),
        ({"fields": ["id_number"], "before": ["log"]}, f"身份证号{ID}", []),
        ({"fields": ["id_number"], "match_by": "keyed_hmac"}, f"身份证号{ID}", []),
    ],
)
def test_a_message_shows_no_more_than_the_rule_leaves(params: Params, text: str, got: list[str]) -> None:
    assert told(ours("mask", **params), text) == got


@pytest.mark.parametrize(
    ("params", "facts", "got"),
    [
        ({"field": "*"}, {"record": "13800138000 a.b@example.com"}, ["record_shows (email, phone)"]),
        ({"field": "phone"}, {"record": "13800138000 a.b@example.com"}, ["record_shows (phone)"]),
        (
            {"field": "phone, email"},
            {"record": "13800138000 a.b@example.com"},
            ["record_shows (email, phone)"],
        ),
        ({"mask": ["email"]}, {"record": "13800138000 a.b@example.com"}, ["record_shows (email)"]),
        ({"mask": ["account"]}, {"record": "账号 1234567890"}, ["record_shows (account_number)"]),
        ({"field": "email", "never": ["phone"]}, {"record": "13800138000"}, ["record_shows (phone)"]),
        ({"field": "phone", "never": True}, {"record": "13800138000"}, ["record_shows (phone)"]),
        ({"field": "phone"}, {"record": Secret("13800138000")}, ["record_shows (phone)"]),
        ({"field": "phone"}, {"record": 13800138000}, []),
        ({"field": "phone"}, {"record": "13800138000", "contact_allowlist": ["13800138000"]}, []),
        (
            {"field": "phone"},
            {"record": "13800138000", "contact_allowlist": "13800138000"},
            ["record_shows (phone)"],
        ),
        ({"field": "name"}, {"record": "李雷还款", "names": ["李雷"]}, ["record_shows (name)"]),
        ({"field": "name"}, {"record": "李雷还款", "names": (Secret("李雷"),)}, ["record_shows (name)"]),
        ({"field": "name"}, {"record": "李雷还款"}, []),
        ({"field": "phone", "disguised": True}, {"record": "13800138000"}, []),
        ({"field": "phone", "disguised": True}, {"record": "138-0013-8000"}, ["record_shows (phone)"]),
        (
            {"field": "*", "before": ["log"]},
            {"masked_before": False, "record": "13800138000"},
            ["masked_late"],
        ),
        ({"field": "*", "before": ["log"]}, {"masked_before": True, "record": "13800138000"}, []),
        ({"field": "*", "before": ["log"]}, {"record": "13800138000"}, []),
        ({"field": "phone", "match_by": "keyed_hmac"}, {"phone_key": "plain_hash"}, ["bare_hash"]),
        ({"field": "phone", "match_by": "keyed_hmac"}, {"phone_key": "keyed_hmac"}, []),
        ({"field": "phone"}, {"phone_key": "plain_hash", "masked_before": False}, []),
    ],
)
def test_a_record_shows_no_more_than_the_rule_leaves(params: Params, facts: Params, got: list[str]) -> None:
    rule = ours("mask", **params)
    assert told(rule, None, facts) == told(rule, "您好", facts) == got


def test_a_mask_names_what_it_hides() -> None:
    for params in (
        {},
        {"field": "shoe_size"},
        {"field": "phone,shoe_size"},
        {"never": ["shoe_size"]},
        {"never": True},
    ):
        refused("mask", "mask: expected fields among phone, id_number, card_number", **params)
    assert check_of(CheckSpec("mask", {"never": ["cvv"]}), "here") is not None

"""Words: the reference's examples, our own of every family, disguises, facts, and where a finding points."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from loansms.compliance import FAMILIES, review_text
from loansms.model import RecipientRole

HERE = Path(__file__).parent
REFERENCE = HERE.parents[1].parent / "shared" / "facts" / "content_examples.jsonl"
OWN = tomllib.loads((HERE / "examples.toml").read_text(encoding="utf-8"))
TUNED = tomllib.loads((HERE / "tuning.toml").read_text(encoding="utf-8"))
TUNED_LAWFUL = tomllib.loads((HERE / "tuning_lawful.toml").read_text(encoding="utf-8"))
LAWFUL = tomllib.loads((HERE / "lawful.toml").read_text(encoding="utf-8"))
HELD = tomllib.loads((HERE / "heldout.toml").read_text(encoding="utf-8"))
ROWS = [(family, kind, text) for family, kinds in OWN.items() for kind in kinds for text in kinds[kind]]


def reference() -> list[dict[str, object]]:
    """Return the reference's lines; where they are not there, fail in CI and say elsewhere that none ran."""
    if REFERENCE.exists():
        return [json.loads(line) for line in REFERENCE.read_text(encoding="utf-8").splitlines()]
    if os.environ.get("CI"):
        pytest.fail("the content examples are not beside the project, and CI runs their tests")
    pytest.skip("the content examples are not beside the project: their tests did not run")


def test_the_reference_is_judged_as_it_says() -> None:
    wrong = []
    for at, line in enumerate(reference(), 1):
        found = review_text(
            str(line["text"]), language=str(line["lang"]), facts=dict(line.get("facts") or {})
        )
        right = found.allowed if line["expect"] == "allow" else line["family"] in found.families
        wrong += [] if right else [at]
    assert wrong == []


@pytest.mark.parametrize(("family", "kind", "text"), ROWS)
def test_our_own_examples(family: str, kind: str, text: str) -> None:
    found = review_text(text)
    if kind == "allow":
        assert found.allowed, found.families
    else:
        assert family in found.families


@pytest.mark.parametrize(
    ("family", "kind", "text"),
    [
        (family, kind, text)
        for book in (TUNED, TUNED_LAWFUL)
        for family, kinds in book.items()
        for kind in kinds
        for text in kinds[kind]
    ],
)
def test_texts_the_cues_were_made_better_on(family: str, kind: str, text: str) -> None:
    found = review_text(text)
    assert found.allowed is (kind == "allow"), found.families
    assert family == "any" or kind == "allow" or family in found.families


def test_texts_no_cue_was_written_for_are_judged_no_worse_than_before() -> None:
    families = [kinds for family, kinds in HELD.items() if family != "any"]
    unlawful = [not review_text(text).allowed for kinds in families for text in kinds["block"]]
    lawful = [review_text(text).allowed for kinds in HELD.values() for text in kinds["allow"]]
    assert sum(unlawful) / len(unlawful) >= 0.9
    assert sum(lawful) / len(lawful) >= 0.91


def test_what_good_lenders_send_passes_no_worse_than_before_and_plain_threats_do_not() -> None:
    lawful = [review_text(text).allowed for kinds in LAWFUL.values() for text in kinds["allow"]]
    unlawful = [family in review_text(text).families for family in LAWFUL for text in LAWFUL[family]["block"]]
    assert sum(lawful) / len(lawful) >= 0.88
    assert sum(unlawful) / len(unlawful) >= 0.97


def test_the_text_that_asks_nobody_for_a_code_may_stand() -> None:
    assert review_text("验证码请勿告知任何人。").allowed
    assert not review_text("请把验证码告知客服。").allowed


def test_every_family_has_examples_of_both_kinds() -> None:
    assert {*OWN} == {*FAMILIES} - {"required_content"}
    assert all(len(kinds["block"]) >= 7 and len(kinds["allow"]) >= 5 for kinds in OWN.values())


@pytest.mark.parametrize(
    "text",
    [
        "不还款会影响个人征.信",
        "不还款会影响个人征\u200b信",
        "不還款會影響個人徵信",
        "明天开始从你工资里强 制 划 扣",
        "ＬＡＳＴ ＣＨＡＮＣＥ to settle",
        "You p\u0430thetic de\u0430dbe\u0430t",
    ],
)
def test_a_disguise_does_not_hide_the_words(text: str) -> None:
    assert not review_text(text).allowed


def test_a_finding_points_at_the_words_in_the_original() -> None:
    text = "您好。再不还就强\u200b制 划扣!"
    one = next(one for one in review_text(text).findings if one.family == "asset_seizure")
    start, end = one.span
    assert text[start:end] == "强\u200b制 划扣"
    assert one.message
    assert one.message_zh
    assert one.citation
    assert one.rule_id == "FAM-asset_seizure"


def test_one_bad_clause_in_a_long_text_is_found_and_a_promise_before_it_excuses_nothing() -> None:
    good = "我司不会上门催收,也不会联系您的家人。" * 20
    assert review_text(good).allowed
    assert review_text(good + "但再不还就去你家泼油漆。").families >= {"violence_threat"}
    assert not review_text("别以为我们不会上门").allowed
    assert not review_text("您好。市公安局经侦支队通知:请配合处理").allowed


@pytest.mark.parametrize(
    ("text", "facts", "allowed"),
    [
        ("我们已委托律师发出律师函", {"law_firm_retained": True, "letter_sent": True}, True),
        ("我们已委托律师发出律师函", {"law_firm_retained": True}, False),
        ("法院已立案,案号2026民初100号", {"court_filed": True, "case_no": "2026民初100号"}, True),
        ("法院已立案,案号2026民初999号", {"court_filed": True, "case_no": "2026民初100号"}, False),
        ("法院已立案", {"court_filed": True}, False),
        ("您的账户已被冻结", {"court_order": True, "order_no": "Z-1"}, True),
        ("您的账户已被冻结", {"court_order": True}, False),
        ("将于6月8日自动扣款", {"direct_debit_mandate": False}, False),
        ("将于6月8日自动扣款", {}, True),
        ("逾期信息将于6月8日报送征信", {"credit_reporting": True, "report_date": "2026-06-08"}, True),
        ("逾期信息将于6月9日报送征信", {"credit_reporting": True, "report_date": "2026-06-08"}, False),
        ("逾期信息将报送征信", {"credit_reporting": True, "disputed": True}, False),
        ("逾期信息将报送征信", {"credit_reporting": True}, True),
        ("还款日为6月10日", {"due_date": "2026-06-11"}, False),
        ("还款日为6月10日", {"due_date": "2026-06-10"}, True),
        ("We tried to call you 2 times today", {"attempts_today": 2}, True),
        ("We tried to call you 2 times today", {"attempts_today": 9}, False),
        ("We may take legal action", {"litigation_approved": True, "time_barred": True}, False),
        (
            "最后机会:方案今日失效",
            {"offer_expiry": "2026-06-10", "today": "2026-06-09", "reissuable": False},
            False,
        ),
        ("最后机会:方案今日失效", {"offer_expiry": "2026-06-10", "today": "2026-06-10"}, False),
    ],
)
def test_facts_decide_on_claims(text: str, facts: dict[str, object], allowed: bool) -> None:
    assert review_text(text, facts=facts).allowed is allowed


@pytest.mark.parametrize(
    ("link", "allowed"),
    [
        ("https://pay.example.com/r", True),
        ("http://pay.example.com/r", False),
        ("https://pay.example.com:8443/r", False),
        ("https://pay.example.com@evil.top/r", False),
        ("https://pay.example.com.evil.top/r", False),
        ("https://pay.example.com/app.apk", False),
        ("https://pay.example.com/r?debt=500", False),
    ],
)
def test_a_link_is_lawful_on_the_allowlist_in_plain_https(link: str, allowed: bool) -> None:
    facts = {"link_allowlist": ["pay.example.com"], "template_fixed": True}
    assert review_text(f"Details: {link}", facts=facts).allowed is allowed


def test_who_reads_decides_and_facts_win_over_arguments() -> None:
    text = "借款已逾期3天,请还款"
    assert review_text(text, recipient_role=RecipientRole.GUARANTOR).allowed
    assert not review_text(text, recipient_role=RecipientRole.RELATIVE).allowed
    assert review_text(
        text, recipient_role=RecipientRole.RELATIVE, facts={"recipient_role": "guarantor"}
    ).allowed


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ud800",
        "\x00" * 50,
        "。" * 1000,
        "a" * 20_000,
        "还" * 20_000,
        "😀🎉" * 500,
        "\r\n\n",
        "Оплатите до пятницы",
        "お支払いは六月です",
        "نشكركم على السداد",
        "Pay 还款 сегодня 😀",
        "不会上门," * 4_000,
    ],
)
def test_odd_texts_are_read_without_fault(text: str) -> None:
    assert review_text(text).allowed


def test_purpose_and_role_may_be_given_by_their_words() -> None:
    text = "借款已逾期3天,请还款"
    assert review_text(text, purpose="collection", recipient_role="guarantor").allowed
    assert not review_text(text, recipient_role="relative").allowed
    with pytest.raises(ValueError, match="gossip"):
        review_text(text, purpose="gossip")


@pytest.mark.parametrize("role", ["colleague", "Relative", "neighbour"])
def test_a_role_that_nobody_knows_is_outside_the_debt(role: str) -> None:
    assert not review_text("借款已逾期3天,请还款", recipient_role=role).allowed
    assert review_text("请转告他回电400-000-0000,谢谢。", recipient_role=role).allowed


def test_a_review_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="allowed"):
        bool(review_text("ok"))


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Your loan is due: you will be arrested.", "false_legal_process"),
        ("Payment late: you'll get arrested.", "false_legal_process"),
        ("We will tell your family.", "third_party_disclosure_threat"),
        ("We will tell your family if you do not pay.", "third_party_disclosure_threat"),
        ("We are telling your family", "third_party_disclosure_threat"),
    ],
)
def test_a_short_english_threat_is_refused_by_its_family(text: str, family: str) -> None:
    found = review_text(text, language="en")
    assert not found.allowed
    assert family in {one.family for one in found.findings}


@pytest.mark.parametrize(
    "text",
    [
        "You will not be arrested for debt.",
        "You will never be arrested for an unpaid loan.",
        "We will not tell your family.",
        "We will tell your family only if you ask us in writing.",
        "We will tell your family about our branch opening.",
        "If someone says you will be arrested, hang up and call us.",
    ],
)
def test_what_denies_a_threat_or_warns_of_it_passes(text: str) -> None:
    assert review_text(text, language="en").allowed

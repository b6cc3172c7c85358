"""What stands in full, by how many digits and beside which word; what a record gives away; what only sounds bad."""

from __future__ import annotations

from functools import partial
from math import sqrt
from typing import Any

import pytest

from loansms.compliance import FAMILIES, review_text
from loansms.compliance.files import lexicon_file, opinion_lines
from loansms.compliance.leaks import KINDS, id_check_digit, leaks, luhn_card
from loansms.compliance.wording import identifiers, links
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.cued import cued
from loansms.compliance.wording.grams import words
from loansms.compliance.wording.identifiers import luhn
from loansms.compliance.wording.opinion import HARD, opinion, seen
from loansms.compliance.wording.review import Finding, Review
from loansms.model import Purpose, RecipientRole
from tests.compliance.test_wording import OWN, TUNED

Params = dict[str, Any]


def shown(text: str, **facts: Any) -> list[str]:
    return [text[start:end] for start, end in identifiers.findings(read(text), facts)]


# Identifiers.

ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("社保12345", []),
        ("社保123456", ["123456"]),
        ("社保12-34-56", ["12-34-56"]),
        ("社保2026-06-10", []),
        ("合同编号110105194912310021", []),
        (ID, [ID]),
        ("11010519491331002X", []),
        ("S1234567D", ["S1234567D"]),
        ("AB123456C", ["AB123456C"]),
        ("AB123456E", []),
        ("123-45-6789", ["123-45-6789"]),
        ("13800138000", ["13800138000"]),
        ("8613800138000", ["8613800138000"]),
        ("138 0013 8000", ["138 0013 8000"]),
        ("12800138000", []),
        ("致电13800138000", []),
        ("order 4111111111111111", []),
        ("4111111111111111", ["4111111111111111"]),
        ("5211111111111112", ["5211111111111112"]),
        ("5611111111111112", []),
        ("371449635398431", ["371449635398431"]),
        ("371449635398432", []),
        ("4222222222222", ["4222222222222"]),
        ("422222222222", []),
        ("3530111333300000", ["3530111333300000"]),
        ("3530111333300001", []),
        ("card 3530111333300001", ["3530111333300001"]),
        ("card 353011133330", ["353011133330"]),
        ("6212 3456 7890 1234", ["6212 3456 7890 1234"]),
        ("account 1234567", []),
        ("account 12345678", ["12345678"]),
        ("account 12345678, Rowan Ltd", []),
        ("account 12345678 is our account", []),
        ("合计12345元", []),
        ("400-000-0000", []),
        ("0800 000 0000", []),
        ("4000000000000002", ["4000000000000002"]),
        ("六二二八四八零零一二三四五六七八九零一", ["六二二八四八零零一二三四五六七八九零一"]),
        ("身份证一二三四五", []),
        ("身份证一二三四五六", ["一二三四五六"]),
        ("ssn o123456", ["o123456"]),
        ("ssn 1o23456", ["1o23456"]),
        ("ssn 1oooo6", []),
        ("ssn 12o4o6", []),
        ("ssn 12345o", ["12345o"]),
        ("zero one two three four five", []),
        ("zero one two three four five six", ["zero one two three four five six"]),
        ("two two two three four five six", []),
        ("one-two, three four five six seven", ["one-two, three four five six seven"]),
    ],
)
def test_a_number_is_somebodys_by_its_shape_or_the_word_before_it(text: str, found: list[str]) -> None:
    assert shown(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("your phone number is 5550100", ["5550100"]),
        ("your mobile 555010", []),
        ("your phone 12345678901234", []),
        ("phone 5550100", []),
        ("their phone 5550100", []),
        ("phone 5550100, Mr. Smith", ["5550100"]),
        ("tel 5550100, home address", ["5550100"]),
        ("Phone us at 5550100", []),
        ("guarantor at 555-0100", ["555-0100"]),
        ("call guarantor on 555-0100", ["555-0100"]),
        ("number 555-0100", []),
        ("call us on 555-0100", []),
        ("12 Oak Street 555-0100", ["555-0100", "12 Oak Street"]),
        ("our branch, 12 Oak Street 555-0100", []),
        ("您的手机号1380013800", ["1380013800"]),
    ],
)
def test_a_phone_is_told_from_a_line_to_call(text: str, found: list[str]) -> None:
    assert shown(text) == found


def test_a_word_for_a_number_is_looked_for_right_before_it() -> None:
    for between, found in ((0, True), (1, True), (30, False), (60, False)):
        assert bool(shown(f"身份证{' ' * between}123456")) == found
    far = "x" * 40
    assert shown(f"order no. {far} 4111111111111111") == ["4111111111111111"]


def test_the_lenders_own_lines_may_stand() -> None:
    assert shown("手机13800138000", contact_allowlist=["138 0013 8000"]) == []
    assert shown("手机13800138000", contact_allowlist=["13900139000"]) == ["13800138000"]
    assert shown("手机13800138000", contact_allowlist=None) == ["13800138000"]
    assert (
        shown("卡号六二二八四八零零一二三四五六七八九零一", contact_allowlist=["6228480012345678901"]) == []
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("密码1234", ["密码1234"]),
        ("密码123", []),
        ("密码为abc1", ["密码为abc1"]),
        ("密码为abcd", []),
        ("动态密码1234", []),
        ("一次性密码1234", []),
        ("密码连续输错1234次", []),
        ("PIN 1 2 3 4", ["PIN 1 2 3 4"]),
        ("CVV 123", ["CVV 123"]),
        ("CVV 12", []),
        ("CVV 1234", ["CVV 1234"]),
        ("CVV 3 digits", []),
        ("security code 123", ["security code 123"]),
        ("密码是您生日0612", ["密码是您生日0612"]),
        ("one-time password abc123", []),
    ],
)
def test_a_secret_is_one_that_lasts(text: str, found: list[str]) -> None:
    assert shown(text)[: len(found)] == found
    assert bool(shown(text)) == bool(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("your home at 12 Oak Street", ["your home at 12 Oak Street", "12 Oak Street"]),
        ("you live at 12 Oak Street", ["live at 12 Oak Street", "12 Oak Street"]),
        ("12 Oak Street, you live there", ["12 Oak Street"]),
        ("Please note that 12 Oak Street is closed", []),
        ("branch at 12 Oak Street", []),
        ("born 1 january 1980", ["born 1 january 1980"]),
        ("家住桂花路12号", ["家住桂花路12", "家住桂花路12号"]),
        ("网点地址桂花路12号", []),
    ],
)
def test_a_home_is_told_from_a_branch(text: str, found: list[str]) -> None:
    assert shown(text) == found


def test_a_branch_is_looked_for_around_the_address() -> None:
    home = "家住桂花路12号"
    for gap, found in ((0, 0), (10, 0), (17, 0), (18, 1), (19, 2), (40, 2)):
        assert len(shown(f"{home}{'好' * gap}网点")) == found, gap
    for gap, found in ((0, 0), (38, 0), (39, 2), (60, 2)):
        assert len(shown(f"网点{'好' * gap}{home}")) == found, gap
    lives = "you live at 12 Oak Street"
    for gap, found in ((0, 0), (13, 0), (60, 2)):
        assert len(shown(f"{lives}{' ' * gap} branch")) == found, gap


@pytest.mark.parametrize(
    ("digits", "fits"),
    [
        ("0", True),
        ("18", True),
        ("19", False),
        ("26", True),
        ("91", True),
        ("59", True),
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("", True),
    ],
)
def test_a_check_digit_fits(digits: str, fits: bool) -> None:
    assert luhn(digits) == fits


# Links in a review.


@pytest.mark.parametrize(
    ("text", "facts", "found"),
    [
        ("见https://www.example.com/a。谢谢", {}, ["https://www.example.com/a"]),
        ("见https://www.example.com/a。谢谢", {"link_allowlist": ["www.example.com"]}, []),
        ("见https://www.example.com/a", {"link_allowlist": ("WWW.EXAMPLE.COM",)}, []),
        ("见https://www.example.com/a", {"link_allowlist": "www.example.com"}, ["https://www.example.com/a"]),
        ("见https://www.example.com/a", {"link_allowlist": []}, ["https://www.example.com/a"]),
        ("见www.example.com/a", {"link_allowlist": ["www.example.com"]}, []),
        ("见http://www.example.com/a", {"link_allowlist": ["www.example.com"]}, ["http://www.example.com/a"]),
        (
            "见https://www.example.com:443/a",
            {"link_allowlist": ["www.example.com"]},
            ["https://www.example.com:443/a"],
        ),
        (
            "见https://www.example.com:99999/a",
            {"link_allowlist": ["www.example.com"]},
            ["https://www.example.com:99999/a"],
        ),
        (
            "见https://me@www.example.com/a",
            {"link_allowlist": ["www.example.com"]},
            ["https://me@www.example.com/a"],
        ),
        (
            "见https://www.example.com/a.apk",
            {"link_allowlist": ["www.example.com"]},
            ["https://www.example.com/a.apk"],
        ),
        (
            "见https://www.example.com/?debt=1",
            {"link_allowlist": ["www.example.com"]},
            ["https://www.example.com/?debt=1"],
        ),
        ("见https://www.example.com/?d=1", {"link_allowlist": ["www.example.com"]}, []),
        ("版本5.2.0.1", {}, []),
        ("升级至 5.2.0.1", {}, []),
        ("地址5.2.0.1", {}, ["5.2.0.1"]),
        ("version 5.2.0.1/x", {}, ["5.2.0.1/x"]),
        ("tap pay dot com", {}, ["pay dot com"]),
        ("h t t p : / / a", {}, ["h t t p : / / a"]),
        ("您好", {}, []),
    ],
)
def test_a_link_is_found_whole_unless_the_facts_carry_it(text: str, facts: Params, found: list[str]) -> None:
    assert [text[start:end] for start, end in links.findings(read(text), facts)] == found


def test_a_spelled_out_link_is_found_by_each_mark_it_may_have() -> None:
    for text in (
        "a .com", "tap pay dot com", "tap pay d0t com", "点com", "https : //a", "https :/ /a", "w w w.a",
        "a(.)com", "a[.]com", "a(dot)com", "a[dot]com", "3w.hk", "a。com", "a。xyz", "a。top", "a。net", "a。icu", "a。ly",
    ):  # fmt: skip
        assert list(links.findings(read(text), {})), text


# The second opinion, held against what it says it adds up.

HEAVY = (
    "夜里睡觉记得锁门",
    "We have friends in your neighborhood. They say hi",
    "The men will be waiting outside your sister's shop.",
    "Hello, the men will be waiting outside your sister's shop, goodbye",
    "上门催收已安排",
)
LIGHT = (
    "您好。感谢您的还款。祝您生活愉快。",
    "Your payment of 310.15 USD arrived. Thank you.",
    "请按时还款,谢谢",
)
# Heavier than the bar of Chinese, which lies below nothing at all, and lighter than much else.
HALFWAY = "您的行为已构成贷款诈骗"
CALM = "您好。感谢您的还款。祝您生活愉快。如有疑问请致电客服。"


def learnt() -> tuple[dict[str, float], dict[str, float], dict[str, str]]:
    named, barred, *lines = opinion_lines()
    bars = {name: int(bar) / 1000 for name, _, bar in (one.partition("=") for one in barred.split())}
    rows = [line.split("\t") for line in lines]
    families = named.split()
    return (
        bars,
        {thing: int(weight) / 1000 for thing, weight, _ in rows},
        {thing: families[int(number)] for thing, _, number in rows if number},
    )


BARS, WEIGHT, FAMILY = learnt()


def weighed(plain: str) -> float:
    return sum(sum(WEIGHT.get(one, 0.0) for one in kind) / sqrt(max(1, len(kind))) for kind in seen(plain))


def chinese(text: str) -> str:
    return "zh" if any("\u3400" <= one <= "\u9fff" for one in text) else "en"


@pytest.mark.parametrize("text", [*HEAVY, *LIGHT, HALFWAY])
def test_a_text_weighs_what_stands_in_it_against_the_bar_of_its_language(text: str) -> None:
    reading = read(text)
    assert len(reading.sentences) < 5
    got = opinion(reading)
    assert got.score == pytest.approx(weighed(reading.plain) - BARS[chinese(text)])
    assert got.heavy == (got.score > 0)
    if got.heavy:
        votes = dict.fromkeys(FAMILIES, 0.0)
        for one in (thing for kind in seen(reading.plain) for thing in kind):
            if one in FAMILY:
                votes[FAMILY[one]] += WEIGHT[one]
        assert votes[got.family] == pytest.approx(max(votes.values()))
        assert reading.plain[got.start : got.end].strip(" ,") in reading.plain
        assert got.start < got.end
    else:
        assert (got.family, got.start, got.end) == ("", 0, 0)


def test_most_of_the_examples_are_heavy_and_no_lawful_one_is() -> None:
    assert sum(opinion(read(text)).heavy for text in HEAVY) >= 4
    assert not any(opinion(read(text)).heavy for text in LIGHT)


@pytest.mark.parametrize("text", [*HEAVY, *LIGHT])
def test_a_hint_weighs_too_and_lowers_the_bar_of_a_hard_claim(text: str) -> None:
    plain = read(text).plain
    bar = BARS[f"{chinese(text)}!"]
    for families in (
        {"violence_threat"},
        {"violence_threat", "false_urgency"},
        {"asset_seizure"},
        set[str](),
    ):
        got = opinion(read(text), partial(frozenset, families))
        near = weighed(plain) - bar > -0.3
        hints = [f"!{one}" for one in families] if near else []
        said = sum(WEIGHT.get(one, 0.0) for one in hints) / sqrt(max(1, len(hints)))
        low = near and bool(families & HARD)
        assert got.score == pytest.approx(weighed(plain) + said - (bar if low else BARS[chinese(text)]))


def test_hints_are_asked_for_only_where_they_can_tip_the_scale() -> None:
    for text in (*HEAVY, *LIGHT, HALFWAY):
        asked: list[str] = []

        def hinted(asked: list[str] = asked) -> frozenset[str]:
            asked.append("hints")
            return frozenset()

        opinion(read(text), hinted)
        near = weighed(read(text).plain) - BARS[f"{chinese(text)}!"] > -0.3
        assert bool(asked) == near
    assert {"false_legal_process", "asset_seizure", "credit_status_exaggeration", "false_urgency"} == HARD


@pytest.mark.parametrize("text", HEAVY[:3])
def test_a_text_in_words_that_nobody_taught_is_not_judged(text: str) -> None:
    for strange in range(40):
        whole = text + "".join(f" zq{'x' * (n + 1)}" for n in range(strange))
        different = set(words(read(whole).plain))
        known = sum(one in WEIGHT for one in different)
        assert (opinion(read(whole)).score == -1.0) == (known < 3 or 3 * known < 2 * len(different))
    assert opinion(read("")).score == opinion(read("您好")).score == -1.0


def test_one_bad_sentence_of_five_is_read_by_itself() -> None:
    bad = HEAVY[0]
    long, short = opinion(read(CALM + bad)), opinion(read("您好。感谢您的还款。祝您生活愉快。" + bad))
    alone = weighed(read(bad).plain)
    assert long.score == pytest.approx(alone - BARS["zh."])
    assert (long.start, long.end) == (len(CALM), len(CALM) + len(bad))
    assert long.family == opinion(read(bad)).family
    assert short.score != pytest.approx(alone - BARS["zh."])


def test_sentences_whose_claims_the_facts_carry_are_left_out() -> None:
    text = f"{CALM}{HEAVY[0]}"
    assert opinion(read(text)).heavy
    assert not opinion(read(text), left_out=[4]).heavy
    rest = opinion(read(text), left_out=range(4))
    assert rest.score == pytest.approx(opinion(read(HEAVY[0])).score)
    assert (rest.start, rest.end) == (len(CALM), len(text))
    assert opinion(read(HEAVY[0]), left_out=[0]).score == -1.0


def test_the_heaviest_clause_is_pointed_at() -> None:
    text = "We hope you are well, have a nice day, the men will be waiting outside your sister's shop"
    got = opinion(read(text))
    assert got.heavy
    assert got.start in (0, text.index(" have a"), text.index(" the men"))
    assert got.end in (text.index(" have a"), text.index(" the men"), len(text))


# The review as a whole.


def referred() -> str:
    return next(
        one
        for one in HEAVY
        if all(each.refer for each in review_text(one).findings) and not review_text(one).allowed
    )


def test_a_text_that_only_sounds_bad_is_referred_to_a_person() -> None:
    text = referred()
    (one,) = review_text(text).findings
    why = lexicon_file("families")["referred"]
    assert (one.message, one.message_zh, one.citation) == (why["message"], why["message_zh"], why["citation"])
    assert (one.refer, one.rule_id, one.claim, one.suggestion, one.suggestion_zh) == (True, "", "", "", "")
    assert one.family in FAMILIES
    start, end = one.span
    assert 0 <= start < end <= len(text)
    assert review_text(text).cleared == Review()


@pytest.mark.parametrize(
    "family", [one for one in FAMILIES if one not in ("required_content", "third_party_recipient")]
)
def test_a_finding_says_what_its_family_says(family: str) -> None:
    texts = [one for book in (OWN, TUNED) for one in book.get(family, {}).get("block", ())]
    found = next(
        each
        for text in texts
        for each in review_text(text).findings
        if each.family == family and not each.refer
    )
    source = lexicon_file("families")[family]
    assert (found.message, found.message_zh, found.citation) == (
        source["message"],
        source["message_zh"],
        source["citation"],
    )
    assert (found.verified, found.suggestion, found.suggestion_zh) == (
        source.get("verified"),
        source.get("suggestion", ""),
        source.get("suggestion_zh", ""),
    )
    assert (found.rule_id, found.refer) == (f"FAM-{family}", False)
    assert Review((found,)).cleared == Review((found,))


def test_a_plain_finding_refers_nobody_and_a_review_has_no_truth_value() -> None:
    bare = Finding("violence_threat", (0, 1), "x")
    assert (bare.refer, bare.claim, bare.rule_id, bare.verified, bare.citation) == (False, "", "", None, "")
    assert not Review((bare,)).allowed
    assert Review().allowed
    assert Review((bare, bare)).families == {"violence_threat"}
    with pytest.raises(TypeError, match=r"ask \.allowed"):
        bool(Review())


def families(text: str, **more: Any) -> set[str]:
    found = review_text(text, **more).findings
    assert len(found) == len(set(found))
    return {one.family for one in found}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, True),
        ({"court_order": True, "order_no": "Z-1"}, False),
        ({"court_order": True}, True),
        ({"court_order": False, "order_no": "Z-1"}, True),
    ],
)
def test_a_hard_claim_is_found_until_its_fact_is_there(facts: Params, found: bool) -> None:
    text = "您的账户已被冻结"
    assert ("asset_seizure" in families(text, facts=facts)) == found
    claims = {one.claim for one in review_text(text, facts=facts).findings}
    assert ("seizure" in claims) == found


def test_a_hint_that_the_facts_belie_is_found_and_one_they_carry_is_not() -> None:
    text = "法院已立案,案号甲1号"
    assert any(one.cue.claim == "filed" for one in cued(read(text), {}, "zh", hints=True))
    assert "false_legal_process" in families(text, facts={"court_filed": False})
    assert families(text, facts={"court_filed": True, "case_no": "甲1号"}) == set()
    threat = f"{text}。再不还钱就去你家泼油漆"
    assert families(threat, facts={"court_filed": True, "case_no": "甲1号"}) >= {"violence_threat"}
    carried = review_text(threat, facts={"court_filed": True, "case_no": "甲1号"})
    assert "filed" not in {one.claim for one in carried.findings}
    assert "filed" in {one.claim for one in review_text(threat).findings}


@pytest.mark.parametrize(
    ("role", "named", "outsider"),
    [
        (None, None, False),
        ("", None, False),
        ("relative", None, True),
        (RecipientRole.RELATIVE, None, True),
        ("RELATIVE", None, True),
        ("guarantor", None, False),
        ("GUARANTOR", None, False),
        ("borrower", "relative", True),
        ("relative", "borrower", False),
        ("relative", "", True),
    ],
)
def test_who_reads_is_the_facts_own_word(role: Any, named: str | None, outsider: bool) -> None:
    facts = {} if named is None else {"recipient_role": named}
    assert (
        "third_party_recipient" in families("借款已逾期3天,请还款", recipient_role=role, facts=facts)
    ) == outsider


def test_the_purpose_of_the_facts_wins_and_an_unknown_one_is_no_marketing() -> None:
    text = "您好，您的还款已收到，谢谢。"
    silent = {"consent_marketing": False}
    assert families(text, purpose=Purpose.MARKETING, facts=silent) == {"required_content"}
    assert families(text, purpose="marketing", facts=silent | {"message_class": "notice"}) == set()
    assert families(text, purpose="otp", facts=silent | {"message_class": "marketing"}) == {
        "required_content"
    }
    assert families(text, facts=silent) == set()


def test_all_that_a_refused_text_points_to_is_told() -> None:
    text = "你这个人渣,身份证11010519491231002X,见bit.ly/x"
    assert families(text) >= {"insult_obscene", "pii_exposure", "unsafe_link_or_credential"}
    assert families("", facts={"contact_refused": True}, recipient_role="relative") == set()


# What a record gives away.


def kinds(text: str, **more: Any) -> list[str]:
    found = leaks(text, **more)
    assert [one.span for one in found] == sorted(one.span for one in found)
    return [f"{one.kind}:{text[slice(*one.span)]}{'~' if one.disguised else ''}" for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800138000", ["phone:13800138000"]),
        ("8613800138000", ["phone:8613800138000"]),
        ("008613800138000", ["phone:008613800138000"]),
        ("+8613800138000", ["phone:+8613800138000~"]),
        ("138-0013-8000", ["phone:138-0013-8000~"]),
        ("１３８００１３８０００", ["phone:１３８００１３８０００~"]),
        ("12800138000", []),
        ("4000000000", []),
        ("8000000000", []),
        ("955001", []),
        (ID, [f"id_number:{ID}"]),
        ("110105194912310021", ["id_number:110105194912310021"]),
        ("合同编号110105194912310021", []),
        (f"合同编号{ID}", [f"id_number:{ID}"]),
        ("4111111111111111", ["card_number:4111111111111111"]),
        ("4111 1111 1111 1111", ["card_number:4111 1111 1111 1111~"]),
        ("4111111111111112", []),
        ("order 4111111111111111", ["card_number:4111111111111111"]),
        ("order 411111111111", []),
        ("1111111111111117", ["card_number:1111111111111117"]),
        ("0000000000000000", []),
        ("000000000000000", []),
        ("4222222222222", ["card_number:4222222222222"]),
        ("20260924101112", []),
        ("1790000000000", []),
        ("212-555-0100", ["phone:212-555-0100~"]),
        ("+44 20 7946 0000", ["phone:+44 20 7946 0000~"]),
        ("123-45-6789", ["id_number:123-45-6789~"]),
        ("账号 12345678", ["account_number:12345678"]),
        ("账号 1234567", []),
        ("IBAN: GB12345678", ["account_number:GB12345678"]),
        ("a.b@example.com", ["email:a.b@example.com"]),
        ("a***@example.com", []),
        ("ab***@example.com", ["email:ab***@example.com"]),
        ("***@example.com", []),
        ("应还512.40元", ["amount:512.40元"]),
        ("应还500元", []),
        ("应还500.00元", []),
        ("应还500.10元", ["amount:500.10元"]),
        ("应还501元", ["amount:501元"]),
        ("$1,200", []),
        ("$1,201", ["amount:$1,201"]),
        ("桂花路12号", ["address:桂花路12号"]),
        ("12 Oak Street", ["address:12 Oak Street"]),
        ("验证码123456", ["otp:验证码123456"]),
        ("验证码123", []),
        ("密码为abcd", ["password:密码为abcd"]),
        ("cvv 123", ["cvv:cvv 123"]),
        ("pin: 1234", ["card_pin:pin: 1234"]),
        ("指纹模板=abcd", ["biometrics:指纹模板=abcd"]),
        ("王小明先生", ["name:王小明"]),
        ("Dear Alice", ["name:Alice"]),
        ("Dear Customer", []),
        ("您好", []),
    ],
)
def test_what_a_record_shows_is_told_by_kind_and_place(text: str, found: list[str]) -> None:
    assert kinds(text) == found


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("138****8000", None),
        ("1380***8000", "phone"),
        ("138***18000", "phone"),
        ("1*******000", None),
        ("110105********002X", None),
        ("1101051*******002X", "id_number"),
        ("110105*******1002X", "id_number"),
        ("***************", None),
        ("1**************", None),
        ("4**************1", "card_number"),
        ("4*************1", "card_number"),
        ("411111*****1111", "card_number"),
        ("4111111****11111", "card_number"),
        ("4111111****111111", "card_number"),
        ("4111111******111111", "card_number"),
        ("4111111*1111", None),
    ],
)
def test_half_a_number_keeps_its_ends_and_no_more(number: str, kind: str | None) -> None:
    if number.startswith("*") or number == "1**************":
        assert {one.kind for one in leaks(number)} <= {"card_number"}
    else:
        assert [one.kind for one in leaks(number)] == ([kind] if kind else [])


def test_names_and_lines_that_are_known_are_looked_for() -> None:
    assert kinds("李雷,李雷", names=["李雷"]) == ["name:李雷", "name:李雷"]
    assert kinds("李", names=["李"]) == []
    assert kinds("13800138000", lines=["138 0013 8000"]) == []
    assert kinds("212-555-0100", lines=["2125550100"]) == []
    assert kinds("13800138000, 13800138000") == ["phone:13800138000", "phone:13800138000"]
    assert leaks("Mr Smith", ["Smith"]) == leaks("Mr Smith")
    assert set(KINDS) >= {one.kind for one in leaks("王小明先生 13800138000 验证码123456")}


@pytest.mark.parametrize(
    ("digits", "fits"),
    [
        ("4222222222222", True),
        ("422222222222", False),
        ("4111111111111111", True),
        ("41111111111111111111", False),
        ("4111111111111112", False),
        ("1111111111111", False),
        ("4111-1111", False),
    ],
)
def test_a_card_number_has_thirteen_to_nineteen_digits(digits: str, fits: bool) -> None:
    assert luhn_card(digits) == fits


def test_each_last_sign_of_an_id_number_fits_once() -> None:
    assert [one for one in "0123456789X" if id_check_digit("11010519491231002" + one)] == ["X"]
    assert id_check_digit("11010519491231002x")
    for at in range(17):
        turned = ID[:at] + str((int(ID[at]) + 1) % 10) + ID[at + 1 :]
        assert not id_check_digit(turned)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话*13800138000", "phone"),
        ("号码*2345678901234567", "card_number"),
        ("号码***********51111", "card_number"),
        ("尾号****1234", ""),
        ("电话138****8000", ""),
    ],
)
def test_stars_before_a_number_hide_nothing_of_it(text: str, kind: str) -> None:
    """A mask that stands beside the digits and not over them is none."""
    assert [one.kind for one in leaks(text)] == [kind] * bool(kind)

"""How a text is taken apart and what is asked of the facts: sentences, frames, patterns, claims, missing parts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loansms.compliance import FAMILIES, review_text
from loansms.compliance.wording import parties
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.cued import Place, cued, excuses, hinted, standing
from loansms.compliance.wording.frames import frames, lifted
from loansms.compliance.wording.gates import GATES, asked, dates, holds, speaking, vouched
from loansms.compliance.wording.grams import parts, runs, steps, words
from loansms.compliance.wording.lexicon import LANGUAGES, Cue, expand, lexicon
from loansms.compliance.wording.needs import needs
from loansms.compliance.wording.plain import plain
from loansms.compliance.wording.required import has, missing, purpose_of, signed
from loansms.compliance.wording.scan import Scan
from loansms.compliance.wording.senses import letters, name_of, senses
from loansms.model import Party, Purpose

Params = dict[str, Any]


# Sentences and clauses.


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("您好。请还款", [("您好", 0), ("请还款", 3)]),
        ("您好!请还款?谢谢;再见", [("您好", 0), ("请还款", 3), ("谢谢", 7), ("再见", 10)]),
        ("您好。。请还款。", [("您好", 0), ("请还款", 4)]),
        (" 。请还款", [("请还款", 2)]),
        ("缺钱?请勿相信", [("缺钱?请勿相信", 0)]),
        ("缺钱?请还款", [("缺钱", 0), ("请还款", 3)]),
        ("a.b c.", [("a.b c.", 0)]),
        ("pay 1.50 now. thanks", [("pay 1.50 now", 0), (" thanks", 13)]),
        ("", []),
        ("。", []),
    ],
)
def test_a_text_is_read_sentence_by_sentence(text: str, pieces: list[tuple[str, int]]) -> None:
    assert [(one.text, one.start) for one in read(text).sentences] == pieces


@pytest.mark.parametrize(
    ("length", "starts"),
    [(399, [0]), (400, [0]), (401, [0, 320]), (720, [0, 320, 640]), (640, [0, 320]), (641, [0, 320, 640])],
)
def test_a_long_sentence_is_read_in_overlaps(length: int, starts: list[int]) -> None:
    found = read("好" * length).sentences
    assert [one.start for one in found] == starts
    assert [len(one.text) for one in found] == [min(400, length - start) for start in starts]


@pytest.mark.parametrize(
    ("start", "end", "clause"),
    [
        (0, 2, (0, 2)),
        (3, 5, (3, 5)),
        (2, 3, (0, 5)),
        (3, 4, (3, 5)),
        (4, 7, (3, 8)),
        (6, 8, (6, 8)),
        (0, 8, (0, 8)),
        (0, 3, (0, 5)),
    ],
)
def test_a_clause_ends_at_its_marks(start: int, end: int, clause: tuple[int, int]) -> None:
    (one,) = read("甲乙,丙丁,戊己").sentences
    assert one.clause(start, end) == clause


def test_a_place_in_the_plain_form_leads_back_to_the_original() -> None:
    text = "请上\u200b門,ＡＢ"
    reading = read(text)
    assert reading.plain == "请上门,ab"
    assert text[slice(*reading.span(1, 3))] == "上\u200b門"
    assert text[slice(*reading.span(4, 6))] == "ＡＢ"
    assert text not in repr(reading)


# Frames.


def framed(text: str, cue: str) -> set[str]:
    (sentence,) = read(text).sentences
    at = sentence.text.index(cue)
    found = frames(sentence, at, at + len(cue))
    for name in found:
        assert lifted(sentence, at, at + len(cue), {name})
    return set(found)


@pytest.mark.parametrize(
    ("text", "cue", "denied"),
    [
        ("我们不会上门", "上门", True),
        ("我们上门", "上门", False),
        ("别以为我们不会上门", "上门", False),
        ("我们不会打电话,上门", "上门", True),
        ("我们不会打电话,我们上门", "上门", False),
        ("我们不会打电话,否则上门", "上门", False),
        ("上门,我们不会", "上门", False),
        ("我们没有上门", "上门", True),
        ("没有钱就上门", "上门", False),
        ("不上门", "上门", True),
        ("没有直接上门", "直接上门", True),
        ("没有人,直接上门", "上门", False),
        ("we never pay you a visit", "pay you a visit", True),
        ("上门不会要求您转账", "上门", True),
        ("we will not visit you", "visit", True),
        ("we will visit you", "visit", False),
        ("we will not wait, we visit you", "visit", False),
        ("pay or we visit, not later", "visit", False),
        ("no visit", "visit", True),
        ("no delay, then visit", "visit", False),
    ],
)
def test_a_denial_reaches_as_far_as_its_clause(text: str, cue: str, denied: bool) -> None:
    assert ("negated" in framed(text, cue)) == denied


def test_a_warning_reaches_over_the_sentence_until_the_sender_turns_to_itself() -> None:
    assert "reported" in framed("谨防有人上门", "上门")
    assert "reported" in framed("上门的谨防", "上门")
    assert "reported" not in framed("谨防骗子,否则上门", "上门")
    assert "reported" not in framed("谨防骗子,我们马上上门", "上门")
    assert "right" in framed("您可以起诉", "起诉")
    (sentence,) = read("我们上门").sentences
    assert not lifted(sentence, 2, 4, set())
    assert not lifted(sentence, 2, 4, {"negated", "reported", "negated_within"})
    (within,) = read("请不要上门吧").sentences
    assert lifted(within, 1, 5, {"negated_within"})
    assert not lifted(within, 3, 5, {"negated_within"})


# Patterns and the words they need.


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a|b", "a b"),
        ("ab?c", "abc ac"),
        ("a{2}", "a"),
        ("ab{1}c", "abc"),
        ("ab{0,1}", "a ab"),
        ("ab{1,2}c", "a"),
        ("[ab]c", "ac bc"),
        ("[^a]bc", "bc"),
        ("[a-c]x", "x"),
        (r"[\d]x", "x"),
        ("[]a]b", "]b ab"),
        (r"\.x", ".x"),
        (r"\u8fd8款", "还款"),
        (r"\x41b", "Ab"),
        (r"a\nb", "a\nb"),
        (r"\d+ab", "ab"),
        (r"ab\d+abcd", "abcd"),
        ("^ab$", "ab"),
        (r"\bpay\b", "pay"),
        ("(?:ab|c.)", "ab c"),
        ("(?:ab|.)", None),
        ("(?!x)ab", "ab"),
        ("(?<=a)b", "b"),
        ("(?<!a)b", "b"),
        ("(?P<x>ab)c", "abc"),
        ("(ab)c", "abc"),
        ("(?:a|b|)c", "ac bc c"),
        ("a*", None),
        ("(?:ab)*c", "c"),
        ("(?:ab)+", "ab"),
        ("(?:ab)+?c", "ab"),
        ("a?", None),
        ("ab.cde", "cde"),
        ("cde.ab", "cde"),
        ("还.款项", "款项"),
        ("的.款", "款"),
        ("款.的", "款"),
        ("ab{,2}c", "a"),
        ("a{2,}bc", "bc"),
        ("x{", "x{"),
        ("a{b", "a{b"),
        ("..", None),
        ("", None),
    ],
)
def test_the_words_a_pattern_cannot_match_without(pattern: str, found: str | None) -> None:
    assert needs(pattern) == (None if found is None else frozenset(found.split(" ")))


def test_so_many_words_are_kept_and_no_more() -> None:
    eight = "(?:a1|b1|c1|d1|e1|f1|g1|h1)"
    assert len(needs(eight * 2) or ()) == 64
    both = needs(eight * 2 + "[xy]")
    assert both is not None
    assert len(both) == 64
    assert len(needs(eight + "[xy]") or ()) == 16


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a)", "past character 1"),
        ("a\\", "a backslash, character 1"),
        ("(?i)a", "unknown kind, character 0"),
        ("b(a", "not closed, character 1"),
        ("b[a", "not closed, character 1"),
    ],
)
def test_a_pattern_nobody_reads_is_told_with_its_place(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        needs(pattern)


def test_a_quick_look_names_patterns_whose_words_stand_there() -> None:
    scan = Scan(["还", "还款", "还款日期", "pay", "pay now", r"\d{3}", "按?时"])
    assert len(scan) == 7
    assert scan.patterns[3] == "pay"
    assert scan.unfiled == (5,)
    assert scan.candidates("") == [5]
    assert scan.candidates("请还款") == [0, 1, 5]
    assert scan.candidates("还款日期") == [0, 1, 2, 5]
    assert scan.candidates("时") == [5, 6]
    assert scan.candidates("pay no") == [3, 5]
    assert scan.candidates("pay now") == [3, 4, 5]
    assert scan.matches("还款日还款", 1) == [(0, 2), (3, 5)]
    assert scan.matches("还款", 1) == scan.matches("还款", 1) == [(0, 2)]
    assert scan.matches("pay", 1) == []
    assert Scan(["a*", "b"]).matches("ba", 0) == [(1, 2)]


# Words, parts and senses.


def test_figures_are_one_word_and_links_are_none() -> None:
    assert words("Pay 5.50 now".casefold()) == ["pay", "0", ".", "0", "now"]
    assert words("see https://a.example.com/x it's 还款3天") == ["see", "it's", "还", "款", "0", "天"]
    assert words("a. b") == ["a", ".", "b"]
    assert words("a.example.com/x 还") == ["还"]
    assert words("9x 05 90 /") == ["0", "x", "0", "0", "/"]


def test_words_in_a_row_and_parts_of_a_word() -> None:
    assert runs([]) == set()
    assert runs(["a"]) == {"a"}
    assert runs(["还", "款"]) == {"还", "款", "还款"}
    assert runs(["a", "b", "c", "d", "e"]) == {
        *("a", "b", "c", "d", "e", "a b ", "b c ", "c d ", "d e "),
    }
    assert parts("pay") == parts("还款还款") == frozenset()
    assert parts("paid") == {"~^pa", "~pai", "~aid", "~id$", "~^pai", "~paid", "~aid$", "~^paid", "~paid$"}


def test_senses_follow_each_other_within_reach() -> None:
    assert steps("") == set()
    assert steps("aaa") == {"a"}
    assert steps("aba") == {"a", "b", "ab", "ba", "aa", "aba"}
    far = steps("abcdefg")
    assert "af" in far
    assert "ag" not in far
    assert {"abc", "efg"} <= far
    assert not {"abd", "abcd"} & far


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我们不会告诉您的家人", "we never tell you kin"),
        ("we will visit your neighbours", "we future visit you neighbour"),
        ("", ""),
        ("xyzzy", ""),
        ("您 您", "you you"),
        ("鑫鑫您", "you"),
        ("xyzzy your", "you"),
    ],
)
def test_a_text_means_its_senses_in_order(text: str, names: str) -> None:
    assert " ".join(map(name_of, senses(text))) == names


def test_the_letters_of_senses_are_those_of_their_names() -> None:
    assert {name_of(one) for one in letters("never", "sorry")} == {"never", "sorry"}
    assert len(letters("never", "sorry", "learn")) == 3
    assert excuses(read("我们不会上门"))
    assert not excuses(read("明天上门"))
    assert excuses(read("we are sorry"))


# Cues and hints.


def test_a_cue_is_sure_unless_it_is_told_otherwise() -> None:
    cue = Cue("visit_threat", "zh", frozenset())
    assert (cue.claim, cue.hint, cue.plain) == ("", False, False)
    assert Place(cue, (0, 1), 0).sure
    assert not Place(cue, (0, 1), 0, held=True).sure
    for weak in (Cue("x", "zh", frozenset(), hint=True), Cue("x", "zh", frozenset(), plain=True)):
        assert not Place(weak, (0, 1), 0).sure
    assert LANGUAGES == ("zh", "en")


def test_hints_and_cues_stand_apart() -> None:
    assert {one.hint for one in lexicon().cues} == {False}
    assert {one.hint for one in lexicon(hints=True).cues} == {True}
    for known in (lexicon(), lexicon(hints=True)):
        assert len(known.cues) == len(known.scan)
        assert {one.language for one in known.cues} == {"zh", "en"}
        assert {one.family for one in known.cues} <= set(FAMILIES)
        assert {one.claim for one in known.cues} <= {"", *GATES}
    assert any(one.plain for one in lexicon().cues)
    assert not any(one.plain for one in lexicon(hints=True).cues)
    with pytest.raises(KeyError):
        expand("<no_such_class>")
    assert expand("(?<a)b") == "(?<a)b"


def test_the_language_asked_for_is_told_first() -> None:
    text = "你这个人渣。Pay now or we will break your legs."
    for language, first in (("zh", "zh"), ("zh-CN", "zh"), ("en", "en"), ("en-US", "en"), ("fr", "en")):
        found = cued(read(text), {}, language)
        assert {one.cue.language for one in found} == {"zh", "en"}
        assert found[0].cue.language == first
        assert [one.cue.language for one in found] == sorted(
            (one.cue.language for one in found), reverse=first == "zh"
        )
    assert cued(read(text), {}, "zh", frozenset(FAMILIES)) == []
    assert all(one.cue.hint for one in cued(read(text), {}, "zh", hints=True))
    assert hinted(read("您好")) == frozenset()


def test_a_hint_points_to_its_family_and_a_held_claim_to_none() -> None:
    assert hinted(read("你家玻璃厚不厚?过两天试试就知道了")) == {"violence_threat"}
    assert hinted(read("您的行为已构成贷款诈骗")) == {"false_legal_process"}
    assert hinted(read("你这个人渣")) == {"insult_obscene"}  # where nothing excuses it, it finds by itself
    (claim,) = cued(read("您好,还款日为5日"), {}, "zh")
    assert claim.held
    assert hinted(read("您好,还款日为5日")) == frozenset()


def test_a_claim_that_the_facts_carry_is_held_where_it_stands() -> None:
    text = "您好。您的账户已被冻结"
    (bare,) = (one for one in cued(read(text), {}, "zh") if one.cue.claim == "seizure")
    facts = {"court_order": True, "order_no": "Z-1"}
    (held,) = (one for one in cued(read(text), facts, "zh") if one.cue.claim == "seizure")
    assert (bare.held, held.held, bare.sentence, held.sentence) == (False, True, 1, 1)
    assert text[slice(*bare.span)].endswith("冻结")
    assert bare.span[0] >= 3


def stood(text: str, places: list[tuple[int, int]], *, claim: str = "", **facts: Any) -> Place | None:
    cue = Cue("visit_threat", "zh", frozenset({"negated_within"}), claim)
    return standing(read(text), 0, cue, places, facts)


def test_words_inside_words_that_are_lifted_are_lifted_with_them() -> None:
    first = stood("明天上门", [(2, 4), (0, 2)])
    assert first is not None
    assert (first.span, first.held) == ((0, 2), False)
    assert stood("上门请不要", [(0, 2), (0, 5)]) is None
    assert stood("请不要上门吧", [(3, 5), (1, 5)]) is None
    after = stood("不要上门", [(0, 2), (2, 4)])
    assert after is not None
    assert after.span == (2, 4)
    carried = stood("上门", [(0, 2)], claim="appointment", visit_agreed=True)
    assert carried is not None
    assert (carried.span, carried.held) == ((0, 2), True)
    denied = stood("上门", [(0, 2)], claim="appointment", visit_agreed=False)
    assert denied is not None
    assert not denied.held


# Claims and facts.

FILED = {"court_filed": True, "case_no": "甲1号"}
ORDER = {"court_order": True, "order_no": "Z-1"}
OFFER: Params = {"offer_expiry": "2026-06-10", "reissuable": False, "today": "2026-06-10"}
SUIT: Params = {"litigation_approved": True}
LATE: Params = {"days_past_due": 90, "litigation_policy_dpd": 90}
REPORT: Params = {"credit_reporting": True}


@pytest.mark.parametrize(
    ("claim", "facts", "sentence", "true"),
    [
        ("never", {"never": True}, "x", False),
        ("panic", {"panic": True}, "x", False),
        ("filed", FILED, "法院已立案", True),
        ("filed", FILED, "案号甲1号", True),
        ("filed", FILED, "案号乙2号", False),
        ("filed", {"court_filed": True, "case_no": "AB-12"}, "case no. ab-12", True),
        ("filed", {"court_filed": True, "case_no": "AB-12"}, "docket ab-13", False),
        ("filed", {**FILED, "court_filed": "yes"}, "法院已立案", False),
        ("filed", {**FILED, "case_no": ""}, "法院已立案", False),
        ("filed", {**FILED, "case_no": 1}, "法院已立案", False),
        ("filed", {}, "法院已立案", False),
        ("enforcement", ORDER, "强制执行", True),
        ("enforcement", FILED, "强制执行", True),
        ("enforcement", {"court_order": True}, "强制执行", False),
        ("enforcement", {"order_no": "Z-1"}, "强制执行", False),
        ("law_firm", {"law_firm_retained": True}, "已委托律师", True),
        ("law_firm", {"law_firm_retained": "yes"}, "已委托律师", False),
        ("law_firm", {}, "已委托律师", False),
        ("law_firm", {"law_firm_retained": True}, "已发律师函", False),
        ("law_firm", {"law_firm_retained": True, "letter_sent": True}, "已发律师函", True),
        ("law_firm", {"law_firm_retained": True, "letter_sent": "2026-06-01"}, "a letter was sent", True),
        ("law_firm", {"law_firm_retained": True, "letter_sent": False}, "a letter was sent", False),
        ("law_firm", {"law_firm_retained": True, "letter_sent": ""}, "已发律师函", False),
        ("law_firm", {"law_firm_retained": True, "letter_sent": None}, "已发律师函", False),
        ("law_firm", {"letter_sent": True}, "已发律师函", False),
        ("suit", SUIT, "x", True),
        ("suit", {"litigation_approved": "yes"}, "x", False),
        ("suit", {**SUIT, "time_barred": True}, "x", False),
        ("suit", {**SUIT, "time_barred": False}, "x", True),
        ("consequence", LATE, "x", True),
        ("consequence", {**LATE, "days_past_due": 89}, "x", False),
        ("consequence", {**LATE, "days_past_due": 91}, "x", True),
        ("consequence", {**LATE, "time_barred": True}, "x", False),
        ("consequence", {**LATE, "litigation_approved": False}, "x", False),
        ("consequence", {**LATE, "litigation_approved": True}, "x", True),
        ("consequence", {"days_past_due": 90}, "x", False),
        ("consequence", {"litigation_policy_dpd": 90}, "x", False),
        ("consequence", SUIT, "x", True),
        ("consequence", {}, "x", False),
        ("seizure", ORDER, "冻结账户", True),
        ("seizure", ORDER, "裁定书号z-1", True),
        ("seizure", ORDER, "裁定书号y-2", False),
        ("seizure", ORDER, "order no. z-1", True),
        ("seizure", {"order_no": "Z-1"}, "裁定书号z-1", False),
        ("seizure", {"court_order": True}, "冻结账户", False),
        ("debit", {}, "x", True),
        ("debit", {"direct_debit_mandate": False}, "x", False),
        ("debit", {"direct_debit_mandate": True}, "x", True),
        ("debit", {"prenotified": False}, "x", False),
        ("debit", {"prenotified": True}, "x", True),
        ("credit_report", REPORT, "报送征信", True),
        ("credit_report", {"credit_reporting": "yes"}, "报送征信", False),
        ("credit_report", {}, "报送征信", False),
        ("credit_report", REPORT, "6月8日报送征信", False),
        ("credit_report", REPORT, "今日报送征信", False),
        ("credit_report", REPORT, "明天报送征信", False),
        ("credit_report", {**REPORT, "disputed": True}, "报送征信", False),
        ("credit_report", {**REPORT, "disputed": True}, "报送征信并注明异议", True),
        ("credit_report", {**REPORT, "disputed": True}, "reported as disputed", True),
        ("credit_report", {**REPORT, "disputed": False}, "报送征信", True),
        ("credit_report", {**REPORT, "report_date": "2026-06-08"}, "6月8日报送征信", True),
        ("credit_report", {**REPORT, "report_date": "2026-06-08"}, "6月9日报送征信", False),
        ("credit_report", {**REPORT, "report_date": "2026-06-08"}, "报送征信", True),
        ("credit_report", {**REPORT, "report_date": "2026-06-08"}, "明日报送征信", False),
        (
            "credit_report",
            {**REPORT, "report_date": "2026-06-08", "today": "2026-06-07"},
            "明日报送征信",
            True,
        ),
        (
            "credit_report",
            {**REPORT, "report_date": "2026-06-08", "today": "2026-06-07"},
            "今日报送征信",
            False,
        ),
        (
            "credit_report",
            {**REPORT, "report_date": "2026-06-08", "today": "2026-06-08"},
            "今日报送征信",
            True,
        ),
        ("credit_report", {**REPORT, "report_date": "2026-06-08", "today": "2026-06-07"}, "tomorrow", True),
        ("credit_report", {**REPORT, "report_date": "2026-06-08", "today": "2026-06-08"}, "tonight", True),
        ("last_chance", OFFER, "最后机会", True),
        ("last_chance", OFFER, "今日失效", True),
        ("last_chance", OFFER, "明日失效", False),
        ("last_chance", {**OFFER, "today": "2026-06-09"}, "明日失效", True),
        ("last_chance", {**OFFER, "today": "2026-06-11"}, "最后机会", False),
        ("last_chance", {**OFFER, "today": None}, "最后机会", True),
        ("last_chance", {**OFFER, "today": None}, "今日失效", False),
        ("last_chance", {**OFFER, "reissuable": True}, "最后机会", False),
        ("last_chance", {"offer_expiry": "2026-06-10"}, "最后机会", False),
        ("last_chance", {"reissuable": False}, "最后机会", False),
        ("due_date", {}, "还款日6月10日", True),
        ("due_date", {"due_date": "2026-06-10"}, "还款日6月10日", True),
        ("due_date", {"due_date": "2026-06-10"}, "还款日6月11日", False),
        ("due_date", {"due_date": "2026-06-10"}, "还款日6月10日,6月11日起逾期", True),
        ("due_date", {"due_date": "2026-06-10"}, "请按时还款", True),
        ("appointment", {}, "x", True),
        ("appointment", {"visit_agreed": True}, "x", True),
        ("appointment", {"visit_agreed": False}, "x", False),
        ("attempts", {}, "致电9次", True),
        ("attempts", {"attempts_today": 3}, "致电3次", True),
        ("attempts", {"attempts_today": 3}, "致电您", True),
        ("attempts", {"attempts_today": 4}, "致电4次", False),
        ("attempts", {"attempts_today": 4}, "致电您", False),
        ("attempts", {"attempts_today": 1}, "called 1 times", True),
        ("attempts", {"attempts_today": 1}, "called 2 times", False),
        ("attempts", {"attempts_today": 2}, "致电两通", True),
        ("attempts", {"attempts_today": 2}, "致电二遍", True),
        ("attempts", {"attempts_today": 1}, "致电一次", True),
        ("attempts", {"attempts_today": 3}, "致电三次", True),
        ("attempts", {"attempts_today": "3"}, "致电9次", True),
    ],
)
def test_a_claim_is_as_true_as_its_facts(claim: str, facts: Params, sentence: str, true: bool) -> None:
    assert holds(claim, facts, sentence) == true


@pytest.mark.parametrize(
    ("word", "number"),
    [("一", 1), ("两", 2), ("二", 2), ("三", 3)],
)
def test_calls_are_counted_in_words_too(word: str, number: int) -> None:
    for made in (1, 2, 3):
        assert holds("attempts", {"attempts_today": made}, f"致电{word}次") == (made == number)


@pytest.mark.parametrize("word", ["四", "五", "六", "七", "八", "九", "十"])
def test_more_calls_than_were_made_are_no_true_number(word: str) -> None:
    assert not any(holds("attempts", {"attempts_today": made}, f"致电{word}次") for made in range(1, 12))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6月8日", [(2026, 6, 8)]),
        ("2027年6月8日", [(2027, 6, 8)]),
        ("2027-06-08", [(2027, 6, 8)]),
        ("6/8", [(2026, 6, 8)]),
        ("13月8日", []),
        ("june 8", [(2026, 6, 8)]),
        ("jun. 8, 2027", [(2027, 6, 8)]),
        ("8th of june 2027", [(2027, 6, 8)]),
        ("1 january and 2 december", [(2026, 1, 1), (2026, 12, 2)]),
        ("6月8日或6月9日", [(2026, 6, 8), (2026, 6, 9)]),
        ("请还款", []),
    ],
)
def test_the_dates_of_a_sentence(text: str, found: list[tuple[int, int, int]]) -> None:
    assert dates(text, 2026) == {date(*one) for one in found}


@pytest.mark.parametrize(
    ("month", "name"),
    list(enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)),
)
def test_each_month_has_its_number(month: int, name: str) -> None:
    assert dates(f"{name} 3", 2026) == dates(f"3 {name}", 2026) == {date(2026, month, 3)}


ASKED = {
    "filed": "court_filed case_no",
    "enforcement": "court_order order_no",
    "law_firm": "law_firm_retained letter_sent",
    "suit": "litigation_approved time_barred",
    "consequence": "litigation_approved litigation_policy_dpd time_barred",
    "seizure": "court_order order_no",
    "debit": "direct_debit_mandate prenotified",
    "credit_report": "credit_reporting report_date disputed",
    "last_chance": "offer_expiry reissuable",
    "due_date": "due_date",
    "appointment": "visit_agreed",
    "attempts": "attempts_today",
}


def test_a_claim_is_asked_of_facts_that_speak_of_it() -> None:
    every = {name for names in ASKED.values() for name in names.split()}
    assert set(GATES) == {*ASKED, "never", "panic"}
    for fact in every:
        assert speaking({fact: None})
        assert {claim for claim in GATES if asked(claim, {fact: None})} == {
            claim for claim, names in ASKED.items() if fact in names.split()
        }
    assert not speaking({"today": "2026-06-10", "link_allowlist": ()})


@pytest.mark.parametrize(
    ("facts", "families"),
    [
        ({}, ""),
        ({"litigation_approved": True}, "false_legal_process"),
        ({"court_filed": True}, "false_legal_process"),
        ({"law_firm_retained": True}, "false_legal_process"),
        ({"court_order": True}, "asset_seizure false_legal_process"),
        ({"direct_debit_mandate": True}, "asset_seizure"),
        ({"credit_reporting": True}, "credit_status_exaggeration"),
        ({"credit_reporting": True, "disputed": False}, "credit_status_exaggeration"),
        ({"credit_reporting": True, "disputed": True}, ""),
        ({"offer_expiry": "2026-06-10"}, ""),
        ({"offer_expiry": "2026-06-10", "reissuable": False}, "false_urgency"),
        ({"visit_agreed": True}, "visit_threat"),
        ({"link_allowlist": ["www.example.com"]}, "unsafe_link_or_credential"),
        ({"link_allowlist": [], "visit_agreed": False, "court_order": False}, ""),
    ],
)
def test_facts_vouch_for_the_claims_they_carry(facts: Params, families: str) -> None:
    assert vouched(facts) == frozenset(families.split())


# What a text lacks.

LACKS = {"jurisdiction": "US", "message_class": "collection", "third_party": True}


def lacks(text: str, facts: Params, purpose: Purpose | None = Purpose.COLLECTION) -> set[str]:
    return set(missing(text, read(text).plain, facts, purpose))


@pytest.mark.parametrize(
    ("facts", "purpose", "ids"),
    [
        (LACKS, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI"),
        (LACKS, Purpose.SETTLEMENT_OFFER, "US-REGF-OPT US-REGF-MINI"),
        (LACKS, Purpose.CREDIT_PRENOTICE, "US-REGF-OPT US-REGF-MINI"),
        (LACKS, Purpose.RELAY, "US-REGF-OPT US-REGF-MINI"),
        (LACKS, Purpose.REPAYMENT_REMINDER, ""),
        ({**LACKS, "jurisdiction": "US-MA"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI"),
        ({**LACKS, "jurisdiction": "CA"}, Purpose.COLLECTION, ""),
        ({**LACKS, "third_party": False}, Purpose.COLLECTION, ""),
        ({**LACKS, "third_party": None}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI"),
        ({**LACKS, "party": "first"}, Purpose.COLLECTION, ""),
        ({**LACKS, "third_party": False, "party": "third"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI"),
        ({"jurisdiction": "US", "third_party": True}, Purpose.COLLECTION, ""),
        (
            {"jurisdiction": "US", "message_class": "collection"},
            Purpose.COLLECTION,
            "US-REGF-OPT US-REGF-MINI",
        ),
        ({**LACKS, "channel": "10DLC"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI US-A2P-3P"),
        ({**LACKS, "channel": "toll_free"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI US-A2P-3P"),
        ({**LACKS, "channel": "toll-free"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI US-A2P-3P"),
        ({**LACKS, "channel": "verified"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI US-A2P-3P"),
        ({**LACKS, "channel": "a2p"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI US-A2P-3P"),
        ({**LACKS, "channel": "mail"}, Purpose.COLLECTION, "US-REGF-OPT US-REGF-MINI"),
        (
            {"jurisdiction": "US", "message_class": "collection", "party": "third", "channel": "a2p"},
            Purpose.COLLECTION,
            "US-REGF-OPT US-REGF-MINI",
        ),
        ({"user_initiated": False}, Purpose.OTP, "GEN-OTP-02"),
        ({"user_initiated": True}, Purpose.OTP, ""),
        ({"user_initiated": False}, Purpose.COLLECTION, ""),
        ({"consent_marketing": False}, Purpose.MARKETING, "CN-SMS-01"),
        ({"consent_marketing": True}, Purpose.MARKETING, ""),
        ({"consent_marketing": False}, Purpose.COLLECTION, ""),
        ({"provider": "aliyun_cn", "signature": ""}, Purpose.COLLECTION, "CN-MUST-02"),
        ({"provider": "aliyun", "signature": ""}, Purpose.COLLECTION, ""),
        ({"jurisdiction": "US", "provider": "aliyun_cn", "signature": ""}, Purpose.COLLECTION, ""),
        ({"jurisdiction": "CN"}, Purpose.COLLECTION, ""),
    ],
)
def test_what_a_plain_text_lacks_hangs_on_the_facts(facts: Params, purpose: Purpose, ids: str) -> None:
    assert lacks("您好", facts, purpose) == set(ids.split())


def test_a_party_may_be_a_word_or_a_value() -> None:
    assert lacks("hello", {**LACKS, "party": Party.FIRST}) == set()
    assert lacks("hello", {**LACKS, "third_party": False, "party": Party.THIRD}) == {
        "US-REGF-OPT",
        "US-REGF-MINI",
    }


@pytest.mark.parametrize(
    ("text", "facts", "purpose", "ids"),
    [
        ("This is from a debt collector. Reply STOP to opt out.", LACKS, Purpose.COLLECTION, ""),
        ("This is from a debt collector.", LACKS, Purpose.COLLECTION, "US-REGF-OPT"),
        ("Reply STOP to opt out.", LACKS, Purpose.COLLECTION, "US-REGF-MINI"),
        ("点击申请领取优惠券", {"message_class": "notice"}, Purpose.TRANSACTION_NOTICE, "GEN-CLASS-01"),
        ("点击申请领取优惠券", {}, Purpose.TRANSACTION_NOTICE, ""),
        ("点击申请领取优惠券", {"message_class": "marketing"}, Purpose.MARKETING, ""),
        ("【安信】您好", {"jurisdiction": "CN", "signature": ""}, Purpose.COLLECTION, ""),
        ("您好。退订回T", {"provider": "aliyun_cn", "message_class": "x"}, Purpose.COLLECTION, "CNP-OPT-01"),
        ("您好。退订回T", {"provider": "aliyun_cn", "message_class": "x"}, Purpose.MARKETING, ""),
        ("您好。退订回T", {"provider": "aliyun_cn", "message_class": "x"}, Purpose.OTP, ""),
        ("您好。退订回T", {"provider": "aliyun_cn", "message_class": "x"}, None, ""),
        ("您好。退订回T", {"provider": "aliyun_cn", "message_class": "notice"}, None, "CNP-OPT-01"),
        ("您好。退订回T", {"provider": "aliyun_cn"}, Purpose.COLLECTION, ""),
        ("您好。退订回T", {"provider": "aliyun", "message_class": "x"}, Purpose.COLLECTION, ""),
        ("您好", {"provider": "aliyun_cn", "message_class": "x"}, Purpose.COLLECTION, ""),
    ],
)
def test_what_a_text_lacks_or_carries_too_much(
    text: str, facts: Params, purpose: Purpose | None, ids: str
) -> None:
    assert lacks(text, facts, purpose) == set(ids.split())


def test_what_is_missing_is_told_by_its_rule_over_the_whole_text() -> None:
    text = "您好，您的还款日为5日。"
    (one,) = review_text(text, facts={"jurisdiction": "CN", "signature": ""}).findings
    assert (one.family, one.rule_id, one.span, one.claim, one.refer) == (
        "required_content",
        "CN-MUST-02",
        (0, len(text)),
        "",
        False,
    )
    assert one.message
    assert one.message_zh
    assert one.citation


def test_the_purpose_is_the_facts_own_word() -> None:
    assert purpose_of({}, Purpose.OTP) is Purpose.OTP
    assert purpose_of({"message_class": "pre_due"}, Purpose.OTP) is Purpose.REPAYMENT_REMINDER
    assert purpose_of({"message_class": "notice"}, Purpose.OTP) is None
    assert has("amount", "应还100元")
    assert not has("amount", "您好")
    for text, is_signed in (
        ("【安信】您好", True),
        ("您好【安信】", True),
        ("您【安信】好", False),
        (" [Rowan] hi", True),
        ("【安】", False),
    ):
        assert signed(text) == is_signed


# Who reads.


@pytest.mark.parametrize(
    ("role", "facts", "shown"),
    [
        ("relative", {}, ["逾期"]),
        ("colleague", {}, ["逾期"]),
        ("borrower", {}, []),
        ("guarantor", {}, []),
        ("co_borrower", {}, []),
        (None, {}, []),
        ("relative", {"contact_refused": True}, ["逾期3天。您好"]),
        ("relative", {"contact_refused": "yes"}, ["逾期"]),
        ("relative", {"borrower_unreachable": False}, ["逾期3天。您好"]),
        ("relative", {"borrower_unreachable": True}, ["逾期"]),
        *(
            ("relative", {"jurisdiction": one}, ["逾期3天。您好"])
            for one in ("US", "US-MA", "ID", "JP", "MX", "TW")
        ),
        ("relative", {"jurisdiction": "CN"}, ["逾期"]),
        ("borrower", {"jurisdiction": "US"}, []),
    ],
)
def test_a_debt_is_shown_to_its_parties_alone(role: str | None, facts: Params, shown: list[str]) -> None:
    text = "逾期3天。您好"
    spans = parties.findings(read(text), facts, role)
    assert [text[start:end] for start, end in spans] == shown


def test_each_sentence_that_shows_the_debt_is_told_once_and_a_denial_is_none() -> None:
    text = "他的贷款逾期。欠款100元。我们没有催收"
    found = [text[start:end] for start, end in parties.findings(read(text), {}, "relative")]
    assert found == ["贷款", "欠"]
    assert list(parties.findings(read(""), {"contact_refused": True}, "relative")) == []


def test_a_plain_form_shows_nothing_of_its_text() -> None:
    text = "您尾号6612的贷款本期应还1035元"
    found = plain(text)
    assert found.original == text
    assert text not in repr(found)
    assert "6612" not in repr(found)

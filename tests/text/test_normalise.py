"""A word cannot hide from matching, and a match can be pointed at in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.text import CLAUSE_MARKS, normalise
from loansms.text.normalise import normalise_any

TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "征信用卡。，.· *～\u200b\u200d\ufe0f\u3000ＡａﬁİßÀ\u0301\u0332ガｶﾞ\u3099か㈱㍿①१한ᄒ\U000e0101"
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("征.信", "征信"),
        ("征 信", "征信"),
        ("征\u3000信", "征信"),
        ("征\u200b信", "征信"),
        ("征\ufe0f信", "征信"),
        ("征\u0332信\u0332", "征信"),
        ("征·信*黑～名|单", "征信黑名单"),
        ("征😀信", "征信"),
        ("征，信", "征信"),
        ("ｃｒｅｄｉｔ", "credit"),
        ("CREDIT", "credit"),
        ("STRASSE straße", "strasse strasse"),
        ("p\u00aday", "pay"),
        ("１２．５元", "12.5元"),
        ("欠款12.50元", "欠款12.50元"),
        ("pay now, please", "pay now, please"),
        ("ｶﾞｽ", "ガス"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_a_disguise_comes_off(disguised: str, plain: str) -> None:
    assert normalise(disguised).text == plain


def test_who_reads_clause_by_clause_keeps_the_marks_of_clauses() -> None:
    found = normalise("已逾期，征.信！明天。", keep=CLAUSE_MARKS)
    assert found.text == "已逾期,征信!明天。"


def test_a_match_points_at_every_character_of_the_disguise() -> None:
    original = "将上报征.\u200b信记录"
    found = normalise(original)
    at = found.text.index("征信")
    start, end = found.span(at, at + 2)
    assert original[start:end] == "征.\u200b信"


def test_one_character_that_becomes_several_points_back_to_itself() -> None:
    found = normalise("a㈱b")
    assert (found.text, found.offsets, found.ends) == ("a(株)b", (0, 1, 1, 1, 2), (1, 2, 2, 2, 3))


@given(TEXTS)
def test_offsets_are_as_many_as_characters_within_the_text_and_in_order(text: str) -> None:
    found = normalise(text)
    assert len(found.text) == len(found.offsets) == len(found.ends)
    assert list(found.offsets) == sorted(found.offsets)
    assert all(0 <= start < end <= len(text) for start, end in zip(found.offsets, found.ends, strict=True))


@given(TEXTS)
def test_the_plain_form_is_stable(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(TEXTS)
def test_invisible_characters_make_no_difference(text: str) -> None:
    hidden = "\u200b".join([*text, ""])
    assert normalise(hidden).text == normalise(text.replace("\u200b", "")).text


@given(
    st.text(st.sampled_from("征信还款 .,，。!！“”【】·-—/\\n\x00aZ09￥¥（）：；、～"), max_size=40),
    st.sampled_from([frozenset[str](), CLAUSE_MARKS, CLAUSE_MARKS | {":", "【", "】"}]),
)
def test_the_short_way_for_common_texts_gives_what_the_long_way_gives(
    text: str, keep: frozenset[str]
) -> None:
    assert normalise(text, keep=keep) == normalise_any(text, keep)


def test_every_common_character_folds_alike_both_ways() -> None:
    for char in map(
        chr, [*range(0x80), *range(0x2000, 0x2070), *range(0x3000, 0x3020), *range(0x4E00, 0xA000)]
    ):
        assert normalise(f"a{char}信{char}") == normalise_any(f"a{char}信{char}", frozenset())

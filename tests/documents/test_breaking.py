"""Lines of Chinese and Latin text end where a reader expects it."""

from hypothesis import given
from hypothesis import strategies as st

from loansms.documents.breaking import NO_END, NO_START, breaks
from loansms.documents.spacing import advances

# What people write: a word, a figure or an ideograph, at times in brackets or with one mark after it.
_WORDS = st.sampled_from(
    ["款", "还", "App", "1,256.30元", "2026年10月8日", "7.2%", "¥88.00", "（逾期）", "“的”", "《约》"]
)
_TEXTS = st.lists(
    st.tuples(_WORDS, st.sampled_from(["", "", "，", "。", "：", "、", "）。", " "])), min_size=1
)


def width(char: str) -> float:
    return 0.5 if char.isascii() else 1.0


@given(_TEXTS, st.integers(12, 30))
def test_no_line_begins_or_ends_with_a_mark_that_belongs_elsewhere(
    pieces: list[tuple[str, str]], room: int
) -> None:
    text = "".join(word + mark for word, mark in pieces).strip()
    lines = breaks(text, advances(text, width), room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines[1:] if line[0] in NO_START]
    assert not [line for line in lines[:-1] if line[-1] in NO_END]
    # A date and a figure are read in one piece.
    assert "".join(lines).count("2026年10月8日") == sum(line.count("2026年10月8日") for line in lines)
    assert "".join(lines).count("1,256.30元") == sum(line.count("1,256.30元") for line in lines)


@given(st.text(max_size=40), st.floats(0.5, 9))
def test_no_line_is_wider_than_the_page_whatever_is_written(text: str, room: float) -> None:
    for line in breaks(text, advances(text, width), room):
        assert len(line) == 1 or sum(map(width, line)) <= room + 0.126 * len(line)


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert breaks("abcdefgh", [1.0] * 8, 3.0) == ["abc", "def", "gh"]
    assert breaks("款", [1.0], 0.5) == ["款"]

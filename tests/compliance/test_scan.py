"""The quick look before the patterns: it may name too many, never too few."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.lexicon import lexicon
from loansms.compliance.wording.needs import needs
from loansms.compliance.wording.scan import Scan
from loansms.templates import Catalogue
from tests.compliance.test_wording import HELD, OWN, TUNED

SHIPPED = Catalogue.builtin()
TEXTS = [
    *(
        text
        for book in (OWN, TUNED, HELD)
        for kinds in book.values()
        for some in kinds.values()
        for text in some
    ),
    *(SHIPPED.get(one, locale=locale).text for one in SHIPPED.ids() for locale in SHIPPED.locales(one)),
]
PIECES = st.sampled_from(TEXTS).flatmap(
    lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
        lambda ends: text[min(ends) : max(ends)]
    )
)

SCAN, CUES = lexicon().scan, lexicon().cues


def unfiltered(text: str) -> list[int]:
    return [number for number in range(len(SCAN)) if SCAN.matches(text, number)]


@pytest.mark.parametrize("text", TEXTS)
def test_no_pattern_that_matches_is_passed_over(text: str) -> None:
    for sentence in read(text).sentences:
        found = [number for number in SCAN.candidates(sentence.text) if SCAN.matches(sentence.text, number)]
        assert found == unfiltered(sentence.text)


@given(st.lists(PIECES, max_size=5), st.sampled_from(["", " ", ",", "。", "不", " not "]))
def test_no_pattern_is_passed_over_in_mixes_of_texts(pieces: list[str], between: str) -> None:
    for sentence in read(between.join(pieces)).sentences:
        assert {*unfiltered(sentence.text)} <= {*SCAN.candidates(sentence.text)}


@given(
    st.recursive(
        st.sampled_from(["a", "b", "还", "款", ".", r"\d", r"\b", "[ab]", "[^a]", r"\.", "[a-c]"]),
        lambda part: st.one_of(
            st.tuples(part, part).map("".join),
            st.tuples(part, part).map(lambda two: f"(?:{two[0]}|{two[1]})"),
            st.tuples(part, st.sampled_from(["?", "*", "+", "{0,2}", "{1,2}", "{2}"])).map(
                lambda two: f"(?:{two[0]}){two[1]}"
            ),
            part.map(lambda one: f"(?!{one})"),
        ),
        max_leaves=8,
    ),
    st.text("ab还款.1 ", max_size=8),
)
def test_every_match_holds_a_necessary_word(pattern: str, text: str) -> None:
    words = needs(pattern)
    for found in re.finditer(pattern, text):
        assert words is None or any(word in found[0] for word in words)


@pytest.mark.parametrize("pattern", ["(a", "[a", "a\\", "(?i)a", "a)"])
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="character"):
        needs(pattern)


def test_a_pattern_without_a_word_of_its_own_is_always_a_candidate() -> None:
    scan = Scan([r"\d+", "还"])
    assert scan.unfiled == (0,)
    assert scan.candidates("x") == [0]


def test_every_cue_of_the_lexicon_has_a_word_to_file_it_under() -> None:
    assert SCAN.unfiled == ()
    assert len(CUES) == len(SCAN)

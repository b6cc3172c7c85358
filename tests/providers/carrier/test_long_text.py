"""A long text arrives whole: no pair is torn, no part is too long, and there are as many parts as are billed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.providers.carrier.long_text import Coding, Place, headed, parts, text_of, writable
from loansms.text.gsm7 import ALPHABET, BASIC, EXTENSION, is_gsm7
from loansms.text.segments import split

ANY = st.text(max_size=240)
MIXED = st.text(st.sampled_from("a1您好😀\ud83d\ude00"), max_size=240)
GSM = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=400)
GBK = st.text(st.sampled_from("ab您好额"), max_size=240)


def bodies(text: str, coding: Coding) -> list[bytes]:
    """What the parts say, once their headers are proved."""
    made = parts(text, coding=coding, reference=0x1FE)
    if len(made) == 1:
        return [made[0]]
    found = [headed(part) for part in made]
    assert [place for place, _ in found] == [
        Place(0xFE, len(made), index) for index in range(1, len(made) + 1)
    ]
    return [body for _, body in found]


@settings(max_examples=60)
@given(ANY | MIXED)
def test_ucs2_has_the_parts_that_are_billed(text: str) -> None:
    found = bodies(text, Coding.UCS2)
    assert [body.decode("utf-16-be", "surrogatepass") for body in found] == [
        part.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
        for part in split(text, billing="cn")
    ]
    assert max(map(len, parts(text, coding=Coding.UCS2, reference=1))) <= 140


@settings(max_examples=60)
@given(GSM)
def test_gsm7_has_the_parts_that_are_billed(text: str) -> None:
    assert [text_of(body, Coding.GSM7) for body in bodies(text, Coding.GSM7)] == list(split(text))


@settings(max_examples=40)
@given(st.text(st.characters(max_codepoint=127), max_size=400))
def test_ascii_has_the_parts_that_are_billed_where_gsm7_has_its_characters(text: str) -> None:
    found = [text_of(body, Coding.ASCII) for body in bodies(text, Coding.ASCII)]
    assert "".join(found) == text
    if is_gsm7(text):
        assert found == list(split(text))


@settings(max_examples=40)
@given(GBK)
def test_gbk_tears_no_character(text: str) -> None:
    found = bodies(text, Coding.GBK)
    assert "".join(body.decode("gbk") for body in found) == text
    assert max(map(len, parts(text, coding=Coding.GBK, reference=1))) <= 140


def test_latin1_is_measured_in_octets() -> None:
    assert len(parts("é" * 140, coding=Coding.LATIN1, reference=1)) == 1
    assert [len(part) for part in parts("é" * 141, coding=Coding.LATIN1, reference=1)] == [140, 13]


def test_the_limits_are_those_of_the_standard() -> None:
    assert [len(part) for part in parts("您" * 70, coding=Coding.UCS2, reference=1)] == [140]
    assert [len(part) for part in parts("您" * 71, coding=Coding.UCS2, reference=1)] == [140, 14]
    assert [len(part) for part in parts("a" * 160, coding=Coding.GSM7, reference=1)] == [160]
    # The escape of the 153rd septet goes with its euro: the first part is one short.
    assert [len(part) for part in parts("a" * 152 + "€" * 5, coding=Coding.GSM7, reference=1)] == [158, 16]
    # 66 units and an emoji of two: it does not fit behind them.
    assert [len(part) for part in parts("您" * 66 + "😀您您您", coding=Coding.UCS2, reference=1)] == [138, 16]


def test_gsm7_is_the_published_alphabet() -> None:
    assert parts("[10€]", coding=Coding.GSM7, reference=1) == (bytes.fromhex("1b3c31301b651b3e"),)
    assert parts("@Δ_ à", coding=Coding.GSM7, reference=1) == (bytes.fromhex("001011207f"),)
    assert {parts(one, coding=Coding.GSM7, reference=1)[0] for one in BASIC} == {
        bytes((code,)) for code in range(len(ALPHABET)) if code != 0x1B
    }


@pytest.mark.parametrize("coding", [Coding.ASCII, Coding.GBK, Coding.LATIN1, Coding.GSM7])
def test_a_character_it_cannot_write_is_refused_without_being_quoted(coding: Coding) -> None:
    assert not writable("码839201😀", coding)
    with pytest.raises(ValueError, match="cannot write") as told:
        parts("码839201😀", coding=coding, reference=1)
    assert "839201" not in repr(told.value)
    assert told.value.__cause__ is None


def test_more_parts_than_a_header_can_count_are_refused() -> None:
    assert len(parts("a" * 67 * 255, coding=Coding.UCS2, reference=1)) == 255
    with pytest.raises(ValueError, match="256 parts"):
        parts("a" * (67 * 255 + 1), coding=Coding.UCS2, reference=1)


def test_a_reference_of_two_octets_and_a_foreign_element_are_read() -> None:
    assert headed(bytes.fromhex("0c 05 04 0b84 23f0 08 04 0102 03 02") + b"x") == (Place(0x102, 3, 2), b"x")
    assert headed(bytes.fromhex("06 05 04 0b84 23f0") + b"x") == (None, b"x")
    assert headed(bytes.fromhex("05 00 03 01 02 03") + b"x") == (None, b"x"), "the third of two joins nothing"


@settings(max_examples=80)
@given(st.binary(max_size=12))
def test_a_hostile_header_is_refused_or_read(data: bytes) -> None:
    try:
        place, body = headed(data)
    except ValueError:
        return
    assert data.endswith(body)
    assert place is None or 1 <= place.index <= place.total


@settings(max_examples=40)
@given(st.binary(max_size=40), st.sampled_from(Coding))
def test_any_octets_read_as_some_text(data: bytes, coding: Coding) -> None:
    assert isinstance(text_of(data, coding), str)

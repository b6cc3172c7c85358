"""What a borrower's text is billed as, and that no cut falls inside a character."""

from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.text import Billing, count, split
from loansms.text.gsm7 import ALPHABET, BASIC, EXTENSION, is_gsm7

GSM = st.text(st.sampled_from(sorted(BASIC | EXTENSION) + ["€", "{"] * 40), max_size=700)
ANY = st.text(st.one_of(st.characters(), st.sampled_from("信用征😀👍𠮷\ud83d\ude00a€")), max_size=400)
TEXTS = st.one_of(GSM, ANY)
BILLING = st.sampled_from(["gsm", "cn"])
SIGNATURES = st.sampled_from(["", "示例金融", "【示例金融】", "A"])


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def units_of(part: str, encoding: str) -> int:
    if encoding == "UCS-2":
        return utf16_units(part)
    return sum(1 if char in BASIC else 2 if char in EXTENSION else 1000 for char in part)


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 1, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("€" * 81, "GSM-7", 2, 162),
        # 153 is odd: an escape pair leaves one septet of every part empty, so 306 septets need a third part.
        ("€" * 153, "GSM-7", 3, 306),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("中" * 70, "UCS-2", 1, 70),
        ("中" * 71, "UCS-2", 2, 71),
        ("中" * 134, "UCS-2", 2, 134),
        ("中" * 135, "UCS-2", 3, 135),
        ("😀" * 35, "UCS-2", 1, 70),
        ("😀" * 36, "UCS-2", 2, 72),
        # 67 is odd as well.
        ("😀" * 67, "UCS-2", 3, 134),
        ("ç", "UCS-2", 1, 1),
        ("Ç", "GSM-7", 1, 1),
    ],
)
def test_a_text_costs_what_the_standard_says(text: str, encoding: str, segments: int, units: int) -> None:
    found = count(text)
    assert (found.encoding, found.segments, found.units) == (encoding, segments, units)


@pytest.mark.parametrize(
    ("text", "signature", "segments", "units"),
    [
        ("", "", 1, 0),
        ("a" * 70, "", 1, 70),
        ("a" * 71, "", 2, 71),
        ("款" * 64, "示例金融", 1, 70),
        ("款" * 65, "示例金融", 2, 71),
        ("款" * 65, "【示例金融】", 2, 71),
        ("款" * 128, "示例金融", 2, 134),
        ("款" * 129, "示例金融", 3, 135),
        ("€" * 64, "示例金融", 1, 70),
        ("😀" * 32, "示例金融", 1, 70),
        ("😀" * 33, "示例金融", 2, 72),
    ],
)
def test_the_mainland_bills_the_signature_and_every_character_once(
    text: str, signature: str, segments: int, units: int
) -> None:
    found = count(text, billing="cn", signature=signature)
    assert (found.encoding, found.segments, found.units) == ("UCS-2", segments, units)


def test_the_signature_costs_nothing_where_no_provider_adds_it() -> None:
    assert count("a" * 160, signature="示例金融") == count("a" * 160)


def test_an_unknown_way_of_billing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected gsm or cn"):
        count("a", billing=cast("Any", "us"))


@given(TEXTS, BILLING, SIGNATURES)
def test_the_parts_join_to_the_text_and_are_as_many_as_counted(
    text: str, billing: Billing, signature: str
) -> None:
    parts = split(text, billing, signature)
    found = count(text, billing, signature)
    prefix = f"【{signature.strip('【】')}】" if billing == "cn" and signature else ""
    assert "".join(parts) == prefix + text
    assert len(parts) == found.segments
    assert sum(units_of(part, found.encoding) for part in parts) == found.units


@given(TEXTS, BILLING)
def test_every_part_fits_and_is_packed_full(text: str, billing: Billing) -> None:
    found = count(text, billing)
    parts = split(text, billing)
    single, size = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    sizes = [units_of(part, found.encoding) for part in parts]
    assert max(sizes) <= (single if len(parts) == 1 else size)
    # Greedy: only a pair that would not fit leaves one unit of a part empty.
    assert all(used >= size - 1 for used in sizes[:-1])


@given(TEXTS, BILLING)
def test_no_part_ends_inside_a_pair(text: str, billing: Billing) -> None:
    parts = split(text, billing)
    for part, following in pairwise(parts):
        encoded = [ord(part[-1]), ord(following[0])]
        assert not (0xD800 <= encoded[0] < 0xDC00 and 0xDC00 <= encoded[1] < 0xE000)


@given(TEXTS, st.one_of(GSM, ANY), BILLING)
def test_a_longer_text_never_costs_less(text: str, more: str, billing: Billing) -> None:
    longer = count(text + more, billing)
    shorter = count(text, billing)
    assert longer.segments >= shorter.segments
    if longer.encoding == shorter.encoding:
        assert longer.units == shorter.units + units_of(more, longer.encoding)


def test_the_alphabet_is_the_standards() -> None:
    """Spot checks against TS 23.038: places that tables on the web commonly get wrong."""
    assert len(ALPHABET) == 128
    assert len(set(ALPHABET)) == 128
    at = {
        0x00: "@",
        0x09: "Ç",
        0x0A: "\n",
        0x10: "Δ",
        0x1B: "\x1b",
        0x24: "¤",
        0x40: "¡",
        0x5F: "§",
        0x7F: "à",
    }
    assert {place: ALPHABET[place] for place in at} == at
    assert set("\f^{}\\[~]|€") == EXTENSION
    assert not BASIC & EXTENSION
    assert not is_gsm7("\x1b")
    assert not is_gsm7("`")

"""Phone numbers: one answer on both paths, nothing shown, nothing dialled that was not meant."""

import copy
import pickle

import attrs
import phonenumbers
import pytest
import rich.pretty
from hypothesis import given
from hypothesis import strategies as st

from loansms import PhoneNumber


def by_library(text: str, region: str | None) -> str | None:
    """Return the E.164 form of a valid number by phonenumbers alone."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def by_us(text: str, region: str | None) -> str | None:
    """Return the E.164 form by PhoneNumber."""
    try:
        return PhoneNumber.parse(text, region=region).e164
    except ValueError:
        return None


@given(st.from_regex(r"(\+86)?1[0-9]{9,11}", fullmatch=True), st.sampled_from(["CN", "US", None]))
def test_fast_path_equals_the_library(text: str, region: str | None) -> None:
    """Eleven-digit mainland numbers, valid or not, get the answer phonenumbers gives."""
    assert by_library(text, region) == by_us(text, region)


@given(st.from_regex(r"(\+86|0086|86|0)?[ -]?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}", fullmatch=True))
def test_other_spellings_equal_the_library(text: str) -> None:
    """Prefixes, spaces and dashes take the slow path and the same answer."""
    assert by_library(text, "CN") == by_us(text, "CN")


@given(st.from_regex(r"\+(1[2-9]|44|852|65|800|7)[0-9]{6,10}", fullmatch=True))
def test_numbers_of_other_countries_equal_the_library(text: str) -> None:
    """Countries that share a calling code, and numbers of no country, get the library's answer too."""
    assert by_library(text, None) == by_us(text, None)


def test_fast_path_needs_no_region_with_plus() -> None:
    """A number with country code parses without a region; one without does not."""
    assert PhoneNumber.parse("+8613800138000").e164 == "+8613800138000"
    with pytest.raises(ValueError, match="phone"):
        PhoneNumber.parse("13800138000")


def test_full_width_digits_are_digits() -> None:
    """A number typed in full-width digits is the same number."""
    assert PhoneNumber.parse("13800138000", region="CN") == PhoneNumber.parse(
        "１３８００１３８０００", region="CN"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1380013800",
        "138001380000",
        "12345678901",
        "+86 138-abcd-0000",
        "1.38E+10",
        "1.38001E+10",
        "abc",
        "+1555",
    ],
)
def test_malformed_numbers_are_refused_without_showing_them(text: str) -> None:
    """The error says what was expected and holds none of the digits."""
    with pytest.raises(ValueError, match=r"^phone: ") as caught:
        PhoneNumber.parse(text, region="CN")
    assert not any(ch.isdigit() for ch in str(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_vanity_letters_are_not_dialled() -> None:
    """phonenumbers would dial letters; we refuse them."""
    with pytest.raises(ValueError, match="letters"):
        PhoneNumber.parse("+1 800 LOANSMS")


def test_every_printed_form_is_masked() -> None:
    """repr, str, format and a container's repr show the mask only."""
    phone = PhoneNumber.parse("+12025550123")
    shown = f"{phone} {phone!r} {phone!s} {phone:>20} {[phone]} {(phone,)}"
    assert "2025550123" not in shown
    assert "202***0123" in shown


def test_no_way_to_take_it_apart_shows_the_number() -> None:
    """A dict, a tuple, a rich traceback and a dump hold no digits; a copy is equal."""
    phone = PhoneNumber.parse("+12025550123")
    taken = f"{attrs.asdict(phone)}{attrs.astuple(phone)}{rich.pretty.pretty_repr(phone)}{vars_of(phone)}"
    assert "2025550123" not in taken
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(phone)
    assert phone == copy.deepcopy(phone)


def vars_of(value: object) -> str:
    """Return every attribute of a value, printed."""
    return " ".join(repr(getattr(value, name)) for name in value.__slots__ if hasattr(value, name))


def test_landline_cannot_text() -> None:
    """A mainland landline is a valid number that receives no SMS."""
    assert not PhoneNumber.parse("010-62345678", region="CN").can_text
    assert PhoneNumber.parse("13800138000", region="CN").can_text


def test_zones_of_a_number() -> None:
    """A number's prefix names its zones; several where it spans them."""
    assert PhoneNumber.parse("+12025550123").zones == ("America/New_York",)
    assert len(PhoneNumber.parse("+12085550123").zones) > 1  # Idaho: Boise and Los Angeles

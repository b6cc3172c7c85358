"""Sealed fields: read in their own place with their own key, and nowhere else, whatever is changed."""

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError, LoansmsError
from loansms.privacy import CannotOpen, DataKey, Fault, body_digest, open_field, seal_field
from loansms.privacy.bound import bound
from loansms.privacy.keys import derive

PLACE = {"tenant": "main", "table": "messages", "subject": "B-1", "field": "body", "row": "M-1"}
SECRETS = {"intl": bytes(range(32)), "gm": bytes(range(16))}
KEYS = {
    suite: DataKey(secret, tenant="main", subject="B-1", suite=suite) for suite, secret in SECRETS.items()
}
NONCE = b"n" * 12
SEALED = {suite: seal_field(key, b"a text", **PLACE, nonce=NONCE) for suite, key in KEYS.items()}

any_suite = st.sampled_from(["intl", "gm"])


def fault_of(key, sealed, **place):
    """Return why `sealed` does not open."""
    with pytest.raises(CannotOpen) as caught:
        open_field(key, sealed, **{**PLACE, **place})
    assert caught.value.__context__ is None
    assert caught.value.zh
    assert str(caught.value).startswith(f"{caught.value.place}: ")
    return caught.value.fault


@given(
    any_suite, st.binary(max_size=200), st.text(), st.text(), st.text(), st.binary(min_size=12, max_size=12)
)
def test_what_was_sealed_is_read_back_and_shows_nothing_of_it(suite, plain, table, field, row, nonce):
    place = {**PLACE, "table": table, "field": field, "row": row}
    sealed = seal_field(KEYS[suite], plain, **place, nonce=nonce)
    assert open_field(KEYS[suite], sealed, **place) == plain
    assert len(plain) < 4 or plain not in sealed[22:]
    assert len(sealed) == len(plain) + 38


@given(any_suite, st.data(), st.integers(1, 255))
def test_a_value_changed_in_any_byte_opens_nowhere(suite, data, change):
    broken = bytearray(SEALED[suite])
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= change
    fault_of(KEYS[suite], bytes(broken))


@pytest.mark.parametrize("suite", SECRETS)
def test_a_value_cut_short_anywhere_opens_nowhere(suite):
    for cut in range(len(SEALED[suite])):
        fault_of(KEYS[suite], SEALED[suite][:cut])


@given(any_suite, st.binary(max_size=80))
def test_foreign_bytes_are_one_error(suite, rubbish):
    fault_of(KEYS[suite], rubbish)


@given(
    any_suite,
    st.fixed_dictionaries({word: st.text() for word in ("table", "field", "row")}).filter(
        lambda place: {**PLACE, **place} != PLACE
    ),
)
def test_a_value_put_in_another_table_field_or_row_opens_nowhere(suite, place):
    assert fault_of(KEYS[suite], SEALED[suite], **place) is Fault.NOT_AUTHENTIC


@pytest.mark.parametrize("suite", SECRETS)
@pytest.mark.parametrize("other", [{"subject": "B-2"}, {"tenant": "east"}])
def test_a_value_of_one_person_is_nothing_under_another(suite, other):
    assert fault_of(KEYS[suite], SEALED[suite], **other) is Fault.OTHER_KEY
    # Even with the same bytes for a key, as after a botched import.
    moved = DataKey(SECRETS[suite], suite=suite, **{"tenant": "main", "subject": "B-1", **other})
    assert fault_of(moved, SEALED[suite], **other) is Fault.NOT_AUTHENTIC


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_no_two_places_are_written_alike(one, other):
    assert (bound(*one) == bound(*other)) == (one == other)


def test_moving_a_letter_between_two_words_is_another_place():
    sealed = seal_field(KEYS["intl"], b"a text", **{**PLACE, "field": "body", "row": "1M"}, nonce=NONCE)
    assert fault_of(KEYS["intl"], sealed, field="body1", row="M") is Fault.NOT_AUTHENTIC


def test_a_value_of_one_suite_is_nothing_under_a_key_of_the_other():
    assert fault_of(KEYS["gm"], SEALED["intl"]) is Fault.OTHER_KEY
    assert fault_of(KEYS["intl"], SEALED["gm"]) is Fault.OTHER_KEY


def test_the_error_tells_the_version_the_suite_the_key_and_the_change_apart():
    sealed, key = SEALED["intl"], KEYS["intl"]
    another = DataKey(b"x" * 32, tenant="main", subject="B-1")
    assert fault_of(key, b"\x02" + sealed[1:]) is Fault.UNKNOWN_VERSION
    assert fault_of(key, b"\x01\x09" + sealed[2:]) is Fault.UNKNOWN_SUITE
    assert fault_of(another, sealed) is Fault.OTHER_KEY
    assert fault_of(key, sealed[:-1] + bytes([sealed[-1] ^ 1])) is Fault.NOT_AUTHENTIC
    assert fault_of(key, b"") is fault_of(key, sealed[:37]) is Fault.TOO_SHORT


def test_every_fault_is_told_in_both_languages():
    told = [CannotOpen(fault, "messages.body") for fault in Fault]
    assert all("\n" not in str(one) and one.told("zh-CN") != str(one) for one in told)
    assert issubclass(CannotOpen, LoansmsError)


@pytest.mark.parametrize("other", [{"subject": "B-2"}, {"tenant": "east"}])
def test_nothing_is_sealed_under_the_key_of_somebody_else(other):
    # It would outlive the shredding of its own subject.
    with pytest.raises(CallerError, match=r"messages\.body: the key is of another tenant or subject"):
        seal_field(KEYS["intl"], b"a text", **{**PLACE, **other}, nonce=NONCE)


@pytest.mark.parametrize("size", [0, 11, 13])
def test_a_nonce_of_another_length_is_refused(size):
    with pytest.raises(CallerError, match=f"expected 12 fresh random bytes, got {size}"):
        seal_field(KEYS["intl"], b"a text", **PLACE, nonce=bytes(size))


@pytest.mark.parametrize(("suite", "size"), [("intl", 16), ("intl", 0), ("gm", 32)])
def test_a_data_key_of_another_size_is_refused(suite, size):
    with pytest.raises(LoansmsError, match=f"for the suite {suite}, got {size}"):
        DataKey(bytes(size), tenant="main", subject="B-1", suite=suite)


# Written by version 1; whatever comes later reads it.
KEPT = {
    "intl": "01012138b8b6fd10307a6e6e6e6e6e6e6e6e6e6e6e6e50e2a4baf4022b59650c2da5f66660b0b3dd28e53d5a",
    "gm": "010255651adb41fa5d9d6e6e6e6e6e6e6e6e6e6e6e6e77013c5b3c63a2e0380d2b7559bc69bf098b15c949f8",
}


@pytest.mark.parametrize("suite", SECRETS)
def test_what_is_stored_today_opens_for_good(suite):
    assert SEALED[suite].hex() == KEPT[suite]


def test_a_sealed_field_is_the_construction_that_its_page_tells():
    block = derive(SECRETS["intl"], b"loansms/1", b"data key", 8 + 32 + 32)
    head = b"\x01\x01" + block[:8]
    words = [b"main", b"messages", b"B-1", b"body", b"M-1"]
    aad = head + b"".join(len(word).to_bytes(4, "big") + word for word in words)
    assert SEALED["intl"] == head + NONCE + AESGCM(block[40:]).encrypt(NONCE, b"a text", aad)
    digest = hmac.digest(block[8:40], b"a text", "sha256").hex()
    assert body_digest(KEYS["intl"], "a text") == f"intl:{digest}"


def test_a_digest_reproduces_and_belongs_to_its_key_its_suite_and_its_words():
    again = DataKey(SECRETS["intl"], tenant="main", subject="B-1")
    opened = open_field(KEYS["intl"], SEALED["intl"], **PLACE).decode()
    assert body_digest(again, opened) == body_digest(KEYS["intl"], "a text")
    others = [
        body_digest(KEYS["intl"], "a text "),
        body_digest(KEYS["gm"], "a text"),
        body_digest(DataKey(b"x" * 32, tenant="main", subject="B-1"), "a text"),
        body_digest(KEYS["intl"], "a text"),
    ]
    assert len(set(others)) == 4
    assert body_digest(KEYS["gm"], "a text").startswith("gm:")


def test_a_text_that_is_no_unicode_is_digested_and_raises_nothing_that_holds_it():
    assert body_digest(KEYS["intl"], "a\ud800") != body_digest(KEYS["intl"], "a\ud801")

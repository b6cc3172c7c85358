"""Sealed records: read by the ring that sealed them, for the id they belong to, and by nobody else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.privacy import KeyRing
from loansms.privacy.seal import NONCE, seal, unseal

K1, K2, I1 = (sha256(name.encode()).digest() for name in ("k1", "k2", "i1"))
RING = KeyRing({"k1": K1}, current="k1", index={"i1": I1})
ROTATED = KeyRing({"k1": K1, "k2": K2}, current="k2", index={"i1": I1})
DROPPED = KeyRing({"k2": K2}, current="k2", index={"i1": I1})
PLAIN = b"a request with a phone in it"
SEALED = seal(RING, "k1", PLAIN, about="id-1", nonce=b"n" * NONCE)


@given(st.binary(), st.text(), st.binary(min_size=NONCE, max_size=NONCE))
def test_what_was_sealed_is_read_back_and_shows_nothing_of_it(plain, about, nonce):
    sealed = seal(RING, "k1", plain, about=about, nonce=nonce)
    assert unseal(RING, "k1", sealed, about=about) == plain
    assert len(plain) < 4 or plain not in sealed[NONCE:]


def test_a_record_of_one_id_is_nothing_under_another():
    assert unseal(RING, "k1", SEALED, about="id-1") == PLAIN
    assert unseal(RING, "k1", SEALED, about="id-2") is None
    assert unseal(RING, "k1", SEALED, about="") is None


def test_a_record_outlives_a_rotation_and_ends_with_its_key():
    assert unseal(ROTATED, "k1", SEALED, about="id-1") == PLAIN
    assert unseal(ROTATED, "k2", SEALED, about="id-1") is None
    assert unseal(DROPPED, "k1", SEALED, about="id-1") is None


@pytest.mark.parametrize("cut", range(len(SEALED)))
def test_a_record_cut_short_anywhere_is_nothing(cut):
    assert unseal(RING, "k1", SEALED[:cut], about="id-1") is None


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_record_changed_in_any_byte_is_nothing(place, change):
    broken = bytearray(SEALED)
    broken[place] ^= change
    assert unseal(RING, "k1", bytes(broken), about="id-1") is None


@given(st.binary(max_size=80))
def test_foreign_bytes_are_nothing_and_no_error(rubbish):
    assert unseal(RING, "k1", rubbish, about="id-1") is None

"""The key ring: what rotates, what does not, and that no byte of a key is ever shown."""

import copy
import hmac
import pickle
import traceback
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import ConfigurationError
from loansms.privacy import KeyRing
from loansms.privacy.keys import derive

K1, K2, I1, I2 = (sha256(name.encode()).digest() for name in ("k1", "k2", "i1", "i2"))
BEFORE = KeyRing({"k1": K1}, current="k1", index={"i1": I1})
DURING = KeyRing({"k1": K1, "k2": K2}, current="k2", index={"i1": I1})
AFTER = KeyRing({"k2": K2}, current="k2", index={"i1": I1})


def shown(value: object) -> str:
    """Return every way in which `value` is printed."""
    return "\n".join([repr(value), str(value), f"{value}", f"{value!r:.200}"])


def assert_no_key(text: str) -> None:
    for key in (K1, K2, I1, I2):
        assert key.hex() not in text
        assert repr(key)[2:-1] not in text
        assert repr(key)[2:12] not in text


def test_a_subkey_of_an_older_key_outlives_the_rotation_and_ends_with_its_key():
    assert DURING.subkey("k1", b"code") == BEFORE.subkey("k1", b"code")
    assert DURING.digest("k1", b"check", b"x") == BEFORE.digest("k1", b"check", b"x")
    assert "k1" in DURING
    assert "k1" not in AFTER
    with pytest.raises(KeyError):
        AFTER.subkey("k1", b"code")
    with pytest.raises(KeyError):
        AFTER.digest("k1", b"check", b"x")


def test_rotating_the_current_key_moves_no_counter():
    assert BEFORE.blind("phone", "p") == DURING.blind("phone", "p") == AFTER.blind("phone", "p")


def test_while_an_index_key_is_replaced_everything_is_counted_under_both():
    both = KeyRing({"k1": K1}, current="k1", index={"i1": I1, "i2": I2})
    new = KeyRing({"k1": K1}, current="k1", index={"i2": I2})
    assert both.blind("phone", "p") == (*BEFORE.blind("phone", "p"), *new.blind("phone", "p"))
    assert len(set(both.blind("phone", "p"))) == 2


def test_every_use_and_every_key_has_a_subkey_of_its_own():
    uses = [b"code", b"check", b"grant", b"seal", b"index", b"decoy"]
    assert len({DURING.subkey(key, use) for key in ("k1", "k2") for use in uses}) == 2 * len(uses)


def test_a_digest_is_the_hmac_of_its_subkey_and_the_first_asking_changes_no_later_one():
    expected = hmac.digest(BEFORE.subkey("k1", b"check"), b"said", "sha256")
    assert [BEFORE.digest("k1", b"check", b"said") for _ in range(3)] == [expected] * 3


def test_a_blind_index_is_the_first_half_of_the_hmac_under_the_expanded_index_key():
    key = HKDF(algorithm=SHA256(), length=32, salt=b"loansms/1", info=b"index").derive(I1)
    assert BEFORE.blind("phone", "p") == (hmac.digest(key, b"phone\0p", "sha256")[:16].hex(),)


def test_derivation_follows_the_first_vector_of_rfc_5869():
    key, salt, info = b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA))
    assert derive(key, salt, info, 42).hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


@given(
    st.sampled_from(["phone", "ip", "device"]),
    st.text(),
    st.sampled_from(["phone", "ip", "device"]),
    st.text(),
)
def test_two_things_share_a_blind_index_only_when_they_are_the_same(label, value, other_label, other):
    same = (label, value) == (other_label, other)
    assert (BEFORE.blind(label, value) == BEFORE.blind(other_label, other)) is same


BAD = [
    pytest.param({"k1": b"short"}, "k1", {"i1": I1}, "got 5", id="short key"),
    pytest.param({"k1": K1}, "k1", {"i1": b"short"}, "got 5", id="short index key"),
    pytest.param({"k1": "x" * 32}, "k1", {"i1": I1}, "got str", id="text for a key"),
    pytest.param({}, "k1", {"i1": I1}, "at least one key", id="no key"),
    pytest.param({"k1": K1}, "k1", {}, "at least one index key", id="no index key"),
    pytest.param({"k1": K1}, "k2", {"i1": I1}, "current", id="current unknown"),
    pytest.param({"k.1": K1}, "k.1", {"i1": I1}, "key id", id="dot in an id"),
    pytest.param({"k1\n": K1}, "k1\n", {"i1": I1}, "key id", id="line break in an id"),
    pytest.param({"": K1}, "", {"i1": I1}, "key id", id="empty id"),
    pytest.param({"k" * 33: K1}, "k" * 33, {"i1": I1}, "key id", id="long id"),
    pytest.param({"k1": K1, "k2": K1}, "k1", {"i1": I1}, "same bytes", id="one key twice"),
    pytest.param({"k1": K1}, "k1", {"i1": K1}, "bytes of its own", id="index key is a code key"),
]


@pytest.mark.parametrize(("keys", "current", "index", "said"), BAD)
def test_an_unusable_ring_is_refused_in_both_languages_without_a_byte_of_a_key(keys, current, index, said):
    with pytest.raises(ConfigurationError) as caught:
        KeyRing(keys, current=current, index=index)
    assert said in str(caught.value)
    assert caught.value.zh.startswith("密钥环")
    assert_no_key(str(caught.value) + caught.value.zh)


@pytest.mark.parametrize(("keys", "current", "index", "said"), BAD)
def test_a_refusal_keeps_no_key_in_any_frame_of_ours(keys, current, index, said):
    with pytest.raises(ConfigurationError) as caught:
        KeyRing(keys, current=current, index=index)
    ours = [
        frame
        for frame in traceback.walk_tb(caught.value.__traceback__)
        if "keys.py" in frame[0].f_code.co_filename
    ]
    ours = [frame for frame, _ in ours if not frame.f_code.co_filename.endswith("test_keys.py")]
    assert ours
    assert_no_key(repr([frame.f_locals for frame in ours]))


def test_a_ring_shows_its_ids_and_no_key():
    ring = KeyRing({"k1": K1, "k2": K2}, current="k1", index={"i1": I1, "i2": I2})
    ring.subkey("k1", b"code")
    ring.digest("k1", b"check", b"said")
    ring.blind("phone", "p")
    assert_no_key(shown(ring))
    assert ring.subkey("k1", b"code").hex() not in shown(ring)
    assert repr(ring) == "KeyRing(current='k1', keys=['k1', 'k2'], index=['i1', 'i2'])"


@pytest.mark.parametrize("taken", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_ring_is_not_pickled_or_copied(taken):
    with pytest.raises(TypeError, match="not pickled"):
        taken(BEFORE)


def test_a_traceback_with_every_local_variable_shows_no_key_of_a_ring():
    def asks(ring: KeyRing) -> None:
        ring.subkey("gone", b"code")

    with pytest.raises(KeyError) as caught:
        asks(BEFORE)
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "asks" in told
    assert_no_key(shown(BEFORE) + str(caught.value))
    # Frames of the test alone: the ring prints itself there as its ids.
    assert "ring = KeyRing(current='k1', keys=['k1'], index=['i1'])" in told


def test_the_ring_keeps_bytes_of_its_own():
    mine = bytearray(K1)
    ring = KeyRing({"k1": mine}, current="k1", index={"i1": I1})
    before = ring.subkey("k1", b"code")
    mine[:] = bytes(32)
    assert KeyRing({"k1": K1}, current="k1", index={"i1": I1}).subkey("k1", b"code") == before
    assert ring.subkey("k1", b"other") == BEFORE.subkey("k1", b"other")

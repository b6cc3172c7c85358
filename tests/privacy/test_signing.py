"""Signatures: as RFC 8032 prints them, taken from the named key alone."""

import pytest

from loansms.errors import ConfigurationError
from loansms.privacy import Ed25519Signer, Ed25519Verifier, verifies

# RFC 8032, 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
VERIFIER = Ed25519Verifier(PUBLIC, key_id="s1")


def test_a_signature_is_the_one_of_the_standard():
    signer = Ed25519Signer(SEED, key_id="s1")
    assert (signer.public, signer.sign(b"\x72")) == (PUBLIC, SIGNATURE)
    assert verifies([VERIFIER], b"\x72", SIGNATURE, suite="intl", key_id="s1")


@pytest.mark.parametrize(
    ("said", "signature", "suite", "key_id"),
    [
        (b"\x73", SIGNATURE, "intl", "s1"),
        (b"\x72", SIGNATURE[:-1] + b"\x01", "intl", "s1"),
        (b"\x72", b"", "intl", "s1"),
        (b"\x72", SIGNATURE, "gm", "s1"),
        (b"\x72", SIGNATURE, "intl", "s2"),
    ],
)
def test_whatever_else_is_refused(said, signature, suite, key_id):
    assert not verifies([VERIFIER], said, signature, suite=suite, key_id=key_id)


def test_a_host_signs_and_verifies_with_its_own_kind_behind_the_same_seam():
    class HostVerifier:
        suite, key_id = "gm", "g1"

        def verify(self, said, signature):
            return (said, signature) == (b"root", b"sm2")

    kinds = [VERIFIER, HostVerifier()]
    assert verifies(kinds, b"root", b"sm2", suite="gm", key_id="g1")
    assert not verifies(kinds, b"other", b"sm2", suite="gm", key_id="g1")


@pytest.mark.parametrize("kind", [Ed25519Signer, Ed25519Verifier])
def test_a_key_of_another_size_is_refused(kind):
    with pytest.raises(ConfigurationError, match="expected 32"):
        kind(b"short", key_id="s1")

"""Keys, checkpoints and sealing: what is signed, what is read back, and what is refused."""

from __future__ import annotations

import pickle
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError, ConfigurationError
from loansms.evidence import (
    Ed25519Signer,
    Ed25519Verifier,
    checkpoint_text,
    key_id,
    read_checkpoint,
    seal_batch,
    seal_digest,
    stamped,
)
from loansms.evidence.checkpoint import statement
from loansms.evidence.suites import SUITES

from .parts import SIGNER, START, HostSigner, entry, journal, read_or_refused, stamper

_, LEAVES, SEALS = journal()
TEXT = checkpoint_text(SEALS[1])


def test_a_checkpoint_is_a_signed_note_that_other_tools_check():
    """Taken apart here by the rules of C2SP's signed-note alone."""
    body, signature = TEXT.split("\n\n")
    said, (mark, name, coded) = f"{body}\n".encode(), signature.rstrip("\n").split(" ")
    shown_name, hashed, key = SIGNER.public.split("+", 2)
    assert (mark, name) == ("—", shown_name)
    assert b64decode(coded)[:4].hex() == hashed
    Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(b64decode(coded)[4:], said)
    assert body.split("\n")[1] == "7"


def test_what_is_signed_holds_fast_the_seal_before_and_names_no_loan():
    assert SEALS[1].previous == seal_digest(SUITES["intl"], SEALS[0])
    assert SEALS[0].previous == b""
    assert "L-" not in TEXT


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_a_checkpoint_changed_by_a_byte_is_unreadable_or_not_signed(at, flip):
    said = bytearray(TEXT.encode())
    said[at] ^= flip
    seal = read_or_refused(read_checkpoint, said.decode("utf-8", "replace"))
    if isinstance(seal, CallerError):
        assert seal.zh
    else:
        verifier = SIGNER.verifier()
        assert seal.key_id != verifier.key_id or not verifier.is_signed(statement(seal), seal.signature)


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_reader(text):
    for one in (text, f"{TEXT}{text}", f"{text}\n\n{TEXT}"):
        read = read_or_refused(read_checkpoint, one)
        assert read.zh if isinstance(read, CallerError) else read.key_id == SIGNER.key_id


def test_signatures_of_witnesses_are_passed_over():
    assert read_checkpoint(f"{TEXT}— witness.example AAAA\n") == evolve(SEALS[1], frontier=())
    with pytest.raises(CallerError):
        read_checkpoint(TEXT + TEXT.split("\n\n")[1])


@pytest.mark.parametrize("password", [None, b"a password"])
def test_a_key_is_read_from_pem_and_shown_nowhere(password):
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    signer = Ed25519Signer("bank.example/evidence", pem, password)
    assert signer.public == SIGNER.public
    assert repr(signer) == f"Ed25519Signer('{SIGNER.key_id}')"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(signer)


@pytest.mark.parametrize(
    "private", [b"", b"short", b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_refused_without_showing_it(private):
    with pytest.raises(ConfigurationError, match="expected 32 bytes or the PEM"):
        Ed25519Signer("bank.example/evidence", private)
    with pytest.raises(CallerError, match="letters, digits"):
        key_id("a name\nwith lines", b"\x01", bytes(32))


def test_a_public_line_that_is_not_of_its_id_is_refused():
    name, hashed, coded = SIGNER.public.split("+", 2)
    for line in (
        "",
        name,
        f"{name}+{hashed}",
        f"{name}+00000000+{coded}",
        f"other+{hashed}+{coded}",
        f"{SIGNER.public}A",
    ):
        with pytest.raises(CallerError, match="name\\+hash\\+base64"):
            Ed25519Verifier(line)
    assert Ed25519Verifier(f" {SIGNER.public}\n").public == SIGNER.public


def test_another_suite_or_name_begins_another_journal():
    for other in (HostSigner(), Ed25519Signer("other.example/evidence", bytes(32))):
        with pytest.raises(ConfigurationError, match="another suite or name"):
            seal_batch(SEALS[-1], [entry(99)], other, at=START)
    rotated = Ed25519Signer("bank.example/evidence", bytes(32))
    _, seal = seal_batch(SEALS[-1], [entry(99)], rotated, at=START)
    assert (seal.size, seal.key_id) == (21, rotated.key_id)
    unknown = HostSigner()
    unknown.suite = "md5"
    with pytest.raises(ConfigurationError, match="expected one of intl, gm"):
        seal_batch(None, [entry(1)], unknown, at=START)


def test_sealing_goes_on_only_from_a_frontier_that_is_the_roots_own():
    broken = evolve(SEALS[-1], frontier=(bytes(32),) * SEALS[-1].size.bit_count())
    with pytest.raises(CallerError, match="verify the journal first"):
        seal_batch(broken, [entry(99)], SIGNER, at=START)


def test_a_number_twice_or_nothing_new_at_the_same_moment_is_refused():
    with pytest.raises(CallerError, match="twice"):
        seal_batch(None, [entry(1), entry(1)], SIGNER, at=START)
    with pytest.raises(CallerError, match="nothing is new"):
        seal_batch(SEALS[-1], [], SIGNER, at=SEALS[-1].at)
    leaves, seal = seal_batch(SEALS[-1], [], SIGNER, at=SEALS[-1].at + timedelta(seconds=1))
    assert (leaves, seal.size, seal.root) == ((), SEALS[-1].size, SEALS[-1].root)


def test_a_time_stamp_is_asked_for_the_text_that_leaves_the_machine():
    assert stamped(SEALS[1], stamper).stamp == stamper(sha256(TEXT.encode()).digest())

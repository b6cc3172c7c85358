"""No byte of a key and no word of a record is shown: printed, pickled, copied, or in a fault's frames."""

import base64
import copy
import os
import pickle
import traceback
from datetime import UTC, datetime

import pytest

import loansms.errors
from loansms.evidence import Ed25519Signer
from loansms.privacy import (
    AwaitedKeys,
    BlindIndex,
    CannotOpen,
    DataKey,
    DataKeys,
    Envelope,
    EnvironmentKeys,
    StaticKeys,
    body_digest,
    open_field,
    seal_field,
)

KEK, SECRET, WORDS = (
    b"canary-kek-0123456789-0123456789",
    b"canary-dek-0123456789-0123456789",
    "canary words 张三",
)
SHORT = b"canary-too-short"
NOW = datetime(2026, 9, 24, tzinfo=UTC)
PLACE = {"tenant": "main", "table": "messages", "subject": "B-1", "field": "body", "row": "M-1"}
STATIC = StaticKeys({"2026a": KEK}, current="2026a")
ENVELOPE = Envelope(STATIC)
WRAPPED = ENVELOPE.new_key(SECRET, tenant="main", subject="B-1")
KEY = ENVELOPE.data_key(WRAPPED, NOW)
OURS = os.path.dirname(loansms.__file__)
SECRETIVE = [STATIC, AwaitedKeys(STATIC), ENVELOPE, ENVELOPE.held, KEY, BlindIndex({"i1": KEK}), Ed25519Signer("bank.example/evidence", SECRET)]  # fmt: skip


def assert_silent(told: str) -> None:
    told = told.lower()
    for said in (b"canary", KEK, SECRET, SHORT, WORDS.encode()):
        for form in (said.hex(), base64.b64encode(said).decode().rstrip("=").lower()[:8]):
            assert form not in told
    assert "canary" not in told
    assert "张三" not in told


def frames_of(wrong: BaseException) -> str:
    """Return what the frames of ours hold when `wrong` leaves them, and everything it says."""
    told = [repr(wrong), str(wrong), repr(wrong.args), repr(vars(wrong))]
    for one in (wrong, wrong.__cause__, wrong.__context__):
        for frame, _ in traceback.walk_tb(one.__traceback__ if one else None):
            if frame.f_code.co_filename.startswith(OURS):
                told.append(repr(frame.f_locals))
    assert len(told) > 4
    return "\n".join(told)


@pytest.mark.parametrize("one", SECRETIVE, ids=lambda one: type(one).__name__)
def test_whatever_holds_a_key_prints_none_and_is_not_carried_away(one):
    assert_silent(f"{one} {one!r} {one!s:.200} {[one]!r}")
    for taken in (pickle.dumps, copy.deepcopy):
        try:
            found = taken(one)
        except TypeError as wrong:
            assert_silent(str(wrong))
        else:
            pytest.fail(f"{taken.__name__} gave a {type(found).__name__}")


def test_a_wrapped_key_and_a_sealed_value_show_nothing_and_may_be_carried():
    sealed = seal_field(KEY, WORDS.encode(), **PLACE, nonce=bytes(12))
    told = f"{WRAPPED!r} {sealed!r} {pickle.dumps(WRAPPED)!r} {body_digest(KEY, WORDS)} {WRAPPED.blob.hex()}"
    assert_silent(told)
    assert "blob" not in repr(WRAPPED)
    assert pickle.loads(pickle.dumps(WRAPPED)) == WRAPPED


def test_an_error_survives_a_queue_and_says_the_same():
    with pytest.raises(CannotOpen) as caught:
        open_field(KEY, b"", **PLACE)
    carried = pickle.loads(pickle.dumps(caught.value))
    assert (str(carried), carried.zh, carried.fault) == (
        str(caught.value),
        caught.value.zh,
        caught.value.fault,
    )


class Down:
    """A provider whose network is down in one of its verbs."""

    def __init__(self, verb):
        self.verb = verb

    def wrap(self, _key, aad):
        del _key
        return self._told("wrap") or ("2026a", b"")

    def unwrap(self, kek_id, blob, aad):
        self._told("unwrap")
        return SECRET

    def _told(self, verb):
        if verb == self.verb:
            raise ConnectionError("the KMS is not there")


class Wrong(Down):
    def unwrap(self, kek_id, blob, aad):
        return SHORT


FAULTS = {
    "nonce": lambda: seal_field(KEY, WORDS.encode(), **PLACE, nonce=b""),
    "subject": lambda: seal_field(KEY, WORDS.encode(), **PLACE | {"subject": "B-2"}, nonce=bytes(12)),
    "data key's size": lambda: DataKey(SHORT, tenant="main", subject="B-1"),
    "data key's suite": lambda: DataKey(SECRET, tenant="main", subject="B-1", suite="x"),
    "kek's size": lambda: StaticKeys({"a": SHORT}, current="a"),
    "kek's name": lambda: StaticKeys({"a": KEK}, current="b"),
    "kek's suite": lambda: StaticKeys({"a": KEK}, current="a", suite="x"),
    "variable": lambda: EnvironmentKeys(
        {"a": "A", "b": "B"}, current="a", environ={"A": KEK.hex(), "B": "canary"}
    ),
    "variable's name": lambda: EnvironmentKeys(
        {"a": "A"}, current="b", environ={"A": KEK.hex(), "C": "canary"}
    ),
    "variable's suite": lambda: EnvironmentKeys({"a": "A"}, current="a", suite="x", environ={"A": KEK.hex()}),
    "index": lambda: BlindIndex({"i1": KEK, "i2": KEK}),
    "index's suite": lambda: BlindIndex({"i1": KEK}, suite="x"),
    "signer": lambda: Ed25519Signer("bank.example/evidence", SHORT),
    "unwrapped with other data": lambda: STATIC.unwrap(WRAPPED.kek_id, WRAPPED.blob, b"other"),
    "down while wrapping": lambda: Envelope(Down("wrap")).new_key(SECRET, tenant="main", subject="B-1"),
    "down while re-wrapping": lambda: Envelope(Down("wrap")).rewrap(WRAPPED),
    "down while unwrapping": lambda: Envelope(Down("unwrap")).data_key(WRAPPED, NOW),
    "a secret of the wrong size": lambda: Envelope(STATIC).new_key(SHORT, tenant="main", subject="B-1"),
    "a provider's wrong answer": lambda: Envelope(Wrong("")).data_key(WRAPPED, NOW),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_keeps_no_key_and_no_word_in_any_frame_of_ours(fault):
    with pytest.raises((loansms.errors.LoansmsError, ConnectionError)) as caught:
        FAULTS[fault]()
    assert_silent(frames_of(caught.value))


def test_held_keys_show_their_number_alone():
    assert repr(ENVELOPE) == "Envelope(StaticKeys, held=DataKeys(most=1024, held=1))"
    assert repr(DataKeys(most=3)) == "DataKeys(most=3, held=0)"

"""A kept authenticator: the RFC's values, the drift, what is no code, and each step accepted once."""

import copy
import hashlib
import pickle
from base64 import b32encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp.totp import TOTP

from loansms.clock import FrozenClock
from loansms.errors import CallerError
from loansms.otp.admission import NoRoom
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Closed, NewChallenge
from loansms.otp.codes import key_id_of
from loansms.otp.totp import Authenticator, matching_step, step_buckets, step_id
from loansms.privacy import KeyRing, Secret
from loansms.stores import MemoryStore
from loansms.stores.codes import Sent

# RFC 6238, appendix B: the printed values need the seed repeated to the size of the hash.
SEED = b"1234567890" * 7
SEEDS = {"sha1": SEED[:20], "sha256": SEED[:32], "sha512": SEED[:64]}
VECTORS = {
    59: ("94287082", "46119246", "90693936"),
    1111111109: ("07081804", "68084774", "25091201"),
    1111111111: ("14050471", "67062674", "99943326"),
    1234567890: ("89005924", "91819424", "93441116"),
    2000000000: ("69279037", "90698825", "38618901"),
    20000000000: ("65353130", "77737706", "47863826"),
}
K1, K2, I1, I2 = (hashlib.sha256(name.encode()).digest() for name in ("k1", "k2", "i1", "i2"))
RING = KeyRing({"k1": K1}, current="k1", index={"i1": I1})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT = datetime(2026, 9, 24, 2, 0, 10, tzinfo=UTC)
STEP = int(AT.timestamp()) // 30


def secret(size: int) -> Secret[str]:
    return Secret(b32encode(SEED[:size]).decode())


TOKEN = Authenticator(id="A-1", secret=secret(20))


def code_of(step: int, token: Authenticator = TOKEN) -> str:
    return TOTP(token.secret.reveal(), digits=token.digits, interval=token.period).generate_otp(step)


@pytest.mark.parametrize("digest", list(SEEDS))
@pytest.mark.parametrize("at", list(VECTORS))
def test_the_values_of_rfc_6238(digest, at):
    code = VECTORS[at][list(SEEDS).index(digest)]
    token = Authenticator(id="A-1", secret=Secret(b32encode(SEEDS[digest]).decode()), digits=8, digest=digest)
    now = EPOCH + timedelta(seconds=at)
    assert matching_step(token, code, now, drift=0) == at // 30
    assert matching_step(token, code[::-1], now, drift=0) is None


@pytest.mark.parametrize("drift", [0, 1, 2])
@pytest.mark.parametrize("off", range(-4, 5))
def test_a_clock_may_be_off_by_the_drift_and_no_more(off, drift):
    expected = STEP + off if abs(off) <= drift else None
    assert matching_step(TOKEN, code_of(STEP + off), AT, drift=drift) == expected


def test_by_default_one_step_either_way():
    assert [matching_step(TOKEN, code_of(STEP + off), AT) is not None for off in range(-2, 3)] == [
        False, True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("drift", [-1, 3, 100])
def test_a_wider_drift_is_refused_in_both_languages(drift):
    with pytest.raises(CallerError, match="drift: expected 0 to 2 steps") as caught:
        matching_step(TOKEN, code_of(STEP), AT, drift=drift)
    assert "drift" in caught.value.zh


def test_a_step_begins_and_ends_with_its_first_and_last_microsecond():
    begins = EPOCH + timedelta(seconds=30 * STEP)
    code = code_of(STEP)
    for at, found in [
        (begins, STEP),
        (begins - timedelta(microseconds=1), None),
        (begins + timedelta(seconds=30, microseconds=-1), STEP),
        (begins + timedelta(seconds=30), None),
    ]:
        assert matching_step(TOKEN, code, at, drift=0) == found


def test_the_zone_of_now_does_not_matter_and_a_naive_now_is_refused():
    assert matching_step(TOKEN, code_of(STEP), AT.astimezone(timezone(timedelta(hours=8)))) == STEP
    with pytest.raises(ValueError, match="time zone"):
        matching_step(TOKEN, code_of(STEP), AT.replace(tzinfo=None))


def test_the_first_step_has_none_before_it_and_before_1970_there_is_no_code():
    assert matching_step(TOKEN, code_of(0), EPOCH, drift=2) == 0
    assert matching_step(TOKEN, code_of(0), EPOCH - timedelta(seconds=20)) == 0
    assert matching_step(TOKEN, code_of(0), EPOCH - timedelta(days=1)) is None


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    "written",
    [
        lambda code: code.translate(WIDE),
        lambda code: code.translate(ARABIC),
        lambda code: f"{code[:3]} {code[3:]}",
        lambda code: f" {code}",
        lambda code: f"{code}\n",
        lambda code: code[:-1],
        lambda code: f"0{code}",
        lambda code: f"+{code[1:]}",
        lambda code: code[:5] + "²",
        lambda code: code * 10_000,
        lambda code: code[:0],
        lambda code: f"{code[:5]}a",
        lambda code: code[:0] or None,
        int,
        str.encode,
    ],
)
def test_only_exactly_that_many_ascii_digits_are_a_code(written):
    assert matching_step(TOKEN, written(code_of(STEP)), AT) is None


@given(st.text(max_size=8))
def test_no_text_is_an_error(text):
    found = matching_step(TOKEN, text, AT)
    assert found is None or text == code_of(found)


def test_tokens_of_sixty_seconds_and_eight_digits():
    slow = Authenticator(id="A-2", secret=secret(32), digits=8, period=60)
    code = code_of(STEP // 2, slow)
    assert matching_step(slow, code, AT, drift=0) == STEP // 2
    assert len(code) == 8


@pytest.mark.parametrize(
    "plain", [b32encode(SEED[:16]).decode(), b32encode(SEED[:17]).decode().rstrip("="), "a" * 32]
)
def test_a_secret_of_128_bits_is_enough_with_or_without_padding_in_either_case(plain):
    token = Authenticator(id="A-1", secret=Secret(plain))
    assert matching_step(token, code_of(STEP, token), AT) == STEP


WEAK = [
    pytest.param(Secret(b32encode(SEED[:15]).decode()), "at least 16 bytes", id="120 bits"),
    pytest.param(Secret(""), "at least 16 bytes", id="empty"),
    pytest.param(Secret("GEZDGNBV GY3TQOJQ GEZDGNBV GY3TQOJQ"), "Secret of base32", id="spaced"),
    pytest.param(Secret("0189" * 8), "Secret of base32", id="not base32"),
    pytest.param(Secret("Ａ" * 32), "Secret of base32", id="full-width"),
    pytest.param(Secret("A" * 33), "Secret of base32", id="a letter too many"),
    pytest.param(Secret(b"A" * 32), "Secret of base32", id="bytes"),
    pytest.param("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "Secret of base32", id="not a Secret"),
    pytest.param(None, "Secret of base32", id="none"),
]


@pytest.mark.parametrize(("weak", "said"), WEAK)
def test_a_weak_or_unreadable_secret_is_refused_and_never_told(weak, said):
    with pytest.raises(CallerError, match=said) as caught:
        Authenticator(id="A-1", secret=weak)
    plain = weak.reveal() if isinstance(weak, Secret) else weak
    assert not plain or str(plain) not in str(caught.value) + caught.value.zh
    assert caught.value.zh.startswith("secret 应为")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digits", 5),
        ("digits", 9),
        ("period", 0),
        ("period", 300),
        ("digest", "md5"),
        ("id", ""),
        ("id", "a\n"),
    ],
)
def test_other_fields_out_of_range_are_refused_by_name(field, value):
    with pytest.raises(CallerError, match=f"{field}: expected") as caught:
        Authenticator(**{"id": "A-1", "secret": secret(20), field: value})
    assert field in caught.value.zh


def test_an_authenticator_prints_no_secret_and_is_not_pickled():
    assert TOKEN.secret.reveal() not in f"{TOKEN!r} {TOKEN} {copy.deepcopy(TOKEN)!r}"
    with pytest.raises(TypeError):
        pickle.dumps(TOKEN)


def test_the_id_of_a_step_is_an_id_that_tells_nothing_and_is_the_same_each_time():
    about = step_id(RING, "A-1", STEP)
    assert about == step_id(RING, "A-1", STEP)
    assert key_id_of(about) == "k1"
    assert "A-1" not in about
    assert str(STEP) not in about


PAIRS = st.tuples(st.text("A1-\0", max_size=4), st.integers(0, 200))


@given(PAIRS, PAIRS)
def test_two_steps_share_an_id_only_when_they_are_the_same(one, other):
    assert (step_id(RING, *one) == step_id(RING, *other)) is (one == other)
    assert (step_buckets(RING, *one) == step_buckets(RING, *other)) is (one == other)


def test_a_digit_cannot_move_between_an_authenticator_and_its_step():
    assert step_id(RING, "A1", 1) != step_id(RING, "A", 11)
    assert step_id(RING, "1A", 1) != step_id(RING, "A", 11)


LIMITS = FailureLimits(failures=5, window=3600 * SECOND, ceiling=10, reserve=3, lane=3)


def use(store: MemoryStore, ring: KeyRing, step: int):
    new = NewChallenge(
        id=step_id(ring, "A-1", step),
        budgets=("b",),
        tag=b"t" * 32,
        sealed=b"",
        lives=60 * SECOND,
        line="totp",
    )
    return store.open_challenge(new, step_buckets(ring, "A-1", step), LIMITS)


def test_each_step_is_accepted_once():
    store = MemoryStore(clock=FrozenClock(AT))
    assert isinstance(use(store, RING, STEP), Sent)
    assert use(store, RING, STEP) is Closed.EXISTS
    assert isinstance(use(store, RING, STEP + 1), Sent)


ROTATED = KeyRing({"k1": K1, "k2": K2}, current="k2", index={"i1": I1})
DROPPED = KeyRing({"k2": K2}, current="k2", index={"i1": I1})
BOTH = KeyRing({"k1": K1}, current="k1", index={"i1": I1, "i2": I2})
BOTH_NEW_FIRST = KeyRing({"k1": K1, "k2": K2}, current="k2", index={"i2": I2, "i1": I1})


@pytest.mark.parametrize("ring", [ROTATED, DROPPED, BOTH, BOTH_NEW_FIRST])
def test_a_rotation_between_two_uses_opens_no_step_again(ring):
    store = MemoryStore(clock=FrozenClock(AT))
    assert isinstance(use(store, RING, STEP), Sent)
    assert use(store, ring, STEP) in (Closed.EXISTS, NoRoom("totp", int(AT.timestamp()) * SECOND + DAY))
    assert isinstance(use(store, ring, STEP + 1), Sent)

"""Codes that are derived: the RFC's values, what each code is bound to, and what a rotation leaves standing."""

import hashlib
from base64 import b32encode
from collections import Counter
from decimal import Decimal

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st
from pyotp.hotp import HOTP

from loansms.model import Money
from loansms.otp import Transaction
from loansms.otp.codes import (
    Bound,
    _Derived,
    both_tags,
    challenge_of,
    derive,
    grant_tag,
    key_id_of,
    new_grant,
    new_id,
    tag,
)
from loansms.otp.request import digest_of, pack
from loansms.privacy import KeyRing

K1, K2, I1 = (hashlib.sha256(name.encode()).digest() for name in ("k1", "k2", "i1"))
RING = KeyRing({"k1": K1}, current="k1", index={"i1": I1})
ROTATED = KeyRing({"k1": K1, "k2": K2}, current="k2", index={"i1": I1})
DROPPED = KeyRing({"k2": K2}, current="k2", index={"i1": I1})
ID = new_id("k1", bytes(range(16)))
PHONE = "+8617400000001"
PAYMENT = Transaction(amount=Money("5100.00", "CNY"), payee="示例商户", reference="L-1")
BOUND = Bound(subject="B-1", action="early_repayment", transaction=digest_of(PAYMENT))

RFC_4226 = b"12345678901234567890"
# RFC 4226, appendix D
HOTP_VALUES = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]


@pytest.mark.parametrize(("count", "value"), list(enumerate(HOTP_VALUES)))
def test_the_truncation_gives_the_values_of_rfc_4226(count, value):
    assert _Derived(RFC_4226, 6).at(count) == value


@given(st.binary(min_size=14, max_size=64), st.integers(0, 2**63), st.integers(6, 10))
def test_the_short_way_to_pyotp_gives_what_base32_gives(secret, count, digits):
    assert _Derived(secret, digits).at(count) == HOTP(b32encode(secret).decode(), digits=digits).at(count)


def test_a_pyotp_that_read_the_text_instead_would_raise_and_never_derive():
    with pytest.raises(ValueError, match="base32"):
        HOTP.byte_secret(_Derived(RFC_4226, 6))


def test_the_key_of_a_code_is_the_hkdf_of_all_it_is_bound_to():
    info = pack(ID, PHONE, BOUND.tenant, BOUND.subject, BOUND.action, BOUND.transaction)
    secret = HKDFExpand(algorithm=SHA256(), length=20, info=info).derive(RING.subkey("k1", b"code"))
    assert derive(RING, ID, BOUND, phone=PHONE, digits=8) == HOTP(b32encode(secret).decode(), digits=8).at(0)


@pytest.mark.parametrize("digits", [6, 7, 8, 10])
def test_a_code_is_that_many_ascii_digits_and_the_same_each_time(digits):
    code = derive(RING, ID, BOUND, phone=PHONE, digits=digits)
    assert len(code) == digits
    assert code.isascii()
    assert code.isdigit()
    assert code == derive(
        KeyRing({"k1": K1}, current="k1", index={"i1": I1}), ID, BOUND, phone=PHONE, digits=digits
    )


OTHER_PAYMENTS = {
    "amount": evolve(PAYMENT, amount=Money("5100.01", "CNY")),
    "currency": evolve(PAYMENT, amount=Money("5100.00", "USD")),
    "payee": evolve(PAYMENT, payee="示例商户2"),
    "reference": evolve(PAYMENT, reference="L-2"),
    "no transaction": None,
}
OTHERS = {
    "subject": evolve(BOUND, subject="B-2"),
    "action": evolve(BOUND, action="login"),
    **{name: evolve(BOUND, transaction=digest_of(one)) for name, one in OTHER_PAYMENTS.items()},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_any_change_of_what_is_bound_changes_the_code_its_tag_and_its_grant(other):
    grant = new_grant(ID, bytes(16))
    # Ten digits: two codes are alike by chance once in 10**10.
    assert derive(RING, ID, BOUND, phone=PHONE, digits=10) != derive(RING, ID, other, phone=PHONE, digits=10)
    assert tag(RING, ID, BOUND, "123456") != tag(RING, ID, other, "123456")
    assert grant_tag(RING, grant, BOUND) != grant_tag(RING, grant, other)


def test_another_phone_challenge_or_key_has_another_code_and_another_tag():
    codes = [
        derive(ROTATED, about, BOUND, phone=phone, digits=10)
        for about in (ID, new_id("k1", bytes(16)), new_id("k2", bytes(range(16))))
        for phone in (PHONE, "+8617400000002")
    ]
    assert len(set(codes)) == len(codes)
    tags = [
        tag(ring, about, BOUND, code)
        for ring, about in (
            (RING, ID),
            (RING, new_id("k1", bytes(16))),
            (ROTATED, new_id("k2", bytes(range(16)))),
            (KeyRing({"k1": K2}, current="k1", index={"i1": I1}), ID),
        )
        for code in ("123456", "123457", "1234567", "")
    ]
    assert len(set(tags)) == len(tags)


def test_the_same_amount_written_otherwise_is_the_same_transaction():
    same = Transaction(amount=Money(Decimal("5.1E+3"), "CNY"), payee="示例商户", reference="L-1")
    assert digest_of(same) == BOUND.transaction


def test_a_tag_is_no_grants_tag_and_no_code():
    assert tag(RING, ID, BOUND, "") != grant_tag(RING, new_grant(ID, bytes(16)), BOUND)
    code = derive(RING, ID, BOUND, phone=PHONE, digits=6)
    assert code.encode() not in tag(RING, ID, BOUND, code)


def test_two_grants_of_one_challenge_have_tags_of_their_own():
    assert grant_tag(RING, new_grant(ID, bytes(16)), BOUND) != grant_tag(
        RING, new_grant(ID, b"1" * 16), BOUND
    )


def test_codes_of_an_older_key_stand_until_it_is_dropped():
    grant = new_grant(ID, bytes(16))
    code = derive(RING, ID, BOUND, phone=PHONE, digits=6)
    assert derive(ROTATED, ID, BOUND, phone=PHONE, digits=6) == code
    assert tag(ROTATED, ID, BOUND, code) == tag(RING, ID, BOUND, code)
    assert grant_tag(ROTATED, grant, BOUND) == grant_tag(RING, grant, BOUND)
    for asked in (
        lambda: derive(DROPPED, ID, BOUND, phone=PHONE, digits=6),
        lambda: tag(DROPPED, ID, BOUND, code),
        lambda: grant_tag(DROPPED, grant, BOUND),
    ):
        with pytest.raises(KeyError):
            asked()


@given(st.sampled_from(["k1", "a-b_C9", "k" * 32]), st.binary(min_size=16, max_size=16))
def test_an_id_says_its_key_and_a_grant_its_challenge(key_id, nonce):
    about = new_id(key_id, nonce)
    assert key_id_of(about) == key_id
    assert challenge_of(new_grant(about, nonce)) == about
    assert key_id_of(new_grant(about, nonce)) is None
    assert challenge_of(about) is None


FOREIGN = [
    "",
    "v1",
    "v1.k1",
    "v1..AAAAAAAAAAAAAAAAAAAAAA",
    f"{ID}\n",
    f" {ID}",
    f"{ID}A",
    ID[:-1],
    "v2" + ID[2:],
]
FOREIGN += [
    ID.replace("k1", "k.1"),
    ID.replace("k1", "ｋ１"),
    ID.replace("k1", "k" * 33),
    "v1.k1." + "１" * 22,
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_anything_else_is_no_id_no_grant_and_a_key_error(foreign):
    assert key_id_of(foreign) is None
    assert challenge_of(f"{foreign}.{'A' * 22}") is None
    with pytest.raises(KeyError):
        tag(RING, foreign, BOUND, "123456")
    with pytest.raises(KeyError):
        grant_tag(RING, foreign, BOUND)


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_no_two_lists_of_parts_are_packed_alike(parts, others):
    assert (pack(*parts) == pack(*others)) is (parts == others)


@pytest.mark.parametrize(
    ("parts", "others"), [(["ab", "c"], ["a", "bc"]), (["a", ""], ["a"]), ([""], []), (["a\0b"], ["a", "b"])]
)
def test_parts_cannot_be_moved_across_their_border(parts, others):
    assert pack(*parts) != pack(*others)


MANY = [
    derive(RING, new_id("k1", number.to_bytes(16, "big")), BOUND, phone=PHONE, digits=6)
    for number in range(5000)
]


def test_codes_are_spread_evenly_over_their_digits():
    for place in range(6):
        counts = Counter(code[place] for code in MANY)
        # Nine degrees of freedom: chi-square passes 33.7 once in 10,000; the codes are fixed, so this never flickers.
        assert sum((counts[digit] - 500) ** 2 / 500 for digit in "0123456789") < 33.7


def test_codes_of_different_ids_are_alike_no_oftener_than_chance():
    twins = len(MANY) - len(set(MANY))
    # 5,000 of a million: 12.5 expected (the birthday problem), a Poisson tail of 1 in 10,000 below 2 and above 27.
    assert 2 <= twins <= 27


def test_leading_zeros_are_kept():
    assert any(code.startswith("0") for code in MANY)
    assert all(len(code) == 6 for code in MANY)


@given(st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20)))
def test_both_tags_are_the_tag_and_the_grants_tag(said: tuple[str, str, str, str]) -> None:
    tenant, subject, action, digest = said
    bound = Bound(subject=subject, action=action, transaction=digest, tenant=tenant)
    grant_id = new_grant(ID, bytes(16))
    assert both_tags(RING, "k1", ID, grant_id, bound, "123456") == (
        tag(RING, ID, bound, "123456"),
        grant_tag(RING, grant_id, bound),
    )

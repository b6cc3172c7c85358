"""Codes that are derived, never stored.

The id of a challenge is ``v1.<key id>.<128 random bits>``. Its code is the RFC 4226 truncation (pyotp) under a key
that HKDF derives from the ring's key, the id, and everything the code is bound to: subject, action, phone,
transaction. A store keeps only the *tag* of the right code: HMAC-SHA256, under another subkey, over id, subject,
action, transaction and code. Without the ring a tag tells nothing; with another subject, action, amount or payee
it does not match.

>>> from loansms.privacy import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> about = new_id("k1", bytes(16))
>>> about, key_id_of(about), key_id_of("nonsense")
('v1.k1.AAAAAAAAAAAAAAAAAAAAAA', 'k1', None)
>>> bound = Bound(subject="B-1", action="login", transaction="")
>>> code = derive(ring, about, bound, phone="+12025550123", digits=6)
>>> len(code), code == derive(ring, about, bound, phone="+12025550124", digits=6)
(6, False)
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode

from attrs import field, frozen
from pyotp.hotp import HOTP

from loansms.otp.request import pack
from loansms.privacy.keys import KeyRing

NONCE = 16
"""Random bytes of a challenge id and of a grant: 128 bits."""

_ID = re.compile(r"v1\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]{22}")
_GRANT = re.compile(r"(v1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{22}")
_SECRET = 20  # bytes: RFC 4226, 4, R6 recommends a shared secret of 160 bits


@frozen(kw_only=True)
class Bound:
    """What a code and its grant are bound to; `transaction` is a digest, "" for none; `tenant` the lender group."""

    subject: str = field(repr=False)
    action: str
    transaction: str
    tenant: str = ""


class _Derived(HOTP):
    """pyotp's HOTP over bytes: base32 there and back, three times, would be half the time of a code.

    The text it is given in place of a secret is no base32, so a pyotp that read it would raise, not derive.
    """

    def __init__(self, secret: bytes, digits: int) -> None:
        self._bytes = secret
        super().__init__("0", digits=digits)

    def byte_secret(self) -> bytes:
        return self._bytes


def new_id(key_id: str, nonce: bytes) -> str:
    """Return a challenge id made with ring key `key_id` from 16 random bytes."""
    return f"v1.{key_id}.{_text(nonce)}"


def key_id_of(challenge_id: str) -> str | None:
    """Return the key id of a well-formed challenge id, None for anything else."""
    found = _ID.fullmatch(challenge_id) if _is_text(challenge_id) else None
    return None if found is None else found[1]


def new_grant(challenge_id: str, nonce: bytes) -> str:
    """Return the id of the grant of a challenge, from 16 random bytes."""
    return f"{challenge_id}.{_text(nonce)}"


def challenge_of(grant_id: str) -> str | None:
    """Return the challenge id of a well-formed grant id, None for anything else."""
    found = _GRANT.fullmatch(grant_id) if _is_text(grant_id) else None
    return None if found is None else found[1]


def derive(ring: KeyRing, challenge_id: str, bound: Bound, *, phone: str, digits: int) -> str:
    """Return the code of `digits` digits; KeyError when the ring no longer holds the id's key."""
    info = pack(challenge_id, phone) + _packed(bound)
    # The one block of HKDF-Expand (RFC 5869, 2.3): a subkey is strong already, so there is nothing to extract (3.3).
    secret = ring.digest(_key_id(challenge_id), b"code", info + b"\x01")[:_SECRET]
    return _Derived(secret, digits).at(0)


def tag(ring: KeyRing, challenge_id: str, bound: Bound, code: str) -> bytes:
    """Return the keyed digest of `code` for this challenge: 32 bytes; KeyError as `derive`."""
    return ring.digest(_key_id(challenge_id), b"check", pack(challenge_id, code) + _packed(bound))


def grant_tag(ring: KeyRing, grant_id: str, bound: Bound) -> bytes:
    """Return the keyed digest of a grant for what it is bound to: 32 bytes; KeyError as `derive`."""
    key_id = _key_id(challenge_of(grant_id) or "")
    return ring.digest(key_id, b"grant", pack(grant_id) + _packed(bound))


def both_tags(
    ring: KeyRing, key_id: str, challenge_id: str, grant_id: str, bound: Bound, code: str
) -> tuple[bytes, bytes]:
    """Return `tag` and `grant_tag` for ids whose key is known: what is bound is said once for both."""
    same = _said(bound)
    return (
        ring.digest(key_id, b"check", f"{len(challenge_id)}:{challenge_id}{len(code)}:{code}{same}".encode()),
        ring.digest(key_id, b"grant", f"{len(grant_id)}:{grant_id}{same}".encode()),
    )


def _said(bound: Bound) -> str:
    """Return what `pack` would make of the four, before it is encoded: written out, it takes a third of the time."""
    tenant, subject, action, digest = bound.tenant, bound.subject, bound.action, bound.transaction
    return f"{len(tenant)}:{tenant}{len(subject)}:{subject}{len(action)}:{action}{len(digest)}:{digest}"


def _packed(bound: Bound) -> bytes:
    return _said(bound).encode()


def _key_id(challenge_id: str) -> str:
    found = key_id_of(challenge_id)
    if found is None:
        raise KeyError("not a challenge id")
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _text(nonce: bytes) -> str:
    return urlsafe_b64encode(nonce).rstrip(b"=").decode()

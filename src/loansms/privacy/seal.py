"""A record that only the key ring reads: AES-256-GCM, bound to the id it belongs to.

Nonces are 96 random bits under one subkey per ring key; NIST SP 800-38D allows 2**32 records under such a key,
so rotate the ring before that many codes.

>>> from loansms.privacy.keys import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> sealed = seal(ring, "k1", b"a record", about="id-1", nonce=bytes(12))
>>> unseal(ring, "k1", sealed, about="id-1")
b'a record'
>>> unseal(ring, "k1", sealed, about="id-2") is None
True
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loansms.privacy.keys import KeyRing

NONCE = 12
"""Bytes of a nonce (NIST SP 800-38D, 8.2)."""


def seal(ring: KeyRing, key_id: str, plain: bytes, *, about: str, nonce: bytes) -> bytes:
    """Return `plain` encrypted under ring key `key_id`; `about` is the id it belongs to, `nonce` 12 fresh bytes."""
    return nonce + _cipher(ring.subkey(key_id, b"seal")).encrypt(nonce, plain, about.encode())


def unseal(ring: KeyRing, key_id: str, sealed: bytes, *, about: str) -> bytes | None:
    """Return the plain record, or None when the key is gone or the record is not of this id."""
    if key_id not in ring:
        return None
    cipher = _cipher(ring.subkey(key_id, b"seal"))
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
    except (InvalidTag, ValueError):
        return None


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)

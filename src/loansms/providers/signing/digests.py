"""The hashes that schemes are made of, and the one way two signatures are compared.

Text becomes UTF-8; a lone surrogate, which only a broken or hostile callback holds, becomes bytes that match nothing
instead of an exception.
"""

from __future__ import annotations

import hashlib
import hmac


def octets(text: str | bytes) -> bytes:
    """Return `text` as the bytes that are hashed.

    >>> octets("码")
    b'\\xe7\\xa0\\x81'
    """
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def hex_sha256(data: str | bytes) -> str:
    """Return the SHA-256 of `data` in lower-case hex.

    >>> hex_sha256(b"")
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return hashlib.sha256(octets(data)).hexdigest()


def hmac_sha256(key: str | bytes, data: str | bytes) -> bytes:
    """Return the HMAC-SHA256 of `data`: 32 bytes."""
    return hmac.digest(octets(key), octets(data), "sha256")


def derived_key(secret: str, *parts: str) -> bytes:
    """Return `secret` hashed over each part in turn, as the scoped schemes bind a key to a day and a service."""
    key = octets(secret)
    for part in parts:
        key = hmac_sha256(key, part)
    return key


def md5(*parts: str | bytes) -> bytes:
    """Return the MD5 of the parts joined: 16 bytes.

    MD5 is what these gateways speak. Declared as not for security, because a FIPS build refuses it otherwise; the
    line itself has to be private.
    """
    return hashlib.md5(b"".join(map(octets, parts)), usedforsecurity=False).digest()


def same_signature(expected: str | bytes, given: str | bytes) -> bool:
    """Return whether two signatures are equal, in a time that does not tell how much of them is.

    >>> same_signature("c8d9", "c8d9"), same_signature("c8d9", "c8d8"), same_signature("c8d9", "签名")
    (True, False, False)
    """
    return hmac.compare_digest(octets(expected), octets(given))

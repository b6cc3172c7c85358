"""Signatures behind one seam: Ed25519 from `cryptography`; SM2, or a key in a security module, from the host.

What is signed names its suite and the key, so a verifier is chosen by both and an unknown one fails.

>>> signer = Ed25519Signer(bytes(32), key_id="s1")
>>> signature = signer.sign(b"a checkpoint")
>>> verifier = Ed25519Verifier(signer.public, key_id="s1")
>>> verifies([verifier], b"a checkpoint", signature, suite="intl", key_id="s1")
True
>>> verifies([verifier], b"a checkpoint", signature, suite="gm", key_id="s1")
False
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from loansms.errors import ConfigurationError

SEED = 32
"""Bytes of an Ed25519 private key, and of a public one (RFC 8032, 5.1.5)."""


class Signer(Protocol):
    """Who signs: `suite` names the kind of signature (``Suite.signature``), `key_id` the key."""

    @property
    def suite(self) -> str: ...  # noqa: D102
    @property
    def key_id(self) -> str: ...  # noqa: D102
    def sign(self, said: bytes) -> bytes:
        """Return the signature of `said`."""
        ...


class Verifier(Protocol):
    """Who tells a right signature from a wrong one, by the public key alone."""

    @property
    def suite(self) -> str: ...  # noqa: D102
    @property
    def key_id(self) -> str: ...  # noqa: D102
    def verify(self, said: bytes, signature: bytes) -> bool:
        """Say whether `signature` is of `said` and of this key."""
        ...


class Ed25519Signer:
    """A private key of the suite `intl`: 32 random bytes, kept where your other secrets are."""

    suite = "intl"

    def __init__(self, seed: bytes, *, key_id: str) -> None:
        if len(seed) != SEED:
            got = len(seed)
            del self, seed
            raise ConfigurationError(
                f"signing key {key_id}: expected {SEED} random bytes, got {got}",
                f"签名密钥 {key_id} 应为 {SEED} 个随机字节，实际 {got} 个",
            )
        self.key_id = key_id
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def __repr__(self) -> str:
        return f"Ed25519Signer(key_id={self.key_id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is not pickled: build it where it is needed")

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes: give it to whoever verifies, by another way than the signed records."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, said: bytes) -> bytes:
        """Return the signature of `said`: 64 bytes, the same each time."""
        return self._key.sign(said)


class Ed25519Verifier:
    """A public key of the suite `intl`; ConfigurationError unless it has 32 bytes."""

    suite = "intl"

    def __init__(self, public: bytes, *, key_id: str) -> None:
        if len(public) != SEED:
            raise ConfigurationError(
                f"public key {key_id}: expected {SEED} bytes, got {len(public)}",
                f"公钥 {key_id} 应为 {SEED} 个字节，实际 {len(public)} 个",
            )
        self.key_id = key_id
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def __repr__(self) -> str:
        return f"Ed25519Verifier(key_id={self.key_id!r})"

    def verify(self, said: bytes, signature: bytes) -> bool:
        """Say whether `signature` is of `said` and of this key."""
        try:
            self._key.verify(signature, said)
        except InvalidSignature:
            return False
        return True


def verifies(
    verifiers: Iterable[Verifier], said: bytes, signature: bytes, *, suite: str, key_id: str
) -> bool:
    """Say whether the verifier of that suite and key takes `signature`; False where there is none of them."""
    return any(one.verify(said, signature) for one in verifiers if (one.suite, one.key_id) == (suite, key_id))

"""Which ciphers a sealed or signed value was made with: a table of suites, named by every such value.

`intl`: AES-256-GCM (NIST SP 800-38D), HMAC and HKDF over SHA-256, Ed25519 (RFC 8032). `gm`: SM4-GCM (GB/T 32907,
RFC 8998), HMAC and HKDF over SM3 (GB/T 32905), SM2 (GB/T 32918) by a signer of the host's, for mainland lenders whose
assessment asks for commercial cryptography (GB/T 39786). SM4 keys have 128 bits. What SHA-256 or SM3 made under `intl`
is nothing under `gm`: a value stays in the suite it names.

>>> suite_named("intl").key_size, suite_named("gm").key_size
(32, 16)
>>> suite_named("rot13")
Traceback (most recent call last):
loansms.errors.ConfigurationError: cipher suite: expected one of intl, gm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol

from attrs import field, frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loansms.errors import ConfigurationError

NONCE = 12
"""Bytes of a nonce (NIST SP 800-38D, 8.2): fresh for every value; at most 2**32 random ones a key."""

TAG = 16
"""Bytes of an authentication tag: both suites keep it whole."""

_SALT = b"loansms/1"


class Aead(Protocol):
    """Authenticated encryption under one key: the tag stands behind the ciphertext."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return ciphertext and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return the plain bytes; raise InvalidTag (cryptography.exceptions) unless all fits."""
        ...


class Sm4Gcm:
    """SM4 in Galois/Counter mode with a tag of 16 bytes, for which cryptography has parts but no class."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return ciphertext and tag."""
        taken = Cipher(self._key, modes.GCM(nonce)).encryptor()
        taken.authenticate_additional_data(associated_data or b"")
        return taken.update(data) + taken.finalize() + taken.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return the plain bytes; raise InvalidTag unless all fits, and then nothing of them leaves."""
        taken = Cipher(self._key, modes.GCM(nonce, data[-TAG:], min_tag_length=TAG)).decryptor()
        taken.authenticate_additional_data(associated_data or b"")
        return taken.update(data[:-TAG]) + taken.finalize()


@frozen
class Suite:
    """One set of ciphers; ``code`` names it in the header of a sealed value, ``key_size`` is in bytes.

    ``signature`` names the kind of signature that goes with it (`loansms.evidence.Signer`).
    """

    name: str
    code: int
    key_size: int
    signature: str
    hash: Callable[[], HashAlgorithm] = field(repr=False)
    cipher: Callable[[bytes], Aead] = field(repr=False)

    def derive(self, secret: bytes, use: bytes, size: int) -> bytes:
        """Return `size` bytes derived from `secret` for one `use` by HKDF (RFC 5869) over the suite's digest."""
        return HKDF(algorithm=self.hash(), length=size, salt=_SALT, info=use).derive(secret)

    def hmac(self, key: bytes, said: bytes) -> bytes:
        """Return the HMAC of `said`: 32 bytes in both suites."""
        keyed = HMAC(key, self.hash())
        keyed.update(said)
        return keyed.finalize()


INTL = Suite("intl", 1, 32, "Ed25519", SHA256, AESGCM)
GM = Suite("gm", 2, 16, "SM2", SM3, Sm4Gcm)

SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (INTL, GM)})
"""Every suite by its name; a code once given stays with its suite for good."""

CODED: Mapping[int, Suite] = MappingProxyType({suite.code: suite for suite in SUITES.values()})
"""Every suite by the code in the header of what it sealed."""


def suite_named(name: str) -> Suite:
    """Return the suite called `name`; raise ConfigurationError for one not in the table, or that cannot be had here."""
    fault = fault_of_suite(name)
    if fault is not None:
        raise ConfigurationError(*fault)
    return SUITES[name]


def fault_of_suite(name: str) -> tuple[str, str] | None:
    """Return why `name` cannot be used, in English and Chinese: no such suite, or an OpenSSL without its ciphers."""
    found = SUITES.get(name)
    if found is None:
        return (
            f"cipher suite: expected one of {', '.join(SUITES)}",
            f"密码套件应为 {'、'.join(SUITES)} 之一",
        )
    if _lacks(found):
        return (
            f"cipher suite {name}: this OpenSSL lacks its ciphers: install cryptography from its wheel, or take intl",
            f"密码套件 {name}：cryptography 所用的 OpenSSL 不支持其算法，请改用 cryptography 官方 wheel 或套件 intl",
        )
    return None


@cache
def _lacks(suite: Suite) -> bool:
    try:
        suite.hmac(bytes(suite.key_size), b"")
        suite.cipher(bytes(suite.key_size)).encrypt(bytes(NONCE), b"", None)
    except UnsupportedAlgorithm:
        return True
    return False

"""The key of one subject's records, and the form in which it is kept: wrapped under a key that lives elsewhere.

A data key is random, not derived from anything: whoever deletes its wrapped form has shredded every record under it.
It stands for its tenant and subject for good and seals nobody else's records.

>>> key = DataKey(bytes(32), tenant="main", subject="B-1")
>>> key
DataKey(suite='intl', id='c9515b94442f2b76')
>>> WrappedKey(tenant="main", subject="B-1", suite="intl", kek_id="2026a", blob=b"...")
WrappedKey(tenant='main', subject='B-1', suite='intl', kek_id='2026a')
"""

from __future__ import annotations

from typing import NoReturn

from attrs import field, frozen
from cryptography.exceptions import InvalidTag

from loansms.errors import ConfigurationError
from loansms.privacy.bound import bound
from loansms.privacy.suites import SUITES, Suite, fault_of_suite

KEY_ID = 8
"""Bytes that name a data key in what it sealed: derived from it, so they tell nothing of it."""

_MAC_KEY = 32


@frozen(kw_only=True)
class WrappedKey:
    """A data key as a store keeps it: useless without the key `kek_id` of the provider that wrapped it.

    ``kek_id`` names the key-encryption key with its version; ``blob`` is whatever the provider gave back. Keep it
    apart from the records' backups, or for a shorter time: a copy of it undoes the shredding.
    """

    tenant: str
    subject: str
    suite: str
    kek_id: str
    blob: bytes = field(repr=False)

    @property
    def aad(self) -> bytes:
        """The associated data it was wrapped with: a wrapped key put in another subject's place does not open."""
        return aad_of(self.tenant, self.subject, self.suite)


def aad_of(tenant: str, subject: str, suite: str) -> bytes:
    """Return what a provider binds a wrapped key to."""
    return bound("loansms data key", tenant, subject, suite)


class DataKey:
    """The key of one subject's records, in use: sealing and digests have subkeys of their own, by HKDF.

    ``secret`` are as many random bytes as the suite's keys have (32 for `intl`, 16 for `gm`); they are not kept.
    Raise ConfigurationError for another size or an unknown suite. Nothing prints it, and it is not pickled or copied.
    """

    __slots__ = ("_cipher", "_mac_key", "id", "subject", "suite", "tenant")

    def __init__(self, secret: bytes, *, tenant: str, subject: str, suite: str = "intl") -> None:
        fault = fault_of_suite(suite) or _fault_of_size(SUITES[suite], len(secret))
        if fault is not None:
            # No frame of ours keeps the bytes, whatever prints its local variables.
            del self, secret
            raise ConfigurationError(*fault)
        self.suite: Suite = SUITES[suite]
        self.tenant: str = tenant
        self.subject: str = subject
        block = self.suite.derive(secret, b"data key", KEY_ID + _MAC_KEY + self.suite.key_size)
        self.id: bytes = block[:KEY_ID]
        self._mac_key = block[KEY_ID : KEY_ID + _MAC_KEY]
        self._cipher = self.suite.cipher(block[KEY_ID + _MAC_KEY :])

    def __repr__(self) -> str:
        return f"DataKey(suite={self.suite.name!r}, id={self.id.hex()!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a DataKey is not pickled: carry its WrappedKey and unwrap it where it is needed")

    def encrypt(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Return `plain` encrypted, with its tag; `nonce` is used once."""
        return self._cipher.encrypt(nonce, plain, aad)

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes | None:
        """Return the plain bytes, None unless every byte of all three is what it was."""
        try:
            return self._cipher.decrypt(nonce, sealed, aad)
        except InvalidTag:
            return None

    def mac(self, said: bytes) -> bytes:
        """Return the HMAC of `said` under a subkey of its own: 32 bytes."""
        return self.suite.hmac(self._mac_key, said)


def _fault_of_size(suite: Suite, got: int) -> tuple[str, str] | None:
    if got == suite.key_size:
        return None
    return (
        f"data key: expected {suite.key_size} random bytes for the suite {suite.name}, got {got}",
        f"数据密钥：套件 {suite.name} 应为 {suite.key_size} 个随机字节，实际 {got} 个",
    )

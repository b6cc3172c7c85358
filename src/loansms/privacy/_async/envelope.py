"""Data keys made, opened and re-wrapped with a key provider: envelope encryption.

The provider sees data keys, never records. Changing its key (rotation) re-wraps the data keys and touches no record;
deleting a wrapped key shreds every record under it.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from typing import Protocol

from attrs import evolve

from loansms.privacy.data_key import DataKey, WrappedKey, aad_of
from loansms.privacy.held_keys import DataKeys
from loansms.privacy.opening import CannotOpen, Fault
from loansms.privacy.secret import Secret
from loansms.privacy.suites import SUITES


class AsyncKeyProvider(Protocol):
    """Who holds the key-encryption keys: a KMS, a security module, bytes of the host's (`StaticKeys`).

    It wraps under its current key and unwraps under every key it still holds. `aad` is bound to what is wrapped: to
    unwrap with other bytes must fail. Its own errors (a network, a refusal) pass through as they are.
    """

    async def wrap(self, key: bytes, aad: bytes) -> tuple[str, bytes]:
        """Return the id of the key-encryption key, with its version, and `key` wrapped under it."""
        ...

    async def unwrap(self, kek_id: str, blob: bytes, aad: bytes) -> bytes:
        """Return the key as it was wrapped; raise for another `aad` or a key that is not held."""
        ...


class AsyncEnvelope:
    """Data keys by way of a provider, the last used ones held for a moment; safe to share between threads and tasks.

    ``held=DataKeys(most=0)`` asks the provider every time.
    """

    def __init__(self, provider: AsyncKeyProvider, *, held: DataKeys | None = None) -> None:
        self._provider = provider
        self.held: DataKeys = DataKeys() if held is None else held

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self._provider).__name__}, held={self.held!r})"

    async def new_key(self, secret: bytes, *, tenant: str, subject: str, suite: str = "intl") -> WrappedKey:
        """Return a subject's new data key, wrapped: store it before anything is sealed under it.

        `secret` are fresh random bytes, ``suite_named(suite).key_size`` of them. Raise ConfigurationError for another
        number of bytes, an unknown suite, or one whose ciphers this machine lacks.
        """
        # Hidden first: a provider that fails is the usual fault here, and its traceback goes through this frame.
        hidden = Secret(secret)
        del secret
        DataKey(hidden.reveal(), tenant=tenant, subject=subject, suite=suite)
        kek_id, blob = await self._provider.wrap(hidden.reveal(), aad_of(tenant, subject, suite))
        return WrappedKey(tenant=tenant, subject=subject, suite=suite, kek_id=kek_id, blob=blob)

    async def data_key(self, wrapped: WrappedKey, now: datetime) -> DataKey:
        """Return the data key of `wrapped`; raise CannotOpen for what is not a key of this tenant and subject."""
        found = self.held.get(wrapped, now)
        if found is None:
            secret = await self._unwrapped(wrapped)
            found = DataKey(
                secret.reveal(), tenant=wrapped.tenant, subject=wrapped.subject, suite=wrapped.suite
            )
            self.held.put(wrapped, found, now)
        return found

    async def rewrap(self, wrapped: WrappedKey) -> WrappedKey:
        """Return the same data key wrapped under the provider's current key; records stay as they are.

        What comes back is unwrapped once more before it is returned, because the caller is about to overwrite the
        only other copy.
        """
        secret = await self._unwrapped(wrapped)
        kek_id, blob = await self._provider.wrap(secret.reveal(), wrapped.aad)
        anew = evolve(wrapped, kek_id=kek_id, blob=blob)
        again = await self._unwrapped(anew)
        if not compare_digest(again.reveal(), secret.reveal()):
            raise CannotOpen(Fault.NOT_AUTHENTIC, "re-wrapped data key")
        return anew

    async def _unwrapped(self, wrapped: WrappedKey) -> Secret[bytes]:
        suite = SUITES.get(wrapped.suite)
        if suite is None:
            raise CannotOpen(Fault.UNKNOWN_SUITE, "wrapped data key")
        secret = Secret(await self._provider.unwrap(wrapped.kek_id, wrapped.blob, wrapped.aad))
        if len(secret.reveal()) != suite.key_size:
            raise CannotOpen(Fault.WRONG_SIZE, "wrapped data key")
        return secret

"""Whom a codec believes whose gateway signs nothing: what its guard lets through, and nobody without one."""

from __future__ import annotations

from typing import Protocol

from loansms.providers.codec import Callback, CallbackRefused


class Doorkeeper(Protocol):
    """A guard, such as `loansms.providers.callbacks.Guard`."""

    def refused(self, callback: Callback) -> CallbackRefused | None:
        """Return why `callback` is not believed, None where it is."""
        ...


def refused_by(guard: Doorkeeper | None, callback: Callback) -> CallbackRefused | None:
    """Return why `callback` is not believed: "unguarded" where there is no guard at all."""
    return CallbackRefused("unguarded") if guard is None else guard.refused(callback)

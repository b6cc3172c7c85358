"""What a router is told of the brakes: a store that keeps them is one, and only a stop of a route concerns it.

>>> from datetime import UTC, datetime
>>> from loansms.stores import MemoryStore, Stop, StopScope
>>> store = MemoryStore()
>>> told = {"at": datetime(2026, 9, 24, tzinfo=UTC), "by": "desk-1"}
>>> store.stop(Stop(scope=StopScope.ROUTE, value="aliyun", **told)), store.stop(Stop(scope=StopScope.STAGE, value="late", **told))
(True, True)
>>> sorted(stopped(store.stops()))
['aliyun']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

_ROUTE: Final = "route"


class Braked(Protocol):
    """Something that is stopped: a scope and the name in it."""

    @property
    def scope(self) -> str:
        """What the stop is about, such as "route"."""
        ...

    @property
    def value(self) -> str:
        """Which one of them."""
        ...


class Brakes(Protocol):
    """Who knows what is stopped, such as a store."""

    def stops(self) -> Sequence[Braked]:
        """Return what is stopped now; raise StoreError where that cannot be read."""
        ...


class AsyncBrakes(Protocol):
    """The same, awaited."""

    async def stops(self) -> Sequence[Braked]: ...  # noqa: D102


def stopped(told: Iterable[Braked]) -> frozenset[str]:
    """Return the providers that are stopped."""
    return frozenset(one.value for one in told if one.scope == _ROUTE)

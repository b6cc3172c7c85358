"""Which road a message takes: routes as data, one choice a message, the same whenever it is asked.

Nothing here knows a rule pack: what a gateway refuses to carry is handed in (`loansms.templates.routes` tells it). Of the
routes that may carry a message the lowest ``tier`` comes first, then the lowest price of the message; where these are alike the
weights share the traffic by the message's own step key, so that a message asked about twice goes the same way.

>>> from loansms.testing.examples import message
>>> table = RouteTable((Route(provider="line-a", weight=3), Route(provider="line-b"), Route(provider="abroad", countries={"US"})))
>>> [one.provider for one in table.candidates(message())]
['line-a', 'line-b']
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from decimal import Decimal
from math import log
from pathlib import Path

from attrs import field, frozen

from loansms.errors import ConfigurationError
from loansms.files import read_toml, structure
from loansms.model import Channel, Message, Purpose

_FREE = Decimal(0)
Refuses = Callable[[str, Message], bool]


def _carries_all(_provider: str, _message: Message) -> bool:
    return False


@frozen(kw_only=True)
class Route:
    """One road and what it is for; an empty set means all.

    ``operators`` are those of `loansms.providers.operators`; a number whose operator is not known takes only routes that name
    none. ``price`` is for one segment, in whatever currency all routes of a table share. ``per_second`` paces the whole
    route, ``range_per_second`` each block of numbers that share their first ``range_digits`` digits.
    """

    provider: str
    purposes: frozenset[Purpose] = field(default=frozenset(), converter=frozenset)
    countries: frozenset[str] = field(default=frozenset(), converter=frozenset)
    operators: frozenset[str] = field(default=frozenset(), converter=frozenset)
    channels: frozenset[Channel] = field(default=frozenset(), converter=frozenset)
    tier: int = 0
    price: Decimal = _FREE
    weight: int = 1
    per_second: Decimal | None = None
    burst: int = 1
    range_per_second: Decimal | None = None
    range_digits: int = 7

    def __attrs_post_init__(self) -> None:
        paces = [one for one in (self.per_second, self.range_per_second) if one is not None]
        if self.weight < 1 or self.burst < 1 or self.price < 0 or any(one <= 0 for one in paces):
            raise ConfigurationError(
                f"route {self.provider}: weight and burst are 1 or more, price is 0 or more, a pace is above 0",
                f"路由 {self.provider}：weight、burst 至少为 1，price 不小于 0，速率应大于 0",
            )

    def takes(self, message: Message, operator: str | None) -> bool:
        """Whether the route is meant for `message`, whose number belongs to `operator` (None: nobody knows)."""
        return (
            (not self.purposes or message.purpose in self.purposes)
            and (not self.countries or message.to.country in self.countries)
            and (not self.operators or operator in self.operators)
            and (not self.channels or message.channel in self.channels)
        )

    def share(self, step_key: str) -> float:
        """Return the route's place in the draw of a message: the highest wins, as often as its weight says.

        Weighted rendezvous hashing (Thaler and Ravishankar, 1998; logarithmic form): taking a route away moves only its own
        messages.
        """
        digest = hashlib.sha256(f"{self.provider}|{step_key}".encode()).digest()
        drawn = (int.from_bytes(digest[:7], "big") + 1) / (2**56 + 2)
        return -self.weight / log(drawn)


@frozen
class RouteTable:
    """All routes of a sender."""

    routes: tuple[Route, ...]

    def __attrs_post_init__(self) -> None:
        if not self.routes:
            raise ConfigurationError("routes: expected at least one", "routes：至少需要一条路由")

    @classmethod
    def load(cls, path: str | Path) -> RouteTable:
        """Return the routes of a TOML file, tables ``[[route]]``; raise ConfigurationError for any other."""
        told = read_toml(Path(path))
        return cls(structure(told, _File, Path(path).name).route)

    @property
    def providers(self) -> frozenset[str]:
        """The providers named."""
        return frozenset(one.provider for one in self.routes)

    def candidates(
        self,
        message: Message,
        *,
        operator: str | None = None,
        refuses: Refuses = _carries_all,
        closed: Collection[str] = (),
    ) -> list[Route]:
        """Return the routes that may carry `message`, the first choice first, each provider once.

        `refuses(provider, message)` says what a gateway does not take; `closed` are providers that are not asked now.
        """
        fit = [
            one
            for one in self.routes
            if one.provider not in closed
            and one.takes(message, operator)
            and not refuses(one.provider, message)
        ]
        segments = max(message.segments, 1)
        fit.sort(key=lambda one: (one.tier, one.price * segments, -one.share(message.step_key)))
        return list({one.provider: one for one in reversed(fit)}.values())[::-1]


@frozen
class _File:
    route: tuple[Route, ...]

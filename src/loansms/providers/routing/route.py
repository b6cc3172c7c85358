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
from loansms.providers.routing.choice import PassedOver

_FREE = Decimal(0)
Refuses = Callable[[str, Message], bool]


def _carries_all(_provider: str, _message: Message) -> bool:
    return False


@frozen(kw_only=True)
class Route:
    """One road and what it is for; an empty set means all.

    ``operators`` are those of `loansms.providers.routing.operators`; a number whose operator is not known takes only routes that name
    none. ``price`` is for one segment, in whatever currency all routes of a table share. ``per_second`` paces the whole
    route, ``range_per_second`` each block of numbers that share their first ``range_digits`` digits; at most ``most_waiting``
    messages wait for their turn.
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
    most_waiting: int = 1_000

    def __attrs_post_init__(self) -> None:
        paces = [one for one in (self.per_second, self.range_per_second) if one is not None]
        if (
            min(self.weight, self.burst, self.most_waiting) < 1
            or self.price < 0
            or any(one <= 0 for one in paces)
        ):
            raise ConfigurationError(
                f"route {self.provider}: expected weight, burst and most_waiting of 1 or more, a price of 0 or more, a pace above 0",
                f"路由 {self.provider}：weight、burst、most_waiting 至少为 1，price 不小于 0，速率应大于 0",
            )

    def misfit(self, message: Message, operator: str | None) -> str:
        """Return what of `message`, whose number belongs to `operator` (None: nobody knows), the route is not meant for, "" where it is."""
        checks = {
            "purpose": not self.purposes or message.purpose in self.purposes,
            "country": not self.countries or message.to.country in self.countries,
            "operator": not self.operators or operator in self.operators,
            "channel": not self.channels or message.channel in self.channels,
        }
        return next((what for what, fits in checks.items() if not fits), "")

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
    """All routes of a sender, at least one; `ConfigurationError` for none."""

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
        stopped: Collection[str] = (),
    ) -> list[Route]:
        """Return the routes that may carry `message`, the first choice first, each provider once.

        `refuses(provider, message)` says what a gateway does not take; `closed` are providers that are not asked now, `stopped`
        those a person has stopped.
        """
        return self.sifted(message, operator=operator, refuses=refuses, closed=closed, stopped=stopped)[0]

    def sifted(
        self,
        message: Message,
        *,
        operator: str | None = None,
        refuses: Refuses = _carries_all,
        closed: Collection[str] = (),
        stopped: Collection[str] = (),
    ) -> tuple[list[Route], list[PassedOver]]:
        """Return the same, and why each provider that is not among them was passed over."""
        fit: list[Route] = []
        passed: dict[str, str] = {}
        for one in self.routes:
            why = one.misfit(message, operator)
            if not why and refuses(one.provider, message):
                why = "refuses"
            if not why and one.provider in stopped:
                why = "stopped"
            if not why and one.provider in closed:
                why = "resting"
            if why:
                passed[one.provider] = why
            else:
                fit.append(one)
        taken = {one.provider for one in fit}
        over = [PassedOver(name, why) for name, why in passed.items() if name not in taken]
        return self._ordered(fit, message), over

    def _ordered(self, fit: list[Route], message: Message) -> list[Route]:
        segments = max(message.segments, 1)
        fit.sort(key=lambda one: (one.tier, one.price * segments, -one.share(message.step_key)))
        return list({one.provider: one for one in reversed(fit)}.values())[::-1]


@frozen
class _File:
    route: tuple[Route, ...]

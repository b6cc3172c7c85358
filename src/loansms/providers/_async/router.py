"""A provider over several providers: the first choice of the table, and another only where the first provably did not send.

After Unknown nothing is tried: the message may have gone. After a limit of the recipient's number, an opt-out or a number that
does not exist nothing is tried either: another road would only go round what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import define, field, frozen

from loansms.clock import AsyncPause, Clock, SystemClock, require_aware
from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import (
    Channel,
    DeliveryReceipt,
    InboundMessage,
    Message,
    OutcomeClass,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.providers.base import (
    AsyncProvider,
    AsyncSupportsInbound,
    AsyncSupportsLookup,
    AsyncSupportsReceipts,
)
from loansms.providers.breaker import Breaker
from loansms.providers.codec import Enquiry
from loansms.providers.operators import AsyncNumberLookup, by_prefix
from loansms.providers.pace import Pace, Paces
from loansms.providers.route import Refuses, Route, RouteTable

NO_ROUTE = Rejected("no_route", True, OutcomeClass.FAILED_RETRYABLE)
PACED_OUT = Rejected("paced_out", True, OutcomeClass.FAILED_RETRYABLE)
# Not sent, for a reason another road may not share.
_ELSEWHERE = {
    OutcomeClass.FAILED_RETRYABLE,
    OutcomeClass.AUTH_ERROR,
    OutcomeClass.BALANCE,
    OutcomeClass.TEMPLATE_REJECTED,
    OutcomeClass.RATE_LIMITED,
}


@frozen
class RouteAlert:
    """A provider rests from now on, and why ("auth_error", "balance", "failures"): for operators, without personal data."""

    provider: str
    why: str
    at: datetime


def _nobody_listens(_alert: RouteAlert) -> None:
    """No operator has asked to be told."""


@define(kw_only=True)
class AsyncRouter:
    """Takes a message to the provider its table chooses; itself a provider, for services and for other routers.

    `providers` are those the table names. `lookup` tells who serves a number now; without one, and where it does not know, the
    prefix does. `refuses(provider, message)` says what a gateway does not carry. `alert` hears of a provider that is not
    asked for a while. Raise ConfigurationError for a provider the table names and nobody gave.
    """

    table: RouteTable
    providers: Mapping[str, AsyncProvider] = field(repr=False)
    lookup: AsyncNumberLookup | None = None
    refuses: Refuses | None = None
    alert: Callable[[RouteAlert], None] = _nobody_listens
    clock: Clock = field(factory=SystemClock, repr=False)
    breaker: Breaker = field(factory=Breaker)
    name: str = "router"
    _pause: AsyncPause = field(factory=AsyncPause, repr=False)
    _paces: dict[Route, Paces] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        missing = sorted(self.table.providers - self.providers.keys())
        if missing:
            raise ConfigurationError(
                f"routes: nobody gave the provider {missing[0]}; pass it in providers=",
                f"routes：缺少通道商 {missing[0]}，请在 providers= 中提供",
            )
        self._paces = {one: Paces(one) for one in self.table.routes}

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels of all its providers."""
        return frozenset(one for provider in self.providers.values() for one in provider.channels)

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand `message` over by the first road that takes it before `deadline` (aware).

        Rejected with "no_route" where no road is for it, with "paced_out" where none has room in time: not sent, to be tried
        later. Raise UnsupportedByProvider for a channel none of its providers takes.
        """
        require_aware(deadline, "deadline")
        if message.channel not in self.channels:
            raise UnsupportedByProvider(
                f"provider {self.name}: the channel {message.channel.value} is not supported",
                f"通道商 {self.name}：不支持 {message.channel.value} 渠道",
            )
        answer: SubmitResult = NO_ROUTE
        for route in await self._candidates(message):
            provider = self.providers[route.provider]
            if message.channel not in provider.channels:
                continue
            if not self.breaker.probe(route.provider, self.clock.now()):
                continue
            if not await self._room(route, message, deadline):
                answer = PACED_OUT if answer == NO_ROUTE else answer
                continue
            try:
                answer = await provider.submit(message, deadline)
            except UnsupportedByProvider:
                # Nothing was handed over: a template of theirs that nobody mapped, a value the text has not.
                answer = Rejected("unsupported", kind=OutcomeClass.TEMPLATE_REJECTED)
                continue
            self._noted(route.provider, answer)
            if not goes_elsewhere(answer):
                return answer
        return answer

    async def receipts(self, now: datetime) -> Sequence[DeliveryReceipt]:
        """Return the receipts of all its providers that can be asked, each once."""
        found: list[DeliveryReceipt] = []
        for provider in self.providers.values():
            if isinstance(provider, AsyncSupportsReceipts):
                found += await provider.receipts(now)
        return found

    async def inbound(self, now: datetime) -> Sequence[InboundMessage]:
        """Return the replies of all its providers that can be asked, each once."""
        found: list[InboundMessage] = []
        for provider in self.providers.values():
            if isinstance(provider, AsyncSupportsInbound):
                found += await provider.inbound(now)
        return found

    async def look_up(self, enquiry: Enquiry, deadline: datetime) -> SubmitResult | DeliveryReceipt:
        """Ask every provider that can be asked, until one knows the message; else Unknown.

        That one does not know it proves nothing of the others, so Rejected is not believed here.
        """
        for provider in self.providers.values():
            if not isinstance(provider, AsyncSupportsLookup):
                continue
            found = await provider.look_up(enquiry, deadline)
            if not isinstance(found, Unknown | Rejected):
                return found
        return Unknown("not_found")

    async def _candidates(self, message: Message) -> list[Route]:
        told = await self.lookup.operator(message.to) if self.lookup is not None else None
        operator = told or by_prefix(message.to)
        return self.table.candidates(
            message,
            operator=operator.name if operator else None,
            closed=self.breaker.closed(self.clock.now()),
            **({"refuses": self.refuses} if self.refuses is not None else {}),
        )

    async def _room(self, route: Route, message: Message, deadline: datetime) -> bool:
        """Wait for a token of every bucket of the route; return whether there was one in time."""
        room = True
        for pace in self._paces[route].of(message):
            room = room and await self._turn(pace, message, deadline)
        return room

    async def _turn(self, pace: Pace, message: Message, deadline: datetime) -> bool:
        ticket = pace.ticket(message.purpose, self.clock.now())
        try:
            while True:
                now = self.clock.now()
                wait = pace.turn(ticket, now)
                if wait is None:
                    return True
                if now + wait >= deadline:
                    return False
                await self._pause(wait)
        finally:
            pace.leave(ticket)

    def _noted(self, provider: str, answer: SubmitResult) -> None:
        now = self.clock.now()
        why = self.breaker.note(provider, answer, now)
        if why is not None:
            self.alert(RouteAlert(provider, why, now))


def goes_elsewhere(answer: SubmitResult) -> bool:
    """Return whether another road may be tried: the message was provably not sent, and not for the number's own sake."""
    if not isinstance(answer, Rejected) or answer.per_number:
        return False
    return answer.retryable if answer.kind is None else answer.kind in _ELSEWHERE

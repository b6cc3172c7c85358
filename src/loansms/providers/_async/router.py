"""A provider over several providers: the first choice of the table, and another only where the first provably did not send.

After Unknown nothing is tried: the message may have gone. After a limit of the recipient's number, an opt-out or a number that
does not exist nothing is tried either: another road would only go round what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import new_class
from typing import Self, cast

from attrs import define, evolve, field, frozen

from loansms.clock import AsyncPause, Clock, SystemClock, require_aware
from loansms.errors import ConfigurationError, ProviderError, StoreError, UnsupportedByProvider
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
    SupportsAttachments,
    carried_by,
)
from loansms.providers.codec import Enquiry
from loansms.providers.routing.brakes import AsyncBrakes, stopped
from loansms.providers.routing.breaker import Breaker
from loansms.providers.routing.choice import PassedOver, RouteChoice
from loansms.providers.routing.operators import AsyncNumberLookup, by_prefix
from loansms.providers.routing.route import Refuses, Route, RouteTable
from loansms.providers.routing.throttle import Throttle

NO_ROUTE = Rejected("no_route", True, OutcomeClass.FAILED_RETRYABLE)
"""The answer where no route takes the message: certainly not sent, and it may be tried again."""

PACED_OUT = Rejected("paced_out", True, OutcomeClass.FAILED_RETRYABLE)
"""The answer where every route that takes the message is at its pace: certainly not sent, to be tried later."""

QUEUE_FULL = Rejected("queue_full", True, OutcomeClass.FAILED_RETRYABLE)
"""The answer where as many wait for a route as it lets wait: certainly not sent, to be tried later."""

BRAKES_UNREAD = Rejected("brakes_unread", True, OutcomeClass.FAILED_RETRYABLE)
"""The answer where nobody knows what is stopped: certainly not sent, to be tried later."""

UNCARRIED = Rejected("attachment_unsupported", kind=OutcomeClass.FAILED_PERMANENT)
"""The answer where no provider carries all files of a message: certainly not sent, and never by these."""

_NOT_NOW: Mapping[str, SubmitResult] = {
    "paced_out": PACED_OUT,
    "queue_full": QUEUE_FULL,
    "brakes_unread": BRAKES_UNREAD,
}
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
    """A provider rests from now on, and why (see `Breaker.note`), or it cannot be asked for its reports ("receipts", "inbound").

    For operators, without personal data.
    """

    provider: str
    why: str
    at: datetime


def nobody_listens(_told: object) -> None:
    """Nobody has asked to be told."""


@define(kw_only=True, eq=False)
class AsyncRouter:
    """Takes a message to the provider its table chooses; itself a provider, for services and for other routers.

    `providers` are those the table names. `lookup` tells who serves a number now; without one, and where it does not know, the
    prefix does. `refuses(provider, message)` says what a gateway does not carry. `brakes`, such as the store, names the providers
    that a person has stopped (scope route): nothing goes by them. `alert` hears of a provider that is not
    asked for a while, `decided` of every choice and why other roads were passed over; neither may raise. It has `receipts`,
    `inbound`, `look_up` and `attachment_types` where one of its providers has. Raise ConfigurationError for a provider the table names and
    nobody gave.
    """

    table: RouteTable
    providers: Mapping[str, AsyncProvider] = field(repr=False)
    lookup: AsyncNumberLookup | None = None
    refuses: Refuses | None = None
    brakes: AsyncBrakes | None = None
    alert: Callable[[RouteAlert], None] = nobody_listens
    decided: Callable[[RouteChoice], None] = nobody_listens
    clock: Clock = field(factory=SystemClock, repr=False)
    breaker: Breaker = field(factory=Breaker)
    name: str = "router"
    _pause: AsyncPause = field(factory=AsyncPause, repr=False)
    _throttles: dict[Route, Throttle] = field(init=False, repr=False)

    def __new__(cls, *, providers: Mapping[str, AsyncProvider], **_more: object) -> Self:
        """Return a router that can do beside `submit` what one of `providers` can, so that `isinstance` tells the truth."""
        able = tuple(
            ability
            for kind, ability in _ABILITIES
            if not issubclass(cls, ability) and any(isinstance(one, kind) for one in providers.values())
        )
        return cast("Self", object.__new__(_composed((cls, *able))))

    def __attrs_post_init__(self) -> None:
        missing = sorted(self.table.providers - self.providers.keys())
        if missing:
            raise ConfigurationError(
                f"routes: nobody gave the provider {missing[0]}; pass it in providers=",
                f"routes：缺少通道商 {missing[0]}，请在 providers= 中提供",
            )
        self._throttles = {one: Throttle(one) for one in self.table.routes}

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels of all its providers."""
        return frozenset(one for provider in self.providers.values() for one in provider.channels)

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand `message` over by the first road that takes it before `deadline` (aware).

        Rejected with "no_route" where no road is for it, with "paced_out" where none has room in time, with "queue_full" where
        too many wait already, with "brakes_unread" where `brakes` cannot be read: not sent, to be tried later. Rejected for good with "attachment_unsupported" where no provider of
        the table carries its files. Raise UnsupportedByProvider for a channel none of its providers takes.
        """
        require_aware(deadline, "deadline")
        if message.channel not in self.channels:
            raise UnsupportedByProvider(
                f"provider {self.name}: the channel {message.channel.value} is not supported; add a route that has it",
                f"通道商 {self.name}：不支持 {message.channel.value} 渠道，请增加支持的路由",
            )
        if not any(_carries(self.providers[one], message) for one in self.table.providers):
            return UNCARRIED
        try:
            braked = await self._braked()
        except StoreError:
            return BRAKES_UNREAD
        routes, passed = await self._candidates(message, braked)
        answer: SubmitResult = NO_ROUTE
        counts = ""
        for route in routes:
            told = await self._tried(route, message, deadline)
            if isinstance(told, str):
                passed.append(PassedOver(route.provider, told))
                answer = _NOT_NOW.get(told, answer) if answer == NO_ROUTE else answer
                continue
            answer = told
            if not goes_elsewhere(answer):
                counts = route.provider
                break
            passed.append(PassedOver(route.provider, answer.code if isinstance(answer, Rejected) else ""))
        self.decided(RouteChoice(message.step_key, counts, tuple(passed)))
        return answer

    async def _tried(self, route: Route, message: Message, deadline: datetime) -> SubmitResult | str:
        """Return what the provider of `route` answers, or why it was not asked."""
        provider = self.providers[route.provider]
        if message.channel not in provider.channels:
            return "channel"
        if not _carries(provider, message):
            return "attachment"
        if not self.breaker.probe(route.provider, self.clock.now()):
            return "trial"
        full = await self._waited(self._throttles[route], message, deadline)
        if full:
            return full
        try:
            # A person may have stopped it while another road was tried, or while this one's pace was waited for.
            if route.provider in await self._braked():
                return "stopped"
        except StoreError:
            return "brakes_unread"
        try:
            answer = await provider.submit(message, deadline)
        except UnsupportedByProvider:
            # Nothing was handed over: a template of theirs that nobody mapped, a value the text has not.
            return Rejected("unsupported", kind=OutcomeClass.TEMPLATE_REJECTED)
        self._noted(route.provider, answer)
        return evolve(answer, provider=answer.provider or route.provider)

    async def _braked(self) -> frozenset[str]:
        return stopped(await self.brakes.stops()) if self.brakes is not None else frozenset()

    async def _candidates(
        self, message: Message, braked: frozenset[str]
    ) -> tuple[list[Route], list[PassedOver]]:
        told = await self.lookup.operator(message.to) if self.lookup is not None else None
        operator = told or by_prefix(message.to)
        return self.table.sifted(
            message,
            operator=operator.name if operator else None,
            closed=self.breaker.closed(self.clock.now()),
            stopped=braked,
            **({"refuses": self.refuses} if self.refuses is not None else {}),
        )

    async def _waited(self, throttle: Throttle, message: Message, deadline: datetime) -> str:
        """Wait for the route's buckets; return "" with their tokens taken, else why there are none."""
        ticket = throttle.ticket(message, self.clock.now())
        if ticket is None:
            return "queue_full"
        try:
            while True:
                now = self.clock.now()
                wait = throttle.turn(ticket, now)
                if wait is None:
                    return ""
                if now + wait >= deadline:
                    return "paced_out"
                await self._pause(wait)
        finally:
            throttle.leave(ticket)

    def _noted(self, provider: str, answer: SubmitResult) -> None:
        now = self.clock.now()
        why = self.breaker.note(provider, answer, now)
        if why is not None:
            self.alert(RouteAlert(provider, why, now))


class AsyncRoutedReceipts(AsyncRouter):
    """A router one of whose providers is asked for receipts."""

    async def receipts(self, now: datetime) -> Sequence[DeliveryReceipt]:
        """Return the receipts of all its providers that can be asked, each once.

        `alert` hears "receipts" of one that cannot answer; raise ProviderError where none could. A gateway tells each report
        once, so the fault of one must lose nothing of another.
        """
        found: list[DeliveryReceipt] = []
        faults: list[ProviderError] = []
        asked = [
            (name, one) for name, one in self.providers.items() if isinstance(one, AsyncSupportsReceipts)
        ]
        for name, provider in asked:
            try:
                found += await provider.receipts(now)
            except ProviderError as fault:
                faults.append(fault)
                self.alert(RouteAlert(name, "receipts", self.clock.now()))
        if faults and len(faults) == len(asked):
            raise faults[0]
        return found


class AsyncRoutedInbound(AsyncRouter):
    """A router one of whose providers is asked for replies."""

    async def inbound(self, now: datetime) -> Sequence[InboundMessage]:
        """Return the replies of all its providers that can be asked, each once; faults are met as in `receipts`, as "inbound"."""
        found: list[InboundMessage] = []
        faults: list[ProviderError] = []
        asked = [(name, one) for name, one in self.providers.items() if isinstance(one, AsyncSupportsInbound)]
        for name, provider in asked:
            try:
                found += await provider.inbound(now)
            except ProviderError as fault:
                faults.append(fault)
                self.alert(RouteAlert(name, "inbound", self.clock.now()))
        if faults and len(faults) == len(asked):
            raise faults[0]
        return found


class AsyncRoutedLookups(AsyncRouter):
    """A router one of whose providers can be asked about a message."""

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


class AsyncRoutedAttachments(AsyncRouter):
    """A router one of whose providers carries files."""

    @property
    def attachment_types(self) -> frozenset[str]:
        """The media types that some provider of its table carries."""
        return frozenset[str]().union(*(carried_by(self.providers[one]) for one in self.table.providers))


_ABILITIES: Sequence[tuple[type, type[AsyncRouter]]] = (
    (AsyncSupportsReceipts, AsyncRoutedReceipts),
    (AsyncSupportsInbound, AsyncRoutedInbound),
    (AsyncSupportsLookup, AsyncRoutedLookups),
    (SupportsAttachments, AsyncRoutedAttachments),
)


@cache
def _composed(kinds: tuple[type[AsyncRouter], ...]) -> type[AsyncRouter]:
    base, *able = kinds
    if not able:
        return base
    # A class of a host's own stands first: what it overrides stays overridden.
    return new_class(base.__name__, tuple(able) if base is AsyncRouter else kinds)


def _carries(provider: AsyncProvider, message: Message) -> bool:
    return {one.media_type for one in message.attachments} <= carried_by(provider)


def goes_elsewhere(answer: SubmitResult) -> bool:
    """Return whether another road may be tried: the message was provably not sent, and not for the number's own sake."""
    if not isinstance(answer, Rejected) or answer.per_number:
        return False
    return answer.retryable if answer.kind is None else answer.kind in _ELSEWHERE

"""What a provider over HTTP can do besides, one class an ability, put together by what its codec can."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from types import new_class
from typing import cast

from loansms.clock import Clock, Entropy, require_aware
from loansms.errors import ProviderError
from loansms.model import (
    DeliveryReceipt,
    InboundMessage,
    Message,
    Money,
    PhoneNumber,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.providers._async.http import UNREAD, AsyncHttpProvider, of_each
from loansms.providers.codec import (
    NOT_LISTED,
    BalanceCodec,
    BatchCodec,
    CardCodec,
    Codec,
    Enquiry,
    HttpRequest,
    HttpResponse,
    LookupCodec,
    PagedLookupCodec,
    PullCodec,
    TemplateCodec,
    TemplateState,
)
from loansms.providers.http_answers import by_status, settled
from loansms.providers.http_settings import HttpSettings

PULL_WITHIN = timedelta(seconds=30)
PAGES = 20  # of a look-up, each one request: a thousand messages to one number in a day
HELD = 10_000  # reports that wait to be asked for: more, and nothing is fetched until they were


class AsyncBatches(AsyncHttpProvider):
    """A provider whose codec is a BatchCodec."""

    async def submit_many(self, messages: Sequence[Message], deadline: datetime) -> Sequence[SubmitResult]:
        """Hand messages over before `deadline`, each in one request at most; return what came of each, in order."""
        codec = cast("BatchCodec", self._codec)
        for message in messages:
            self._require(message.channel)
        groups = codec.batches(messages)
        places: dict[int, list[int]] = {}
        for place, message in enumerate(messages):
            places.setdefault(id(message), []).append(place)
        if sorted(id(one) for group in groups for one in group) != sorted(map(id, messages)):
            raise ProviderError(
                f"provider {self.name}: its codec lost or doubled a message while grouping; nothing was sent",
                f"通道商 {self.name}：编码器分组时丢失或重复了消息，未发送任何内容",
            )
        done: dict[int, SubmitResult] = {}
        for group in groups:
            for message, result in zip(group, await self._submit_group(group, deadline), strict=True):
                done[places[id(message)].pop()] = result
        return [done[place] for place in range(len(messages))]

    async def _submit_group(self, group: Sequence[Message], deadline: datetime) -> Sequence[SubmitResult]:
        codec = cast("BatchCodec", self._codec)
        now = self._clock.now()
        request = codec.build_batch(group, now=now, nonce=self._nonce())
        answer = await self._send(request, deadline)
        if not isinstance(answer, HttpResponse):
            return [answer.result() for _ in group]
        try:
            read = of_each(codec.parse_batch(group, answer), group)
        except UNREAD:
            read = [by_status(answer, now) for _ in group]
        return [settled(one, answer, now) for one in read]


class AsyncLookups(AsyncHttpProvider):
    """A provider whose codec is a LookupCodec."""

    async def look_up(self, enquiry: Enquiry, deadline: datetime) -> SubmitResult | DeliveryReceipt:
        """Return what the gateway knows of a message, page after page; Unknown where it cannot be asked or understood.

        Unknown with "too_many_pages" where it was not among the first of them: ask the gateway's people.
        """
        codec, page = cast("LookupCodec", self._codec), ""
        for _ in range(PAGES):
            now = self._clock.now()
            answer = await self._send(_asked(codec, enquiry, page, now, self._nonce()), deadline)
            if not isinstance(answer, HttpResponse):
                return _unsettled(answer.result())
            try:
                found = codec.parse_lookup(enquiry, answer)
                if found != Unknown(NOT_LISTED) or not isinstance(codec, PagedLookupCodec):
                    return found
                page = codec.next_page(enquiry, answer, page, now=now)
            except UNREAD:
                return _unsettled(by_status(answer))
            if not page:
                return found
        return Unknown("too_many_pages")


class AsyncPulls(AsyncHttpProvider):
    """A provider whose codec is a PullCodec; one look at the gateway may bring both kinds of report."""

    def __init__(
        self,
        codec: Codec,
        settings: HttpSettings | None = None,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        super().__init__(codec, settings, clock=clock, entropy=entropy)
        self._receipts: list[DeliveryReceipt] = []
        self._inbound: list[InboundMessage] = []
        self._pulling = asyncio.Lock()

    async def receipts(self, now: datetime) -> Sequence[DeliveryReceipt]:
        """Return the receipts that came in, each once; replies that came with them wait for `inbound`.

        Raise ProviderError where the gateway cannot be asked; what was fetched before it failed is kept.
        """
        require_aware(now)
        async with self._pulling:
            await self._pull()
            told, self._receipts = self._receipts, []
            return told

    async def inbound(self, now: datetime) -> Sequence[InboundMessage]:
        """Return the replies that came in, each once; receipts that came with them wait for `receipts`."""
        require_aware(now)
        async with self._pulling:
            await self._pull()
            told, self._inbound = self._inbound, []
            return told

    async def _pull(self) -> None:
        codec = cast("PullCodec", self._codec)
        # What waits is handed out first: a gateway tells each report once, and memory has an end.
        if len(self._receipts) + len(self._inbound) >= HELD:
            return
        now = self._clock.now()
        for request in codec.build_pulls(now=now, nonce=self._nonce()):
            for report in await self._fetch(request, now + PULL_WITHIN, codec.parse_pull):
                if isinstance(report, DeliveryReceipt):
                    self._receipts.append(report)
                else:
                    self._inbound.append(report)


class AsyncBalances(AsyncHttpProvider):
    """A provider whose codec is a BalanceCodec."""

    async def balance(self, deadline: datetime) -> Money | int:
        """Return the money left, or how many messages; raise ProviderError where the gateway does not say."""
        codec = cast("BalanceCodec", self._codec)
        request = codec.build_balance(now=self._clock.now(), nonce=self._nonce())
        return await self._fetch(request, deadline, codec.parse_balance)


class AsyncCards(AsyncHttpProvider):
    """A provider whose codec is a CardCodec."""

    async def card_support(
        self, phones: Sequence[PhoneNumber], template: str, locale: str, deadline: datetime
    ) -> Sequence[bool | None]:
        """Return for each number whether its handset shows the card of `template`, None where that is not told.

        Raise UnsupportedByProvider where no card is mapped to the template, ProviderError where nobody answers.
        """
        codec = cast("CardCodec", self._codec)
        found: list[bool | None] = []
        for start in range(0, len(phones), codec.cards_at_once):
            asked = phones[start : start + codec.cards_at_once]
            request = codec.build_card_support(
                asked, template, locale, now=self._clock.now(), nonce=self._nonce()
            )
            found += await self._fetch(request, deadline, partial(codec.parse_card_support, asked))
        return found


class AsyncTemplates(AsyncHttpProvider):
    """A provider whose codec is a TemplateCodec."""

    async def register(self, name: str, text: str, purpose: str, deadline: datetime) -> TemplateState:
        """Hand in a template for review and return where it stands; raise ProviderError where that is not told."""
        codec = cast("TemplateCodec", self._codec)
        request = codec.build_registration(name, text, purpose, now=self._clock.now(), nonce=self._nonce())
        return await self._fetch(request, deadline, codec.parse_registration)

    async def template_state(self, code: str, deadline: datetime) -> TemplateState:
        """Return where a template stands; raise ProviderError where the gateway does not say."""
        codec = cast("TemplateCodec", self._codec)
        request = codec.build_template_state(code, now=self._clock.now(), nonce=self._nonce())
        return await self._fetch(request, deadline, codec.parse_template_state)


_ABILITIES: Sequence[tuple[type, type[AsyncHttpProvider]]] = (
    (BatchCodec, AsyncBatches),
    (LookupCodec, AsyncLookups),
    (PullCodec, AsyncPulls),
    (BalanceCodec, AsyncBalances),
    (CardCodec, AsyncCards),
    (TemplateCodec, AsyncTemplates),
)


def async_http_provider(
    codec: Codec,
    settings: HttpSettings | None = None,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
) -> AsyncHttpProvider:
    """Return the provider of `codec`, able to do what the codec can and nothing else. Arguments: AsyncHttpProvider's."""
    able = tuple(ability for kind, ability in _ABILITIES if isinstance(codec, kind))
    return _composed(able)(codec, settings, clock=clock, entropy=entropy)


@cache
def _composed(able: tuple[type[AsyncHttpProvider], ...]) -> type[AsyncHttpProvider]:
    if not able:
        return AsyncHttpProvider
    return cast("type[AsyncHttpProvider]", new_class("AsyncHttpProvider", able))


def _asked(codec: LookupCodec, enquiry: Enquiry, page: str, now: datetime, nonce: str) -> HttpRequest:
    if page and isinstance(codec, PagedLookupCodec):
        return codec.build_page(enquiry, page, now=now, nonce=nonce)
    return codec.build_lookup(enquiry, now=now, nonce=nonce)


def _unsettled(result: SubmitResult) -> SubmitResult:
    # A refused or lost enquiry says nothing about the message: only the enquiry itself was not sent or not read.
    return Unknown(result.code) if isinstance(result, Rejected) else result

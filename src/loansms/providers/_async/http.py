"""Any codec over HTTP: build, send at most once, read. What the codec can do besides, its provider can.

`async_http_provider(codec)` has `submit_many`, `look_up`, `receipts`, `inbound`, `balance` and the verbs of templates
exactly where the codec has what they stand on, so `isinstance(provider, AsyncSupportsBalance)` tells the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self, TypeVar

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy, require_aware
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import Channel, Message, SubmitResult, Unknown
from loansms.providers._async.exchange import AsyncExchange
from loansms.providers.codec import Codec, HttpRequest, HttpResponse
from loansms.providers.http_answers import UNREADABLE, Lost, NotSent, by_status, settled
from loansms.providers.http_settings import HttpSettings

# What a reader of outside bytes raises; the message may have been taken, so the status decides.
UNREAD = (ProviderError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
T = TypeVar("T")


class AsyncHttpProvider:
    """A codec joined to httpx: at most one request for a message, no redirect followed, nothing sent again.

    Use it in one event loop, and `close` it (or `async with`). A ``clock`` that stands still or runs apart must be
    the service's too: `deadline` is told in its time. ``entropy`` makes the nonces.
    """

    def __init__(
        self,
        codec: Codec,
        settings: HttpSettings | None = None,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        self._codec = codec
        self._settings = settings or HttpSettings()
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
        self._exchange = AsyncExchange(self._settings)

    @property
    def name(self) -> str:
        """What the codec is called."""
        return self._codec.name

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels the codec takes."""
        return self._codec.channels

    @property
    def codec(self) -> Codec:
        """The codec, which also authenticates and reads callbacks where it can."""
        return self._codec

    @property
    def private_line(self) -> bool:
        """Whether plain http is taken, because the line is the lender's own."""
        return self._settings.private_line

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}, {self._settings!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._exchange.close()

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand one message over before `deadline` (aware): at most one request, whatever happens.

        Rejected with "connect_failed", "connect_timeout", "tls_failed", "tls_timeout", "no_connection" or
        "deadline_passed": no byte of it left, another try is safe. Unknown with "timeout", "lost_connection",
        "answer_too_long", "unreadable_answer" or "http_5xx": nobody knows. Raise UnsupportedByProvider for a
        channel it does not take, ConfigurationError for an address that is not https.
        """
        self._require(message.channel)
        now = self._clock.now()
        request = self._codec.build_request(message, now=now, nonce=self._nonce())
        answer = await self._send(request, deadline)
        if not isinstance(answer, HttpResponse):
            return answer.result()
        try:
            read = self._codec.parse_response(message, answer)
        except UNREAD:
            read = by_status(answer, now)
        return settled(read, answer, now)

    def _require(self, channel: Channel) -> None:
        if channel not in self.channels:
            raise UnsupportedByProvider(
                f"provider {self.name}: the channel {channel.value} is not supported; route it to one that has it",
                f"通道商 {self.name}：不支持 {channel.value} 渠道，请改用支持的通道商",
            )

    def _nonce(self) -> str:
        return self._entropy.token(16).hex()

    async def _send(self, request: HttpRequest, deadline: datetime) -> HttpResponse | NotSent | Lost:
        left = require_aware(deadline, "deadline") - self._clock.now()
        return await self._exchange.send(request, left.total_seconds())

    async def _fetch(self, request: HttpRequest, deadline: datetime, read: Callable[[HttpResponse], T]) -> T:
        """Return what `read` makes of an answer; raise ProviderError where none came, or it cannot be read."""
        answer = await self._send(request, deadline)
        if isinstance(answer, HttpResponse):
            try:
                return read(answer)
            except ProviderError:
                raise
            except UNREAD:  # its words may quote the answer
                raise ProviderError(
                    f"provider {self.name}: an answer cannot be read; ask again later",
                    f"通道商 {self.name}：应答无法解析，请稍后再查",
                ) from None
        why = answer.code if isinstance(answer, NotSent) else answer.cause
        raise ProviderError(
            f"provider {self.name}: no answer ({why}); ask again later",
            f"通道商 {self.name}：无应答（{why}），请稍后再查",
        )


def of_each(read: Sequence[SubmitResult], messages: Sequence[Message]) -> Sequence[SubmitResult]:
    """Return `read`, or that none can be read where an answer does not speak of every message."""
    return read if len(read) == len(messages) else [Unknown(UNREADABLE) for _ in messages]

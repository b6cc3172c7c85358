"""A codec of calling names over HTTP: one request a number, sent at most once, and never a guess about what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NoReturn, Self, TypeVar

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy, require_aware
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.providers._async.exchange import AsyncExchange
from loansms.providers._async.http import UNREAD
from loansms.providers.calling_name import CallingProfile, CardState, CardStatus, NumberMark
from loansms.providers.calling_name_port import (
    CallingNameCodec,
    CardStatusCodec,
    CardWithdrawalCodec,
    MarksCodec,
)
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http_answers import UNREADABLE, Lost, NotSent
from loansms.providers.http_settings import HttpSettings

T = TypeVar("T")


class AsyncHttpCallingNames:
    """Calling names of one vendor; `close` it, or use it with ``async with``. Arguments as for AsyncHttpProvider."""

    def __init__(
        self,
        codec: CallingNameCodec,
        settings: HttpSettings | None = None,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        self._codec = codec
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
        self._exchange = AsyncExchange(settings or HttpSettings())

    @property
    def name(self) -> str:
        """What the codec is called."""
        return self._codec.name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._exchange.close()

    async def apply(self, profile: CallingProfile, deadline: datetime) -> Sequence[CardStatus]:
        """Apply for every number's card, one request each; a lost answer is UNKNOWN and nothing is sent again."""
        return [await self._applied(profile, number, deadline) for number in profile.numbers]

    async def _applied(self, profile: CallingProfile, number: str, deadline: datetime) -> CardStatus:
        request = self._codec.build_application(profile, number, now=self._clock.now(), nonce=self._nonce())
        answer = await self._send(request, deadline)
        if isinstance(answer, NotSent):
            return CardStatus(number=number, state=CardState.NOT_SENT, code=answer.code)
        if isinstance(answer, Lost):
            return CardStatus(number=number, state=CardState.UNKNOWN, code=answer.cause)
        try:
            return self._codec.parse_application(number, answer)
        except UNREAD:
            return CardStatus(number=number, state=CardState.UNKNOWN, code=UNREADABLE)

    async def status(self, application_id: str, deadline: datetime) -> CardStatus:
        """Return where an application stands; UnsupportedByProvider where the vendor cannot be asked."""
        codec = self._codec
        if not isinstance(codec, CardStatusCodec):
            self._cannot("the standing of a card cannot be asked for", "无法查询名片状态")
        request = codec.build_status(application_id, now=self._clock.now(), nonce=self._nonce())
        return await self._fetch(request, deadline, lambda told: codec.parse_status(application_id, told))

    async def withdraw(self, application_id: str, deadline: datetime) -> CardStatus:
        """Take a card back; UnsupportedByProvider where the vendor takes none back on request."""
        codec = self._codec
        if not isinstance(codec, CardWithdrawalCodec):
            self._cannot("a card cannot be withdrawn by request", "无法通过接口撤回名片")
        request = codec.build_withdrawal(application_id, now=self._clock.now(), nonce=self._nonce())
        return await self._fetch(request, deadline, lambda told: codec.parse_withdrawal(application_id, told))

    async def marks(self, numbers: Sequence[str], deadline: datetime) -> Sequence[NumberMark]:
        """Return how terminals mark `numbers`; UnsupportedByProvider where the vendor does not tell."""
        codec = self._codec
        if not isinstance(codec, MarksCodec):
            self._cannot("the marks of a number cannot be asked for", "无法查询号码标记")
        found: list[NumberMark] = []
        for number in numbers:
            request = codec.build_marks(number, now=self._clock.now(), nonce=self._nonce())
            found += await self._fetch(request, deadline, partial(codec.parse_marks, number))
        return found

    def _nonce(self) -> str:
        return self._entropy.token(16).hex()

    async def _send(self, request: HttpRequest, deadline: datetime) -> HttpResponse | NotSent | Lost:
        left = require_aware(deadline, "deadline") - self._clock.now()
        return await self._exchange.send(request, left.total_seconds())

    async def _fetch(self, request: HttpRequest, deadline: datetime, read: Callable[[HttpResponse], T]) -> T:
        answer = await self._send(request, deadline)
        if isinstance(answer, HttpResponse):
            try:
                return read(answer)
            except ProviderError:
                raise
            except UNREAD:  # its words may quote the answer
                why = UNREADABLE
        else:
            why = answer.code if isinstance(answer, NotSent) else answer.cause
        raise ProviderError(
            f"calling names {self.name}: no answer ({why}); ask again later",
            f"来电名片 {self.name}：无应答（{why}），请稍后再查",
        )

    def _cannot(self, told: str, zh: str) -> NoReturn:
        raise UnsupportedByProvider(f"calling names {self.name}: {told}", f"来电名片 {self.name}：{zh}")

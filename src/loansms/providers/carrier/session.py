"""The session of a carrier line: any dialect over asyncio, with window, pace, keep-alive and reconnecting.

What a caller is told follows one rule: a segment that was never written, or that the gateway refused, was not sent; a
segment that was written and not answered may have been. So a lost socket, or an answer later than the deadline, is Unknown
and is never written again; only a segment that the gateway itself sent back for coming too fast is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from attrs import frozen

from loansms.clock import Clock, Entropy, SystemClock, SystemEntropy, require_aware
from loansms.errors import UnsupportedByProvider
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    InboundMessage,
    Message,
    OutcomeClass,
    Rejected,
    SubmitResult,
)
from loansms.providers.carrier.batch import Batch
from loansms.providers.carrier.connections import Connections
from loansms.providers.carrier.dialect import (
    Dialect,
    Event,
    LoginAnswered,
    Reported,
    Submit,
    SubmitAnswered,
    Unreadable,
)
from loansms.providers.carrier.handover import CLOSED, NOT_REACHED, HandOver, by
from loansms.providers.carrier.link import Link
from loansms.providers.carrier.listener import Listener
from loansms.providers.carrier.parts import PartsBook
from loansms.providers.carrier.reports import OnReport, Reports
from loansms.providers.carrier.settings import LineSettings
from loansms.providers.carrier.slots import Slots

_log = logging.getLogger(__name__)

# Messages of a batch that are under way for each place of a window: one in it, the others wait for one.
_AHEAD = 4
# A dialect cuts a text into 255 segments at most, and numbers of four octets are signed in SMPP.
_MOST_SEGMENTS = 256
_LAST_NUMBER = 0x7FFFFFFF
_TEND = 1.0
_UNWRITABLE = Rejected("unwritable_text", kind=OutcomeClass.FAILED_PERMANENT)


@frozen
class LineState:
    """How a line stands: connections logged in, submits unanswered, callers waiting, reports held, answers to nothing,
    connections opened so far, and the code of a login that was refused last ("" for none).
    """

    ready: int
    unanswered: int
    waiting: int
    held: int
    strays: int
    connected: int
    refused: str = ""


class AsyncCarrierLine:
    """A provider over a carrier's line; every `submit` is awaited. Use it in one event loop, and close it.

    ``clock`` tells the time of deadlines and frames, ``entropy`` spreads the pauses between connecting again. ``on_report``
    is awaited with every receipt and reply (loansms.providers.carrier.reports); without it they are fetched.
    """

    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def __init__(
        self,
        dialect: Dialect,
        settings: LineSettings,
        *,
        name: str | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        on_report: OnReport | None = None,
    ) -> None:
        self.name: str = name or dialect.name
        self._dialect = dialect
        self._settings = settings
        self._clock = clock or SystemClock()
        entropy = entropy or SystemEntropy()
        self._on_report = on_report
        self._slots = Slots(settings, entropy)
        self._next = 1
        self._connections = Connections(
            dialect,
            settings,
            clock=self._clock,
            entropy=entropy,
            number=self._number,
            slots=self._slots,
            hand=self._meet,
        )
        self._reports = Reports(
            clock=self._clock,
            held=settings.held,
            book=PartsBook(most=max(settings.held, 50_000), hold=settings.answer),
            expecting=lambda: self._connections.unanswered > 0,
            on_report=on_report,
        )
        self._listener = (
            Listener(dialect, settings, settings.listening, self._clock, self._number, self._reports.came)
            if settings.listening
            else None
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._fault: BaseException | None = None
        self._strays = 0
        self._under_way = 0
        self._opening = asyncio.Lock()
        self._quiet = asyncio.Event()
        self._shut = asyncio.Event()
        self._hand_over = HandOver(
            slots=self._slots, connections=self._connections, reports=self._reports, shut=self._shut
        )

    def __repr__(self) -> str:
        return f"AsyncCarrierLine({self.name!r}, {self._settings!r})"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def private_line(self) -> bool:
        """Whether the host has said that the line needs no TLS because nobody else is on it."""
        return self._settings.private_line

    @property
    def listening_port(self) -> int | None:
        """The port a gateway may bring reports to, None where the line has none."""
        return self._listener.port if self._listener else None

    @property
    def state(self) -> LineState:
        """How the line stands now."""
        return LineState(
            ready=sum(link.open for link in self._connections.links),
            unanswered=self._connections.unanswered,
            waiting=len(self._slots),
            held=len(self._reports.inbox),
            strays=self._strays,
            connected=self._connections.opened,
            refused=self._connections.refused,
        )

    async def open(self) -> None:
        """Begin to connect, and to listen where that is agreed; the first `submit` does so by itself.

        Raise OSError where our own port cannot be listened on.
        """
        async with self._opening:
            if self._tasks or self._shut.is_set():
                return
            if self._listener is not None:
                await self._listener.open()
            work = [self._connections.keep(place) for place in range(self._settings.connections)]
            work.append(self._tend())
            if self._on_report is not None:
                work += [self._reports.hand_over(self._on_report), self._tell(self._on_report)]
            self._tasks = [asyncio.create_task(one) for one in work]
            for task in self._tasks:
                task.add_done_callback(self._ended)

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand one message over before `deadline` and say what came of it."""
        self._require(message)
        now = self._clock.now()
        left = (require_aware(deadline, "deadline") - now).total_seconds()
        refused = self._refused(left)
        if refused is not None:
            return refused
        if not self._tasks:
            await self.open()
        if self._fault is not None:
            raise self._fault
        until = asyncio.get_running_loop().time() + left
        try:
            segments = self._segments(message, now)
        except ValueError:
            return _UNWRITABLE
        self._under_way += 1
        try:
            return await self._hand_over.whole(
                segments, self._reports.open(message, len(segments), now), until
            )
        finally:
            self._ended_one()

    async def submit_many(self, messages: Sequence[Message], deadline: datetime) -> Sequence[SubmitResult]:
        """Hand messages over before `deadline`, in order, and say what came of each.

        The window is kept full from one caller, and a message costs less than by a call of its own.
        """
        for message in messages:
            self._require(message)
        left = (require_aware(deadline, "deadline") - self._clock.now()).total_seconds()
        refused = self._refused(left)
        if refused is not None:
            return [refused] * len(messages)
        if not self._tasks:
            await self.open()
        if self._fault is not None:
            raise self._fault
        until = asyncio.get_running_loop().time() + left
        batch = Batch(len(messages), self._hand_over, self._reports)
        self._under_way += 1
        try:
            async with asyncio.TaskGroup() as long:
                await self._begin(messages, batch, long, until)
                await batch.down_to(0)
        except BaseExceptionGroup as faults:
            # One message's fault is told as `submit` tells it.
            raise faults.exceptions[0] from None
        finally:
            batch.withdraw()
            self._ended_one()
        return batch.results

    async def receipts(self, now: datetime) -> list[DeliveryReceipt]:
        """Return the receipts that have come in, each once; `now` (aware) is not compared with the gateway's times."""
        require_aware(now)
        return self._reports.inbox.receipts()

    async def inbound(self, now: datetime) -> list[InboundMessage]:
        """Return the replies that have come in, each once."""
        require_aware(now)
        return self._reports.inbox.inbound()

    async def close(self) -> None:
        """Take nothing more, wait for answers until `settings.closing` has passed, say farewell and end.

        What is not answered by then is Unknown to whoever waits for it.
        """
        if self._shut.is_set():
            return
        self._shut.set()
        until = asyncio.get_running_loop().time() + self._settings.closing.total_seconds()
        self._slots.bar()
        await by(until, self._all_answered())
        if self._on_report is not None:
            await by(until, self._reports.finish())
            await by(until, self._reports.hand_over_rest(self._on_report))
        await self._connections.part(until)
        if self._listener is not None:
            await self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # With every connection ended, whoever still waits is told so at once.
        await self._all_answered()
        self._slots.close()
        self._hand_over.close()

    async def _begin(
        self, messages: Sequence[Message], batch: Batch, long: asyncio.TaskGroup, until: float
    ) -> None:
        """Hand over message after message, so many ahead that no place of a window stays empty meanwhile."""
        loop = asyncio.get_running_loop()
        most = _AHEAD * self._settings.connections * (self._settings.window or self._dialect.window)
        now = self._clock.now()
        for place, message in enumerate(messages):
            if len(batch) >= most:
                await batch.down_to(most // 2)
                now = self._clock.now()
            elif place and not place % most:
                # Where each is told at once nothing is waited for, and the loop has others to see to.
                await asyncio.sleep(0)
            if loop.time() >= until:
                # It stays "not reached", as all that come after it do.
                return
            if self._shut.is_set() or self._fault is not None:
                # What was not begun was not sent.
                batch.results[place] = CLOSED if self._shut.is_set() else NOT_REACHED
                continue
            try:
                segments = self._segments(message, now)
            except ValueError:
                batch.results[place] = _UNWRITABLE
                continue
            sent = self._reports.open(message, len(segments), now)
            if len(segments) == 1:
                batch.begin(place, segments[0], sent, until)
            else:
                long.create_task(batch.follow(place, segments, sent, until))

    def _require(self, message: Message) -> None:
        if message.channel not in self.channels:
            raise UnsupportedByProvider(
                f"provider {self.name}: the channel {message.channel.value} is not supported; route it to one that has it",
                f"通道商 {self.name}：不支持 {message.channel.value} 渠道，请改用支持的通道商",
            )

    def _refused(self, left: float) -> Rejected | None:
        """Return why nothing is handed over that has so many seconds left, None where it may be."""
        if self._shut.is_set():
            return CLOSED
        return NOT_REACHED if left <= 0 else None

    def _ended_one(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._quiet.set()

    def _segments(self, message: Message, now: datetime) -> Sequence[Submit]:
        start = self._next if self._next + _MOST_SEGMENTS <= _LAST_NUMBER else 1
        segments = self._dialect.submits(message, now=now, sequences=range(start, start + _MOST_SEGMENTS))
        self._next = start + len(segments)
        return segments

    def _number(self) -> int:
        self._next = self._next + 1 if self._next < _LAST_NUMBER else 1
        return self._next - 1 or _LAST_NUMBER

    async def _tend(self) -> None:
        """Now and then: what is old enough is told."""
        pause = min(_TEND, self._settings.answer.total_seconds() / 2)
        while True:
            await asyncio.sleep(pause)
            self._reports.age()

    async def _tell(self, on_report: OnReport) -> None:
        """Once a second: news that no frame brought, and that nobody will bring again."""
        while True:
            await asyncio.sleep(_TEND)
            await self._reports.hand_over_rest(on_report)

    def _meet(self, link: Link, event: Event, now: datetime) -> None:
        match event:
            case SubmitAnswered():
                self._answered(link, event, now)
            case Reported() if link.ready:
                link.worked = True
                self._reports.came(link, event, now)
            case LoginAnswered(note=note) if not link.ready:
                if note:
                    _log.warning("carrier line %s: %s", self.name, note)
                link.let_in()
                self._slots.join(link)
            case Unreadable(answer=answer):
                # Its number may be the gateway's own, so it says nothing of a submit of ours: that one stays unanswered.
                link.write(answer)
            case _:
                self._strays += 1

    def _answered(self, link: Link, event: SubmitAnswered, now: datetime) -> None:
        ticket = link.window.answered(event.sequence)
        if ticket is None:
            self._strays += 1
            return
        link.worked = True
        # Before anybody is told: what comes too fast is put again by who hears of it, and waits for its turn.
        if event.throttled:
            self._slots.slow_down()
        else:
            self._slots.slow = 0
        late = ticket.answer.done()
        if isinstance(event.result, Accepted):
            self._reports.taken(ticket.sent, ticket.index, event.result, now)
        elif late and isinstance(event.result, Rejected):
            self._reports.refused(ticket.sent, ticket.index, event.result)
        if not late:
            ticket.answer.set_result(event)

    async def _all_answered(self) -> None:
        while self._under_way:
            self._quiet.clear()
            await self._quiet.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of ours in a task that nobody awaits must not look like a slow line: whoever submits is told."""
        if not task.cancelled():
            self._fault = self._fault or task.exception()

"""One TCP connection of a line, whoever opened it: frames go out whole, what comes in is handed on event by event.

A link knows when it last heard something, tests an idle line and gives up one that does not answer. What an event means for a
message is the session's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias, cast

from attrs import define, field

from loansms.clock import Clock
from loansms.model import Unknown
from loansms.providers.carrier.deadlines import Waits
from loansms.providers.carrier.dialect import (
    Alive,
    Asked,
    Dialect,
    Event,
    LoginAnswered,
    Submit,
    SubmitAnswered,
    WireError,
)
from loansms.providers.carrier.parts import Sent
from loansms.providers.carrier.settings import LineSettings
from loansms.providers.carrier.window import Window

# No frame of any dialect comes near: a reader that keeps more than this is being fed something else.
_MOST_UNREAD = 1 << 20
# After so many answers what they made room for is written: the other side works on it while we read on.
_TOGETHER: Final = 16

NO_ANSWER: Final = Unknown("no_answer")
LINE_LOST: Final = Unknown("line_lost")

# What came by which connection, and when.
Hand: TypeAlias = "Callable[[Link, Event, datetime], None]"
Notice: TypeAlias = "Callable[[Link], None]"


@define(eq=False)
class Ticket:
    """A segment that is to be written before `until`, and who waits for what comes of it.

    The answer is the gateway's; or Unknown: the connection was lost, or none came in the time for an answer; or None: `until`
    has come, or there is no way to the gateway. Only one that was ``written`` may have been sent.
    """

    segment: Submit
    sent: Sent
    index: int
    until: float
    answer: Waits[SubmitAnswered | Unknown | None] = field(repr=False)
    written: bool = False

    def settle(self, answer: SubmitAnswered | Unknown | None) -> None:
        """Tell who waits, unless it has given up or was told."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Link(asyncio.Protocol):
    """A connection; `ready` once the login was answered, `refused` holds the code of a login that was not let in.

    Events are given to `hand`; ``room`` is called when places of the window may have become free, ``met`` when the connection
    is there. `ended` is done when nothing more comes in, and holds the fault where that was one of ours.
    """

    def __init__(
        self,
        dialect: Dialect,
        settings: LineSettings,
        clock: Clock,
        hand: Hand,
        *,
        room: Callable[[], None] | None = None,
        met: Notice | None = None,
    ) -> None:
        self._dialect = dialect
        self._settings = settings
        self._patience = settings.answer.total_seconds()
        self._clock = clock
        self._hand = hand
        self._room = room
        self._met = met
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._leaving: list[bytes] = []
        self._parted = False
        self.window: Window[Ticket] = Window(settings.window or dialect.window)
        # What rings when the oldest answer is late, and when that was so last.
        self._overdue: asyncio.TimerHandle | None = None
        self._missed = 0.0
        self._let_in = asyncio.Event()
        self.ready: bool = False
        self.refused: str | None = None
        self.worked: bool = False
        self.heard: float = self._loop.time()
        self.gone: asyncio.Event = asyncio.Event()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        if self._met is not None:
            self._met(self)

    def data_received(self, data: bytes) -> None:
        """Hand on every event in what came in, then write all that it made room for."""
        if self._parted:
            return
        self.heard = self._loop.time()
        self._buffer += data
        now = self._clock.now()
        try:
            while events := self._dialect.read(self._buffer, now=now):
                for place, event in enumerate(events, start=1):
                    self._meet(event, now)
                    if not place % _TOGETHER and self._room is not None:
                        self._room()
                        self._flush()
        except WireError:
            self._parted = True
        if self._parted or len(self._buffer) > _MOST_UNREAD:
            self._end_hearing(None)
        if self._room is not None:
            self._room()
        self._flush()

    def eof_received(self) -> None:
        """End: who sends no more reads no more."""
        self._end_hearing(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a fault of ours (and not the other side's) is kept for whoever looks after this connection."""
        self._end_hearing(None if isinstance(exc, OSError) else exc)
        self._closed.set()

    def pause_writing(self) -> None:
        """Read no further what is sent by a peer that does not read our answers."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    @property
    def open(self) -> bool:
        """Whether a byte written now could go out."""
        return self.ready and not self._parted and not self._transport.is_closing()

    @property
    def remote(self) -> str:
        """The address on the other side."""
        name = self._transport.get_extra_info("peername")
        return str(name[0]) if name else ""

    def let_in(self) -> None:
        """Note that the login was answered: from now on it may be used."""
        self.ready = True
        self._let_in.set()

    def submit(self, ticket: Ticket, now: float) -> None:
        """Write one segment into a place that is free, `now` being the moment of the loop's clock."""
        self.window.write(ticket.segment.sequence, ticket, now)
        ticket.written = True
        self._leave(ticket.segment.frame)
        if self._overdue is None:
            self._overdue = self._loop.call_at(now + self._patience, self._forget_overdue)

    def write(self, frame: bytes) -> None:
        """Write a frame; nothing where the connection is gone. Frames of one turn of the loop leave together."""
        if frame and not self._transport.is_closing():
            self._leave(frame)

    async def watch(self, number: Callable[[], int]) -> None:
        """Test the line when it is idle; return when it does not answer any more, or has no test and is idle."""
        idle, answer = self._settings.idle.total_seconds(), self._patience
        try:
            async with asyncio.timeout(answer):
                await self._let_in.wait()
        except TimeoutError:
            return
        tries, tested = 0, 0.0
        while True:
            if self.heard > tested:
                tries = 0
            # Where an answer is owed, the line is not idle but late.
            late = len(self.window) or self._missed > self.heard
            quiet = min(idle, answer) if late else idle
            due = tested + answer if tries else self.heard + quiet
            if due > self._loop.time():
                await asyncio.sleep(min(answer, due - self._loop.time()))
                continue
            test = self._dialect.test(now=self._clock.now(), sequence=number())
            if tries == self._settings.tries or not test:
                return
            self.write(test)
            tries, tested = tries + 1, self._loop.time()

    async def part(self, frame: bytes, within: float) -> None:
        """Say farewell with `frame` and wait for the answer, `within` seconds at most."""
        self.ready = False
        self.write(frame)
        try:
            async with asyncio.timeout(within):
                await self.gone.wait()
        except TimeoutError:
            return

    def leave(self) -> None:
        """Read no further: the connection ends once this batch is handled."""
        self._parted = True

    def end(self) -> None:
        """End the connection at once: who waits for an answer is told that it is lost.

        What the other side has no room for is not written any more.
        """
        self.ready = False
        self._parted = True
        self.gone.set()
        if self._overdue is not None:
            self._overdue.cancel()
        self._flush()
        self._transport.abort()
        for ticket in self.window.lost():
            ticket.settle(LINE_LOST)

    async def finish(self, within: float) -> None:
        """End the connection once all that was written has left, `within` seconds at most."""
        self._parted = True
        self._flush()
        self._transport.close()
        try:
            async with asyncio.timeout(within):
                await self._closed.wait()
        except TimeoutError:
            self._transport.abort()

    def _end_hearing(self, fault: Exception | None) -> None:
        self._parted = True
        if self.ended.done():
            return
        if fault is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(fault)

    def _leave(self, frame: bytes) -> None:
        if not self._leaving:
            self._loop.call_soon(self._flush)
        self._leaving.append(frame)

    def _flush(self) -> None:
        if self._leaving and not self._transport.is_closing():
            self._transport.write(b"".join(self._leaving))
        self._leaving.clear()

    def _forget_overdue(self) -> None:
        """Give the places back of submits whose answer is waited for no longer."""
        now = self._loop.time()
        for ticket in self.window.overdue(now - self._patience):
            self._missed = now
            ticket.settle(NO_ANSWER)
        oldest = self.window.oldest
        self._overdue = (
            None if oldest is None else self._loop.call_at(oldest + self._patience, self._forget_overdue)
        )
        if self._room is not None:
            self._room()

    def _meet(self, event: Event, now: datetime) -> None:
        match event:
            case SubmitAnswered():
                self._hand(self, event, now)
            case LoginAnswered(code=code, refused=True):
                self.refused = code
                self._parted = True
            case Asked(login=None, answer=answer, closes=closes):
                self.write(answer)
                self._parted |= closes
            case Alive(closes=closes):
                self._parted |= closes
                if closes:
                    self.gone.set()
            case _:
                self._hand(self, event, now)

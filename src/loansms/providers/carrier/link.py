"""One TCP connection of a line, whoever opened it: frames go out whole, what comes in is handed on event by event.

A link knows when it last heard something, tests an idle line and gives up one that does not answer. What an event means for a
message is the session's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field

from loansms.clock import Clock
from loansms.model import Unknown
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

_CHUNK = 65536
# No frame of any dialect comes near: a reader that keeps more than this is being fed something else.
_MOST_UNREAD = 1 << 20

NO_ANSWER: Final = Unknown("no_answer")

Hand: TypeAlias = "Callable[[Link, Event], None]"


@define(eq=False)
class Ticket:
    """A segment that was written, and who waits for its answer (None: the connection is gone; Unknown: none came in time)."""

    answer: asyncio.Future[SubmitAnswered | Unknown | None] = field(repr=False)
    sent: Sent
    index: int


class Link:
    """A connection; `ready` once the login was answered, `refused` holds the code of a login that was not let in."""

    def __init__(
        self,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        dialect: Dialect,
        settings: LineSettings,
        clock: Clock,
        hand: Hand,
    ) -> None:
        self._reader, self._writer = streams
        self._dialect = dialect
        self._settings = settings
        self._clock = clock
        self._hand = hand
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._leaving: list[bytes] = []
        self._parted = False
        self.window: Window[Ticket] = Window(settings.window or dialect.window)
        self._let_in = asyncio.Event()
        self.ready: bool = False
        self.refused: str | None = None
        self.worked = False
        self.heard: float = self._loop.time()
        self.gone: asyncio.Event = asyncio.Event()

    @property
    def open(self) -> bool:
        """Whether a byte written now could go out."""
        return self.ready and not self._parted and not self._writer.is_closing()

    @property
    def remote(self) -> str:
        """The address on the other side."""
        name = self._writer.get_extra_info("peername")
        return str(name[0]) if name else ""

    def let_in(self) -> None:
        """Note that the login was answered: from now on it may be used."""
        self.ready = True
        self._let_in.set()

    def submit(self, segment: Submit, sent: Sent, index: int) -> Ticket:
        """Write one segment into a place that was reserved."""
        ticket = Ticket(self._loop.create_future(), sent, index)
        self.window.write(segment.sequence, ticket, self._loop.time())
        self.write(segment.frame)
        return ticket

    def write(self, frame: bytes) -> None:
        """Write a frame; nothing where the connection is gone. Frames of one turn of the loop leave together."""
        if frame and not self._writer.is_closing():
            if not self._leaving:
                self._loop.call_soon(self._flush)
            self._leaving.append(frame)

    @property
    def clogged(self) -> bool:
        """Whether the other side reads too slowly for what was written."""
        return self._writer.transport.get_write_buffer_size() > _CHUNK

    async def drain(self) -> None:
        """Wait where the other side reads too slowly for what was written; raise OSError where it is gone."""
        if self.clogged:
            await self._writer.drain()

    async def listen(self) -> None:
        """Hand on every event until the connection ends: closed, reset, or no longer to be understood."""
        try:
            while not self._parted and (data := await self._reader.read(_CHUNK)):
                self.heard = self._loop.time()
                self._buffer += data
                while events := self._dialect.read(self._buffer, now=self._clock.now()):
                    for event in events:
                        self._meet(event)
                if len(self._buffer) > _MOST_UNREAD:
                    return
                # A peer that asks and never reads our answers is read no further either.
                await self.drain()
        except (OSError, WireError):
            return

    async def watch(self, number: Callable[[], int]) -> None:
        """Test the line when it is idle; return when it does not answer any more, or has no test and is idle."""
        idle, answer = self._settings.idle.total_seconds(), self._settings.answer.total_seconds()
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
            quiet = min(idle, answer) if len(self.window) else idle
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
        """End the connection at once; what the other side has no room for is not written any more."""
        self.ready = False
        self._parted = True
        self.gone.set()
        self._flush()
        self._writer.transport.abort()

    async def finish(self, within: float) -> None:
        """End the connection once all that was written has left, `within` seconds at most."""
        self._flush()
        self._writer.close()
        try:
            async with asyncio.timeout(within):
                await self._writer.wait_closed()
        except OSError:
            return

    def _flush(self) -> None:
        if self._leaving and not self._writer.is_closing():
            self._writer.write(b"".join(self._leaving))
        self._leaving.clear()

    def _meet(self, event: Event) -> None:
        match event:
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
                self._hand(self, event)

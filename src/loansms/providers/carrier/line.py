"""The same line for synchronous code: one thread runs its event loop, every call waits there for its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from loansms.clock import Clock, Entropy
from loansms.model import (
    Channel,
    DeliveryReceipt,
    InboundMessage,
    Message,
    SubmitResult,
)
from loansms.providers.carrier.dialect import Dialect
from loansms.providers.carrier.handover import CLOSED
from loansms.providers.carrier.reports import OnReport, Report
from loansms.providers.carrier.session import AsyncCarrierLine, LineState
from loansms.providers.carrier.settings import LineSettings

T = TypeVar("T")

# Seconds that what is under way has after a line was closed.
_LAST = 1.0


class CarrierLine:
    """A provider over a carrier's line, to be called from any thread; many threads share its window. Close it.

    The arguments are those of `AsyncCarrierLine`; ``on_report`` is a plain function, called on a thread of its own.
    """

    channels: frozenset[Channel] = AsyncCarrierLine.channels

    def __init__(
        self,
        dialect: Dialect,
        settings: LineSettings,
        *,
        name: str | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        on_report: Callable[[Report], None] | None = None,
    ) -> None:
        self.name: str = name or dialect.name
        self._line = AsyncCarrierLine(
            dialect, settings, name=name, clock=clock, entropy=entropy, on_report=_on_a_thread(on_report)
        )
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=f"loansms {self.name}", daemon=True
        )
        self._thread.start()

    def __repr__(self) -> str:
        return repr(self._line).removeprefix("Async")

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    @property
    def private_line(self) -> bool:
        """Whether the host has said that the line needs no TLS because nobody else is on it."""
        return self._line.private_line

    @property
    def listening_port(self) -> int | None:
        """The port a gateway may bring reports to, None where the line has none."""
        return self._line.listening_port

    @property
    def state(self) -> LineState:
        """How the line stands now."""
        return self._line.state if self._closed else self._wait(self._state())

    def open(self) -> None:
        """Begin to connect; the first `submit` does so by itself."""
        self._wait(self._line.open())

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand one message over before `deadline` and say what came of it."""
        if self._closed:
            return CLOSED
        return self._wait(self._line.submit(message, deadline))

    def submit_many(self, messages: Sequence[Message], deadline: datetime) -> Sequence[SubmitResult]:
        """Hand messages over before `deadline`, in order, and say what came of each: one thread fills the window."""
        if self._closed:
            return [CLOSED] * len(messages)
        return self._wait(self._line.submit_many(messages, deadline))

    def receipts(self, now: datetime) -> list[DeliveryReceipt]:
        """Return the receipts that have come in, each once."""
        return [] if self._closed else self._wait(self._line.receipts(now))

    def inbound(self, now: datetime) -> list[InboundMessage]:
        """Return the replies that have come in, each once."""
        return [] if self._closed else self._wait(self._line.inbound(now))

    def close(self) -> None:
        """Take nothing more, wait for answers as long as `settings.closing` says, say farewell and end."""
        if self._closed:
            return
        self._wait(self._line.close())
        self._closed = True
        self._wait(_end_rest())
        self._wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _state(self) -> LineState:
        return self._line.state

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _end_rest() -> None:
    """Let end what is still under way in this loop, such as a connection that was just being accepted."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    if rest:
        await asyncio.wait(rest, timeout=_LAST)


def _on_a_thread(on_report: Callable[[Report], None] | None) -> OnReport | None:
    if on_report is None:
        return None

    async def told(report: Report) -> None:
        await asyncio.to_thread(on_report, report)

    return told

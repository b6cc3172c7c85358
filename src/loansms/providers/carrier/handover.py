"""One segment handed over: a place in a window, the moment its turn comes, the answer.

It is written once. Only where the gateway itself says that it did not take the segment, because it came too fast, is it
written again, after a pause and before the deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from loansms.clock import Entropy
from loansms.model import OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.carrier.backoff import Backoff
from loansms.providers.carrier.connections import Connections
from loansms.providers.carrier.deadlines import Deadlines
from loansms.providers.carrier.dialect import Submit, SubmitAnswered
from loansms.providers.carrier.link import NO_ANSWER, Link
from loansms.providers.carrier.pace import Pace
from loansms.providers.carrier.parts import Sent
from loansms.providers.carrier.settings import LineSettings
from loansms.providers.carrier.slots import Slots
from loansms.providers.taxonomy import refused_login

NOT_REACHED = Rejected("not_reached", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)
CLOSED = Rejected("line_closed", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)


class HandOver:
    """Hands segments over to whichever connection has room; `shut` is set when the line takes nothing more."""

    def __init__(
        self,
        settings: LineSettings,
        *,
        entropy: Entropy,
        slots: Slots,
        connections: Connections,
        shut: asyncio.Event,
    ) -> None:
        self._answer = settings.answer.total_seconds()
        self._entropy = entropy
        self._slots = slots
        self._connections = connections
        self._shut = shut
        self._pace = Pace(settings.rate)
        self._pauses = Backoff(settings.throttle_pause, settings.throttle_pause * 32)
        self._slow = 0
        self._deadlines = Deadlines[SubmitAnswered | Unknown | None]()

    def close(self) -> None:
        """Wait for nothing more."""
        self._deadlines.close()

    async def segment(self, segment: Submit, sent: Sent, index: int, until: float) -> SubmitResult:
        """Hand one segment over before `until`, a moment of the loop's clock, and return what came of it."""
        loop = asyncio.get_running_loop()
        refusal: SubmitResult | None = None
        while True:
            link = await self._place(until)
            if link is None:
                return refusal or self._why_not()
            ticket = link.submit(segment, sent, index)
            patience = min(until, loop.time() + self._answer)
            self._deadlines.end(ticket.answer, patience, NO_ANSWER)
            try:
                if link.clogged:
                    async with asyncio.timeout_at(patience):
                        await link.drain()
                answer = await ticket.answer
            except TimeoutError:
                return NO_ANSWER
            except OSError:
                return Unknown("line_lost")
            finally:
                # Who gave up waiting hears of a late answer through a receipt.
                ticket.answer.cancel()
            if isinstance(answer, Unknown):
                return answer
            if answer is None:
                return Unknown("closed" if self._shut.is_set() else "line_lost")
            if not answer.throttled:
                self._slow = 0
                return answer.result
            refusal = answer.result
            self._slow_down(loop.time())

    async def _place(self, until: float) -> Link | None:
        """Return a connection with a place in its window, at the moment in which something may be written to it."""
        loop = asyncio.get_running_loop()
        while True:
            link = await self._slots.take(until)
            if link is None:
                return None
            kept = False
            try:
                now = loop.time()
                at = self._pace.turn(now, until)
                if at is None:
                    return None
                if at > now:
                    await by(at, self._shut.wait())
                    now = loop.time()
                kept = link.open and not self._shut.is_set() and not self._pace.held(now)
                if kept:
                    return link
                if self._shut.is_set() or now >= until:
                    return None
            finally:
                if not kept:
                    link.window.release()
                    self._slots.give()

    def _slow_down(self, now: float) -> None:
        # Everything that was under way is refused together: that is one reason to wait longer, not many.
        if not self._pace.held(now):
            self._pace.hold(now + self._pauses.after(self._slow, self._entropy))
            self._slow += 1

    def _why_not(self) -> SubmitResult:
        if self._shut.is_set():
            return CLOSED
        if self._connections.barred:
            return refused_login(self._connections.login_table, self._connections.refused)
        return NOT_REACHED


async def by(until: float, work: Awaitable[object]) -> None:
    """Do `work` until it is done, or until a moment of the loop's clock has come."""
    try:
        async with asyncio.timeout_at(until):
            await work
    except TimeoutError:
        return

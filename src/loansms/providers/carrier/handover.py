"""One segment handed over: it waits for a place, is written, and its answer says what came of it.

It is written once. Only where the gateway itself says that it did not take the segment, because it came too fast, is it
written again, after a pause and before the deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from loansms.model import OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.carrier.connections import Connections
from loansms.providers.carrier.deadlines import Deadlines
from loansms.providers.carrier.dialect import Submit, SubmitAnswered
from loansms.providers.carrier.link import LINE_LOST, NO_ANSWER, Ticket
from loansms.providers.carrier.parts import Sent
from loansms.providers.carrier.slots import Slots
from loansms.providers.taxonomy import refused_login

NOT_REACHED = Rejected("not_reached", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)
CLOSED = Rejected("line_closed", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)


class HandOver:
    """Hands segments over to whichever connection has room; `shut` is set when the line takes nothing more."""

    def __init__(self, *, slots: Slots, connections: Connections, shut: asyncio.Event) -> None:
        self._slots = slots
        self._connections = connections
        self._shut = shut
        self._deadlines = Deadlines[SubmitAnswered | Unknown | None]()

    def close(self) -> None:
        """Wait for nothing more."""
        self._deadlines.close()

    async def segment(self, segment: Submit, sent: Sent, index: int, until: float) -> SubmitResult:
        """Hand one segment over before `until`, a moment of the loop's clock, and return what came of it."""
        loop = asyncio.get_running_loop()
        refusal: SubmitResult | None = None
        while not self._shut.is_set():
            ticket = Ticket(segment, sent, index, until, loop.create_future())
            self._slots.put(ticket)
            self._deadlines.end(ticket.answer, until, None)
            try:
                answer = await ticket.answer
            finally:
                if not ticket.written:
                    self._slots.drop(ticket)
            if isinstance(answer, SubmitAnswered):
                if not answer.throttled:
                    return answer.result
                refusal = answer.result
            elif ticket.written:
                lost = answer is LINE_LOST and self._shut.is_set()
                return Unknown("closed") if lost else answer or NO_ANSWER
            else:
                break
        return refusal or self._why_not()

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

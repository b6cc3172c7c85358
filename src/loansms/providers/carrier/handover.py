"""One segment handed over: it waits for a place, is written, and its answer says what came of it.

It is written once. Only where the gateway itself says that it did not take the segment, because it came too fast, is it
written again, after a pause and before the deadline.

The first segment of a long message goes alone: whatever the gateway refuses the message for, it refuses there, and nothing
of it has been sent. The rest follow together. Where one of them is refused after others were taken, the borrower has a part of
the message: that is Accepted, and the receipt says PARTIAL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

from attrs import evolve

from loansms.model import Accepted, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.carrier.connections import Connections
from loansms.providers.carrier.deadlines import Deadlines
from loansms.providers.carrier.dialect import Submit, SubmitAnswered
from loansms.providers.carrier.link import LINE_LOST, NO_ANSWER, Ticket
from loansms.providers.carrier.parts import Sent
from loansms.providers.carrier.reports import Reports
from loansms.providers.carrier.slots import Slots
from loansms.providers.taxonomy import refused_login

NOT_REACHED = Rejected("not_reached", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)
CLOSED = Rejected("line_closed", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE)


class HandOver:
    """Hands segments over to whichever connection has room; `shut` is set when the line takes nothing more."""

    def __init__(
        self, *, slots: Slots, connections: Connections, reports: Reports, shut: asyncio.Event
    ) -> None:
        self._slots = slots
        self._connections = connections
        self._reports = reports
        self._shut = shut
        self._deadlines = Deadlines[SubmitAnswered | Unknown | None]()

    def close(self) -> None:
        """Wait for nothing more."""
        self._deadlines.close()

    async def whole(self, segments: Sequence[Submit], sent: Sent, until: float) -> SubmitResult:
        """Hand a message over before `until`, a moment of the loop's clock, and return what came of it."""
        told: SubmitResult | None = None
        try:
            told = await self._message(segments, sent, until)
            return told
        finally:
            if not isinstance(told, Accepted):
                self._reports.settle(sent, told)

    def put(self, ticket: Ticket) -> None:
        """Have a segment written as soon as there is room, and its caller told by its deadline."""
        self._slots.put(ticket)
        self._deadlines.end(ticket.answer, ticket.until, None)

    def again(self, ticket: Ticket) -> None:
        """Have a segment written that was put before."""
        self._slots.put(ticket)

    def drop(self, ticket: Ticket) -> None:
        """Have a segment that is not written yet wait no longer."""
        if not ticket.written:
            self._slots.drop(ticket)

    def told(
        self, ticket: Ticket, answer: SubmitAnswered | Unknown | None, refusal: SubmitResult | None
    ) -> SubmitResult | None:
        """Return what came of a segment, None where it is to be put again; ``refusal`` is what was said of it before."""
        if isinstance(answer, SubmitAnswered):
            return None if answer.throttled and not self._shut.is_set() else answer.result
        if ticket.written:
            lost = answer is LINE_LOST and self._shut.is_set()
            return Unknown("closed") if lost else answer or NO_ANSWER
        return refusal or self._why_not()

    async def _message(self, segments: Sequence[Submit], sent: Sent, until: float) -> SubmitResult:
        first = await self._segment(segments[0], sent, 0, until)
        if len(segments) == 1 or not isinstance(first, Accepted):
            return first
        rest = await asyncio.gather(
            *(self._segment(one, sent, place, until) for place, one in enumerate(segments[1:], start=1))
        )
        ids = [first.provider_message_id]
        unsure: Unknown | None = None
        for place, answer in enumerate(rest, start=1):
            match answer:
                case Accepted(provider_message_id=part):
                    ids.append(part)
                case Rejected():
                    self._reports.refused(sent, place, answer)
                case Unknown():
                    unsure = answer
        return unsure or evolve(first, parts=tuple(ids), segments=len(segments))

    async def _segment(self, segment: Submit, sent: Sent, index: int, until: float) -> SubmitResult:
        loop = asyncio.get_running_loop()
        refusal: SubmitResult | None = None
        while not self._shut.is_set():
            waits = loop.create_future()
            ticket = Ticket(segment, sent, index, until, waits)
            self.put(ticket)
            try:
                answer: SubmitAnswered | Unknown | None = await waits
            finally:
                self.drop(ticket)
            told = self.told(ticket, answer, refusal)
            if told is not None:
                return told
            refusal = answer.result if isinstance(answer, SubmitAnswered) else None
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

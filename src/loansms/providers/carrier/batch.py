"""Messages handed over together: one caller for all of them, woken when there is room for more and when the last is answered.

A coroutine and a future for each message are a good part of what it costs. Here a message of one segment has neither: whatever
brings its answer tells the batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

from loansms.model import Accepted, SubmitResult, Unknown
from loansms.providers.carrier.dialect import Submit, SubmitAnswered
from loansms.providers.carrier.handover import NOT_REACHED, HandOver
from loansms.providers.carrier.link import Ticket
from loansms.providers.carrier.parts import Sent
from loansms.providers.carrier.reports import Reports


class Batch:
    """So many messages, and in `results` what came of each."""

    def __init__(self, size: int, hand_over: HandOver, reports: Reports) -> None:
        self.results: list[SubmitResult] = [NOT_REACHED] * size
        self._hand_over = hand_over
        self._reports = reports
        self._open: dict[int, Handed | Sent] = {}
        self._most = 0
        self._waits: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._open)

    def begin(self, place: int, segment: Submit, sent: Sent, until: float) -> None:
        """Hand over a message of one segment before `until`, a moment of the loop's clock."""
        handed = self._open[place] = Handed(self, place, segment, sent, until)
        self._hand_over.put(handed.ticket)

    def follow(
        self, place: int, segments: Sequence[Submit], sent: Sent, until: float
    ) -> Coroutine[None, None, None]:
        """Return what hands over a message of several segments; it counts as under way from now on."""
        self._open[place] = sent
        return self._follow(place, segments, sent, until)

    async def down_to(self, most: int) -> None:
        """Wait until no more than ``most`` are under way."""
        if len(self._open) <= most:
            return
        self._most = most
        self._waits = asyncio.get_running_loop().create_future()
        await self._waits

    def came(self, handed: Handed, answer: SubmitAnswered | Unknown | None) -> None:
        """Note the answer to a message, or put it again where the gateway had it come too fast."""
        told = self._hand_over.told(handed.ticket, answer, handed.refusal)
        if told is None:
            handed.refusal = answer.result if isinstance(answer, SubmitAnswered) else None
            handed.ticket.written = False
            # Its deadline is known already.
            self._hand_over.again(handed.ticket)
            return
        handed.end()
        self._hand_over.drop(handed.ticket)
        self.results[handed.place] = told
        if not isinstance(told, Accepted):
            self._reports.settle(handed.ticket.sent, told)
        self._end(handed.place)

    def withdraw(self) -> None:
        """Hand over no more: the caller has gone. What was written may have been sent."""
        for one in self._open.values():
            if isinstance(one, Sent):
                # Whoever was to hand it over never began.
                self._reports.settle(one, NOT_REACHED)
            else:
                one.end()
                self._hand_over.drop(one.ticket)
                self._reports.settle(one.ticket.sent, None)
        self._open.clear()

    async def _follow(self, place: int, segments: Sequence[Submit], sent: Sent, until: float) -> None:
        try:
            self.results[place] = await self._hand_over.whole(segments, sent, until)
        finally:
            self._end(place)

    def _end(self, place: int) -> None:
        self._open.pop(place, None)
        if self._waits is not None and len(self._open) <= self._most and not self._waits.done():
            self._waits.set_result(None)


class Handed:
    """One message of a batch: told what comes of it as a future would be."""

    __slots__ = ("_batch", "place", "refusal", "ticket")

    def __init__(self, batch: Batch, place: int, segment: Submit, sent: Sent, until: float) -> None:
        # Let go of when it is over: a deadline far away must not keep the whole batch until then.
        self._batch: Batch | None = batch
        self.place: int = place
        self.refusal: SubmitResult | None = None
        self.ticket: Ticket = Ticket(segment, sent, 0, until, self)

    def end(self) -> None:
        """Note that it was told, or that its caller has gone."""
        self._batch = None

    def done(self) -> bool:
        """Whether it was told, or its caller has gone."""
        return self._batch is None

    def set_result(self, result: SubmitAnswered | Unknown | None, /) -> None:
        """Tell it."""
        if self._batch is not None:
            self._batch.came(self, result)

"""What a line does with reports and replies: put together, handed over once, and answered only after that.

Without `on_report` they wait in memory until `receipts` and `inbound` fetch them; a line that holds `held` of them asks the
gateway to bring the next ones again. With `on_report` each is handed to it in turn, and "taken" is written when it has
returned; when it raises, the gateway is asked to bring the report again, and what no gateway will bring again (news of several
segments, put together here) is kept and tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from loansms.clock import Clock
from loansms.model import Accepted, DeliveryReceipt, InboundMessage, Message, Rejected, Unknown
from loansms.providers.carrier.dialect import Reported
from loansms.providers.carrier.inbox import Inbox, Replies
from loansms.providers.carrier.link import Link
from loansms.providers.carrier.parts import PartsBook, Sent

Report: TypeAlias = DeliveryReceipt | InboundMessage
OnReport: TypeAlias = Callable[[Report], Awaitable[None]]

_log = logging.getLogger(__name__)


class Reports:
    """The reports of one line; ``expecting`` says whether an answer is outstanding on any of its connections."""

    def __init__(
        self,
        *,
        clock: Clock,
        held: int,
        book: PartsBook,
        expecting: Callable[[], bool],
        on_report: OnReport | None,
    ) -> None:
        self._clock = clock
        self._book = book
        self._expecting = expecting
        self._on_report = on_report
        self._replies = Replies(held)
        self._queue: asyncio.Queue[tuple[Link, Reported]] = asyncio.Queue(held)
        self.inbox: Inbox = Inbox(held)

    def open(self, message: Message, parts: int, now: datetime) -> Sent:
        """Begin to follow a message of so many segments, submitted at `now`."""
        sent, news = self._book.open(message, parts, now)
        if news:
            self.inbox.put(news)
        return sent

    def taken(self, sent: Sent, index: int, answer: Accepted, now: datetime) -> None:
        """Note the id of a segment that the gateway took."""
        news = self._book.taken(sent, index, answer, now)
        if news:
            self.inbox.put(news)

    def refused(self, sent: Sent, index: int, answer: Rejected) -> None:
        """Note that a segment was not taken while others were, or may have been."""
        self.inbox.put(self._book.refused(sent, index, answer, self._clock.now()))

    def settle(self, sent: Sent, result: Rejected | Unknown | None) -> None:
        """Note that the sender was told something else than that it was taken; None: it was gone by then."""
        if isinstance(result, Rejected):
            self._book.dropped(sent)
        else:
            self.inbox.put(self._book.unsure(sent, self._clock.now()))

    def came(self, link: Link, event: Reported, now: datetime) -> None:
        """Take in what a gateway brought at `now`, or ask it to bring it again."""
        if event.sequence is None:
            # The dialect itself put it together, from frames that were answered: nobody will bring it again.
            self.inbox.put(self._news(event.report, now))
        elif self._queue.full() or self.inbox.full:
            link.write(event.again or b"")
        elif self._on_report is not None:
            self._queue.put_nowait((link, event))
        else:
            self.inbox.put(self._news(event.report, now))
            link.write(event.taken)

    def age(self) -> None:
        """Give up waiting where it has been long enough."""
        self.inbox.put(self._book.age(self._clock.now()))

    async def hand_over(self, on_report: OnReport) -> None:
        """Hand over what came in and answer it, for ever."""
        while True:
            link, event = await self._queue.get()
            news = self._news(event.report, self._clock.now())
            left = await _handed(on_report, news)
            if left:
                self._untold(left)
                link.write(event.again or b"")
            else:
                link.write(event.taken)
            self._queue.task_done()

    async def hand_over_rest(self, on_report: OnReport) -> None:
        """Hand over the news that no frame brought; what is not taken stays."""
        left: Sequence[Report] = [*self.inbox.receipts(), *self.inbox.inbound()]
        try:
            left = await _handed(on_report, left)
        finally:
            self.inbox.put(left)

    async def finish(self) -> None:
        """Wait until everything that came in was handed over."""
        await self._queue.join()

    def _news(self, report: Report, now: datetime) -> Sequence[Report]:
        if isinstance(report, InboundMessage):
            return [report] if self._replies.new(report) else []
        return self._book.reported(report, now, expecting=self._expecting())

    def _untold(self, news: Sequence[Report]) -> None:
        for one in news:
            if isinstance(one, InboundMessage):
                self._replies.untold(one)
            else:
                self._book.untold([one])


async def _handed(on_report: OnReport, news: Sequence[Report]) -> Sequence[Report]:
    """Hand over one after the other; return what is left from the first that was not taken."""
    for place, one in enumerate(news):
        task = asyncio.ensure_future(on_report(one))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        fault = None if task.cancelled() else task.exception()
        if task.cancelled() or fault is not None:
            _log.warning("on_report raised %s; the report will be brought again", type(fault).__name__)
            return news[place:]
    return ()

"""Who is written next: first come, first served, into the window of whichever connection has most room, at the line's pace.

A segment is written by whatever makes room for it: its own coming, an answer, a connection that logs in, the moment the pace
was waited for. Its caller sleeps all the while and is woken once, with what came of it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from loansms.clock import Entropy
from loansms.providers.carrier.backoff import Backoff
from loansms.providers.carrier.link import Link, Ticket
from loansms.providers.carrier.pace import Pace
from loansms.providers.carrier.settings import LineSettings


class Slots:
    """The free places of every connection that is logged in, and the segments that wait for one.

    `wanted` is set while segments wait for a connection, `slow` counts how often in a row the gateway found them too fast.
    """

    def __init__(self, settings: LineSettings, entropy: Entropy) -> None:
        self.wanted: asyncio.Event = asyncio.Event()
        self._links: list[Link] = []
        # An ordered set: who gives up leaves from the middle.
        self._waiting: OrderedDict[Ticket, None] = OrderedDict()
        self._pace = Pace(settings.rate)
        self._pauses = Backoff(settings.throttle_pause, settings.throttle_pause * 32)
        self._entropy = entropy
        self.slow: int = 0
        # Since when it is the pace alone that the first of them waits for, and what rings when that is over.
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._barred = False

    def __len__(self) -> int:
        """How many segments wait."""
        return len(self._waiting)

    def join(self, link: Link) -> None:
        """Offer the places of a connection that has just logged in."""
        self._barred = False
        self._links.append(link)
        self.give()

    def leave(self, link: Link) -> None:
        """Offer them no more."""
        if link in self._links:
            self._links.remove(link)

    def bar(self) -> None:
        """Let nobody wait: there is no connection, and for now there will be none."""
        self._barred = True
        while self._waiting:
            self._waiting.popitem(last=False)[0].settle(None)
        self.wanted.clear()

    def close(self) -> None:
        """Let nobody wait, for ever."""
        self.bar()
        self._ring(None)

    def put(self, ticket: Ticket) -> None:
        """Write a segment at once or have it wait; where nobody may wait, tell it so."""
        self._waiting[ticket] = None
        if len(self._waiting) > 1:
            return
        self.give()
        if self._waiting and self._barred:
            self.bar()
        elif self._waiting:
            self.wanted.set()

    def drop(self, ticket: Ticket) -> None:
        """Have a segment wait no longer: its caller has given up."""
        self._waiting.pop(ticket, None)
        if not self._waiting:
            self.wanted.clear()

    def give(self) -> None:
        """Write what waits, as far as there is room and the pace allows."""
        if not self._waiting:
            return
        now = asyncio.get_running_loop().time()
        since = now if self._since is None else self._since
        self._since = None
        while self._waiting and (link := self._roomiest()):
            ticket = next(iter(self._waiting))
            if ticket.until <= now or ticket.answer.done():
                del self._waiting[ticket]
                ticket.settle(None)
                continue
            at = self._pace.turn(since, now)
            if now < at < ticket.until:
                self._since = since
                self._ring(at)
                return
            del self._waiting[ticket]
            if at > now:
                ticket.settle(None)
            else:
                link.submit(ticket, now)
                since = at
        if not self._waiting:
            self.wanted.clear()

    def slow_down(self) -> None:
        """Write nothing for a while, longer every time: the gateway has said that segments come too fast."""
        now = asyncio.get_running_loop().time()
        # Everything that was under way is refused together: that is one reason to wait longer, not many.
        if not self._pace.held(now):
            self._pace.hold(now + self._pauses.after(self.slow, self._entropy))
            self.slow += 1

    def _ring(self, at: float | None) -> None:
        """Come back at a moment of the loop's clock, and at no other."""
        if self._timer is not None:
            if self._timer.when() == at:
                return
            self._timer.cancel()
        self._timer = None if at is None else asyncio.get_running_loop().call_at(at, self._rung)

    def _rung(self) -> None:
        self._timer = None
        self.give()

    def _roomiest(self) -> Link | None:
        best: Link | None = None
        most = 0
        for link in self._links:
            if (free := link.window.free) > most and link.open:
                best, most = link, free
        return best

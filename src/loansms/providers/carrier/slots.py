"""Who may write next: a place in the window of whichever connection has most room, first come first served.

Nobody spins for a place: a caller that finds none sleeps until one is given back or its deadline has passed.
"""

from __future__ import annotations

import asyncio

from loansms.providers.carrier.deadlines import Deadlines
from loansms.providers.carrier.link import Link


class Slots:
    """The free places of every connection that is logged in."""

    def __init__(self) -> None:
        self.wanted: asyncio.Event = asyncio.Event()
        self._links: list[Link] = []
        # An ordered set: who gives up leaves from the middle.
        self._waiting: dict[asyncio.Future[Link | None], None] = {}
        self._deadlines = Deadlines[Link | None]()
        self._barred = False

    def __len__(self) -> int:
        """How many callers wait."""
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
            self._tell(None)

    def close(self) -> None:
        """Let nobody wait, for ever."""
        self.bar()
        self._deadlines.close()

    def give(self) -> None:
        """Hand out what is free to those who wait."""
        while self._waiting and (link := self._roomiest()):
            self._tell(link)

    async def take(self, until: float) -> Link | None:
        """Return a connection with a place reserved in its window; None where there is none before `until`."""
        if not self._waiting and (link := self._roomiest()):
            link.window.reserve()
            return link
        if self._barred:
            return None
        waiter: asyncio.Future[Link | None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = None
        self._deadlines.end(waiter, until, None)
        self.wanted.set()
        kept = False
        try:
            link = await waiter
            kept = True
            return link
        finally:
            self._waiting.pop(waiter, None)
            if not self._waiting:
                self.wanted.clear()
            # Given a place in the very moment in which the caller gave up.
            if not kept and waiter.done() and not waiter.cancelled() and (given := waiter.result()):
                given.window.release()
                self.give()

    def _tell(self, link: Link | None) -> None:
        waiter = next(iter(self._waiting))
        del self._waiting[waiter]
        if waiter.done():
            return
        if link is not None:
            link.window.reserve()
        waiter.set_result(link)

    def _roomiest(self) -> Link | None:
        best: Link | None = None
        most = 0
        for link in self._links:
            if (free := link.window.free) > most and link.open:
                best, most = link, free
        return best

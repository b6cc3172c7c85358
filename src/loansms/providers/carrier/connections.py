"""The connections of a line: each is opened, logged in, served until it is lost, and after a pause opened again.

A wrong secret becomes no better by being tried often, and may lock the account: after a login that was refused for a fault of
ours the longest pause is kept. A gateway that is full or busy is tried again as one that is not there. A protocol without a test of the line (SGIP) lets an idle connection go in order, and opens it again when somebody wants to
send.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loansms.clock import Clock, Entropy
from loansms.providers.carrier.backoff import Backoff
from loansms.providers.carrier.dialect import Dialect
from loansms.providers.carrier.link import Hand, Link
from loansms.providers.carrier.settings import LineSettings
from loansms.providers.carrier.slots import Slots
from loansms.providers.taxonomy import may_pass


class Connections:
    """Keeps as many connections as the settings say; every event is handed on."""

    def __init__(
        self,
        dialect: Dialect,
        settings: LineSettings,
        *,
        clock: Clock,
        entropy: Entropy,
        number: Callable[[], int],
        slots: Slots,
        hand: Hand,
    ) -> None:
        self._dialect = dialect
        self._settings = settings
        self._clock = clock
        self._entropy = entropy
        self._number = number
        self._slots = slots
        self._hand = hand
        self._backoff = Backoff(settings.first_pause, settings.most_pause)
        self._refusals: dict[int, str] = {}
        self._lazy = not dialect.test(now=clock.now(), sequence=number())
        self.links: set[Link] = set()
        self.opened: int = 0

    @property
    def refused(self) -> str:
        """The code of a login that was refused last, "" for none."""
        return next(iter(self._refusals.values()), "")

    @property
    def login_table(self) -> str:
        """The table that says what `refused` means."""
        return self._dialect.login_table

    @property
    def barred(self) -> bool:
        """Whether the gateway lets none of them in."""
        return len(self._refusals) == self._settings.connections

    @property
    def unanswered(self) -> int:
        """How many submits no answer has come to."""
        return sum(len(link.window) for link in self.links)

    async def keep(self, place: int) -> None:
        """Keep one connection, for ever."""
        failures = 0
        while True:
            link = await self._connect()
            rested = await self._serve(link) if link else False
            worked = link is not None and link.worked
            if link is not None and link.refused is not None:
                self._refusals[place] = link.refused
                if self.barred:
                    self._slots.bar()
                if not may_pass(self.login_table, link.refused):
                    await asyncio.sleep(self._settings.most_pause.total_seconds())
                    continue
            if worked:
                self._refusals.pop(place, None)
            failures = 0 if worked else failures + 1
            if rested:
                await self._slots.wanted.wait()
            else:
                await asyncio.sleep(self._backoff.after(failures, self._entropy))

    async def part(self, until: float) -> None:
        """Say farewell on every connection, and wait for the answers until a moment of the loop's clock."""
        within = max(0.0, until - asyncio.get_running_loop().time())
        await asyncio.gather(*(link.part(self._farewell(), within) for link in self.links if link.open))

    async def _connect(self) -> Link | None:
        told = self._settings
        try:
            async with asyncio.timeout(told.connect_within.total_seconds()):
                _, link = await asyncio.get_running_loop().create_connection(
                    lambda: Link(self._dialect, told, self._clock, self._hand, room=self._slots.give),
                    told.host,
                    told.port,
                    ssl=told.tls,
                    server_hostname=(told.server_name or told.host) if told.tls else None,
                )
        except OSError:
            return None
        self.opened += 1
        return link

    async def _serve(self, link: Link) -> bool:
        """Serve a connection until it ends; return whether it ended because there was nothing to do."""
        self.links.add(link)
        link.write(self._dialect.login(now=self._clock.now(), sequence=self._number()))
        watching = asyncio.create_task(link.watch(self._number))
        try:
            await asyncio.wait({link.ended, watching}, return_when=asyncio.FIRST_COMPLETED)
            rested = self._lazy and link.worked and not len(link.window) and not len(self._slots)
            if rested and link.open:
                self._slots.leave(link)
                await link.part(self._farewell(), self._settings.answer.total_seconds())
        finally:
            watching.cancel()
            self._slots.leave(link)
            self.links.discard(link)
            link.end()
            await asyncio.gather(watching, return_exceptions=True)
        if link.ended.done():
            link.ended.result()
        if not watching.cancelled():
            watching.result()
        return rested

    def _farewell(self) -> bytes:
        return self._dialect.farewell(now=self._clock.now(), sequence=self._number())

"""The port of ours that a gateway connects to with reports and replies: SGIP brings them so, on a connection of its own.

Nothing that comes in is believed before the other side has logged in with the name and secret that were agreed.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime

from loansms.clock import Clock
from loansms.providers.carrier.dialect import Asked, Dialect, Event, Reported, Unreadable
from loansms.providers.carrier.link import Link
from loansms.providers.carrier.settings import LineSettings, Listening

# Seconds in which a connection that is being accepted becomes one that can be ended.
_SETTLE = 0.002


class Listener:
    """A server for gateways; every event of one that has logged in is handed on."""

    def __init__(
        self,
        dialect: Dialect,
        settings: LineSettings,
        listening: Listening,
        clock: Clock,
        number: Callable[[], int],
        came: Callable[[Link, Reported, datetime], None],
    ) -> None:
        self._dialect = dialect
        self._settings = settings
        self._told = listening
        self._clock = clock
        self._number = number
        self._came = came
        self._links: set[Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._told.port

    async def open(self) -> None:
        """Begin to listen; raise OSError where the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Link(self._dialect, self._settings, self._clock, self._meet, met=self._meet_caller),
            self._told.host,
            self._told.port,
            ssl=self._told.tls,
        )

    async def close(self) -> None:
        """End every connection and listen no more."""
        if self._server is not None:
            # asyncio loses the socket of a connection that is being accepted while its server closes.
            await asyncio.sleep(_SETTLE)
            self._server.close()
            for link in self._links:
                link.end()
            if self._serving:
                await asyncio.wait(self._serving)
            await self._server.wait_closed()

    def _meet_caller(self, link: Link) -> None:
        allowed = not self._told.from_addresses or link.remote in self._told.from_addresses
        if not allowed or len(self._links) >= self._told.most:
            link.end()
            return
        self._links.add(link)
        serving = asyncio.ensure_future(self._serve(link))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, link: Link) -> None:
        watching = asyncio.ensure_future(link.watch(self._number))
        try:
            await asyncio.wait({link.ended, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            self._links.discard(link)
            # An answer to a farewell, or to a wrong secret, is still let out.
            await link.finish(1.0)
            await asyncio.gather(link.ended, watching, return_exceptions=True)

    def _meet(self, link: Link, event: Event, now: datetime) -> None:
        match event:
            case Asked(login=(name, secret)):
                if self._knows(name, secret):
                    link.let_in()
                    link.write(event.answer)
                else:
                    link.write(event.refusal)
                    link.leave()
            case Reported() if link.ready:
                self._came(link, event, now)
            case Unreadable(answer=answer) if link.ready:
                link.write(answer)
            case _ if not link.ready:
                link.leave()
            case _:
                return

    def _knows(self, name: str, secret: str) -> bool:
        # Both are compared whole, so that the time tells nothing.
        right = hmac.compare_digest(name.encode(), self._told.name.encode())
        return hmac.compare_digest(secret.encode(), self._told.secret.reveal().encode()) and right

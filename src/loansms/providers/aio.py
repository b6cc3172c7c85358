"""The sandbox and the spool, awaited.

>>> import asyncio
>>> from loansms.testing.examples import AT, message
>>> type(asyncio.run(AsyncSandboxProvider().submit(message(), AT))).__name__
'Accepted'
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from loansms.clock import Clock
from loansms.model import Channel, DeliveryReceipt, InboundMessage, Message, SubmitResult
from loansms.providers.sandbox import SandboxProvider, Submitted
from loansms.providers.spool import SpoolProvider


class AsyncSandboxProvider:
    """SandboxProvider, awaited; it answers at once. The arguments are the same."""

    def __init__(self, seed: int = 0, clock: Clock | None = None, **settings: Any) -> None:
        self._sandbox = SandboxProvider(seed, clock, **settings)
        self.name: str = self._sandbox.name
        self.channels: frozenset[Channel] = self._sandbox.channels

    @property
    def outbox(self) -> list[Submitted]:
        """What was submitted, readable."""
        return self._sandbox.outbox

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Answer at once, as the seed will have it."""
        return self._sandbox.submit(message, deadline)

    async def receipts(self, now: datetime) -> list[DeliveryReceipt]:
        """Return the receipts that came in up to `now`, each once, oldest first."""
        return self._sandbox.receipts(now)

    async def inbound(self, now: datetime) -> list[InboundMessage]:
        """Return the replies that came in up to `now`, each once, oldest first."""
        return self._sandbox.inbound(now)


class AsyncSpoolProvider:
    """SpoolProvider, awaited: it flushes on a worker thread, so the loop never waits for a disk."""

    def __init__(self, directory: str | Path, clock: Clock | None = None) -> None:
        self._spool = SpoolProvider(directory, clock)
        self.name: str = self._spool.name
        self.channels: frozenset[Channel] = self._spool.channels

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """Every line of the file, as dictionaries, oldest first."""
        return self._spool.outbox

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Append the message, flush it, and accept it."""
        return await asyncio.to_thread(self._spool.submit, message, deadline)

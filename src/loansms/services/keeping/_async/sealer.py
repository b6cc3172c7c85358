"""Seal the journal in batches, hand the checkpoints out, and tell a sink what happened, each entry in its place.

The checkpoint must leave the machine: whoever holds the database and the key could otherwise write a past of their own.
A sink is told in the order of the places, at least once; after a crash the last batch comes again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from loansms.errors import ConfigurationError
from loansms.evidence import Signer, TimeStamper, checkpoint_text, seal_batch, stamped
from loansms.model import Seal
from loansms.services.keeping.happened import AsyncEventSink, LedgerEvent, event_of
from loansms.stores import AsyncJournal

_OUT: Final = "checkpoints"  # the reader of the journal that hands checkpoints out


class AsyncCheckpointSink(Protocol):
    """Where checkpoints go: off this machine."""

    async def put(self, checkpoint: str) -> None:
        """Keep a checkpoint; the same one may come again. An exception means that it was not kept."""
        ...


class AsyncSealer:
    """Seals what the journal holds; several may run, one of them wins each batch.

    `outside` takes every checkpoint away, `stamper` puts a time stamp of others on each seal. `most` bounds a batch.
    """

    def __init__(
        self,
        *,
        store: AsyncJournal,
        signer: Signer,
        outside: AsyncCheckpointSink | None = None,
        stamper: TimeStamper | None = None,
        most: int = 5_000,
    ) -> None:
        if most < 1:
            raise ConfigurationError("most: expected 1 or more entries a batch", "most：每批至少一条")
        self._store = store
        self._signer = signer
        self._outside = outside
        self._stamper = stamper
        self._most = most

    async def seal(self, at: datetime) -> int:
        """Seal every entry there is; return how many. Then hand out each checkpoint that was not handed out yet."""
        sealed = 0
        while entries := await self._store.unsealed(self._most):
            seals = await self._store.seals()
            leaves, seal = seal_batch(seals[-1] if seals else None, entries, self._signer, at)
            if self._stamper is not None:
                seal = stamped(seal, self._stamper)
            # Another sealer was first: what it left is read anew.
            sealed += len(leaves) if await self._store.seal(leaves, seal) else 0
        await self._hand_out()
        return sealed

    async def _hand_out(self) -> None:
        if self._outside is None:
            return
        known = await self._store.cursor(_OUT)
        for seal in await self._store.seals():
            if seal.size > known:
                await self._outside.put(checkpoint_text(seal))
                await self._store.move_cursor(_OUT, known, seal.size)
                known = seal.size

    async def last(self) -> Seal | None:
        """Return the last seal, None for a journal without one."""
        seals = await self._store.seals()
        return seals[-1] if seals else None


class AsyncEventPump:
    """Reads the sealed journal on for one sink, named so that it goes on where it stood."""

    def __init__(self, *, store: AsyncJournal, sink: AsyncEventSink, name: str, most: int = 500) -> None:
        if not name or name == _OUT:
            raise ConfigurationError(
                f"name: expected a name for the sink, other than {_OUT}",
                f"name：须为接收方命名，且不能是 {_OUT}",
            )
        self._store = store
        self._sink = sink
        self._name = name
        self._most = most

    async def pump(self) -> int:
        """Hand over everything that was sealed since the last time; return how many events."""
        told = 0
        while True:
            start = await self._store.cursor(self._name)
            end = start
            events: list[LedgerEvent | None] = []
            async for leaf, entry in self._store.leaves(start, self._most):
                end = leaf.place + 1
                events.append(event_of(leaf.place, entry.record))
            if end == start:
                return told
            known = [one for one in events if one is not None]
            if known:
                await self._sink.put(known)
                told += len(known)
            if not await self._store.move_cursor(self._name, start, end):
                return told  # another pump of this name goes on

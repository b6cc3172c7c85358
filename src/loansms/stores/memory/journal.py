"""The journal in memory: a list of entries, and the places a sealer gave them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from loansms.clock import require_aware
from loansms.model import Entry, Leaf, Record, Seal


class MemoryJournal:
    """Entries, seals and readers, under the lock of the store they belong to."""

    def __init__(self, lock: threading.RLock) -> None:
        self._held = lock
        self._entries: list[Entry] = []
        self._leaves: list[Leaf] = []
        self._seals: list[Seal] = []
        self._cursors: dict[str, int] = {}

    def append(self, records: Sequence[Record]) -> None:
        """Write down what no other verb does."""
        with self._held:
            for record in records:
                self._entries.append(Entry(number=len(self._entries) + 1, record=record))

    def entries(
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> Iterator[Entry]:
        """Yield all entries, or those of a debtor or a loan, or told of `since` or later, by rising number."""
        with self._held:
            known = list(self._entries)
        if since is not None:
            require_aware(since, "since")
            known = [one for one in known if one.record.at >= since]
        for one in known:
            if debtor in (None, one.record.debtor) and loan_id in (None, one.record.loan_id):
                yield one

    def unsealed(self, most: int) -> list[Entry]:
        """Return up to `most` entries that no seal covers, by rising number."""
        with self._held:
            sealed = len(self._leaves)
            return self._entries[sealed : sealed + most]

    def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool:
        """Keep a batch's places and its seal; False, and nothing kept, when another sealer was first."""
        with self._held:
            if len(self._leaves) + len(leaves) != seal.size:
                return False
            if [one.place for one in leaves] != list(range(len(self._leaves), seal.size)):
                return False
            self._leaves += leaves
            self._seals.append(seal)
            return True

    def leaves(self, start: int = 0, most: int | None = None) -> Iterator[tuple[Leaf, Entry]]:
        """Yield sealed entries from place `start` on, in their places, each with its leaf."""
        with self._held:
            end = None if most is None else start + most
            found = [(one, self._entries[one.number - 1]) for one in self._leaves[start:end]]
        yield from found

    def seals(self) -> list[Seal]:
        """Return every seal, the smallest first."""
        with self._held:
            return list(self._seals)

    def cursor(self, reader: str) -> int:
        """Return the place up to which `reader` has read."""
        with self._held:
            return self._cursors.get(reader, 0)

    def move_cursor(self, reader: str, start: int, end: int) -> bool:
        """Note that `reader` has read from `start` up to `end`; False when it does not stand at `start`."""
        with self._held:
            if self._cursors.get(reader, 0) != start:
                return False
            self._cursors[reader] = end
            return True

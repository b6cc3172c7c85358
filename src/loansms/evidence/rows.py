"""Entries by number, read as far ahead as is needed: sealing follows commits, so the two orders differ a little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from loansms.errors import CallerError
from loansms.evidence.canonical import entry_bytes
from loansms.evidence.suites import Suite
from loansms.model.record import Entry

# How many of those read ahead are tried where a leaf's number may be the thing that was changed.
_NEAR = 64


class Rows:
    """The entries of a journal; at most `window` of them are held at once. `read` counts them."""

    def __init__(self, entries: Iterable[Entry], suite: Suite, window: int) -> None:
        self._coming = iter(entries)
        self._ahead: dict[int, Entry] = {}
        self._twice: list[Entry] = []
        self._suite = suite
        self._window = window
        self.read: int = 0

    def take(self, number: int) -> Entry | None:
        """Return the entry of that number, None where the window does not hold it."""
        found = self._ahead.pop(number, None)
        while found is None and len(self._ahead) + len(self._twice) < self._window:
            entry = next(self._coming, None)
            if entry is None:
                return None
            self.read += 1
            if entry.number == number:
                found = entry
            else:
                self.put_back(entry)
        return found

    def put_back(self, entry: Entry) -> None:
        """Keep an entry for a later leaf."""
        if entry.number in self._ahead:
            self._twice.append(entry)
        else:
            self._ahead[entry.number] = entry

    def take_by_hash(self, leaf: bytes) -> Entry | None:
        """Return the entry near by whose hash this is, None where there is none."""
        for entry in islice(self._ahead.values(), _NEAR):
            if self.hash(entry) == leaf:
                return self._ahead.pop(entry.number)
        return None

    def rest(self) -> Iterator[Entry]:
        """Yield what no leaf has asked for, as a stream."""
        yield from chain(self._ahead.values(), self._twice)
        for entry in self._coming:
            self.read += 1
            yield entry

    def hash(self, entry: Entry) -> bytes:
        """Return the hash of the leaf this entry makes; b"", which no leaf has, for one that cannot be written."""
        try:
            return self._suite.leaf(entry_bytes(entry))
        except CallerError:
            return b""

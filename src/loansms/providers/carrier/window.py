"""The submits of one connection that are not answered yet: never more than the carrier allows, each answered once.

>>> window = Window(size=2)
>>> window.write(7, "first", at=0.0); window.write(8, "second", at=1.0)
>>> window.free, window.oldest
(0, 0.0)
>>> window.answered(7), window.answered(7), window.free
('first', None, 1)
"""

from __future__ import annotations

from typing import Generic, TypeVar

from loansms.providers.carrier.dialect import Pairing

T = TypeVar("T")


class Window(Generic[T]):
    """Pairs answers with what was written; `free` says how many more may be."""

    def __init__(self, size: int) -> None:
        self.size: int = size
        self.free: int = size
        self._written: dict[Pairing, tuple[T, float]] = {}

    def __len__(self) -> int:
        return len(self._written)

    @property
    def oldest(self) -> float | None:
        """When the first of them was written; None where nothing is unanswered."""
        return next((at for _, at in self._written.values()), None)

    def write(self, pairing: Pairing, what: T, at: float) -> None:
        """Note a submit written at a moment that is none before the last one's; raise ValueError where no place is free."""
        if not self.free:
            raise ValueError("no place is free in this window")
        if pairing in self._written:
            raise ValueError("a submit with this sequence number is not answered yet")
        self._written[pairing] = (what, at)
        self.free -= 1

    def answered(self, pairing: Pairing) -> T | None:
        """Return what was answered and free its place; None for an answer to nothing, or to something a second time."""
        found = self._written.pop(pairing, None)
        if found is None:
            return None
        self.free += 1
        return found[0]

    def overdue(self, before: float) -> list[T]:
        """Take out what was written before a moment, oldest first: no answer is waited for any more."""
        late = [pairing for pairing, (_, at) in self._written.items() if at < before]
        self.free += len(late)
        return [self._written.pop(pairing)[0] for pairing in late]

    def lost(self) -> list[T]:
        """Take out everything: the connection is gone."""
        everything = [what for what, _ in self._written.values()]
        self._written.clear()
        self.free = self.size
        return everything

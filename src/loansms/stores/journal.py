"""The journal: everything that changes the ledger, in the transaction that changes it, to be sealed and read on.

Entries are numbered as they are written; a sealer gives them their final places, in batches, one seal a batch. What
reads on (an event sink, a court) follows the places, and so never misses what another transaction wrote late.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from loansms.model import Entry, Leaf, Record, Seal


class Journal(Protocol):
    """Entries under growing numbers that are never used twice, and the seals over batches of them."""

    def append(self, records: Sequence[Record]) -> None:
        """Write down what no other verb does, such as a step that was not let through."""
        ...

    def entries(
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> Iterator[Entry]:
        """Yield all entries, or those of a debtor or a loan, or told of `since` or later, by rising number."""
        ...

    def unsealed(self, most: int) -> list[Entry]:
        """Return up to `most` entries that no seal covers, by rising number."""
        ...

    def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool:
        """Keep a batch's places and its seal; False, and nothing kept, when another sealer was first."""
        ...

    def leaves(self, start: int = 0, most: int | None = None) -> Iterator[tuple[Leaf, Entry]]:
        """Yield sealed entries from place `start` on, in their places, each with its leaf."""
        ...

    def seals(self) -> list[Seal]:
        """Return every seal, the smallest first."""
        ...

    def cursor(self, reader: str) -> int:
        """Return the place up to which `reader` has read: the next one to hand to it, 0 at first."""
        ...

    def move_cursor(self, reader: str, start: int, end: int) -> bool:
        """Note that `reader` has read from `start` up to `end`; False when it does not stand at `start`."""
        ...


class AsyncJournal(Protocol):
    """`Journal`, awaited: the same verbs, arguments and answers."""

    async def append(self, records: Sequence[Record]) -> None: ...  # noqa: D102

    def entries(  # noqa: D102
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[Entry]: ...

    async def unsealed(self, most: int) -> list[Entry]: ...  # noqa: D102

    async def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool: ...  # noqa: D102

    def leaves(self, start: int = 0, most: int | None = None) -> AsyncIterator[tuple[Leaf, Entry]]: ...  # noqa: D102

    async def seals(self) -> list[Seal]: ...  # noqa: D102

    async def cursor(self, reader: str) -> int: ...  # noqa: D102

    async def move_cursor(self, reader: str, start: int, end: int) -> bool: ...  # noqa: D102

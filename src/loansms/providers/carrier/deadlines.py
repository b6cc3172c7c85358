"""What is waited for until a moment and no longer, on one timer: a line waits for thousands of answers a second.

A timer for each of them would cost more than the answer itself, and nearly all would be taken back unused. Here a future
that was settled in time costs nothing more.

>>> async def told() -> list[str]:
...     loop, deadlines = asyncio.get_running_loop(), Deadlines[str]()
...     late, early = loop.create_future(), loop.create_future()
...     deadlines.end(late, loop.time() + 0.01, "nothing came")
...     deadlines.end(early, loop.time() + 0.01, "nothing came")
...     early.set_result("it came")
...     return [await late, await early]
>>> asyncio.run(told())
['nothing came', 'it came']
"""

from __future__ import annotations

import asyncio
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Told_contra = TypeVar("Told_contra", contravariant=True)

# Of so many, those that were settled in time are thrown out before their moment: soon, while they are young garbage.
_MOST_SETTLED: Final = 128
# When, in what order, what waits, and what it is told then.
_Entry: TypeAlias = "tuple[float, int, Waits[T], T]"


class Waits(Protocol[Told_contra]):
    """A future, or what is told of it as a future is."""

    def done(self) -> bool:
        """Whether it waits no longer."""
        ...

    def set_result(self, result: Told_contra, /) -> None:
        """Tell it."""
        ...


class Deadlines(Generic[T]):
    """Futures of one event loop, or what is told as they are: each has a moment of the loop's clock at which it is settled."""

    def __init__(self) -> None:
        self._waiting: list[_Entry[T]] = []
        self._order = count()
        self._most = _MOST_SETTLED
        self._timer: asyncio.TimerHandle | None = None
        self._rings = inf

    def __len__(self) -> int:
        """How many are kept, settled ones among them."""
        return len(self._waiting)

    def end(self, waits: Waits[T], at: float, told: T) -> None:
        """Settle `waits` with ``told`` at a moment of the loop's clock."""
        if len(self._waiting) >= self._most:
            self._throw_out()
        heappush(self._waiting, (at, next(self._order), waits, told))
        if at < self._rings:
            self._rise()

    def close(self) -> None:
        """Settle nothing more."""
        self._waiting.clear()
        self._rise()

    def _rise(self) -> None:
        """Set the timer to what is due first."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings = None, inf
        while self._waiting and self._waiting[0][2].done():
            heappop(self._waiting)
        if self._waiting:
            self._rings = self._waiting[0][0]
            self._timer = asyncio.get_running_loop().call_at(self._rings, self._ring)

    def _ring(self) -> None:
        # The loop rings a little early where its clock is coarse: what was due when it was set is due now.
        due = max(asyncio.get_running_loop().time(), self._rings)
        while self._waiting and self._waiting[0][0] <= due:
            _, _, waits, told = heappop(self._waiting)
            if not waits.done():
                waits.set_result(told)
        self._rise()

    def _throw_out(self) -> None:
        self._waiting = [one for one in self._waiting if not one[2].done()]
        heapify(self._waiting)
        self._most = max(_MOST_SETTLED, 2 * len(self._waiting))

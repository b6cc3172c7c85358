"""The server's clock, told without a trip: how far it was from this process's own when it was last asked.

Leases of several machines end by one clock. Between two questions the time runs on by the monotonic clock, so a step
of this machine's wall clock moves no lease.

>>> clock = ServerClock()
>>> clock.is_due
True
>>> clock.set(1_790_000_000_000_000, asked=clock.reading(), answered=clock.reading())
>>> clock.is_due, clock.now().year
(False, 2026)
"""

from __future__ import annotations

import time
from datetime import datetime

from loansms.stores.rows import moment

_VALID_FOR = 60_000_000  # microseconds; quartz drifts some 100 us in that time


class ServerClock:
    """A Clock that `set` keeps in step with a server."""

    def __init__(self) -> None:
        self._ahead = 0
        self._asked: int | None = None

    @staticmethod
    def reading() -> int:
        """Return this process's monotonic clock in microseconds."""
        return time.monotonic_ns() // 1000

    @property
    def is_due(self) -> bool:
        """Whether the server should be asked again."""
        return self._asked is None or self.reading() - self._asked > _VALID_FOR

    def set(self, told: int, *, asked: int, answered: int) -> None:
        """Note what the server told between two readings, in microseconds since 1970."""
        self._ahead = told - (asked + answered) // 2
        self._asked = answered

    def now(self) -> datetime:
        """Return the server's time."""
        return moment(self.reading() + self._ahead)

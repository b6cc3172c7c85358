"""Time and randomness as arguments: the only file that may read the wall clock.

>>> from datetime import datetime, timezone
>>> clock = FrozenClock(datetime(2026, 9, 24, 2, 0, tzinfo=timezone.utc))
>>> clock.now().isoformat()
'2026-09-24T02:00:00+00:00'
>>> require_aware(datetime(2026, 9, 24))
Traceback (most recent call last):
ValueError: now: expected a datetime with a time zone, got one without
"""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from attrs import define, field


class Clock(Protocol):
    """Anything that tells the time as an aware datetime."""

    def now(self) -> datetime:
        """Return the present moment, aware."""
        ...


class Entropy(Protocol):
    """A source of random bytes."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""
        ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's secure random source."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""
        return secrets.token_bytes(size)


def require_aware(now: datetime, name: str = "now") -> datetime:
    """Return `now` unchanged, or raise ValueError when it has no time zone."""
    if now.tzinfo is None or now.utcoffset() is None:
        raise ValueError(f"{name}: expected a datetime with a time zone, got one without")
    return now


@define
class FrozenClock:
    """A clock that stands still until it is moved: for tests and simulations."""

    _now: datetime = field(converter=require_aware)

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Move the clock by `by`."""
        self._now += by

    def set(self, to: datetime) -> None:
        """Set the clock to `to`."""
        self._now = require_aware(to)


class RunningClock:
    """A clock that was set to `start` and runs on from there: a simulated day that takes real seconds."""

    def __init__(self, start: datetime, by: Clock) -> None:
        self._start = require_aware(start, "start")
        self._by = by
        self._began = by.now()

    def now(self) -> datetime:
        """Return the start plus what has passed since the clock was set."""
        return self._start + (self._by.now() - self._began)


@define
class Floor:
    """The least time an answer takes, so that its quickness tells nothing; zero waits for nothing."""

    least: timedelta

    def start(self) -> float:
        """Return the moment an answer began, on a clock that only runs forwards."""
        return time.monotonic() if self.least else 0.0

    def hold(self, began: float) -> None:
        """Wait until the answer that `began` then is as old as it must be."""
        if self.least:
            time.sleep(max(0.0, began + self.least.total_seconds() - time.monotonic()))


@define
class AsyncFloor:
    """The same, awaited."""

    least: timedelta

    def start(self) -> float:
        """Return the moment an answer began, on a clock that only runs forwards."""
        return time.monotonic() if self.least else 0.0

    async def hold(self, began: float) -> None:
        """Wait until the answer that `began` then is as old as it must be."""
        if self.least:
            await asyncio.sleep(max(0.0, began + self.least.total_seconds() - time.monotonic()))

"""Time and randomness as arguments: the only file that may read the wall clock.

>>> from datetime import datetime, timezone
>>> clock = FrozenClock(datetime(2026, 9, 24, 2, 0, tzinfo=timezone.utc))
>>> clock.now().isoformat()
'2026-09-24T02:00:00+00:00'
>>> require_aware(datetime(2026, 9, 24))
Traceback (most recent call last):
loansms.errors.CallerError: now: expected a datetime with a time zone, got one without
"""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from attrs import define, field

from loansms.errors import CallerError


class Clock(Protocol):
    """Anything that tells the time as an aware datetime."""

    def now(self) -> datetime:
        """Return the present moment, aware."""
        ...


class Entropy(Protocol):
    """A source of random bytes, fit for keys and codes; a test may give one that repeats itself."""

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
    """Return `now` unchanged, or raise CallerError (a ValueError) when it has no time zone."""
    if now.tzinfo is None or now.utcoffset() is None:
        raise CallerError(
            f"{name}: expected a datetime with a time zone, got one without", f"{name} 应为带时区的时间"
        )
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
    """`Floor`, awaited: the least time an answer takes."""

    least: timedelta

    def start(self) -> float:
        """Return the moment an answer began, on a clock that only runs forwards."""
        return time.monotonic() if self.least else 0.0

    async def hold(self, began: float) -> None:
        """Wait until the answer that `began` then is as old as it must be."""
        if self.least:
            await asyncio.sleep(max(0.0, began + self.least.total_seconds() - time.monotonic()))


class Cutoff:
    """How long something outside may take; what is not awaited cannot be cut off, and keeps its deadline itself."""

    def __init__(self, after: timedelta) -> None:
        self.after = after

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        """Nothing to end."""


class AsyncCutoff:
    """The same, awaited: TimeoutError when the block takes longer."""

    def __init__(self, after: timedelta) -> None:
        self._timeout = asyncio.timeout(after.total_seconds())

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._timeout.__aexit__(kind, fault, trace)


class Pause:
    """A wait; given to what waits, so that a test need not."""

    def __call__(self, wait: timedelta) -> None:
        """Wait."""
        time.sleep(wait.total_seconds())


class AsyncPause:
    """`Pause`, awaited: waits, and lets others go on."""

    async def __call__(self, wait: timedelta) -> None:
        """Wait, and let others go on."""
        await asyncio.sleep(wait.total_seconds())

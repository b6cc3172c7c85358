"""A token bucket: so many a second on average, a few saved up for a burst.

>>> from datetime import UTC
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> bucket = TokenBucket(Decimal(2))
>>> bucket.wait(now), bucket.wait(now, behind=3)
(datetime.timedelta(0), datetime.timedelta(seconds=1, microseconds=500000))
>>> bucket.take()
>>> bucket.wait(now)
datetime.timedelta(microseconds=500000)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from attrs import define, field

_SECOND = timedelta(seconds=1)


@define
class TokenBucket:
    """`per_second` tokens flow in, at most `burst` of them are saved up. Whoever shares one holds a lock around it."""

    per_second: Decimal
    burst: int = 1
    _tokens: float = field(default=-1.0, init=False)
    _at: datetime | None = field(default=None, init=False)

    def wait(self, now: datetime, behind: int = 0) -> timedelta:
        """Return how long it is until there is a token for the one `behind` so many others; zero where there is one."""
        self._fill(now)
        short = behind + 1 - self._tokens
        return max(timedelta(seconds=short / float(self.per_second)), timedelta(0))

    def take(self) -> None:
        """Take a token that `wait` has said is there."""
        self._tokens -= 1

    def _fill(self, now: datetime) -> None:
        if self._at is None:
            self._tokens, self._at = float(self.burst), now
        elif now > self._at:
            gained = (now - self._at) / _SECOND * float(self.per_second)
            self._tokens, self._at = min(self._tokens + gained, float(self.burst)), now

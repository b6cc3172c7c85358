"""How fast a road is used: token buckets, and whose turn it is while they are empty.

A waiting message takes a ticket; `turn` says how long it still waits. Codes go before notices, notices before collection,
collection before marketing, but nobody for ever: with every ``patience`` that passes a ticket moves one lane up.

>>> from datetime import UTC, datetime
>>> from decimal import Decimal
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> pace = Pace(Decimal(2))
>>> marketing, code = pace.ticket(Purpose.MARKETING, now), pace.ticket(Purpose.OTP, now)
>>> pace.turn(marketing, now) > timedelta(0), pace.turn(code, now), pace.turn(marketing, now)
(True, None, datetime.timedelta(microseconds=500000))
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import define, field, frozen

from loansms.model import Message, Purpose
from loansms.providers.route import Route

_LANES = {Purpose.OTP: 0, Purpose.SECURITY_ALERT: 0, Purpose.COLLECTION: 2, Purpose.SETTLEMENT_OFFER: 2,
          Purpose.RELAY: 2, Purpose.MARKETING: 3}  # fmt: skip
_NOTICES = 1
_RANGES = 10_000  # blocks of numbers a route remembers: those met longest ago are forgotten, and full again
_SECOND = timedelta(seconds=1)


@frozen(order=True)
class Ticket:
    """A place among those who wait."""

    number: int
    lane: int
    since: datetime


@define
class Pace:
    """One bucket: `per_second` tokens, at most `burst` of them saved up."""

    per_second: Decimal
    burst: int = 1
    patience: timedelta = timedelta(seconds=30)
    _tokens: float = field(default=-1.0, init=False)
    _at: datetime | None = field(default=None, init=False)
    _waiting: dict[int, Ticket] = field(factory=dict[int, Ticket], init=False)
    _count: int = field(default=0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def ticket(self, purpose: Purpose, now: datetime) -> Ticket:
        """Return a place among those who wait; give it back with `leave` where it is not used."""
        with self._lock:
            self._count += 1
            made = Ticket(self._count, _LANES.get(purpose, _NOTICES), now)
            self._waiting[made.number] = made
        return made

    def leave(self, ticket: Ticket) -> None:
        """Give a place back."""
        with self._lock:
            self._waiting.pop(ticket.number, None)

    def turn(self, ticket: Ticket, now: datetime) -> timedelta | None:
        """Return None, a token taken, where it is the ticket's turn; else how long to wait before asking again."""
        with self._lock:
            self._fill(now)
            ahead = sum(self._rank(one, now) < self._rank(ticket, now) for one in self._waiting.values())
            if not ahead and self._tokens >= 1:
                self._tokens -= 1
                self._waiting.pop(ticket.number, None)
                return None
            short = max(ahead + 1 - self._tokens, 0.0)
        return max(timedelta(seconds=short / float(self.per_second)), timedelta(milliseconds=1))

    def _rank(self, ticket: Ticket, now: datetime) -> tuple[int, int]:
        waited = max(now - ticket.since, timedelta(0))
        return ticket.lane - waited // self.patience, ticket.number

    def _fill(self, now: datetime) -> None:
        if self._at is None:
            self._tokens, self._at = float(self.burst), now
        elif now > self._at:
            gained = (now - self._at) / _SECOND * float(self.per_second)
            self._tokens, self._at = min(self._tokens + gained, float(self.burst)), now


@define
class Paces:
    """The buckets of one route: its own, and one for each block of numbers."""

    route: Route
    _whole: Pace | None = field(init=False)
    _ranges: OrderedDict[str, Pace] = field(factory=OrderedDict[str, Pace], init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        pace = self.route.per_second
        self._whole = Pace(pace, self.route.burst) if pace is not None else None

    def of(self, message: Message) -> list[Pace]:
        """Return the buckets a message needs a token of, the narrowest first."""
        found = [self._range(message)] if self.route.range_per_second is not None else []
        return [*found, self._whole] if self._whole is not None else found

    def _range(self, message: Message) -> Pace:
        # The digits behind + are those of the country code too: a block of a country, not of all countries.
        block = message.to.e164[: 1 + self.route.range_digits]
        with self._lock:
            pace = self._ranges.pop(block, None) or Pace(self.route.range_per_second or Decimal(1))
            self._ranges[block] = pace
            while len(self._ranges) > _RANGES:
                self._ranges.popitem(last=False)
        return pace

"""How fast a road is used: a token bucket for all of it and one for each block of numbers, and whose turn it is meanwhile.

A waiting message takes a ticket; `turn` takes a token of both buckets or of none, and else says how long it still waits.
Codes go before notices, notices before collection, collection before marketing, but nobody for ever: with every
``patience`` that passes a ticket moves one lane up. The queue has an end: who finds it full is told so at once.

>>> from datetime import UTC, datetime
>>> from decimal import Decimal
>>> from attrs import evolve
>>> from loansms.testing.examples import message
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> throttle = Throttle(Route(provider="a", per_second=Decimal(2), most_waiting=2))
>>> reminder, code = (throttle.ticket(one, now) for one in (message(), evolve(message(), purpose=Purpose.OTP)))
>>> throttle.ticket(message(), now) is None
True
>>> throttle.turn(reminder, now) > timedelta(0), throttle.turn(code, now), throttle.turn(reminder, now)
(True, None, datetime.timedelta(microseconds=500000))
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from attrs import define, field, frozen

from loansms.model import Message, Purpose
from loansms.providers.routing.route import Route
from loansms.providers.routing.token_bucket import TokenBucket

_LANES = {Purpose.OTP: 0, Purpose.SECURITY_ALERT: 0, Purpose.COLLECTION: 2, Purpose.SETTLEMENT_OFFER: 2,
          Purpose.RELAY: 2, Purpose.MARKETING: 3}  # fmt: skip
_NOTICES = 1
_BLOCKS = 10_000  # blocks of numbers a route remembers: those met longest ago are forgotten, and full again
_NOW = timedelta(0)
_SHORTEST = timedelta(milliseconds=1)


@frozen
class Ticket:
    """A place among those who wait; `block` is the block of numbers it is for, "" where blocks have no pace."""

    number: int
    lane: int
    since: datetime
    block: str = field(repr=False)


@define
class Throttle:
    """The buckets of one route, and the queue before them."""

    route: Route
    patience: timedelta = timedelta(seconds=30)
    _whole: TokenBucket | None = field(init=False)
    _blocks: OrderedDict[str, TokenBucket] = field(
        factory=OrderedDict[str, TokenBucket], init=False, repr=False
    )
    _waiting: dict[int, Ticket] = field(factory=dict[int, Ticket], init=False, repr=False)
    _count: int = field(default=0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        pace = self.route.per_second
        self._whole = TokenBucket(pace, self.route.burst) if pace is not None else None

    def ticket(self, message: Message, now: datetime) -> Ticket | None:
        """Return a place among those who wait, None where the queue is full; give it back with `leave`."""
        # The digits behind + are those of the country code too: a block of a country, not of all countries.
        block = message.to.e164[: 1 + self.route.range_digits] if self.route.range_per_second else ""
        with self._lock:
            if len(self._waiting) >= self.route.most_waiting:
                return None
            self._count += 1
            made = Ticket(self._count, _LANES.get(message.purpose, _NOTICES), now, block)
            self._waiting[made.number] = made
        return made

    def leave(self, ticket: Ticket) -> None:
        """Give a place back."""
        with self._lock:
            self._waiting.pop(ticket.number, None)

    def turn(self, ticket: Ticket, now: datetime) -> timedelta | None:
        """Return None, a token of both buckets taken, where it is the ticket's turn; else how long to wait before asking again.

        Who waits for a block of numbers holds up that block alone.
        """
        with self._lock:
            mine = self._rank(ticket, now)
            ahead = [one for one in self._waiting.values() if self._rank(one, now) < mine]
            block = self._block(ticket)
            wait = block.wait(now, sum(one.block == ticket.block for one in ahead)) if block else _NOW
            if self._whole is not None:
                wait = max(wait, self._whole.wait(now, self._ready(ahead, now)))
            if wait > _NOW:
                return max(wait, _SHORTEST)
            for bucket in (block, self._whole):
                if bucket is not None:
                    bucket.take()
            self._waiting.pop(ticket.number, None)
        return None

    def _ready(self, ahead: list[Ticket], now: datetime) -> int:
        """Return how many of those ahead wait for the whole route alone: their block has a token for them."""
        if not self.route.range_per_second:
            return len(ahead)
        met: dict[str, int] = {}
        ready = 0
        for one in sorted(ahead, key=lambda other: self._rank(other, now)):
            block, before = self._block(one), met.get(one.block, 0)
            met[one.block] = before + 1
            ready += block is None or block.wait(now, before) == _NOW
        return ready

    def _rank(self, ticket: Ticket, now: datetime) -> tuple[int, int]:
        waited = max(now - ticket.since, _NOW)
        return ticket.lane - waited // self.patience, ticket.number

    def _block(self, ticket: Ticket) -> TokenBucket | None:
        pace = self.route.range_per_second
        if pace is None:
            return None
        bucket = self._blocks.pop(ticket.block, None) or TokenBucket(pace)
        self._blocks[ticket.block] = bucket
        while len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)
        return bucket

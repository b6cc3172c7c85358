"""How fast a road is used: a token bucket for all of it and one for each block of numbers, and whose turn it is meanwhile.

A waiting message takes a ticket; `turn` takes a token of both buckets or of none, and else says how long it still waits.
Codes go before notices, notices before collection, collection before marketing, but nobody for ever: a lane is worth one
``patience``, so that who has waited that long goes before a newcomer of the next lane. The queue has an end: who finds it
full is told so at once.

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
from bisect import bisect_left, insort
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
    """A place among those who wait: `rank` is the moment its lane makes of its coming, and its number; the lowest goes first.

    ``block`` is the block of numbers it is for, "" where blocks have no pace.
    """

    rank: tuple[datetime, int]
    lane: int
    block: str = field(repr=False)


Ranks = list[tuple[datetime, int]]


@define
class Throttle:
    """The buckets of one route, and the queues before them: one for each block, and one of those whose block has a token."""

    route: Route
    patience: timedelta = timedelta(seconds=30)
    _whole: TokenBucket | None = field(init=False)
    _blocks: OrderedDict[str, TokenBucket] = field(
        factory=OrderedDict[str, TokenBucket], init=False, repr=False
    )
    _queues: dict[str, Ranks] = field(factory=dict[str, Ranks], init=False, repr=False)
    _ready: Ranks = field(factory=list[tuple[datetime, int]], init=False, repr=False)
    _waiting: set[int] = field(factory=set[int], init=False, repr=False)
    _count: int = field(default=0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        pace = self.route.per_second
        self._whole = TokenBucket(pace, self.route.burst) if pace is not None else None

    def ticket(self, message: Message, now: datetime) -> Ticket | None:
        """Return a place among those who wait, None where the queue is full; give it back with `leave`."""
        lane = _LANES.get(message.purpose, _NOTICES)
        # The digits behind + are those of the country code too: a block of a country, not of all countries.
        block = message.to.e164[: 1 + self.route.range_digits] if self.route.range_per_second else ""
        with self._lock:
            if len(self._waiting) >= self.route.most_waiting:
                return None
            self._count += 1
            made = Ticket((now + lane * self.patience, self._count), lane, block)
            self._waiting.add(self._count)
            insort(self._queues.setdefault(block, []) if block else self._ready, made.rank)
        return made

    def leave(self, ticket: Ticket) -> None:
        """Give a place back."""
        with self._lock:
            self._forget(ticket)

    def turn(self, ticket: Ticket, now: datetime) -> timedelta | None:
        """Return None, a token of both buckets taken, where it is the ticket's turn; else how long to wait before asking again.

        Who waits for a block of numbers holds up that block alone.
        """
        with self._lock:
            block = self._block(ticket)
            if block is not None:
                wait = block.wait(now, bisect_left(self._queues.get(ticket.block, []), ticket.rank))
                _drop(self._ready, ticket.rank)
                if wait > _NOW:
                    return max(wait, _SHORTEST)
                insort(self._ready, ticket.rank)
            if self._whole is not None:
                wait = self._whole.wait(now, bisect_left(self._ready, ticket.rank))
                if wait > _NOW:
                    return max(wait, _SHORTEST)
                self._whole.take()
            if block is not None:
                block.take()
            self._forget(ticket)
        return None

    def _forget(self, ticket: Ticket) -> None:
        self._waiting.discard(ticket.rank[1])
        _drop(self._ready, ticket.rank)
        queue = self._queues.get(ticket.block, [])
        _drop(queue, ticket.rank)
        if not queue:
            self._queues.pop(ticket.block, None)

    def _block(self, ticket: Ticket) -> TokenBucket | None:
        pace = self.route.range_per_second
        if pace is None:
            return None
        bucket = self._blocks.pop(ticket.block, None) or TokenBucket(pace)
        self._blocks[ticket.block] = bucket
        while len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)
        return bucket


def _drop(ranks: Ranks, rank: tuple[datetime, int]) -> None:
    place = bisect_left(ranks, rank)
    if place < len(ranks) and ranks[place] == rank:
        del ranks[place]

"""So many submits a second, evenly spaced: carriers count every second for itself, so there is no saving up.

>>> pace = Pace(rate=10)
>>> pace.turn(since=5.0, now=5.0), pace.turn(since=5.0, now=5.0), pace.turn(since=5.0, now=5.2)
(5.0, 5.1, 5.1)
>>> pace.hold(until=6.0)
>>> pace.held(now=5.5), pace.turn(since=5.5, now=5.5)
(True, 6.0)
"""

from __future__ import annotations


class Pace:
    """Says when to send, in seconds of a clock that only runs forwards; `rate` None spaces nothing."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._next = 0.0
        self._held = 0.0

    def turn(self, since: float, now: float) -> float:
        """Return the moment from which whoever has been ready ``since`` then may send; one that has come is given to nobody else.

        It is reckoned from ``since`` and not from `now`, so that a timer that rings late slows nobody down.
        """
        at = max(since, self._next, self._held)
        if at <= now:
            self._next = at + self._gap
        return at

    def hold(self, until: float) -> None:
        """Name no moment before `until`: the gateway has said that this is too fast."""
        self._held = max(self._held, until)

    def held(self, now: float) -> bool:
        """Return whether the gateway is being waited for at `now`."""
        return now < self._held

"""So many submits a second, evenly spaced: carriers count every second for itself, so there is no saving up.

>>> pace = Pace(rate=10)
>>> pace.spend(pace.due(since=5.0))
>>> pace.due(since=5.0), pace.due(since=7.0)
(5.1, 7.0)
>>> pace.hold(until=6.0)
>>> pace.held(now=5.5), pace.due(since=5.0)
(True, 6.0)
"""

from __future__ import annotations


class Pace:
    """Says when to send, in seconds of a clock that only runs forwards; `rate` None spaces nothing."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._next = 0.0
        self._held = 0.0

    def due(self, since: float) -> float:
        """Return the moment from which whoever has been ready ``since`` then may send.

        It is reckoned from that moment and not from the present one, so that a timer that rings late slows nobody down.
        """
        return max(since, self._next, self._held)

    def spend(self, at: float) -> None:
        """Note that one was sent, at the moment that `due` named."""
        self._next = at + self._gap

    def hold(self, until: float) -> None:
        """Name no moment before `until`: the gateway has said that this is too fast."""
        self._held = max(self._held, until)

    def held(self, now: float) -> bool:
        """Return whether the gateway is being waited for at `now`."""
        return now < self._held

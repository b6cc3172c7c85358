"""So many submits a second, evenly spaced: carriers count every second for itself, so there is no saving up.

>>> pace = Pace(rate=10)
>>> pace.turn(now=5.0, until=9.0), pace.turn(now=5.0, until=9.0), pace.turn(now=5.0, until=5.15)
(5.0, 5.1, None)
>>> pace.hold(until=6.0)
>>> pace.held(now=5.5), pace.turn(now=5.5, until=9.0)
(True, 6.0)
"""

from __future__ import annotations


class Pace:
    """Gives out moments to send at, in seconds of a clock that only runs forwards; `rate` None spaces nothing."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._next = 0.0
        self._held = 0.0

    def turn(self, now: float, until: float) -> float | None:
        """Return the moment from which one submit may be sent, given to nobody else; None where it is not before `until`."""
        at = max(now, self._next, self._held)
        if at >= until:
            return None
        self._next = at + self._gap
        return at

    def hold(self, until: float) -> None:
        """Give out no moment before `until`: the gateway has said that this is too fast."""
        self._held = max(self._held, until)

    def held(self, now: float) -> bool:
        """Return whether the gateway is being waited for at `now`."""
        return now < self._held

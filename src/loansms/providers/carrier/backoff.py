"""How long to wait before the next try: doubled every time, never above a most, and spread by chance.

Half of the wait is fixed and half is drawn, so that the lines of a whole house do not come back in the same instant. A
retry library would do the same with its own clock and its own randomness; here both are arguments, and it is one line.

>>> from loansms.clock import SystemEntropy
>>> waits = Backoff(first=timedelta(seconds=1), most=timedelta(seconds=60))
>>> 0.5 <= waits.after(0, SystemEntropy()) <= 1.0, 30.0 <= waits.after(50, SystemEntropy()) <= 60.0
(True, True)
"""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from loansms.clock import Entropy

# Doubling more often than this would overflow nothing useful: the most was reached long before.
_DOUBLINGS = 20


@frozen
class Backoff:
    """Waits that begin at `first` and double up to `most`."""

    first: timedelta
    most: timedelta

    def after(self, failures: int, entropy: Entropy) -> float:
        """Return the seconds to wait after so many failures in a row (0: the first)."""
        whole = min(self.most, self.first * (1 << min(failures, _DOUBLINGS))).total_seconds()
        drawn = int.from_bytes(entropy.token(4), "big") / 0xFFFFFFFF
        return whole * (0.5 + 0.5 * drawn)

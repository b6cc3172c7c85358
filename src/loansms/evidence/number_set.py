"""A set of whole numbers that mostly follow one another, kept as the runs they form.

>>> seen = NumberSet()
>>> [seen.add(number) for number in (4, 5, 7, 6, 5)]
[True, True, True, True, False]
>>> 7 in seen, 8 in seen, seen.runs
(True, False, [4, 8])
"""

from __future__ import annotations

from bisect import bisect_right


class NumberSet:
    """A million numbers in a row take the room of two; `runs` are the beginnings and the ends after the last."""

    __slots__ = ("runs",)

    def __init__(self) -> None:
        self.runs: list[int] = []

    def __contains__(self, number: int) -> bool:
        return bool(bisect_right(self.runs, number) & 1)

    def add(self, number: int) -> bool:
        """Take in a number; return whether it was new."""
        at = bisect_right(self.runs, number)
        if at & 1:
            return False
        joins_left = at > 0 and self.runs[at - 1] == number
        joins_right = at < len(self.runs) and self.runs[at] == number + 1
        low, high = at - joins_left, at + joins_right
        self.runs[low:high] = [] if joins_left and joins_right else _bounds(number, joins_left, joins_right)
        return True


def _bounds(number: int, joins_left: bool, joins_right: bool) -> list[int]:
    if joins_left:
        return [number + 1]
    return [number] if joins_right else [number, number + 1]

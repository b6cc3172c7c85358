"""Counts as people hand them over: whole numbers, none negative, no more outcomes than units."""

from __future__ import annotations

from math import isfinite
from numbers import Integral

from loansms.errors import CallerError


def whole(name: str, value: object) -> int:
    """Return a count as an int. Raise CallerError unless it is a whole number of 0 or more; 3.0 is one, True is not.

    >>> whole("n_a", 3.0)
    3
    """
    if isinstance(value, Integral | float) and not isinstance(value, bool):
        number = float(value)
        if isfinite(number) and number >= 0 and number == int(number):
            return int(value)
    raise CallerError(f"{name}: expected a whole number of 0 or more", f"{name}：应为不小于 0 的整数")


def cases(name: str, found: object, of_name: str, of: object) -> tuple[int, int]:
    """Return how many of how many. Raise CallerError for bad counts, or more cases than units."""
    x, n = whole(name, found), whole(of_name, of)
    if x > n:
        raise CallerError(
            f"{name}: expected no more than {of_name}; count units, not events",
            f"{name}：不应大于 {of_name}；请按单位计数，而非按事件计数",
        )
    return x, n

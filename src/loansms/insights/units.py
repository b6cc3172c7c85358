"""Counts as people hand them over: whole numbers, none negative, no more outcomes than units."""

from __future__ import annotations

from numbers import Integral
from typing import Final, SupportsInt, cast

from loansms.errors import CallerError

_MOST: Final = 2**53  # beyond it a float no longer tells neighbours apart


def whole(name: str, value: object) -> int:
    """Return a count as an int. Raise CallerError unless it is a whole number of 0 or more; 3.0 is one, True is not.

    >>> whole("n_a", 3.0)
    3
    """
    given = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    count = -1 if isinstance(value, bool) or not given else int(cast("SupportsInt", value))
    if 0 <= count <= _MOST:
        return count
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

"""Whether the borrowers are split as they were meant to be: a broken split makes every other figure worthless."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, isfinite

from loansms.errors import CallerError
from loansms.insights.tails import chi_square_tail
from loansms.insights.units import whole


def srm(counts: Sequence[int], weights: Sequence[float] | None = None) -> float:
    """Return the p-value of a sample-ratio mismatch: a chi-square test of `counts` against shares by `weights`.

    `weights` are shares of any sum, equal where none are given. A small value (below 0.001 is customary) says that
    the split is broken. No units at all answer 1; units in an arm of weight 0 answer 0. Raise CallerError for fewer
    than two arms, counts that are not whole and not negative, and weights that are not one for each arm, negative or
    all 0.

    >>> srm([500, 500]), srm([0, 0]), round(srm([700, 300], [2, 1]), 4)
    (1.0, 1.0, 0.0253)
    """
    found = [whole(f"counts[{number}]", one) for number, one in enumerate(counts)]
    shares = [1.0] * len(found) if weights is None else [float(one) for one in weights]
    if len(found) < 2:
        raise CallerError("counts: expected two arms or more", "counts：应至少有两组")
    if len(shares) != len(found) or not all(isfinite(one) and one >= 0 for one in shares) or not any(shares):
        raise CallerError(
            "weights: expected one for each arm, 0 or more and not all 0",
            "weights：应与各组一一对应，不得为负，也不得全为 0",
        )
    total, of = sum(found), fsum(shares)
    if any(one and not share for one, share in zip(found, shares, strict=True)):
        return 0.0
    meant = [total * (share / of) for share in shares]
    apart = fsum((one - due) ** 2 / due for one, due in zip(found, meant, strict=True) if due)
    return chi_square_tail(apart, len(found) - 1)

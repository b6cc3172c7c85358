"""Two shares compared: how many of how many, in each arm."""

from __future__ import annotations

from loansms.insights.effect import Effect, Measured, effect_of
from loansms.insights.units import cases

_POSSIBLE = (-1.0, 1.0)


def compare(
    x_a: int,
    n_a: int,
    x_b: int,
    n_b: int,
    alpha: float = 0.05,
    sequential: bool = False,
    tuning: float = 5000,
) -> Effect:
    """Return the difference of the share of arm B (`x_b` of `n_b` borrowers) less that of arm A.

    Fixed: Welch's interval with each arm's variance p(1 - p), to be read once, at a number of borrowers settled before.
    `sequential`: an interval that holds at every look, tightest at `tuning` borrowers of both arms together. The
    interval excludes 0 exactly when the p-value is below `alpha`.

    An arm without borrowers, or one in which all or none met the outcome, has nothing to compute from: `Effect.told`
    says so, the interval is [-1, 1] and the p-value 1. Raise CallerError for counts that are not whole and not
    negative, more outcomes than borrowers, and an alpha or tuning out of range.

    >>> compare(30, 100, 45, 100).is_clear
    True
    """
    a, b = _measured("a", x_a, n_a), _measured("b", x_b, n_b)
    return effect_of(a, b, alpha=alpha, sequential=sequential, tuning=tuning, within=_POSSIBLE)


def _measured(arm: str, x: object, n: object) -> Measured:
    found, units = cases(f"x_{arm}", x, f"n_{arm}", n)
    return Measured.share(found / units, units) if units else Measured(mean=0, variance=0, n=0)

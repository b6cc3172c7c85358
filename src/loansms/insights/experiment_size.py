"""How many borrowers an experiment needs, and how likely it is to find what it looks for.

The usual normal approximation with each arm's own variance; for the always-valid interval, one look at the size asked
about (earlier looks only help).

>>> needed(0.66, -0.044)  # a moral appeal to late payers of cards: 66 % delinquent, 4.4 points less
Needed(control=1869, treated=1869)
>>> needed(0.66, -0.044, sequential=True).control > 1869
True
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, isfinite, sqrt
from statistics import NormalDist
from typing import Final

from attrs import frozen

from loansms.errors import CallerError
from loansms.insights.effect import checked_alpha, checked_tuning, sequential_width
from loansms.insights.units import whole

_NORMAL: Final = NormalDist()


@frozen
class Needed:
    """How many borrowers each arm needs, whole persons and rounded up: ``control`` and ``treated``."""

    control: int
    treated: int

    @property
    def total(self) -> int:
        """Borrowers of both arms."""
        return self.control + self.treated


def needed(
    base: float,
    change: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    sequential: bool = False,
    tuning: float = 5000,
) -> Needed:
    """Return the borrowers needed to find a `change` of the share `base` with the chance `power`.

    `ratio` is how many treated borrowers there are for each of the control. Raise CallerError for shares out of
    (0, 1), a change of 0, and a ratio that is not above 0.
    """
    _checked(base, change, alpha, tuning)
    if not (0 < power < 1 and isfinite(ratio) and ratio > 0):
        raise CallerError(
            "power, ratio: expected a share between 0 and 1, and a ratio above 0",
            "power、ratio：把握度应在 0 与 1 之间，比例应大于 0",
        )
    beyond = _NORMAL.inv_cdf(power)
    spread = base * (1 - base) + (base + change) * (1 - base - change) / ratio

    def suffices(control: int) -> bool:
        width = _width(control * (1 + ratio), alpha, sequential, tuning)
        return control * change**2 >= (width + beyond) ** 2 * spread

    control = _first(suffices)
    return Needed(control, ceil(control * ratio))


def power(
    base: float,
    change: float,
    n_control: int,
    n_treated: int,
    *,
    alpha: float = 0.05,
    sequential: bool = False,
    tuning: float = 5000,
) -> float:
    """Return how likely a `change` of the share `base` is found with so many borrowers.

    >>> round(power(0.66, -0.044, 1869, 1869), 3)
    0.8
    """
    _checked(base, change, alpha, tuning)
    n_a, n_b = whole("n_control", n_control), whole("n_treated", n_treated)
    if not (n_a and n_b):
        return 0.0
    error = sqrt(base * (1 - base) / n_a + (base + change) * (1 - base - change) / n_b)
    width, apart = _width(n_a + n_b, alpha, sequential, tuning), abs(change) / error
    return _NORMAL.cdf(apart - width) + _NORMAL.cdf(-apart - width)


def _width(n: float, alpha: float, sequential: bool, tuning: float) -> float:
    return sequential_width(n, alpha, tuning) if sequential else -_NORMAL.inv_cdf(alpha / 2)


def _first(suffices: Callable[[int], bool]) -> int:
    high = 1
    while not suffices(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def _checked(base: float, change: float, alpha: float, tuning: float) -> None:
    checked_alpha(alpha)
    checked_tuning(tuning)
    if not (0 < base < 1 and 0 < base + change < 1) or change == 0:
        raise CallerError(
            "base, change: expected shares between 0 and 1 before and after, and a change other than 0",
            "base、change：变化前后的比例都应在 0 与 1 之间，且变化不得为 0",
        )

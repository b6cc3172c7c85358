"""Two means compared, and steadied by what each borrower did before (CUPED).

A borrower's own past explains much of what they do. Taking the explained part away (Deng, Xu, Kohavi and Walker 2013:
y - θ(x - mean of x), θ the slope of y on x) leaves the same difference to be found, and a narrower interval. The past
has to end before the experiment begins: what the experiment has touched would take a part of the effect away.

>>> before = [10.0, 20.0, 30.0, 40.0]
>>> plain = compare_means([11.0, 19.0, 32.0, 41.0], [14.0, 25.0, 33.0, 46.0])
>>> steadied = compare_means([11.0, 19.0, 32.0, 41.0], [14.0, 25.0, 33.0, 46.0], before, before)
>>> plain.is_clear, steadied.is_clear
(False, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, isfinite

from loansms.errors import CallerError
from loansms.insights.effect import Effect, Measured, effect_of

_Past = Sequence[float | None]


def compare_means(
    a: Sequence[float],
    b: Sequence[float],
    before_a: _Past | None = None,
    before_b: _Past | None = None,
    *,
    alpha: float = 0.05,
    sequential: bool = False,
    tuning: float = 5000,
) -> Effect:
    """Return the mean of `b` less the mean of `a`, one value for each borrower (amount paid, days late).

    `before_a` and `before_b` hold what the same borrowers did before, in the same order; None for one without a past,
    who stays as they are. θ is that of both arms together, taken within each arm. Variances are with n - 1. An arm
    without borrowers, with one alone, or in which all are alike cannot be computed from: see `Effect.told`. Raise
    CallerError for values that are no finite numbers, and a past that is given for one arm only or of another length.
    """
    after = (_values("a", a), _values("b", b))
    if (before_a is None) != (before_b is None):
        raise CallerError(
            "before_a, before_b: expected both or neither", "before_a、before_b：应同时给出或都不给出"
        )
    if before_a is not None and before_b is not None:
        after = _steadied(
            after, (_past("before_a", before_a, after[0]), _past("before_b", before_b, after[1]))
        )
    return effect_of(
        _measured(after[0]), _measured(after[1]), alpha=alpha, sequential=sequential, tuning=tuning
    )


def _steadied(
    after: tuple[list[float], list[float]], before: tuple[list[float | None], list[float | None]]
) -> tuple[list[float], list[float]]:
    known = [one for past in before for one in past if one is not None]
    if not known:
        return after
    middle = fsum(known) / len(known)
    with_past = [
        [(x, y) for x, y in zip(past, then, strict=True) if x is not None]
        for past, then in zip(before, after, strict=True)
    ]
    together = [_products(pairs) for pairs in with_past if pairs]
    spread = fsum(one[0] for one in together)
    theta = fsum(one[1] for one in together) / spread if spread > 0 else 0.0
    first, second = (
        [y if x is None else y - theta * (x - middle) for x, y in zip(past, then, strict=True)]
        for past, then in zip(before, after, strict=True)
    )
    return first, second


def _products(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the sums of (x - mean)² and of (x - mean)(y - mean) within one arm."""
    x_mean, y_mean = (fsum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return (
        fsum((x - x_mean) ** 2 for x, _ in pairs),
        fsum((x - x_mean) * (y - y_mean) for x, y in pairs),
    )


def _measured(values: Sequence[float]) -> Measured:
    n = len(values)
    mean = fsum(values) / n if n else 0.0
    spread = fsum((one - mean) ** 2 for one in values)
    # What rounding leaves of values that are all alike is no variance.
    alike = spread <= n * (1e-12 * max((abs(one) for one in values), default=0.0)) ** 2
    return Measured(mean=mean, variance=0.0 if n < 2 or alike else spread / (n - 1), n=n)


def _values(name: str, given: Sequence[float]) -> list[float]:
    values = [float(one) for one in given]
    if not all(isfinite(one) for one in values):
        raise CallerError(f"{name}: expected finite numbers", f"{name}：应为有限数值")
    return values


def _past(name: str, given: _Past, after: Sequence[float]) -> list[float | None]:
    past = [None if one is None else float(one) for one in given]
    if len(past) != len(after) or not all(one is None or isfinite(one) for one in past):
        raise CallerError(
            f"{name}: expected a finite number or None for each borrower of the arm",
            f"{name}：该组每位借款人应对应一个有限数值或 None",
        )
    return past

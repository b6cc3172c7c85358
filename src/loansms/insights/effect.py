"""Arm B less arm A, with an interval: read once at the end (Welch), or valid at every look.

The always-valid interval is the asymptotic confidence sequence of Waudby-Smith and others (arXiv 2103.06476v7), with the
mixture tuned to be tightest at `tuning` units. Reading a fixed interval every day finds a difference between two equal
arms in about one comparison of four; this one stays within alpha however often one looks.

>>> effect_of(Measured.share(0.23, 211), Measured.share(0.33, 211)).computed
True
"""

from __future__ import annotations

from math import exp, inf, isfinite, log, log1p, nan, sqrt

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.insights.tails import student_quantile, student_tail

NO_UNITS = "no_units"
NO_VARIANCE = "no_variance"


@frozen(kw_only=True)
class Measured:
    """What an arm measured: the mean, the variance between units, and how many units (whole or not) there are."""

    mean: float
    variance: float
    n: float

    @classmethod
    def share(cls, share: float, n: float) -> Measured:
        """Return the share of `n` units that met the outcome; the variance is share * (1 - share)."""
        return cls(mean=share, variance=share * (1 - share), n=n)


@frozen
class Effect:
    """The difference of B less A, the interval around it, and how surprising it is if both were alike.

    Shares are told as fractions: 0.1 is ten percentage points. ``told`` says why nothing can be computed, "" where it can:
    "no_units" (an arm is empty; the difference is nan), "no_variance" (in one arm everybody, or nobody, met the outcome).
    The interval is then all that is possible, and the p-value 1: never an interval of no width.
    """

    difference: float
    low: float
    high: float
    p_value: float
    alpha: float = field(default=0.05, kw_only=True)
    sequential: bool = field(default=False, kw_only=True)
    told: str = field(default="", kw_only=True)

    @property
    def computed(self) -> bool:
        """Whether there is an interval to speak of."""
        return not self.told

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0, which is when the p-value is below alpha."""
        return self.computed and not self.low <= 0 <= self.high


def effect_of(
    a: Measured,
    b: Measured,
    *,
    alpha: float = 0.05,
    sequential: bool = False,
    tuning: float = 5000,
    within: tuple[float, float] = (-inf, inf),
) -> Effect:
    """Return the effect of two measured arms; `within` is every difference that is possible at all."""
    checked_alpha(alpha)
    checked_tuning(tuning)
    why = NO_UNITS if min(a.n, b.n) <= 0 else NO_VARIANCE if min(a.variance, b.variance) <= 0 else ""
    if why:
        difference = nan if why == NO_UNITS else b.mean - a.mean
        return Effect(difference, *within, 1.0, alpha=alpha, sequential=sequential, told=why)
    difference, of_a, of_b = b.mean - a.mean, a.variance / a.n, b.variance / b.n
    error = sqrt(of_a + of_b)
    if sequential:
        times, p_value = _always_valid(abs(difference) / error, a.n + b.n, alpha, tuning)
    else:
        freedom = (of_a + of_b) ** 2 / (of_a**2 / (a.n - 1) + of_b**2 / (b.n - 1))
        times = student_quantile(alpha / 2, freedom)
        p_value = 2 * student_tail(abs(difference) / error, freedom)
    half = times * error
    return Effect(
        difference, difference - half, difference + half, p_value, alpha=alpha, sequential=sequential
    )


def _always_valid(z: float, n: float, alpha: float, tuning: float) -> tuple[float, float]:
    """Return how many standard errors the interval reaches to each side, and the p-value of `z` of them."""
    rho_squared = _rho_squared(alpha, tuning)
    grown = n * rho_squared
    log_e = z * z * grown / (2 * (grown + 1)) - log1p(grown) / 2
    return sequential_width(n, alpha, tuning), exp(min(0.0, -log_e))


def sequential_width(n: float, alpha: float, tuning: float) -> float:
    """Return the half width of the always-valid interval after `n` units of both arms, in standard errors."""
    grown = n * _rho_squared(alpha, tuning)
    return sqrt(2 * (grown + 1) * (log1p(grown) / 2 - log(alpha)) / grown)


def _rho_squared(alpha: float, tuning: float) -> float:
    twice = -2 * log(alpha)
    return (twice + log1p(twice)) / tuning


def checked_alpha(alpha: float) -> None:
    """Raise CallerError for an alpha that is not between 0 and 1."""
    if not 0 < alpha < 1:
        raise CallerError(
            "alpha: expected a share above 0 and below 1, such as 0.05", "alpha：应大于 0 且小于 1，例如 0.05"
        )


def checked_tuning(tuning: float) -> None:
    """Raise CallerError for a tuning that is no number of units."""
    if not (isfinite(tuning) and tuning > 0):
        raise CallerError(
            "tuning: expected the number of units, above 0, at which the interval is to be tightest",
            "tuning：应为大于 0 的单位数，即区间最窄时的样本量",
        )

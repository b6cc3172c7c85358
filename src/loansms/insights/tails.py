"""Tails of the three distributions an experiment is read with, from the standard library alone.

Every tail is computed as a tail: 1 less a cumulative share loses each digit below about 1e-12. Student's is the
incomplete beta function as a continued fraction (Lentz's method; Abramowitz and Stegun 26.5.8), and for many degrees of
freedom a normal tail (Hill 1970, Algorithm 395); chi-square's is the finite sum that whole degrees of freedom allow
(26.4.4 and 26.4.5), Fisher's a sum of hypergeometric terms.

>>> round(2 * student_tail(2.0, 10.0), 10), round(student_quantile(0.025, 10.0), 10)
(0.0733880348, 2.228138852)
>>> round(chi_square_tail(3.841458820694124, 1), 12)
0.05
"""

from __future__ import annotations

from math import erfc, exp, gamma, hypot, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist
from typing import Final

_TINY: Final = 1e-300  # stands in for a zero denominator of the continued fraction
_CLOSE: Final = 2.3e-16
_MOST: Final = 1_000_000
_SERIES_FROM: Final = 60.0
# From here on the fraction loses more digits by cancelling than Hill's series leaves out.
_NORMAL_FROM: Final = 2000.0
# Γ(a + 1/2) / (Γ(a) √a) in powers of 1/a: the difference of two log-gammas would lose digits as a grows.
_SERIES: Final = (1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304)


def student_tail(t: float, freedom: float) -> float:
    """Return P(T > t) of Student's distribution for t >= 0; `freedom` need not be whole.

    >>> student_tail(0.0, 3.5)
    0.5
    """
    if t <= 0:
        return 0.5
    half, ratio = freedom / 2, t / sqrt(freedom)
    log_rest = -log1p(ratio * ratio) if ratio < 1e8 else -2 * log(ratio)
    if freedom >= _NORMAL_FROM:
        return 0.5 * erfc(_as_normal(-log_rest, freedom) / sqrt(2))
    rest, part = exp(log_rest), (ratio / hypot(1, ratio)) ** 2
    front = exp(half * log_rest) * sqrt(part) * _gamma_ratio(half) / sqrt(pi)
    if rest < (half + 1) / (half + 2.5):
        return 0.5 * front * _fraction(half, 0.5, rest) / half
    return 0.5 - front * _fraction(0.5, half, part)


def student_quantile(tail: float, freedom: float) -> float:
    """Return the t that `tail` (above 0, at most 0.5) of Student's distribution lies above.

    Newton's method, on the logarithms of both far out: there a heavy tail is nearly a straight line.
    """
    normal = -NormalDist().inv_cdf(tail)
    t = normal + (normal**3 + normal) / (4 * freedom)
    for _ in range(100):
        found = student_tail(t, freedom)
        if tail > 0.25:
            step = (found - tail) / _student_density(t, freedom)
            after = max(t + step, t / 16)
        else:
            slope = _student_density(t, freedom) * t / found if found else 1.0
            step = (log(found) - log(tail)) / slope if found else -1.0
            after = t * exp(max(-3.0, min(3.0, step)))
        if abs(after - t) <= 1e-15 * after:
            return after
        t = after
    return t


def chi_square_tail(value: float, freedom: int) -> float:
    """Return P(X > value) of the chi-square distribution with whole `freedom` >= 1."""
    half = value / 2
    if half <= 0:
        return 1.0
    odd = freedom % 2
    first = 0.5 if odd else 0.0
    terms = (exp((first + n) * log(half) - half - lgamma(first + n + 1)) for n in range(freedom // 2))
    return (erfc(sqrt(half)) if odd else 0.0) + sum(terms)


def fisher_tail(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Return how likely arm B would have `x_b` or more of all cases if both arms were alike (one-sided, exact).

    >>> round(fisher_tail(0, 100, 5, 100), 6)  # C(100, 5) / C(200, 5)
    0.029692
    """
    cases, units = x_a + x_b, n_a + n_b
    top, at = min(cases, n_b), x_b
    if at <= max(0, cases - n_a):
        return 1.0
    term = exp(_choices(n_b, at) + _choices(n_a, cases - at) - _choices(units, cases))
    total = term
    while at < top and term > total * 1e-18:
        term *= (n_b - at) * (cases - at) / ((at + 1) * (n_a - cases + at + 1))
        total += term
        at += 1
    return min(1.0, total)


def _choices(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _as_normal(log_growth: float, freedom: float) -> float:
    """Return the normal deviate with the tail of Student's t, from ln(1 + t²/ν)."""
    a = freedom - 0.5
    b = 48 * a * a
    z = sqrt(a * log_growth)
    square = z * z
    low = ((4 * square + 33) * square + 240) * square + 855
    return z + z * (square + 3) / b - z * low / (10 * b * (b + 0.8 * square * square + 100))


def _student_density(t: float, freedom: float) -> float:
    ratio = t / sqrt(freedom)
    return _gamma_ratio(freedom / 2) / sqrt(freedom * pi) * exp(-(freedom + 1) / 2 * log1p(ratio * ratio))


def _gamma_ratio(a: float) -> float:
    """Return Γ(a + 1/2) / Γ(a)."""
    if a < _SERIES_FROM:
        return gamma(a + 0.5) / gamma(a)
    total = 0.0
    for factor in reversed(_SERIES):
        total = total / a + factor
    return sqrt(a) * total


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function, which converges for x < (a + 1) / (a + b + 2)."""
    c = 1.0
    d = 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    value = d
    for m in range(1, _MOST):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d or _TINY)
            c = 1 + numerator / c or _TINY
            value *= c * d
        if abs(c * d - 1) <= _CLOSE:
            break
    return value

"""Shares, means, splits and sizes: the numbers others compute, whatever the counts, and one clear answer for bad ones."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, isnan, lgamma, log, nan, pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.insights.experiment import (
    Effect,
    Experiment,
    Measured,
    assign,
    compare,
    compare_means,
    effect_of,
    needed,
    power,
    srm,
)
from loansms.insights.tails import chi_square_tail, fisher_tail, student_quantile, student_tail

# --- an oracle of its own: Student's tail by Gauss-Legendre quadrature of the density, no series and no fraction ---
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def quadrature_tail(t: float, freedom: float) -> float:
    """P(T > t), t = tan(θ)√ν turned into a finite integral of cos(θ)^(ν-1)."""
    low, high = np.arctan(t / sqrt(freedom)), pi / 2
    if freedom > 50:  # beyond this the integrand has vanished
        high = min(high, low + 60 / sqrt(freedom))
    at = (high - low) / 2 * _NODES + (high + low) / 2
    inner = (freedom - 1) * np.log(np.cos(at))
    constant = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - log(pi) / 2
    return float((high - low) / 2 * np.sum(_WEIGHTS * np.exp(inner + constant)))


def bisected(of: Callable[[float], float], tail: float) -> float:
    low, high = 0.0, 1.0
    while of(high) > tail:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) > tail else (low, middle)
    return (low + high) / 2


def welch(x_a: int, n_a: int, x_b: int, n_b: int, alpha: float) -> tuple[float, float, float]:
    """Straight from the definition, over the 0s and 1s themselves."""
    a, b = (np.repeat([1.0, 0.0], [x, n - x]) for x, n in ((x_a, n_a), (x_b, n_b)))
    of_a, of_b = np.var(a) / n_a, np.var(b) / n_b
    freedom = (of_a + of_b) ** 2 / (of_a**2 / (n_a - 1) + of_b**2 / (n_b - 1))
    apart, error = float(b.mean() - a.mean()), sqrt(of_a + of_b)
    half = error * bisected(lambda t: quadrature_tail(t, freedom), alpha / 2)
    return apart - half, apart + half, 2 * quadrature_tail(abs(apart) / error, freedom)


def confidence_sequence(
    x_a: int, n_a: int, x_b: int, n_b: int, alpha: float, tuning: float
) -> tuple[float, float, float]:
    """The published form, with the e-value itself and not its logarithm."""
    n, p_a, p_b = n_a + n_b, x_a / n_a, x_b / n_b
    variance = n * (p_a * (1 - p_a) / n_a + p_b * (1 - p_b) / n_b)
    rho = sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuning)
    half = sqrt(variance) * sqrt(2 * (n * rho**2 + 1) * log(sqrt(n * rho**2 + 1) / alpha) / (n * rho) ** 2)
    apart = p_b - p_a
    score = n * apart / sqrt(variance)
    e_value = exp((rho * score) ** 2 / (2 * (n * rho**2 + 1))) / sqrt(n * rho**2 + 1)
    return apart - half, apart + half, min(1, 1 / e_value)


COUNTS = [
    (48, 211, 70, 211),
    (1, 3, 2, 4),
    (500, 1000, 530, 1000),
    (3, 900, 11, 60),
    (120, 4000, 170, 3900),
    (7, 20, 9, 500),
]


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.2])
def test_the_fixed_interval_is_what_the_definition_gives(
    counts: tuple[int, int, int, int], alpha: float
) -> None:
    effect = compare(*counts, alpha=alpha)
    assert (effect.low, effect.high, effect.p_value) == pytest.approx(welch(*counts, alpha), abs=1e-9)


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize(("alpha", "tuning"), [(0.05, 5000), (0.01, 800), (0.2, 100_000)])
def test_the_always_valid_interval_is_the_published_one(
    counts: tuple[int, int, int, int], alpha: float, tuning: float
) -> None:
    effect = compare(*counts, alpha=alpha, sequential=True, tuning=tuning)
    expected = confidence_sequence(*counts, alpha, tuning)
    assert (effect.low, effect.high, effect.p_value) == pytest.approx(expected, abs=1e-6, rel=1e-9)


def test_tails_agree_with_quadrature_from_three_borrowers_to_a_million() -> None:
    for freedom in (3.0, 4.7, 37.2, 119.0, 121.0, 1999.0, 2001.0, 1e6):
        close = 1e-8 if freedom > 1e5 else 1e-10  # log-gammas of the oracle lose the rest
        for t in (0.1, 0.8, 1.96, 3.0, 6.0):
            assert student_tail(t, freedom) == pytest.approx(quadrature_tail(t, freedom), rel=close)
        for tail in (0.45, 0.3, 0.2, 0.025, 1e-6, 1e-30):
            assert student_tail(student_quantile(tail, freedom), freedom) == pytest.approx(tail, rel=1e-9)


def test_chi_square_tails_are_the_tables() -> None:
    # Upper 5 % points as every textbook prints them.
    for freedom, point in ((1, 3.841459), (2, 5.991465), (3, 7.814728), (4, 9.487729), (9, 16.918978)):
        assert chi_square_tail(point, freedom) == pytest.approx(0.05, abs=1e-7)


def test_a_strong_effect_has_a_p_value_and_no_overflow() -> None:
    for sequential in (False, True):
        assert compare(10_000, 1_000_000, 900_000, 1_000_000, sequential=sequential).p_value == 0.0
    assert 0 < compare(100, 1000, 300, 1000).p_value < 1e-20


@st.composite
def counted(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n_a, n_b = (draw(st.integers(0, 3000)) for _ in range(2))
    return draw(st.integers(0, n_a)), n_a, draw(st.integers(0, n_b)), n_b


ALPHAS = st.sampled_from((0.001, 0.05, 0.3, 0.9))


@given(counted(), ALPHAS, st.booleans())
def test_whatever_the_counts_the_interval_holds_the_difference_and_tells_what_p_tells(
    counts: tuple[int, int, int, int], alpha: float, sequential: bool
) -> None:
    effect = compare(*counts, alpha=alpha, sequential=sequential)
    assert effect.low < effect.high
    assert 0 <= effect.p_value <= 1
    assert (effect.p_value < alpha) == effect.is_clear
    if effect.told != "no_units":
        assert effect.low <= effect.difference <= effect.high


@given(counted(), ALPHAS, st.booleans())
def test_swapping_the_arms_turns_the_sign_and_nothing_else(
    counts: tuple[int, int, int, int], alpha: float, sequential: bool
) -> None:
    x_a, n_a, x_b, n_b = counts
    there = compare(x_a, n_a, x_b, n_b, alpha, sequential)
    back = compare(x_b, n_b, x_a, n_a, alpha, sequential)
    assert (back.low, back.high, back.p_value) == (-there.high, -there.low, there.p_value)
    assert there.told == back.told
    assert there.told == "no_units" or back.difference == -there.difference


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 0, 3, 9), "no_units"),
        ((0, 50, 9, 50), "no_variance"),
        ((4, 9, 9, 9), "no_variance"),
        ((1, 1, 3, 9), "no_variance"),
    ],
)
def test_where_nothing_can_be_computed_it_says_so_and_claims_nothing(
    counts: tuple[int, int, int, int], told: str
) -> None:
    for sequential in (False, True):
        effect = compare(*counts, sequential=sequential)
        assert (effect.told, effect.low, effect.high, effect.p_value) == (told, -1, 1, 1)
        assert not effect.is_clear
        assert isnan(effect.difference) == (told == "no_units")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"x_a": 11}, "x_a"), ({"x_b": -1}, "x_b"), ({"n_a": 10.5}, "n_a"), ({"n_b": True}, "n_b"), ({"x_a": "3"}, "x_a"),
        ({"n_a": nan}, "n_a"), ({"n_a": inf}, "n_a"), ({"n_b": 10**400}, "n_b"), ({"alpha": 0}, "alpha"), ({"alpha": 1}, "alpha"),
        ({"alpha": nan}, "alpha"), ({"tuning": 0}, "tuning"), ({"tuning": inf}, "tuning"),
    ],
)  # fmt: skip
def test_bad_input_is_named_in_both_languages(arguments: dict[str, Any], named: str) -> None:
    given_all = {"x_a": 3, "n_a": 10, "x_b": 4, "n_b": 10, **arguments}
    with pytest.raises(CallerError, match=f"^{named}: ") as caught:
        compare(**given_all)
    assert caught.value.told("zh-CN").startswith(named)


def test_counts_of_other_libraries_are_counts() -> None:
    assert compare(np.int64(3), np.int64(10), 4.0, 10.0) == compare(3, 10, 4, 10)


# --- published figures, as far as their counts allow ---


@pytest.mark.parametrize(
    ("a", "b", "difference", "low", "high"),
    [
        (0.05, 0.23, 18.0, 11.6, 24.4),  # no text, the standard text
        (0.05, 0.33, 28.0, 21.0, 35.0),  # no text, a text with the name
        (0.23, 0.33, 10.0, 1.5, 18.5),  # the standard text, a text with the name
    ],
)
def test_the_court_fines_of_haynes_and_others_with_equal_arms_assumed(
    a: float, b: float, difference: float, low: float, high: float
) -> None:
    arm = 1054 / 5  # trial 1; the counts of its arms were not published
    effect = effect_of(Measured.share(a, arm), Measured.share(b, arm))
    told = tuple(round(100 * one, 1) for one in (effect.difference, effect.low, effect.high))
    assert told == (difference, low, high)
    if (
        difference == 10.0
    ):  # 0.021 was computed with the normal tail, Student's of 418 degrees is a little heavier
        assert effect.p_value == pytest.approx(0.0214, abs=6e-4)


def test_the_moral_text_of_bursztyn_and_others_needs_1869_an_arm() -> None:
    assert needed(0.66, -0.044).control == 1869


# --- looking every day ---


def test_equal_arms_looked_at_thirty_times_are_called_different_at_most_five_times_in_a_hundred() -> None:
    rng = np.random.default_rng(20260919)
    trials, looks, a_day = 2000, 30, 200
    arms = rng.binomial(a_day, 0.34, size=(2, trials, looks)).cumsum(axis=2)
    n = [a_day * (look + 1) for look in range(looks)]
    called = sum(
        any(
            compare(a, on, b, on, sequential=True).is_clear for a, b, on in zip(first, second, n, strict=True)
        )
        for first, second in zip(*arms.tolist(), strict=True)
    )
    assert called <= 0.05 * trials
    shares = arms / n
    z = np.abs(shares[1] - shares[0]) / np.sqrt((shares * (1 - shares) / n).sum(axis=0))
    assert (z > 1.96).any(axis=1).mean() > 0.2  # what reading the fixed interval every day comes to


# --- the split ---


def test_a_split_is_held_against_its_weights() -> None:
    assert srm([500, 500, 500]) == 1.0
    assert srm([5000, 5300]) == pytest.approx(0.003117, abs=1e-6)
    assert srm([10, 0], [1, 0]) == 1.0
    assert srm([10, 1], [1, 0]) == 0.0


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=6), st.integers(1, 9))
def test_a_split_is_judged_alike_in_any_order_and_by_weights_of_any_sum(
    counts: list[int], times: int
) -> None:
    weights = [float(number + 1) for number in range(len(counts))]
    told = srm(counts, weights)
    assert 0 <= told <= 1
    assert srm(counts[::-1], weights[::-1]) == pytest.approx(told, rel=1e-9, abs=1e-300)
    assert srm(counts, [times * one for one in weights]) == pytest.approx(told, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("counts", "weights"),
    [
        ([5], None),
        ([], None),
        ([5, -1], None),
        ([5, 2.5], None),
        ([5, 5], [1]),
        ([5, 5], [0, 0]),
        ([5, 5], [2, -1]),
        ([5, 5], [nan, 1]),
    ],
)
def test_a_bad_split_is_refused(counts: Any, weights: Any) -> None:
    with pytest.raises(CallerError, match=r"^(counts|weights)"):
        srm(counts, weights)


def test_the_arms_the_policy_gives_out_are_the_split_that_was_meant() -> None:
    tone = Experiment(name="tone-2026", arms={"usual": 3, "warm": 1})
    found = [assign(f"B-{number}", tone.name, ["usual", "warm"], [3, 1]) for number in range(4000)]
    assert found[:50] == [tone.arm(f"B-{number}") for number in range(50)]
    assert srm([found.count("usual"), found.count("warm")], [3, 1]) > 0.001


# --- means ---

VALUES = st.lists(st.integers(-500, 500).map(float), min_size=2, max_size=30)


@given(VALUES, VALUES)
def test_a_past_that_tells_nothing_changes_nothing(a: list[float], b: list[float]) -> None:
    plain = compare_means(a, b)
    for before in ([7.0] * len(a), [7.0] * len(b)), ([None] * len(a), [None] * len(b)):
        assert compare_means(a, b, *before) == plain


@given(VALUES, VALUES, st.integers(-1000, 1000))
def test_where_a_past_is_counted_from_moves_nobody_with_one_or_without(
    a: list[float], b: list[float], moved: int
) -> None:
    pasts = [[None if at % 3 == 2 else (7.0 * at) % 40 for at in range(len(one))] for one in (a, b)]
    shifted = [[None if x is None else x + moved for x in past] for past in pasts]
    there, here = compare_means(a, b, *pasts), compare_means(a, b, *shifted)
    assert there.difference == pytest.approx(here.difference, abs=1e-6)


def test_a_past_that_explains_narrows_the_interval_and_keeps_the_effect() -> None:
    rng = np.random.default_rng(7)
    past = rng.normal(500, 100, size=(2, 400))
    after = past + rng.normal(0, 20, size=(2, 400)) + np.array([[0.0], [10.0]])
    plain = compare_means(after[0].tolist(), after[1].tolist())
    steadied = compare_means(*(one.tolist() for one in (*after, *past)))
    assert steadied.high - steadied.low < 0.3 * (plain.high - plain.low)
    assert steadied.low < 10 < steadied.high
    assert steadied.is_clear


def test_means_of_zeros_and_ones_are_shares_but_for_the_variance_of_a_sample() -> None:
    by_count = compare(300, 1000, 360, 1000)
    by_value = compare_means([1.0] * 300 + [0.0] * 700, [1.0] * 360 + [0.0] * 640)
    assert by_value.difference == pytest.approx(by_count.difference, abs=1e-15)
    assert by_value.high - by_value.difference == pytest.approx(
        (by_count.high - by_count.difference) * sqrt(1000 / 999), rel=1e-5
    )


def test_means_that_cannot_be_computed_say_so() -> None:
    told = [compare_means(a, [1.0, 2.0]).told for a in ([], [3.0], [0.1, 0.1, 0.1])]
    assert told == ["no_units", "no_variance", "no_variance"]
    assert compare_means([3.0], [1.0, 2.0]).high == inf


@pytest.mark.parametrize(
    "arguments", [([nan], [1.0]), ([1.0], [2.0], [1.0], None), ([1.0], [2.0], [1.0, 2.0], [1.0])]
)
def test_bad_means_are_refused(arguments: Any) -> None:
    with pytest.raises(CallerError):
        compare_means(*arguments)


# --- sizes, and harms of few ---


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.08), st.floats(0.3, 3), st.booleans())
def test_what_is_needed_is_just_enough(base: float, change: float, ratio: float, sequential: bool) -> None:
    size = needed(base, change, ratio=ratio, sequential=sequential)
    assert power(base, change, size.control, size.treated, sequential=sequential) >= 0.8 - 1e-9
    fewer = power(base, change, int(size.control * 0.97), int(size.treated * 0.97), sequential=sequential)
    assert fewer < 0.8


def test_an_exact_tail_is_the_count_of_the_ways() -> None:
    # 3 cases among 4 + 4: the ways with 2 or 3 of them in B are (6·4 + 4) of 56.
    assert fisher_tail(1, 4, 2, 4) == pytest.approx(28 / 56)
    assert fisher_tail(3, 4, 0, 4) == 1.0
    assert fisher_tail(0, 0, 0, 9) == 1.0


def test_an_effect_is_read_by_its_fields() -> None:
    effect = Effect(0.1, 0.02, 0.18, 0.01)
    assert effect.computed
    assert effect.is_clear

"""Version B beside version A: paired differences by borrower, and who ends elsewhere.

Both versions meet the same luck, so a borrower's difference is what the policy makes of the same person. The interval
is mean ± 1.96 · s / √n over those differences (s with n - 1): the normal approximation, which needs more than a
handful of borrowers who differ; where they do not vary at all, none can be computed, and none is shown.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING, Final

from loansms.errors import CallerError
from loansms.insights.happenings import Happening
from loansms.insights.tallies import FIGURES

if TYPE_CHECKING:
    import polars

_WIDE: Final = NormalDist().inv_cdf(0.975)  # 95 % between both ends
# The rule of thumb of textbooks for the mean of a skewed figure.
_FEW: Final = 30


def compared(borrowers: polars.DataFrame) -> polars.DataFrame:
    """Return one row for each figure; see `Simulation.compare`. Raise CallerError with one version."""
    import polars as pl  # noqa: PLC0415 - an extra

    first, second = (borrowers.filter(version=name) for name in ("A", "B"))
    if second.is_empty():
        raise CallerError(
            "compare: expected two versions; simulate with against=",
            "compare：需要两个版本，请用 against= 指定",
        )
    both = first.join(second, on="borrower_id", suffix="_b").sort("borrower_id")
    rows: list[tuple[object, ...]] = []
    for name in FIGURES:
        pairs = both.select(name, f"{name}_b")
        if pairs[name].null_count():
            continue
        a, b = (float(pairs[one].sum()) for one in (name, f"{name}_b"))
        rows.append((name, a, b, b - a, *_interval([float(y) - float(x) for x, y in pairs.iter_rows()])))
    figures = dict.fromkeys(("a", "b", "difference", "mean", "low", "high"), pl.Float64())
    return pl.DataFrame(
        rows,
        schema={
            "figure": pl.String(),
            **figures,
            "n": pl.Int64(),
            "differing": pl.Int64(),
            "told": pl.String(),
        },
        orient="row",
    )


def _interval(differences: list[float]) -> tuple[float, float | None, float | None, int, int, str]:
    """Return mean, low, high, n, how many differ, and what is to be told of the interval."""
    n, differing = len(differences), sum(one != 0 for one in differences)
    mean = fmean(differences)
    if not differing:
        return mean, None, None, n, 0, "no_difference"
    spread = stdev(differences) if n > 1 else 0.0
    if not spread:
        return mean, None, None, n, differing, "cannot_be_computed"
    half = _WIDE * spread / sqrt(n)
    return mean, mean - half, mean + half, n, differing, "rough" if differing < _FEW else ""


def changed(events: polars.DataFrame, loans: polars.DataFrame) -> polars.DataFrame:
    """Return the borrowers whose stage at the end, or first message, is not the same in A and B.

    The stage is that of their oldest unpaid loan; "" means that nothing is owed, or no message was sent.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    ids = ["version", "borrower_id"]
    worst = (
        loans.sort(*ids, "dpd_end", "loan_id", nulls_last=False)
        .group_by(ids, maintain_order=True)
        .agg(
            pl.col("stage_start").sort_by("dpd_start", nulls_last=False, maintain_order=True).last(),
            pl.col("stage_end").last(),
            pl.col("dpd_end").last(),
        )
    )
    messages = events.filter(pl.col("what") == Happening.MESSAGE.value)
    first = messages.group_by(ids, maintain_order=True).agg(
        pl.col("step").first().alias("first_step"), pl.col("day").first().alias("first_day")
    )
    theirs = worst.join(first, on=ids, how="left").with_columns(pl.col("first_step").fill_null(""))
    a, b = (theirs.filter(version=name).drop("version") for name in ("A", "B"))
    both = a.join(b.drop("stage_start"), on="borrower_id", suffix="_b")
    same = [pl.col(name).eq_missing(pl.col(f"{name}_b")) for name in ("stage_end", "first_step", "first_day")]
    return both.filter(~pl.all_horizontal(same)).sort("borrower_id")

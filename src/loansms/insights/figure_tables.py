"""Figures by one dimension, without those of groups so small that they speak of persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars

DIMENSIONS: Final = ("template", "stage", "step", "channel", "provider", "hour", "segment", "purpose", "arm")
# Each a column of the messages, counted where true.
COUNTS: Final = (
    "sent", "delivered", "read", "replied", "promised", "kept", "paid", "opted_out", "complained", "refused", "unknown", "ripe",
    "paid_ripe",
)  # fmt: skip
SUMS: Final = ("payments", "recovered", "segments", "cost")
# rate: (of what, over what)
RATES: Final[Mapping[str, tuple[str, str]]] = {
    "delivered_rate": ("delivered", "sent"),
    "read_rate": ("read", "sent"),
    "replied_rate": ("replied", "sent"),
    "promised_rate": ("promised", "sent"),
    "kept_rate": ("kept", "promised"),
    "paid_rate": ("paid_ripe", "ripe"),
    "opted_out_rate": ("opted_out", "sent"),
    "complained_rate": ("complained", "sent"),
    "cost_per_recovered": ("cost", "recovered"),
}
FIGURES: Final = ("borrowers", *COUNTS, *SUMS, *RATES)


def counted(messages: polars.DataFrame, dimension: str, k: int) -> polars.DataFrame:
    """Return a row for each value of `dimension`, suppressed where `suppressed_groups` says so."""
    import polars as pl  # noqa: PLC0415 - an extra

    hidden = suppressed_groups(messages, dimension, k)
    held = pl.col(dimension).is_in(pl.Series(hidden, dtype=messages.schema[dimension]).implode())
    return _told(messages.group_by(dimension).agg(*_sums()), held).sort(dimension)


def single(messages: polars.DataFrame, k: int) -> polars.DataFrame:
    """Return all messages in one row, suppressed where they reached fewer than `k` borrowers."""
    import polars as pl  # noqa: PLC0415 - an extra

    return _told(messages.select(*_sums()), pl.col("borrowers") < k)


def suppressed_groups(messages: polars.DataFrame, dimension: str, k: int) -> list[object]:
    """Return the groups that may not be told.

    First those of fewer than `k` borrowers. The total less all other rows gives what is hidden together, so
    that has to be of `k` borrowers or more, which makes it two groups or more: else the next smallest is hidden as well. Of two alike in
    size the one with the first step key goes, whatever it is called, so that two dimensions that name the same groups
    hide the same ones.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    sizes = (
        messages.group_by(dimension)
        .agg(pl.col("borrower_id").n_unique().alias("n"), pl.len().alias("rows"), pl.col("step_key").min())
        .sort("n", "rows", "step_key")
    )
    groups, small = sizes[dimension].to_list(), int((sizes["n"] < k).sum())
    hidden = groups[:small]
    while hidden and len(hidden) < len(groups) and _borrowers(messages, dimension, hidden) < k:
        hidden = groups[: len(hidden) + 1]
    return hidden


def _borrowers(messages: polars.DataFrame, dimension: str, groups: list[object]) -> int:
    import polars as pl  # noqa: PLC0415 - an extra

    named = pl.Series(groups, dtype=messages.schema[dimension]).implode()
    return messages.filter(pl.col(dimension).is_in(named))["borrower_id"].n_unique()


def _sums() -> list[polars.Expr]:
    import polars as pl  # noqa: PLC0415 - an extra

    # The sum of nulls alone is 0 in Polars; what nobody told stays untold.
    told = {name: pl.col(name).sum().cast(pl.Int64()) for name in COUNTS} | {
        name: pl.col(name).sum() for name in SUMS
    }
    return [
        pl.col("borrower_id").n_unique().cast(pl.Int64()).alias("borrowers"),
        *(
            pl.when(pl.col(name).is_not_null().any()).then(total).otherwise(None).alias(name)
            for name, total in told.items()
        ),
    ]


def _told(sums: polars.DataFrame, held: polars.Expr) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    rates = [
        pl.when(pl.col(base) > 0)
        .then(pl.col(part).cast(pl.Float64()) / pl.col(base).cast(pl.Float64()))
        .otherwise(None)
        .alias(name)
        for name, (part, base) in RATES.items()
    ]
    marked = sums.with_columns(*rates).with_columns(held.alias("suppressed"))
    return marked.with_columns(
        pl.when("suppressed").then(None).otherwise(pl.col(name)).alias(name) for name in FIGURES
    ).select(*[one for one in sums.columns if one not in FIGURES], "suppressed", *FIGURES)

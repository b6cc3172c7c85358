"""Figures by one dimension, without those of groups so small that they speak of persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars

DIMENSIONS: Final = ("template", "stage", "step", "channel", "provider", "hour", "segment", "purpose", "arm")
# Each a column of the messages, counted where true.
COUNTS: Final = (
    "sent", "delivered", "undelivered", "read", "replied", "promised", "kept", "paid", "opted_out", "complained", "scored", "refused", "unknown", "ripe",
    "paid_ripe",
)  # fmt: skip
SUMS: Final = ("payments", "recovered", "segments", "cost", "score")
# rate: (of what, over what)
RATES: Final[Mapping[str, tuple[str, str]]] = {
    "delivered_rate": ("delivered", "sent"),
    "undelivered_rate": ("undelivered", "sent"),
    "read_rate": ("read", "sent"),
    "replied_rate": ("replied", "sent"),
    "promised_rate": ("promised", "sent"),
    "kept_rate": ("kept", "promised"),
    "paid_rate": ("paid_ripe", "ripe"),
    "opted_out_rate": ("opted_out", "sent"),
    "complained_rate": ("complained", "sent"),
    "score_mean": ("score", "scored"),
    "cost_per_recovered": ("cost", "recovered"),
}
FIGURES: Final = ("borrowers", *COUNTS, *SUMS, *RATES)


def counted(messages: polars.DataFrame, dimensions: Sequence[str], k: int) -> polars.DataFrame:
    """Return a row for each value of `dimensions`, suppressed where `suppressed_groups` or `suppressed_cells` says so."""
    import polars as pl  # noqa: PLC0415 - an extra

    sums = messages.group_by(dimensions).agg(*_sums())
    if len(dimensions) > 1:
        hidden = suppressed_cells(messages, dimensions, k).with_columns(pl.lit(value=True).alias("held"))
        marked = sums.join(hidden, on=dimensions, how="left", nulls_equal=True)
        held = pl.col("held").fill_null(value=False)
        return _told(marked, held).drop("held").sort(dimensions)
    (dimension,) = dimensions
    groups = suppressed_groups(messages, dimension, k)
    held = pl.col(dimension).is_in(pl.Series(groups, dtype=messages.schema[dimension]).implode())
    return _told(sums, held).sort(dimension)


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


def suppressed_cells(messages: polars.DataFrame, dimensions: Sequence[str], k: int) -> polars.DataFrame:
    """Return the cells of several dimensions that may not be told, by their values.

    Beside those of fewer than `k` borrowers: whatever is hidden under one value of a dimension, or in all, has to reach
    `k` borrowers together in at least two cells, or the sum of that value, told elsewhere, less its other cells would give
    it away. The next smallest cells are hidden until that holds, or none is left.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    cells = (
        messages.group_by(dimensions)
        .agg(pl.col("borrower_id").unique().alias("who"), pl.col("step_key").min().alias("first"))
        .with_columns(pl.col("who").list.len().alias("n"))
        .sort("n", "first")
    )
    who = [set(one) for one in cells["who"].to_list()]
    hidden = {at for at, theirs in enumerate(who) if len(theirs) < k}
    columns = [None, *(cells[name].to_list() for name in dimensions)]
    # Twice over: what is hidden for one line may leave another short.
    while True:
        before = len(hidden)
        for column in columns:
            lines: dict[object, list[int]] = {}
            for at in range(len(who)):
                lines.setdefault(None if column is None else column[at], []).append(at)
            for line in lines.values():
                hidden |= _enough_hidden(line, hidden, who, k)
        if len(hidden) == before:
            return cells[sorted(hidden)].select(dimensions)


def _enough_hidden(line: Sequence[int], hidden: set[int], who: Sequence[set[str]], k: int) -> set[int]:
    """Return the cells of a line to be hidden, the smallest first, so that nothing is had by taking the rest away."""
    found = [at for at in line if at in hidden]
    rest = iter([at for at in line if at not in hidden])
    while found and (len(found) < 2 or len(set[str]().union(*(who[at] for at in found))) < k):
        more = next(rest, None)
        if more is None:
            break
        found.append(more)
    return set(found)


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

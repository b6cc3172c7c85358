"""The figures of a simulation by borrower, and their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loansms.insights.happenings import Happening

if TYPE_CHECKING:
    import polars

# Counted among the events, in the order in which a reader asks.
COUNTED = {
    "messages": Happening.MESSAGE,
    "joined": Happening.JOINED,
    "handovers": Happening.HANDOVER,
    "deferrals": Happening.DEFERRED,
    "denials": Happening.DENIED,
    "delivered": Happening.DELIVERED,
    "read": Happening.READ,
    "replies": Happening.REPLY,
    "opt_outs": Happening.OPT_OUT,
    "promises": Happening.PROMISE,
    "promises_kept": Happening.PROMISE_KEPT,
    "payments": Happening.PAYMENT,
    "part_payments": Happening.PART_PAYMENT,
}
FIGURES = (*COUNTED, "cap_hits", "segments", "cost", "paid", "cured", "overdue_end")
_IDS = ["version", "borrower_id"]


def by_borrower(events: polars.DataFrame, loans: polars.DataFrame) -> polars.DataFrame:
    """Return one row for each version and borrower of `loans`, with zeros for those to whom nothing happened."""
    import polars as pl  # noqa: PLC0415 - an extra

    what = pl.col("what")
    in_full = events.filter(what == Happening.PAYMENT.value).select("version", "loan_id").unique()
    one_currency = loans["currency"].n_unique() < 2
    lives = loans.join(in_full.with_columns(in_full=True), on=["version", "loan_id"], how="left")
    theirs = lives.group_by(_IDS).agg(
        pl.len().cast(pl.Int64).alias("loans"),
        pl.col("owed").sum().cast(pl.Int64),
        (pl.col("owed") & pl.col("in_full").fill_null(value=False)).sum().cast(pl.Int64).alias("cured"),
        (pl.col("dpd_end") > 0).sum().cast(pl.Int64).alias("overdue_end"),
    )
    happened = events.group_by(_IDS).agg(
        *((what == one.value).sum().cast(pl.Int64).alias(name) for name, one in COUNTED.items()),
        pl.col("capped").sum().cast(pl.Int64).alias("cap_hits"),
        pl.col("segments").sum(),
        pl.col("cost").sum(),
        pl.col("amount").sum().alias("paid"),
    )
    no_cost = events.height > 0 and events["cost"].null_count() == events.height
    joined = theirs.join(happened, on=_IDS, how="left").with_columns(
        pl.col(name).fill_null(0) for name in FIGURES if name not in ("cured", "overdue_end")
    )
    if no_cost:
        joined = joined.with_columns(cost=pl.lit(None, joined.schema["cost"]))
    if not one_currency:
        joined = joined.with_columns(paid=pl.lit(None, joined.schema["paid"]))
    return joined.select(*_IDS, "loans", "owed", *FIGURES).sort(_IDS)


def totals(borrowers: polars.DataFrame, daily: polars.DataFrame, days: int) -> polars.DataFrame:
    """Return one row for each version; sums of nulls stay null."""
    import polars as pl  # noqa: PLC0415 - an extra

    exact = ("cost", "paid")
    sums = [
        pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)
        if name in exact
        else pl.col(name).sum()
        for name in ("loans", "owed", *FIGURES)
    ]
    busiest = daily.group_by("version", "day").agg(pl.col("messages").sum())
    most = busiest.group_by("version").agg(pl.col("messages").max().alias("busiest_day"))
    owed = pl.when(pl.col("owed") > 0).then(pl.col("owed"))
    return (
        borrowers.group_by("version")
        .agg(pl.len().cast(pl.Int64).alias("borrowers"), *sums)
        .join(most, on="version", how="left")
        .with_columns(
            pl.col("busiest_day").fill_null(0),
            messages_per_day=pl.col("messages") / days,
            cured_share=pl.col("cured") / owed,
        )
        .sort("version")
    )

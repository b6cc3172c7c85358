"""To which message an event belongs: the one it answers by name, else the last one before it, within a window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars

# What becomes of a message, by the frame that tells it.
FOLLOWS: Final[Mapping[str, str]] = {
    "clicks": "read",
    "replies": "replied",
    "promises": "promised",
    "payments": "paid",
    "opt_outs": "opted_out",
    "complaints": "complained",
    "scores": "scored",
}


def attributed(events: polars.DataFrame, messages: polars.DataFrame, within: timedelta) -> polars.DataFrame:
    """Return the events with the step key of the one message each belongs to, null for none.

    An event of a loan belongs to a message about that loan or about none, one without a loan to any message of the
    borrower. A text that spoke for several loans is about each of them. Of two at one moment the later step key counts,
    so that the same books give the same figures.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    sent = messages.filter("sent")
    about = messages.join(sent.select(pl.col("step_key").alias("carrier")), on="carrier", how="semi").select(
        "borrower_id", "loan_id", "at", pl.col("carrier").alias("key")
    )
    about = about.with_columns(pl.col("at").alias("sent_at")).sort("at", "key")
    numbered = events.with_row_index("event")
    if "loan_id" not in numbered.columns:
        numbered = numbered.with_columns(pl.lit(None, pl.String()).alias("loan_id"))
    if "step_key" not in numbered.columns:
        numbered = numbered.with_columns(pl.lit(None, pl.String()).alias("step_key"))
    timed = numbered.select("event", "borrower_id", "loan_id", "at").sort("at", "event")
    of_loan, of_any = timed.filter(pl.col("loan_id").is_not_null()), timed.filter(pl.col("loan_id").is_null())
    found = pl.concat(
        [
            _last(of_loan, about.filter(pl.col("loan_id").is_not_null()), ["borrower_id", "loan_id"], within),
            _last(of_loan, about.filter(pl.col("loan_id").is_null()), ["borrower_id"], within),
            _last(of_any, about, ["borrower_id"], within),
        ]
    )
    latest = found.sort("sent_at", "key").group_by("event", maintain_order=True).agg(pl.col("key").last())
    known = pl.col("step_key").is_in(sent["step_key"].implode())
    return (
        numbered.join(latest, on="event", how="left", maintain_order="left")
        .with_columns(pl.when(known).then("step_key").otherwise("key").alias("step_key"))
        .drop("event", "key")
    )


def _last(
    events: polars.DataFrame, about: polars.DataFrame, keys: list[str], within: timedelta
) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    joined = events.select("event", "at", *keys).join_asof(
        about.select("at", "sent_at", "key", *keys),
        on="at",
        by=keys,
        strategy="backward",
        tolerance=within,
        check_sortedness=False,  # both are sorted by time; within groups Polars cannot see it, and warns
    )
    return joined.filter(pl.col("key").is_not_null()).select("event", "sent_at", "key")


def with_events(
    messages: polars.DataFrame, events: Mapping[str, polars.DataFrame], ripe_before: datetime
) -> polars.DataFrame:
    """Return the messages with what followed each; `ripe` is a sent one that has had all its days."""
    import polars as pl  # noqa: PLC0415 - an extra

    ripe = pl.col("sent") & (pl.col("at") <= ripe_before.astimezone(UTC))
    told = messages.with_columns(ripe.alias("ripe"))
    for name, figure in FOLLOWS.items():
        if name not in events:
            told = told.with_columns(pl.lit(None, pl.Boolean()).alias(figure))
            continue
        keys = events[name]["step_key"].drop_nulls()
        told = told.with_columns(pl.col("step_key").is_in(keys.implode()).alias(figure))
    told = _scored(_recovered(told, events.get("payments")), events.get("scores"))
    return _kept(told, events.get("promises")).drop("carrier")


def _recovered(messages: polars.DataFrame, payments: polars.DataFrame | None) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    if payments is None:
        return messages.with_columns(
            pl.lit(None, pl.Int64()).alias("payments"),
            pl.lit(None, pl.Decimal(38, 2)).alias("recovered"),
            pl.lit(None, pl.Boolean()).alias("paid_ripe"),
        )
    if "amount" not in payments.columns:
        payments = payments.with_columns(pl.lit(None, pl.Decimal(38, 2)).alias("amount"))
    by_message = (
        payments.filter(pl.col("step_key").is_not_null())
        .group_by("step_key")
        .agg(pl.len().cast(pl.Int64()).alias("payments"), pl.col("amount").sum().alias("recovered"))
    )
    joined = messages.join(by_message, on="step_key", how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("payments").fill_null(0),
        pl.col("recovered").fill_null(0),
        (pl.col("paid") & pl.col("ripe")).alias("paid_ripe"),
    )


def _scored(messages: polars.DataFrame, scores: polars.DataFrame | None) -> polars.DataFrame:
    """Return the messages with the score each was given; of two answers to one survey the last counts."""
    import polars as pl  # noqa: PLC0415 - an extra

    if scores is None:
        return messages.with_columns(pl.lit(None, pl.Int64()).alias("score"))
    last = (
        scores.filter(pl.col("step_key").is_not_null())
        .sort("at", maintain_order=True)
        .group_by("step_key")
        .agg(pl.col("score").cast(pl.Int64()).last())
    )
    return messages.join(last, on="step_key", how="left", maintain_order="left")


def _kept(messages: polars.DataFrame, promises: polars.DataFrame | None) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    if promises is None or "kept" not in promises.columns:
        return messages.with_columns(pl.lit(None, pl.Boolean()).alias("kept"))
    keys = promises.filter(pl.col("kept").fill_null(value=False))["step_key"].drop_nulls()
    return messages.with_columns(pl.col("step_key").is_in(keys.implode()).alias("kept"))

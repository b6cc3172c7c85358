"""A plan as a Polars frame: the contract's columns, with the same types whatever the rows hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from loansms.errors import MissingExtra
from loansms.planning import PlanRow

if TYPE_CHECKING:
    import polars

# What each column takes from a row, in the frame's order.
FIELDS: Mapping[str, Callable[[PlanRow], object]] = {
    "loan_id": lambda row: row.loan_id or None,
    "borrower_id": lambda row: row.borrower_id or None,
    "recipient": lambda row: row.recipient.value,
    "stage": lambda row: row.stage or None,
    "step": lambda row: row.step or None,
    "purpose": lambda row: row.purpose and row.purpose.value,
    "channel": lambda row: row.channel and row.channel.value,
    "template": lambda row: row.template or None,
    "decision": lambda row: row.decision.value,
    "reason": lambda row: row.reason,
    "send_at": lambda row: row.send_at and row.send_at.astimezone(UTC),
    "text": lambda row: row.text and row.text.reveal(),
    "segments": lambda row: row.segments,
    "citation": lambda row: row.reasons[0].citation or None,
    "why": lambda row: row.reasons[0].told(),
    "days_past_due": lambda row: row.days_past_due,
}


def plan_frame(rows: Iterable[PlanRow]) -> polars.DataFrame:
    """Return planned rows as a frame: strings, whole numbers, and `send_at` in UTC; empty input keeps them.

    `text` is the plain body: keep the frame as you would the messages themselves.
    """
    try:
        import polars as pl  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("portfolio", "a plan as a frame") from None
    planned = list(rows)
    columns = {name: [take(row) for row in planned] for name, take in FIELDS.items()}
    return pl.DataFrame(columns, schema=schema())


def schema() -> dict[str, polars.DataType]:
    """Return the columns of a plan with their types."""
    import polars as pl  # noqa: PLC0415 - an extra

    kinds = {"send_at": pl.Datetime("us", "UTC"), "segments": pl.Int64(), "days_past_due": pl.Int64()}
    return {name: kinds.get(name, pl.String()) for name in FIELDS}

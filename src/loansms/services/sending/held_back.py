"""What keeps a due row back for a run of its own: asked when the book is planned, and again at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from loansms.planning import PlanRow

Passes = Callable[[PlanRow, datetime], PlanRow]
"""A row at a moment, as it was, or as one that waits or is denied."""


def passed(row: PlanRow, at: datetime, held: Iterable[Passes]) -> PlanRow:
    """Return `row` as it stands after each of `held` was asked."""
    for passes in held:
        row = passes(row, at)
    return row

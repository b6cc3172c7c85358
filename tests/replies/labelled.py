"""Replies with their meaning: `tuning`, which the rules were tuned on, and `apart`, which no rule was made from.

All came on 24 September 2026, a Thursday.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from attrs import frozen

from loansms.replies import Intent, understand

AT = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)


@frozen
class Labelled:
    """A reply, what it means, and the day and amount of its promise."""

    text: str
    language: str
    intent: Intent
    on: date | None
    amount: Decimal | None


def labelled(name: str) -> list[Labelled]:
    """Return the replies of a file beside this one."""
    with (Path(__file__).parent / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(
                row["text"],
                row["language"],
                Intent(row["intent"]),
                None if row["promise_on"] == "-" else date.fromisoformat(row["promise_on"]),
                None if row["promise_amount"] == "-" else Decimal(row["promise_amount"]),
            )
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def right(one: Labelled) -> bool:
    """Return whether the reply is understood as it is meant."""
    return understand(one.text, received_at=AT).intent is one.intent

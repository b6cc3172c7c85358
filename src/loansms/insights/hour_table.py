"""The suggested hour of every borrower as a column for the book: what a step with ``send_at = "best_hour"`` waits for.

>>> import polars as pl
>>> messages = pl.DataFrame({"borrower_id": ["B-1"] * 200, "segment": "new", "hour": [10] * 100 + [19] * 100,
...     "sent": True, "replied": [False] * 100 + [True] * 40 + [False] * 60})
>>> hour_table(messages, (time(8), time(21)), usual=time(10)).rows()
[('B-1', '19:00 own=40/100 segment=40/100 rate=0.394 usual=10:00 before=0.006')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING, Final

from loansms.errors import CallerError
from loansms.insights.best_hour import LEAST, STRENGTH, Tried, best_hour
from loansms.insights.figure_frames import people_of
from loansms.insights.host_frames import require_polars

if TYPE_CHECKING:
    import polars

COLUMN: Final = "best_hour"
_NOTHING: Final[Mapping[int, Tried]] = {}


def hour_table(
    messages: polars.DataFrame,
    window: tuple[time, time],
    *,
    usual: time,
    answered: str = "replied",
    people: object = None,
    strength: float = STRENGTH,
    least: int = LEAST,
) -> polars.DataFrame:
    """Return borrower_id and best_hour, one row a borrower: join it to the book by borrower_id.

    `messages` are those of `Figures.messages`, `answered` the figure that counts as an answer ("replied", "read", "paid").
    `people` (borrower_id, segment) adds borrowers who were never written to: they get the hour of their segment.
    `window`, `usual`, `strength` and `least` are those of `best_hour`; too few messages leave the cell empty. Raise CallerError
    where the figures were taken without what counts as an answer, and as `best_hour` does.
    """
    require_polars("a table of hours")
    import polars as pl  # noqa: PLC0415 - an extra

    if messages.height and messages[answered].null_count() == messages.height:
        raise CallerError(
            f"answered: expected figures that were given what {answered} counts",
            f"answered：统计数据中没有 {answered}",
        )
    named = people_of(people).segments
    last = dict(messages.select("borrower_id", "segment").rows())
    segment_of = {**{one: named.get(one) or segment for one, segment in last.items()}, **named}
    counts = messages.filter("sent").group_by("borrower_id", "hour").agg(pl.len(), pl.col(answered).sum())
    own: dict[str, dict[int, Tried]] = defaultdict(dict)
    theirs: dict[str, dict[int, Tried]] = defaultdict(dict)
    for borrower, hour, sent, met in counts.rows():
        own[borrower][hour] = Tried(sent, met)
        group = theirs[segment_of[borrower]]
        before = group.get(hour, Tried())
        group[hour] = Tried(before.sent + sent, before.answered + met)
    cells = [
        (
            borrower,
            best_hour(
                own.get(borrower, _NOTHING),
                theirs.get(segment, _NOTHING),
                window,
                usual=usual,
                strength=strength,
                least=least,
            ).cell,
        )
        for borrower, segment in sorted(segment_of.items())
    ]
    return pl.DataFrame(cells, schema={"borrower_id": pl.String(), COLUMN: pl.String()}, orient="row")

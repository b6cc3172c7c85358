"""What the rows of a batch cannot know by themselves, gathered from the whole book in one pass of bounded memory.

Loan ids meet on disk, in buckets by their hash; what is kept is small: one short text for each borrower who
refuses, two numbers for each repeated row, and the day of the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from attrs import define, field, frozen

from loansms.errors import UnreadableBook
from loansms.model import History
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.buckets import Buckets
from loansms.portfolio.part import Part, read_part
from loansms.portfolio.slices import row_count, slices

ROWS_PER_BATCH = 1_000_000
REPEATED = pl.Schema({"line": pl.Int64, "first": pl.Int64})
# Which rows count on which day: `stated` in a column of its own, or told by the days past due.
DAYS = pl.Schema({"stated": pl.Boolean, "day": pl.Date, "rows": pl.UInt32, "first": pl.Int64})


@frozen(kw_only=True, eq=False, repr=False)
class BatchFacts:
    """The facts of a whole book that its batches are planned by; pickled by any framework.

    ``opted_out`` and ``refused_sms`` are the borrowers of whom any row says so; ``repeated`` holds the ``line`` of
    every row whose loan id stands on a ``first`` line before it; ``as_of`` is the day most rows count on, ``rows`` how many
    rows there are. ``history`` maps a debtor key or a borrower id to what has happened.
    """

    opted_out: pl.Series = field(repr=False)
    refused_sms: pl.Series = field(repr=False)
    repeated: pl.DataFrame = field(repr=False)
    as_of: date | None
    rows: int
    history: Mapping[str, History] = field(factory=dict[str, History], repr=False)


def book_facts_of(
    source: object,
    run: BookRun,
    *,
    history: Mapping[str, History] | None = None,
    rows_per_batch: int = ROWS_PER_BATCH,
    partitions: int | None = None,
    folder: Path | None = None,
) -> BatchFacts:
    """Return the facts of the book in `source`: Parquet files (a path, a folder or a list of paths) or a frame.

    Memory holds `rows_per_batch` rows at a time, or the loan ids of one of `partitions` (by default as many as there are
    batches), which lie under `folder` meanwhile (by default a temporary one). Raise UnreadableBook where the book as a
    whole cannot be read.

    >>> from datetime import UTC, datetime
    >>> from loansms.model import Lender
    >>> run = BookRun.of(policy="cn-consumer", lender=Lender.example(), now=datetime(2026, 9, 24, 2, tzinfo=UTC))
    >>> row = {"phone": "13800138000", "currency": "CNY", "amount_due": "9.00", "next_due_on": "2026-09-24"}
    >>> facts = book_facts_of(pl.DataFrame([
    ...     {"loan_id": "L-1", "borrower_id": "B-1", **row, "opt_out": "yes"},
    ...     {"loan_id": "L-1", "borrower_id": "B-2", **row, "opt_out": ""},
    ... ]), run, rows_per_batch=1)
    >>> facts.opted_out.to_list(), facts.repeated.rows(), facts.rows
    (['B-1'], [(3, 2)], 2)
    """
    count = partitions or max(1, -(-row_count(source) // rows_per_batch))
    with TemporaryDirectory(dir=folder) as aside:
        gathering = Gathering(Buckets(Path(aside), count))
        for first_line, rows in slices(source, rows_per_batch):
            gathering.take(read_part(rows, run, first_line=first_line))
        return gathering.facts(history or {})


@define(repr=False)
class Gathering:
    """The facts of the parts taken so far."""

    ids: Buckets
    opted_out: set[str] = field(factory=set[str], repr=False)
    refused_sms: set[str] = field(factory=set[str], repr=False)
    rows: int = 0

    def take(self, part: Part) -> None:
        """Take what a part says; parts come in the book's order."""
        self.rows += part.rows
        self.opted_out |= part.opted_out
        self.refused_sms |= part.refused_sms
        self.ids.put(part.ids, "loan_id")

    def facts(self, history: Mapping[str, History]) -> BatchFacts:
        """Return the facts of all that was taken; raise UnreadableBook where that was no row."""
        if not self.rows:
            raise UnreadableBook(
                "book: a header and no rows; expected at least one loan",
                "账册只有表头没有数据，至少应有一笔借据",
            )
        repeated, days = [pl.DataFrame(schema=REPEATED)], [pl.DataFrame(schema=DAYS)]
        for ids in self.ids.each():
            later = repeated_in(ids)
            repeated.append(later)
            days.append(days_in(ids.join(later, on="line", how="anti")))
        return BatchFacts(
            opted_out=named(self.opted_out),
            refused_sms=named(self.refused_sms),
            repeated=pl.concat(repeated).sort("line"),
            as_of=day_of(pl.concat(days)),
            rows=self.rows,
            history=history,
        )


def named(borrowers: Iterable[str]) -> pl.Series:
    """Return borrower ids as a column."""
    return pl.Series("borrower_id", sorted(borrowers), dtype=pl.String)


def repeated_in(ids: pl.DataFrame) -> pl.DataFrame:
    """Return the rows (`REPEATED`) whose loan id stands on a smaller line of `ids`."""
    twice = ids.select("loan_id", "line").filter(ids["loan_id"].is_duplicated())
    first = pl.col("line").min().over("loan_id")
    return twice.select("line", first=first).filter(pl.col("line") > pl.col("first"))


def days_in(ids: pl.DataFrame) -> pl.DataFrame:
    """Return how many rows count on which day (`DAYS`)."""
    told = [
        ids.select(stated=pl.lit(value=stated), day=pl.col(name), line="line").drop_nulls("day")
        for name, stated in (("as_of", True), ("counted", False))
    ]
    rows, first = pl.len().cast(pl.UInt32).alias("rows"), pl.col("line").min().alias("first")
    return pl.concat(told).group_by("stated", "day").agg(rows, first).select(*DAYS)


def day_of(days: pl.DataFrame) -> date | None:
    """Return the day most rows count on, of as many the one met first; a stated day comes before a told one."""
    summed = days.group_by("stated", "day").agg(pl.col("rows").sum(), pl.col("first").min())
    found = summed.sort("stated", "rows", "first", descending=[True, True, False])["day"].to_list()
    return found[0] if found else None

"""A book in Parquet files larger than memory, planned in three passes; memory is bounded by the batch.

The facts of the whole book, the kernel batch by batch, then the debtors to whom several messages would go. The
plan is written beside its place and moved there when it is whole: a run that stops half way leaves nothing that
looks like a plan, and the next one starts clean.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
from attrs import define, evolve, field, frozen

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.errors import ConfigurationError
from loansms.model import History, Lender
from loansms.policy import Policy
from loansms.portfolio.batch import arbitrate_batch, competitors, plan_batch
from loansms.portfolio.batch_facts import ROWS_PER_BATCH, BatchFacts, book_facts_of
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.buckets import Buckets
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.frame import FIELDS
from loansms.portfolio.slices import parquet_files, row_count, slices
from loansms.templates import Catalogue

# Headers no book has, for rows that are taken out of their place.
_LINE, _BORROWER, _PART = "\x00line", "\x00borrower", "\x00part"


@frozen(kw_only=True)
class StreamReport:
    """What was planned: `rows` of the book, planned rows by decision, the files in order, and the day of the book.

    ``debtors`` are those between whose messages a choice was made.
    """

    rows: int
    decisions: Mapping[str, int]
    parts: tuple[Path, ...]
    debtors: int
    as_of: date | None


def plan_parquet(
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    policy: Policy | str | Path,
    lender: Lender | Mapping[str, Lender],
    now: datetime,
    catalogue: Catalogue | None = None,
    packs: Sequence[RulePack | str] | None = None,
    history: Mapping[str, History] | None = None,
    provider: str = "sandbox",
    columns: ColumnMap | Mapping[str, str] | str | Path | None = None,
    overrides: Overrides | None = None,
    approved_only: bool = False,
    line: str | None = None,
    partitions: int | None = None,
    rows_per_batch: int = ROWS_PER_BATCH,
) -> StreamReport:
    """Plan the book in `source` and write the plan into the folder `out`, one Parquet file for each batch.

    `source` is a Parquet file, a folder of them, or a list, taken as one book in that order. The rows are those
    of `loansms.portfolio.plan_book` in its order, with the ``line`` of each; the arguments of that name mean the same.
    `line` names a column that tells the rows apart, in place of their number; `rows_per_batch` bounds memory,
    `partitions` is how many shares the loan ids are held in, by default as many as there are batches. Raise UnreadableBook and
    ConfigurationError as `plan_book` does, and ConfigurationError where `out` holds anything already.
    """
    run = BookRun.of(
        policy=policy,
        lender=lender,
        now=now,
        catalogue=catalogue,
        packs=packs,
        provider=provider,
        columns=columns,
        overrides=overrides,
        approved_only=approved_only,
        line=line,
    )
    target = Path(out)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigurationError(
            f"{target.name}: not empty; expected a folder of its own for each plan",
            f"{target.name}：非空；每次规划应使用单独的文件夹",
        )
    files = parquet_files(source)
    draft = target.with_name(f".{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        plan, aside = draft / "plan", draft / "aside"
        plan.mkdir(parents=True)
        aside.mkdir()
        count = partitions or max(1, -(-row_count(files) // rows_per_batch))
        facts = book_facts_of(
            files, run, history=history, rows_per_batch=rows_per_batch, partitions=count, folder=aside
        )
        streaming = _Streaming(files, run, facts, rows_per_batch, count, plan, aside)
        report = streaming.report(target)
        if target.exists():
            target.rmdir()
        plan.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return report


@define
class _Streaming:
    files: Sequence[Path]
    run: BookRun
    facts: BatchFacts
    rows_per_batch: int
    partitions: int
    plan: Path
    aside: Path
    parts: list[Path] = field(factory=list[Path])
    decisions: Counter[str] = field(factory=Counter[str])

    def report(self, target: Path) -> StreamReport:
        """Write the plan and say what is in it."""
        marks = Buckets(self.aside / "marks", self.partitions)
        for first_line, rows in slices(self.files, self.rows_per_batch):
            planned = pl.DataFrame(plan_batch(rows, self.facts, self.run, first_line=first_line))
            marks.put(
                planned.filter(pl.col("competing") | pl.col("offer")).select(
                    "borrower_id", "competing", "offer"
                ),
                "borrower_id",
            )
            self.parts.append(self._written(planned.select("line", *FIELDS), len(self.parts) + 1))
        named = [competitors(one) for one in marks.each()]
        rivals = pl.concat(named) if named else pl.Series("borrower_id", [], dtype=pl.String)
        if rivals.len():
            self._arbitrate(rivals)
        return StreamReport(
            rows=self.facts.rows,
            decisions={name: count for name, count in sorted(self.decisions.items()) if count},
            parts=tuple(target / one.name for one in self.parts),
            debtors=rivals.len(),
            as_of=self.facts.as_of,
        )

    def _written(self, planned: pl.DataFrame, number: int) -> Path:
        path = self.plan / f"part-{number:05}.parquet"
        planned.write_parquet(path)
        with path.open("rb+") as written:
            os.fsync(written.fileno())
        self.decisions.update(_counted(planned))
        return path

    def _arbitrate(self, rivals: pl.Series) -> None:
        """Plan all rows of these debtors again, by debtor, and put them into the parts in place of theirs."""
        theirs = Buckets(self.aside / "theirs", self.partitions)
        for part, (first_line, rows) in enumerate(slices(self.files, self.rows_per_batch)):
            named = pl.scan_parquet(self.parts[part]).filter(pl.col("borrower_id").is_in(rivals.implode()))
            wanted = named.select(
                pl.col("line").alias(_LINE), pl.col("borrower_id").alias(_BORROWER)
            ).unique()
            theirs.put(
                self._lined(rows, first_line)
                .join(wanted.collect(), on=_LINE)
                .with_columns(pl.lit(part).alias(_PART)),
                _BORROWER,
            )
        chosen = Buckets(self.aside / "chosen", len(self.parts))
        run = evolve(self.run, line=_LINE)
        for rows in theirs.each():
            again = pl.DataFrame(arbitrate_batch(rows.drop(_BORROWER, _PART), self.facts, run))
            placed = again.join(
                rows.select(pl.col(_LINE).alias("line"), _PART), on="line", maintain_order="left"
            )
            for (part,), settled in placed.group_by(_PART):
                chosen.lay(settled.select("line", *FIELDS), cast("int", part))
        for part, path in enumerate(self.parts):
            mine = chosen.at(part)
            if mine is not None:
                self._settled(path, mine, part + 1)

    def _lined(self, rows: Any, first_line: int) -> pl.DataFrame:
        """Return rows of the book, each with its line, without the column of the book that says so."""
        frame = pl.DataFrame(rows)
        if self.run.line is not None:
            return frame.rename({self.run.line: _LINE}).with_columns(pl.col(_LINE).cast(pl.Int64))
        return frame.with_columns(pl.int_range(first_line, first_line + frame.height).alias(_LINE))

    def _settled(self, path: Path, settled: pl.DataFrame, number: int) -> None:
        planned = pl.read_parquet(path)
        order = planned.select("line").unique(maintain_order=True).with_row_index(_PART)
        self.decisions.subtract(_counted(planned))
        kept = planned.filter(~planned["line"].is_in(settled["line"].implode()))
        whole = pl.concat([kept, settled]).join(order, on="line", maintain_order="left")
        self._written(whole.sort(_PART, maintain_order=True).drop(_PART), number)


def _counted(planned: pl.DataFrame) -> dict[str, int]:
    return dict(planned["decision"].value_counts().iter_rows())

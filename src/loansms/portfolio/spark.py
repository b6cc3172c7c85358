"""A book planned on Spark: the same kernel and the same rows, on as many machines as there are.

The facts of the whole book are gathered by Spark and sent to every worker; the kernel runs batch by batch in
`mapInArrow`; the rows of the few debtors to whom several messages would go are brought together and chosen between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import polars as pl
from attrs import evolve

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.errors import MissingExtra, UnreadableBook
from loansms.model import History, Lender
from loansms.policy import Policy
from loansms.portfolio.batch import arbitrate_batch, plan_batch
from loansms.portfolio.batch_facts import DAYS, REPEATED, BatchFacts, day_of, named
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.frame import FIELDS
from loansms.portfolio.part import read_part
from loansms.portfolio.rules import policy_for
from loansms.portfolio.slices import pyarrow
from loansms.templates import Catalogue

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Headers no book has: the line of a row, the same beside it, and the share of debtors it is chosen in.
_LINE, _OF, _SHARE = "\x01line", "\x01of", "\x01share"
# What a row of the facts is: a loan id met, a refusal, or how many rows came together.
_ID, _OPTED_OUT, _REFUSED, _ROWS = range(4)
_NOTES = "kind tinyint, id string, line bigint, as_of date, counted date, rows bigint"
_KINDS = {
    **dict.fromkeys(("line", *FIELDS), "string"),
    **dict.fromkeys(("line", "segments", "days_past_due"), "bigint"),
    "send_at": "timestamp",
}
PLAN = ", ".join(f"{name} {kind}" for name, kind in _KINDS.items())
# `monotonically_increasing_id` is documented so: the partition in the upper bits, below these the place in it.
_BITS = 33
# Spark sends ten thousand rows at a time; what is asked once for all rows of a batch is worth more.
_ROWS_AT_ONCE = 250_000
# Rows of debtors that are chosen between at once, by the scalar code.
_CHOSEN_AT_ONCE = 20_000
Batches: TypeAlias = "Callable[[Iterator[Any]], Iterator[Any]]"


def plan_spark(
    df: DataFrame,
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
) -> DataFrame:
    """Return the plan of the book in `df` as a DataFrame: the rows of `loansms.portfolio.plan_book`, with ``line``.

    The arguments are those of `plan_book`. `line` names a column of whole numbers that tells the rows apart; without it
    they are numbered by partition and place from 2 on, so `df` must then give the same rows in the same places each
    time it runs, as files do. Two passes run at once (facts, then the kernel), and the kernel's rows stay persisted
    for whoever reads the result, until ``df.sparkSession.catalog.clearCache()``. Raise as `plan_book` does.
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
    functions = _functions()
    _proved(df, run)
    book: Any = df
    if line is None:
        book, run = book.withColumn(_LINE, functions.monotonically_increasing_id()), evolve(run, line=_LINE)
    facts, starts = _facts(book, run, history or {})
    if line is None:
        place = functions.col(_LINE).bitwiseAND(functions.lit((1 << _BITS) - 1))
        partition = functions.shiftright(_LINE, _BITS).cast("int")
        start = functions.element_at(functions.array(*map(functions.lit, starts)), partition + 1)
        book = book.withColumn(_LINE, place + start)
    planned = book.mapInArrow(kernel(facts, run), f"{PLAN}, competing boolean, offer boolean").persist()
    rivals = _rivals(planned).persist()
    debtors = rivals.count()
    kept: DataFrame = planned.join(functions.broadcast(rivals), "borrower_id", "left_anti").select(
        "line", *FIELDS
    )
    if not debtors:
        return kept
    share = functions.pmod(functions.hash("borrower_id"), functions.lit(debtors // _CHOSEN_AT_ONCE + 1))
    theirs = planned.join(functions.broadcast(rivals), "borrower_id").select(
        functions.col("line").alias(_OF), share.alias(_SHARE)
    )
    rows = book.join(
        functions.broadcast(theirs.distinct()), functions.col(f"`{run.line}`") == functions.col(f"`{_OF}`")
    ).drop(_OF)
    chosen: DataFrame = rows.groupBy(_SHARE).applyInArrow(_chooser(facts, run), PLAN)
    return kept.unionByName(chosen)


def kernel(facts: BatchFacts, run: BookRun) -> Batches:
    """Return what `mapInArrow` calls with the batches of a partition: `plan_batch`, many rows at once."""

    def planned(batches: Iterator[Any]) -> Iterator[Any]:
        for table in _gathered(batches):
            yield plan_batch(table, facts, run)

    return planned


def _chooser(facts: BatchFacts, run: BookRun) -> Callable[[Any], Any]:
    def chosen(rows: Any) -> Any:
        arrow = pyarrow()
        planned = arbitrate_batch(rows.drop_columns([_SHARE]), facts, run)
        table = arrow.Table.from_batches([planned]).select(["line", *FIELDS])
        # Where `mapInArrow` takes both forms of text, `applyInArrow` takes the short one alone.
        short = {arrow.large_string(): arrow.string()}
        kinds = arrow.schema([(one.name, short.get(one.type, one.type)) for one in table.schema])
        return table.cast(kinds)

    return chosen


def _gathered(batches: Iterable[Any]) -> Iterator[Any]:
    """Yield the batches as tables of enough rows to be worth a call."""
    table_of = pyarrow().Table.from_batches
    waiting: list[Any] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= _ROWS_AT_ONCE:
            yield table_of(waiting)
            waiting = []
    if waiting:
        yield table_of(waiting)


def _noted(run: BookRun) -> Batches:
    """Return what `mapInArrow` calls to note what each row says beyond itself."""

    def noted(batches: Iterator[Any]) -> Iterator[Any]:
        for table in _gathered(batches):
            part = read_part(table, run)
            line: int | None = table.column(run.line)[0].as_py() if table.num_rows else None
            told = [
                part.ids.select(
                    pl.lit(_ID, pl.Int8).alias("kind"),
                    pl.col("loan_id").alias("id"),
                    "line",
                    "as_of",
                    "counted",
                ),
                *(
                    pl.DataFrame({"kind": pl.Series([kind] * len(who), dtype=pl.Int8), "id": sorted(who)})
                    for kind, who in ((_OPTED_OUT, part.opted_out), (_REFUSED, part.refused_sms))
                    if who
                ),
                pl.DataFrame({"kind": [_ROWS], "line": [line], "rows": [table.num_rows]}).cast(
                    {"kind": pl.Int8}
                ),
            ]
            notes = pl.concat(told, how="diagonal").rechunk()
            names = [one.split()[0] for one in _NOTES.split(", ")]
            yield from cast("Any", notes.select(names)).to_arrow().to_batches()

    return noted


def _facts(book: Any, run: BookRun, history: Mapping[str, History]) -> tuple[BatchFacts, list[int]]:
    """Return the facts of the book, and the line on which each partition starts, less its first place.

    Lines are those of the numbered book where `run` numbers it.
    """
    functions = _functions()
    notes = book.mapInArrow(_noted(run), _NOTES).persist()
    counted = notes.where(f"kind = {_ROWS}").groupBy(functions.shiftright("line", _BITS).alias("at"))
    counts = _collected(counted.agg(functions.sum("rows").alias("rows")))
    rows = dict(counts.iter_rows())
    said = _collected(notes.where(f"kind in ({_OPTED_OUT}, {_REFUSED})").select("kind", "id").distinct())
    ids = notes.where(f"kind = {_ID}")
    first = ids.groupBy("id").agg(functions.min("line").alias("first"), functions.count("*").alias("times"))
    later = ids.join(first.where("times > 1"), "id").where("line > first").select("line", "first")
    repeated = _collected(later).cast(REPEATED)
    # A book that tells no days is not asked for them; a row that repeats another has no say.
    tells = {"as_of", "days_past_due"} & set(read_part(_collected(book.limit(0)), run).book.seen.known)
    if tells and repeated.height:
        ids = ids.join(functions.broadcast(later), "line", "left_anti")
    days = pl.DataFrame(schema=DAYS)
    if tells:
        day = functions.coalesce("as_of", "counted").alias("day")
        dated = ids.groupBy(functions.col("as_of").isNotNull().alias("stated"), day)
        told = dated.agg(functions.count("*").alias("rows"), functions.min("line").alias("first"))
        days = _collected(told.where("day is not null")).cast(DAYS)
    notes.unpersist()
    total = sum(rows.values())
    if not total:
        raise UnreadableBook(
            "book: a header and no rows; expected at least one loan", "账册只有表头没有数据，至少应有一笔借据"
        )
    starts: list[int] = []
    if run.line == _LINE:
        starts = list(accumulate((rows.get(at, 0) for at in range(max(rows))), initial=2))
        begins = pl.Series(starts, dtype=pl.Int64)
        repeated = repeated.select(
            (pl.lit(begins).gather(pl.col(name) // (1 << _BITS)) + pl.col(name) % (1 << _BITS)).alias(name)
            for name in REPEATED
        )
    facts = BatchFacts(
        opted_out=named(said.filter(pl.col("kind") == _OPTED_OUT)["id"]),
        refused_sms=named(said.filter(pl.col("kind") == _REFUSED)["id"]),
        repeated=repeated.sort("line"),
        as_of=day_of(days),
        rows=total,
        history=history,
    )
    return facts, starts


def _rivals(planned: Any) -> Any:
    """Return the borrowers between whose rows is to be chosen, as `loansms.portfolio.batch.competitors` does."""
    functions = _functions()
    marked = planned.where("competing or offer").groupBy("borrower_id")
    counted = marked.agg(functions.count("*").alias("rows"), functions.max("offer").alias("offer"))
    return counted.where("rows > 1 or offer").select("borrower_id")


def _proved(df: Any, run: BookRun) -> None:
    """Raise, before any worker does, where the book has not the columns it needs."""
    seen = read_part(_collected(df.limit(0)), run).book.seen
    policy_for(run.rules, {*seen.extra, *seen.known})


def _collected(df: Any) -> pl.DataFrame:
    return pl.DataFrame(df.toArrow())


def _functions() -> Any:
    try:
        import_module("pandas")  # `mapInArrow` asks for it
        return import_module("pyspark.sql.functions")
    except ImportError:
        raise MissingExtra("spark", "planning on Spark") from None

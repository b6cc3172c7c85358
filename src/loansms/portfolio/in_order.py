"""The rows of a plan in the book's order, written out once: what columns decided and what the scalar code did.

Nothing is sorted that is millions of rows long: every row is told a line of one small table, and the rows decided one by
one are lines of it too.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from loansms.portfolio.frame import FIELDS
from loansms.portfolio.kernel import Planned
from loansms.portfolio.spoken import WORDS

_IDS = ("loan_id", "borrower_id")


def in_order(
    done: Planned, ids: pl.DataFrame, places: pl.Series, others: pl.DataFrame, marks: Sequence[str] = ()
) -> pl.DataFrame:
    """Return all planned rows in order: ``place``, the columns of a plan, then `marks` (false where nothing is said).

    `ids` has ``at``, ``loan_id`` and ``borrower_id`` of the regular rows, `places` (Int64) what each is ordered by, rising;
    `others` are rows planned otherwise, several at one place perhaps, with the columns of the answer.
    """
    others = others.sort("place", maintain_order=True)
    line, word = done.code, _said(done)
    if line.null_count():
        there = line.is_not_null()
        line, word, places = line.filter(there), word.filter(there), places.filter(there)
        ids = ids.filter(there.gather(ids["at"]))
    own = [*WORDS, *marks]
    # The words come in parts, one a template: laid together they are found in a third of the time.
    tables = [ids.select(_IDS), done.told, done.spoken.select(own).rechunk()]
    if others.height:
        order = _woven(places, others["place"])
        places = pl.concat([places, others["place"]]).gather(order)
        line, word = (
            pl.concat([lines, _rising(table.height, others.height)]).gather(order)
            for lines, table in ((line, tables[1]), (word, tables[2]))
        )
        tables = [pl.concat([table, others.select(table.columns)], rechunk=True) for table in tables]
        tables[0] = tables[0][order]
    names, told, words = tables
    # A column of one value is told as that value: it is not written out for every row. A line without a decision is nobody's.
    decided = told.filter(pl.col("decision").is_not_null())
    alone = [name for name in told.columns if decided.height and decided[name].n_unique() == 1]
    return (
        told.drop(alone)[line]
        .with_columns(
            *names,
            *words[word],
            *(pl.lit(decided[name].head(1)).first().alias(name) for name in alone),
            place=places,
        )
        .with_columns(pl.col(marks).fill_null(value=False))
        .select("place", *FIELDS, *marks)
    )


def _said(done: Planned) -> pl.Series:
    """Return, by place, where its row stands among those that speak."""
    blank = pl.Series([None], dtype=pl.UInt32).new_from_index(0, done.code.len())
    return blank.scatter(done.spoken["at"], _rising(0, done.spoken.height))


def _woven(places: pl.Series, others: pl.Series) -> pl.Series:
    """Return the indices of two rising columns, laid end to end, in the order of both; the first's before its equals."""
    size = places.len() + others.len()
    late = places.search_sorted(others, side="right") + pl.int_range(others.len(), eager=True)
    free = pl.repeat(True, size, eager=True).scatter(late, False)
    order = _rising(0, size)
    order = order.scatter(order.filter(free), _rising(0, places.len()))
    return order.scatter(late, _rising(places.len(), others.len()))


def _rising(first: int, rows: int) -> pl.Series:
    return pl.int_range(first, first + rows, dtype=pl.UInt32, eager=True)

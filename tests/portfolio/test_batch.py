"""A book in batches of three rows gives the plan of the whole book: nobody is written to twice because of where a cut fell."""

from __future__ import annotations

import pickle
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.portfolio.books import row
from tests.portfolio.equality import HISTORIES, LENDERS, NOWS, OTHER, books, policies

from loansms.errors import ConfigurationError, UnreadableBook
from loansms.model import History, Lender
from loansms.policy import Policy
from loansms.portfolio import plan_frame, plan_rows, read_book
from loansms.portfolio.batch import arbitrate_batch, competitors, plan_batch
from loansms.portfolio.batch_facts import BatchFacts, book_facts_of
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.frame import FIELDS

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
RUN = BookRun.of(policy="cn-consumer", lender=Lender.example("CN"), now=NOW)
SOURCE_LINE = "its line"


def in_batches(book: pl.DataFrame, facts: BatchFacts, run: BookRun) -> pl.DataFrame:
    """Return the plan of `book` by three rows at a time, then by debtor."""
    book = book.with_columns(pl.int_range(2, book.height + 2).alias(SOURCE_LINE))
    run = evolve(run, line=SOURCE_LINE)
    planned = pl.concat(pl.DataFrame(plan_batch(one.to_arrow(), facts, run)) for one in book.iter_slices(3))
    theirs = planned.filter(pl.col("borrower_id").is_in(competitors(planned).implode()))["line"]
    again = pl.DataFrame(
        arbitrate_batch(book.filter(pl.col(SOURCE_LINE).is_in(theirs.implode())), facts, run)
    )
    kept = planned.filter(~pl.col("line").is_in(theirs.implode()))
    return pl.concat([kept, again]).sort("line", maintain_order=True)


@settings(max_examples=40)
@given(policies(), books(), HISTORIES, NOWS, st.integers(1, 3), st.booleans())
def test_batches_of_three_give_the_plan_of_the_whole_book(
    policy: Policy,
    rows: list[dict[str, str]],
    histories: dict[str, History],
    now: datetime,
    partitions: int,
    several: bool,
) -> None:
    lenders = {"example-cn": LENDERS["CN"]} | ({"other": OTHER} if several else {})
    run = BookRun.of(policy=policy, lender=lenders, now=now)
    frame = pl.DataFrame(rows)
    facts = book_facts_of(frame, run, history=histories, rows_per_batch=3, partitions=partitions)
    wanted = plan_frame(
        one
        for _, one in plan_rows(
            read_book(rows, default_country="CN"), setup=run.rules, now=now, histories=histories
        )
    )
    assert_frame_equal(in_batches(frame, facts, run).select(*FIELDS), wanted)


def test_an_opt_out_in_another_batch_is_heard() -> None:
    book = pl.DataFrame(
        [row(loan_id="L-1"), row(loan_id="L-2", borrower_id="B-2"), row(loan_id="L-3", opt_out="yes")]
    )
    facts = book_facts_of(book.fill_null(""), RUN, rows_per_batch=1)
    first = pl.DataFrame(plan_batch(book[:1].to_arrow(), facts, RUN))
    assert first["decision"].to_list() == ["deny"]


def test_a_repeated_loan_is_refused_by_the_line_of_the_first() -> None:
    book = pl.DataFrame([row(), row(loan_id="L-2"), row()])
    facts = book_facts_of(book, RUN, rows_per_batch=1)
    last = pl.DataFrame(plan_batch(book[2:].to_arrow(), facts, RUN, first_line=4))
    assert last["decision"].to_list() == ["reject"]
    assert "already stands on line 2" in last["why"][0]


def test_facts_and_run_travel_to_a_worker_and_tell_nothing_private() -> None:
    book = pl.DataFrame([row(opt_out="yes")])
    facts = book_facts_of(book, RUN)
    there, run = pickle.loads(pickle.dumps((facts, RUN)))
    batch = book.to_arrow().to_batches()[0]
    assert plan_batch(batch, there, run).equals(plan_batch(batch, facts, RUN))
    assert "B-1" not in repr(facts)


def test_an_empty_batch_has_the_columns_of_a_full_one() -> None:
    book = pl.DataFrame([row()])
    facts = book_facts_of(book, RUN)
    full, empty = (plan_batch(one.to_arrow(), facts, RUN) for one in (book, book.clear()))
    assert isinstance(empty, pa.RecordBatch)
    assert (empty.num_rows, empty.schema) == (0, full.schema)


def test_a_line_column_that_is_none_is_told() -> None:
    book = pl.DataFrame([row()])
    with pytest.raises(ConfigurationError, match="line=loan_id: expected a column of whole numbers"):
        book_facts_of(book, evolve(RUN, line="loan_id"))


def test_a_book_without_rows_or_of_no_kind_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableBook, match="no rows"):
        book_facts_of(pl.DataFrame([row()]).clear(), RUN)
    with pytest.raises(UnreadableBook, match=r"expected a \.parquet file"):
        book_facts_of(tmp_path, RUN)
    (tmp_path / "book.parquet").write_text("loan_id\n")
    with pytest.raises(UnreadableBook, match="expected a Parquet file"):
        book_facts_of(tmp_path, RUN)

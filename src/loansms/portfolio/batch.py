"""The plan of a book that comes in batches, as a framework calls it: the kernel, and the choice between one debtor's rows.

Three passes: `loansms.portfolio.batch_facts.book_facts_of` over the whole book, `plan_batch` over its batches in any order and
on any machine, `arbitrate_batch` over the rows of the few debtors to whom several messages would go (`competitors`).

>>> import pyarrow
>>> from datetime import UTC, datetime
>>> from loansms.model import Lender
>>> from loansms.portfolio.batch_facts import book_facts_of
>>> run = BookRun.of(policy="cn-consumer", lender=Lender.example(), now=datetime(2026, 9, 24, 2, tzinfo=UTC))
>>> row = {"borrower_id": "B-1", "phone": "13800138000", "currency": "CNY", "amount_due": "9.00", "next_due_on": "2026-09-24"}
>>> book = pyarrow.Table.from_pylist([{"loan_id": "L-1", **row}, {"loan_id": "L-2", **row}])
>>> facts = book_facts_of(book, run)
>>> planned = [plan_batch(one, facts, run, first_line=line) for line, one in enumerate(book.to_batches(1), 2)]
>>> told = pl.concat(pl.DataFrame(one) for one in planned)
>>> told["decision"].to_list(), competitors(told).to_list()
(['send', 'send'], ['B-1'])
>>> pl.DataFrame(arbitrate_batch(book, facts, run)).select("line", "decision", "reason").rows()
[(2, 'send', 'due_today'), (3, 'defer', 'yields_to_other_loan')]
"""

from __future__ import annotations

from typing import Any, cast

import polars as pl

from loansms.portfolio.batch_facts import BatchFacts
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.part import read_part
from loansms.portfolio.part_plan import PartPlan
from loansms.portfolio.slices import pyarrow


def plan_batch(batch: object, facts: BatchFacts, run: BookRun, *, first_line: int = 2) -> Any:
    """Return the plan of a batch of a book, a pyarrow RecordBatch, as a RecordBatch.

    `batch` (a RecordBatch, a Table or a frame) has the book's own headers and any types; the first row stands on `first_line`
    where `run` names no line column. The columns are ``line`` (the row's in the book), those of
    `loansms.portfolio.plan_frame`, and two marks for the third pass: ``competing``, a message that goes now and uses up the
    debtor's one a day, and ``offer``. Raise as `plan_book` does where the book as a whole cannot be planned.
    """
    part = read_part(batch, run, first_line=first_line)
    return _batch(PartPlan.of(part, facts, run).planned())


def arbitrate_batch(batch: object, facts: BatchFacts, run: BookRun, *, first_line: int = 2) -> Any:
    """Return the final plan of all rows of some debtors: as `plan_batch`, one message a debtor and day chosen.

    `batch` holds every row of the book that names one of these borrowers; each is planned by the scalar code.
    """
    part = read_part(batch, run, first_line=first_line, plain=False)
    return _batch(PartPlan.of(part, facts, run).chosen())


def competitors(planned: pl.DataFrame) -> pl.Series:
    """Return the borrowers between whose rows `arbitrate_batch` must choose: several speak today, or one is an offer.

    `planned` needs the columns ``borrower_id``, ``competing`` and ``offer`` of all rows of its borrowers.
    """
    marked = planned.filter(pl.col("competing") | pl.col("offer"))
    counted = marked.group_by("borrower_id").agg(pl.len().alias("rows"), pl.col("offer").any())
    return counted.filter((pl.col("rows") > 1) | pl.col("offer"))["borrower_id"].sort()


def _batch(planned: pl.DataFrame) -> Any:
    table = cast("Any", planned.rechunk()).to_arrow().combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pyarrow().RecordBatch.from_pylist([], table.schema)

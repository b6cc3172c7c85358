"""A made-up book of any size as Parquet, written piece by piece: mostly plain rows, as real books are, and some that are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

PIECE = 250_000
TODAY = date(2026, 9, 24)


def made_book(path: Path, rows: int) -> Path:
    """Write `rows` mainland loans; the numbers are of a satellite block nobody is reached at.

    Of a hundred rows two are a borrower's second loan and one refuses; of a thousand one has no readable phone and of ten
    thousand one repeats a loan id, all far from the row they belong to.
    """
    with pq.ParquetWriter(path, made_rows(0, 1, rows).to_arrow().schema) as out:
        for start in range(0, rows, PIECE):
            out.write_table(made_rows(start, min(PIECE, rows - start), rows).to_arrow())
    return path


def made_rows(start: int, count: int, rows: int) -> pl.DataFrame:
    """Return the rows from `start` on of a book of `rows`."""
    at = pl.int_range(start, start + count)
    # A whole number without pattern, the same for the same row (Knuth's multiplicative hash).
    chance = at * 2_654_435_761 % 4_294_967_296
    loan = pl.when(at % 10_000 == 9_999).then((at + rows // 2) % rows).otherwise(at)
    person = pl.when(at % 50 == 49).then((at + rows // 2 + 1) % rows).otherwise(at)
    # A month of coming due dates; one loan in twenty is overdue.
    days = pl.when(at % 20 == 7).then(-(chance // 7 % 60)).otherwise(chance // 7 % 31)
    amount = (chance % 500_000 + 10_000).cast(pl.Decimal(12, 2)) / 100
    return pl.select(
        loan_id=pl.format("L{}", loan + 10_000_000),
        borrower_id=pl.format("B{}", person + 10_000_000),
        name=pl.lit("张三"),
        phone=pl.when(at % 1_000 == 500)
        .then(pl.lit("12"))
        .otherwise(pl.format("1740{}", (chance % 6_000_000).cast(pl.String).str.zfill(7))),
        country=pl.lit("CN"),
        timezone=pl.lit("Asia/Shanghai"),
        language=pl.lit("zh-CN"),
        currency=pl.lit("CNY"),
        product=pl.when(chance % 3 == 0).then(pl.lit("cash")).otherwise(pl.lit("car")),
        principal=amount * 10,
        annual_rate=pl.lit(0.072),
        term_months=(chance % 24 + 12).cast(pl.Int32),
        instalment_amount=amount,
        method=pl.lit("equal_instalment"),
        disbursed_on=pl.lit(date(2026, 3, 24)),
        next_due_on=pl.lit(TODAY) + pl.duration(days=days),
        amount_due=amount,
        balance=amount * 9,
        status=pl.lit("current"),
        consent_sms=pl.lit(value=True),
        opt_out=at % 100 == 77,
    )

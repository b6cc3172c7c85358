"""A whole book planned in columns, beside a hand-written Polars expression and beside the stack a team would write.

The expression does the opt-out by borrower, one message a debtor, the stage, the phone's form, the text and its segments
for the rows that are due, and nothing else: no hours, caps, consent, holds, rejects or reasons. The stack decides row by row
with phonenumbers, rule-engine, Babel, Jinja2 and a `re` list of 500 phrases. Ratios are of accounts per second.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import phonenumbers
import polars as pl
import rule_engine
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Template

from loansms import Lender
from loansms.portfolio import plan_book

ROWS = int(os.environ.get("LOANSMS_BENCH_ROWS", "10000000"))
STACK_ROWS = 5_000
DAY = date(2026, 9, 24)
NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
WORDS = "您尾号{}的借款{}月{}日应还{}元,请及时还款,可通过示例APP还款。"
ROUNDS = 2


def made(path: Path, rows: int) -> Path:
    """Write a made-up book: six of a hundred rows overdue, one person in seven with a second loan, one in a hundred opted out."""
    at = pl.int_range(rows)
    # A number without pattern, the same for the same row (Knuth's multiplicative hash).
    chance = at * 2_654_435_761 % 4_294_967_296
    days = pl.when(chance % 100 < 6).then(chance // 100 % 120 + 1).otherwise(-(chance // 100 % 31))
    pl.select(
        loan_id=pl.format("LN{}", at + 10_000_000),
        borrower_id=pl.format("B{}", chance // 7 % int(rows / 1.15)),
        phone=pl.format(
            "1740{}", (chance // 3 % 6_000_000).cast(pl.String).str.zfill(7)
        ),  # 17400 to 17405 are in use
        currency=pl.lit("CNY"),
        amount_due=(chance // 11 % 900_000 + 5_000).cast(pl.Decimal(14, 2)) / 100,
        days=days,
        opt_out=chance // 13 % 100 == 0,
        as_of=pl.lit(DAY),
    ).with_columns(due=pl.lit(DAY) - pl.duration(days="days")).with_columns(
        oldest_unpaid_due_on=pl.when(pl.col("days") > 0).then("due"),
        next_due_on=pl.when(pl.col("days") <= 0).then("due"),
    ).drop("days", "due").write_parquet(path)
    return path


def by_hand(path: Path) -> pl.DataFrame:
    """The hand-written expression."""
    due = pl.coalesce("oldest_unpaid_due_on", "next_due_on")
    days = pl.col("days")
    book = pl.scan_parquet(path).with_columns(due=due, days=(pl.lit(DAY) - due).dt.total_days())
    out = book.filter("opt_out").select("borrower_id").unique()
    stage = (
        pl.when(days < 0).then(pl.lit("upcoming")).when(days == 0).then(pl.lit("due")).when(days <= 7)
        .then(pl.lit("early")).when(days <= 30).then(pl.lit("middle")).when(days <= 90).then(pl.lit("late"))
        .otherwise(pl.lit("handover"))
    )  # fmt: skip
    cents = (pl.col("amount_due") * 100).round().cast(pl.Int64)
    yuan = (cents // 100).cast(pl.String) + "." + (cents % 100).cast(pl.String).str.zfill(2)
    day = pl.col("due").dt
    text = pl.format(WORDS, pl.col("loan_id").str.tail(4), day.month(), day.day(), yuan)
    length = pl.col("text").str.len_chars() + 6
    return (
        book.filter((pl.col("amount_due") > 0) & (days.is_in([-7, -3, 0]) | (days > 0)))
        .filter(pl.col("phone").str.contains(r"^1[3-9]\d{9}$"))
        .join(out, on="borrower_id", how="anti")
        .with_columns(stage=stage)
        .sort("days", descending=True)
        .unique("borrower_id", keep="first")
        .with_columns(text=text)
        .with_columns(segments=pl.when(length <= 70).then(1).otherwise((length + 66) // 67))
        .select("loan_id", "borrower_id", "stage", "text", "segments")
        .collect()
    )


def by_stack(path: Path) -> int:
    """The stack of a team, over the first rows of the book."""
    rules = [
        rule_engine.Rule(one)
        for one in (
            "days == -7", "days == -3", "days == 0", "days > 0 and days <= 7", "days > 7 and days <= 30", "days > 30",
        )
    ]  # fmt: skip
    template = Template("您尾号{{ tail }}的借款{{ due }}应还{{ amount }},请及时还款,可通过示例APP还款。")
    banned = re.compile("|".join(f"禁词{number}" for number in range(500)))
    written = 0
    for row in pl.read_parquet(path, n_rows=STACK_ROWS).iter_rows(named=True):
        phone = phonenumbers.parse(row["phone"], "CN")
        if row["opt_out"] or not phonenumbers.is_valid_number(phone):
            continue
        due = row["oldest_unpaid_due_on"] or row["next_due_on"]
        asked = {"days": (DAY - due).days}
        if not any(rule.matches(asked) for rule in rules):
            continue
        text = template.render(
            tail=row["loan_id"][-4:],
            due=format_date(due, "M月d日", locale="zh"),
            amount=format_currency(row["amount_due"], "CNY", locale="zh_CN"),
        )
        written += not banned.search(text) and len(text) > 0
    return written


def seconds(work: Callable[[], object]) -> float:
    """Return the best of some runs."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def run() -> list[tuple[str, float, str]]:
    """Return accounts per second of the whole plan over those of each floor."""
    lender = Lender.example("CN")
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder) / "book.parquet", ROWS)
        small = made(Path(folder) / "small.parquet", STACK_ROWS)
        plan_book(small, policy="cn-consumer", lender=lender, now=NOW)
        ours = ROWS / seconds(lambda: plan_book(path, policy="cn-consumer", lender=lender, now=NOW))
        hand = ROWS / seconds(lambda: by_hand(path))
        stack = STACK_ROWS / seconds(lambda: by_stack(small))
    told = f"plan_book, {ROWS:,} rows: {ours / 1e6:.2f} million accounts a second"
    return [
        (told, ours / hand, f"accounts per second of the hand-written expression ({hand / 1e6:.2f} million)"),
        (told, ours / stack, f"accounts per second of the stack written by hand ({stack:,.0f})"),
    ]


if __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:60} {ratio:8.2f} x  {floor}")

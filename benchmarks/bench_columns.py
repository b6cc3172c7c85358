"""A whole book planned in columns, beside a hand-written Polars expression and beside the stack a team would write.

The expression does the opt-out by borrower, one message a debtor, the stage, the phone's form, the text and its segments
for the rows that are due, and nothing else: no hours, caps, consent, holds, rejects or reasons. Before anything is timed its
texts and segments are held against ours, loan by loan: they are the same. The stack decides row by row
with phonenumbers, rule-engine, Babel, Jinja2 and a `re` list of 500 phrases. Ratios are of accounts per second. The real book
is planned a second time in a process whose allocator keeps its memory (docs/how-to/plan-a-big-book.md), every side with it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
REAL_TIMES = max(ROWS // 10_000, 1)
STACK_ROWS = 4_000
DAY = date(2026, 9, 24)
NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
REAL = Path(__file__).resolve().parents[2] / "shared" / "facts" / "lendingclub_2018q1.csv"
ROUNDS = 2
# What docs/how-to/plan-a-big-book.md sets for a process that plans several books.
KEPT = "dirty_decay_ms:10000,muzzy_decay_ms:10000,oversize_threshold:0"
Rates = list[tuple[str, float, str]]
KINDS = {"phone": pl.String, "oldest_unpaid_due_on": pl.Date, "next_due_on": pl.Date}


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What the two floors are told of a book: its day, how its numbers look, and the words of each kind of row."""

    day: date
    policy: str
    region: str
    phone: str
    words: Mapping[str, str]
    date: str
    signature: int
    one: int
    several: int
    currency: str
    locale: str
    plain: str


CHINA = Floor(
    day=DAY, policy="cn-consumer", region="CN", phone=r"^1[3-9]\d{9}$", signature=6, one=70, several=67, currency="CNY",
    locale="zh_CN", date="%-m月%-d日", plain="您尾号{}的借款{}月{}日应还{}元,请及时还款,可通过示例APP还款。",
    words={
        "-7": "您尾号{ref}的借款本期应还{money}元，还款日为{due}，可通过安信示例APP还款。如已还款请忽略。",
        "-3": "温馨提示：您尾号{ref}的借款将于{due}到还款日，应还{money}元，请提前备好款项，可通过安信示例APP还款。",
        "0": "您尾号{ref}的借款本期还款日为{due}，应还{money}元，请于当日通过安信示例APP还款。如已还款请忽略。",
        "early": "您好，您尾号{ref}的借款{due}应还款项尚未到账，截至{today}应还{money}元。请通过安信示例APP还款；如需其他还款方式、有困难或对金额有疑问，请致电400-000-0000，我们会协助您。如已还款请忽略。",
        "middle": "您尾号{ref}的借款应于{due}还款，截至{today}已逾期{days}天，应还{money}元。请通过安信示例APP还款，或致电400-000-0000了解其他还款方式、协商还款安排；对金额有异议的，也可来电核实。",
        "late": "您尾号{ref}的借款应于{due}还款，截至{today}已逾期{days}天，应还款项{money}元仍未结清。请您通过安信示例APP还清；需要其他还款方式，或确有困难、申请协商的，请致电400-000-0000；如有异议，我们将核实后答复。",
        "handover": "案件交接：借款尾号{ref}，截至{today}逾期{days}天，应还{money}元。既往联系：暂无记录。联系前请核对停止联系、投诉、异议和协商标记，并遵守联系时段与文明用语要求。",
    },
)  # fmt: skip
AMERICA = Floor(
    day=date(2018, 4, 15), policy="us-first-party", region="US", phone=r"^\+1[2-9]\d{9}$", signature=0, one=160, several=153,
    currency="USD", locale="en_US", date="%b %-d",
    plain="Example Credit: your loan {} payment due {}/{} is ${}. Pay in the Example app. Reply STOP to opt out.",
    words={
        "-7": "Example Lending: Your loan ending {ref} has a payment of ${money} due {due}. You can pay through the Example Lending app. If you have paid, thank you. Reply STOP to opt out.",
        "-3": "Example Lending: A reminder that ${money} on your loan ending {ref} is due {due}. Please have it ready; you can pay through the Example Lending app. Reply STOP to opt out.",
        "0": "Example Lending: The due date of your loan ending {ref} is {due}: ${money}. Please pay that day through the Example Lending app. If you have paid, thank you. Reply STOP to opt out.",
        "early": "Example Lending: The payment due {due} on your loan ending {ref} has not reached us. Amount due as of {today}: ${money}. Please pay through the Example Lending app. For other ways to pay, help with paying or to question the amount, call 800-555-0100. If you have paid, thank you. Reply STOP to opt out.",
        "middle": "Example Lending: The payment due {due} on your loan ending {ref} is past due. As of {today}: days past due {days}, amount due ${money}. Please pay through the Example Lending app or call 800-555-0100 for other ways to pay, to arrange a plan or to question the amount. Reply STOP to opt out.",
        "late": "Example Lending: The payment due {due} on your loan ending {ref} remains unpaid. As of {today}: days past due {days}, amount due ${money}. Please pay through the Example Lending app. For other ways to pay, help with paying or to dispute the amount, call 800-555-0100. Reply STOP to opt out.",
        "handover": "Case handover: loan ending {ref}. As of {today}: days past due {days}, amount due ${money}. Contact so far: none on record. Before any contact, check for stop requests, complaints, disputes and hardship, and keep to the contact hours and the code of conduct.",
    },
)  # fmt: skip


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


def repeated(path: Path, times: int) -> Path:
    """Write the real book so many times over, each time with ids of its own."""
    book = pl.read_csv(REAL, schema_overrides=KINDS)
    again = pl.int_range(times, dtype=pl.UInt32, eager=True).alias("again").to_frame()
    book.join(again, how="cross").with_columns(
        pl.format("{}{}", name, pl.col("again").cast(pl.String).str.zfill(6)).alias(name)
        for name in ("loan_id", "borrower_id")
    ).drop("again").write_parquet(path)
    return path


def _filled(words: str, slots: Mapping[str, pl.Expr]) -> pl.Expr:
    parts = re.split(r"\{(\w+)\}", words)
    return pl.concat_str(slots[one] if at % 2 else pl.lit(one) for at, one in enumerate(parts))


def by_hand(path: Path, told: Floor) -> pl.DataFrame:
    """The hand-written expression."""
    due = pl.coalesce("oldest_unpaid_due_on", "next_due_on")
    days = pl.col("days")
    source = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, schema_overrides=KINDS)
    opted = pl.col("opt_out") if "opt_out" in source.collect_schema() else pl.lit(value=False)
    book = source.with_columns(due=due, days=(pl.lit(told.day) - due).dt.total_days(), opted=opted)
    out = book.filter("opted").select("borrower_id").unique()
    # The American policy keeps a loan of up to 120 days, the Chinese one of up to 90, before it hands it over.
    last = 120 if told.region == "US" else 90
    stage = (
        pl.when(days < 0).then(pl.lit("upcoming")).when(days == 0).then(pl.lit("due")).when(days <= 7)
        .then(pl.lit("early")).when(days <= 30).then(pl.lit("middle")).when(days <= last).then(pl.lit("late"))
        .otherwise(pl.lit("handover"))
    )  # fmt: skip
    cents = (pl.col("amount_due") * 100).round().cast(pl.Int64)
    whole, part = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    thousands = pl.format("{},{}.{}", whole // 1000, (whole % 1000).cast(pl.String).str.zfill(3), part)
    slots = {
        "ref": pl.col("loan_id").str.tail(4),
        "due": pl.col("due").dt.strftime(told.date),
        "money": pl.when(whole < 1000).then(pl.format("{}.{}", whole, part)).otherwise(thousands),
        "today": pl.lit(told.day.strftime(told.date)),
        "days": days.cast(pl.String),
    }
    kind = pl.when(days <= 0).then(days.cast(pl.String)).otherwise("stage")
    text = pl.coalesce(
        pl.when(kind == name).then(_filled(words, slots)) for name, words in told.words.items()
    )
    length = pl.col("text").str.len_chars() + told.signature
    return (
        book.filter((pl.col("amount_due") > 0) & (days.is_in([-7, -3, 0]) | (days > 0)))
        .filter(pl.col("phone").cast(pl.String).str.contains(told.phone))
        .join(out, on="borrower_id", how="anti")
        .with_columns(stage=stage)
        .sort("days", descending=True)
        .unique("borrower_id", keep="first")
        .with_columns(text=text)
        .with_columns(
            segments=pl.when(length <= told.one)
            .then(1)
            .otherwise((length + told.several - 1) // told.several)
        )
        .select("loan_id", "borrower_id", "stage", "text", "segments")
        .collect()
    )


def by_stack(path: Path, told: Floor) -> int:
    """The stack of a team, over the first rows of the book."""
    rules = [
        rule_engine.Rule(one)
        for one in (
            "days == -7", "days == -3", "days == 0", "days > 0 and days <= 7", "days > 7 and days <= 30", "days > 30",
        )
    ]  # fmt: skip
    template = Template(told.plain.replace("{}", "{{{{ {} }}}}").format("tail", "month", "day", "amount"))
    banned = re.compile("|".join(f"禁词{number}" for number in range(500)))
    book = (
        pl.read_parquet(path, n_rows=STACK_ROWS)
        if path.suffix == ".parquet"
        else pl.read_csv(path, n_rows=STACK_ROWS, schema_overrides=KINDS)
    )
    written = 0
    for row in book.iter_rows(named=True):
        phone = phonenumbers.parse(row["phone"], told.region)
        if row.get("opt_out") or not phonenumbers.is_valid_number(phone):
            continue
        due = row["oldest_unpaid_due_on"] or row["next_due_on"]
        asked = {"days": (told.day - due).days}
        if not any(rule.matches(asked) for rule in rules):
            continue
        text = template.render(
            tail=row["loan_id"][-4:],
            month=format_date(due, "M", locale=told.locale),
            day=format_date(due, "d", locale=told.locale),
            amount=format_currency(row["amount_due"], told.currency, locale=told.locale),
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


def _same_words(ours: pl.DataFrame, hand: pl.DataFrame) -> None:
    """Prove that the expression says what we say: the same text and segments for every loan that both speak of."""
    said = (
        ours.filter(pl.col("decision") == "send")
        .select("loan_id", "text", "segments")
        .unique("loan_id", keep="none")
    )
    both = said.join(hand, on="loan_id", suffix="_hand")
    other = both.filter(
        (pl.col("text") != pl.col("text_hand"))
        | (pl.col("segments").fill_null(pl.col("segments_hand")) != pl.col("segments_hand"))
    )
    if other.height or both.height < said.height * 0.95:
        raise SystemExit(
            f"the hand-written expression differs in {other.height} of {both.height} texts, of {said.height} sent"
        )


def beside(
    name: str, path: Path, sample: Path, rows: int, lender: Lender, now: datetime, told: Floor
) -> Rates:
    """Return accounts per second of the whole plan of a book over those of each floor."""

    def ours() -> pl.DataFrame:
        return plan_book(path, policy=told.policy, lender=lender, now=now)

    _same_words(ours(), by_hand(path, told))
    of_ours = rows / seconds(ours)
    hand = rows / seconds(lambda: by_hand(path, told))
    stack = STACK_ROWS / seconds(lambda: by_stack(sample, told))
    what = f"plan_book, {name}, {rows:,} rows: {of_ours / 1e6:.2f} million accounts a second"
    return [
        (
            what,
            of_ours / hand,
            f"accounts per second of the hand-written expression ({hand / 1e6:.2f} million)",
        ),
        (what, of_ours / stack, f"accounts per second of the stack written by hand ({stack:,.0f})"),
    ]


def run() -> Rates:
    """Return accounts per second of the whole plan over those of each floor."""
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder) / "book.parquet", ROWS)
        small = made(Path(folder) / "small.parquet", STACK_ROWS)
        lender = Lender.example("CN")
        rates = beside("made rows", path, small, ROWS, lender, NOW, CHINA)
        path.unlink()
        if REAL.exists():
            at = datetime.fromisoformat("2018-04-15T12:00:00-04:00")
            lender = Lender.example("US")
            rates += beside("the real book", REAL, REAL, 4_000, lender, at, AMERICA)
            many = repeated(Path(folder) / "real.parquet", REAL_TIMES)
            rates += real_many(many)
            rates += in_kept_memory(many)
    return rates


def real_many(path: Path, name: str = "") -> Rates:
    at = datetime.fromisoformat("2018-04-15T12:00:00-04:00")
    what = f"the real book {REAL_TIMES} times over{name}"
    return beside(what, path, REAL, 4_000 * REAL_TIMES, Lender.example("US"), at, AMERICA)


def in_kept_memory(path: Path) -> Rates:
    """Do the same in a process of its own, whose allocator reads its setting as it is loaded."""
    told = subprocess.run(
        [sys.executable, __file__, str(path)],
        env={**os.environ, "_RJEM_MALLOC_CONF": KEPT},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [(name, ratio, floor) for name, ratio, floor in json.loads(told.stdout)]


if __name__ == "__main__" and len(sys.argv) > 1:
    print(json.dumps(real_many(Path(sys.argv[1]), ", memory kept")))
elif __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:60} {ratio:8.2f} x  {floor}")

"""A part of a book, read into columns by itself: its accounts, its rows that are none, and what they say of people.

What needs the whole book (a loan id met before, a refusal elsewhere, the day most rows count on) is not decided
here: a part only tells its share of it.

>>> from datetime import UTC, datetime
>>> from loansms.model import Lender
>>> run = BookRun.of(policy="cn-consumer", lender=Lender.example(), now=datetime(2026, 9, 24, 2, tzinfo=UTC))
>>> part = read_part(pl.DataFrame({
...     "loan_id": ["L-1", "L-2"], "borrower_id": ["B-1", "B-2"], "phone": ["13800138000", "12"], "currency": ["CNY", "CNY"],
...     "amount_due": ["9.00", "9.00"], "next_due_on": ["2026-09-24", "2026-09-24"], "opt_out": ["", "yes"],
... }), run, first_line=7)
>>> part.plain["line"].to_list(), part.faults[1].line, part.opted_out
([7], 8, frozenset({'B-2'}))
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from attrs import define, field, frozen

from loansms.errors import ConfigurationError
from loansms.model import Account
from loansms.portfolio.book import Reject
from loansms.portfolio.book_frame import as_frame
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.column_facts import ColumnBook, cells_at
from loansms.portfolio.columns import Where, recognise
from loansms.portfolio.refusals import Refusals
from loansms.portfolio.row import Fault, RowParser
from loansms.portfolio.rules import wanted_columns
from loansms.portfolio.typed import typed

# Of each row that names a loan: its line and, where it is an account, the day it was counted on.
IDS = pl.Schema({"loan_id": pl.String, "line": pl.Int64, "as_of": pl.Date, "counted": pl.Date})


@frozen(kw_only=True, repr=False)
class Part:
    """Some rows of a book. ``plain`` are typed (see `loansms.portfolio.typed`), each with its place ``at``.

    ``accounts`` are the others that are accounts, ``faults`` those that are none, both by place. ``opted_out`` and
    ``refused_sms`` are the borrowers of whom a row of this part says so. ``ids`` has the columns `IDS`.
    """

    book: ColumnBook = field(repr=False)
    parser: RowParser = field(repr=False)
    plain: pl.DataFrame = field(repr=False)
    accounts: Mapping[int, Account] = field(repr=False)
    faults: Mapping[int, Reject] = field(repr=False)
    opted_out: frozenset[str] = field(repr=False)
    refused_sms: frozenset[str] = field(repr=False)
    ids: pl.DataFrame = field(repr=False)
    rows: int

    def account(self, at: int) -> Account:
        """Return the account at a place, as the row's own parser reads it."""
        known = self.accounts.get(at)
        if known is not None:
            return known
        read = self.parser.account(cells_at(self.book, at))
        if isinstance(read, Fault):
            raise ValueError(f"row: {read.expected.told}")
        return read


def read_part(source: object, run: BookRun, *, first_line: int = 2, plain: bool = True) -> Part:
    """Return the rows of `source`, any frame, the first of them on `first_line` where `run` names no line column.

    `plain` false leaves every row to the row's own parser: quicker for a handful. Raise UnreadableBook where the
    columns cannot be understood, ConfigurationError where the line column is not there or not whole numbers.
    """
    read = as_frame(source)
    header, frame = list(read.header), read.frame
    # `as_frame` numbers from 2 on and leaves blank rows out.
    lines = read.lines + (first_line - 2)
    if run.line is not None:
        lines = _own_lines(frame, run.line)
        at = header.index(run.line)
        header.pop(at)
        frame = frame.drop(frame.columns[at])
    book = ColumnBook(
        frame=frame,
        lines=lines,
        seen=recognise([one.removeprefix("\ufeff") for one in header], run.columns, Where(read.where)),
        default_country=run.default_country,
        extra=run.policy.named_columns,
        wanted=wanted_columns(run.policy, run.rules.catalogue),
    )
    return _Reading(book, RowParser.of(book.seen, book.default_country), Refusals(book.seen)).part(plain)


def _own_lines(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns or not frame[name].dtype.is_integer() or frame[name].null_count():
        raise ConfigurationError(
            f"line={name}: expected a column of whole numbers, one for each row and none twice",
            f"line={name}：应为整数列，每行一个且不重复",
        )
    return frame[name].cast(pl.Int64).alias("line")


@define(repr=False)
class _Reading:
    book: ColumnBook
    parser: RowParser
    refusals: Refusals
    accounts: dict[int, Account] = field(factory=dict[int, Account])
    faults: dict[int, Reject] = field(factory=dict[int, Reject])
    ids: list[tuple[str, int, date | None, date | None]] = field(
        factory=list[tuple[str, int, "date | None", "date | None"]]
    )

    def part(self, plain: bool) -> Part:
        book = self.book
        frame = typed(
            book.frame if plain else book.frame.clear(),
            book.seen,
            default_country=book.default_country,
            lines=book.lines if plain else book.lines.clear(),
            extra=book.extra,
            wanted=book.wanted,
        ).with_row_index("at")
        odd = frame.filter(~pl.col("regular"))["at"] if plain else range(book.frame.height)
        for at in odd:
            self._read(at)
        regular = frame.filter("regular")
        opted, refused = self.refusals.found()
        borrower = regular["borrower_id"]
        stated = pl.when(pl.col("stated_days") != 0).then(pl.col("stated_days"))
        counted = pl.when(pl.col("as_of").is_null()).then(pl.col("due_on") + pl.duration(days=stated))
        ids = regular.select("loan_id", "line", "as_of", counted=counted)
        return Part(
            book=book,
            parser=self.parser,
            plain=regular,
            accounts=self.accounts,
            faults=self.faults,
            opted_out=opted.union(borrower.filter(regular["opt_out"]).to_list()),
            refused_sms=refused.union(borrower.filter(~regular["consent_sms"]).to_list()),
            ids=pl.concat([ids, pl.DataFrame(self.ids, schema=IDS, orient="row")]) if self.ids else ids,
            rows=book.frame.height,
        )

    def _read(self, at: int) -> None:
        cells = cells_at(self.book, at)
        if not any(cells):
            return
        line: int = self.book.lines[at]
        account = self.parser.account(cells)
        if isinstance(account, Fault):
            loan_id, borrower_id = self.refusals.note(cells)
            told = account.expected
            self.faults[at] = Reject(line, account.column, told.told, told.told_zh, loan_id, borrower_id)
            if loan_id is not None:
                self.ids.append((loan_id, line, None, None))
            return
        self.refusals.note_account(account)
        self.accounts[at] = account
        days = self.refusals.stated_days(cells)
        counted = account.due_on + timedelta(days=days) if days and account.as_of is None else None
        self.ids.append((account.loan_id, line, account.as_of, counted))

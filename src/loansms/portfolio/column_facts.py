"""What a book in columns says over its rows: who refused, which loan ids stand twice, who speaks, on which day.

Rows that are not regular are read by the row's own parser and join in; see `loansms.portfolio.reading` for the same
questions asked row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import polars as pl
from attrs import define, field, frozen

from loansms.model import Account, Lender, Reason
from loansms.planning import choose_lender
from loansms.portfolio.book import Reject
from loansms.portfolio.columns import FIGURES, TEXTS, Recognised
from loansms.portfolio.parse import Expected, wrong_width
from loansms.portfolio.reading import repeated
from loansms.portfolio.refusals import Refusals
from loansms.portfolio.rejects import unknown_lender
from loansms.portfolio.row import Fault, RowParser
from loansms.portfolio.spoken import Refused
from loansms.portfolio.table import BrokenRow, Cells, as_text
from loansms.portfolio.typed import typed

_LONG = 200_000  # rows from which on several threads read a book
_SOME = 4096


@frozen(kw_only=True, repr=False)
class ColumnBook:
    """A book as it was read: `frame` under its own headers, the `line` of each row, and the rows that are none.

    ``seen`` says which column is which, ``others`` holds (line, cells of another width or what was expected) of the lines that
    are no row. ``extra`` are the lender's own columns that are asked for, ``wanted`` those of `TEXTS` and `FIGURES`.
    """

    frame: pl.DataFrame
    lines: pl.Series
    seen: Recognised
    others: Sequence[tuple[int, Cells | Expected]] = ()
    default_country: str | None = None
    as_of: date | None = None
    extra: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset((*TEXTS, *FIGURES))


@define(repr=False)
class ColumnFacts:
    """The facts of a whole book. ``regular`` are its plain rows, typed, each with its place ``at``.

    ``odd`` are the places of accounts that are not plain, ``rejects`` the rows that are no accounts.
    """

    book: ColumnBook
    parser: RowParser
    lender_of: Mapping[str | None, Lender]
    regular: pl.DataFrame
    odd: list[int]
    rejects: list[Reject]
    refused: Refused
    as_of: date | None
    _accounts: dict[int, Account] = field(factory=dict[int, Account])

    @classmethod
    def of(cls, book: ColumnBook, lenders: Mapping[str, Lender]) -> ColumnFacts:
        """Return the facts of `book`; rows whose lender is none of `lenders` are rejects."""
        return _Gathering(book, lenders).facts()

    @property
    def lines(self) -> pl.Series:
        """The line on which each row begins."""
        return self.book.lines

    def account(self, at: int) -> Account:
        """Return the account at a place, as the row's own parser reads it."""
        found = self._accounts.get(at)
        if found is None:
            read = self.parser.account(cells_at(self.book, at))
            if isinstance(read, Fault):
                raise ValueError(f"row: {read.expected.told}")
            found = read
        return found

    def places_of(self, borrowers: frozenset[str]) -> list[int]:
        """Return the places of all accounts of these borrowers."""
        regular = self.regular.filter(pl.col("borrower_id").is_in(borrowers))["at"].to_list()
        return [*regular, *(at for at in self.odd if self._accounts[at].borrower.borrower_id in borrowers)]


def cells_at(book: ColumnBook, at: int) -> Cells:
    """Return the cells of a row as the text a CSV export of them would hold."""
    return [as_text(cell) for cell in book.frame.row(at)]


@define(repr=False)
class _Gathering:
    book: ColumnBook
    lenders: Mapping[str, Lender]
    rejects: list[Reject] = field(factory=list[Reject])
    accounts: dict[int, Account] = field(factory=dict[int, Account])
    stated: dict[int, int | None] = field(factory=dict[int, int | None])

    def facts(self) -> ColumnFacts:
        book = self.book
        parser = RowParser.of(book.seen, book.default_country, book.as_of)
        refusals = Refusals(book.seen)
        frame = self._typed().with_row_index("at")
        ids = self._odd(frame, parser, refusals)
        regular = frame if frame.select(pl.col("regular").all()).item() else frame.filter("regular")
        regular = self._once(regular, ids)
        as_of = self._day(regular)
        opted_out, refused_sms = self._refused(frame, refusals)
        regular, lender_of = self._spoken_for(regular)
        if as_of is not None and regular.select(pl.col("as_of").null_count()).item():
            unseen = pl.col("as_of").is_null() & (pl.col("due_on") > as_of)
            regular = regular.with_columns(as_of=pl.when(unseen).then(pl.lit(as_of)).otherwise("as_of"))
        return ColumnFacts(
            book,
            parser,
            lender_of,
            regular,
            sorted(self.accounts),
            sorted(self.rejects, key=lambda one: one.line),
            Refused(opted_out, refused_sms),
            as_of,
            dict(self.accounts),
        )

    def _typed(self) -> pl.DataFrame:
        """Return the typed columns; a long book is read in as many runs as there are threads."""
        book = self.book
        rows = book.frame.height
        if rows < _LONG:
            return self._run(0, rows)
        runs = pl.thread_pool_size()
        size = -(-rows // runs)
        starts = range(0, rows, size)
        with ThreadPoolExecutor(runs) as pool:
            return pl.concat(pool.map(partial(self._run, size=size), starts))

    def _run(self, start: int, size: int) -> pl.DataFrame:
        book = self.book
        return typed(
            book.frame.slice(start, size),
            book.seen,
            default_country=book.default_country,
            as_of=book.as_of,
            lines=book.lines.slice(start, size),
            extra=book.extra,
            wanted=book.wanted,
        )

    def _odd(self, frame: pl.DataFrame, parser: RowParser, refusals: Refusals) -> list[tuple[int, str]]:
        """Read the rows that are not plain by themselves; return (place, loan id) of those that name one."""
        for line, other in self.book.others:
            told = other if isinstance(other, Expected) else wrong_width(parser.width, len(other))
            if isinstance(other, BrokenRow):
                refusals.note_crooked(other.cells)
            elif not isinstance(other, Expected):
                refusals.note_crooked(other)
            self._reject(line, Fault("row", told))
        ids: list[tuple[int, str]] = []
        for at in frame.filter(~pl.col("regular"))["at"].to_list():
            cells = cells_at(self.book, at)
            if not any(cells):
                continue
            account = parser.account(cells)
            if isinstance(account, Fault):
                loan_id, borrower_id = refusals.note(cells)
                self._reject(self.book.lines[at], account, loan_id, borrower_id)
            else:
                loan_id = account.loan_id
                refusals.note_account(account)
                self.accounts[at] = account
                self.stated[at] = refusals.stated_days(cells)
            if loan_id is not None:
                ids.append((at, loan_id))
        return ids

    def _reject(
        self, line: int, fault: Fault, loan_id: str | None = None, borrower_id: str | None = None
    ) -> None:
        told = fault.expected
        self.rejects.append(Reject(line, fault.column, told.told, told.told_zh, loan_id, borrower_id))

    def _once(self, regular: pl.DataFrame, odd: Sequence[tuple[int, str]]) -> pl.DataFrame:
        """Return the regular rows whose loan id stands on no earlier row; the later ones are rejects."""
        if not odd and _rising(regular["loan_id"]):
            return regular
        theirs = pl.DataFrame(odd, schema={"at": pl.UInt32, "loan_id": pl.String}, orient="row")
        ids = pl.concat([regular.select("at", "loan_id"), theirs])
        hashes = ids["loan_id"].hash()
        if hashes.n_unique() == ids.height:
            return regular
        twice = ids.filter(hashes.is_duplicated() & ids["loan_id"].is_duplicated()).sort("at")
        first = twice.group_by("loan_id").agg(pl.col("at").min().alias("first"))
        later = twice.join(first, on="loan_id", maintain_order="left").filter(pl.col("at") > pl.col("first"))
        known = regular.filter(pl.col("at").is_in(later["at"].implode())).select("at", "borrower_id")
        borrowers: dict[int, str | None] = dict(known.iter_rows())
        lines = self.book.lines
        place = {lines[at]: at for at in later["at"].to_list()}
        # A row that was rejected for something else is told of as a repetition, as row by row.
        borrowers |= {place[one.line]: one.borrower_id for one in self.rejects if one.line in place}
        self.rejects = [one for one in self.rejects if one.line not in place]
        for at, loan_id, earlier in later.select("at", "loan_id", "first").iter_rows():
            account = self.accounts.pop(at, None)
            borrower = account.borrower.borrower_id if account else borrowers.get(at)
            self._reject(lines[at], Fault("loan_id", repeated(lines[earlier])), loan_id, borrower)
        return regular.filter(~pl.col("at").is_in(later["at"].implode()))

    def _refused(self, frame: pl.DataFrame, refusals: Refusals) -> tuple[frozenset[str], frozenset[str]]:
        """Return who opted out and who refused SMS on any row, rejected ones included."""
        plain = frame.lazy().filter("regular")
        borrower = pl.col("borrower_id")
        opted = set(plain.filter("opt_out").select(borrower).collect().to_series())
        refused = set(plain.filter(~pl.col("consent_sms")).select(borrower).collect().to_series())
        perhaps = refusals.perhaps
        known: set[str] = set()
        if perhaps:
            known = set(plain.filter(borrower.is_in(perhaps)).select(borrower).collect().to_series())
        opted_out, refused_sms = refusals.found(known)
        return opted_out | opted, refused_sms | refused

    def _day(self, regular: pl.DataFrame) -> date | None:
        """Return the day most rows were counted on, the earliest met where several are as many."""
        if self.book.as_of is not None:
            return self.book.as_of
        kinds = {"at": pl.UInt32, "as_of": pl.Date, "due_on": pl.Date, "stated_days": pl.Int32}
        rows = regular.select(*kinds)
        if self.accounts:
            odd = [(at, one.as_of, one.due_on, self.stated[at]) for at, one in sorted(self.accounts.items())]
            rows = pl.concat([rows, pl.DataFrame(odd, schema=kinds, orient="row")])
        counted = (pl.col("due_on").to_physical() + pl.col("stated_days")).cast(pl.Date)
        for day in (pl.col("as_of"), pl.when(pl.col("stated_days") != 0).then(counted)):
            ends = rows.lazy().select(day.min().alias("first"), day.max().alias("last"))
            first, last = ends.collect(engine="streaming").row(0)
            if first is not None:
                return first if first == last else _most(rows.select("at", day=day).drop_nulls("day"))
        return None

    def _spoken_for(self, regular: pl.DataFrame) -> tuple[pl.DataFrame, dict[str | None, Lender]]:
        """Return the rows somebody speaks for, and who; the others become rejects."""
        named = {
            *regular.select(pl.col("lender_id").unique()).to_series(),
            *(one.lender_id for one in self.accounts.values()),
        }
        lender_of: dict[str | None, Lender] = {}
        nobody: dict[str | None, Reason] = {}
        for lender_id in named:
            found = choose_lender(self.lenders, lender_id)
            if isinstance(found, Lender):
                lender_of[lender_id] = found
            else:
                nobody[lender_id] = found
        if not nobody:
            return regular, lender_of
        for at, account in list(self.accounts.items()):
            if account.lender_id in nobody:
                del self.accounts[at]
                self.rejects.append(
                    unknown_lender(
                        nobody[account.lender_id],
                        self.book.lines[at],
                        account.loan_id,
                        account.borrower.borrower_id,
                    )
                )
        known = [one for one in lender_of if one is not None]
        spoken = pl.col("lender_id").is_in(known).fill_null(value=None in lender_of)
        for line, lender_id, loan_id, borrower_id in (
            regular.filter(~spoken).select("line", "lender_id", "loan_id", "borrower_id").iter_rows()
        ):
            self.rejects.append(unknown_lender(nobody[lender_id], line, loan_id, borrower_id))
        return regular.filter(spoken), lender_of


def _rising(ids: pl.Series) -> bool:
    """Whether each id is greater than the one before: a book out of a database mostly stands in their order."""
    if ids.null_count() or not ids.gather_every(max(ids.len() // _SOME, 1)).is_sorted():
        return False
    id_ = pl.col(ids.name)
    rising = ids.to_frame().lazy().select((id_ > id_.shift(1)).all())
    return bool(rising.collect(engine="streaming").item())


def _most(days: pl.DataFrame) -> date | None:
    found = days.group_by("day").agg(pl.len().alias("rows"), pl.col("at").min().alias("first"))
    best: Any = found.sort(["rows", "first"], descending=[True, False])["day"][0]
    return best if isinstance(best, date) else None

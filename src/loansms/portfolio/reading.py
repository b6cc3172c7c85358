"""From a table to a book: every row becomes an account or a reject, and none is lost.

>>> book = read_book([
...     {"loan_id": "L-1", "borrower_id": "B-1", "phone": "13800138000", "currency": "CNY",
...      "amount_due": "1256.30", "next_due_on": "2026-09-24"},
...     {"loan_id": "L-2", "borrower_id": "B-2", "phone": "1.38E+10", "currency": "CNY",
...      "amount_due": "80.00", "next_due_on": "2026-09-24", "opt_out": "yes"},
... ], default_country="CN")
>>> book.rows[0].line, book.rows[0].account.amount_due
(2, Money('1256.30', 'CNY'))
>>> print(book.rejects[0].told())
line 3, column phone: a spreadsheet has rounded this number; format the column as text and export it again
>>> book.opted_out == {"B-2"}, book.total
(True, 2)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from attrs import define, field

from loansms.errors import UnreadableBook
from loansms.portfolio.book import Book, BookRow, Reject
from loansms.portfolio.columns import Where, recognise
from loansms.portfolio.facts import conflicts
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.parse import Expected, wrong_width
from loansms.portfolio.readers import read_table
from loansms.portfolio.refusals import Refusals
from loansms.portfolio.row import Fault, RowParser
from loansms.portfolio.table import BrokenRow, Cells, Table


def read_book(
    source: object,
    *,
    columns: ColumnMap | Mapping[str, str] | str | Path | None = None,
    encoding: str = "utf-8",
    default_country: str | None = None,
    as_of: date | None = None,
) -> Book:
    """Read a loan book from a path (.csv, .parquet, .xlsx), a frame or a sequence of dicts.

    `columns` maps headers (a ColumnMap, a mapping theirs -> ours, a TOML path, or ``zh``); `default_country`
    is where phone numbers without + are dialled (the lender's); `as_of` is the day the book was made: with
    it, or with a column of that name, days_past_due must agree with the dates exactly.
    A bad row is a `Reject` and never stops the others. Raise UnreadableBook (one line) when the book as a
    whole cannot be read, ConfigurationError for a bad map, MissingExtra when a format needs an extra.
    """
    table = read_table(source, encoding)
    where = Where(table.where, table.header_line)
    seen = recognise([one.removeprefix("\ufeff") for one in table.header], ColumnMap.of(columns), where)
    reading = _Reading(RowParser.of(seen, default_country, as_of), Refusals(seen))
    for line, cells in table.rows:
        reading.take(line, cells)
    return reading.book(table, tuple(one.strip() for one in table.header))


@define
class _Reading:
    """What has been read so far of one book."""

    parser: RowParser
    refusals: Refusals
    rows: list[BookRow] = field(factory=list[BookRow])
    rejects: list[Reject] = field(factory=list[Reject])
    first_lines: dict[str, int] = field(factory=dict[str, int])
    counted_on: Counter[date] = field(factory=Counter[date])

    def take(self, line: int, cells: Cells | Expected) -> None:
        if isinstance(cells, Expected):
            if isinstance(cells, BrokenRow):
                self.refusals.note_crooked(cells.cells)
            self._reject(line, Fault("row", cells))
            return
        if len(cells) != self.parser.width:
            self.refusals.note_crooked(cells)
            self._reject(line, Fault("row", wrong_width(self.parser.width, len(cells))))
            return
        account = self.parser.account(cells)
        if isinstance(account, Fault):
            loan_id, borrower_id = self.refusals.note(cells)
        else:
            loan_id, borrower_id = account.loan_id, account.borrower.borrower_id
            self.refusals.note_account(account)
        if loan_id is not None:
            first = self.first_lines.setdefault(loan_id, line)
            if first != line:
                account = Fault("loan_id", repeated(first))
        if isinstance(account, Fault):
            self._reject(line, account, loan_id, borrower_id)
            return
        self.rows.append(BookRow(line, account))
        days = self.refusals.stated_days(cells)
        # Many books write 0 for every loan that is not overdue, so 0 tells nothing of the day.
        if days and account.as_of is None:
            self.counted_on[account.due_on + timedelta(days=days)] += 1

    def _reject(
        self, line: int, fault: Fault, loan_id: str | None = None, borrower_id: str | None = None
    ) -> None:
        told = fault.expected
        self.rejects.append(Reject(line, fault.column, told.told, told.told_zh, loan_id, borrower_id))

    def book(self, table: Table, columns: tuple[str, ...]) -> Book:
        if not self.rows and not self.rejects:
            raise UnreadableBook(
                f"{table.where}: a header and no rows; expected at least one loan",
                f"{table.where}：只有表头没有数据，至少应有一笔借据",
            )
        as_of, stale = self._day()
        opted_out, refused_sms = self.refusals.found()
        return Book(
            name=table.where,
            rows=tuple(self.rows),
            rejects=tuple(self.rejects),
            opted_out=opted_out,
            refused_sms=refused_sms,
            warnings=(*table.warnings, *stale, *conflicts(self.rows)),
            as_of=as_of,
            columns=columns,
        )

    def _day(self) -> tuple[date | None, tuple[tuple[str, str], ...]]:
        """Return the day on which most rows count, and a warning where others count on another."""
        stated = Counter(row.account.as_of for row in self.rows if row.account.as_of is not None)
        if self.parser.as_of is not None or stated:
            return self.parser.as_of or stated.most_common(1)[0][0], ()
        if not self.counted_on:
            return None, ()
        day, agreeing = self.counted_on.most_common(1)[0]
        others = self.counted_on.total() - agreeing
        return day, (_stale(day, others),) if others else ()


def repeated(first: int) -> Expected:
    """Return what was expected of a loan id that stands on an earlier line already."""
    return Expected(f"this loan id already stands on line {first}", f"该借据号已出现在第 {first} 行")


def _stale(day: date, others: int) -> tuple[str, str]:
    return (
        f"days_past_due of {others} rows was not counted on {day.isoformat()} like the others; the dates are used.",
        f"{others} 行的 days_past_due 与其他行的计算日（{day.isoformat()}）不符，一律以日期为准。",
    )

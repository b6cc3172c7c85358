"""A loan book as typed columns: what `RowParser` reads row by row, read for all rows at once.

Column ``regular`` is True only where the typed values are exactly those of the account the row's own parser
gives; every other row is left to that parser, which finds the account or the reject. So this reading may give
up on a cell, and never guesses at one.

>>> import polars as pl
>>> from loansms.portfolio.columns import recognise
>>> book = pl.DataFrame({
...     "loan_id": ["L-1", "L-2"], "borrower_id": ["B-1", "B-2"], "phone": [13800138000, 12],
...     "currency": ["CNY", "CNY"], "amount_due": [1256.3, 80.0], "next_due_on": ["2026-09-24", "2026-09-24"],
... })
>>> found = typed(book, recognise(book.columns), default_country="CN")
>>> found.select("line", "e164", "amount_due", "zones", "regular").rows()
[(2, '+8613800138000', 125630, 'Asia/Shanghai', True), (3, None, 8000, None, False)]
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
from attrs import define, field
from babel.numbers import get_currency_precision

from loansms.portfolio import parse
from loansms.portfolio.columns import COLUMNS, DUE_DATES, FIGURES, REQUIRED, TEXTS, Recognised
from loansms.portfolio.row import RowParser
from loansms.portfolio.typed_cells import Coded, DType, Words, coded, combined
from loansms.portfolio.typed_money import Units, money
from loansms.portfolio.typed_phone import phones
from loansms.portfolio.typed_place import Home, homes
from loansms.portfolio.typed_text import both, ids, texts

_MONEY = ("amount_due", "principal", "instalment_amount", "penalty_due", "fee_due", "balance")
_IDS = ("loan_id", "borrower_id", "lender_id")
# Columns whose parser gives the value as the account holds it, with the value of a blank cell.
_CODED: Mapping[str, tuple[DType, object]] = {
    "currency": (pl.String, None),
    "region": (pl.String, None),
    "debit_account_tail": (pl.String, None),
    "term_months": (pl.Int32, None),
    "grace_days": (pl.Int32, 0),
    "stated_days": (pl.Int32, None),
    **dict.fromkeys(
        ("disbursed_on", "promise_to_pay_until", "last_paid_on", "as_of", *DUE_DATES), (pl.Date, None)
    ),
    **dict.fromkeys(("consent_sms", "guarantor_consent"), (pl.Boolean, None)),
    **dict.fromkeys(("autopay", "consent_marketing", "opt_out", "dispute", "hardship"), (pl.Boolean, False)),
}
_BOOK_NAMES = {"stated_days": "days_past_due"}
EXTRA = "x:"
SCHEMA: Mapping[str, DType] = {
    "line": pl.Int64,
    **dict.fromkeys((*_IDS, "e164", "country", "region"), pl.String),
    # A few values over millions of rows, known by number: they are compared and counted, and never written out.
    "zones": pl.Categorical(),
    **dict.fromkeys(("language", "name", "currency"), pl.String),
    **dict.fromkeys(
        ("product", "risk_segment", "status", "method", "debit_account_tail", "notes"), pl.String
    ),
    **dict.fromkeys(_MONEY, pl.Int64),
    "places": pl.Int8,
    "annual_rate": pl.String,
    **dict.fromkeys(("term_months", "grace_days"), pl.Int32),
    **dict.fromkeys(("due_on", "disbursed_on", "promise_to_pay_until", "last_paid_on", "as_of"), pl.Date),
    "next_debit_at": pl.Datetime("us", "UTC"),
    **dict.fromkeys(
        ("autopay", "consent_sms", "consent_marketing", "opt_out", "dispute", "hardship"), pl.Boolean
    ),
    "guarantor_consent": pl.Boolean,
    **dict.fromkeys(("guarantor_name", "guarantor_e164"), pl.String),
    "stated_days": pl.Int32,
}
_ALL: Mapping[str, DType] = {
    **{name: SCHEMA[name] for name in SCHEMA if name != "due_on"},
    **dict.fromkeys(DUE_DATES, pl.Date),
}


def typed(
    book: pl.DataFrame,
    seen: Recognised,
    *,
    default_country: str | None = None,
    as_of: date | None = None,
    lines: int | pl.Series = 2,
    extra: Collection[str] | None = None,
    wanted: Collection[str] | None = None,
) -> pl.DataFrame:
    """Return the typed columns of `book` (`SCHEMA`, then ``x:`` columns, then ``regular``), row for row.

    `seen` says which column is which, by place; `lines` is the line of the first row, or of each row; `extra`
    names the lender's own columns that are wanted, `wanted` those of `TEXTS` and `FIGURES` (by default all, and ``e164``; the
    others are null). Null is a blank cell, or a default of the account; the values of a row that is not regular mean nothing.
    """
    asked = frozenset((*TEXTS, *FIGURES) if wanted is None else wanted)
    reading = _Typing(book, seen, default_country, as_of, asked, numbers=wanted is None)
    reading.read()
    for header, at in seen.extra.items():
        if extra is None or header in extra:
            reading.keep(EXTRA + header, *texts(book.to_series(at)))
    return reading.frame(lines)


@define(repr=False)
class _Typing:
    """The columns read so far, and the rows that are regular in all of them."""

    book: pl.DataFrame
    seen: Recognised
    default_country: str | None
    as_of: date | None
    wanted: frozenset[str]
    columns: dict[str, pl.Series | pl.Expr] = field(factory=dict[str, "pl.Series | pl.Expr"])
    good: pl.Series | None = None
    numbers: bool = True
    reached: pl.Series | None = None
    known: dict[str, Coded] = field(factory=dict[str, Coded])

    def read(self) -> None:
        """Read every column; free text that is not wanted can make no row wrong."""
        # The fixed values are proved as they are for every row's parser.
        RowParser.of(self.seen, self.default_country, self.as_of)
        if any(not one or one != one.strip() for one in self.seen.fixed.values()):
            self.good = pl.Series([False]).new_from_index(0, self.book.height)
        for name in filter(self.has, _IDS):
            self.keep(name, *ids(*self.cells(name)))
        for name in filter(self.has, filter(self.wanted.__contains__, TEXTS)):
            cells, words = self.cells(name)
            if words:
                self.keep_coded(name, coded(cells, parse.text, words), pl.String)
            else:
                self.keep(name, *texts(cells))
        for name, (kind, blank) in _CODED.items():
            if self.has(_BOOK_NAMES.get(name, name)):
                self.keep_coded(name, self.coded(_BOOK_NAMES.get(name, name)), kind, blank)
        self.keep_coded("annual_rate", self.coded("annual_rate").mapped(_told), pl.String)
        self.keep_coded("method", self.coded("method").mapped(_told), pl.String)
        self._priced()
        self._placed()

    def has(self, name: str) -> bool:
        """Whether the book has the column, or one value of it for all rows."""
        return name in self.seen.known or name in self.seen.fixed

    def cells(self, name: str) -> tuple[pl.Series, Words]:
        """Return a known column as the book has it, and the lender's words in it."""
        if name in self.seen.known:
            return self.book.to_series(self.seen.known[name]), self.seen.values.get(name)
        value = self.seen.fixed.get(name)
        return pl.Series([value], dtype=pl.String).new_from_index(0, self.book.height), None

    def coded(self, name: str) -> Coded:
        """Return a known column, its distinct cells parsed; it is read once, however often it is asked for."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = self._read_coded(name)
        return found

    def _read_coded(self, name: str) -> Coded:
        if not self.has(name):
            return Coded.one(self.book.height, None)
        cells, words = self.cells(name)
        return coded(cells, COLUMNS[name] or parse.text, words)

    def keep(self, name: str, column: pl.Series | pl.Expr, good: pl.Series | None) -> None:
        """Take a column and the rows of it that are good (None: all)."""
        if name in self.wanted or name not in FIGURES:
            self.columns[name] = column
        self.good = both(self.good, good)

    def keep_coded(self, name: str, column: Coded, kind: DType, blank: object = None) -> None:
        """Take a column by its distinct values, `blank` where it has none."""
        if name in FIGURES and name not in self.wanted:
            self.good = both(self.good, column.good())
            return
        full = blank is None or None not in column.values
        filled = column if full else column.mapped(lambda one: blank if one is None else one)
        self.keep(name, filled.kept(kind), column.good())

    def _priced(self) -> None:
        places = self.coded("currency").mapped(
            lambda one: get_currency_precision(one) if isinstance(one, str) else None
        )
        self.keep_coded("places", places, pl.Int8)
        units = Units(places)
        for name in _MONEY:
            if self.has(name):
                cells, words = self.cells(name)
                self.keep(name, *money(cells, units, words))

    def _placed(self) -> None:
        country = self.coded("country")
        dialled = country.mapped(lambda one: one or self.default_country)
        cells, words = self.cells("phone")
        found = phones(cells, dialled, words)
        self.good = both(self.good, found.good)
        self.reached = found.read
        if self.numbers:
            self.columns["e164"] = found.e164
        parts = (country, self.coded("region"), self.coded("timezone"), self.coded("language"))
        where = homes(found, *parts, self.default_country)
        self.keep_coded(
            "country", where.mapped(lambda one: one.country if isinstance(one, Home) else one), pl.String
        )
        self.keep("zones", where.mapped(_zones).kept(pl.Categorical), None)
        self.keep("language", where.mapped(_language).kept(pl.String), None)
        if self.has("next_debit_at"):
            self.keep_coded(
                "next_debit_at",
                combined([self.coded("next_debit_at"), where], _instant),
                SCHEMA["next_debit_at"],
            )
        if self.has("guarantor_phone"):
            cells, words = self.cells("guarantor_phone")
            stands = phones(cells, where.mapped(_country), words)
            self.keep("guarantor_e164", stands.e164, stands.good)

    def frame(self, lines: int | pl.Series) -> pl.DataFrame:
        """Return the columns in order, the cross-checks of a row with itself last."""
        rows = self.book.height
        line = lines if isinstance(lines, pl.Series) else pl.int_range(lines, lines + rows, eager=True)
        defaults = {name: pl.lit(_CODED.get(name, (kind, None))[1], kind) for name, kind in _ALL.items()}
        given = pl.DataFrame({"line": line.cast(pl.Int64)}).with_columns(**self.columns)
        frame = given.with_columns(
            **{name: value for name, value in defaults.items() if name not in given.columns}
        ).with_columns(due_on=pl.coalesce(*DUE_DATES))
        if self.has("guarantor_phone"):
            nobody = pl.col("guarantor_e164").is_null()
            frame = frame.with_columns(
                pl.when(~nobody).then(pl.col(name)).alias(name)
                for name in ("guarantor_name", "guarantor_consent")
            )
        else:
            frame = frame.with_columns(
                guarantor_name=pl.lit(None, pl.String), guarantor_consent=pl.lit(None, pl.Boolean)
            )
        good = pl.lit(self.good) if self.good is not None else pl.lit(True)
        others = [name for name in self.columns if name.startswith(EXTRA)]
        return frame.select(*SCHEMA, *others, regular=(good & self._agrees()).fill_null(False))

    def _agrees(self) -> pl.Expr:
        """What `RowParser` holds a whole row to: nothing required is blank, dates and days fit one another."""
        oldest, coming = pl.col(DUE_DATES[0]), pl.col(DUE_DATES[1])
        required = [pl.col(name).is_not_null() for name in REQUIRED if name != "phone"]
        if self.reached is not None:
            required.append(pl.lit(self.reached))
        day = pl.coalesce(pl.col("as_of"), pl.lit(self.as_of, pl.Date))
        early = (oldest <= coming).fill_null(True) & (oldest <= day).fill_null(True)
        return pl.all_horizontal(
            *required, pl.col("due_on").is_not_null(), early, self._days_fit(day, oldest)
        )

    def _days_fit(self, day: pl.Expr, oldest: pl.Expr) -> pl.Expr:
        stated = pl.col("stated_days")
        if not self.has("days_past_due"):
            return pl.lit(True)
        days = (day - pl.col("due_on")).dt.total_days()
        counted = (stated == days) | (stated == pl.max_horizontal(days, pl.lit(0)))
        undated = (stated > 0) & oldest.is_null() if DUE_DATES[0] in self.seen.known else pl.lit(False)
        uncounted = ~(undated | ((stated < 0) & oldest.is_not_null()))
        return pl.when(stated.is_null()).then(True).when(day.is_null()).then(uncounted).otherwise(counted)


def _told(one: object) -> object:
    """Return a rate or a method as text."""
    return one if one is None or isinstance(one, parse.Expected) else str(one)


def _country(one: object) -> object:
    return one.country if isinstance(one, Home) else None


def _zones(one: object) -> object:
    return ",".join(one.zones) if isinstance(one, Home) else None


def _language(one: object) -> object:
    return one.language if isinstance(one, Home) else None


def _instant(moment: datetime | None, where: Home | None) -> datetime | parse.Expected | None:
    """A moment without an offset is the borrower's own time, in the likeliest zone."""
    if moment is None or where is None:
        return None
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(where.zones[0]))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return parse.BLANK

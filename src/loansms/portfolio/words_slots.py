"""What stands in a template's slots, as columns of strings: `planning.values` and `Slot.written` for all rows at once.

A date or a count is looked up in a table that the scalar code filled, an amount by its digits
(`loansms.portfolio.words_money`), a rate or a choice by the distinct values there are. Names, free text and what a
schedule has to tell have no column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import polars as pl
from attrs import field, frozen

from loansms.model import Money
from loansms.portfolio.words_money import money_pieces, shape_of
from loansms.templates import Slot, SlotKind
from loansms.templates.formats import formats
from loansms.templates.slots import Writing, WrongValue

_EPOCH: Final = date(1970, 1, 1)
_YEARS_BEFORE, _YEARS_AFTER = 10, 5
_A_YEAR: Final = 366  # days; no date so far away is told without its year
_MOST_COUNTED: Final = 10_000
_KEPT: Final = 64
_TAIL: Final = r"^[A-Za-z0-9*._/#:-]+$"
_TAIL_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*._/#:-"
# Four characters of an id that a text may hold, not all of them dashes: they are the last of all such characters.
_PLAIN_TAIL: Final = r"^[_-]*[A-Za-z0-9][A-Za-z0-9_-]*$"

_AMOUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "amount_due": "amount_due",
        "amount": "amount_due",
        "instalment_amount": "instalment_amount",
        "principal": "principal",
        "penalty_due": "penalty_due",
        "fee_due": "fee_due",
        "balance": "balance",
    }
)
_DATES: Final[Mapping[str, str]] = MappingProxyType(
    {"due_on": "due_on", "promise_on": "promise_to_pay_until", "next_debit_on": "next_debit_on"}
)
NEUTRAL: Final[Mapping[SlotKind, object]] = MappingProxyType(
    {
        SlotKind.DATE: date(2026, 9, 24),
        SlotKind.COUNT: 3,
        SlotKind.RATE: Decimal("0.1"),
        SlotKind.TAIL: "1",
    }
)


@frozen
class Said:
    """A slot as a column: `pieces` are joined in order, and exact where every one of `takes` is true.

    ``alphabet`` holds every character an expression among the pieces may give, `least` and `most` how many.
    """

    pieces: tuple[str | pl.Expr, ...]
    takes: tuple[pl.Expr, ...]
    alphabet: str = field(repr=False)
    least: int
    most: int
    needs: frozenset[str]

    @property
    def lengths(self) -> tuple[pl.Expr, ...]:
        """Return the characters of each piece that varies."""
        varying = [piece for piece in self.pieces if isinstance(piece, pl.Expr)]
        if self.alphabet.isascii():
            return tuple(piece.str.len_bytes() for piece in varying)
        return tuple(piece.str.len_chars() for piece in varying)


@frozen
class Asked:
    """What a slot is compiled for: its language, the book's currency, and the year in which texts are read."""

    locale: str
    currency: str
    year: int


def said_of(slot: Slot, asked: Asked) -> Said | None:
    """Return `slot` as a column, or None where its value is told by no column or may hold anything."""
    compiled = _COMPILED.get(slot.kind)
    return compiled(slot, asked) if compiled is not None else None


def neutral(slot: Slot, currency: str) -> object:
    """Return a value that fits a slot which `said_of` compiles."""
    if slot.kind is SlotKind.CHOICE:
        return next(iter(slot.choices))
    return Money(1, currency) if slot.kind is SlotKind.MONEY else NEUTRAL[slot.kind]


def _money(slot: Slot, asked: Asked) -> Said | None:
    column = _AMOUNTS.get(slot.name)
    shape = shape_of(asked.locale, asked.currency, slot.max_length)
    if column is None or shape is None:
        return None
    minor = pl.col(column)
    return Said(
        pieces=(shape.before, *money_pieces(shape, minor), shape.after),
        takes=(minor.is_between(0, 10**shape.digits - 1), pl.col("currency") == asked.currency),
        alphabet=shape.alphabet,
        least=1,
        most=shape.longest,
        needs=frozenset({column, "currency"}),
    )


def _as_of() -> pl.Expr:
    """Return the day the figures are of: the book's, where it is not still to come for the reader."""
    return pl.min_horizontal("as_of", "today")


def _date(slot: Slot, asked: Asked) -> Said | None:
    if slot.name == "as_of":
        day, needs = _as_of(), frozenset({"as_of", "today"})
    elif slot.name in _DATES:
        day, needs = pl.col(_DATES[slot.name]), frozenset({_DATES[slot.name], "today"})
    else:
        return None
    near, told, alphabet, least, most = _days(asked.locale, asked.year, slot.max_length, slot.year)
    start = (date(asked.year - _YEARS_BEFORE, 1, 1) - _EPOCH).days
    number, today = day.to_physical(), pl.col("today").to_physical()
    far = ~(number - today).is_between(-near, near)
    at = (number - start) * 2 + far.cast(pl.Int32)
    piece = pl.lit(told).gather(at.clip(0, len(told) - 1))
    return Said(
        pieces=(piece,),
        takes=(at.is_between(0, len(told) - 1), piece.is_not_null()),
        alphabet=alphabet,
        least=least,
        most=most,
        needs=needs,
    )


@lru_cache(_KEPT)
def _days(locale: str, year: int, max_length: int, with_year: bool) -> tuple[int, pl.Series, str, int, int]:
    """Return how many days away a date is still told as near, and every date as told near, then far.

    A date that does not fit its slot stands as null. With them come the characters they use and how many at least
    and at most.
    """
    slot = Slot("", SlotKind.DATE, max_length=max_length, year=with_year)
    first, end = date(year - _YEARS_BEFORE, 1, 1), date(year + _YEARS_AFTER, 1, 1)
    days = [first + timedelta(days=at) for at in range((end - first).days)]
    apart = (timedelta(), timedelta(days=_A_YEAR))
    told = [_written(slot, day, Writing(formats(locale), day + away)) for day in days for away in apart]
    plain = told[0]
    distances = range(1, _A_YEAR + 1)
    away = (_written(slot, first, Writing(formats(locale), first + timedelta(days=at))) for at in distances)
    near = next((at - 1 for at, words in zip(distances, away, strict=True) if words != plain), _A_YEAR)
    known = [one for one in told if one is not None]
    lengths = [len(one) for one in known]
    alphabet = "".join(sorted(set("".join(known))))
    return (
        near,
        pl.Series("", told, dtype=pl.String),
        alphabet,
        min(lengths, default=0),
        max(lengths, default=0),
    )


def _count(slot: Slot, _asked: Asked) -> Said | None:
    if slot.name == "days_past_due":
        number = (_as_of().to_physical() - pl.col("due_on").to_physical()).clip(0)
        needs = frozenset({"as_of", "today", "due_on"})
    elif slot.name == "days_to_due":
        number = (pl.col("due_on").to_physical() - pl.col("today").to_physical()).clip(0)
        needs = frozenset({"today", "due_on"})
    elif slot.name == "term_months":
        number, needs = pl.col("term_months"), frozenset({"term_months"})
    else:
        return None
    told = _counts(slot.max_length)
    return Said(
        pieces=(pl.lit(told).gather(number.clip(0, len(told) - 1)),),
        takes=(number.is_between(0, len(told) - 1),),
        alphabet="0123456789",
        least=1,
        most=len(str(len(told) - 1)),
        needs=needs,
    )


@lru_cache(_KEPT)
def _counts(max_length: int) -> pl.Series:
    slot, writing = Slot("", SlotKind.COUNT, max_length=max_length), Writing(formats("en"))
    below = min(10**max_length, _MOST_COUNTED)
    return pl.Series("", [_written(slot, at, writing) for at in range(below)], dtype=pl.String)


def _tail(slot: Slot, _asked: Asked) -> Said | None:
    if slot.name == "loan_ref":
        last = pl.col("loan_id").str.tail(4)
        pieces, takes = last.str.strip_chars_start("-_"), last.str.contains(_PLAIN_TAIL)
        most, needs = 4, frozenset({"loan_id"})
    elif slot.name == "debit_account_tail":
        pieces = pl.col("debit_account_tail")
        takes = pieces.str.contains(_TAIL)
        most, needs = slot.max_length, frozenset({"debit_account_tail"})
    else:
        return None
    fits = (takes,) if most < slot.max_length else (takes, pieces.str.len_bytes() <= slot.max_length)
    return Said((pieces,), fits, _TAIL_ALPHABET, 1, most, needs)


def _rate(slot: Slot, asked: Asked) -> Said | None:
    if slot.name != "annual_rate":
        return None
    writing = Writing(formats(asked.locale))

    def told(text: str) -> str | None:
        try:
            return _written(slot, Decimal(text), writing)
        except InvalidOperation:
            return None

    return _by_value(slot, told, "0123456789.%")


def _choice(slot: Slot, asked: Asked) -> Said | None:
    if slot.name != "method" or not slot.choices:
        return None
    writing = Writing(formats(asked.locale))
    words = [_written(slot, key, writing) or "" for key in slot.choices]
    return _by_value(slot, lambda value: _written(slot, value, writing), "".join(sorted({*"".join(words)})))


def _by_value(slot: Slot, told: Callable[[str], str | None], alphabet: str) -> Said:
    """Return a slot of few distinct values, each written once for every batch of rows."""

    def written(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique()
        if not len(distinct):
            return pl.Series(values.name, [None] * len(values), dtype=pl.String)
        words = pl.Series("", [told(value) for value in distinct], dtype=pl.String)
        return values.replace_strict(distinct, words, default=None, return_dtype=pl.String)

    piece = pl.col(slot.name).map_batches(written, return_dtype=pl.String, is_elementwise=True)
    return Said((piece,), (piece.is_not_null(),), alphabet, 0, slot.max_length, frozenset({slot.name}))


def _written(slot: Slot, value: object, writing: Writing) -> str | None:
    try:
        return slot.written(value, writing)
    except WrongValue:
        return None


_COMPILED: Final[Mapping[SlotKind, Callable[[Slot, Asked], Said | None]]] = MappingProxyType(
    {
        SlotKind.MONEY: _money,
        SlotKind.DATE: _date,
        SlotKind.COUNT: _count,
        SlotKind.TAIL: _tail,
        SlotKind.RATE: _rate,
        SlotKind.CHOICE: _choice,
    }
)

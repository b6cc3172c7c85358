"""An audience asked of a whole book: its tree as one Polars expression over typed columns.

The other printer of the same tree is `loansms.policy.audience_eval`; a property test holds the two together. The
frame is the typed one of this room: amounts as whole smallest units beside the `places` of their currency, the
lender's own columns as text under "x:" and their header.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import assert_never

import polars as pl

from loansms.policy.audience import Audience
from loansms.policy.audience_tree import (
    And,
    Arith,
    ColumnValue,
    Compare,
    DaysSince,
    Known,
    Literal,
    Member,
    Node,
    Not,
    Or,
)
from loansms.policy.columns import DAY_FORM, FLAG_WORDS, LARGEST, NUMBER_FORM, Column, Kind

_COMPARED: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "==": pl.Expr.eq,
    "!=": pl.Expr.ne,
    "<": pl.Expr.lt,
    "<=": pl.Expr.le,
    ">": pl.Expr.gt,
    ">=": pl.Expr.ge,
}
# As many decimals as any currency of ISO 4217 has.
_UNITS = {places: 10.0**places for places in range(5)}


def audience_expr(audience: Audience, today: pl.Expr) -> pl.Expr:
    """Return whether each row is in `audience` on `today` (Date): Boolean, never null.

    The frame must have the columns that the audience names.

    >>> from datetime import date
    >>> frame = pl.DataFrame({"due_on": [date(2026, 9, 24), date(2026, 9, 1)], "x:score": ["612", None]})
    >>> asked = Audience.parse("days_past_due < 7 and score > 600", {"score": Kind.NUMBER})
    >>> frame.select(audience_expr(asked, pl.lit(date(2026, 9, 27)))).to_series().to_list()
    [True, False]
    """
    if not audience.columns:
        return pl.repeat(_printed(audience.tree, today).fill_null(value=False), pl.len())
    return _printed(audience.tree, today).fill_null(value=False)


def _printed(node: Node, today: pl.Expr) -> pl.Expr:
    match node:
        case Literal():
            return pl.lit(node.value)
        case ColumnValue():
            return _column(node.column)
        case DaysSince():
            return (today.cast(pl.Int32) - _day(node.column).cast(pl.Int32)).cast(pl.Float64)
        case Known():
            return _column(node.column).is_not_null()
        case Arith():
            return _arithmetic(node, today)
        case Compare():
            return _COMPARED[node.op](_printed(node.left, today), _printed(node.right, today))
        case Member():
            return _printed(node.value, today).is_in([option.value for option in node.options])
        case Not():
            return ~_printed(node.term, today)
        case And() | Or():
            join = pl.Expr.and_ if isinstance(node, And) else pl.Expr.or_
            return reduce(join, (_printed(term, today) for term in node.terms))
    assert_never(node)


def _column(column: Column) -> pl.Expr:
    match column.kind:
        case Kind.NUMBER | Kind.MONEY if column.own:
            return _written(column, NUMBER_FORM).cast(pl.Float64, strict=False)
        case Kind.NUMBER:
            return pl.col(column.name).cast(pl.Float64, strict=False)
        case Kind.MONEY:
            return _amount(column.name)
        case Kind.DATE:
            return _day(column).cast(pl.Int32).cast(pl.Float64)
        case Kind.FLAG if column.own:
            return (
                _text(column)
                .str.to_lowercase()
                .replace_strict(FLAG_WORDS, default=None, return_dtype=pl.Boolean)
            )
        case Kind.FLAG:
            return pl.col(column.name)
        case Kind.TEXT:
            return _text(column)
    assert_never(column.kind)


def _text(column: Column) -> pl.Expr:
    if not column.own:
        return pl.col(column.name)
    # The book's notes are text like any other to an account, and a column of their own to the frame.
    text = pl.col("notes" if column.name == "notes" else f"x:{column.name}")
    return pl.when(text != "").then(text)


def _written(column: Column, form: str) -> pl.Expr:
    text = _text(column)
    return pl.when(text.str.contains(f"^(?:{form})$")).then(text)


def _day(column: Column) -> pl.Expr:
    if not column.own:
        return pl.col(column.path)
    return _written(column, DAY_FORM).str.to_date("%Y-%m-%d", strict=False)


def _amount(name: str) -> pl.Expr:
    units = pl.lit(None, pl.Float64)
    for places, unit in _UNITS.items():
        units = pl.when(pl.col("places") == places).then(unit).otherwise(units)
    return _divided(pl.col(name).cast(pl.Float64), units)


def _divided(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    # By one number, or by a column that was filled with one, Polars multiplies with its reciprocal, and the last
    # digit of every tenth amount is another: here it meets a divisor for each row.
    return left / (left * 0.0 + right)


def _arithmetic(node: Arith, today: pl.Expr) -> pl.Expr:
    left, right = _printed(node.left, today), _printed(node.right, today)
    match node.op:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            result = pl.when(right != 0.0).then(_divided(left, right))
    return pl.when(result.abs() <= LARGEST).then(result)

"""The syntax tree of an audience: what both printers, Python's and the columns', read and nothing else.

Numbers, amounts and dates are doubles here (a date is days since 1970-01-01), so that an account and a column of
accounts compute the same. Every node may be unknown (None) for an account: and, or and not are Kleene's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from attrs import frozen

from loansms.policy.columns import Column, Kind, within

Value = float | str | bool


@frozen
class Literal:
    """A value written in the text."""

    kind: Kind
    value: Value


@frozen
class ColumnValue:
    """The value of a column; unknown where it is missing."""

    column: Column

    @property
    def kind(self) -> Kind:
        """The kind of the column."""
        return self.column.kind


@frozen
class DaysSince:
    """Calendar days from the date in a column to the day that is asked."""

    column: Column
    kind = Kind.NUMBER


@frozen
class Known:
    """Whether a column has a value; never unknown itself."""

    column: Column
    kind = Kind.FLAG


@frozen
class Arith:
    """Two numbers under one of + - * /; unknown where a divisor is 0 or the result no double."""

    op: str
    left: Node
    right: Node
    kind: Kind


@frozen
class Compare:
    """Two values of one kind under one of == != < <= > >=."""

    op: str
    left: Node
    right: Node
    kind = Kind.FLAG


@frozen
class Member:
    """Whether a value is one of several."""

    value: Node
    options: tuple[Literal, ...]
    kind = Kind.FLAG


@frozen
class Not:
    """No for yes and yes for no."""

    term: Node
    kind = Kind.FLAG


@frozen
class And:
    """No where any term is no, yes where all are yes, else unknown."""

    terms: tuple[Node, ...]
    kind = Kind.FLAG


@frozen
class Or:
    """Yes where any term is yes, no where all are no, else unknown."""

    terms: tuple[Node, ...]
    kind = Kind.FLAG


Node = Literal | ColumnValue | DaysSince | Known | Arith | Compare | Member | Not | And | Or

COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _divide(left: float, right: float) -> float | None:
    return within(left / right) if right else None


ARITHMETIC: Mapping[str, Callable[[float, float], float | None]] = {
    "+": lambda left, right: within(left + right),
    "-": lambda left, right: within(left - right),
    "*": lambda left, right: within(left * right),
    "/": _divide,
}

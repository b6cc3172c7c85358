"""An audience asked of one account: the tree as nested closures, made once.

The other printer of the same tree is `loansms.portfolio.audience`; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, assert_never

from loansms.model import Account
from loansms.policy.audience_tree import (
    ARITHMETIC,
    COMPARISONS,
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
from loansms.policy.columns import (
    Column,
    Kind,
    day_number,
    read_day,
    read_decimal,
    read_flag,
    read_money,
    read_number,
)

# The value for an account on a day, None where it is unknown; its type is that of the node's kind.
Asked = Callable[[Account, date], Any]

_TYPED: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: read_decimal,
    Kind.MONEY: read_money,
    Kind.DATE: day_number,
}
_WRITTEN: Mapping[Kind, Callable[[str], Any]] = {
    Kind.NUMBER: read_number,
    Kind.MONEY: read_number,
    Kind.DATE: read_day,
    Kind.FLAG: read_flag,
    Kind.TEXT: str,
}
_TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def asked(node: Node) -> Asked:
    """Return the function that answers `node`; it never raises, whatever the account holds."""
    match node:
        case Literal():
            value = node.value
            return lambda _account, _today: value
        case ColumnValue():
            return _column(node.column)
        case DaysSince():
            return _days_since(node.column)
        case Known():
            return _known(node.column)
        case Arith():
            return _both(ARITHMETIC[node.op], node.left, node.right)
        case Compare():
            return _compared(node)
        case Member():
            return _member(node)
        case Not():
            return _not(asked(node.term))
        case And() | Or():
            return _until(isinstance(node, Or), node.terms)
    assert_never(node)


def _column(column: Column) -> Asked:
    if column.own:
        return _own(column.name, _WRITTEN[column.kind])
    get = attrgetter(column.path)
    read = _TYPED.get(column.kind)
    if column.kind is Kind.TEXT:
        # An empty text is a blank cell.
        return lambda account, _today: get(account) or None
    if read is None:
        return lambda account, _today: get(account)

    def typed(account: Account, _today: date) -> Any:
        value = get(account)
        return None if value is None else read(value)

    return typed


def _own(name: str, read: Callable[[str], Any]) -> Asked:
    def written(account: Account, _today: date) -> Any:
        text = account.extra.get(name)
        return read(text) if text else None

    return written


def _days_since(column: Column) -> Asked:
    if column.own:
        since = _column(column)

        def written(account: Account, today: date) -> float | None:
            day: float | None = since(account, today)
            return None if day is None else day_number(today) - day

        return written
    get = attrgetter(column.path)

    def days(account: Account, today: date) -> float | None:
        day: date | None = get(account)
        return None if day is None else float(today.toordinal() - day.toordinal())

    return days


def _known(column: Column) -> Asked:
    value = _column(column)
    return lambda account, today: value(account, today) is not None


def _compared(node: Compare) -> Asked:
    if isinstance(node.left, Literal):
        # The quicker way of `_both`: a value beside what is written.
        return _both(COMPARISONS[_TURNED.get(node.op, node.op)], node.right, node.left)
    return _both(COMPARISONS[node.op], node.left, node.right)


def _both(apply: Callable[[Any, Any], Any], left: Node, right: Node) -> Asked:
    one = asked(left)
    if isinstance(right, Literal):
        fixed = right.value

        def beside(account: Account, today: date) -> Any:
            value = one(account, today)
            return None if value is None else apply(value, fixed)

        return beside
    other = asked(right)

    def both(account: Account, today: date) -> Any:
        first = one(account, today)
        second = other(account, today)
        return None if first is None or second is None else apply(first, second)

    return both


def _member(node: Member) -> Asked:
    value_of = asked(node.value)
    options = frozenset(option.value for option in node.options)

    def member(account: Account, today: date) -> bool | None:
        value = value_of(account, today)
        return None if value is None else value in options

    return member


def _not(term: Asked) -> Asked:
    def inverse(account: Account, today: date) -> bool | None:
        answer = term(account, today)
        return None if answer is None else not answer

    return inverse


def _until(decides: bool, nodes: tuple[Node, ...]) -> Asked:
    """Return what asks the terms in turn until one has the answer that `decides`."""
    terms = tuple(asked(node) for node in nodes)

    def until(account: Account, today: date) -> bool | None:
        answer: bool | None = not decides
        for term in terms:
            found: bool | None = term(account, today)
            if found is decides:
                return decides
            if found is None:
                answer = None
        return answer

    return until

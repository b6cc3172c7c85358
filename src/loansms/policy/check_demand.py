"""What an audience demands of each value it asks: enough to see that nobody can be in it, or that one holds another.

Every demand is a necessary condition: who is in the audience meets it. It is `exact` where meeting it is enough too,
as long as the values are known. Reasoning stops at what is written out; two columns compared demand nothing here.

>>> from loansms.policy.audience import Audience
>>> def of(text: str) -> Demand | None:
...     return demand(Audience.parse(text).tree)
>>> of("days_past_due > 7 and days_past_due < 8") is None
True
>>> days_of(of("3 < days_past_due <= 10 and autopay"))
Span(low=4, high=10)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from math import ceil, floor, inf, nextafter
from typing import TypeVar

from attrs import field, frozen

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
    Value,
)
from loansms.policy.columns import BOOK, Kind

_DPD = DaysSince(BOOK["due_on"])
_OPPOSITE: Mapping[str, str] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})
T = TypeVar("T")


@frozen
class Span:
    """Numbers from `low` to `high`, both inclusive; values are doubles, so an open end is the next double."""

    low: float = -inf
    high: float = inf

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high

    def meet(self, other: Span) -> Span:
        """Return what lies in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    def hull(self, other: Span) -> Span:
        """Return the smallest span that holds both."""
        return Span(min(self.low, other.low), max(self.high, other.high))

    def covers(self, other: Span) -> bool:
        """Return whether all of `other` lies in it."""
        return self.low <= other.low and other.high <= self.high


@frozen
class Demand:
    """The span or the set out of which each value must be; nothing for a value that may be any."""

    spans: Mapping[Node, Span] = field(factory=dict[Node, Span])
    words: Mapping[Node, frozenset[Value]] = field(factory=dict[Node, frozenset[Value]])
    exact: bool = True

    def meet(self, other: Demand) -> Demand | None:
        """Return what both demand; None where nothing can meet it."""
        spans = _joined(self.spans, other.spans, Span.meet)
        words = _joined(self.words, other.words, frozenset[Value].intersection)
        if any(span.empty for span in spans.values()) or not all(words.values()):
            return None
        return Demand(spans, words, self.exact and other.exact)

    def either(self, other: Demand) -> Demand:
        """Return what is demanded whichever of the two holds."""
        spans = {key: span.hull(other.spans[key]) for key, span in self.spans.items() if key in other.spans}
        words = {key: some | other.words[key] for key, some in self.words.items() if key in other.words}
        return Demand(spans, words, exact=False)

    def covers(self, other: Demand) -> bool:
        """Return whether whoever meets `other` surely meets this one."""
        spans = all(span.covers(other.spans.get(key, Span())) for key, span in self.spans.items())
        words = all(key in other.words and other.words[key] <= some for key, some in self.words.items())
        return self.exact and spans and words

    @property
    def lasting(self) -> Demand:
        """What does not change with the day alone."""
        return Demand(
            {key: span for key, span in self.spans.items() if not _moves(key)},
            {key: some for key, some in self.words.items() if not _moves(key)},
            self.exact,
        )


def demand(node: Node) -> Demand | None:
    """Return what `node` demands to be true; None where it never is."""
    match node:
        case Literal():
            return Demand() if node.value else None
        case And():
            return _all(demand(term) for term in node.terms)
        case Or():
            found = [one for one in map(demand, node.terms) if one is not None]
            return reduce(Demand.either, found) if found else None
        case Not():
            return _denied(node.term)
        case Compare():
            return _compared(node.op, node.left, node.right)
        case Member():
            return _one_of(node.value, [option.value for option in node.options])
        case ColumnValue() | Known():
            return _out_of(node, True)
        case DaysSince() | Arith():
            return Demand(exact=False)


def days_of(one: Demand | None) -> Span:
    """Return the days past due on which an audience can hold; an empty span for one that never does."""
    return Span(inf, -inf) if one is None else one.spans.get(_DPD, Span())


def _denied(node: Node) -> Demand | None:
    """Return what is demanded for `node` to be no: unknown is not enough."""
    match node:
        case Literal():
            return None if node.value else Demand()
        case Not():
            return demand(node.term)
        case And():
            return demand(Or(tuple(map(Not, node.terms))))
        case Or():
            return demand(And(tuple(map(Not, node.terms))))
        case Compare():
            return _compared(_OPPOSITE[node.op], node.left, node.right)
        case ColumnValue() | Known():
            return _out_of(node, False)
        case Member() | DaysSince() | Arith():
            return Demand(exact=False)


def _all(several: Iterable[Demand | None]) -> Demand | None:
    found = Demand()
    for one in several:
        met = None if one is None else found.meet(one)
        if met is None:
            return None
        found = met
    return found


def _compared(op: str, left: Node, right: Node) -> Demand | None:
    if isinstance(left, Literal):
        left, right, op = right, left, _TURNED.get(op, op)
    if not isinstance(right, Literal) or isinstance(left, Literal):
        return Demand(exact=False)
    value = right.value
    if left.kind is Kind.FLAG:
        # A yes or no may be a condition of its own: a comparison with it is the condition or its denial.
        return demand(left) if (op == "==") is value else _denied(left)
    if op == "!=":
        return Demand(exact=False)
    if left.kind in _NUMBERS:
        return _within(left, _span(op, float(value)))
    return _out_of(left, value)


def _span(op: str, value: float) -> Span:
    match op:
        case "<":
            return Span(high=nextafter(value, -inf))
        case "<=":
            return Span(high=value)
        case ">":
            return Span(low=nextafter(value, inf))
        case ">=":
            return Span(low=value)
        case _:
            return Span(value, value)


def _within(value: Node, span: Span, *, exact: bool = True) -> Demand | None:
    if isinstance(value, DaysSince):
        # Days are whole.
        low = ceil(span.low) if span.low > -inf else span.low
        span = Span(low, floor(span.high) if span.high < inf else span.high)
    return None if span.empty else Demand(spans={value: span}, exact=exact)


def _one_of(value: Node, options: Sequence[Value]) -> Demand | None:
    if value.kind in _NUMBERS:
        numbers = [float(one) for one in options]
        return _within(value, Span(min(numbers), max(numbers)), exact=len(set(numbers)) == 1)
    return _out_of(value, *options)


def _out_of(value: Node, *options: Value) -> Demand:
    return Demand(words={value: frozenset(options)})


def _joined(one: Mapping[Node, T], other: Mapping[Node, T], meet: Callable[[T, T], T]) -> dict[Node, T]:
    found = dict(one)
    for key, value in other.items():
        found[key] = meet(found[key], value) if key in found else value
    return found


def _moves(node: Node) -> bool:
    """Whether a value changes as days pass."""
    match node:
        case DaysSince():
            return True
        case Arith() | Compare():
            return _moves(node.left) or _moves(node.right)
        case _:
            return False

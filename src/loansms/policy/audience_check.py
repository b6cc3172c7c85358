"""From Python's syntax tree to an audience's own: the parts that are allowed, and the kinds of their values.

Amounts and numbers are two kinds: an amount is compared with an amount or with a number written out, and only an
amount over an amount is a number again.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from attrs import frozen

from loansms.errors import PolicyError
from loansms.policy.audience_source import Source
from loansms.policy.audience_tree import (
    ARITHMETIC,
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
from loansms.policy.columns import BOOK, DAYS_PAST_DUE, Column, Kind, read_day

_TOLD: Mapping[Kind, tuple[str, str]] = {
    Kind.NUMBER: ("a number", "数字"),
    Kind.MONEY: ("an amount", "金额"),
    Kind.TEXT: ("text", "文本"),
    Kind.DATE: ("a date", "日期"),
    Kind.FLAG: ("a yes or no", "是/否"),
}
_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ORDERED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})
_COMPUTED: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_N, _M, _D = Kind.NUMBER, Kind.MONEY, Kind.DATE
_RESULTS: Mapping[tuple[Kind, str, Kind], Kind] = {
    (_N, "+", _N): _N, (_N, "-", _N): _N, (_N, "*", _N): _N, (_N, "/", _N): _N,
    (_M, "+", _M): _M, (_M, "-", _M): _M, (_M, "*", _N): _M, (_N, "*", _M): _M,
    (_M, "/", _N): _M, (_M, "/", _M): _N,
    (_D, "+", _N): _D, (_N, "+", _D): _D, (_D, "-", _N): _D, (_D, "-", _D): _N,
}  # fmt: skip
# More than any loan, and every whole number up to it is a double of its own.
_LARGEST_WRITTEN = 1e15


@frozen
class Checker:
    """Reads the syntax tree of one `source` against the `columns` it may name."""

    source: Source
    columns: Mapping[str, Column]

    def condition(self, node: ast.expr) -> Node:
        """Return the tree of a part that must be a yes or no."""
        tree = self.value(node)
        if tree.kind is not Kind.FLAG:
            en, zh = _TOLD[tree.kind]
            raise self.source.fault_at(
                node,
                f"{en} is no condition; expected a comparison, such as balance > 0",
                f"{zh}不能作为条件，应为比较，例如 balance > 0",
            )
        return tree

    def value(self, node: ast.expr) -> Node:
        """Return the tree of any part; raise PolicyError, naming its place, for what the language lacks."""
        read = _READ.get(type(node))
        if read is None:
            raise self.source.fault_at(
                node,
                "not part of the language; expected columns, values, comparisons, in (...), and, or, not, + - * /,"
                " known(), missing(), days_since() and date()",
                "不支持的写法；可用：列名、值、比较、in (...)、and、or、not、+ - * /、known()、missing()、days_since()、date()",
            )
        return read(self, node)

    def literal(self, node: ast.Constant) -> Node:
        """Return a yes or no, a text or a number as written."""
        value: object = node.value
        if isinstance(value, bool):
            return Literal(Kind.FLAG, value)
        if isinstance(value, str) and value:
            return Literal(Kind.TEXT, value)
        if isinstance(value, int | float) and abs(value) <= _LARGEST_WRITTEN:
            return Literal(Kind.NUMBER, float(value))
        raise self.source.fault_at(
            node,
            "not a value of the language; expected True, False, a text in quotes or a number up to 15 digits; a blank"
            " cell is asked for by missing(column)",
            "不支持的值；应为 True、False、引号内的文本或不超过 15 位的数字；空值请写 missing(列名)",
        )

    def name(self, node: ast.Name) -> Node:
        """Return the value of a column."""
        column = self.column(node)
        return DaysSince(BOOK["due_on"]) if column is DAYS_PAST_DUE else ColumnValue(column)

    def column(self, node: ast.Name) -> Column:
        """Return the column of a name."""
        column = self.columns.get(node.id)
        if column is None:
            near = difflib.get_close_matches(node.id, self.columns, 1)
            hint, hint_zh = (f"; did you mean {near[0]}", f"，是否为 {near[0]}") if near else ("", "")
            raise self.source.fault_at(
                node,
                f'unknown column "{node.id}"{hint}; expected a column of an account or a declared one; text stands in'
                " quotes",
                f"没有名为“{node.id}”的列{hint_zh}；应为账户的列或已声明的列，文本请加引号",
            )
        return column

    def call(self, node: ast.Call) -> Node:
        """Return what one of the four functions asks."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        argument = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if name == "date" and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            day = read_day(argument.value)
            if day is not None:
                return Literal(Kind.DATE, day)
        if isinstance(argument, ast.Name) and name in {"known", "missing", "days_since"}:
            column = self.column(argument)
            known = Known(BOOK["due_on"] if column is DAYS_PAST_DUE else column)
            if name != "days_since":
                return known if name == "known" else Not(known)
            if column.kind is Kind.DATE:
                return DaysSince(column)
        raise self.source.fault_at(
            node,
            'expected known(column), missing(column), days_since(column of dates) or date("2026-10-01")',
            '应为 known(列名)、missing(列名)、days_since(日期列) 或 date("2026-10-01")',
        )

    def negated(self, node: ast.UnaryOp) -> Node:
        """Return `not` of a condition, or minus a number."""
        if isinstance(node.op, ast.Not):
            return Not(self.condition(node.operand))
        value = self.value(node.operand)
        if not isinstance(node.op, ast.USub) or value.kind not in (_N, _M):
            raise self.source.fault_at(
                node, "expected not before a condition or - before a number", "此处应为 not 条件，或 - 数字"
            )
        return self._computed(node, "-", Literal(value.kind, 0.0), value)

    def joined(self, node: ast.BoolOp) -> Node:
        """Return conditions joined by and, or by or."""
        kind = And if isinstance(node.op, ast.And) else Or
        terms = [self.condition(term) for term in node.values]
        # A chain of comparisons is an And of its own.
        flat = [part for term in terms for part in (term.terms if isinstance(term, kind) else (term,))]
        return kind(tuple(flat))

    def computed(self, node: ast.BinOp) -> Node:
        """Return two values added, taken away, multiplied or divided."""
        left, right = self.value(node.left), self.value(node.right)
        op = _COMPUTED.get(type(node.op))
        if op is None:
            raise self.source.fault_at(node, "expected one of + - * /", "运算符应为 + - * / 之一")
        return self._computed(node, op, left, right)

    def _computed(self, node: ast.expr, op: str, left: Node, right: Node) -> Node:
        one, other = _beside(left, right) if op in "+-" else (left.kind, right.kind)
        kind = _RESULTS.get((one, op, other))
        if kind is None:
            (en, zh), (en_2, zh_2) = _TOLD[one], _TOLD[other]
            raise self.source.fault_at(
                node,
                f"{en} {op} {en_2} has no meaning; expected numbers, two amounts, an amount and a number, or a date"
                " and days",
                f"{zh} {op} {zh_2} 没有意义；应为数字之间、金额之间、金额与数字，或日期与天数的运算",
            )
        if not (isinstance(left, Literal) and isinstance(right, Literal)):
            if op == "/" and isinstance(right, Literal) and not right.value:
                raise self._no_number(node)
            return Arith(op, left, right, kind)
        # Worked out now: the columns would otherwise divide two scalars by a rule of their own.
        value = ARITHMETIC[op](float(left.value), float(right.value))
        if value is None:
            raise self._no_number(node)
        return Literal(kind, value)

    def _no_number(self, node: ast.expr) -> PolicyError:
        return self.source.fault_at(
            node,
            "a division by 0 or a number too large; write another number",
            "除数为 0 或数值过大，请修改数字",
        )

    def compared(self, node: ast.Compare) -> Node:
        """Return a comparison; a chain is all its pairs."""
        operands = [node.left, *node.comparators]
        pairs = [
            self._member(op, one, other) if isinstance(op, ast.In | ast.NotIn) else self._pair(op, one, other)
            for op, (one, other) in zip(node.ops, pairwise(operands), strict=True)
        ]
        return pairs[0] if len(pairs) == 1 else And(tuple(pairs))

    def _pair(self, op: ast.cmpop, first: ast.expr, second: ast.expr) -> Node:
        left, right = self.value(first), self.value(second)
        self._alike(second, left, right)
        sign = _COMPARED.get(type(op))
        if sign is None:
            raise self.source.fault_at(
                second,
                "expected == or != before this; a blank cell is asked for by missing(column)",
                "此前应为 == 或 !=；空值请写 missing(列名)",
            )
        if sign not in ("==", "!=") and left.kind not in _ORDERED:
            en, zh = _TOLD[left.kind]
            raise self.source.fault_at(
                second,
                f"{en} has no order; expected == != in or not in",
                f"{zh}没有大小，应使用 ==、!=、in 或 not in",
            )
        return Compare(sign, left, right)

    def _member(self, op: ast.cmpop, first: ast.expr, second: ast.expr) -> Node:
        if not isinstance(second, ast.Tuple | ast.List) or not second.elts:
            raise self.source.fault_at(
                second,
                'expected one value or more in brackets after in, such as ("a", "b") or ("a",)',
                'in 之后应为括号内的一个或多个值，例如 ("a", "b") 或 ("a",)',
            )
        value = self.value(first)
        options: list[Literal] = []
        for element in second.elts:
            option = self.value(element)
            self._alike(element, value, option)
            if not isinstance(option, Literal):
                raise self.source.fault_at(
                    element,
                    "expected a value, not a column; join comparisons with or",
                    "应为值而不是列；请用 or 连接多个比较",
                )
            options.append(option)
        member = Member(value, tuple(options))
        return Not(member) if isinstance(op, ast.NotIn) else member

    def _alike(self, node: ast.expr, left: Node, right: Node) -> None:
        one, other = _beside(left, right)
        if one is not other:
            (en, zh), (en_2, zh_2) = _TOLD[one], _TOLD[other]
            raise self.source.fault_at(
                node,
                f"{en} is compared with {en_2}; expected {en} here",
                f"{zh}与{zh_2}比较，此处应为{zh}",
            )


def _beside(left: Node, right: Node) -> tuple[Kind, Kind]:
    """Return the kinds of two values side by side; a number written out stands for an amount where one is."""
    one, other = left.kind, right.kind
    if one is _M and other is _N and isinstance(right, Literal):
        return _M, _M
    if other is _M and one is _N and isinstance(left, Literal):
        return _M, _M
    return one, other


_READ: Mapping[type[ast.expr], Callable[[Checker, Any], Node]] = {
    ast.Constant: Checker.literal,
    ast.Name: Checker.name,
    ast.Call: Checker.call,
    ast.UnaryOp: Checker.negated,
    ast.BoolOp: Checker.joined,
    ast.BinOp: Checker.computed,
    ast.Compare: Checker.compared,
}

"""Which accounts a step is for, said over their columns: parsed once, asked of an account or of a whole book.

>>> from datetime import date
>>> from loansms.model.examples import account
>>> early = Audience.parse('1 <= days_past_due <= 30 and amount_due >= 500 and country in ("CN", "HK")')
>>> early.holds(account(), date(2026, 9, 27)), early.holds(account(), date(2026, 9, 24))
(True, False)
>>> sorted(early.columns)
['amount_due', 'country', 'days_past_due']
>>> Audience.parse("days_past_due > 3 and balnce > 0")
Traceback (most recent call last):
loansms.errors.PolicyError: audience: character 23: unknown column "balnce"; did you mean balance; expected a column \
of an account or a declared one; text stands in quotes
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Self

from attrs import frozen

from loansms.model import Account
from loansms.policy.audience_check import Checker
from loansms.policy.audience_eval import Asked, asked
from loansms.policy.audience_source import Source
from loansms.policy.audience_tree import Node
from loansms.policy.columns import Kind, columns_of


@frozen
class Audience:
    """A condition on an account: its `text`, its syntax `tree` and the names of the `columns` it asks.

    Numbers, amounts (in the account's own currency) and days are doubles. A comparison with a missing value is
    unknown; and, or and not carry that on as Kleene does; an account of which it stays unknown is not in it.
    """

    text: str
    tree: Node
    columns: frozenset[str]

    @classmethod
    def parse(cls, text: str, columns: Mapping[str, Kind] | None = None, where: str = "audience") -> Self:
        """Return the audience that `text` says; `columns` are the lender's own, by the kind of their values.

        Raise PolicyError, with `where` and the character, for what cannot be read, an unknown column, kinds that
        do not go together, a result that is no yes or no, or more than 1,000 characters or 50 levels.

        >>> Audience.parse("score < 600 or missing(score)", {"score": Kind.NUMBER}).columns
        frozenset({'score'})
        """
        source = Source(text, where)
        checker = Checker(source, columns_of(columns, where))
        expression = source.expression()
        tree = checker.condition(expression)
        called = {id(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
        named = (
            node for node in ast.walk(expression) if isinstance(node, ast.Name) and id(node) not in called
        )
        return cls(text, tree, frozenset(node.id for node in named))

    def __str__(self) -> str:
        return self.text

    @cached_property
    def _asked(self) -> Asked:
        return asked(self.tree)

    def holds(self, account: Account, today: date) -> bool:
        """Return whether `account` is in the audience on `today`, the borrower's own date."""
        return self._asked(account, today) is True

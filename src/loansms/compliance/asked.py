"""The rules that look at one kind of message, and which of them have something to look at here.

Most rules of a pack hang on something few messages have; they cost nothing until it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from attrs import frozen

from loansms.compliance.pack import BoundRule


@frozen(eq=False)
class Asked:
    """`rules` in the order in which their hits are told; `facts` are all those that wake one of them.

    `flags` says whether a suppression that is up wakes any, `served` whether a pack is for debts of this place.
    """

    rules: tuple[BoundRule, ...]
    facts: frozenset[str]
    flags: bool
    served: bool

    @classmethod
    def of(cls, rules: Iterable[BoundRule], *, served: bool) -> Asked:
        """Return the rules in their turns, those of one turn in the order given."""
        every = tuple(sorted(rules, key=lambda one: one.wakes.turn if one.wakes else 0))
        sleeping = [one.wakes for one in every if one.wakes is not None]
        return cls(
            rules=every,
            facts=frozenset[str]().union(*(wakes.facts for wakes in sleeping)),
            flags=any(wakes.flags for wakes in sleeping),
            served=served,
        )

    def awake(self, text: bool, findings: bool, flags: bool, facts: Iterable[str]) -> tuple[BoundRule, ...]:
        """Return the rules to ask of a message with or without a text, findings in it, flags up and these facts."""
        return _awake(self, text, findings, flags, self.facts.intersection(facts))


# The messages of a book have the same few things.
@lru_cache(maxsize=4096)
def _awake(
    asked: Asked, text: bool, findings: bool, flags: bool, facts: frozenset[str]
) -> tuple[BoundRule, ...]:
    return tuple(
        one for one in asked.rules if one.wakes is None or one.wakes.by(text, findings, flags, facts)
    )

"""The rules that look at one kind of message, which of them have something to look at, and whose answer stands.

Most rules of a pack hang on something few messages have; they cost nothing until it is there. Most of the rest say
the same of every message to a place; they are asked once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from attrs import evolve, frozen

from loansms.calendars import WorkCalendar, calendar_for
from loansms.compliance.checks.hit import Case, Hit
from loansms.compliance.context import Context
from loansms.compliance.pack import BoundRule
from loansms.model import Draft

# Who stands behind a rule and its place among those asked: in this order hits of one effect are told.
Order = tuple[int, int]
_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)


@frozen(eq=False)
class Awake:
    """The rules that have something to look at: those to be `asking`, and those that stand for a kind and place."""

    asking: tuple[tuple[Order, BoundRule], ...]
    standing: tuple[tuple[Order, BoundRule], ...]
    message: Draft
    context: Context

    def told(self, context: Context) -> tuple[tuple[Order, Hit], ...]:
        """Return the hits that stand for everybody in the place of `context`."""
        return _told(self, context.zones, context.region, context.calendar)


@frozen(eq=False)
class Asked:
    """`rules` in the order in which their hits are told; `facts` are all that wake one or change what stands.

    `flags` says whether a suppression that is up wakes any, `served` whether a pack is for debts of this place.
    `message` and `context` are the kind of message, with nothing known but what chose the rules.
    """

    rules: tuple[BoundRule, ...]
    facts: frozenset[str]
    flags: bool
    served: bool
    message: Draft
    context: Context

    @classmethod
    def of(cls, rules: Iterable[BoundRule], *, served: bool, message: Draft, context: Context) -> Asked:
        """Return the rules in their turns, those of one turn in the order given."""
        every = tuple(sorted(rules, key=lambda one: one.wakes.turn if one.wakes else 0))
        wakes = [one.wakes for one in every if one.wakes is not None]
        stands = [one.stands for one in every if one.stands is not None]
        return cls(
            rules=every,
            facts=frozenset[str]().union(*(one.facts for one in wakes), *stands),
            flags=any(one.flags for one in wakes),
            served=served,
            message=message,
            context=context,
        )

    def awake(self, text: bool, findings: bool, flags: bool, facts: Iterable[str]) -> Awake:
        """Return the rules to ask of a message with or without a text, findings in it, flags up and these facts."""
        return _awake(self, text, findings, flags, self.facts.intersection(facts))


# The messages of a book have the same few things.
@lru_cache(maxsize=4096)
def _awake(asked: Asked, text: bool, findings: bool, flags: bool, facts: frozenset[str]) -> Awake:
    awake = [
        ((one.rank, place), one)
        for place, one in enumerate(asked.rules)
        if one.wakes is None or one.wakes.by(text, findings, flags, facts)
    ]
    stands = {
        one for _, one in awake if one.stands is not None and not one.warns and one.stands.isdisjoint(facts)
    }
    return Awake(
        asking=tuple((order, one) for order, one in awake if one not in stands),
        standing=tuple((order, one) for order, one in awake if one in stands),
        message=asked.message,
        context=asked.context,
    )


@lru_cache(maxsize=4096)
def _told(
    awake: Awake, zones: tuple[str, ...], region: str | None, calendar: WorkCalendar | None
) -> tuple[tuple[Order, Hit], ...]:
    context = evolve(awake.context, zones=zones, region=region, calendar=calendar)
    case = Case(
        message=awake.message,
        context=context,
        now=_ANY_TIME,
        calendar=calendar or calendar_for(context.country),
    )
    return tuple((order, hit) for order, one in awake.standing for hit in one.check.hits(one.rule, case))

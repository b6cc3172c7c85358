"""A whole book planned in columns: the same rows as row by row, at the speed of columns.

Three passes. What the book says of each borrower and loan id (`loansms.portfolio.column_facts`); the kernel for the
regular rows (`loansms.portfolio.kernel`); the scalar code for all that is left: rows that are not plain, debtors with a
history that matters, and debtors of whom several messages would go today, between which `arbitrate` chooses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
from attrs import define, field

from loansms.model import History
from loansms.planning import PlanRow, arbitrate
from loansms.portfolio.answers import Planner
from loansms.portfolio.column_facts import ColumnBook, ColumnFacts
from loansms.portfolio.frame import FIELDS, plan_frame
from loansms.portfolio.in_order import in_order
from loansms.portfolio.kernel import Planned, plan_columns, with_today
from loansms.portfolio.one_by_one import OneByOne
from loansms.portfolio.rejects import rejected
from loansms.portfolio.rules import PlanRules, joining_of, policy_for


def plan_whole(
    book: ColumnBook, *, rules: PlanRules, now: datetime, histories: Mapping[str, History]
) -> pl.DataFrame:
    """Return the plan of `book` as a frame: the rows of `loansms.portfolio.plan_rows`, in the book's order."""
    policy = policy_for(rules, {*book.seen.extra, *book.seen.known})
    facts = ColumnFacts.of(book, rules.lenders)
    return _Whole.of(facts, Planner(rules, policy, now), histories).planned()


@define(repr=False)
class _Whole:
    facts: ColumnFacts
    single: OneByOne
    scalar: dict[int, Sequence[PlanRow]] = field(factory=dict[int, Sequence[PlanRow]])

    @classmethod
    def of(cls, facts: ColumnFacts, planner: Planner, histories: Mapping[str, History]) -> _Whole:
        single = OneByOne(planner, facts.account, facts.lender_of, facts.refused, histories, facts.as_of)
        return cls(facts, single)

    def planned(self) -> pl.DataFrame:
        facts, single = self.facts, self.single
        regular = with_today(facts.regular, single.planner.now)
        size = facts.book.frame.height
        done = plan_columns(regular, single.planner, single.account, facts.lender_of, facts.refused, size)
        touched = single.touched(regular, done)
        for at in (*done.left.to_list(), *touched, *facts.odd):
            self.scalar[at] = single.rows(at)
        done = self._arbitrated(done.without(touched))
        ids = regular.select("at", "loan_id", "borrower_id")
        return in_order(done, ids, facts.lines.cast(pl.Int64), self._others()).select(*FIELDS)

    def _arbitrated(self, done: Planned) -> Planned:
        """Return the rows of debtors of whom one message at most would go; the others are chosen between."""
        debtors = self._rivals(done.spoken)
        if not debtors:
            return done
        theirs = self.facts.places_of(debtors)
        for at in theirs:
            if at not in self.scalar:
                self.scalar[at] = self.single.rows(at)
        by_debtor: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for at in sorted(theirs):
            one = self.scalar[at][0]
            by_debtor[one.tenant, one.borrower_id].append(at)
        for places in by_debtor.values():
            self._choose(places)
        return done.without(theirs)

    def _choose(self, places: Sequence[int]) -> None:
        told = [(at, row) for at in places for row in self.scalar[at]]
        rules = self.single.planner.rules
        joining = joining_of(rules, self.single.planner.policy)
        chosen = arbitrate([row for _, row in told], rules.packs, joining=joining)
        found: defaultdict[int, list[PlanRow]] = defaultdict(list)
        for (at, _), row in zip(told, chosen, strict=True):
            found[at].append(row)
        self.scalar.update(found)

    def _rivals(self, rows: pl.DataFrame) -> frozenset[str]:
        """Return the borrowers of whom several rows would speak today, or an offer and anything else."""
        marked = rows.select("borrower_id", "offer").filter(rows["competing"] | rows["offer"])
        beside = [
            {"borrower_id": row.borrower_id, "offer": row.offers}
            for several in self.scalar.values()
            for row in several
            if row.competes_now or row.offers
        ]
        if not beside and not marked["offer"].any():
            # Of those that columns decided each debtor has one that goes (`loansms.portfolio.rivals`).
            return frozenset()
        both = pl.concat([marked, pl.DataFrame(beside, schema=marked.schema)])
        # Two borrowers may have one hash; one who stands alone has one of his own.
        perhaps = both.filter(both["borrower_id"].hash().is_duplicated() | both["offer"])
        several = perhaps.group_by("borrower_id").agg(pl.len().alias("rows"), pl.col("offer").any())
        return frozenset(several.filter((pl.col("rows") > 1) | pl.col("offer"))["borrower_id"].to_list())

    def _others(self) -> pl.DataFrame:
        """Return the rows that were decided one by one, and the rejects, each with its line as its place."""
        lines = self.facts.lines
        told = [(lines[at], row) for at, rows in self.scalar.items() for row in rows]
        told += [(one.line, rejected(one)) for one in self.facts.rejects]
        line = pl.Series([line for line, _ in told], dtype=pl.Int64)
        return plan_frame(row for _, row in told).with_columns(place=line)

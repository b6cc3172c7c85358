"""The plan of a part of a book, told the facts of the whole: in columns where its rows are plain, else row by row.

Between the rows of one debtor nothing is chosen here, as the others may stand in another part: `loansms.portfolio.batch` does
that for those that compete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl
from attrs import define

from loansms.model import Account, Lender, Reason
from loansms.planning import PlanRow, arbitrate, choose_lender
from loansms.portfolio.answers import Planner
from loansms.portfolio.batch_facts import BatchFacts
from loansms.portfolio.book import Reject
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.frame import FIELDS, plan_frame
from loansms.portfolio.in_order import in_order
from loansms.portfolio.kernel import plan_columns, with_today
from loansms.portfolio.one_by_one import OneByOne
from loansms.portfolio.part import Part
from loansms.portfolio.reading import repeated
from loansms.portfolio.rejects import rejected, unknown_lender
from loansms.portfolio.rules import joining_of, policy_for
from loansms.portfolio.spoken import Refused

# Of a planned row: whether it is a message that uses up the debtor's one a day, and whether an offer.
MARKS = ("competing", "offer")


@define(repr=False)
class PartPlan:
    """A part with the facts that concern it."""

    part: Part
    single: OneByOne
    plain: pl.DataFrame
    odd: list[int]
    rejects: Mapping[int, Reject]

    @classmethod
    def of(cls, part: Part, facts: BatchFacts, run: BookRun) -> PartPlan:
        """Return `part` without the rows the whole book refuses: repeated loan ids, and lenders nobody is."""
        rules = run.rules
        policy = policy_for(rules, {*part.book.seen.extra, *part.book.seen.known})
        plain, faults = part.plain, dict(part.faults)
        later = _later(part, facts)
        places = {at for at, _ in later}
        for at, first in later:
            faults[at] = _repetition(part, at, first)
        if places:
            plain = plain.filter(~pl.col("at").is_in(list(places)))
        accounts = {at: one for at, one in part.accounts.items() if at not in places}
        lender_of: dict[str | None, Lender] = {}
        for lender_id in {
            *plain.select(pl.col("lender_id").unique()).to_series(),
            *(one.lender_id for one in accounts.values()),
        }:
            found = choose_lender(rules.lenders, lender_id)
            if isinstance(found, Lender):
                lender_of[lender_id] = found
                continue
            nobodys = plain.filter(pl.col("lender_id").eq_missing(pl.lit(lender_id, pl.String)))
            for at, line, loan_id, borrower_id in nobodys.select(
                "at", "line", "loan_id", "borrower_id"
            ).iter_rows():
                faults[at] = unknown_lender(found, line, loan_id, borrower_id)
            plain = plain.join(nobodys.select("at"), on="at", how="anti", maintain_order="left")
            for at in [at for at, one in accounts.items() if one.lender_id == lender_id]:
                faults[at] = _nobodys(part, accounts.pop(at), at, found)
        if facts.as_of is not None:
            unseen = pl.col("as_of").is_null() & (pl.col("due_on") > facts.as_of)
            plain = plain.with_columns(as_of=pl.when(unseen).then(pl.lit(facts.as_of)).otherwise("as_of"))
        refused = Refused(_theirs(facts.opted_out, part), _theirs(facts.refused_sms, part))
        planner = Planner(rules, policy, run.now)
        single = OneByOne(planner, part.account, lender_of, refused, facts.history, facts.as_of)
        return cls(part=part, single=single, plain=plain, odd=sorted(accounts), rejects=faults)

    def planned(self) -> pl.DataFrame:
        """Return the plan of every row of the part, in its order: ``line``, the columns of a plan, `MARKS`."""
        single = self.single
        plain = with_today(self.plain, single.planner.now)
        size = self.part.book.lines.len()
        done = plan_columns(plain, single.planner, single.account, single.lender_of, single.refused, size)
        touched = single.touched(plain, done)
        places = sorted((*done.left.to_list(), *touched, *self.odd))
        others = self._others({at: self.single.rows(at) for at in places})
        ids = plain.select("at", "loan_id", "borrower_id")
        rising = pl.int_range(size, eager=True)
        return self._lined(in_order(done.without(touched), ids, rising, others, MARKS))

    def chosen(self) -> pl.DataFrame:
        """Return the rows of the part, one message a debtor chosen: the part holds all accounts of its debtors."""
        rules = self.single.planner.rules
        joining = joining_of(rules, self.single.planner.policy)
        debtors: defaultdict[tuple[str, str], list[tuple[int, PlanRow]]] = defaultdict(list)
        for at in sorted((*self.plain["at"].to_list(), *self.odd), key=self.part.book.lines.__getitem__):
            for row in self.single.rows(at):
                debtors[row.tenant, row.borrower_id].append((at, row))
        found: defaultdict[int, list[PlanRow]] = defaultdict(list)
        for told in debtors.values():
            chosen = arbitrate([row for _, row in told], rules.packs, joining=joining)
            for (at, _), row in zip(told, chosen, strict=True):
                found[at].append(row)
        return self._lined(self._others(found).sort("place", maintain_order=True))

    def _lined(self, rows: pl.DataFrame) -> pl.DataFrame:
        line = self.part.book.lines.gather(rows["place"])
        return rows.select(line.alias("line"), *FIELDS, *MARKS)

    def _others(self, scalar: Mapping[int, Sequence[PlanRow]]) -> pl.DataFrame:
        """Return the rows that were decided one by one, and the rejects, each with its place and its marks."""
        told = [(at, row) for at, several in scalar.items() for row in several]
        told += [(at, rejected(one)) for at, one in self.rejects.items()]
        return plan_frame(row for _, row in told).with_columns(
            place=pl.Series([at for at, _ in told], dtype=pl.Int64),
            competing=pl.Series([row.competes_now for _, row in told], dtype=pl.Boolean),
            offer=pl.Series([row.offers for _, row in told], dtype=pl.Boolean),
        )


def _later(part: Part, facts: BatchFacts) -> list[tuple[int, int]]:
    """Return (place, line of the first) of the rows whose loan id stands before them."""
    lines = part.book.lines
    repeats = facts.repeated
    if not repeats.height or not lines.len():
        return []
    near = repeats.filter(pl.col("line").is_between(lines.min(), lines.max()))
    here = pl.DataFrame({"line": lines}).with_row_index("at").join(near, on="line", maintain_order="left")
    return list(here.select("at", "first").iter_rows())


def _repetition(part: Part, at: int, first: int) -> Reject:
    fault = part.faults.get(at)
    if fault is None:
        account = part.account(at)
        loan_id, borrower_id = account.loan_id, account.borrower.borrower_id
    else:
        loan_id, borrower_id = fault.loan_id or "", fault.borrower_id or ""
    told = repeated(first)
    return Reject(part.book.lines[at], "loan_id", told.told, told.told_zh, loan_id, borrower_id or None)


def _nobodys(part: Part, account: Account, at: int, why: Reason) -> Reject:
    return unknown_lender(why, part.book.lines[at], account.loan_id, account.borrower.borrower_id)


def _theirs(borrowers: pl.Series, part: Part) -> frozenset[str]:
    """Return those of `borrowers` who have an account in the part."""
    theirs = set(borrowers.filter(borrowers.is_in(part.plain["borrower_id"].implode())).to_list())
    here = [one.borrower.borrower_id for one in part.accounts.values()]
    if here:
        theirs.update(borrowers.filter(borrowers.is_in(here)).to_list())
    return frozenset(theirs)

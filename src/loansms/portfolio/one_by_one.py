"""The rows of a book that columns do not decide: which they are for their history, and their plan, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl
from attrs import frozen

from loansms.model import Account, History, Lender
from loansms.planning import PlanRow, debtor_key, tenant_of
from loansms.portfolio.answers import Accounts, Planner
from loansms.portfolio.facts import counted_on
from loansms.portfolio.kernel import Planned
from loansms.portfolio.spoken import Refused


@frozen(repr=False)
class OneByOne:
    """The scalar plan of the row at a place, with what the whole book says of its borrower."""

    planner: Planner
    accounts: Accounts
    lender_of: Mapping[str | None, Lender]
    refused: Refused
    histories: Mapping[str, History]
    as_of: date | None

    def account(self, at: int) -> Account:
        """Return the account at a place, counted on the day of the book."""
        return counted_on(self.accounts(at), self.as_of)

    def rows(self, at: int) -> tuple[PlanRow, ...]:
        """Return the planned rows of the account at a place."""
        account = self.account(at)
        borrower_id = account.borrower.borrower_id
        lender = self.lender_of[account.lender_id]
        debtor = debtor_key(tenant_of(lender), borrower_id)
        return self.planner.plan(
            account,
            lender,
            opted_out=borrower_id in self.refused.opted_out,
            refused=borrower_id in self.refused.sms,
            history=self.histories.get(debtor) or self.histories.get(borrower_id),
        )

    def touched(self, plain: pl.DataFrame, done: Planned) -> list[int]:
        """Return the places of the `plain` rows that a history may change; `done` is their plan without one.

        A past can stop or put off what is due; where nothing is due it matters only to one who had to wait.
        """
        if not self.histories:
            return []
        known: set[str] = set()
        waiting: set[str] = set()
        for borrower_id, history in self._past(plain):
            known.add(borrower_id)
            if history.deferred:
                waiting.add(borrower_id)
        touched = set(done.spoken.filter(pl.col("borrower_id").is_in(known))["at"])
        if waiting:
            theirs = plain.filter(pl.col("borrower_id").is_in(waiting))["at"]
            touched.update(theirs.filter(done.code.gather(theirs).is_not_null()))
        return sorted(touched)

    def _past(self, plain: pl.DataFrame) -> Iterator[tuple[str, History]]:
        """Yield every borrower with a history, from whichever side is shorter: a part of a book, or all histories."""
        tenants = {tenant_of(one) for one in self.planner.rules.lenders.values()}
        if len(self.histories) <= plain.height:
            for key, history in self.histories.items():
                for name in {key, *(key.removeprefix(debtor_key(tenant, "")) for tenant in tenants)}:
                    yield name, history
            return
        for borrower_id in plain["borrower_id"].unique():
            for key in (borrower_id, *(debtor_key(tenant, borrower_id) for tenant in tenants)):
                if key in self.histories:
                    yield borrower_id, self.histories[key]

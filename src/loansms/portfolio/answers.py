"""The scalar code asked once for each case: the step of the policy, and the whole plan where one is due.

What comes back becomes a small table, one line a case, that every row of the case is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl
from attrs import evolve, frozen

from loansms.model import Account, History, Lender
from loansms.planning import PlanDecision, PlanRow, plan_loan
from loansms.policy import NothingDue, Policy
from loansms.portfolio.frame import FIELDS, schema
from loansms.portfolio.rules import PlanRules

NOTHING, ONE_STEP, SEVERAL = 0, 1, 2
# What a row has of its own, or of its words; the rest is the case's.
_OWN = ("loan_id", "borrower_id", "text", "segments")
SHARED = tuple(name for name in FIELDS if name not in _OWN)
_NOBODY = History()


def steps_of(policy: Policy, accounts: Sequence[Account], now: datetime) -> pl.DataFrame:
    """Return, for one account of each case, what the policy says: ``kind`` and, where nothing is due, the columns."""
    kinds: list[int] = []
    rows: list[PlanRow | None] = []
    for account in accounts:
        answers = policy.steps_due(account, _NOBODY, (), now)
        first = answers[0]
        if len(answers) == 1 and isinstance(first, NothingDue):
            kinds.append(NOTHING)
            today = account.borrower.local_date(now)
            rows.append(
                PlanRow(
                    loan_id=account.loan_id,
                    borrower_id=account.borrower.borrower_id,
                    decision=PlanDecision.NONE,
                    reasons=(first.why,),
                    stage=first.stage,
                    step=first.step,
                    days_past_due=account.days_past_due(today),
                )
            )
        else:
            kinds.append(ONE_STEP if len(answers) == 1 else SEVERAL)
            rows.append(None)
    return table(rows).with_columns(kind=pl.Series(kinds, dtype=pl.UInt8))


def table(rows: Sequence[PlanRow | None]) -> pl.DataFrame:
    """Return the columns that the rows of a case share, all null where there is no row."""
    columns = {name: [row and FIELDS[name](row) for row in rows] for name in SHARED}
    return pl.DataFrame(columns, schema={name: schema()[name] for name in SHARED})


@frozen
class Planner:
    """The scalar plan, with what a book says of each borrower put into their account."""

    rules: PlanRules
    policy: Policy
    now: datetime

    def plan(
        self,
        account: Account,
        lender: Lender,
        *,
        opted_out: bool,
        refused: bool,
        history: History | None = None,
    ) -> tuple[PlanRow, ...]:
        """Return the rows of one account; `refused` says that some row of the borrower refuses SMS."""
        if refused and account.borrower.consent_sms is not False:
            account = evolve(account, borrower=evolve(account.borrower, consent_sms=False))
        return plan_loan(
            account,
            policy=self.policy,
            catalogue=self.rules.catalogue,
            packs=self.rules.packs,
            lender=lender,
            now=self.now,
            history=history,
            provider=self.rules.provider,
            opted_out=opted_out,
            overrides=self.rules.overrides,
            approved_only=self.rules.approved_only,
        )


Accounts = Callable[[int], Account]


def speaks(row: PlanRow) -> bool:
    """Whether a planned row has words to be sent, now or later."""
    return row.decision in (PlanDecision.SEND, PlanDecision.DEFER)

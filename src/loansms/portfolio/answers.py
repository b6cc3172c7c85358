"""What the policy says, asked once for each case, and the scalar plan with the facts of a book.

What comes back becomes a small table, one line a case, that every row of the case is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl
from attrs import evolve, frozen

from loansms.model import Account, History, Lender
from loansms.planning import PlanDecision, PlanRow, plan_loan
from loansms.policy import NothingDue, Policy, StepDue
from loansms.portfolio.frame import FIELDS, schema
from loansms.portfolio.rules import PlanRules

NOTHING, ONE_STEP, SEVERAL = 0, 1, 2
# What a row has of its own, or of its words; the rest is the case's.
_OWN = ("loan_id", "borrower_id", "text", "segments")
SHARED = tuple(name for name in FIELDS if name not in _OWN)
WHY = ("reason", "citation", "why")
Accounts = Callable[[int], Account]
_NOBODY = History()


@frozen(repr=False)
class Answers:
    """By case: its `kind`; the columns of a plan where `nothing` is due; where one step is, its number and `why` it is."""

    kind: pl.Series
    nothing: pl.DataFrame
    step: pl.Series
    why: pl.DataFrame


def steps_of(policy: Policy, accounts: Sequence[Account], now: datetime) -> Answers:
    """Return what the policy says of one account of each case."""
    kinds: list[int] = []
    rows: list[PlanRow | None] = []
    steps: dict[tuple[str, str], int] = {}
    numbers: list[int] = []
    why: list[PlanRow | None] = []
    for account in accounts:
        answers = policy.steps_due(account, _NOBODY, (), now)
        first = answers[0]
        told = PlanRow(
            loan_id=account.loan_id,
            borrower_id=account.borrower.borrower_id,
            decision=PlanDecision.NONE,
            reasons=(first.why,),
            stage=first.stage,
            step=first.step,
            days_past_due=account.days_past_due(account.borrower.local_date(now)),
        )
        plain = isinstance(first, StepDue) and not first.together and first.send_at is None
        due = plain and len(answers) == 1
        silent = isinstance(first, NothingDue) and len(answers) == 1
        kinds.append(NOTHING if silent else ONE_STEP if due else SEVERAL)
        rows.append(told if silent else None)
        why.append(told if due else None)
        numbers.append(steps.setdefault((first.stage, first.step), len(steps)) if due else 0)
    return Answers(
        pl.Series(kinds, dtype=pl.UInt8),
        table(rows),
        pl.Series(numbers, dtype=pl.Int32),
        table(why).select(*WHY, "days_past_due"),
    )


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


def speaks(row: PlanRow) -> bool:
    """Whether a planned row has words to be sent, now or later."""
    return row.decision in (PlanDecision.SEND, PlanDecision.DEFER)

"""The plan for one account: which step is due, its words, and whether it may be said now.

Pure: the same account, history, rules and `now` give the same row. A book is this, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from loansms.calendars import Overrides
from loansms.compliance import Context, RulePack
from loansms.model import Account, Channel, History, Lender
from loansms.planning.decide import decide
from loansms.planning.gate import account_context
from loansms.planning.keys import tenant_of
from loansms.planning.row import UNKNOWN_OUTCOME, PlanDecision, PlanRow
from loansms.planning.values import account_values
from loansms.planning.wording import word
from loansms.policy import NothingDue, Policy, StepDue
from loansms.templates import Catalogue


def plan_account(
    account: Account,
    *,
    policy: Policy,
    catalogue: Catalogue,
    packs: Sequence[RulePack],
    lender: Lender,
    now: datetime,
    history: History | None = None,
    provider: str = "sandbox",
    opted_out: bool = False,
    overrides: Overrides | None = None,
    approved_only: bool = False,
) -> PlanRow:
    """Return the row planned for `account` at `now`.

    `history` is the debtor's, over all loans; `opted_out` says that any row of theirs refuses contact;
    `overrides` correct the calendar; `approved_only` denies what no approved template says. A step that history shows as done is decided ``none`` with reason ``already_done`` (or ``unknown_outcome``).
    """
    history = history or History()
    today = account.borrower.local_date(now)
    dpd = account.days_past_due(today)
    due = policy.next_step(account, history, account.holds, now)
    base = PlanRow(
        loan_id=account.loan_id,
        borrower_id=account.borrower.borrower_id,
        decision=PlanDecision.NONE,
        reasons=(due.why,),
        tenant=tenant_of(lender),
        due_on=account.due_on,
        days_past_due=dpd,
        borrower=account.borrower,
        account=account,
    )
    if isinstance(due, NothingDue):
        return _nothing(base, due, history)
    context = account_context(
        account,
        lender=lender,
        provider=provider,
        history=history,
        days_past_due=dpd,
        opted_out=opted_out,
        overrides=overrides,
    )
    row = _with_step(base, due, context, catalogue)
    row = word(
        row,
        catalogue,
        lambda template: account_values(template.slots, account, history, now, template.locale),
        lender,
        today,
        approved_only=approved_only,
    )
    return row if row.text is None else decide(row, packs, now)


def _nothing(base: PlanRow, nothing: NothingDue, history: History) -> PlanRow:
    row = evolve(base, stage=nothing.stage, step=nothing.step)
    if nothing.why.code == "already_done" and row.mark in history.unknown:
        return evolve(row, reasons=(UNKNOWN_OUTCOME, nothing.why))
    return row


def _with_step(base: PlanRow, due: StepDue, context: Context, catalogue: Catalogue) -> PlanRow:
    language = base.account.borrower.language if base.account else ""
    return evolve(
        base,
        stage=due.stage,
        step=due.step,
        purpose=due.purpose,
        channel=due.channel,
        template=due.template,
        locale=catalogue.resolve_locale(due.template, language),
        recipient=due.recipient,
        due_on=due.due_on,
        last_on=due.last_on,
        priority=due.priority,
        competes=due.channel is not Channel.AGENT,
        why=(due.why,),
        context=context,
    )

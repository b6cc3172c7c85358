"""A planned row at the moment of sending: is it still due, still true, still lawful?

With fresh facts the account is planned again: paid, promised, disputed or opted out since stops it, a changed
amount changes its words. Without them the gate alone is asked again, because the window may have closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from loansms.model import Account, History, Reason, RecipientRole
from loansms.planning import PlanDecision, PlanRow, decide, join, plan_loan
from loansms.portfolio.rules import joining_of
from loansms.services.sending.setup import Setup

NO_LONGER_THERE = Reason(
    "no_longer_due",
    "house",
    "The lender's system no longer lists the loan: nothing is asked of it.",
    message_zh="贷款机构系统中已无该借据，不再发送。",
)

ANOTHER_LOAN = Reason(
    "facts_of_another_loan",
    "house",
    "The lender's system answered with another loan, borrower or currency than was asked for; nothing is sent.",
    severity="block",
    message_zh="贷款机构系统返回的借据、借款人或币种与查询不符，不予发送。",
)


def recheck(
    row: PlanRow, setup: Setup, history: History, at: datetime, fresh: Mapping[str, Account] | None
) -> PlanRow:
    """Return `row` as it stands `at` the moment of sending; `fresh` maps loans to their present accounts.

    A row that speaks for other loans keeps those that are still due; where its own is not, they stay in `joined`, to be
    told by a later run.
    """
    if row.account is None or setup.policy is None or fresh is None:
        again = decide(row, setup.packs, at, words_read=True)
        # Still to be sent: it keeps the instant it was planned for, seconds ago, and what was said of its words.
        return evolve(row, limits=again.limits) if again.decision is row.decision else again
    if not row.joined:
        return _again(row, setup, history, at, fresh)
    first, *others = (_again(one, setup, history, at, fresh) for one in (row, *row.joined))
    due = tuple(
        one
        for one, planned in zip(others, row.joined, strict=True)
        if one.decision is PlanDecision.SEND and one.step == planned.step
    )
    if first.decision is not PlanDecision.SEND or first.step != row.step:
        return evolve(first, joined=due)
    return join(first, due, setup.packs, joining_of(setup, setup.policy)) or first


def _again(
    row: PlanRow, setup: Setup, history: History, at: datetime, fresh: Mapping[str, Account]
) -> PlanRow:
    """Return the row of one loan planned again from its present account."""
    if row.account is None or setup.policy is None:
        raise ValueError("row: expected one of a loan, planned by a policy")
    account = fresh.get(row.loan_id)
    if account is None:
        return evolve(row, decision=PlanDecision.NONE, reasons=(NO_LONGER_THERE,), text=None, send_at=None)
    if not same_loan(account, row.account):
        return evolve(row, decision=PlanDecision.DENY, reasons=(ANOTHER_LOAN,), text=None, send_at=None)
    planned = plan_loan(
        with_refusal(account, row.account),
        policy=setup.policy,
        catalogue=setup.catalogue,
        packs=setup.packs,
        lender=setup.lender(account.lender_id),
        now=at,
        history=history,
        provider=setup.provider,
        opted_out=bool(row.context and row.context.opted_out),
        overrides=setup.overrides,
        approved_only=setup.approved_only,
    )
    told = (row.step, row.recipient, row.hop)
    same = next((one for one in planned if (one.step, one.recipient, one.hop) == told), None)
    if same is not None or row.recipient is RecipientRole.BORROWER:
        return same or planned[0]
    return evolve(row, decision=PlanDecision.NONE, reasons=(NO_LONGER_THERE,), text=None, send_at=None)


def same_loan(fresh: Account, planned: Account) -> bool:
    """Return whether both tell of one loan: a mix-up would dun one person for another's debt."""
    return (
        fresh.loan_id == planned.loan_id
        and fresh.borrower.borrower_id == planned.borrower.borrower_id
        and fresh.amount_due.currency == planned.amount_due.currency
    )


def with_refusal(fresh: Account, planned: Account) -> Account:
    """Keep the refusal of SMS that the plan gathered from the borrower's other rows."""
    if planned.borrower.consent_sms is not False:
        return fresh
    return evolve(fresh, borrower=evolve(fresh.borrower, consent_sms=False))

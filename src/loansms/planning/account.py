"""The plan for one account: which step is due, its words, and whether it may be said now.

Pure: the same account, history, rules and `now` give the same row. A book is this, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve

from loansms.calendars import Overrides
from loansms.compliance import Context, RulePack
from loansms.model import Account, Channel, History, Lender, Preferences, RecipientRole, StepMark
from loansms.planning.companions import companions, on_channel, worded
from loansms.planning.decide import decide
from loansms.planning.duty import decide_duty, taken_back
from loansms.planning.gate import account_context
from loansms.planning.keys import tenant_of
from loansms.planning.open_channel import by_open_channel
from loansms.planning.recipient import no_basis, reader_of
from loansms.planning.row import UNKNOWN_OUTCOME, PlanDecision, PlanRow
from loansms.planning.send_hour import at_best_hour
from loansms.planning.wishes import channel_wished, in_language, in_short, wished, wishes_for
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
    """Return the row planned for `account` at `now`: the first of `plan_loan`, the borrower's own."""
    rows = plan_loan(
        account,
        policy=policy,
        catalogue=catalogue,
        packs=packs,
        lender=lender,
        now=now,
        history=history,
        provider=provider,
        opted_out=opted_out,
        overrides=overrides,
        approved_only=approved_only,
    )
    return rows[0]


def plan_loan(
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
) -> tuple[PlanRow, ...]:
    """Return the rows planned for `account` at `now`: one, and more where several steps are due.

    The first is the borrower's own: the answer of the ladder or, where nothing is due on it, the step beside it
    that speaks first. `history` is the debtor's, over all loans; `opted_out` says that any row of theirs refuses contact;
    `overrides` correct the calendar; `approved_only` denies what no approved template says. A step that history shows as done is decided ``none`` with reason ``already_done`` (or ``unknown_outcome``).

    >>> from loansms.model.examples import account
    >>> cn = {"policy": Policy.preset("cn-consumer"), "packs": [RulePack.load("CN")], "lender": Lender.example("CN")}
    >>> now = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    >>> [row] = plan_loan(account(), catalogue=Catalogue.builtin(), now=now, **cn)
    >>> row.decision.value, row.template, row.text
    ('send', 'reminder.due_today', Secret(***))
    """
    known = history or History()
    ladder, *beside = policy.steps_due(account, known, known.holds, now)
    if isinstance(ladder, NothingDue) and any(_to_borrower(one) for one in beside):
        first = max((one for one in beside if _to_borrower(one)), key=_priority)
        answers = [first, *(one for one in beside if one is not first)]
    else:
        answers = [ladder, *beside]
    today = account.borrower.local_date(now)
    rows: list[PlanRow] = []
    for due in answers:
        base = PlanRow(
            loan_id=account.loan_id,
            borrower_id=account.borrower.borrower_id,
            decision=PlanDecision.NONE,
            reasons=(due.why,),
            tenant=tenant_of(lender),
            due_on=account.due_on,
            days_past_due=account.days_past_due(today),
            borrower=account.borrower,
            account=account,
        )
        if isinstance(due, NothingDue):
            rows.append(_nothing(base, due, known))
            continue
        reader = reader_of(account, due.recipient)
        context = account_context(
            account,
            reader=reader,
            lender=lender,
            provider=provider,
            history=known,
            days_past_due=account.days_past_due(today),
            opted_out=opted_out and due.recipient is RecipientRole.BORROWER,
            obligatory=due.obligatory,
            overrides=overrides,
        )
        wishes = wishes_for(due, known, now, _mark(account, due) in known.deferred)
        reader, spoken = in_language(reader, due.template, wishes, catalogue, approved_only=approved_only)
        row = _with_step(evolve(base, borrower=reader), due, context, catalogue)
        row = evolve(row, why=(*row.why, *spoken), wishes=wishes or None)
        if not due.obligatory and not due.together:
            row = by_open_channel(row, due.channels, catalogue, now)
        refused = no_basis(account, due.recipient)
        if refused is not None:
            rows.append(evolve(row, decision=PlanDecision.DENY, reasons=(refused, *row.why)))
            continue
        said = partial(
            _said, catalogue=catalogue, lender=lender, history=known, now=now, packs=packs, due=due,
            approved_only=approved_only,
        )  # fmt: skip
        row = _by_wish(row, due, wishes, catalogue, now, said)
        if row.text is not None:
            row = at_best_hour(row, due, known, packs, now)
        rows.append(row)
        if due.together and not due.obligatory:
            rows += companions(
                row,
                due.channels,
                catalogue=catalogue,
                lender=lender,
                packs=packs,
                history=known,
                now=now,
                approved_only=approved_only,
            )
    return tuple(rows)


def _said(
    row: PlanRow,
    *,
    due: StepDue,
    catalogue: Catalogue,
    lender: Lender,
    history: History,
    packs: Sequence[RulePack],
    now: datetime,
    approved_only: bool,
) -> PlanRow:
    """Return `row` worded, in short where that is wished, and decided."""
    if row.wishes:
        row = in_short(row, row.wishes, catalogue, approved_only=approved_only)
    row = worded(row, catalogue, lender, history, now, approved_only=approved_only)
    if row.text is None:
        return row
    return decide_duty(row, due.channels, packs, now) if due.obligatory else decide(row, packs, now)


def _by_wish(
    row: PlanRow,
    due: StepDue,
    wishes: Preferences,
    catalogue: Catalogue,
    now: datetime,
    said: Callable[[PlanRow], PlanRow],
) -> PlanRow:
    """Return `row` as it is said on the wished channel where that may be, else on its own."""
    asked = channel_wished(row, due, wishes) if wishes else None
    if asked is None:
        return said(row)
    if not taken_back(row, asked, now):
        moved = on_channel(row, asked, due.channels.index(asked), catalogue)
        there = said(evolve(moved, why=(*row.why, wished("wished_channel"))))
        if there.text is not None and there.decision in (PlanDecision.SEND, PlanDecision.DEFER):
            return there
    return said(evolve(row, why=(*row.why, wished("wished_channel_closed"))))


def _mark(account: Account, due: StepDue) -> StepMark:
    return StepMark(account.loan_id, due.step, due.due_on)


def _to_borrower(one: StepDue | NothingDue) -> bool:
    return isinstance(one, StepDue) and one.recipient is RecipientRole.BORROWER


def _priority(one: StepDue | NothingDue) -> int:
    return one.priority if isinstance(one, StepDue) else 0


def _nothing(base: PlanRow, nothing: NothingDue, history: History) -> PlanRow:
    row = evolve(base, stage=nothing.stage, step=nothing.step)
    if nothing.why.code == "already_done" and row.mark in history.unknown:
        return evolve(row, reasons=(UNKNOWN_OUTCOME, nothing.why))
    return row


def _with_step(base: PlanRow, due: StepDue, context: Context, catalogue: Catalogue) -> PlanRow:
    language = base.borrower.language if base.borrower else ""
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
        competes=due.channel is not Channel.AGENT and not due.obligatory,
        obligatory=due.obligatory,
        why=(due.why,),
        context=context,
    )

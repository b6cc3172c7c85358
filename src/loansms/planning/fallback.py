"""A step that goes on by its next channel after it failed on one.

Whether it is still due is asked first: paid, promised, disputed or overtaken by a later step, nothing goes on. Then the
gate is asked anew and whole, with the rules, caps and hours of the channel really used; a wait is a wait there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.model import Account, Channel, History, Lender, Reason
from loansms.planning.account import plan_loan
from loansms.planning.companions import on_channel, worded
from loansms.planning.decide import decide
from loansms.planning.recipient import NO_BASIS
from loansms.planning.row import UNKNOWN_OUTCOME, PlanDecision, PlanRow
from loansms.policy import Outcome, Policy, Step
from loansms.policy.fallback import next_hop
from loansms.templates import Catalogue

NO_NEXT_CHANNEL: Final = Reason(
    "no_next_channel",
    "house",
    "The policy names no channel on which this step goes on.",
    message_zh="策略未规定该步骤的后续渠道。",
)
"""Why a step ends here: the policy gives it no further channel."""


def plan_hop(
    row: PlanRow,
    outcome: Outcome,
    waited: timedelta,
    *,
    account: Account,
    policy: Policy,
    catalogue: Catalogue,
    packs: Sequence[RulePack],
    lender: Lender,
    now: datetime,
    history: History,
    provider: str = "sandbox",
    opted_out: bool = False,
    overrides: Overrides | None = None,
    approved_only: bool = False,
) -> PlanRow:
    """Return the row planned for the step of `row` on its next channel, after `row` met with `outcome` `waited` ago.

    `account` is the loan as it is now, `history` the debtor's with that message in it. ``hop`` of the row returned is
    the place of its channel in the step, and belongs to its key. Decided ``none`` where nothing goes on: by the policy's
    table, because the step is no longer what is due, or because nobody knows how the message ended.
    """
    if row.mark in history.unknown:
        return _none(row, UNKNOWN_OUTCOME)
    step = step_named(policy, row.step)
    channel = next_hop(step, row.channel, outcome, waited) if step and row.channel else None
    if step is None or row.channel is None or channel is None:
        return _none(row, NO_NEXT_CHANNEL)
    again = plan_loan(
        account,
        policy=policy,
        catalogue=catalogue,
        packs=packs,
        lender=lender,
        now=now,
        # A reminder that goes on was due on its day: like one that had to wait, it may go within its carry days.
        history=evolve(history, done=history.done - {row.mark}, deferred=history.deferred | {row.mark}),
        provider=provider,
        opted_out=opted_out,
        overrides=overrides,
        approved_only=approved_only,
    )
    same = (row.step, row.recipient, row.due_on)
    still = next((one for one in again if (one.step, one.recipient, one.due_on) == same), None)
    if still is None or still.context is None or still.decision is PlanDecision.NONE:
        told = still or again[0]
        return evolve(_none(row, *told.reasons), hop=row.hop)
    if any(one.code == NO_BASIS.code for one in still.reasons):
        return still
    why = (_moved_on(row.channel, channel, outcome), *still.why)
    moved = on_channel(evolve(still, why=why), channel, step.channels.index(channel), catalogue)
    moved = evolve(moved, competes=still.competes and channel is not Channel.AGENT)
    moved = worded(moved, catalogue, lender, history, now, approved_only=approved_only)
    return moved if moved.text is None else decide(moved, packs, now)


def step_named(policy: Policy, name: str) -> Step | None:
    """Return the step of that id, a repetition of it (``id.2``) as the step it repeats."""
    by_id = {step.id: step for step in policy.steps}
    if name in by_id:
        return by_id[name]
    first, _, number = name.rpartition(".")
    step = by_id.get(first)
    return step if step is not None and step.repeat and number.isdigit() else None


def _none(row: PlanRow, *reasons: Reason) -> PlanRow:
    return evolve(
        row,
        decision=PlanDecision.NONE,
        reasons=(*reasons, *row.why),
        text=None,
        segments=None,
        send_at=None,
        limits=(),
        joined=(),
    )


def _moved_on(channel: Channel, following: Channel, outcome: Outcome) -> Reason:
    told, told_zh = _TOLD[outcome]
    return Reason(
        "moved_on",
        "house",
        f"By {channel} it was {told}: it goes on by {following}.",
        message_zh=f"{channel} {told_zh}，改用 {following}。",
    )


_TOLD: Final = {
    Outcome.UNDELIVERED: ("not delivered", "未送达"),
    Outcome.UNREAD: ("not read", "未读"),
    Outcome.NO_REPLY: ("not answered", "未回复"),
}

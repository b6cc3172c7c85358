"""What the gate says of a worded row: asked when it is planned, and again at the moment of sending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.compliance import RulePack, cap_limits, evaluate
from loansms.model import Allow, Defer, Deny, Draft, Reason
from loansms.planning.row import PlanDecision, PlanRow
from loansms.planning.wishes import chances, frees, full, halved, wished, within

_DAYS = 2  # how far ahead a wished hour is looked for: a wish is no reason to wait for long


def decide(row: PlanRow, packs: Sequence[RulePack], now: datetime, *, words_read: bool = False) -> PlanRow:
    """Return `row` as the gate decides it at `now`: planned, and asked again when it is sent.

    `words_read` says that these very words have passed with these very facts: only hours, caps, consent and
    refusals are asked then, which is most of the rules and a fraction of the time.
    """
    told = _gate(row, packs, now, words_read=words_read)
    return _heeding(told, packs, words_read=words_read) if row.wishes else told


def _gate(row: PlanRow, packs: Sequence[RulePack], now: datetime, *, words_read: bool) -> PlanRow:
    if row.context is None or row.purpose is None or row.channel is None:
        raise ValueError("row: expected a step with its purpose, channel and context")
    draft = Draft(
        purpose=row.purpose,
        channel=row.channel,
        recipient=row.recipient,
        text=None if words_read else row.text,
        locale=row.locale,
        signature=row.signature,
        template=row.template,
        template_version=row.template_version,
        reviewed=row.proved,
    )
    why = row.why
    match evaluate(draft, row.context, packs, now):
        case Allow(reasons=reasons):
            limits = cap_limits(row.purpose, row.channel, row.context, packs, now)
            return evolve(
                row,
                decision=PlanDecision.SEND,
                reasons=(*why, *reasons),
                send_at=now.astimezone(ZoneInfo(row.context.zones[0])),
                limits=limits,
            )
        case Defer(until=until, reasons=reasons):
            return evolve(
                row,
                decision=PlanDecision.DEFER,
                reasons=(*reasons, *lapses(row, until), *why),
                send_at=until.astimezone(ZoneInfo(row.context.zones[0])),
            )
        case Deny(retry_at=retry_at, reasons=reasons):
            return evolve(
                row,
                decision=PlanDecision.DENY,
                reasons=(*reasons, *why),
                retry_at=retry_at,
                send_at=None,
                text=None,
                segments=None,
            )


def _heeding(told: PlanRow, packs: Sequence[RulePack], *, words_read: bool) -> PlanRow:
    """Return a decided row as its reader's wishes leave it: later within what is lawful, or not at all for now."""
    wishes, context, at = told.wishes, told.context, told.send_at
    if wishes is None or context is None or at is None:
        return told
    if wishes.less_often and told.decision is PlanDecision.SEND:
        limits = halved(told.limits)
        reached = full(limits, context.past_contacts, context.loan_id)
        if reached is not None:
            return evolve(
                told,
                decision=PlanDecision.DENY,
                reasons=(reached.reason, *told.why),
                retry_at=frees(reached, context.past_contacts, context.loan_id),
                send_at=None,
                text=None,
                segments=None,
            )
        told = evolve(told, limits=limits)
    zone = ZoneInfo(context.zones[0])
    if wishes.hours is None or within(wishes.hours, at.astimezone(zone)):
        return told
    for chance in chances(wishes.hours, at.astimezone(zone), zone, _DAYS):
        then = _gate(told, packs, chance, words_read=words_read)
        free = then.send_at
        if free is None or not within(wishes.hours, free.astimezone(zone)) or lapses(told, free):
            continue
        first = told.reasons if told.decision is PlanDecision.DEFER else told.why
        why = (wished("wished_hours"), *first)
        return evolve(told, decision=PlanDecision.DEFER, reasons=why, send_at=free, limits=())
    return evolve(told, reasons=(*told.reasons, wished("wished_hours_closed")))


def lapses(row: PlanRow, until: datetime) -> tuple[Reason, ...]:
    """Return the reason to show when `row` waits beyond its last day: the policy will not speak this step then."""
    zone = ZoneInfo(row.context.zones[0] if row.context else "UTC")
    if row.last_on is None or until.astimezone(zone).date() <= row.last_on:
        return ()
    told = Reason(
        "lapses",
        "house",
        f"{row.last_on} is the last day of this step: if it must wait longer, it is not sent; "
        "what is due by then speaks instead.",
        severity="warn",
        message_zh=f"该步骤最晚可于 {row.last_on} 发送，逾此不再发送，由届时到期的步骤代替。",
    )
    return (told,)

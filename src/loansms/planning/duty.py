"""A duty by every lawful channel: what the gate denies on one is asked anew, whole, on the next.

A denial that ends in time is waited for; where no channel is lawful before the deadline, a person has to act.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.compliance import RulePack
from loansms.model import Channel, ConsentRecord, Reason, consent_revoked
from loansms.planning.decide import decide
from loansms.planning.row import PlanDecision, PlanRow

NEEDS_PERSON: Final = Reason(
    "duty_needs_person",
    "house",
    "No channel of this step may carry it by its deadline: a person has to deliver it.",
    severity="block",
    message_zh="该步骤的各渠道均无法在期限前合规送达，须由人工送达。",
)


def decide_duty(
    row: PlanRow, channels: Sequence[Channel], packs: Sequence[RulePack], now: datetime
) -> PlanRow:
    """Return the worded `row` as the gate decides it on the first of `channels` that is lawful by its deadline.

    `channel` of the row returned is the one it goes by. Where there is none, the channel whose cap frees first, if it
    frees in time; else the answer to the first channel, with the reason ``duty_needs_person``.
    """
    tried: list[PlanRow] = []
    for place, channel in enumerate(channels):
        if place and taken_back(row, channel, now):
            continue
        told = decide(evolve(row, channel=channel), packs, now)
        if _goes_in_time(told):
            return told
        tried.append(told)
    frees = [
        (one.retry_at, place) for place, one in enumerate(tried) if one.retry_at and _by(one, one.retry_at)
    ]
    if frees:
        return tried[min(frees)[1]]
    return evolve(tried[0], reasons=(*tried[0].reasons, NEEDS_PERSON))


def taken_back(row: PlanRow, channel: Channel, now: datetime) -> bool:
    """Whether the reader took back messages of this kind there: the ledger refuses them, whatever a pack allows."""
    if row.context is None or row.purpose is None:
        return False
    records: tuple[ConsentRecord, ...] = (*row.context.consents, *row.context.revocations)
    return consent_revoked(records, row.purpose, channel, now)


def _goes_in_time(row: PlanRow) -> bool:
    if row.decision is PlanDecision.DEFER and row.send_at is not None:
        return _by(row, row.send_at)
    return row.decision is PlanDecision.SEND


def _by(row: PlanRow, at: datetime) -> bool:
    """Whether `at` is no later than the row's last day, where its reader is."""
    zone = ZoneInfo(row.context.zones[0] if row.context else "UTC")
    return row.last_on is None or at.astimezone(zone).date() <= row.last_on

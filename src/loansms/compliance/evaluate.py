"""The gate: every matching rule of every pack is asked, the strictest answer wins, every hit is told.

Deny beats Defer, Defer beats Allow. What is missing denies: an input, a pack for the debt's jurisdiction, a
suppression nobody knows the rule of. A Defer names the first instant that lies in all windows at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.calendars import calendar_for, closed, is_open, next_open, state_code
from loansms.clock import require_aware
from loansms.compliance.asked import Asked, Awake, Order
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.hit import Case, Effect, Hit
from loansms.compliance.checks.providers import concerns
from loansms.compliance.consents import with_records
from loansms.compliance.context import SUPPRESSIONS, Context
from loansms.compliance.pack import BoundRule, RulePack
from loansms.compliance.rule import ANY, Authority
from loansms.model import (
    Allow,
    CapLimit,
    Channel,
    Decision,
    Defer,
    Deny,
    Draft,
    Party,
    Purpose,
    Reason,
    RecipientRole,
    Sendable,
)

# Codes and security alerts answer the person's own act or protect them: a suppression does not stop them.
ALWAYS: Final = frozenset({Purpose.OTP, Purpose.SECURITY_ALERT})
_WITHIN: Final = timedelta(days=31)
_TWO_DAYS: Final = timedelta(days=2)
_INPUT: Final = "house (GEN-INPUT-01)"


def evaluate(message: Sendable, context: Context, packs: Sequence[RulePack], now: datetime) -> Decision:
    """Return what may be done with `message` at `now` (aware); every hit is a reason, the strictest first.

    `packs` must hold one for the jurisdiction of the debt. Warnings stand as reasons on an Allow.
    """
    require_aware(now)
    missing = context.missing()
    if missing:
        return Deny(reasons=(_missing(missing),))
    asked = _asked(message, context, packs)
    if not asked.served:
        return Deny(reasons=(_NO_PACK,))
    case = _case(message, with_records(context, message, now), now)
    blocks, hours, warned = _sorted(asked, case)
    warns = tuple([hit.reason for hit in warned])
    # Rules of the same hours share their window.
    windows = {id(hit.window): hit.window for hit in hours if hit.window is not None}
    outside = closed(windows.values(), now)
    shut = tuple([hit.reason for hit in hours if hit.window in outside]) if outside else ()
    if blocks:
        return Deny(retry_at=_latest(blocks), reasons=(*(hit.reason for hit in blocks), *shut, *warns))
    until = _first_open(hours, now) if outside else now
    stale = () if _told(warns, "calendar_stale") else _stale(hours, case, until or now)
    if not outside:
        return Allow((*warns, *stale))
    if until is None:
        never = _house(
            "no_common_hour",
            f"No moment of the next {_WITHIN.days} days lies in all these hours: check the time zone on record.",
            f"未来 {_WITHIN.days} 天内没有同时满足以上各时段的时刻，请核对时区记录。",
        )
        return Deny(reasons=(*shut, never, *warns, *stale))
    return Defer(until=until.astimezone(ZoneInfo(context.zones[0])), reasons=(*shut, *warns, *stale))


def cap_limits(
    purpose: Purpose, channel: Channel, context: Context, packs: Sequence[RulePack], now: datetime
) -> tuple[CapLimit, ...]:
    """Return the limits that a message of this kind uses up, for the store to enforce inside its claim."""
    require_aware(now)
    if context.missing():
        return ()
    draft = Draft(purpose=purpose, channel=channel)
    case = _case(draft, with_records(context, draft, now), now)
    return tuple(
        limit
        for one in _asked(draft, context, packs).rules
        if isinstance(one.check, Cap) and not one.rule.warns
        for limit in one.check.limits_now(one.rule, case)
    )


def _case(message: Sendable, context: Context, now: datetime) -> Case:
    calendar = context.calendar or calendar_for(context.country)
    return Case(message=message, context=context, now=now, calendar=calendar)


def _house(code: str, message: str, message_zh: str, rule_id: str = "", citation: str = "house") -> Reason:
    return Reason(code, citation, message, rule_id, "block", None, message_zh)


def _missing(names: Sequence[str]) -> Reason:
    named = ", ".join(names)
    return _house(
        "missing_input", f"A send needs {named}.", f"发送缺少必要信息：{named}。", "GEN-INPUT-01", _INPUT
    )


_NO_PACK: Final = _house(
    "no_pack", "No rule pack covers the jurisdiction of this debt.", "没有适用于该债务辖区的规则包。"
)


def _asked(message: Sendable, context: Context, packs: Sequence[RulePack]) -> Asked:
    return _binding(
        tuple(packs),
        message.purpose,
        message.channel,
        message.recipient,
        context.jurisdiction,
        _region(context),
        context.party,
        context.provider,
    )


@lru_cache(maxsize=4096)
def _binding(
    packs: tuple[RulePack, ...],
    purpose: Purpose,
    channel: Channel,
    recipient: RecipientRole,
    jurisdiction: str,
    region: str | None,
    party: Party | None,
    provider: str,
) -> Asked:
    """Return the rules that look at a message of this kind: a few kinds make up a whole book."""
    found: list[BoundRule] = []
    for pack in packs:
        if not pack.reaches(jurisdiction):
            continue
        for one in pack.for_kind(purpose, channel):
            applies = one.rule.applies
            if (
                one.rule.binds(pack.home(jurisdiction), region)
                and (applies.party == "any" or (party is not None and applies.party == party.value))
                and (ANY in applies.recipient_roles or recipient.value in applies.recipient_roles)
                and concerns(one.providers, provider)
                # Packs that take in the same shipped rules say each of them once.
                and all(one.rule != other.rule for other in found)
            ):
                found.append(one)
    return Asked.of(
        found,
        served=any(pack.serves(jurisdiction) for pack in packs),
        message=Draft(purpose=purpose, channel=channel, recipient=recipient),
        context=Context(jurisdiction=jurisdiction, party=party, zones=(), provider=provider),
    )


def _region(context: Context) -> str | None:
    """Return the region as rules name it: a state of the US by its postal code, however it was written."""
    if context.country != "US" or not context.region:
        return context.region
    return state_code(context.region) or context.region


def _sorted(asked: Asked, case: Case) -> tuple[list[Hit], list[Hit], list[Hit]]:
    """Return every hit that blocks, that names hours and that warns, each the strictest authority first."""
    blocks: list[Hit] = []
    hours: list[Hit] = []
    warns: list[Hit] = []
    by_effect = {Effect.BLOCK: blocks, Effect.HOURS: hours, Effect.WARN: warns}
    for _, hit in sorted(_hits(asked, case), key=_order):
        by_effect[hit.effect].append(hit)
    return blocks, hours, warns


def _hits(asked: Asked, case: Case) -> Iterable[tuple[Order, Hit]]:
    """Yield every hit with its place in the order of telling."""
    awake = _awake(asked, case)
    yield from awake.told(case.context)
    for order, one in awake.asking:
        for hit in one.check.hits(one.rule, case):
            if not one.warns:
                yield order, hit
            elif hit.window is None or not is_open([hit.window], case.now):
                yield order, hit.softened()
    unknown = case.context.suppressions - SUPPRESSIONS
    if unknown and case.message.purpose not in ALWAYS:
        reason = _house(
            "unknown_suppression", "A suppression is up that no rule explains.", "存在规则未识别的停发标记。"
        )
        yield (len(Authority), 0), Hit(effect=Effect.BLOCK, reason=reason)


def _awake(asked: Asked, case: Case) -> Awake:
    """Return the rules that have something to look at here."""
    context = case.context
    # Without any of these no flag is up.
    flagged = context.facts or context.suppressions or context.opted_out
    return asked.awake(
        text=case.message.text is not None,
        findings=not case.message.reviewed and case.review is not None and bool(case.review.findings),
        flags=bool(flagged) and asked.flags and bool(case.flags),
        facts=context.facts,
    )


def _order(told: tuple[Order, Hit]) -> Order:
    return told[0]


def _latest(blocks: Sequence[Hit]) -> datetime | None:
    """Return when all blocks are over; None when one of them has no end."""
    times = [hit.retry_at for hit in blocks]
    return None if None in times else max(at for at in times if at is not None)


def _first_open(hours: Sequence[Hit], now: datetime) -> datetime | None:
    return next_open([hit.window for hit in hours if hit.window is not None], now, _WITHIN)


def _told(reasons: Sequence[Reason], code: str) -> bool:
    return any(one.code == code for one in reasons)


def _stale(hours: Sequence[Hit], case: Case, until: datetime) -> tuple[Reason, ...]:
    """Warn when a window on workdays was read in a year whose plan of make-up days is not out."""
    last: date | None = case.calendar.valid_through
    # Nowhere on earth is it more than two days later.
    if last is None or max(until, case.now).date() + _TWO_DAYS <= last:
        return ()
    if not any(hit.window is not None and hit.window.calendar is not None for hit in hours):
        return ()
    if max(until, case.now).astimezone(ZoneInfo(case.context.zones[0])).date() <= last:
        return ()
    told = _house(
        "calendar_stale",
        "The make-up workdays of this year are not published: weekends and statutory days count as off.",
        "该年度调休安排尚未公布，周末及法定节假日按休息日处理。",
        "GEN-CAL-01",
    )
    return (evolve(told, severity="warn"),)

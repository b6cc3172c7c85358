"""What the plan does with how a person wants to be written to: wishes narrow what the rules allow and never widen it.

Heeded in steps of the ladder that ask for money or offer something, to the borrower; never in a duty, a code, an alert or a
case for a person. The wished channel goes first where the step has it and the gate lets it; hours narrow the lawful window
while a lawful moment is left; ``less_often`` halves what the house's own caps allow (where that is one, its time is doubled);
``shorter`` takes the template named after the step's with ``_short``; the language is taken where an approved text has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.model import (
    Borrower,
    CapLimit,
    Channel,
    Contact,
    History,
    Preferences,
    Purpose,
    Reason,
    RecipientRole,
)
from loansms.model.disposition import ASKING
from loansms.planning.approved import unapproved
from loansms.planning.row import PlanRow
from loansms.policy import StepDue
from loansms.templates import Catalogue
from loansms.templates.locales import fallbacks

HEEDED: Final = (ASKING | {Purpose.MARKETING}) - {Purpose.CREDIT_PRENOTICE}
_SHORT: Final = "_short"
_HOUSE: Final = "HOUSE"  # in the id of every rule that is a house's own choice
_NONE: Final = Preferences()


def _why(code: str, message: str, zh: str, severity: str = "") -> Reason:
    return Reason(code, "house", message, severity=severity, message_zh=zh)


_REASONS: Final = MappingProxyType(
    {
        one.code: one
        for one in (
            _why("wished_channel", "The person asked to be reached this way.", "按本人意愿使用该渠道。"),
            _why(
                "wished_channel_closed",
                "The person asked for another channel, where it may not go now.",
                "本人希望的渠道目前不可发送，仍用原渠道。",
                "warn",
            ),
            _why("wished_language", "In the language the person asked for.", "按本人意愿使用该语言。"),
            _why("wished_shorter", "The short form, as the person asked.", "按本人意愿使用简短文案。"),
            _why(
                "wished_hours", "Waits for the hours the person asked for.", "等待本人希望的时段。", "defer"
            ),
            _why(
                "wished_hours_closed",
                "No lawful moment is left in the hours the person asked for: the lawful window stands.",
                "本人希望的时段内已无合规时刻，按合规时段发送。",
                "warn",
            ),
            _why(
                "wished_less_often",
                "The person asked for fewer messages: half of what the house's own caps allow has gone.",
                "本人希望少收信息：已达机构自定上限的一半。",
                "block",
            ),
        )
    }
)


def wished(code: str) -> Reason:
    """Return the reason of that code.

    >>> wished("wished_hours").severity
    'defer'
    """
    return _REASONS[code]


def wishes_for(due: StepDue, history: History, now: datetime, mark_waited: bool) -> Preferences:
    """Return the wishes that a due step heeds; hours no more once it has waited for them to a later day.

    A run that comes but once a day loses nothing so.
    """
    heeded = (
        due.recipient is RecipientRole.BORROWER
        and not due.obligatory
        and due.purpose in HEEDED
        and due.channel is not Channel.AGENT
    )
    told = history.preferences
    if not heeded or not told:
        return _NONE
    waited = mark_waited and now.astimezone(due.due_at.tzinfo).date() > due.due_at.date()
    return evolve(told, hours=None) if waited else told


def in_language(
    reader: Borrower, template: str, wishes: Preferences, catalogue: Catalogue, *, approved_only: bool
) -> tuple[Borrower, tuple[Reason, ...]]:
    """Return the reader as of the wished language, where a text that may speak has it."""
    if not wishes.language or wishes.language == reader.language:
        return reader, ()
    served = (catalogue.templates.get((template, one)) for one in fallbacks(wishes.language))
    found = next((one for one in served if one is not None), None)
    if found is None or unapproved(found, approved_only=approved_only) is not None:
        return reader, ()
    return evolve(reader, language=found.locale), (wished("wished_language"),)


def in_short(row: PlanRow, wishes: Preferences, catalogue: Catalogue, *, approved_only: bool) -> PlanRow:
    """Return `row` with the short form of its template, where there is one of its purpose that may speak."""
    short = catalogue.templates.get((row.template + _SHORT, row.locale)) if wishes.shorter else None
    if short is None or short.purpose is not row.purpose:
        return row
    if unapproved(short, approved_only=approved_only) is not None:
        return row
    return evolve(row, template=short.id, why=(*row.why, wished("wished_shorter")))


def channel_wished(row: PlanRow, due: StepDue, wishes: Preferences) -> Channel | None:
    """Return the channel to try first, None where it is the row's own, not the step's or one for people."""
    asked = wishes.channel
    if due.together or asked is row.channel or asked is Channel.AGENT or asked not in due.channels:
        return None
    return asked


def within(hours: tuple[time, time], at: datetime) -> bool:
    """Whether a local moment lies in the wished hours."""
    return hours[0] <= at.time() < hours[1]


def chances(hours: tuple[time, time], at: datetime, zone: ZoneInfo, days: int) -> Iterable[datetime]:
    """Yield the beginnings of the wished hours from `at` on, of this day and `days` more.

    >>> at = datetime(2026, 9, 24, 19, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> [one.isoformat() for one in chances((time(8), time(9)), at, ZoneInfo("Asia/Shanghai"), 1)]
    ['2026-09-25T08:00:00+08:00']
    """
    for day in range(days + 1):
        local = at.astimezone(zone).date() + timedelta(days=day)
        # Through UTC and back: a time that the clocks skip becomes the one after it.
        begins = datetime.combine(local, hours[0], zone).astimezone(UTC).astimezone(zone)
        if begins >= at:
            yield begins


def halved(limits: Sequence[CapLimit]) -> tuple[CapLimit, ...]:
    """Return the caps of one who asked for less: the house's own allow half, and where that is one, in twice the time."""
    return tuple(_half(one) if _HOUSE in one.reason.rule_id else one for one in limits)


def full(limits: Sequence[CapLimit], contacts: Sequence[Contact], loan_id: str | None) -> CapLimit | None:
    """Return the first of `limits` that is reached."""
    return next(
        (one for one in limits if sum(one.counts(made, loan_id) for made in contacts) >= one.count), None
    )


def frees(limit: CapLimit, contacts: Sequence[Contact], loan_id: str | None) -> datetime | None:
    """Return when a reached limit has room again, as the store reckons it."""
    if limit.rolling_for is None:
        return limit.frees_at
    used = sorted(made.at for made in contacts if limit.counts(made, loan_id))
    return used[len(used) - limit.count] + limit.rolling_for + timedelta(microseconds=1)


def _half(limit: CapLimit) -> CapLimit:
    told = evolve(wished("wished_less_often"), rule_id=limit.reason.rule_id)
    if limit.count > 1:
        return evolve(limit, count=limit.count // 2, reason=told)
    if limit.rolling_for is not None:
        return evolve(
            limit, since=limit.since - limit.rolling_for, rolling_for=2 * limit.rolling_for, reason=told
        )
    if limit.frees_at is None:
        return limit
    length = limit.frees_at - limit.since
    return evolve(limit, since=limit.since - length, frees_at=limit.frees_at + length, reason=told)

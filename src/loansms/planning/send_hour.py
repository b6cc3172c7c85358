"""A step that waits, within what is lawful that day, for the hour suggested for its borrower.

The suggestion is data of the host's: a column of the book, made by `loansms.insights.best_hour.hour_table` from what was
answered. It moves a message later on the same day and nowhere else: never outside the hours of the gate, which is asked
about that very moment, never to another day, and only once, so that a run that comes but once a day loses nothing.

>>> SendHour.read("19:00 own=2/6 segment=80/400 rate=0.148 usual=10:00 before=0.100").reason.message
'Waits for 19:00, suggested for this borrower. Own: 2 of 6 answered at that hour; segment: 80 of 400; estimate 14.8 % rather than 10.0 % at 10:00.'
>>> SendHour.read("19").at, SendHour.read("in the evening")
(datetime.time(19, 0), None)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Final, Self
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from loansms.compliance import RulePack
from loansms.model import History, Reason
from loansms.planning.decide import decide, lapses
from loansms.planning.row import PlanDecision, PlanRow
from loansms.policy import StepDue

_CELL: Final = re.compile(
    r"(?P<hour>[01]?[0-9]|2[0-3])(?::(?P<minute>[0-5][0-9])|\.0)?"
    r"(?: own=(?P<own>[0-9]{1,9}/[0-9]{1,9}) segment=(?P<segment>[0-9]{1,9}/[0-9]{1,9})"
    r" rate=(?P<rate>[01]\.[0-9]{1,9}) usual=(?P<usual>[0-9]{2}:[0-9]{2}) before=(?P<before>[01]\.[0-9]{1,9}))?",
    re.ASCII,
)


@frozen
class SendHour:
    """A local time from which a message is wanted, to the end of that hour, and the sentence that says why."""

    at: time
    reason: Reason

    @classmethod
    def read(cls, cell: str) -> Self | None:
        """Return what a cell says: an hour ("19", "19:00"), with or without its figures; None for anything else."""
        found = _CELL.fullmatch(cell.strip())
        if found is None:
            return None
        at = time(int(found["hour"]), int(found["minute"] or 0))
        told, told_zh = f"Waits for {at:%H:%M}, suggested for this borrower.", f"等待建议时段 {at:%H:%M}。"
        if found["own"]:
            own, own_of = found["own"].split("/")
            theirs, theirs_of = found["segment"].split("/")
            rate, before = (f"{float(found[name]) * 100:.1f} %" for name in ("rate", "before"))
            told += (
                f" Own: {own} of {own_of} answered at that hour; segment: {theirs} of {theirs_of};"
                f" estimate {rate} rather than {before} at {found['usual']}."
            )
            told_zh += (
                f"本人该时段 {own_of} 条中回应 {own} 条；客群 {theirs_of} 条中回应 {theirs} 条；"
                f"估计 {rate}，{found['usual']} 为 {before}。"
            )
        return cls(at, Reason("best_hour", "house", told, severity="defer", message_zh=told_zh))

    def on_day_of(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return its instant on the local date of `moment`."""
        # Through UTC and back: a time that the clocks skip becomes the one after it.
        wanted = datetime.combine(moment.astimezone(zone).date(), self.at, zone)
        return wanted.astimezone(UTC).astimezone(zone)


def at_best_hour(
    row: PlanRow, due: StepDue, history: History, packs: Sequence[RulePack], now: datetime
) -> PlanRow:
    """Return `row`, decided at `now`, as it waits for its borrower's hour, or as it is.

    It goes as it would where its policy asks for no hour, none is suggested, that hour has begun or is over, the gate
    would not let it go then, or it waited on an earlier day already.
    """
    if due.send_at is None or row.account is None or row.context is None or row.send_at is None:
        return row
    hour = SendHour.read(row.account.extra.get(due.send_at, ""))
    if hour is None or row.decision not in (PlanDecision.SEND, PlanDecision.DEFER):
        return row
    zone = ZoneInfo(row.context.zones[0])
    first = max(row.send_at, now).astimezone(zone)
    waited = row.mark in history.deferred and first.date() > due.due_at.astimezone(zone).date()
    wanted = hour.on_day_of(first, zone)
    if waited or wanted <= first:
        return row
    if decide(row, packs, wanted, words_read=True).decision is not PlanDecision.SEND:
        return row
    rest = row.reasons if row.decision is PlanDecision.DEFER else (*lapses(row, wanted), *row.why)
    return evolve(row, decision=PlanDecision.DEFER, reasons=(hour.reason, *rest), send_at=wanted, limits=())

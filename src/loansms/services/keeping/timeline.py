"""A borrower's messages as a desk sees them: from the journal, each with what became of it, every value masked.

>>> from datetime import UTC, datetime
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> sent = Record(kind=RecordKind.CLAIMED, at=at, debtor="bank|B-1", step_key="s", data={"words": "您好", "channel": "sms"})
>>> took = Record(kind=RecordKind.FINISHED, at=at, debtor="bank|B-1", step_key="s", data={"state": "accepted"})
>>> [line] = Timeline([Entry(number=1, record=sent), Entry(number=2, record=took)]).lines
>>> line.words, line.state, line.what
('您好', 'accepted', <RecordKind.CLAIMED: 'claimed'>)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import define

from loansms.model import Entry, Json, Record, RecordKind

# What says how a message went on; everything else is a line of its own.
_FOLLOWS: Final = {
    RecordKind.FINISHED,
    RecordKind.EXPIRED,
    RecordKind.RECEIPT,
    RecordKind.RESOLVED,
}


@define(kw_only=True)
class TimelineLine:
    """One thing that happened, in order of time; of a message, with what became of it.

    ``what`` is the kind of record; ``state`` and ``delivery`` are the last words of provider and receipt, ``words`` the
    text with its values masked, ``told`` the rest of the record, which holds no plain value.
    """

    at: datetime
    what: RecordKind
    loan_id: str = ""
    step_key: str = ""
    channel: str = ""
    purpose: str = ""
    template: str = ""
    words: str = ""
    state: str = ""
    delivery: str = ""
    changed_at: datetime | None = None
    told: dict[str, Json]


class Timeline:
    """The lines of one person's entries, given in the order of their numbers; an ending stands on its message's line."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._lines: list[TimelineLine] = []
        self._messages: dict[str, TimelineLine] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        record = entry.record
        message = self._messages.get(record.step_key)
        if record.kind in _FOLLOWS and message is not None:
            _went_on(message, record)
            return
        line = _line(record)
        self._lines.append(line)
        if record.kind is RecordKind.CLAIMED:
            self._messages[record.step_key] = line

    @property
    def lines(self) -> list[TimelineLine]:
        """The lines, oldest first."""
        return sorted(self._lines, key=lambda one: one.at)


def _line(record: Record) -> TimelineLine:
    told = dict(record.data)
    return TimelineLine(
        at=record.at,
        what=record.kind,
        loan_id=record.loan_id,
        step_key=record.step_key,
        channel=str(told.pop("channel", "")),
        purpose=str(told.pop("purpose", "") or ""),
        template=str(told.pop("template", "")),
        words=str(told.pop("words", "")),
        state=str(told.pop("state", "")),
        told=told,
    )


def _went_on(line: TimelineLine, record: Record) -> None:
    line.state = str(record.data.get("state", line.state))
    if record.kind is RecordKind.RECEIPT:
        line.delivery = str(record.data.get("status", ""))
    if record.kind is RecordKind.RESOLVED:
        line.state = "accepted" if record.data.get("sent") else "not_sent"
    line.changed_at = record.at

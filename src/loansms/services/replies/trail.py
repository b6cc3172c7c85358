"""What a debtor's journal says that a reply needs: the messages it may answer, and what was done with it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import define, evolve, field, frozen

from loansms.model import Channel, Entry, Json, Purpose, Record, RecordKind
from loansms.services.replies.rules import WRONG_PERSON

_TEXTS = frozenset({Channel.SMS.value, Channel.MMS.value})
_NOT_SENT = frozenset({"rejected", "rejected_retryable"})
REPLY_STEP = "reply|"


@frozen(kw_only=True)
class Answered:
    """A text that went to a debtor: what it was, of which loans it spoke, to whom."""

    step_key: str
    at: datetime
    loan_ids: tuple[str, ...]
    purpose: Purpose
    template: str
    locale: str
    recipient: str
    step: str = ""

    @property
    def to_borrower(self) -> bool:
        """Whether it went to the borrower, not to somebody who stands for the debt."""
        return self.recipient == "borrower"


@define
class Trail:
    """One debtor's journal as a reply needs it; entries are added in the order of their numbers.

    ``stopped_at`` is since when each stop by a code stands.
    """

    _told: dict[str, Answered] = field(factory=dict[str, Answered])
    _joined: dict[str, list[str]] = field(factory=dict[str, list[str]])
    replies: dict[str, Mapping[str, Json]] = field(factory=dict[str, Mapping[str, Json]])
    cases: dict[str, Mapping[str, Json]] = field(factory=dict[str, Mapping[str, Json]])
    stopped_at: dict[str, datetime] = field(factory=dict[str, datetime])

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        record, data = entry.record, entry.record.data
        match record.kind:
            case RecordKind.CLAIMED:
                self._claimed(record)
            case RecordKind.FINISHED if data.get("state") in _NOT_SENT:
                self._told.pop(record.step_key, None)
            case RecordKind.SUPPRESSED:
                self.stopped_at.setdefault(str(data.get("code")), record.at)
            case RecordKind.RELEASED:
                self.stopped_at.pop(str(data.get("code")), None)
            case RecordKind.REPLY:
                self.replies[str(data.get("id", ""))] = data
            case RecordKind.CASE:
                self.cases[str(data.get("id", ""))] = data
            case _:
                pass

    @property
    def wrong_person(self) -> bool:
        """Whether the number was marked as somebody else's."""
        return WRONG_PERSON in self.stopped_at

    def messages(self, until: datetime, back: timedelta, skew: timedelta) -> list[Answered]:
        """Return the texts of the time `back` before `until`, and `skew` after it, the latest first."""
        found = [one for one in self._told.values() if until - back <= one.at <= until + skew]
        whole = [self._with_joined(one) for one in found]
        return sorted(whole, key=lambda one: (one.at, one.step_key), reverse=True)

    def message(self, step_key: str) -> Answered | None:
        """Return the text of that step key, None where it did not go to this debtor."""
        found = self._told.get(step_key)
        return self._with_joined(found) if found else None

    def _with_joined(self, one: Answered) -> Answered:
        loans = dict.fromkeys((*one.loan_ids, *self._joined.get(one.step_key, [])))
        return evolve(one, loan_ids=tuple(loans))

    def _claimed(self, record: Record) -> None:
        data = record.data
        if spoken_by := data.get("joined"):
            self._joined.setdefault(str(spoken_by), []).append(record.loan_id)
            return
        if data.get("channel") not in _TEXTS:
            return
        self._told[record.step_key] = Answered(
            step_key=record.step_key,
            at=record.at,
            loan_ids=(record.loan_id,) if record.loan_id else (),
            purpose=Purpose(str(data["purpose"])),
            template=str(data.get("template", "")),
            locale=str(data.get("locale", "")),
            recipient=str(data.get("recipient", "")),
            step=str(data.get("step", "")),
        )


def trail_of(entries: Iterable[Entry]) -> Trail:
    """Return the trail of one debtor's entries."""
    found = Trail()
    for entry in entries:
        found.add(entry)
    return found

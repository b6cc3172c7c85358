"""From the reports of segments to the state of a message: DELIVERED only when every segment is.

A long message has one id and one report a segment. Reports come on any connection, before the answer that names their id,
twice and in any order; none of that changes what is said in the end. Each state of a message is told once:

- every segment delivered: DELIVERED, which nothing changes any more;
- every segment reported, some delivered: PARTIAL; none delivered: what the first failed one says;
- a segment that the gateway never took beside others that it did: PARTIAL at once, with the code it was refused with;
- no more reports within `keep` (the standard waits 48 hours) or no room: PARTIAL where a segment was delivered.

It is all in memory. After a restart nobody knows which ids belong together: their reports are handed out as they are, under
the segment's own id, and what the other segments had reported before is lost with the process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import define, evolve, field

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Message, PhoneNumber, Rejected

S = DeliveryStatus


_Said: TypeAlias = DeliveryReceipt | Rejected
_NOTHING: Final[Mapping[int, _Said]] = MappingProxyType({})


@define(eq=False)
class Sent:
    """One message on its way; only its references are printed.

    `ids` are those of its segments, "" for one that the gateway has not taken; ``said`` is what is known of a segment: the report
    that counts, or that it was refused. A line keeps many thousands of these, and nothing is said of most: they hold little.
    """

    step_key: str
    phone: PhoneNumber
    since: datetime
    ids: tuple[str, ...] = field(repr=False)
    said: Mapping[int, _Said] = field(default=_NOTHING, repr=False)
    unsure: bool = False
    told: DeliveryStatus | None = None

    @property
    def id(self) -> str:
        """The id the message goes by: that of its first segment the gateway took."""
        return next((one for one in self.ids if one), "")

    def index(self, part: str) -> int:
        """Return which segment goes by this id; the last of them where a gateway gave it twice."""
        return max((place for place, one in enumerate(self.ids) if one == part), default=0)

    def state(self, aged: bool = False) -> DeliveryStatus | None:
        """Return what can be said of the whole message, None for nothing yet."""
        told = [_status(self.said.get(place)) for place in range(len(self.ids))]
        taken = [status for status, part in zip(told, self.ids, strict=True) if part]
        delivered = told.count(S.DELIVERED)
        failed = [status for status in told if status not in {None, S.ACCEPTED, S.DELIVERED}]
        if delivered == len(told):
            return S.DELIVERED
        if not taken:
            return S.REJECTED if failed and self.unsure else None
        if delivered + len(failed) == len(told) or aged:
            if delivered:
                return S.PARTIAL
            return next((status for status in taken if status in failed), None)
        if any(isinstance(one, Rejected) for one in self.said.values()):
            return S.PARTIAL
        return S.ACCEPTED if self.unsure or S.ACCEPTED in told else None


def _status(said: _Said | None) -> DeliveryStatus | None:
    if isinstance(said, Rejected):
        return S.REJECTED
    return said.status if said else None


def _outranks(report: DeliveryReceipt, known: DeliveryReceipt | None) -> bool:
    """Whether a later report of one segment changes what is known: delivered is final, "on the way" says nothing new."""
    if known is None or report.status is S.DELIVERED:
        return known is None or known.status is not S.DELIVERED
    if known.status is S.DELIVERED or report.status is S.ACCEPTED:
        return False
    if report.status is S.UNKNOWN and known.status is not S.ACCEPTED:
        return False
    return known.status in {S.ACCEPTED, S.UNKNOWN} or report.at > known.at


class PartsBook:
    """Which segments belong to which message, and what was said of them; `most` messages for `keep` at most.

    A report whose id nobody knows waits up to `hold` while answers are outstanding: it may have overtaken its answer.
    """

    def __init__(
        self,
        *,
        most: int = 50_000,
        keep: timedelta = timedelta(hours=72),
        hold: timedelta = timedelta(seconds=60),
    ) -> None:
        self._most = most
        self._keep = keep
        self._hold = hold
        self._sent: OrderedDict[Sent, None] = OrderedDict()
        self._ids: dict[str, Sent] = {}
        self._early: OrderedDict[tuple[str, str, str], tuple[DeliveryReceipt, datetime]] = OrderedDict()
        self._early_ids: dict[str, int] = {}
        self._strange: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sent)

    def open(self, message: Message, parts: int, now: datetime) -> tuple[Sent, list[DeliveryReceipt]]:
        """Begin a message of so many segments; return it, and what had to be said of older ones to make room."""
        sent = Sent(message.step_key, message.to, now, ("",) * parts)
        self._sent[sent] = None
        news: list[DeliveryReceipt] = []
        while len(self._sent) > self._most:
            news += self._forget(next(iter(self._sent)), now)
        return sent, news

    def taken(self, sent: Sent, index: int, answer: Accepted, now: datetime) -> list[DeliveryReceipt]:
        """Note the id a segment got, and what had been reported on it before; return what is new of the message."""
        part = answer.provider_message_id
        sent.ids = (*sent.ids[:index], part, *sent.ids[index + 1 :])
        if isinstance(sent.said.get(index), Rejected):
            sent.said = {place: one for place, one in sent.said.items() if place != index}
        if sent in self._sent:
            self._ids[part] = sent
        if self._early:
            for report in self._overtaken(part):
                self._note(sent, index, report)
        return self._news(sent, now)

    def refused(self, sent: Sent, index: int, answer: Rejected, now: datetime) -> list[DeliveryReceipt]:
        """Note that the gateway never took a segment."""
        sent.said = {**sent.said, index: answer}
        return self._news(sent, now)

    def unsure(self, sent: Sent, now: datetime) -> list[DeliveryReceipt]:
        """Note that the sender was told "unknown": whatever becomes known from now on is news."""
        sent.unsure = True
        return self._news(sent, now) if sent.id or sent.said else []

    def dropped(self, sent: Sent) -> None:
        """Forget a message that was refused as a whole."""
        self._remove(sent)

    def reported(self, report: DeliveryReceipt, now: datetime, *, expecting: bool) -> list[DeliveryReceipt]:
        """Take one report in; return what is new. ``expecting``: an answer is outstanding that may name its id."""
        sent = self._ids.get(report.provider_message_id)
        if sent is not None and (report.phone is None or report.phone == sent.phone):
            self._note(sent, sent.index(report.provider_message_id), report)
            return self._news(sent, now)
        if not expecting or sent is not None:
            return self._as_it_is(report)
        key = _key(report)
        if key not in self._early:
            self._early[key] = (report, now)
            self._early_ids[key[0]] = self._early_ids.get(key[0], 0) + 1
        return (
            self._as_it_is(self._drop_early(next(iter(self._early)))) if len(self._early) > self._most else []
        )

    def age(self, now: datetime) -> list[DeliveryReceipt]:
        """Return what must be said because of its age: reports nobody waits for, messages with segments missing."""
        news: list[DeliveryReceipt] = []
        while self._early and next(iter(self._early.values()))[1] < now - self._hold:
            news += self._as_it_is(self._drop_early(next(iter(self._early))))
        while self._sent and (oldest := next(iter(self._sent))).since < now - self._keep:
            news += self._forget(oldest, now)
        return news

    def untold(self, news: Sequence[DeliveryReceipt]) -> None:
        """Take back that `news` was told: the same report, brought again, tells it again."""
        for one in news:
            self._strange.pop(_key(one), None)
            sent = self._ids.get(one.provider_message_id)
            if sent is not None:
                sent.told = None

    def _note(self, sent: Sent, index: int, report: DeliveryReceipt) -> None:
        known = sent.said.get(index)
        if isinstance(known, Rejected) or _outranks(report, known):
            sent.said = {**sent.said, index: report}

    def _news(self, sent: Sent, now: datetime, aged: bool = False) -> list[DeliveryReceipt]:
        if not sent.said and not sent.unsure:
            return []
        state = sent.state(aged)
        settled = sent.told is S.DELIVERED or (state is S.ACCEPTED and sent.told is not None)
        if state is None or settled or state is sent.told:
            return []
        sent.told = state
        return [self._receipt(sent, state, now)]

    def _receipt(self, sent: Sent, state: DeliveryStatus, now: datetime) -> DeliveryReceipt:
        # In the order of the segments, so that nothing depends on which report came first.
        said_of = [one for _, one in sorted(sent.said.items(), key=itemgetter(0))]
        reports = [one for one in said_of if isinstance(one, DeliveryReceipt)]
        wanted = {state} if state is not S.PARTIAL else set(S) - {S.DELIVERED, S.ACCEPTED}
        told = sorted((one for one in reports if one.status in wanted), key=lambda one: one.at)
        if told:
            said = told[-1]
        else:
            code = next((one for one in said_of if isinstance(one, Rejected)), None)
            said = DeliveryReceipt(
                provider_message_id=sent.id,
                step_key=None,
                status=state,
                at=max((one.at for one in reports), default=now),
                raw_code=code.code if code else "",
                kind=code.kind if code else None,
            )
        return evolve(
            said,
            provider_message_id=sent.id,
            step_key=sent.step_key,
            status=state,
            phone=sent.phone,
            segments=len(sent.ids),
        )

    def _as_it_is(self, report: DeliveryReceipt) -> list[DeliveryReceipt]:
        key = _key(report)
        if key in self._strange:
            return []
        self._strange[key] = None
        if len(self._strange) > self._most:
            self._strange.popitem(last=False)
        return [report]

    def _overtaken(self, part: str) -> list[DeliveryReceipt]:
        if part not in self._early_ids:
            return []
        return [self._drop_early(key) for key in [key for key in self._early if key[0] == part]]

    def _drop_early(self, key: tuple[str, str, str]) -> DeliveryReceipt:
        left = self._early_ids[key[0]] - 1
        if left:
            self._early_ids[key[0]] = left
        else:
            del self._early_ids[key[0]]
        return self._early.pop(key)[0]

    def _forget(self, sent: Sent, now: datetime) -> list[DeliveryReceipt]:
        news = self._news(sent, now, aged=True)
        self._remove(sent)
        return news

    def _remove(self, sent: Sent) -> None:
        self._sent.pop(sent, None)
        for part in sent.ids:
            if self._ids.get(part) is sent:
                del self._ids[part]


def _key(report: DeliveryReceipt) -> tuple[str, str, str]:
    return report.provider_message_id, report.status.value, report.raw_code

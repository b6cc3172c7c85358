"""A month's bill held against our own ledger, message by message: what differs, and what it costs.

A message is ours by the provider's id of it, or by the step key the provider echoes. A month is the provider's: from
midnight to midnight of the zone in its terms. What a person has to ask the provider is told by message id.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from loansms.calendars.localtime import instants, zone
from loansms.errors import CallerError
from loansms.insights.bill_file import BilledRow, read_bill
from loansms.insights.bill_report import bill_html, differences_frame, lines_frame
from loansms.insights.bill_terms import BillTerms
from loansms.model import DeliveryStatus, Money
from loansms.portfolio import Reject
from loansms.stores import AttemptRecord, AttemptState

if TYPE_CHECKING:
    import polars

__all__ = ["AROUND", "Bill", "BillLine", "Difference", "DifferenceKind", "reconcile"]

AROUND: Final = timedelta(days=7)
"""How far before the month the ledger is asked for: a message taken late in one month is billed in the next."""


class DifferenceKind(StrEnum):
    """How a message differs.

    MISSING_HERE: billed, and our ledger has no such message. MISSING_THERE: the provider took it, and its file has it not.
    OTHER_MONTH: billed in this month, taken in another. NOT_SENT: billed, though it had refused it. UNKNOWN_HERE: billed, and
    nobody here knew whether it went: now known. OTHER_SEGMENTS, OTHER_PRICE: billed otherwise than agreed. DUPLICATE: billed
    again. NOT_DELIVERED: billed as delivered, by our receipt it was not.
    """

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_MONTH = "other_month"
    NOT_SENT = "not_sent"
    UNKNOWN_HERE = "unknown_here"
    OTHER_SEGMENTS = "other_segments"
    OTHER_PRICE = "other_price"
    DUPLICATE = "duplicate"
    NOT_DELIVERED = "not_delivered"


@frozen(kw_only=True)
class Difference:
    """One message that differs: segments by our ledger and by the file, money as agreed and as billed."""

    kind: DifferenceKind
    message_id: str
    step_key: str = ""
    line: int | None = None
    signature: str = ""
    purpose: str = ""
    ours: int = 0
    theirs: int = 0
    agreed: Money
    billed: Money

    @property
    def over(self) -> Money:
        """What was billed beyond what was agreed; less than nothing where less was billed."""
        return self.billed - self.agreed


@frozen(kw_only=True)
class BillLine:
    """What one provider took and billed for one signature and purpose in the month; ``disputed`` is what was billed too much."""

    provider: str
    signature: str
    purpose: str
    submitted: int
    segments: int
    billed_segments: int
    delivered: int
    unknown: int
    agreed: Money
    billed: Money
    disputed: Money


@frozen(kw_only=True)
class Bill:
    """A month's reconciliation: a line for each signature and purpose ("" where nobody knows), and every difference.

    ``rejects`` are the rows of the file that could not be read: while there are any, the sums are not whole.
    """

    provider: str
    month: str
    zone: str
    lines: tuple[BillLine, ...]
    differences: tuple[Difference, ...]
    rejects: tuple[Reject, ...] = ()
    currency: str = field(default="", repr=False)

    @property
    def agreed(self) -> Money:
        """What the month should cost by our ledger."""
        return sum((one.agreed for one in self.lines), Money(0, self.currency))

    @property
    def billed(self) -> Money:
        """What the file bills."""
        return sum((one.billed for one in self.lines), Money(0, self.currency))

    @property
    def disputed(self) -> Money:
        """What was billed too much, message by message; what was billed too little is not set against it."""
        return sum((one.disputed for one in self.lines), Money(0, self.currency))

    def counts(self) -> dict[str, int]:
        """Return how many differences there are of each kind."""
        found = Counter(one.kind.value for one in self.differences)
        return {one.value: found[one.value] for one in DifferenceKind}

    def frame(self) -> polars.DataFrame:
        """Return the lines as a frame; raise MissingExtra without the extra ``portfolio``."""
        return lines_frame(self)

    def differences_frame(self) -> polars.DataFrame:
        """Return the differences as a frame, one a message and kind; raise MissingExtra as `frame`."""
        return differences_frame(self)

    def html(self, lang: str = "en") -> str:
        """Return a page for the one who pays, in `lang` (en or zh-CN)."""
        return bill_html(self, lang)


def month_of(month: str, zone_name: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month in a zone and that of the next, both in UTC; CallerError for no month.

    >>> [at.isoformat() for at in month_of("2026-09", "Asia/Shanghai")]
    ['2026-08-31T16:00:00+00:00', '2026-09-30T16:00:00+00:00']
    """
    try:
        first = datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise CallerError("month: expected one such as 2026-09", "month：应为 2026-09 这样的月份") from None
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    within = zone(zone_name)
    start, end = (instants(datetime.combine(day, time()), within)[0] for day in (first, after))
    return start, end


def reconcile(
    attempts: Iterable[AttemptRecord],
    file: object,
    terms: BillTerms,
    *,
    month: str,
    parts: Mapping[str, str] | None = None,
    asked: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> Bill:
    """Return how the provider's `file` of `month` ("2026-09") agrees with `attempts`, such as `store.attempts()`.

    `file` is a path, a frame or rows (`bill_file.read_bill`). Give the attempts of `AROUND` before the month too; those of
    other routes are passed over. `parts` maps the id of a segment to that of its message, where the provider bills by segment
    ids (`Accepted.parts`), `asked` a step key to the provider a router gave it to (`journal_events.providers_asked`). Raise UnreadableBook for a file that cannot be read, CallerError for no month; a row that cannot
    be read is a reject.
    """
    start, end = month_of(month, terms.zone)
    rows, rejects = read_bill(file, terms, encoding)
    chosen = asked or {}
    ours = [
        one
        for one in attempts
        if (named := chosen.get(one.step_key, one.route)) in terms.known_as
        or (named == terms.provider and one.route in terms.known_as)
    ]
    found = _Matching(terms, start, end, ours, parts or {})
    for row in rows:
        found.take(row)
    differences = tuple(found.differences())
    return Bill(
        provider=terms.provider,
        month=month,
        zone=terms.zone,
        lines=tuple(found.lines(differences)),
        differences=differences,
        rejects=tuple(rejects),
        currency=terms.currency,
    )


class _Matching:
    """Rows of the file put to the attempts they are of."""

    def __init__(
        self,
        terms: BillTerms,
        start: datetime,
        end: datetime,
        ours: list[AttemptRecord],
        parts: Mapping[str, str],
    ) -> None:
        self._terms, self._start, self._end, self._parts = terms, start, end, parts
        self._ours = {one.step_key: one for one in ours}
        self._by_id = {one.provider_message_id: one for one in ours if one.provider_message_id}
        self._rows: dict[str, list[BilledRow]] = defaultdict(list)
        self._strange: dict[str, list[BilledRow]] = defaultdict(list)
        self._seen: set[tuple[str, str]] = set()
        self._twice: list[tuple[AttemptRecord | None, BilledRow]] = []

    def take(self, row: BilledRow) -> None:
        whole = self._parts.get(row.message_id, row.message_id)
        # The id of a part tells the parts apart as a column of their numbers does.
        part = row.part or (row.message_id if whole != row.message_id else "")
        attempt = self._by_id.get(whole) or self._ours.get(row.step_key)
        if (whole, part) in self._seen:
            self._twice.append((attempt, row))
            return
        self._seen.add((whole, part))
        if attempt is None:
            self._strange[whole].append(row)
        else:
            self._rows[attempt.step_key].append(row)

    def differences(self) -> Iterator[Difference]:
        for key, attempt in sorted(self._ours.items()):
            rows = self._rows.get(key, [])
            if rows:
                yield from self._billed(attempt, rows)
            elif self._due(attempt):
                yield self._told(DifferenceKind.MISSING_THERE, attempt, [], self._agreed(attempt))
        for rows in self._strange.values():
            if all(one.free for one in rows):
                continue
            yield self._told(DifferenceKind.MISSING_HERE, None, rows, self._nothing)
        for whose, row in self._twice:
            yield self._told(DifferenceKind.DUPLICATE, whose, [row], self._nothing)

    def _billed(self, attempt: AttemptRecord, rows: list[BilledRow]) -> Iterator[Difference]:
        """Yield at most one difference that costs, so that no sum is disputed twice."""
        segments = sum(one.segments for one in rows)
        agreed = self._agreed(attempt)
        if all(one.free for one in rows):  # listed and not billed
            return
        if not self._start <= attempt.at < self._end:
            yield self._told(DifferenceKind.OTHER_MONTH, attempt, rows, self._billing(rows, attempt))
        elif not attempt.state.counts:
            yield self._told(DifferenceKind.NOT_SENT, attempt, rows, self._nothing)
        elif self._terms.bills == "delivered" and attempt.delivery in _NOT_ARRIVED:
            yield self._told(DifferenceKind.NOT_DELIVERED, attempt, rows, self._nothing)
        elif attempt.segments and segments != attempt.segments:
            yield self._told(DifferenceKind.OTHER_SEGMENTS, attempt, rows, agreed)
        elif self._billing(rows, attempt).amount != self._price(attempt).amount * segments:
            yield self._told(DifferenceKind.OTHER_PRICE, attempt, rows, agreed)
        if attempt.state.is_open and self._start <= attempt.at < self._end:
            yield self._told(DifferenceKind.UNKNOWN_HERE, attempt, rows, self._billing(rows, attempt))

    def lines(self, differences: Iterable[Difference]) -> Iterator[BillLine]:
        groups: dict[tuple[str, str], list[AttemptRecord]] = defaultdict(list)
        for one in self._ours.values():
            if self._start <= one.at < self._end and one.state.counts:
                groups[self._group(one)].append(one)
        rows: dict[tuple[str, str], list[tuple[AttemptRecord | None, BilledRow]]] = defaultdict(list)
        for key, theirs in self._rows.items():
            rows[self._group(self._ours[key])] += [(self._ours[key], row) for row in theirs]
        for attempt, row in self._twice:
            rows[self._group(attempt)].append((attempt, row))
        for strange in self._strange.values():
            rows["", ""] += [(None, row) for row in strange]
        over: dict[tuple[str, str], Money] = defaultdict(lambda: self._nothing)
        for told in differences:
            if told.over.amount > 0:
                over[told.signature, told.purpose] += told.over
        for group in sorted({*groups, *rows}):
            mine, billed = groups[group], rows[group]
            yield BillLine(
                provider=self._terms.provider,
                signature=group[0],
                purpose=group[1],
                submitted=len(mine),
                segments=sum(one.segments for one in mine),
                billed_segments=sum(row.segments for _, row in billed),
                delivered=sum(one.delivery is DeliveryStatus.DELIVERED for one in mine),
                unknown=sum(one.state.is_open for one in mine),
                agreed=sum((self._agreed(one) for one in mine), self._nothing),
                billed=sum((self._billing([row], whose) for whose, row in billed), self._nothing),
                disputed=over[group],
            )

    def _told(
        self, kind: DifferenceKind, attempt: AttemptRecord | None, rows: list[BilledRow], agreed: Money
    ) -> Difference:
        signature, purpose = self._group(attempt)
        known = attempt.provider_message_id if attempt else None
        return Difference(
            kind=kind,
            message_id=known or (rows[0].message_id if rows else ""),
            step_key=attempt.step_key if attempt else "",
            line=rows[0].line if rows else None,
            signature=signature,
            purpose=purpose,
            ours=attempt.segments if attempt else 0,
            theirs=sum(one.segments for one in rows),
            agreed=agreed,
            billed=self._billing(rows, attempt),
        )

    def _group(self, attempt: AttemptRecord | None) -> tuple[str, str]:
        if attempt is None:
            return "", ""
        return self._terms.signatures.get(attempt.tenant, attempt.tenant), attempt.purpose.value

    def _due(self, attempt: AttemptRecord) -> bool:
        if not self._start <= attempt.at < self._end or attempt.state is not AttemptState.ACCEPTED:
            return False
        return self._terms.bills == "submitted" or attempt.delivery is DeliveryStatus.DELIVERED

    def _agreed(self, attempt: AttemptRecord) -> Money:
        return self._price(attempt) * attempt.segments if self._due(attempt) else self._nothing

    def _billing(self, rows: Iterable[BilledRow], attempt: AttemptRecord | None) -> Money:
        price = self._price(attempt)
        return sum(
            (one.price if one.price is not None else price * one.segments for one in rows), self._nothing
        )

    def _price(self, attempt: AttemptRecord | None) -> Money:
        return self._terms.price(attempt.purpose.value if attempt else "")

    @property
    def _nothing(self) -> Money:
        return Money(0, self._terms.currency)


_NOT_ARRIVED: Final = frozenset({DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED})

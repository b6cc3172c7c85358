"""What the system before sent on a day, beside what loansms would send: borrower by borrower, and why they differ.

>>> from loansms import Lender, OutreachService
>>> from loansms.insights.old_sends import read_old_sends
>>> from loansms.providers import SandboxProvider
>>> from loansms.stores import MemoryStore
>>> from datetime import datetime
>>> from zoneinfo import ZoneInfo
>>> service = OutreachService(
...     policy="cn-consumer", lender=Lender.example(), store=MemoryStore(), provider=SandboxProvider()
... )
>>> row = {"loan_id": "L-1", "borrower_id": "B-1", "phone": "17400000001", "country": "CN", "currency": "CNY",
...     "amount_due": "1256.30", "next_due_on": "2026-09-24", "timezone": "Asia/Shanghai"}
>>> plan = service.plan([row], now=datetime(2026, 9, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
>>> old, _ = read_old_sends([{"borrower_id": "B-1", "sent_at": "2026-09-24 06:10:00", "loan_id": "L-1"},
...     {"borrower_id": "B-9", "sent_at": "2026-09-24 09:00:00", "loan_id": "L-9"}])
>>> compared = compare_sends(plan, old, setup=service.setup)
>>> [(one.borrower_id, one.kind.value, [why.code for why in one.faults]) for one in compared.rows]
[('B-1', 'same', ['outside_hours']), ('B-9', 'not_in_book', [])]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from loansms.calendars import plausible_zones
from loansms.compliance import Context, evaluate
from loansms.errors import CallerError
from loansms.insights.old_sends import OldSend
from loansms.model import Allow, Contact, Draft, History, Lender, Purpose, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.planning.gate import account_context, choose_lender
from loansms.services import RunReport
from loansms.services.sending.setup import Setup


class SendKind(StrEnum):
    """How one message of a borrower's day compares.

    SAME both speak of the loan on one channel; OTHER_CHANNEL, OTHER_WORDS both speak, differently; only the system
    before spoke and here it is HELD_BACK by a rule, cap or hold, or there is NOTHING_DUE, the row is a BAD_ROW, the
    borrower is NOT_IN_BOOK, or it spoke once MORE than is planned; ONLY_HERE it was silent and loansms would speak.
    """

    SAME = "same"
    OTHER_CHANNEL = "other_channel"
    OTHER_WORDS = "other_words"
    HELD_BACK = "held_back"
    NOTHING_DUE = "nothing_due"
    BAD_ROW = "bad_row"
    NOT_IN_BOOK = "not_in_book"
    MORE = "more"
    ONLY_HERE = "only_here"


@frozen(kw_only=True)
class ComparedSend:
    """One message of either side; ``why`` explains a difference, ``faults`` are rules the old message would have met."""

    borrower_id: str
    loan_id: str
    kind: SendKind
    old: OldSend | None = field(default=None, repr=False)
    row: PlanRow | None = field(default=None, repr=False)
    old_at: datetime | None = None
    why: tuple[Reason, ...] = ()
    faults: tuple[Reason, ...] = ()


@frozen(kw_only=True)
class ComparedSends:
    """A day compared: ``rows`` by borrower, ``elsewhere`` how many old messages were of another day."""

    on: date
    rows: Sequence[ComparedSend] = field(repr=False)
    elsewhere: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are of each kind; every kind is a key."""
        found = Counter(one.kind for one in self.rows)
        return {kind.value: found[kind] for kind in SendKind}

    @property
    def differing(self) -> int:
        """How many rows differ, or would have met a rule."""
        return sum(one.kind is not SendKind.SAME or bool(one.faults) for one in self.rows)


def compare_sends(plan: RunReport, old: Iterable[OldSend], *, setup: Setup) -> ComparedSends:
    """Return the day of `plan` beside the messages in `old`; a planned row whose hour comes later that day counts.

    Each old message is asked of the same gate at its own moment, with those before it as contacts: what it would have
    met stands in ``faults``. Old messages of other days count as contacts and are compared with nothing. `setup` is the
    service's. Raise CallerError where a time has no offset, its borrower is not in the book and the lender's country has
    several zones.
    """
    zone = _zone(setup.lenders.values())
    rows: dict[str, list[PlanRow]] = defaultdict(list)
    for one in plan.rows:
        rows[one.row.borrower_id].append(one.row)
    told: dict[str, list[tuple[datetime, OldSend]]] = defaultdict(list)
    for send in old:
        told[send.borrower_id].append((_moment(send, rows.get(send.borrower_id, ()), zone), send))
    found: list[ComparedSend] = []
    elsewhere = 0
    for borrower_id in sorted({*rows, *told}):
        theirs = sorted(told.get(borrower_id, ()), key=lambda one: (one[0], one[1].line))
        days = [_day(at, rows.get(borrower_id, ()), plan.now) for at, _ in theirs]
        elsewhere += days.count(False)
        found += _of_borrower(borrower_id, rows.get(borrower_id, []), theirs, days, plan.now, setup)
    return ComparedSends(on=plan.now.date(), rows=found, elsewhere=elsewhere)


def _of_borrower(
    borrower_id: str,
    rows: list[PlanRow],
    theirs: list[tuple[datetime, OldSend]],
    days: list[bool],
    now: datetime,
    setup: Setup,
) -> list[ComparedSend]:
    speaking = [row for row in rows if _speaks(row, now)]
    found: list[ComparedSend] = []
    said: list[Contact] = []
    for (at, send), today in zip(theirs, days, strict=True):
        about = [row for row in rows if not send.loan_id or send.loan_id in _loans(row)]
        if today:
            # Of several that speak (companions) the one on the old message's channel, so that it is told as the same.
            mine = min(
                (row for row in speaking if row in about),
                key=lambda row: row.channel is not send.channel,
                default=None,
            )
            faults = _faults(send, at, mine or (about[0] if about else None), said, setup)
            if mine is not None:
                speaking.remove(mine)
            kind, why = _kind(send, mine, about, rows)
            found.append(
                ComparedSend(
                    borrower_id=borrower_id,
                    loan_id=send.loan_id or (mine.loan_id if mine else ""),
                    kind=kind,
                    old=send,
                    row=mine or (about[0] if about else None),
                    old_at=at,
                    why=why,
                    faults=faults,
                )
            )
        said.append(Contact(channel=send.channel, at=at, purpose=send.purpose, loan_id=send.loan_id or None))
    return found + [
        ComparedSend(
            borrower_id=borrower_id, loan_id=row.loan_id, kind=SendKind.ONLY_HERE, row=row, why=row.why
        )
        for row in speaking
    ]


def _kind(
    send: OldSend, mine: PlanRow | None, about: Sequence[PlanRow], rows: Sequence[PlanRow]
) -> tuple[SendKind, tuple[Reason, ...]]:
    if mine is not None:
        if mine.channel is not send.channel:
            return SendKind.OTHER_CHANNEL, mine.why
        words = bool(send.template) and send.template != mine.template
        return (SendKind.OTHER_WORDS if words else SendKind.SAME), mine.why
    if not rows or not about:
        return SendKind.NOT_IN_BOOK, ()
    row = about[0]
    if row.decision is PlanDecision.REJECT:
        return SendKind.BAD_ROW, row.reasons
    if row.decision in (PlanDecision.DENY, PlanDecision.DEFER):
        return SendKind.HELD_BACK, row.reasons
    return (SendKind.NOTHING_DUE if row.decision is PlanDecision.NONE else SendKind.MORE), row.reasons


def _speaks(row: PlanRow, now: datetime) -> bool:
    """Whether the plan says something on this day: now, or at a later hour of it."""
    if row.decision is PlanDecision.SEND:
        return True
    waits = row.send_at if row.decision is PlanDecision.DEFER else None
    return waits is not None and waits.date() == now.astimezone(waits.tzinfo).date()


def _loans(row: PlanRow) -> set[str]:
    return {row.loan_id, *(one.loan_id for one in row.joined)}


def _faults(
    send: OldSend, at: datetime, row: PlanRow | None, said: Sequence[Contact], setup: Setup
) -> tuple[Reason, ...]:
    context = None if row is None else _context(row, setup)
    if row is None or context is None:
        return ()
    draft = Draft(
        purpose=send.purpose or row.purpose or _purpose(row),
        channel=send.channel,
        text=send.text,
        locale=row.locale or (row.borrower.language if row.borrower else ""),
    )
    asked = evolve(context, past_contacts=(*context.past_contacts, *said))
    decision = evaluate(draft, asked, setup.packs, at)
    return () if isinstance(decision, Allow) else decision.reasons


def _purpose(row: PlanRow) -> Purpose:
    return Purpose.COLLECTION if (row.days_past_due or 0) > 0 else Purpose.REPAYMENT_REMINDER


def _context(row: PlanRow, setup: Setup) -> Context | None:
    if row.context is not None or row.account is None:
        return row.context
    lender = choose_lender(setup.lenders, row.account.lender_id)
    if isinstance(lender, Reason):
        return None
    return account_context(
        row.account,
        lender=lender,
        provider=setup.provider,
        history=History(),
        days_past_due=row.days_past_due or 0,
        overrides=setup.overrides,
    )


def _day(at: datetime, rows: Sequence[PlanRow], now: datetime) -> bool:
    """Whether `at` is of the plan's day, by the borrower's clock where it is known."""
    zone = _own(rows) or at.tzinfo
    return at.astimezone(zone).date() == now.astimezone(zone).date()


def _own(rows: Iterable[PlanRow]) -> ZoneInfo | None:
    zones = (row.borrower.zones for row in rows if row.borrower is not None)
    return next((ZoneInfo(one[0]) for one in zones if one), None)


def _moment(send: OldSend, rows: Sequence[PlanRow], zone: tzinfo | None) -> datetime:
    if send.at.utcoffset() is not None:
        return send.at
    own = _own(rows) or zone
    if own is None:
        raise CallerError(
            f"sent_at, line {send.line}: expected a time with its offset, because the borrower is not in the book",
            f"sent_at 第 {send.line} 行：借款人不在账簿中，时间须带时区偏移",
        )
    return send.at.replace(tzinfo=own)


def _zone(lenders: Iterable[Lender]) -> ZoneInfo | None:
    """Return the one zone all lenders' countries have, None where there are several."""
    zones = {name for one in lenders for name in plausible_zones(one.jurisdiction.partition("-")[0])}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else None


def told_reasons(reasons: Iterable[Reason], lang: str) -> str:
    """Return the reasons as one line of words in `lang`."""
    return " ".join(dict.fromkeys(one.told(lang) for one in reasons))


def columns_of(one: ComparedSend, lang: str) -> Mapping[str, str]:
    """Return a row as it is written: ids, times, channels and reasons, never a number or a word of a message."""
    row = one.row
    speaks = row is not None and one.kind in _BOTH
    return {
        "borrower_id": one.borrower_id,
        "loan_id": one.loan_id,
        "kind": one.kind.value,
        "old_at": one.old_at.isoformat() if one.old_at else "",
        "old_channel": one.old.channel.value if one.old else "",
        "old_template": one.old.template if one.old else "",
        "at": row.send_at.isoformat() if row and speaks and row.send_at else "",
        "channel": row.channel.value if row and speaks and row.channel else "",
        "template": row.template if row and speaks else "",
        "step": row.step if row else "",
        "reason": one.why[0].code if one.why else "",
        "why": told_reasons(one.why[:1], lang),
        "faults": " ".join(dict.fromkeys(fault.code for fault in one.faults)),
        "faults_why": told_reasons(one.faults, lang),
        "line": str(one.old.line) if one.old else "",
    }


COLUMNS: Sequence[str] = (
    "borrower_id", "loan_id", "kind", "old_at", "old_channel", "old_template", "at", "channel", "template", "step", "reason",
    "why", "faults", "faults_why", "line",
)  # fmt: skip
"""What `columns_of` holds, in this order."""

_BOTH = frozenset({SendKind.SAME, SendKind.OTHER_CHANNEL, SendKind.OTHER_WORDS, SendKind.ONLY_HERE})

"""What the journal itself knows came back after messages, as the frames that `figures` takes.

Replies with their meaning, survey scores, promises with whether they were kept, and payments; ids and times, no word of a
text. Links clicked and bills are the host's to give.

>>> from datetime import timezone
>>> from loansms.stores import MemoryStore
>>> told = journal_events(MemoryStore().entries(), as_of=datetime(2026, 9, 30, tzinfo=timezone.utc), zone=timezone.utc)
>>> sorted(told)
['complaints', 'opt_outs', 'payments', 'promises', 'replies', 'scores']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, tzinfo
from decimal import Decimal
from typing import TypedDict

from attrs import frozen

from loansms.clock import require_aware
from loansms.model import Entry, HoldKind, Record, RecordKind
from loansms.replies import Intent

Rows = list[dict[str, object]]


class JournalEvents(TypedDict):
    """The frames, by the names under which `figures` takes them."""

    replies: Rows
    opt_outs: Rows
    complaints: Rows
    scores: Rows
    promises: Rows
    payments: Rows


@frozen
class _Journal:
    borrowers: dict[str, str]
    replies: list[Record]
    promises: list[Record]
    payments: list[Record]


def journal_events(entries: Iterable[Entry], *, as_of: datetime, zone: tzinfo) -> JournalEvents:
    """Return replies, opt_outs, complaints, scores, promises and payments of `entries` until `as_of`, for `figures`.

    A promise is kept where money came in on its loan (on any, where it names none) from its hour to the end of its last
    day in `zone`, broken where that day is over without, else null. Only borrowers to whom the journal has a message
    are named: nobody else's events belong to one.
    """
    require_aware(as_of, "as_of")
    read = _read(one.record for one in entries if one.record.at <= as_of)
    said = [(one, _row(one, read)) for one in read.replies]
    return {
        "replies": [row for _, row in said],
        "opt_outs": [row for one, row in said if Intent.OPT_OUT.value in _words(one)],
        "complaints": [row for one, row in said if Intent.COMPLAINT.value in _words(one)],
        "scores": [
            {**row, "score": one.data["score"]} for one, row in said if one.data.get("score") is not None
        ],
        "promises": list(_promises(read, as_of, zone)),
        "payments": [
            {
                "payment_id": str(one.data["source_id"]),
                "borrower_id": read.borrowers.get(one.debtor),
                "at": one.at,
                "amount": Decimal(str(one.data["amount"])),
                "currency": str(one.data["currency"]),
                "loan_id": one.loan_id or None,
            }
            for one in read.payments
        ],
    }


def providers_asked(entries: Iterable[Entry]) -> dict[str, str]:
    """Return, by step key, the provider that a router really asked last; a message that no router sent is not named.

    The claim was made before anybody had chosen, so the ledger's route is the router's name.
    """
    asked: dict[str, str] = {}
    for one in (entry.record for entry in entries):
        if one.kind is RecordKind.CLAIMED:
            asked.pop(one.step_key, None)
        elif one.kind is RecordKind.FINISHED and one.data.get("provider"):
            asked[one.step_key] = str(one.data["provider"])
    return asked


def _read(records: Iterable[Record]) -> _Journal:
    read = _Journal({}, [], [], [])
    for one in records:
        if one.kind is RecordKind.CLAIMED and one.data.get("borrower_id"):
            read.borrowers[one.debtor] = str(one.data["borrower_id"])
        elif one.kind is RecordKind.REPLY:
            read.replies.append(one)
        elif one.kind is RecordKind.HELD and one.data.get("hold") == HoldKind.PROMISE.value:
            read.promises.append(one)
        elif one.kind is RecordKind.PAID:
            read.payments.append(one)
    return read


def _row(one: Record, read: _Journal) -> dict[str, object]:
    return {
        "borrower_id": read.borrowers.get(one.debtor),
        "at": one.at,
        "loan_id": one.loan_id or None,
        "step_key": str(one.data.get("about") or "") or None,
    }


def _words(one: Record) -> tuple[str, ...]:
    told = one.data.get("meant", ())
    return tuple(map(str, told)) if isinstance(told, tuple) else ()


def _promises(read: _Journal, as_of: datetime, zone: tzinfo) -> Iterator[dict[str, object]]:
    for one in read.promises:
        until = one.data.get("until")
        end = datetime.combine(datetime.fromisoformat(str(until)).date(), time.max, zone) if until else None
        paid = any(
            payment.debtor == one.debtor
            and one.loan_id in ("", payment.loan_id)
            and one.at <= payment.at
            and (end is None or payment.at <= end)
            for payment in read.payments
        )
        over = end is not None and end < as_of
        yield {
            "borrower_id": read.borrowers.get(one.debtor),
            "at": one.at,
            "loan_id": one.loan_id or None,
            "kept": True if paid else False if over else None,
        }

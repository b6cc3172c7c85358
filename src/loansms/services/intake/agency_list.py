"""What an agency has to know of a day: who paid, is held, disputes, withdrew or opted out. From the journal alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from loansms.model import Entry, HoldKind, Record, RecordKind
from loansms.model.disposition import CallResult
from loansms.stores import OPTED_OUT

_DISPUTES: Final = (HoldKind.DISPUTE.value, f"call_{CallResult.DISPUTE.value}")
# How a person's call ended is a suppression in the ledger, and a hold to everybody who asks for money.
_HELD: Final = tuple(
    f"call_{one.value}" for one in (CallResult.PROMISE, CallResult.HARDSHIP, CallResult.COMPLAINT)
)
_WHAT: Final[Mapping[RecordKind, str]] = {
    RecordKind.PAID: "paid",
    RecordKind.HELD: "held",
    RecordKind.REVOKED: "withdrawn",
    RecordKind.SUPPRESSED: "suppressed",
    RecordKind.RELEASED: "released",
}
_BY_CODE: Final = {
    OPTED_OUT: "opted_out",
    **dict.fromkeys(_DISPUTES, "disputed"),
    **dict.fromkeys(_HELD, "held"),
}


@frozen(kw_only=True)
class AgencyLine:
    """One thing an agency must obey: `what` of paid, held, disputed, withdrawn, opted_out, suppressed and released.

    ``code`` is the ledger's word for it (the kind of a hold, the code of a suppression), ``until`` its end, "" for
    none, ``loan_id`` "" for all loans. ``number`` is its place in the journal.
    """

    number: int
    tenant: str
    borrower_id: str
    loan_id: str
    what: str
    code: str
    at: datetime
    until: str

    @property
    def record(self) -> Mapping[str, str]:
        """The columns of the file, as text; `at` in UTC."""
        return {
            "tenant": self.tenant,
            "borrower_id": self.borrower_id,
            "loan_id": self.loan_id,
            "what": self.what,
            "code": self.code,
            "at": self.at.astimezone(UTC).isoformat(timespec="seconds"),
            "until": self.until,
        }


def agency_lines(
    entries: Iterable[Entry],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
) -> list[AgencyLine]:
    """Return what happened from `since` on and before `until`, or was written after entry `after`, by debtor.

    Of one debtor the lines stand in the order in which they were written: the last word about a thing counts.
    """
    found = [
        _line(one)
        for one in entries
        if one.record.kind in _WHAT
        and (after is None or one.number > after)
        and (since is None or one.record.at >= since)
        and (until is None or one.record.at < until)
    ]
    return sorted(found, key=lambda one: (one.tenant, one.borrower_id, one.number))


def _line(entry: Entry) -> AgencyLine:
    record = entry.record
    tenant, _, borrower_id = record.debtor.partition("|")
    code = _code(record)
    what = _WHAT[record.kind]
    return AgencyLine(
        number=entry.number,
        tenant=tenant,
        borrower_id=borrower_id,
        loan_id=record.loan_id,
        what=what if record.kind is RecordKind.RELEASED else _BY_CODE.get(code, what),
        code=code,
        at=record.at,
        until=str(record.data.get("until") or ""),
    )


def _code(record: Record) -> str:
    return str(record.data.get("hold") or record.data.get("code") or "")

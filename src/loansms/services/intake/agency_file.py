"""An agency's file of a day as facts for the ledger: one row, one thing that happened, or what is wrong with the row.

>>> from datetime import UTC, datetime
>>> cells = {"kind": "payment", "source_id": "p-1", "borrower_id": "B-1", "loan_id": "L-1",
...          "at": "2026-09-24T10:00:00+08:00", "amount": "80.00", "currency": "CNY"}
>>> told = news_of(cells, datetime(2026, 9, 24, 3, tzinfo=UTC))
>>> told.source_id, told.fact.loan_id
('p-1', 'L-1')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from attrs import field, frozen

from loansms.errors import BadRow, CallerError, UnreadableBook
from loansms.model import (
    Channel,
    Consent,
    Contact,
    ContactKind,
    Hold,
    HoldKind,
    Payment,
    Purpose,
    Revocation,
)
from loansms.model.disposition import CallResult, Disposition
from loansms.portfolio import Reject, parse
from loansms.portfolio.parse import Expected
from loansms.portfolio.readers import read_table

WordT = TypeVar("WordT", bound=StrEnum)

# Two machines' clocks may differ by this much; what lies further ahead has not happened yet.
_CLOCKS_DIFFER: Final = timedelta(minutes=10)


class NewsKind(StrEnum):
    """What a row tells of."""

    CONTACT = "contact"
    PAYMENT = "payment"
    HOLD = "hold"
    RELEASE = "release"
    CONSENT = "consent"
    REVOCATION = "revocation"
    DISPOSITION = "disposition"


@frozen
class Release:
    """Holds of one kind that are over, on one loan or (None) on all."""

    kind: HoldKind
    loan_id: str | None = None


Fact = Contact | Payment | Hold | Release | Consent | Revocation | Disposition


@frozen(kw_only=True)
class News:
    """One usable row: what happened to whom and when (`at`, aware), under the id of the agency's own record of it."""

    source_id: str
    borrower_id: str
    at: datetime
    fact: Fact = field(repr=False)


ALWAYS: Final = ("kind", "source_id", "borrower_id", "at")
# Of each kind the columns it needs, and those it may have; a value anywhere else is a shifted or misread row.
COLUMNS: Final[Mapping[NewsKind, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        NewsKind.CONTACT: (("channel", "contact_kind"), ("purpose", "loan_id")),
        NewsKind.PAYMENT: (("loan_id", "amount", "currency"), ()),
        NewsKind.HOLD: (("hold",), ("until", "loan_id")),
        NewsKind.RELEASE: (("hold",), ("loan_id",)),
        NewsKind.CONSENT: (
            (),
            (
                "purposes",
                "channels",
                "scopes",
                "text_version",
                "source",
                "evidence",
                "given_to",
                "expires_at",
            ),
        ),
        NewsKind.REVOCATION: ((), ("purposes", "channels", "scopes")),
        NewsKind.DISPOSITION: (("result",), ("purpose", "loan_id", "promise_on")),
    }
)
KNOWN: Final = frozenset(ALWAYS).union(*(columns for pair in COLUMNS.values() for columns in pair))

_ELSEWHERE = Expected("expected nothing here in a row of this kind", "该类行的此列应为空")
_MOMENT = Expected(
    "expected a time with its offset, such as 2026-09-24T10:00:00+08:00",
    "应为带时区偏移的时间，例如 2026-09-24T10:00:00+08:00",
)
_AHEAD = Expected("expected a time that has passed", "应为已经过去的时间")


def read_news(path: Path, now: datetime, encoding: str = "utf-8") -> Iterator[tuple[int, News | Reject]]:
    """Yield each row of a file (.csv, .parquet, .xlsx) with its line, as news or as what is wrong with it.

    Raise UnreadableBook for a file that cannot be read at all, or whose header has an unknown or no needed column.
    """
    table = read_table(path, encoding)
    header = [one.removeprefix("\ufeff").strip() for one in table.header]
    missing = [one for one in ALWAYS if one not in header]
    unknown = [str(place) for place, one in enumerate(header, 1) if one not in KNOWN]
    if missing or unknown or len(set(header)) < len(header):
        raise _header(f"{table.where} line {table.header_line}", missing, unknown)
    for line, cells in table.rows:
        try:
            if isinstance(cells, Expected):
                raise _bad("row", cells)
            if len(cells) != len(header):
                raise _bad("row", parse.wrong_width(len(header), len(cells)))
            yield line, news_of(dict(zip(header, cells, strict=True)), now)
        except BadRow as bad:
            yield line, Reject(line, bad.column, bad.reason, bad.reason_zh)


def news_of(cells: Mapping[str, str], now: datetime) -> News:
    """Return what named cells tell, as known at `now`; raise BadRow naming the cell and what was expected."""
    given = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    for name in ALWAYS:
        _there(name, given)
    kind = _word(NewsKind)("kind", given["kind"])
    needed, allowed = COLUMNS[kind]
    for name in needed:
        _there(name, given)
    stray = next((name for name in given if name not in {*ALWAYS, *needed, *allowed}), None)
    if stray:
        raise _bad(stray, _ELSEWHERE)
    read = {name: _READ[name](name, cell) for name, cell in given.items() if name in _READ}
    if read["at"] > now + _CLOCKS_DIFFER:
        raise _bad("at", _AHEAD)
    try:
        fact = _MADE[kind](read)
    except BadRow:
        raise
    except CallerError as wrong:
        raise BadRow("row", str(wrong), wrong.zh) from None
    except ValueError as wrong:
        raise BadRow("row", str(wrong), "各列互相矛盾") from None
    return News(source_id=read["source_id"], borrower_id=read["borrower_id"], at=read["at"], fact=fact)


def _there(name: str, given: Mapping[str, str]) -> None:
    if name not in given:
        raise _bad(name, parse.BLANK)


def _bad(column: str, expected: Expected) -> BadRow:
    return BadRow(column, expected.told, expected.told_zh)


def _checked(parser: Callable[[str], object]) -> Callable[[str, str], Any]:
    def read(column: str, cell: str) -> object:
        value = parser(cell)
        if isinstance(value, Expected):
            raise _bad(column, value)
        return value

    return read


def _moment(cell: str) -> datetime | Expected:
    found = parse.moment(cell)
    return _MOMENT if isinstance(found, Expected) or found.utcoffset() is None else found


def _word(kind: type[WordT]) -> Callable[[str, str], WordT]:
    def read(column: str, cell: str) -> WordT:
        try:
            return kind(cell)
        except ValueError:
            known = ", ".join(kind)
            raise BadRow(column, f"expected one of {known}", f"应为 {known} 之一") from None

    return read


def _words(_column: str, cell: str) -> list[str]:
    # The records check the words themselves, and name what is allowed.
    return cell.replace(";", " ").replace("；", " ").split()


_id = _checked(parse.identifier)
_READ: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "source_id": _id,
    "borrower_id": _id,
    "loan_id": _id,
    "at": _checked(_moment),
    "expires_at": _checked(_moment),
    "until": _checked(parse.date_on),
    "promise_on": _checked(parse.date_on),
    "amount": _checked(parse.amount),
    "currency": _checked(parse.currency),
    "channel": _word(Channel),
    "contact_kind": _word(ContactKind),
    "purpose": _word(Purpose),
    "hold": _word(HoldKind),
    "result": _word(CallResult),
    "purposes": _words,
    "channels": _words,
    "scopes": _words,
    "text_version": lambda _column, cell: cell,
    "source": lambda _column, cell: cell,
    "evidence": lambda _column, cell: cell,
    "given_to": lambda _column, cell: cell,
}


def _contact(read: Mapping[str, Any]) -> Contact:
    return Contact(
        channel=read["channel"],
        at=read["at"],
        kind=read["contact_kind"],
        purpose=read.get("purpose"),
        loan_id=read.get("loan_id"),
    )


def _payment(read: Mapping[str, Any]) -> Payment:
    money = parse.money(read["amount"], read["currency"])
    if isinstance(money, Expected):
        raise _bad("amount", money)
    return Payment(loan_id=read["loan_id"], amount=money, at=read["at"])


def _hold(read: Mapping[str, Any]) -> Hold:
    until: date | None = read.get("until")
    return Hold(read["hold"], until, read.get("loan_id"))


def _disposition(read: Mapping[str, Any]) -> Disposition:
    named = {name: read[name] for name in ("purpose", "loan_id", "promise_on") if name in read}
    return Disposition(result=read["result"], at=read["at"], **named)


def _consent(read: Mapping[str, Any]) -> Consent:
    return Consent(**{name: read[name] for name in ("at", *COLUMNS[NewsKind.CONSENT][1]) if name in read})


def _revocation(read: Mapping[str, Any]) -> Revocation:
    return Revocation(
        **{name: read[name] for name in ("at", "purposes", "channels", "scopes") if name in read}
    )


_MADE: Final[Mapping[NewsKind, Callable[[Mapping[str, Any]], Fact]]] = {
    NewsKind.CONTACT: _contact,
    NewsKind.PAYMENT: _payment,
    NewsKind.HOLD: _hold,
    NewsKind.RELEASE: lambda read: Release(read["hold"], read.get("loan_id")),
    NewsKind.CONSENT: _consent,
    NewsKind.REVOCATION: _revocation,
    NewsKind.DISPOSITION: _disposition,
}


def _header(where: str, missing: list[str], unknown: list[str]) -> UnreadableBook:
    # A header may be a row of data: unknown names are told by their places alone.
    parts = [f"no column for {', '.join(missing)}"] if missing else []
    parts += [f"unknown names in columns {', '.join(unknown)}"] if unknown else []
    told = "; ".join(parts) or "a column stands there twice"
    zh = "；".join(
        [f"缺少列 {'、'.join(missing)}"] * bool(missing)
        + [f"第 {'、'.join(unknown)} 列的列名未知"] * bool(unknown)
    )
    return UnreadableBook(
        f"{where}: {told}; expected of {', '.join(sorted(KNOWN))}",
        f"{where}：{zh or '列名重复'}；列名应取自 {'、'.join(sorted(KNOWN))}",
    )

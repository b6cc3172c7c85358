"""One thing that happened to a message, as it will have to be proved: what, when, to whom, by which rules.

A record names its debtor by the ledger's key and its loan by its id. It never holds a phone, a name, a code or the
words that were sent: of those it keeps a keyed digest, and the words themselves lie sealed elsewhere, until the
period of their purpose ends.

>>> from datetime import UTC, datetime
>>> told = Record(kind=RecordKind.RESOLVED, at=datetime(2026, 9, 24, 2, tzinfo=UTC), debtor="bank|B-1", data={"sent": True})
>>> told.kind, told.loan_id
(<RecordKind.RESOLVED: 'resolved'>, '')
>>> Record(kind=RecordKind.RESOLVED, at=told.at, debtor="bank|B-1", data={"rate": 0.1})
Traceback (most recent call last):
TypeError: data.rate: expected text, a whole number, true, false, null, a list or a table, got float; write a decimal as text
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import cast

from attrs import field, frozen

from loansms.clock import require_aware

Json = str | int | bool | None | tuple["Json", ...] | Mapping[str, "Json"]
"""What a record may hold; no floats: two machines must write the same bytes."""


class RecordKind(StrEnum):
    """What happened.

    DECIDED: a due step was not let through, with its reasons. CLAIMED: it was about to go out. FINISHED: what the
    provider answered. EXPIRED: nobody knows, its holder fell silent. RECEIPT, REPLY: what came back. RESOLVED: a
    person settled an unknown. CONTACT: one made elsewhere. SUPPRESSED, RELEASED, CONSENTED, REVOKED, HELD, PAID: what
    changes the course. STOPPED, RESUMED: the brakes. READ: somebody saw a plain value. ERASURE_ASKED, SHREDDED,
    SWEPT: what became of personal data. CASE: handed to a person. PREFERRED: how
    somebody wants to be written to.
    """

    DECIDED = "decided"
    CLAIMED = "claimed"
    FINISHED = "finished"
    EXPIRED = "expired"
    RECEIPT = "receipt"
    REPLY = "reply"
    RESOLVED = "resolved"
    CONTACT = "contact"
    SUPPRESSED = "suppressed"
    RELEASED = "released"
    CONSENTED = "consented"
    REVOKED = "revoked"
    HELD = "held"
    PAID = "paid"
    STOPPED = "stopped"
    RESUMED = "resumed"
    READ = "read"
    ERASURE_ASKED = "erasure_asked"
    SHREDDED = "shredded"
    SWEPT = "swept"
    CASE = "case"
    PREFERRED = "preferred"


_PLAIN = frozenset({str, int, bool, type(None)})


def _plain(data: Mapping[str, object]) -> Mapping[str, Json]:
    return MappingProxyType({key: _checked(f"data.{key}", value) for key, value in data.items()})


def _checked(where: str, value: object) -> Json:
    if type(value) in _PLAIN:
        return cast("str | int | bool | None", value)
    if isinstance(value, str | int):  # an enum's member is its value
        return value
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        return MappingProxyType({key: _checked(f"{where}.{key}", one) for key, one in table.items()})
    if isinstance(value, list | tuple):
        listed = cast("list[object] | tuple[object, ...]", value)
        return tuple(_checked(f"{where}[{number}]", one) for number, one in enumerate(listed))
    raise TypeError(
        f"{where}: expected text, a whole number, true, false, null, a list or a table, got {type(value).__name__}; "
        "write a decimal as text"
    )


@frozen(kw_only=True)
class Record:
    """One thing that happened; ``at`` is aware, ``debtor`` the ledger's key of the person ("" = nobody's)."""

    kind: RecordKind
    at: datetime = field(converter=require_aware)
    debtor: str
    loan_id: str = ""
    step_key: str = ""
    data: Mapping[str, Json] = field(factory=dict[str, Json], converter=_plain, repr=False)


@frozen(kw_only=True)
class Entry:
    """A record with its number in the ledger's journal: numbers grow and are never used twice."""

    number: int
    record: Record


@frozen(kw_only=True)
class Leaf:
    """An entry in the order in which it was sealed: its place from 0 on, its hash, and the chain's up to it."""

    place: int
    number: int
    hash: bytes
    chain: bytes


@frozen(kw_only=True)
class Seal:
    """A checkpoint over the first `size` leaves: their Merkle root and the chain's tip, signed.

    ``suite`` names the digest and the signature's kind, ``key_id`` who signed; ``frontier`` are the roots of the
    perfect subtrees to the left, from which the next seal goes on; ``previous`` is the digest of the seal before, so
    that none can be left out ("" = the first); ``stamp`` a time stamp of others, "" for none.
    """

    size: int
    root: bytes
    chain: bytes
    at: datetime = field(converter=require_aware)
    suite: str
    key_id: str
    signature: bytes
    frontier: tuple[bytes, ...] = ()
    previous: bytes = b""
    stamp: bytes = b""

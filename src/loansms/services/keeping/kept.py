"""What is sealed of a message, and what a claim carries of it: the words, the number and the name as one value.

>>> told = WhatWasSaid(phone=Secret("+8613800138000"), name=Secret("张三"), text=Secret("您好"))
>>> told
WhatWasSaid(phone=Secret(***), name=Secret(***), text=Secret(***))
>>> WhatWasSaid.read(told.written()) == told
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import field, frozen

from loansms.compliance import RulePack, retention_floor
from loansms.model import Channel, Json, Purpose, Record
from loansms.planning import PlanRow
from loansms.privacy import Secret, masked
from loansms.stores import SealedField

FIELD: Final = "message"
"""The name of the sealed value: one a message, under the message's step key."""

TABLE: Final = "ledger_sealed"


def file_field(place: int) -> str:
    """Return the name of the sealed value of a message's file, by its place from 0."""
    return f"file.{place}"


HOUSE_MONTHS: Final = 60
"""Where no pack asks for more: five years, as the house rule CN-REC-04 keeps them."""

_MONTH_AT_MOST: Final = timedelta(days=31)


@frozen
class WhatWasSaid:
    """Who a message went to and its exact words; the words of a code are never here."""

    phone: Secret[str]
    name: Secret[str]
    text: Secret[str]

    def written(self) -> bytes:
        """Return it as the bytes that are sealed."""
        told = {"phone": self.phone.reveal(), "name": self.name.reveal(), "text": self.text.reveal()}
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def read(cls, plain: bytes) -> WhatWasSaid:
        """Return what `written` wrote."""
        told: dict[str, str] = json.loads(plain.decode("utf-8", "surrogatepass"))
        return cls(Secret(told["phone"]), Secret(told["name"]), Secret(told["text"]))


@frozen
class Plain:
    """A message in the clear: who it went to and what it said; ``proved``: the words give the digest of the journal."""

    said: WhatWasSaid
    proved: bool


@frozen
class PlainFile:
    """A file in the clear, as it was sent; ``proved``: its bytes give the digest of the journal."""

    name: str
    media_type: str
    content: Secret[bytes]
    proved: bool


@frozen
class Kept:
    """What a claim carries of its message: the digest of the words, the sealed value, the tags of the number."""

    digest: str = ""
    sealed: tuple[SealedField, ...] = field(default=(), repr=False)
    tags: tuple[str, ...] = field(default=(), repr=False)


def files_of(claimed: Record) -> list[Mapping[str, Json]]:
    """Return what the record of a claim says of the files that went with its message."""
    listed = claimed.data.get("attachments", ())
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, tuple) else []


def said_in(row: PlanRow) -> WhatWasSaid:
    """Return who `row` speaks to and what it says."""
    if row.borrower is None or row.text is None:
        raise ValueError("row: expected a worded step with its borrower")
    return WhatWasSaid(Secret(row.borrower.phone.e164), row.borrower.name or Secret(""), row.text)


def masked_words(row: PlanRow) -> str:
    """Return the words of `row` as a desk sees them: every value written into them masked."""
    if row.text is None:
        return ""
    values = list(row.slots.reveal().values()) if row.slots else []
    return masked(row.text.reveal(), values)


def keep_until(
    packs: Sequence[RulePack], purpose: Purpose, channel: Channel, at: datetime, lender_type: str | None
) -> datetime:
    """Return when the period of a message ends: the longest floor of the packs, never a day less."""
    months = max(retention_floor(packs, purpose, channel, lender_type), HOUSE_MONTHS)
    return at.astimezone(UTC) + months * _MONTH_AT_MOST

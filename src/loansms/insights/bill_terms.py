"""What a provider's bill is read by: its columns, its words, its clock and the prices agreed, all of it data.

>>> terms = BillTerms.of({"provider": "aliyun", "currency": "CNY", "columns": {"message_id": "BizId"},
...     "prices": [{"per_segment": "0.045"}, {"purpose": "marketing", "per_segment": "0.05"}]})
>>> terms.price("marketing"), terms.price("otp")
(Money('0.05', 'CNY'), Money('0.045', 'CNY'))
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from loansms.calendars.localtime import zone
from loansms.errors import CallerError, ConfigurationError
from loansms.files import read_toml, structure
from loansms.model import Money, Purpose


@frozen(kw_only=True)
class BillColumns:
    """Which column of the file says what, "" where none does.

    ``segments`` are those billed (1 a row without it), ``price`` the money of the whole row, ``status`` the provider's word
    for its end, ``step_key`` what it echoes of ours, ``part`` tells the rows of one long message apart: without it a second
    row with the same id is a message billed twice.
    """

    message_id: str
    segments: str = ""
    price: str = ""
    status: str = ""
    step_key: str = ""
    part: str = ""

    @property
    def named(self) -> dict[str, str]:
        """The columns there are, by what they say."""
        told = {
            "message_id": self.message_id,
            "segments": self.segments,
            "price": self.price,
            "status": self.status,
            "step_key": self.step_key,
            "part": self.part,
        }
        return {name: column for name, column in told.items() if column}


@frozen(kw_only=True)
class BillPrice:
    """The price of one segment, of one purpose or (without) of all the others."""

    per_segment: Decimal
    purpose: Purpose | None = None

    def __attrs_post_init__(self) -> None:
        if not self.per_segment.is_finite() or self.per_segment < 0:
            raise CallerError("per_segment: expected 0 or more", "per_segment：应不小于 0")


@frozen(kw_only=True)
class BillTerms:
    """How one provider bills.

    ``routes`` are the names under which our ledger knows its messages (default: its own), ``bills`` whether every message it
    took is billed or only those delivered, ``zone`` the clock by which its months begin, ``unbilled`` the words of ``status``
    for rows that are listed and cost nothing. ``signatures`` name a tenant's signature, which the ledger does not keep.
    """

    provider: str
    currency: str
    columns: BillColumns
    prices: tuple[BillPrice, ...]
    routes: tuple[str, ...] = ()
    bills: Literal["submitted", "delivered"] = "submitted"
    zone: str = "Asia/Shanghai"
    unbilled: tuple[str, ...] = ()
    signatures: Mapping[str, str] = field(factory=dict[str, str])

    def __attrs_post_init__(self) -> None:
        zone(self.zone)
        Money(0, self.currency)
        purposes = [one.purpose for one in self.prices]
        if None not in purposes or len(set(purposes)) < len(purposes):
            raise CallerError(
                "prices: expected one without a purpose, for all the others, and each purpose once",
                "prices：应有一项不带 purpose 作为其余用途的单价，每种用途至多一项",
            )

    @classmethod
    def of(cls, content: Mapping[str, Any], source: str = "bill terms") -> BillTerms:
        """Return the terms in `content`; raise ConfigurationError naming `source`, key and what was expected."""
        return structure(content, cls, source)

    @classmethod
    def load(cls, path: str | Path) -> BillTerms:
        """Return the terms in a TOML file; raise ConfigurationError for what cannot be read."""
        return cls.of(read_toml(Path(path), ConfigurationError), Path(path).name)

    @property
    def known_as(self) -> frozenset[str]:
        """The routes of our ledger that this bill is about."""
        return frozenset(self.routes or (self.provider,))

    @cached_property
    def _per_segment(self) -> Mapping[str, Money]:
        return {one.purpose or "": Money(one.per_segment, self.currency) for one in self.prices}

    def price(self, purpose: str) -> Money:
        """Return the agreed price of one segment."""
        return self._per_segment.get(purpose, self._per_segment[""])

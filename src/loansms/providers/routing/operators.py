"""Whose network a number is on: asked for where numbers can be carried along, read off the prefix where nobody is asked.

>>> from loansms.model import PhoneNumber
>>> by_prefix(PhoneNumber.parse("13800138000", region="CN"))
Operator(name='china_mobile', ported=None)
"""

from __future__ import annotations

from typing import Protocol

from attrs import frozen
from phonenumbers import carrier
from phonenumbers import parse as parse_number

from loansms.model import PhoneNumber

# The names phonenumbers has for them, in its English.
_NAMES = {"China Mobile": "china_mobile", "China Unicom": "china_unicom", "China Telecom": "china_telecom"}


@frozen
class Operator:
    """An operator by `name`; ``ported`` None: read off the prefix, so the number may have been carried to another since."""

    name: str
    ported: bool | None = None


class NumberLookup(Protocol):
    """A look-up of who serves a number now (number portability: 携号转网)."""

    def operator(self, phone: PhoneNumber) -> Operator | None:
        """Return the operator of now, None where the look-up does not know."""
        ...


class AsyncNumberLookup(Protocol):
    """The same, awaited."""

    async def operator(self, phone: PhoneNumber) -> Operator | None: ...  # noqa: D102


def by_prefix(phone: PhoneNumber) -> Operator | None:
    """Return the operator to whom the number's block was given, None where the tables do not say."""
    name = carrier.name_for_number(parse_number(phone.e164), "en")
    return Operator(_NAMES.get(name, name.lower().replace(" ", "_"))) if name else None

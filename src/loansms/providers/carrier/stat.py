"""What the seven characters of a carrier's report say: the code that is kept, its class, and the state of the segment.

>>> told("DELIVRD")
Told(code='DELIVRD', kind=<OutcomeClass.DELIVERED: 'delivered'>, status=<DeliveryStatus.DELIVERED: 'delivered'>)
>>> told("MK:0001").status, told("ACCEPTD").status, told("XA:0042").status
(<DeliveryStatus.UNDELIVERED: 'undelivered'>, <DeliveryStatus.ACCEPTED: 'accepted'>, <DeliveryStatus.UNKNOWN: 'unknown'>)
>>> told("call 13800138000").code
'unreadable_code'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from loansms.model import DeliveryStatus, OutcomeClass
from loansms.model.kept_code import UNREADABLE_CODE, kept_code
from loansms.providers.receipt_status import status_of
from loansms.providers.taxonomy import meaning

# The words the standards themselves have; of any other code the class decides.
_WORDS: Final = {
    "EXPIRED": DeliveryStatus.EXPIRED,
    "DELETED": DeliveryStatus.REJECTED,
    "REJECTD": DeliveryStatus.REJECTED,
}
_LONGEST: Final = 16  # characters of a carrier's word, its error code behind it


@frozen
class Told:
    """The code as it may be kept, its class, and what it says of the segment."""

    code: str
    kind: OutcomeClass
    status: DeliveryStatus


def told(stat: str, overrides: Mapping[str, OutcomeClass] | None = None) -> Told:
    """Return what `stat` says by the table ``carrier_stat``; `overrides` are the line's own dialect and win."""
    plain = stat.strip()
    kind = meaning("carrier_stat", plain, overrides).kind
    return Told(word(plain), kind, _WORDS.get(plain, status_of(kind)))


def word(code: str) -> str:
    """Return `code` where it is a short word, else a word of ours: a sentence may quote the number."""
    return kept_code(code) if 0 < len(code) <= _LONGEST else UNREADABLE_CODE

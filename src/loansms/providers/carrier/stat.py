"""What the seven characters of a carrier's report say: the code that is kept, its class, and the state of the segment.

>>> told("DELIVRD")
Told(code='DELIVRD', kind=<OutcomeClass.DELIVERED: 'delivered'>, status=<DeliveryStatus.DELIVERED: 'delivered'>)
>>> told("MK:0001").status, told("ACCEPTD").status, told("XA:0042").status
(<DeliveryStatus.UNDELIVERED: 'undelivered'>, <DeliveryStatus.ACCEPTED: 'accepted'>, <DeliveryStatus.UNKNOWN: 'unknown'>)
>>> told("call 13800138000").code
'unreadable_code'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from loansms.model import DeliveryStatus, OutcomeClass
from loansms.providers.taxonomy import meaning

# The words the standards themselves have; of any other code the class decides.
_WORDS: Final = {
    "EXPIRED": DeliveryStatus.EXPIRED,
    "DELETED": DeliveryStatus.REJECTED,
    "REJECTD": DeliveryStatus.REJECTED,
}
_STATUS: Final = {
    OutcomeClass.ACCEPTED: DeliveryStatus.ACCEPTED,
    OutcomeClass.DELIVERED: DeliveryStatus.DELIVERED,
    OutcomeClass.UNKNOWN: DeliveryStatus.UNKNOWN,
    OutcomeClass.FAILED_PERMANENT: DeliveryStatus.UNDELIVERED,
    OutcomeClass.FAILED_RETRYABLE: DeliveryStatus.UNDELIVERED,
    OutcomeClass.INVALID_NUMBER: DeliveryStatus.UNDELIVERED,
}
# Seven digits in a row may be part of a number.
_CODE: Final = re.compile(r"(?!.*\d{7})[\w.:/+-]{1,16}", re.ASCII)


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


def status_of(kind: OutcomeClass) -> DeliveryStatus:
    """Return what a class says of a segment: what a gateway refused (a limit, a block list, a word) is REJECTED."""
    return _STATUS.get(kind, DeliveryStatus.REJECTED)


def word(code: str) -> str:
    """Return `code` where it is a short word, else a word of ours: a sentence may quote the number."""
    return code if _CODE.fullmatch(code) else "unreadable_code"

"""What a report's code makes of a message: one of the few words of a receipt.

>>> status_of(Meaning(OutcomeClass.DELIVERED)).value, status_of(Meaning(OutcomeClass.UNKNOWN, known=False), failed=True).value
('delivered', 'undelivered')
"""

from __future__ import annotations

from loansms.model import DeliveryStatus, OutcomeClass
from loansms.providers.taxonomy import Meaning

_STATUS = {
    OutcomeClass.DELIVERED: DeliveryStatus.DELIVERED,
    OutcomeClass.ACCEPTED: DeliveryStatus.ACCEPTED,
    OutcomeClass.UNKNOWN: DeliveryStatus.UNKNOWN,
    OutcomeClass.TEMPLATE_REJECTED: DeliveryStatus.REJECTED,
    OutcomeClass.OPTED_OUT: DeliveryStatus.REJECTED,
    OutcomeClass.RATE_LIMITED: DeliveryStatus.REJECTED,
    OutcomeClass.AUTH_ERROR: DeliveryStatus.REJECTED,
    OutcomeClass.BALANCE: DeliveryStatus.REJECTED,
}


def status_of(meaning: Meaning, failed: bool = False) -> DeliveryStatus:
    """Return the word for `meaning`; `failed` is the gateway's own flag beside a code that nobody knows.

    A report that says "failed" with a strange code did fail: only why is not known.
    """
    found = _STATUS.get(meaning.kind, DeliveryStatus.UNDELIVERED)
    return DeliveryStatus.UNDELIVERED if failed and found is DeliveryStatus.UNKNOWN else found

"""What a report's code makes of a message: one of the few words of a receipt.

>>> status_of(OutcomeClass.DELIVERED).value, status_of(OutcomeClass.UNKNOWN, failed=True).value
('delivered', 'undelivered')
"""

from __future__ import annotations

from loansms.model import DeliveryStatus, OutcomeClass

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


def status_of(kind: OutcomeClass, failed: bool = False) -> DeliveryStatus:
    """Return the word for `kind`: what was refused (a limit, a block list, a word) is REJECTED; `failed` is the gateway's own flag beside a code that nobody knows.

    A report that says "failed" with a strange code did fail: only why is not known.
    """
    found = _STATUS.get(kind, DeliveryStatus.UNDELIVERED)
    return DeliveryStatus.UNDELIVERED if failed and found is DeliveryStatus.UNKNOWN else found

"""How a person's call ended, as the desk writes it down: one word, and what the ledger makes of it.

>>> EFFECTS[CallResult.DISPUTE].stops is not None, EFFECTS[CallResult.NOT_REACHED].kind.value
(True, 'not_connected')
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.model.history import ContactKind
from loansms.model.message import Purpose


class CallResult(StrEnum):
    """What came of a case that a person took on.

    REACHED: spoken with, nothing agreed. NOT_REACHED: nobody answered. PROMISE: a dated word to pay. HARDSHIP: cannot
    pay now. DISPUTE: denies the debt or the sum. WRONG_PERSON: the number is somebody else's. REFUSED: spoken with, will
    not pay; it stops nothing. COMPLAINT: about how they were treated. What each stops is in `EFFECTS`.
    """

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    PROMISE = "promise"
    HARDSHIP = "hardship"
    DISPUTE = "dispute"
    WRONG_PERSON = "wrong_person"
    REFUSED = "refused"
    COMPLAINT = "complaint"


@frozen
class Effect:
    """What a result does: the `kind` of contact it was, and what it `stops` until somebody releases it (a promise: its day)."""

    kind: ContactKind
    stops: frozenset[Purpose] | None = None


# What asks for money or offers anything; notices, codes and what the law requires go on.
ASKING = frozenset(
    {
        Purpose.REPAYMENT_REMINDER,
        Purpose.COLLECTION,
        Purpose.SETTLEMENT_OFFER,
        Purpose.RELAY,
        Purpose.MARKETING,
    }
)
# A number that is not the borrower's is told nothing at all; codes answer what the person does now, and pass every stop.
ALL = frozenset(Purpose)
_SPOKEN = ContactKind.CONVERSATION
EFFECTS: Mapping[CallResult, Effect] = MappingProxyType(
    {
        CallResult.REACHED: Effect(_SPOKEN),
        CallResult.NOT_REACHED: Effect(ContactKind.NOT_CONNECTED),
        CallResult.PROMISE: Effect(_SPOKEN, ASKING),
        CallResult.HARDSHIP: Effect(_SPOKEN, ASKING),
        CallResult.DISPUTE: Effect(_SPOKEN, ASKING),
        CallResult.WRONG_PERSON: Effect(_SPOKEN, ALL),
        CallResult.REFUSED: Effect(_SPOKEN),
        CallResult.COMPLAINT: Effect(_SPOKEN, ASKING),
    }
)


def _aware(_self: object, _name: object, at: datetime) -> None:
    require_aware(at, "at")


@frozen(kw_only=True)
class Disposition:
    """A finished call: its `result`, when it began (`at`, aware) and how long it was; a promise names its day.

    ``promise_on`` is the last day of the promise, in the zone of `at`; `purpose` and `loan_id` say what it was about.
    """

    result: CallResult
    at: datetime = field(validator=_aware)
    lasted: timedelta = timedelta(0)
    purpose: Purpose = Purpose.COLLECTION
    loan_id: str | None = None
    promise_on: date | None = None

    def __attrs_post_init__(self) -> None:
        if (self.result is CallResult.PROMISE) != (self.promise_on is not None):
            raise CallerError(
                "promise_on: expected the day a promise is kept by, and nothing for any other result",
                "promise_on：promise 须填写承诺还款日，其他结果不得填写",
            )
        if self.promise_on is not None and self.promise_on < self.at.date():
            raise CallerError(
                "promise_on: expected a day on or after that of the call", "promise_on：不应早于通话日期"
            )
        if self.lasted < timedelta(0):
            raise CallerError("lasted: expected a length of 0 or more", "lasted：通话时长不得为负")

    @property
    def stops_until(self) -> datetime | None:
        """The moment a promise's stop ends: when its day is over. None: until somebody releases it."""
        if self.promise_on is None:
            return None
        return datetime.combine(self.promise_on + timedelta(days=1), datetime.min.time(), self.at.tzinfo)

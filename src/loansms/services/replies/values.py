"""What an answer says: the values of its slots, from today's account and from what was just opened.

>>> from loansms.model.examples import account
>>> told = values_for({"loan_ref", "amount_due"}, Known(account=account(loan_id="L-20260042"), on=date(2026, 9, 24)))
>>> told["loan_ref"], sorted(told)
('0042', ['amount_due', 'loan_ref'])
>>> values_for({"amount_due"}, Known(on=date(2026, 9, 24))) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from loansms.model import Account

_TAIL: Final = 4


@frozen(kw_only=True)
class Known:
    """What is known when an answer is written; ``on`` is the person's date, ``loans`` how many loans may be meant."""

    on: date
    account: Account | None = None
    loans: int = 0
    promise_on: date | None = None
    received_on: date | None = None
    case_id: str = ""
    reply_by: date | None = None


def tail_of(reference: str) -> str:
    """Return the last characters by which a person knows a loan or a case."""
    return reference[-_TAIL:]


def values_for(slots: Iterable[str], known: Known) -> dict[str, Any] | None:
    """Return the value of each slot, None where one of them is not known."""
    found = {name: _VALUES[name](known) if name in _VALUES else None for name in slots}
    return None if any(value is None for value in found.values()) else found


def facts_for(known: Known) -> dict[str, Any]:
    """Return what the gate is told about the loan an answer speaks of."""
    if known.account is None:
        return {}
    return {"days_past_due": known.account.days_past_due(known.on), "due_date": known.account.due_on}


def _of_account(name: str) -> Callable[[Known], object]:
    return lambda known: getattr(known.account, name) if known.account else None


_VALUES: Final[Mapping[str, Callable[[Known], object]]] = MappingProxyType(
    {
        "loan_ref": lambda known: tail_of(known.account.loan_id) if known.account else None,
        "amount_due": _of_account("amount_due"),
        "due_on": _of_account("due_on"),
        "as_of": lambda known: (known.account.as_of or known.on) if known.account else None,
        "loan_count": lambda known: known.loans or None,
        "promise_on": lambda known: known.promise_on,
        "received_on": lambda known: known.received_on,
        "complaint_ref": lambda known: tail_of(known.case_id) or None,
        "reply_by": lambda known: known.reply_by,
    }
)

"""How old the figures of a message may be: beyond that nothing is asked of anybody.

>>> from datetime import UTC, date, datetime
>>> from loansms.model.examples import account
>>> told = account(as_of=date(2026, 9, 23))
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)  # ten in the morning in Shanghai
>>> are_stale(told, at, timedelta(hours=36)), are_stale(told, at, timedelta(hours=24))
(False, True)
>>> are_stale(account(), at, timedelta(hours=36)), are_stale(account(), at, timedelta(hours=36), asked=True)
(True, False)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from loansms.model import Account, Reason
from loansms.planning import PlanDecision, PlanRow

FACTS_STALE: Final = Reason(
    "facts_stale",
    "house",
    "Its figures are older than allowed, or do not say of which day they are (as_of); nothing is sent on them.",
    severity="block",
    message_zh="数据超过允许的时限，或未注明数据日期（as_of），不予发送。",
)


def are_stale(account: Account, at: datetime, max_age: timedelta, *, asked: bool = False) -> bool:
    """Return whether figures are older than `max_age` at `at`, counted from the start of their day there.

    Figures that name no day are as old as the answer they came in: of now where the host's system was `asked`, of
    nobody knows when where they come from a book.
    """
    if account.as_of is None:
        return not asked
    return at - account.borrower.start_of(account.as_of) > max_age


def with_fresh_facts(row: PlanRow, at: datetime, max_age: timedelta, *, asked: bool = False) -> PlanRow:
    """Return `row`, denied where it would be sent and the figures of a loan it speaks of are stale."""
    if row.decision is not PlanDecision.SEND:
        return row
    told = [one.account for one in (row, *row.joined) if one.account is not None]
    if not any(are_stale(one, at, max_age, asked=asked) for one in told):
        return row
    return evolve(row, decision=PlanDecision.DENY, reasons=(FACTS_STALE, *row.why), send_at=None, limits=())

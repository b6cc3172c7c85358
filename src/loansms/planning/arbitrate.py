"""Which of a debtor's due messages speaks today: one, chosen by a stated priority; the others wait.

Order: the policy's priority, then more days past due, then the larger amount, then the loan id. The losers
are deferred to the first lawful instant of the next local day, with the winner's loan named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.calendars import end_of_local_day
from loansms.compliance import RulePack
from loansms.model import Reason
from loansms.planning.decide import decide
from loansms.planning.row import PlanDecision, PlanRow


def arbitrate(rows: Sequence[PlanRow], packs: Sequence[RulePack] = ()) -> list[PlanRow]:
    """Return one debtor's `rows`, in order, with at most one message left to send now.

    A case handed to a person is no message and does not compete.
    """
    rivals = [row for row in rows if row.decision is PlanDecision.SEND and row.competes]
    if len(rivals) < 2:
        return list(rows)
    winner = min(rivals, key=_rank)
    return [_wait(row, winner, packs) if row in rivals and row is not winner else row for row in rows]


def _rank(row: PlanRow) -> tuple[int, int, Decimal, str]:
    amount = row.account.amount_due.amount if row.account else Decimal(0)
    return (-row.priority, -(row.days_past_due or 0), -amount, row.loan_id)


def _wait(row: PlanRow, winner: PlanRow, packs: Sequence[RulePack]) -> PlanRow:
    why = Reason(
        "yields_to_other_loan",
        "house",
        f"One message a debtor and day: loan {winner.loan_id} speaks first ({winner.step}).",
        severity="defer",
        message_zh=f"同一债务人每日一条：先发送借据 {winner.loan_id}（{winner.step}）。",
    )
    if row.send_at is None:
        raise ValueError("row: expected the instant at which it would be sent")
    later = _first_instant_tomorrow(row, packs, row.send_at)
    return evolve(row, decision=PlanDecision.DEFER, reasons=(why, *row.why), send_at=later, limits=())


def _first_instant_tomorrow(row: PlanRow, packs: Sequence[RulePack], at: datetime) -> datetime:
    zone = row.context.zones[0] if row.context else "UTC"
    tomorrow = end_of_local_day(at, zone).astimezone(ZoneInfo(zone))
    return decide(row, packs, tomorrow).send_at or tomorrow

"""Which of a debtor's due messages speaks today: one, chosen by a stated priority; the others wait.

Order: the policy's priority, then more days past due, then the larger amount, then the loan id. The losers
are deferred, in that order, to the first lawful instant from the next local day on, counted as if all that goes
before them was sent, with the winner's loan named. Where the policy says so, those that can be told in one message
with the winner are (`loansms.planning.join`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.calendars import end_of_local_day
from loansms.compliance import RulePack
from loansms.model import Account, Contact, Purpose, Reason, RecipientRole
from loansms.planning.companions import follow
from loansms.planning.decide import decide, lapses
from loansms.planning.join import Joining, join, spoken_for
from loansms.planning.row import PlanDecision, PlanRow

# A wait is a window or a cap; each look moves past one of them, and few debtors have as many loans.
_LOOKS: Final = 32

_SPEAKS: Final = frozenset({PlanDecision.SEND, PlanDecision.DEFER})
_YIELDS: Final = Reason(
    "offer_yields",
    "house",
    "No offer goes to somebody who is overdue, disputes a debt or is in hardship, and none goes twice.",
    message_zh="借款人逾期、有异议或处于困难帮扶期间不发送营销信息，且同一信息不重复发送。",
)


def arbitrate(
    rows: Sequence[PlanRow], packs: Sequence[RulePack] = (), *, joining: Joining | None = None
) -> list[PlanRow]:
    """Return one debtor's `rows`, in order, with at most one message left to send now to each reader.

    A case handed to a person is no message and does not compete, nor does a duty. Without `packs` the losers wait for the next
    local day, whatever its hours. With `joining` the winner speaks for the loans that the policy joins with it.

    >>> from datetime import datetime
    >>> from loansms.model import Lender
    >>> from loansms.model.examples import account
    >>> from loansms.planning import plan_loan
    >>> from loansms.policy import Policy
    >>> from loansms.templates import Catalogue
    >>> cn = {"policy": Policy.preset("cn-consumer"), "packs": [RulePack.load("CN")], "lender": Lender.example("CN")}
    >>> now = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    >>> loans = [account(loan_id="L-1"), account(loan_id="L-2")]
    >>> rows = [plan_loan(loan, catalogue=Catalogue.builtin(), now=now, **cn)[0] for loan in loans]
    >>> [(row.loan_id, row.decision.value, row.reason) for row in arbitrate(rows, cn["packs"])]
    [('L-1', 'send', 'due_today'), ('L-2', 'defer', 'yields_to_other_loan')]
    """
    asked = _without_marketing(rows)
    waiting: dict[int, PlanRow] = {}
    for role in RecipientRole:
        rivals = [
            row
            for row in asked
            if row.decision is PlanDecision.SEND and row.competes and row.recipient is role
        ]
        if len(rivals) < 2:
            continue
        winner, *losers = sorted(rivals, key=_rank)
        told = join(winner, losers, packs, joining)
        if told is not None:
            waiting[id(winner)] = told
            waiting |= {id(row): spoken_for(row, winner) for row in told.joined}
        still = [row for row in losers if id(row) not in waiting]
        waiting |= {id(row): later for row, later in zip(still, in_turn(winner, still, packs), strict=True)}
    chosen = [waiting.get(id(row), row) for row in asked]
    silent = {
        (row.loan_id, row.step, row.recipient): row
        for row in chosen
        if not row.hop and row.decision is not PlanDecision.SEND
    }
    return [_with_leader(row, silent.get((row.loan_id, row.step, row.recipient))) for row in chosen]


def _with_leader(row: PlanRow, silent: PlanRow | None) -> PlanRow:
    """Return a row of a companion set as its leader stands, where that one does not go now."""
    goes = row.hop and row.decision is PlanDecision.SEND
    return follow(row, silent) if silent is not None and goes else row


def _without_marketing(rows: Sequence[PlanRow]) -> list[PlanRow]:
    """Return `rows` with no offer to somebody who is overdue, disputes a debt or is in hardship on any of their loans."""
    troubled = any(row.account is not None and _troubled(row.account, row.days_past_due) for row in rows)
    offers = [row for row in rows if row.purpose is Purpose.MARKETING and row.decision in _SPEAKS]
    kept_back = {id(row) for row in offers} if troubled else set[int]()
    # One person gets an offer once, however many loans carry its date.
    said: set[str] = set()
    for row in sorted(offers, key=_rank):
        if row.step in said:
            kept_back.add(id(row))
        said.add(row.step)
    return [
        evolve(
            row,
            decision=PlanDecision.NONE,
            reasons=(_YIELDS, *row.why),
            text=None,
            segments=None,
            send_at=None,
        )
        if id(row) in kept_back
        else row
        for row in rows
    ]


def _troubled(account: Account, days_past_due: int | None) -> bool:
    overdue = account.amount_due.amount > 0 and (days_past_due or 0) > 0
    return overdue or account.dispute or account.hardship


def _rank(row: PlanRow) -> tuple[bool, int, int, Decimal, str]:
    amount = row.account.amount_due.amount if row.account else Decimal(0)
    offer = row.purpose is Purpose.MARKETING
    return (offer, -row.priority, -(row.days_past_due or 0), -amount, row.loan_id)


def _contact(row: PlanRow) -> Contact:
    """Return the contact a planned message will have been."""
    if row.send_at is None or row.channel is None:
        raise ValueError("row: expected a message with its channel and the instant at which it would be sent")
    return Contact(channel=row.channel, at=row.send_at, purpose=row.purpose, loan_id=row.loan_id)


def in_turn(winner: PlanRow, losers: Sequence[PlanRow], packs: Sequence[RulePack]) -> list[PlanRow]:
    """Return `losers`, the highest rank first, as they wait for `winner` and each for those before it."""
    said = [_contact(winner)]
    waiting: list[PlanRow] = []
    for row in losers:
        later = _wait(row, winner, said, packs)
        waiting.append(later)
        if later.decision is PlanDecision.DEFER:
            said.append(_contact(later))
    return waiting


def yields_to(loan_id: str, step: str) -> Reason:
    """Return the reason of a row that waits for another loan's `step`.

    >>> yields_to("L-2", "t-0").code
    'yields_to_other_loan'
    """
    return Reason(
        "yields_to_other_loan",
        "house",
        f"One message a debtor and day: loan {loan_id} speaks first ({step}).",
        severity="defer",
        message_zh=f"同一债务人每日一条：先发送借据 {loan_id}（{step}）。",
    )


def _wait(row: PlanRow, winner: PlanRow, said: Sequence[Contact], packs: Sequence[RulePack]) -> PlanRow:
    why = yields_to(winner.loan_id, winner.step)
    if row.send_at is None:
        raise ValueError("row: expected the instant at which it would be sent")
    later = _first_chance(row, said, packs, row.send_at)
    if isinstance(later, PlanRow):
        # The winner has used up what a cap without an end had left: there is no time to wait for.
        return evolve(later, reasons=(why, *later.reasons), context=row.context, limits=())
    return evolve(
        row,
        decision=PlanDecision.DEFER,
        reasons=(why, *lapses(row, later), *row.why),
        send_at=later,
        limits=(),
    )


def _first_chance(
    row: PlanRow, said: Sequence[Contact], packs: Sequence[RulePack], at: datetime
) -> datetime | PlanRow:
    """Return the first instant after the day of `at` at which `row` may go, or its refusal for good."""
    zone = row.context.zones[0] if row.context else "UTC"
    moment = end_of_local_day(at, zone).astimezone(ZoneInfo(zone))
    if row.context is None or not packs:
        return moment
    asked = evolve(row, context=evolve(row.context, past_contacts=(*row.context.past_contacts, *said)))
    for _ in range(_LOOKS):
        answer = decide(asked, packs, moment)
        free = answer.send_at or answer.retry_at
        if answer.decision is PlanDecision.SEND:
            return moment
        if free is None:
            return answer
        moment = free.astimezone(ZoneInfo(zone))
    return moment

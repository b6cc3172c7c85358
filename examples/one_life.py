"""One borrower's life told by events: applied, approved, paid out, a debit that failed, paid, settled.

No loan row is needed for these; each notice has an event id, and telling the same event again sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from loansms import Lender, Money, OutreachService
from loansms.clock import FrozenClock
from loansms.model import Instalment, amortise, annual_cost
from loansms.model.examples import borrower
from loansms.providers import SandboxProvider
from loansms.services import RunRow
from loansms.stores import SqliteStore
from loansms.templates import Catalogue

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LANGUAGE = "zh-CN"
_PRINCIPAL = Money("3000.00", "CNY")
_RATE = Decimal("0.072")  # on the first balance throughout: what it costs a year is told beside it
_PLAN = amortise(_PRINCIPAL, _RATE, 3, "flat", date(2026, 7, 24))


@frozen(kw_only=True)
class LifeEvent:
    """One thing that happened, when, and the notice that tells it."""

    event_id: str
    at: datetime
    template: str
    instalment: Instalment
    amount: Money
    facts: Mapping[str, Any]


def events() -> list[LifeEvent]:
    """Return what happened from the application in June to the last payment in September."""
    first, second, last = _PLAN
    mandate: dict[str, Any] = {"direct_debit_mandate": True}
    told: tuple[tuple[str, datetime, str, Instalment, Money, dict[str, Any]], ...] = (
        ("application-1", _at(6, 22, 10), "notice.application_received", first, _PRINCIPAL, {}),
        ("approval-1", _at(6, 23, 15), "notice.application_approved", first, _PRINCIPAL, {}),
        ("disbursed-1", _at(6, 24, 9), "notice.disbursed", first, _PRINCIPAL, {}),
        ("debit-failed-1", _at(7, 24, 11), "notice.debit_failed", first, first.total, mandate),
        ("paid-1", _at(7, 25, 9), "notice.payment_received", first, first.total, {}),
        ("debited-2", _at(8, 24, 9), "notice.debited", second, second.total, mandate),
        ("settled-1", _at(9, 24, 16), "notice.loan_settled", last, last.total, {}),
    )
    return [
        LifeEvent(event_id=event_id, at=at, template=template, instalment=one, amount=amount, facts=facts)
        for event_id, at, template, one, amount, facts in told
    ]


def live(folder: Path) -> list[tuple[LifeEvent, RunRow]]:
    """Tell every event through the sandbox twice, and return both answers: the second sends nothing."""
    clock = FrozenClock(_at(6, 22, 9))
    catalogue = Catalogue.builtin()
    lived = []
    with SqliteStore(folder / "one-life.db", clock=clock) as store:
        service = OutreachService(
            lender=Lender.example(),
            store=store,
            provider=SandboxProvider(seed=3, clock=clock),
            catalogue=catalogue,
            clock=clock,
        )
        for event in [one for one in events() for _ in range(2)]:
            clock.set(event.at)
            slots, known = catalogue.get(event.template, locale=_LANGUAGE).slots, _values(event)
            row = service.notify(
                event.template,
                borrower=borrower(language=_LANGUAGE),
                values={slot: known[slot] for slot in slots if slot in known},
                event_id=event.event_id,
                loan_id="EL-0001",
                facts=event.facts,
                now=event.at,
            )
            lived.append((event, row))
    return lived


def _values(event: LifeEvent) -> dict[str, object]:
    """Return what a core system knows at the event; a notice takes the slots it declares."""
    owed = [one.principal for one in _PLAN if one.number > event.instalment.number]
    on = event.at.date()
    return {
        "amount": event.amount,
        "amount_due": event.instalment.total,
        "annual_cost": annual_cost(_PRINCIPAL, _PLAN).irr,
        "annual_rate": _RATE,
        "application_ref": "A001",
        "as_of": on,
        "balance": sum(owed, Money("0.00", "CNY")),
        "debit_account_tail": "0001",
        "debit_on": on,
        "due_on": event.instalment.due_on,
        "first_due_on": _PLAN[0].due_on,
        "instalment_amount": _PLAN[0].total,
        "loan_ref": "0001",
        "method": "flat",
        "next_debit_on": date(2026, 7, 25),
        "paid_on": on,
        "plan": f"共{len(_PLAN)}期，每期{_PLAN[0].total.amount:,.2f}元",
        "principal": _PRINCIPAL,
        "received_on": on,
        "settled_on": on,
        "term_months": len(_PLAN),
        "reply_by": date(2026, 6, 25),
        "valid_until": date(2026, 7, 3),
    }


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=_SHANGHAI)

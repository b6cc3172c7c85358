"""What the service tests share: a provider that answers as told, rows of a book, a service over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from loansms import Lender, OutreachService
from loansms.model import Accepted, Borrower, Channel, Message, SubmitResult
from loansms.model.examples import borrower
from loansms.planning import Event
from loansms.stores import MemoryStore
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")  # a Thursday, a workday


class Answers:
    """A provider that answers what it is told to, then accepts; it keeps what it was handed and till when."""

    name = "sandbox"
    channels = frozenset(Channel)

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.outbox: list[Message] = []
        self.deadlines: list[datetime] = []

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Answer the next thing, or accept."""
        self.outbox.append(message)
        self.deadlines.append(deadline)
        answer = self.answers.pop(0) if self.answers else Accepted(f"p-{len(self.outbox)}")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def loans(self) -> list[str | None]:
        """The loans that were spoken of, in order."""
        return [message.loan_id for message in self.outbox]


class AsyncAnswers(Answers):
    """The same, awaited."""

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Answer the next thing, or accept."""
        return super().submit(message, deadline)


def book(*rows: dict[str, str]) -> list[dict[str, str]]:
    """Return rows of a book, by default each of its own borrower and due on the day of NOW."""
    plain = {"currency": "CNY", "amount_due": "1256.30", "next_due_on": "2026-09-24"}
    return [
        {"loan_id": f"L-{n}", "borrower_id": f"B-{n}", "phone": f"1740000{n:04}", **plain, **row}
        for n, row in enumerate(rows, 1)
    ]


def overdue(days: int) -> dict[str, str]:
    """Return the columns of a row so many days past due on the day of NOW."""
    due = (NOW.date() - timedelta(days=days)).isoformat()
    return {"oldest_unpaid_due_on": due, "next_due_on": "2026-10-24"}


def service(provider: object, store: object | None = None, **more: object) -> OutreachService:
    """Return a service over a memory store."""
    parts: dict[str, Any] = {"policy": "cn-consumer", "lender": Lender.example("CN"), **more}
    return OutreachService(store=store or MemoryStore(), provider=provider, **parts)


def outcomes(rows: object) -> list[str]:
    """Return the outcome of each row of a report or a list."""
    return [done.outcome.value for done in getattr(rows, "rows", rows)]


def event(
    event_id: str, who: Borrower | None = None, template: str = "notice.payment_received", **more: Any
) -> Event:
    """Return an event with sample values for every slot of its template."""
    slots = Catalogue.builtin().get(template, locale="zh-CN").slots
    values = {name: slot.sample("zh-CN") for name, slot in slots.items()}
    return Event(event_id=event_id, template=template, borrower=who or borrower(), values=values, **more)

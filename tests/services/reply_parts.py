"""What the tests of replies share: a borrower written to, a lender that listens, a core system that knows the loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field
from tests.services.parts import NOW, Answers, book, service
from tests.services.test_desk import keeper_of

from loansms import Lender, OutreachService
from loansms.model import Account, InboundMessage, PhoneNumber, Record, RecordKind
from loansms.portfolio import read_book
from loansms.portfolio.plan import told_accounts
from loansms.privacy import Secret
from loansms.providers.cases import Case
from loansms.services import Keeper, ReplyService, ReplyTaken
from loansms.stores import MemoryStore

MINUTE = timedelta(minutes=1)


class Core:
    """The lender's core system over a book."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.accounts = {
            one.account.loan_id: one.account for one in told_accounts(read_book(rows, default_country="CN"))
        }
        self.down = False

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the accounts, or fail as a system that is down."""
        if self.down:
            raise ConnectionError("core is down")
        return {one: self.accounts[one] for one in loan_ids if one in self.accounts}


class Queue:
    """A desk's queue that keeps what it was handed."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}

    def open(self, case: Case) -> bool | None:
        """Take a case, once an id."""
        self.cases.setdefault(case.case_id, case)
        return True


@define
class Bench:
    """A lender with a book, written to at NOW, and its replies."""

    rows: list[dict[str, str]]
    store: Any = field(factory=MemoryStore)
    provider: Answers = field(factory=Answers)
    queue: Queue = field(factory=Queue)
    minutes: int = 0
    keeper: Keeper = field(init=False)
    core: Core = field(init=False)
    outreach: OutreachService = field(init=False)
    replies: ReplyService = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.keeper = keeper_of(self.store)
        self.core = Core(self.rows)
        self.outreach = service(self.provider, self.store, keeper=self.keeper)
        self.replies = self.listening()

    def listening(self, **more: Any) -> ReplyService:
        """Return a service over these parts, some of them changed."""
        parts: dict[str, Any] = {
            "store": self.store,
            "lender": Lender.example("CN"),
            "outreach": self.outreach,
            "keeper": self.keeper,
            "cases": self.queue,
            "facts": self.core,
            **more,
        }
        return ReplyService(**parts)

    def run(self, at: datetime = NOW) -> Bench:
        """Send what the book calls for."""
        self.outreach.run(self.rows, now=at)
        return self

    def says(self, text: str, borrower_id: str | None = "B-1", **more: Any) -> ReplyTaken:
        """Let somebody write, each time a minute later, and take it in at once."""
        message = self.message(text, borrower_id, **more)
        return self.replies.take(message, now=message.received_at)

    def message(self, text: str, borrower_id: str | None = "B-1", **more: Any) -> InboundMessage:
        """Return a reply that came a minute after the one before."""
        self.minutes += 1
        at = NOW + self.minutes * MINUTE
        told: dict[str, Any] = {"received_at": at, "provider_id": f"mo-{self.minutes}", **more}
        return InboundMessage(borrower_id=borrower_id, text=Secret(text), **told)

    def records(self, kind: RecordKind) -> list[Record]:
        """Return the records of a kind."""
        return [one.record for one in self.store.entries() if one.record.kind is kind]

    @property
    def last_text(self) -> str:
        """The last text that went out."""
        return self.provider.outbox[-1].text.reveal()


def bench(*rows: dict[str, str], sent: bool = True, **parts: Any) -> Bench:
    """Return a bench over these rows; each borrower was written to at NOW."""
    made = Bench(book(*rows), **parts)
    return made.run() if sent else made


def number(local: str) -> PhoneNumber:
    """Return a made-up mainland number."""
    return PhoneNumber.parse(local, region="CN")

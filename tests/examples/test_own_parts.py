"""A host's own store and provider pass the suites that ship; a framework over loansms cannot send what the lender may not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.examples.test_fastapi import load

from loansms import Lender, Money, OutreachService
from loansms.clock import Clock, FrozenClock
from loansms.errors import CallerError
from loansms.model import Accepted, Payment, Rejected, Unknown
from loansms.model.examples import borrower
from loansms.providers import Provider, SandboxProvider
from loansms.stores import Claimed, ContactLedger, MemoryStore, Suppressed
from loansms.testing import KeptSuite, LedgerSuite, ProviderSuite
from loansms.testing.examples import AT, claim, message

STORE, GATEWAY, KIT = load("own_store"), load("own_gateway"), load("campaign_kit")


class TestHouseLedger(LedgerSuite, KeptSuite):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder, self.count = tmp_path, 0

    def make_store(self, clock: Clock) -> ContactLedger:
        self.count += 1
        store: ContactLedger = STORE.HouseLedger(STORE.House(self.folder / f"{self.count}.db"), clock)
        return store


class Client:
    """The company's client, played: what it is told to answer, and what it was handed."""

    def __init__(self, answer: object = 200) -> None:
        self.answer, self.handed = answer, list[Mapping[str, Any]]()

    def post(self, **told: Any) -> tuple[int, str]:
        self.handed.append(told)
        if isinstance(self.answer, OSError):
            raise self.answer
        assert isinstance(self.answer, int)
        return self.answer, f"g-{len(self.handed)}"


class TestHouseGateway(ProviderSuite):
    def make_provider(self) -> Provider:
        provider: Provider = GATEWAY.HouseGateway(Client(), FrozenClock(AT))
        return provider


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (200, Accepted("g-1")),
        (403, Rejected("http_403")),
        (500, Unknown("http_500")),
        (ConnectionRefusedError(), Rejected("connection_refused", retryable=True)),
        (TimeoutError(), Unknown("lost_connection")),
    ],
)
def test_the_gateway_says_what_is_known_and_no_more(answer: object, said: object) -> None:
    provider = GATEWAY.HouseGateway(Client(answer), FrozenClock(AT))
    assert provider.submit(message(), AT + timedelta(seconds=30)) == said


def test_a_booking_and_its_word_in_the_ledger_are_one_commit(tmp_path: Path) -> None:
    house = STORE.House(tmp_path / "house.db")
    ledger = STORE.HouseLedger(house, FrozenClock(AT))
    house.connection.execute("CREATE TABLE bookings (id TEXT)")
    paid = Payment(loan_id="L-1", amount=Money("10.00", "CNY"), at=AT)

    def book_and_die() -> None:
        with house.transaction():
            house.connection.execute("INSERT INTO bookings VALUES ('b-1')")
            ledger.record_payment("example|B-1", paid, "b-1")
            raise RuntimeError("the machine dies")

    with pytest.raises(RuntimeError, match="the machine dies"):
        book_and_die()
    before = AT - timedelta(minutes=1)
    [answer] = ledger.claim([claim(facts_at=before)])
    assert isinstance(answer, Claimed)
    with house.transaction():
        house.connection.execute("INSERT INTO bookings VALUES ('b-1')")
        ledger.record_payment("example|B-1", paid, "b-1")
    [answer] = ledger.claim([claim(step_key="next", facts_at=before)])
    assert isinstance(answer, Suppressed)
    assert house.connection.execute("SELECT count(*) FROM bookings").fetchone() == (1,)
    house.close()


def test_a_framework_tells_each_happening_once_and_only_what_passes_the_gate() -> None:
    provider = SandboxProvider()
    service = OutreachService(
        lender=Lender.example(),
        store=MemoryStore(),
        provider=provider,
        clock=FrozenClock(datetime(2026, 9, 24, 2, tzinfo=UTC)),
    )
    kit = KIT.Campaigns(service)

    @kit.when("paid", template="notice.payment_received")
    def paid(event: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"amount": event["amount"], "paid_on": event["on"], "loan_ref": event["loan_id"][-4:]}

    event = {"id": "17", "loan_id": "L-0001", "amount": Money("10.00", "CNY"), "on": date(2026, 9, 24)}
    assert [kit.tell("paid", borrower(), event) for _ in range(2)] == [True, False]
    assert len(provider.outbox) == 1
    with pytest.raises(CallerError, match="gift: nothing is declared; known: paid"):
        kit.tell("gift", borrower(), event)

"""What was not delivered goes on by the next channel: once, still due, and through the whole gate again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms.model import (
    Accepted,
    Account,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Rejected,
    Unknown,
)
from loansms.policy import Hop, Outcome, Policy
from loansms.portfolio import read_book
from loansms.privacy import Secret
from loansms.services import IntakeService
from loansms.services.sending.report import RunReport
from loansms.stores import MemoryStore, SqliteStore

MONDAY = NOW - timedelta(days=3)
# The lost text was the one contact of its day: what goes on does so from the next.
LATER = MONDAY + timedelta(days=1)
PRESET = Policy.preset("cn-consumer")
ROAD = (Channel.SMS, Channel.PUSH, Channel.VOICE)


def on_the_road(*then: Hop) -> Policy:
    return evolve(
        PRESET,
        steps=[
            evolve(step, channels=ROAD, then=then) if step.channels == (Channel.SMS,) else step
            for step in PRESET.steps
        ],
    )


UNDELIVERED = on_the_road(Hop(when=Outcome.UNDELIVERED))
LATE = book(overdue(11))


class Day:
    """A morning's run over one loan, and what came back."""

    def __init__(
        self, *answers: object, policy: Policy = UNDELIVERED, store: Any = None, **more: Any
    ) -> None:
        self.provider, self.store = Answers(*answers), store or MemoryStore()
        self.service = service(self.provider, self.store, policy=policy, **more)
        self.intake = IntakeService(store=self.store, lender=next(iter(self.service.setup.lenders.values())))
        self.service.run(LATE, now=MONDAY)

    def receipt(self, status: DeliveryStatus, number: int = 1) -> None:
        told = DeliveryReceipt(
            provider_message_id=f"p-{number}", step_key=None, status=status, at=MONDAY + timedelta(minutes=1)
        )
        assert self.intake.receipt(told)

    def on(self, rows: object = LATE, now: datetime = LATER) -> RunReport:
        return self.service.fall_back(rows, now=now)

    @property
    def channels(self) -> list[Channel]:
        return [one.channel for one in self.provider.outbox]


@pytest.mark.parametrize(
    "status", [DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED]
)
def test_what_was_not_delivered_goes_on_once(status: DeliveryStatus, tmp_path: Any) -> None:
    """By the next channel, under a key of its own, and asked again nothing more goes out."""
    day = Day(store=SqliteStore(tmp_path / "ledger.db"))
    day.receipt(status)
    assert outcomes(day.on()) == ["submitted"]
    assert outcomes(day.on()) == []
    assert day.channels == [Channel.SMS, Channel.PUSH]
    assert len({one.step_key for one in day.provider.outbox}) == 2
    assert [one.channel for one in day.store.attempts()] in ([*day.channels], [*reversed(day.channels)])


def test_it_goes_down_the_road_to_its_end() -> None:
    """Each channel that fails hands on to the next; behind the last there is nobody."""
    day = Day()
    for number in (1, 2, 3):
        day.receipt(DeliveryStatus.UNDELIVERED, number)
        day.on(now=MONDAY + timedelta(days=number))
    assert day.channels == list(ROAD)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Accepted("p-1"), None),
        (Accepted("p-1"), DeliveryStatus.DELIVERED),
        (Accepted("p-1"), DeliveryStatus.ACCEPTED),
        (Accepted("p-1"), DeliveryStatus.UNKNOWN),
        (Unknown("timeout"), None),
    ],
)
def test_nothing_goes_on_that_may_have_arrived(answer: object, status: DeliveryStatus | None) -> None:
    """No receipt, a good one, one on the way, and above all a message nobody knows the fate of."""
    day = Day(answer)
    if status:
        day.receipt(status)
    assert outcomes(day.on()) == []
    assert day.channels == [Channel.SMS]


def test_a_definite_refusal_goes_on() -> None:
    """The number takes no texts: the step has its other channels."""
    day = Day(Rejected("MK:0001"))
    assert outcomes(day.on()) == ["submitted"]
    assert day.channels == [Channel.SMS, Channel.PUSH]


def test_paid_meanwhile_nothing_goes_on() -> None:
    """The book of now says what is still due, and a loan that is in it no more is not spoken of."""
    day = Day()
    day.receipt(DeliveryStatus.UNDELIVERED)
    paid = [{**LATE[0], "amount_due": "0"}]
    assert outcomes(day.on(paid)) == ["none"]
    assert outcomes(day.on(book({"loan_id": "L-9", **overdue(11)}))) == []
    assert day.channels == [Channel.SMS]


def test_the_gate_is_asked_for_the_new_channel() -> None:
    """A text that got lost is a contact of its day, and nobody is dunned on a holiday."""
    day = Day()
    day.receipt(DeliveryStatus.UNDELIVERED)
    (today,) = day.on(now=MONDAY + timedelta(hours=2)).rows
    (tomorrow,) = day.on(now=MONDAY + timedelta(days=4)).rows
    assert (today.outcome.value, today.row.reason) == ("denied", "cap_reached")
    assert (tomorrow.outcome.value, tomorrow.row.channel) == ("deferred", Channel.PUSH)
    assert day.channels == [Channel.SMS]


def test_no_reply_goes_on_after_its_hours_and_a_reply_ends_it() -> None:
    """Who answered is not asked again by another channel."""
    policy = on_the_road(Hop(when=Outcome.NO_REPLY, after_hours=20))
    silent, answered = Day(policy=policy), Day(policy=policy)
    reply = InboundMessage(
        borrower_id="B-1", text=Secret("知道了"), received_at=MONDAY + timedelta(minutes=5)
    )
    answered.intake.reply(reply)
    assert outcomes(silent.on(now=MONDAY + timedelta(hours=19))) == []
    assert outcomes(silent.on()) == ["submitted"]
    assert outcomes(answered.on()) == []


def test_the_facts_of_now_are_asked_before_it_goes_on() -> None:
    """The host's system knows of the payment that the morning's book does not."""
    (row,) = read_book(LATE, default_country="CN").rows
    nothing_due = evolve(row.account, amount_due=evolve(row.account.amount_due, amount=0))

    class Facts:
        present: Account | None = row.account

        def current(self, loan_ids: list[str]) -> dict[str, Account]:
            return {one: self.present for one in loan_ids if self.present is not None}

    facts = Facts()
    day = Day(facts=facts)
    day.receipt(DeliveryStatus.UNDELIVERED)
    facts.present = None
    assert outcomes(day.on()) == []
    facts.present = nothing_due
    assert outcomes(day.on()) == ["none"]
    facts.present = row.account
    assert outcomes(day.on()) == ["submitted"]


def test_of_two_loans_one_goes_on_today() -> None:
    """Two texts that were lost are not made up for by two calls."""
    both = book(overdue(11), {**overdue(13), "borrower_id": "B-1", "phone": "17400000001"})
    provider, store = Answers(), MemoryStore()
    parts = service(provider, store, policy=UNDELIVERED)
    parts.run(both, now=MONDAY)
    parts.run(both, now=LATER)
    sent = len(provider.outbox)
    intake = IntakeService(store=store, lender=next(iter(parts.setup.lenders.values())))
    for one in list(store.attempts()):
        intake.receipt(
            DeliveryReceipt(
                provider_message_id="", step_key=one.step_key, status=DeliveryStatus.UNDELIVERED, at=LATER
            )
        )
    told = parts.fall_back(both, now=LATER + timedelta(days=1))
    assert (sent, sorted(outcomes(told))) == (2, ["deferred", "submitted"])
    assert len(provider.outbox) == 3

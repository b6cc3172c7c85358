"""What comes back from the world, late, twice, out of order, and about nobody we know."""

from datetime import datetime, timedelta

from tests.services.parts import NOW, Answers, book, event, outcomes, service

from loansms import IntakeService, Lender
from loansms.model import DeliveryReceipt, DeliveryStatus, InboundMessage, Unknown
from loansms.model.examples import borrower
from loansms.privacy import Secret
from loansms.stores import AttemptState, MemoryStore

S = DeliveryStatus


class Back:
    """A provider's mailbox that hands out the same things whenever it is asked."""

    def __init__(self, *things: DeliveryReceipt | InboundMessage) -> None:
        self.things = things

    def receipts(self, now: datetime) -> list[DeliveryReceipt]:
        """Return the receipts."""
        return [one for one in self.things if isinstance(one, DeliveryReceipt)]

    def inbound(self, now: datetime) -> list[InboundMessage]:
        """Return the replies."""
        return [one for one in self.things if isinstance(one, InboundMessage)]


def receipt(step_key: str, status: DeliveryStatus, minute: int = 0) -> DeliveryReceipt:
    """Return a receipt so many minutes after NOW."""
    return DeliveryReceipt(
        provider_message_id="p-1", step_key=step_key, status=status, at=NOW + timedelta(minutes=minute)
    )


def reply(text: str, borrower_id: str | None = "B-1") -> InboundMessage:
    """Return a reply."""
    return InboundMessage(borrower_id=borrower_id, text=Secret(text), received_at=NOW)


def test_the_same_news_twice_changes_nothing() -> None:
    """A mailbox read again after a crash: one contact, one refusal, one delivery, whatever the order."""
    store, provider = MemoryStore(), Answers(Unknown("timeout"))
    service(provider, store).run(book({}), now=NOW)
    key = provider.outbox[0].step_key
    news = [
        receipt(key, S.DELIVERED, 9),
        receipt(key, S.UNDELIVERED, 3),
        reply("TD"),
        receipt(key, S.UNKNOWN),
    ]
    intake = IntakeService(store=store, lender=Lender.example("CN"))
    seen = []
    for order in (news, news, list(reversed(news))):
        taken = intake.collect(Back(*order), now=NOW)
        assert (taken.replies, taken.opted_out, taken.unmatched) == (1, 1, 0)
        [attempt] = store.attempts()
        histories = store.histories([attempt.debtor], NOW - timedelta(days=1))
        seen.append((attempt.state, attempt.delivery, histories[attempt.debtor]))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][:2] == (AttemptState.ACCEPTED, S.DELIVERED)
    assert len(seen[0][2].contacts) == 2


def test_what_belongs_to_nobody_is_counted_for_a_person_to_see() -> None:
    """A receipt of no attempt of ours, and a refusal of which the provider does not tell the borrower."""
    intake = IntakeService(store=MemoryStore(), lender=Lender.example("CN"))
    taken = intake.collect(Back(receipt("elsewhere", S.DELIVERED), reply("TD", None)), now=NOW)
    assert (taken.unmatched, taken.unattributed, taken.opted_out, taken.replies) == (1, 1, 0, 1)
    assert "TD" not in repr(taken)


def test_events_after_a_refusal_and_at_night() -> None:
    """A refusal stops notices of events too; a payment notice goes out at night, a survey waits or is denied."""
    store = MemoryStore()
    outreach = service(Answers(), store)
    IntakeService(store=store, lender=Lender.example("CN")).reply(reply("退订"))
    night = NOW.replace(hour=23)
    assert outcomes(outreach.notify_many([event("E-1")], now=NOW)) == ["denied"]
    other = borrower(borrower_id="B-2")
    assert outcomes(outreach.notify_many([event("E-2", other)], now=night)) == ["submitted"]
    [survey] = outreach.notify_many([event("E-3", other, "care.birthday")], now=NOW)
    assert survey.outcome.value == "denied", "marketing needs its own consent"


def test_a_deferred_event_goes_out_when_it_is_given_again() -> None:
    """The row says from when on; the same event id then sends it once."""
    outreach = service(Answers())
    willing = borrower(borrower_id="B-2", consent_marketing=True, consent_sms=True)
    given = event("E-1", willing, "care.birthday")
    [night] = outreach.notify_many([given], now=NOW.replace(hour=22))
    assert night.outcome.value == "deferred"
    assert night.row.send_at is not None
    again = [outcomes(outreach.notify_many([given], now=night.row.send_at)) for _ in range(2)]
    assert again == [["submitted"], ["already_done"]]

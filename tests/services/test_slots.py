"""A gateway that keeps templates itself is handed the values beside the text; nobody else sees them."""

from __future__ import annotations

from tests.services.parts import NOW, Answers, book, event, service

from loansms.model.examples import account


def test_a_message_carries_the_values_as_they_are_written() -> None:
    provider = Answers()
    service(provider).run(book({}), now=NOW)
    (message,) = provider.outbox
    told = {name: value.reveal() for name, value in message.slots.items()}
    assert told["amount_due"] in message.text.reveal()
    assert told["amount_due"] == "1,256.30元"
    assert told["loan_ref"] == "L-1"
    assert "1,256.30" not in repr(message)


def test_an_event_notice_carries_them_too() -> None:
    provider = Answers()
    service(provider).notify_many([event("E-1", account().borrower)], now=NOW)
    (message,) = provider.outbox
    assert message.slots
    assert all(
        value.reveal() in message.text.reveal()
        for name, value in message.slots.items()
        if name in {"amount", "loan_ref"}
    )

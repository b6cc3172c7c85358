"""The conformance suite of a provider: subclass it, write `make_provider`, run pytest.

    class TestMyGateway(ProviderSuite):
        def make_provider(self):
            return MyGateway(url=fake_gateway.url)

It hands over made-up messages, so the provider must talk to a fake or a test account.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta

from loansms.errors import UnsupportedByProvider
from loansms.model import Accepted, Channel, Message, Rejected, Unknown
from loansms.privacy import Secret
from loansms.providers import Provider, SupportsInbound, SupportsReceipts
from loansms.providers.base import SupportsBatch
from loansms.services.sending.answers import checked_answer
from loansms.testing.examples import AT, message

DEADLINE = AT + timedelta(seconds=30)
LATER = AT + timedelta(days=3)
_BODY = "canary-body-5512"


class ProviderSuite(ABC):
    """What every provider must do; abilities beside `submit` are checked where they are there."""

    @abstractmethod
    def make_provider(self) -> Provider:
        """Return a provider that reaches no real person."""

    def messages(self, provider: Provider) -> Sequence[Message]:
        """Return forty messages the provider should take; override where it is choosy."""
        channel = min(provider.channels)
        return [
            message(
                message_id=f"m-{number}",
                step_key=f"s-{number}",
                channel=channel,
                text=Secret(f"{_BODY}-{number}"),
            )
            for number in range(40)
        ]

    def test_it_says_who_it_is(self) -> None:
        """A name for reports, and at least one channel."""
        provider = self.make_provider()
        assert isinstance(provider, Provider)
        assert provider.name
        assert provider.channels <= frozenset(Channel)
        assert provider.channels

    def test_every_submit_is_answered_by_a_value(self) -> None:
        """Accepted, Rejected or Unknown, and at least one of forty is accepted."""
        provider = self.make_provider()
        answers = [provider.submit(one, DEADLINE) for one in self.messages(provider)]
        assert all(isinstance(answer, Accepted | Rejected | Unknown) for answer in answers)
        assert any(isinstance(answer, Accepted) for answer in answers)

    def test_answers_carry_codes_and_never_a_text(self) -> None:
        """Ids and codes are text, and a code is a short word: the ledger would not keep a sentence."""
        provider = self.make_provider()
        answers = [provider.submit(one, DEADLINE) for one in self.messages(provider)]
        assert [checked_answer(answer, provider.name) for answer in answers] == answers

    def test_accepted_messages_have_ids_of_their_own(self) -> None:
        """A receipt must be able to find its message."""
        provider = self.make_provider()
        answers = [provider.submit(one, DEADLINE) for one in self.messages(provider)]
        ids = [answer.provider_message_id for answer in answers if isinstance(answer, Accepted)]
        assert all(ids)
        assert len(ids) == len(set(ids))

    def test_a_channel_it_does_not_take_is_refused_aloud(self) -> None:
        """Unsupported things raise; they are never dropped."""
        provider = self.make_provider()
        for channel in frozenset(Channel) - provider.channels:
            try:
                provider.submit(message(channel=channel), DEADLINE)
            except UnsupportedByProvider:
                continue
            raise AssertionError(f"{channel} was taken")

    def test_nothing_shows_a_text_or_a_number(self) -> None:
        """Neither an answer nor the provider prints what was sent, or to whom."""
        provider = self.make_provider()
        sent = self.messages(provider)
        answers = [provider.submit(one, DEADLINE) for one in sent]
        shown = f"{provider!r} {provider} {answers!r}"
        assert _BODY not in shown
        assert not any(one.text.reveal() in shown or one.to.e164[-8:] in shown for one in sent)

    def test_several_at_once_are_answered_one_by_one_and_in_order(self) -> None:
        """Each has an answer and an id of its own; a channel it does not take is refused before anything is sent."""
        provider = self.make_provider()
        if not isinstance(provider, SupportsBatch):
            return
        sent = self.messages(provider)
        answers = provider.submit_many(sent, DEADLINE)
        assert len(answers) == len(sent)
        assert all(isinstance(answer, Accepted | Rejected | Unknown) for answer in answers)
        ids = [answer.provider_message_id for answer in answers if isinstance(answer, Accepted)]
        assert len(ids) == len(set(ids)) > 0
        for channel in frozenset(Channel) - provider.channels:
            try:
                provider.submit_many([message(channel=channel)], DEADLINE)
            except UnsupportedByProvider:
                continue
            raise AssertionError(f"{channel} was taken")

    def test_receipts_belong_to_what_was_submitted_and_come_once(self) -> None:
        """Each names a message of ours, and asking again brings none of them back."""
        provider = self.make_provider()
        if not isinstance(provider, SupportsReceipts):
            return
        sent = self.messages(provider)
        answers = [provider.submit(one, DEADLINE) for one in sent]
        told = provider.receipts(LATER)
        keys = {one.step_key for one in sent}
        ids = {answer.provider_message_id for answer in answers if isinstance(answer, Accepted)}
        assert all(one.step_key in keys or one.provider_message_id in ids for one in told)
        assert all(one.at.utcoffset() is not None for one in told)
        assert not provider.receipts(LATER)

    def test_replies_hide_their_words_and_come_once(self) -> None:
        """A reply is a Secret with an aware time, and is handed out once."""
        provider = self.make_provider()
        if not isinstance(provider, SupportsInbound):
            return
        for one in self.messages(provider):
            provider.submit(one, DEADLINE)
        told = provider.inbound(LATER)
        assert all(one.text.reveal() not in repr(one) for one in told)
        assert all(one.received_at.utcoffset() is not None for one in told)
        assert not provider.inbound(LATER)

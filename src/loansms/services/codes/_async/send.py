"""Hand a code to a provider: worded anew each time, because no text of it is kept anywhere."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from attrs import frozen

from loansms.clock import AsyncCutoff, Clock
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import Channel, Message, Purpose, Rejected, SubmitResult, Unknown
from loansms.planning import CodeText
from loansms.providers import AsyncProvider
from loansms.services.codes.record import CodeRecord
from loansms.services.sending.answers import checked_answer
from loansms.services.sending.claims import written


def reference_of(challenge_id: str, send: int) -> str:
    """Return what a provider and its receipts know one send by: 40 hex digits, from which no id is told."""
    return hashlib.sha256(f"{challenge_id}#{send}".encode()).hexdigest()[:40]


@frozen(kw_only=True)
class AsyncCodeSender:
    """The roads out: one provider, and another for voice where the first does not speak."""

    provider: AsyncProvider
    voice: AsyncProvider | None
    clock: Clock
    deadline_for: timedelta

    def road(self, channel: Channel) -> AsyncProvider:
        """Return the provider of a channel; raise UnsupportedByProvider when there is none."""
        if channel is Channel.VOICE and self.voice is not None:
            return self.voice
        if channel not in self.provider.channels:
            name = self.provider.name
            raise UnsupportedByProvider(
                f"provider {name}: the channel {channel.value} is not supported; give one that has it "
                "(voice= for calls)",
                f"通道 {name}：不支持 {channel.value}，请提供支持的通道（语音用 voice=）",
            )
        return self.provider

    async def submit(
        self, record: CodeRecord, text: CodeText, channel: Channel, reference: str
    ) -> SubmitResult:
        """Submit once and say what came of it; a time-out is Unknown, never a second try."""
        message = Message(
            message_id=f"c-{reference[:24]}",
            step_key=reference,
            borrower_id=record.subject,
            loan_id=None,
            to=record.phone,
            text=text.text,
            signature=text.signature,
            purpose=Purpose.OTP,
            channel=channel,
            template=text.template,
            template_version=text.template_version,
            locale=text.locale,
            segments=text.segments,
            slots=written(text.slots),
        )
        return await self.send(message)

    async def send(self, message: Message) -> SubmitResult:
        """Submit one message of any purpose, once."""
        try:
            road = self.road(message.channel)
            async with AsyncCutoff(self.deadline_for):
                answer = await road.submit(message, self.clock.now() + self.deadline_for)
            return checked_answer(answer, road.name)
        except UnsupportedByProvider:
            return Rejected("unsupported")
        except (ProviderError, OSError):
            # A lost socket or a time-out says nothing of whether it was sent.
            return Unknown("provider_error")

"""A gateway that goes nowhere: it accepts, refuses, times out, later delivers and replies, all seeded.

>>> from loansms.testing.examples import AT, message
>>> sandbox = SandboxProvider()
>>> sandbox.submit(message(), AT)
Accepted(provider_message_id='sandbox-cb03a74fe0786640')
>>> sandbox.outbox[0].text
'Your instalment is due in 3 days.'
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import datetime

from attrs import field, frozen

from loansms.clock import Clock, require_aware
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Message,
    PhoneNumber,
    Purpose,
    SubmitResult,
)
from loansms.privacy import Secret
from loansms.providers.base import require_channel
from loansms.providers.fate import CODES, Fate


class PlainText(str):
    """A text that is readable here, and answers `reveal()` like the Secret it came from."""

    __slots__ = ()

    def reveal(self) -> str:
        """Return the text."""
        return str(self)


@frozen(kw_only=True)
class Submitted:
    """One message that was handed to the sandbox, and what it answered; its repr shows no text."""

    message: Message
    result: SubmitResult
    at: datetime
    text: PlainText = field(repr=False)

    @property
    def step_key(self) -> str:
        """The step key of the message."""
        return self.message.step_key

    @property
    def message_id(self) -> str:
        """The id of the message."""
        return self.message.message_id

    @property
    def loan_id(self) -> str | None:
        """The loan the message is about."""
        return self.message.loan_id

    @property
    def borrower_id(self) -> str:
        """The borrower the message is about."""
        return self.message.borrower_id

    @property
    def to(self) -> PhoneNumber:
        """The number, printed masked."""
        return self.message.to

    @property
    def purpose(self) -> Purpose:
        """Why it was sent."""
        return self.message.purpose

    @property
    def channel(self) -> Channel:
        """The road it took."""
        return self.message.channel

    @property
    def template(self) -> str:
        """The template it was made from."""
        return self.message.template

    @property
    def signature(self) -> str:
        """The signature beside the text."""
        return self.message.signature


class SandboxProvider:
    """A seeded gateway for tests and demos; `outbox` lists what was submitted, readable.

    What happens to a message depends on the seed and its step key, never on the order of calls. `clock` tells
    when a message was submitted; without one the call's deadline stands in for it, the only time the caller
    tells, so simulated days need no clock here.

    Codes and security alerts are `calm`: they always arrive. Their step keys are random, so trouble there
    would fail a host's own tests now and then; give ``calm=frozenset()`` to meet it.
    """

    name = "sandbox"
    attachment_types: frozenset[str] = frozenset({"application/pdf", "image/png"})

    def __init__(
        self,
        seed: int = 0,
        clock: Clock | None = None,
        *,
        reject_rate: float = 0.02,
        unknown_rate: float = 0.01,
        deliver_rate: float = 0.96,
        reply_rate: float = 0.01,
        calm: frozenset[Purpose] = CODES,
        channels: frozenset[Channel] = frozenset(Channel),
    ) -> None:
        self.channels = channels
        self.outbox: list[Submitted] = []
        self._clock = clock
        self._fate = Fate(
            seed=seed,
            reject_rate=reject_rate,
            unknown_rate=unknown_rate,
            deliver_rate=deliver_rate,
            reply_rate=reply_rate,
            calm=calm,
        )
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._receipts: list[DeliveryReceipt] = []
        self._inbound: list[InboundMessage] = []

    def __repr__(self) -> str:
        return f"SandboxProvider(seed={self._fate.seed}, submitted={len(self.outbox)})"

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Answer at once, as the seed will have it."""
        require_channel(self, message.channel)
        at = self._clock.now() if self._clock else require_aware(deadline, "deadline")
        reference = f"{self._fate.seed}|{message.step_key}"
        provider_id = f"sandbox-{hashlib.sha256(reference.encode()).hexdigest()[:16]}"
        with self._lock:
            self._seen[message.step_key] += 1
            again = self._seen[message.step_key]
            result = self._fate.answer(message, provider_id if again == 1 else f"{provider_id}-{again}")
            self.outbox.append(
                Submitted(message=message, result=result, at=at, text=PlainText(message.text.reveal()))
            )
            if self._fate.reached_gateway(message, result):
                self._foresee(message, result, at, provider_id)
        return result

    def receipts(self, now: datetime) -> list[DeliveryReceipt]:
        """Return the receipts that came in up to `now`, each once, oldest first."""
        require_aware(now)
        with self._lock:
            due = sorted((one for one in self._receipts if one.at <= now), key=lambda one: one.at)
            self._receipts = [one for one in self._receipts if one.at > now]
        return due

    def inbound(self, now: datetime) -> list[InboundMessage]:
        """Return the replies that came in up to `now`, each once, oldest first."""
        require_aware(now)
        with self._lock:
            due = sorted(
                (one for one in self._inbound if one.received_at <= now), key=lambda one: one.received_at
            )
            self._inbound = [one for one in self._inbound if one.received_at > now]
        return due

    def _foresee(self, message: Message, result: SubmitResult, at: datetime, provider_id: str) -> None:
        status, code, delay = self._fate.delivery(message)
        known = result.provider_message_id if isinstance(result, Accepted) else provider_id
        self._receipts.append(
            DeliveryReceipt(
                provider_message_id=known,
                step_key=message.step_key,
                status=status,
                at=at + delay,
                raw_code=code,
            )
        )
        reply = self._fate.reply(message) if status is DeliveryStatus.DELIVERED else None
        if reply is not None:
            words, wait = Secret(reply[0]), reply[1]
            self._inbound.append(
                InboundMessage(
                    borrower_id=message.borrower_id,
                    text=words,
                    received_at=at + delay + wait,
                    reply_to=message.step_key,
                )
            )

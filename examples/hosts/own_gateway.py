"""A provider of one's own: the company's SMS gateway, spoken to by the client the company already has.

What a provider owes its caller is one method and three honest answers: the gateway has it, the gateway does not have it, or
nobody can know. tests/examples/test_own_parts.py runs the suite that ships over it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from loansms import Channel
from loansms.clock import Clock, SystemClock
from loansms.model import Accepted, Message, Rejected, SubmitResult, Unknown
from loansms.providers import require_channel


class GatewayClient(Protocol):
    """The company's client, as it is: it answers a status and an id, and raises OSError when the line fails."""

    def post(self, *, to: str, text: str, reference: str, timeout: float) -> tuple[int, str]:
        """Hand one message over; return the gateway's status and its id of the message."""
        ...


class HouseGateway:
    """Hands messages to the company's own gateway."""

    name = "house-gateway"
    channels = frozenset({Channel.SMS})

    def __init__(self, client: GatewayClient, clock: Clock | None = None) -> None:
        self._client = client
        self._clock = clock or SystemClock()

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Submit one message and say what is known of it; `deadline` ends the call."""
        require_channel(self, message.channel)
        left = (deadline - self._clock.now()).total_seconds()
        try:
            status, reference = self._client.post(
                to=message.to.e164,
                text=f"【{message.signature}】{message.text.reveal()}",
                reference=message.step_key,  # comes back with the receipt
                timeout=max(1.0, left),
            )
        except ConnectionRefusedError:
            return Rejected("connection_refused", retryable=True)  # not a byte left this machine
        except OSError:
            return Unknown("lost_connection")  # it may have arrived: never sent again by itself
        if status == 200:
            return Accepted(reference)
        return Rejected(f"http_{status}") if 400 <= status < 500 else Unknown(f"http_{status}")

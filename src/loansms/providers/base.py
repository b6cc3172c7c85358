"""The port to a provider: one verb, and small abilities beside it.

A host with its own gateway implements `submit` alone (docs/how-to/write-a-provider.md). What a provider can
do besides is a Protocol of its own; what it cannot do it refuses with `UnsupportedByProvider`, never drops.

>>> from loansms.providers import SandboxProvider
>>> isinstance(SandboxProvider(), SupportsReceipts), isinstance(object(), SupportsReceipts)
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from loansms.errors import UnsupportedByProvider
from loansms.model import (
    Channel,
    DeliveryReceipt,
    InboundMessage,
    Message,
    Money,
    PhoneNumber,
    SubmitResult,
)
from loansms.providers.codec import Enquiry


@runtime_checkable
class Provider(Protocol):
    """A road out; `name` is told in decisions and reports, `channels` are the roads it knows."""

    @property
    def name(self) -> str:
        """What the provider is called."""
        ...

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels it takes."""
        ...

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Hand one message over before `deadline` (aware) and say what came of it.

        Accepted: the provider has it. Rejected: it definitely does not. Unknown: everything else, such as a
        time-out after the first byte; it is never handed over again by itself. Raise UnsupportedByProvider
        for a channel it does not take.
        """
        ...


@runtime_checkable
class SupportsAttachments(Protocol):
    """A provider that carries files; any other is never handed a message with one."""

    @property
    def attachment_types(self) -> frozenset[str]:
        """The media types it carries, such as application/pdf."""
        ...


@runtime_checkable
class SupportsReceipts(Protocol):
    """A provider that is asked for its delivery receipts."""

    def receipts(self, now: datetime) -> Sequence[DeliveryReceipt]:
        """Return the receipts that came in up to `now`, each once."""
        ...


@runtime_checkable
class SupportsInbound(Protocol):
    """A provider that is asked for replies, by the host, every so often: it pushes none."""

    def inbound(self, now: datetime) -> Sequence[InboundMessage]:
        """Return the replies that came in up to `now`, each once."""
        ...


@runtime_checkable
class SupportsBatch(Protocol):
    """A provider that takes several messages at once."""

    def submit_many(self, messages: Sequence[Message], deadline: datetime) -> Sequence[SubmitResult]:
        """Hand messages over before `deadline`; return what came of each, in order."""
        ...


@runtime_checkable
class SupportsLookup(Protocol):
    """A provider that can be asked about a message nobody knows the fate of."""

    def look_up(self, enquiry: Enquiry, deadline: datetime) -> SubmitResult | DeliveryReceipt:
        """Return what the provider knows: a receipt, Accepted, Rejected where it surely never had it, else Unknown."""
        ...


@runtime_checkable
class SupportsBalance(Protocol):
    """A provider that tells what is left on the account."""

    def balance(self, deadline: datetime) -> Money | int:
        """Return the money left, or how many messages."""
        ...


@runtime_checkable
class SupportsCards(Protocol):
    """A provider that knows whose handset shows cards."""

    def card_support(
        self, phones: Sequence[PhoneNumber], template: str, locale: str, deadline: datetime
    ) -> Sequence[bool | None]:
        """Return for each number whether its handset shows the card of `template`, None where that is not told."""
        ...


@runtime_checkable
class AsyncProvider(Protocol):
    """`Provider`, awaited: the same names, the same answers; ``deadline`` is aware."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def channels(self) -> frozenset[Channel]: ...  # noqa: D102

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult: ...  # noqa: D102


@runtime_checkable
class AsyncSupportsReceipts(Protocol):
    """An awaited provider that is asked for its delivery receipts."""

    async def receipts(self, now: datetime) -> Sequence[DeliveryReceipt]: ...  # noqa: D102


@runtime_checkable
class AsyncSupportsInbound(Protocol):
    """An awaited provider that is asked for replies."""

    async def inbound(self, now: datetime) -> Sequence[InboundMessage]: ...  # noqa: D102


@runtime_checkable
class AsyncSupportsBatch(Protocol):
    """An awaited provider that takes several messages at once."""

    async def submit_many(  # noqa: D102
        self, messages: Sequence[Message], deadline: datetime
    ) -> Sequence[SubmitResult]: ...


@runtime_checkable
class AsyncSupportsLookup(Protocol):
    """An awaited provider that can be asked about a message nobody knows the fate of."""

    async def look_up(  # noqa: D102
        self, enquiry: Enquiry, deadline: datetime
    ) -> SubmitResult | DeliveryReceipt: ...


@runtime_checkable
class AsyncSupportsBalance(Protocol):
    """An awaited provider that tells what is left on the account."""

    async def balance(self, deadline: datetime) -> Money | int: ...  # noqa: D102


@runtime_checkable
class AsyncSupportsCards(Protocol):
    """An awaited provider that knows whose handset shows cards."""

    async def card_support(  # noqa: D102
        self, phones: Sequence[PhoneNumber], template: str, locale: str, deadline: datetime
    ) -> Sequence[bool | None]: ...


def carried_by(provider: object) -> frozenset[str]:
    """Return the media types of the files that `provider` carries."""
    return provider.attachment_types if isinstance(provider, SupportsAttachments) else frozenset()


def require_channel(provider: Provider, channel: Channel) -> None:
    """Raise UnsupportedByProvider unless `provider` takes `channel`."""
    if channel not in provider.channels:
        raise UnsupportedByProvider(
            f"provider {provider.name}: the channel {channel.value} is not supported; route it to one that has it",
            f"通道商 {provider.name}：不支持 {channel.value} 渠道，请改用支持的通道商",
        )

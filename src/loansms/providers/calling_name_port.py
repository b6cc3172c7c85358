"""The port to whoever shows calling names: apply, status, withdraw and marks, sync and awaited, and what a codec needs for each.

A codec builds and reads one request a number and touches no network; `loansms.providers.calling_name_http` joins it to
httpx. What a vendor cannot do its codec does not have, and the port refuses it with UnsupportedByProvider.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from loansms.providers.calling_name import CallingProfile, CardStatus, NumberMark
from loansms.providers.codec import HttpRequest, HttpResponse


@runtime_checkable
class CallingNames(Protocol):
    """Somebody who shows names beside numbers; every deadline is aware."""

    @property
    def name(self) -> str:
        """What the vendor is called."""
        ...

    def apply(self, profile: CallingProfile, deadline: datetime) -> Sequence[CardStatus]:
        """Apply for the card of every number of `profile`, at most once each, and say where each stands, in order.

        Review comes later: PENDING is the good answer. NOT_SENT may be applied for again, UNKNOWN never by itself.
        """
        ...

    def status(self, application_id: str, deadline: datetime) -> CardStatus:
        """Return where an application stands; raise ProviderError where that is not told."""
        ...

    def withdraw(self, application_id: str, deadline: datetime) -> CardStatus:
        """Take a card back and return where it stands; raise ProviderError where that is not told."""
        ...

    def marks(self, numbers: Sequence[str], deadline: datetime) -> Sequence[NumberMark]:
        """Return how terminals mark `numbers`, every number at least once; raise ProviderError where that is not told."""
        ...


@runtime_checkable
class AsyncCallingNames(Protocol):
    """CallingNames, awaited."""

    @property
    def name(self) -> str: ...  # noqa: D102

    async def apply(self, profile: CallingProfile, deadline: datetime) -> Sequence[CardStatus]: ...  # noqa: D102
    async def status(self, application_id: str, deadline: datetime) -> CardStatus: ...  # noqa: D102
    async def withdraw(self, application_id: str, deadline: datetime) -> CardStatus: ...  # noqa: D102
    async def marks(self, numbers: Sequence[str], deadline: datetime) -> Sequence[NumberMark]: ...  # noqa: D102


@runtime_checkable
class CallingNameCodec(Protocol):
    """The one thing every vendor of cards does: take an application for a number."""

    @property
    def name(self) -> str:
        """What the vendor is called."""
        ...

    def build_application(
        self, profile: CallingProfile, number: str, *, now: datetime, nonce: str
    ) -> HttpRequest:
        """Return the request that applies for one number's card."""
        ...

    def parse_application(self, number: str, response: HttpResponse) -> CardStatus:
        """Return where it stands; what cannot be understood is UNKNOWN, never REFUSED."""
        ...


@runtime_checkable
class CardStatusCodec(Protocol):
    """A vendor that can be asked where an application stands."""

    def build_status(self, application_id: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the question."""
        ...

    def parse_status(self, application_id: str, response: HttpResponse) -> CardStatus:
        """Return the answer; raise ProviderError where it cannot be understood."""
        ...


@runtime_checkable
class CardWithdrawalCodec(Protocol):
    """A vendor that takes cards back on request."""

    def build_withdrawal(self, application_id: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request."""
        ...

    def parse_withdrawal(self, application_id: str, response: HttpResponse) -> CardStatus:
        """Return where the card stands; raise ProviderError where that cannot be understood."""
        ...


@runtime_checkable
class MarksCodec(Protocol):
    """A vendor that tells how terminals mark a number."""

    def build_marks(self, number: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the question about one number."""
        ...

    def parse_marks(self, number: str, response: HttpResponse) -> Sequence[NumberMark]:
        """Return its marks, NONE where there is none; raise ProviderError where the answer cannot be understood."""
        ...

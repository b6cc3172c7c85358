"""A provider as a pure codec: bytes out, bytes in, and no socket, client or clock of its own.

A codec says what is to be asked and what an answer means; `loansms.providers.http` joins any codec to httpx, sync and
async, and alone decides between "not sent" and "nobody knows". What a gateway calls back with goes through `authenticate`,
then `parse_callback`, whose reports have one vocabulary whatever the gateway.

What else a codec can do is a Protocol of its own: a road that cannot be asked for its balance has no `build_balance`.

>>> request = HttpRequest("POST", "https://gateway.example/sms", body=b"to=...")
>>> request
HttpRequest(method='POST', url='https://gateway.example/sms')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from loansms.model import Channel, DeliveryReceipt, InboundMessage, Message, Money, PhoneNumber, SubmitResult

Report: TypeAlias = DeliveryReceipt | InboundMessage
NOT_LISTED = "not_listed"
"""The cause `parse_lookup` gives with Unknown where an answer does not list the message: the next page may."""


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _without_query(url: str) -> str:
    return repr(url.partition("?")[0])


@frozen
class HttpRequest:
    """What is sent, all of it signed already; only method and address are printed, without the query, which may hold a number."""

    method: str
    url: str = field(repr=_without_query)
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen
class HttpResponse:
    """What came back whole; names of headers in lower case, and only the status is printed."""

    status: int
    headers: Mapping[str, str] = field(factory=dict[str, str], converter=_lower, repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class Callback:
    """What a gateway sent to us: `url` as it addressed it, `remote` the address it came from where that is known.

    ``received_at`` (aware) is when it came, for gateways whose reports tell no time; `callbacks.receive` fills it in.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict[str, str], converter=_lower, repr=False)
    body: bytes = field(default=b"", repr=False)
    remote: str | None = field(default=None, repr=False)
    received_at: datetime | None = None


@frozen
class CallbackAnswer:
    """What the gateway is answered, so that it stops pushing, or pushes again."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain"


@frozen
class CallbackRefused:
    """A callback that is not believed, and why in our word: "signature", "stale", "address", "path", "password", "unguarded", "unreadable"."""

    why: str


UNGUARDED = CallbackRefused("unguarded")
"""What a codec whose gateway signs nothing says of every callback: only `callbacks.Guarded` has it believed, by its guard."""


@frozen(kw_only=True)
class Enquiry:
    """A message nobody knows the fate of, as far as a gateway can be asked about it.

    ``submitted_on`` is the day of the submit by the gateway's clock: UTC+8 at the mainland's clouds, UTC at Twilio.
    """

    step_key: str
    message_id: str
    to: PhoneNumber
    provider_message_id: str
    submitted_on: date


@runtime_checkable
class Codec(Protocol):
    """The one thing every HTTP gateway does: take a message."""

    @property
    def name(self) -> str:
        """What the provider is called in decisions and reports."""
        ...

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels it takes."""
        ...

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that submits `message`, signed at `now` (aware) with `nonce` (new for every request)."""
        ...

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return what a whole answer means: what cannot be understood is Unknown, never Rejected."""
        ...


@runtime_checkable
class BatchCodec(Protocol):
    """A gateway that takes several messages in one request, and answers for each."""

    @property
    def most(self) -> int:
        """How many messages a request may hold."""
        ...

    def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
        """Return `messages` in groups that one request can hold, none of them lost."""
        ...

    def build_batch(self, messages: Sequence[Message], *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that submits one group."""
        ...

    def parse_batch(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        """Return what became of each message, in order; some may be taken and others not."""
        ...


@runtime_checkable
class CallbackCodec(Protocol):
    """A gateway that pushes receipts or replies."""

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:
        """Return why `callback` is not believed at `now`, None where it is. Nothing of it is read before.

        UNGUARDED where the gateway signs nothing, so that there is nothing to believe it by.
        """
        ...

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return what it reports, or that it cannot be read; unknown fields are passed over, unknown codes kept raw."""
        ...

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return what to answer: `taken` false asks the gateway to push again."""
        ...


@runtime_checkable
class PullCodec(Protocol):
    """A gateway that is asked for its receipts and replies."""

    def build_pulls(self, *, now: datetime, nonce: str) -> Sequence[HttpRequest]:
        """Return the requests that fetch what has come in: receipts, and replies where it has them."""
        ...

    def parse_pull(self, response: HttpResponse) -> Sequence[Report]:
        """Return the reports of one answer; raise ProviderError where the gateway refused or cannot be understood."""
        ...


@runtime_checkable
class LookupCodec(Protocol):
    """A gateway that can be asked what became of a message."""

    def build_lookup(self, enquiry: Enquiry, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that asks about one message."""
        ...

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        """Return what the gateway knows: a receipt, Accepted, Rejected where it surely never came, else Unknown."""
        ...


@runtime_checkable
class PagedLookupCodec(LookupCodec, Protocol):
    """A gateway that lists what went to a number page by page: each is one request, until the message is found."""

    def build_page(self, enquiry: Enquiry, page: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request for `page`, as `next_page` named it; `build_lookup` asks for the first."""
        ...

    def next_page(self, enquiry: Enquiry, response: HttpResponse, page: str, *, now: datetime) -> str:
        """Return what comes after a page without the message ("" the first, asked for at `now`); "" behind the last."""
        ...


@runtime_checkable
class BalanceCodec(Protocol):
    """A gateway that tells what is left on the account."""

    def build_balance(self, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request."""
        ...

    def parse_balance(self, response: HttpResponse) -> Money | int:
        """Return the money left, or how many messages; raise ProviderError where the gateway does not say."""
        ...


@runtime_checkable
class CardCodec(Protocol):
    """A gateway that sends cards and knows whose handset shows them."""

    @property
    def cards_at_once(self) -> int:
        """How many numbers one question holds."""
        ...

    def build_card_support(
        self, phones: Sequence[PhoneNumber], template: str, locale: str, *, now: datetime, nonce: str
    ) -> HttpRequest:
        """Return the request that asks who can be shown the card of `template`; raise UnsupportedByProvider where it has none."""
        ...

    def parse_card_support(
        self, phones: Sequence[PhoneNumber], response: HttpResponse
    ) -> Sequence[bool | None]:
        """Return for each number whether its handset shows it, None where that is not told; raise ProviderError for no answer."""
        ...


class TemplateState(Protocol):
    """Where a template stands with a gateway: "approved", "pending", "rejected" or "unknown", and its code there."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102


@runtime_checkable
class TemplateCodec(Protocol):
    """A gateway at which templates are registered and reviewed."""

    def build_registration(
        self, name: str, text: str, purpose: str, *, now: datetime, nonce: str
    ) -> HttpRequest:
        """Return the request that hands in a template for review, in the gateway's own slot marks."""
        ...

    def parse_registration(self, response: HttpResponse) -> TemplateState:
        """Return where it stands."""
        ...

    def build_template_state(self, code: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that asks where a template stands."""
        ...

    def parse_template_state(self, response: HttpResponse) -> TemplateState:
        """Return where it stands."""
        ...

"""What a provider can do besides is what its codec can: asked of both faces, and of a gateway that fails between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast

import pytest
from attrs import frozen

from loansms.clock import FrozenClock
from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Message,
    OutcomeClass,
    PhoneNumber,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers import base
from loansms.providers.codec import Enquiry, HttpRequest, HttpResponse, Report
from loansms.providers.http import UNREADABLE, HttpSettings, async_http_provider, http_provider
from loansms.providers.http_answers import by_status
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Fault, Received, Reply

LINE = HttpSettings(private_line=True)
SOON = AT + timedelta(seconds=5)


@frozen
class State:
    state: str
    code: str


@frozen
class AbleCodec:
    """A gateway that can do everything; groups are of two, and every answer echoes what was asked."""

    url: str
    name: str = "able"
    channels: frozenset[Channel] = frozenset({Channel.SMS})
    most: int = 2

    def _ask(self, what: str, *told: str) -> HttpRequest:
        return HttpRequest("POST", f"{self.url}/{what}", body=json.dumps(told).encode())

    def _read(self, response: HttpResponse) -> list[str]:
        if response.status != 200:
            raise ProviderError(f"able: status {response.status}")
        return cast("list[str]", json.loads(response.body))

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        return self._ask("one", message.step_key)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        return Accepted(self._read(response)[0])

    def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
        # Texts of one kind go together, so the groups are not in the order of the messages.
        odd, even = messages[::2], messages[1::2]
        return [part[at : at + 2] for part in (odd, even) for at in range(0, len(part), 2)]

    def build_batch(self, messages: Sequence[Message], *, now: object, nonce: str) -> HttpRequest:
        return self._ask("many", *(one.step_key for one in messages))

    def parse_batch(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        return [Accepted(one) if one != "bad" else Rejected("E1") for one in self._read(response)]

    def build_lookup(self, enquiry: Enquiry, *, now: object, nonce: str) -> HttpRequest:
        return self._ask("state", enquiry.provider_message_id)

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        return Accepted(self._read(response)[0])

    def build_pulls(self, *, now: object, nonce: str) -> Sequence[HttpRequest]:
        return [self._ask("pull", "r-1", "t-1"), self._ask("pull", "r-2", "t-2")]

    def parse_pull(self, response: HttpResponse) -> Sequence[Report]:
        return [receipt(one) if one.startswith("r") else reply(one) for one in self._read(response)]

    def build_balance(self, *, now: object, nonce: str) -> HttpRequest:
        return self._ask("balance", "42")

    def parse_balance(self, response: HttpResponse) -> int:
        return int(self._read(response)[0])

    def build_registration(
        self, name: str, text: str, purpose: str, *, now: object, nonce: str
    ) -> HttpRequest:
        return self._ask("template", "pending", name)

    def parse_registration(self, response: HttpResponse) -> State:
        return State(*self._read(response))

    def build_template_state(self, code: str, *, now: object, nonce: str) -> HttpRequest:
        return self._ask("template", "approved", code)

    def parse_template_state(self, response: HttpResponse) -> State:
        return State(*self._read(response))


def receipt(given: str) -> DeliveryReceipt:
    return DeliveryReceipt(provider_message_id=given, step_key=None, status=DeliveryStatus.DELIVERED, at=AT)


def reply(given: str) -> InboundMessage:
    return InboundMessage(borrower_id=None, text=Secret("ok"), received_at=AT, provider_id=given)


class Echo(FakeGateway):
    """Says what it was told; `fixed` is said instead, and requests without `only` meet a 500."""

    fixed: bytes | None = None
    only = b""

    def answer(self, request: Received) -> Reply:
        return Reply(200 if self.only in request.body else 500, self.fixed or request.body)


@pytest.fixture
def gateway() -> Iterator[Echo]:
    with Echo() as one:
        yield one


Call = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, gateway: Echo) -> Iterator[Call]:
    """Return what calls a verb of one provider, sync or awaited."""
    codec = AbleCodec(gateway.url)
    clock = FrozenClock(AT)
    if request.param == "sync":
        with http_provider(codec, LINE, clock=clock) as provider:
            yield lambda verb, *told: getattr(provider, verb)(*told)
        return
    with asyncio.Runner() as runner:
        awaited = async_http_provider(codec, LINE, clock=clock)

        async def run(verb: str, *told: object) -> object:
            return await cast("Awaitable[object]", getattr(awaited, verb)(*told))

        yield lambda verb, *told: runner.run(run(verb, *told))
        runner.run(awaited.close())


def messages(*keys: str) -> list[Message]:
    return [message(step_key=key) for key in keys]


ENQUIRY = Enquiry(
    step_key="s",
    message_id="m",
    to=PhoneNumber.parse("13800138000", region="CN"),
    provider_message_id="gw-1",
    submitted_on=date(2026, 9, 24),
)


def test_a_provider_has_the_verbs_of_its_codec_and_no_others() -> None:
    class Bare:
        name = "bare"
        channels = frozenset({Channel.SMS})

        def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
            return HttpRequest("GET", "https://gateway.example")

        def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
            return Unknown(UNREADABLE)

    kinds = ("Batch", "Lookup", "Receipts", "Inbound", "Balance")
    for make, prefix in ((http_provider, "Supports"), (async_http_provider, "AsyncSupports")):
        able, bare = make(AbleCodec("https://gateway.example")), make(Bare())
        for kind in kinds:
            protocol = getattr(base, prefix + kind)
            assert isinstance(able, protocol)
            assert not isinstance(bare, protocol)
        assert hasattr(able, "register")
        assert not hasattr(bare, "register")


def test_results_of_many_are_in_the_order_of_the_messages(call: Call, gateway: Echo) -> None:
    sent = messages("a", "b", "bad", "d", "e")
    assert call("submit_many", sent, SOON) == [
        Accepted("a"), Accepted("b"), Rejected("E1"), Accepted("d"), Accepted("e"),
    ]  # fmt: skip
    assert [json.loads(one.body) for one in gateway.received] == [["a", "bad"], ["e"], ["b", "d"]]


def test_one_message_handed_over_twice_has_two_results(call: Call) -> None:
    one = message(step_key="a")
    assert call("submit_many", [one, one, one], SOON) == [Accepted("a")] * 3


def test_a_group_that_is_lost_takes_no_other_with_it(call: Call, gateway: Echo) -> None:
    gateway.fail(Fault.CLOSE, Fault.SERVER_ERROR)
    assert call("submit_many", messages("a", "b", "c", "d", "e"), SOON) == [
        Unknown("lost_connection"), Accepted("b"), Unknown("lost_connection"), Accepted("d"), Unknown("http_503"),
    ]  # fmt: skip


def test_an_answer_for_fewer_than_were_sent_is_unknown_for_all(call: Call, gateway: Echo) -> None:
    gateway.fail(Fault.BAD_JSON)
    assert call("submit_many", messages("a"), SOON) == [Unknown(UNREADABLE)]
    gateway.fixed = b'["a"]'
    assert call("submit_many", messages("a", "x", "c"), SOON)[::2] == [Unknown(UNREADABLE)] * 2


def test_a_batch_of_a_wrong_channel_sends_nothing_at_all(call: Call, gateway: Echo) -> None:
    with pytest.raises(UnsupportedByProvider):
        call("submit_many", [*messages("a"), message(channel=Channel.PUSH)], SOON)
    assert not gateway.received


def test_a_codec_that_loses_a_message_sends_nothing_at_all(gateway: Echo) -> None:
    class Losing(AbleCodec):
        def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
            return [messages[1:]]

    with http_provider(Losing(gateway.url), LINE, clock=FrozenClock(AT)) as provider:
        assert isinstance(provider, base.SupportsBatch)
        with pytest.raises(ProviderError, match="nothing was sent"):
            provider.submit_many(messages("a", "b"), SOON)
    assert not gateway.received


def test_one_look_fetches_both_kinds_and_hands_each_out_once(call: Call, gateway: Echo) -> None:
    assert call("inbound", AT) == [reply("t-1"), reply("t-2")]
    assert call("receipts", AT) == [receipt("r-1"), receipt("r-2")] * 2
    assert call("inbound", AT) == [reply("t-1"), reply("t-2")] * 2
    assert len(gateway.received) == 6


def test_what_was_fetched_before_a_fault_is_not_lost(call: Call, gateway: Echo) -> None:
    """A gateway tells each report once: what came with the first answer is handed out after the second failed."""
    gateway.only = b"r-1"
    for _ in range(2):
        with pytest.raises(ProviderError, match="500"):
            call("receipts", AT)
    gateway.only = b""
    assert call("receipts", AT) == [receipt("r-1"), receipt("r-1"), receipt("r-1"), receipt("r-2")]


def test_a_gateway_that_cannot_be_asked_is_told_as_such(call: Call, gateway: Echo) -> None:
    gateway.fail(Fault.CLOSE, Fault.CLOSE, Fault.CLOSE)
    with pytest.raises(ProviderError, match="lost_connection"):
        call("receipts", AT)
    with pytest.raises(ProviderError, match="lost_connection"):
        call("balance", SOON)
    assert call("look_up", ENQUIRY, SOON) == Unknown("lost_connection")
    # An enquiry that was not even sent says nothing about the message: never Rejected.
    assert call("look_up", ENQUIRY, AT) == Unknown("deadline_passed")


def test_the_other_questions(call: Call) -> None:
    assert call("look_up", ENQUIRY, SOON) == Accepted("gw-1")
    assert call("balance", SOON) == 42
    assert call("register", "due", "text", "otp", SOON) == State("pending", "due")
    assert call("template_state", "T-1", SOON) == State("approved", "T-1")


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Thu, 24 Sep 2026 02:00:30 GMT", timedelta(seconds=30)),
        ("Thu, 24 Sep 2026 01:00:00 GMT", timedelta(0)),
        ("Thu, 24 Sep 2026 02:00:30", None),
        ("soon", None),
        ("-5", None),
        ("9" * 30, None),
        ("", None),
    ],
)
def test_how_long_a_gateway_asks_to_be_left_alone(told: str, wait: timedelta | None) -> None:
    read = by_status(HttpResponse(429, {"Retry-After": told}), AT)
    assert read == Rejected("http_429", True, OutcomeClass.RATE_LIMITED, wait)


def test_a_header_that_would_begin_another_is_never_sent(gateway: Echo) -> None:
    class Breaking(AbleCodec):
        def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
            return HttpRequest("POST", self.url, {"X-Ref": message.step_key})

    with http_provider(Breaking(gateway.url), LINE, clock=FrozenClock(AT)) as provider:
        for key in ("a\r\nX-Admin: 1", "状态", "a\x00"):
            with pytest.raises(ProviderError, match="cannot be sent"):
                provider.submit(message(step_key=key), SOON)
    assert not gateway.connections

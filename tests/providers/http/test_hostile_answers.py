"""Whatever bytes a gateway sends, a submit ends with a value before its deadline."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import httpcore
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import ProviderError
from loansms.model import Accepted, Channel, Message, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.base import SupportsBalance
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http import HttpSettings, http_provider, retry_after
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Received, Reply

LINE = HttpSettings(private_line=True, answer_limit=1000)


@frozen
class WordCodec:
    """A careless codec: it reads what it hopes for."""

    url: str
    name: str = "word"
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        return HttpRequest("POST", self.url, body=b"x" * 400)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        return Accepted(response.body.decode("ascii").removeprefix("ok ").split(":")[1])

    def build_balance(self, *, now: object, nonce: str) -> HttpRequest:
        return HttpRequest("GET", self.url)

    def parse_balance(self, response: HttpResponse) -> int:
        return int(response.body)


@frozen
class Raw(Reply):
    raw: bytes = b""

    def wire(self) -> bytes:
        return self.raw


class Says(FakeGateway):
    said = b""

    def answer(self, request: Received) -> Reply:
        return Raw(200, raw=self.said)


HEADS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n",
        b"HTTP/9.9 999 \xff\r\n",
        b"HTTP/1.1 204 No\r\n",
        b"",
    ]
)
FIELDS = st.sampled_from(
    [
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 999999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"X: \xff\xfe\r\n",
        b": nameless\r\n",
    ]
)
BODIES = st.sampled_from([b"", b"ok :1", b"5\r\nok :1\r\n0\r\n\r\n", b"zz\r\n", b"y" * 2000]) | st.binary(
    max_size=30
)


@settings(max_examples=50)
@given(head=HEADS, fields=st.lists(FIELDS, max_size=3), body=BODIES)
def test_any_answer_ends_in_a_value(head: bytes, fields: list[bytes], body: bytes) -> None:
    with Says() as gateway:
        gateway.said = head + b"".join(fields) + b"\r\n" + body
        with http_provider(WordCodec(gateway.url), LINE, clock=FrozenClock(AT)) as provider:
            answer = provider.submit(message(), AT + timedelta(seconds=2))
    assert answer == Accepted("1") or isinstance(answer, Unknown)
    assert len(gateway.received) == 1


def test_a_number_nobody_can_read_is_told_without_it() -> None:
    with Says() as gateway:
        gateway.said = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncanary!"
        with http_provider(WordCodec(gateway.url), LINE, clock=FrozenClock(AT)) as provider:
            assert isinstance(provider, SupportsBalance)
            with pytest.raises(ProviderError, match="cannot be read") as told:
                provider.balance(AT + timedelta(seconds=2))
    assert "canary" not in f"{told.value!r}{told.value.__cause__!r}"


def test_a_connection_that_took_all_the_time_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline passes between the connection and the first byte: the message must not leave late."""
    connect = httpcore.SyncBackend.connect_tcp

    def slowly(self: httpcore.SyncBackend, *args: Any) -> httpcore.NetworkStream:
        line = connect(self, *args)
        time.sleep(0.3)
        return line

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", slowly)
    with Says() as gateway:
        with http_provider(WordCodec(gateway.url), LINE, clock=FrozenClock(AT)) as provider:
            answer = provider.submit(message(), AT + timedelta(seconds=0.25))
        assert answer == Rejected("deadline_passed", True, OutcomeClass.FAILED_RETRYABLE)
        assert not gateway.received


@settings(max_examples=100)
@given(
    st.text(max_size=30)
    | st.integers().map(lambda zone: f"Thu, 24 Sep 2026 02:00:30 +{zone}")
    | st.integers().map(lambda year: f"Thu, 24 Sep {year} 02:00:30 GMT")
)
def test_no_wish_to_be_left_alone_makes_the_reader_fall(told: str) -> None:
    wait = retry_after({"retry-after": told}, AT)
    assert wait is None or wait >= timedelta(0)

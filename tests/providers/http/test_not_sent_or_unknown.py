"""The line between "not sent" and "nobody knows": on its wrong side a borrower is texted twice, or never."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from attrs import evolve, frozen

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import Accepted, Channel, Message, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http import (
    UNREADABLE,
    AsyncHttpProvider,
    HttpProvider,
    HttpSettings,
    async_http_provider,
    http_provider,
)
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Fault, Received, Reply

LINE = HttpSettings(private_line=True)


@frozen
class PlainCodec:
    """POSTs the number and the text, and reads {"id": ...}."""

    url: str
    name: str = "plain"
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        body = json.dumps({"to": message.to.e164, "nonce": nonce}).encode()
        return HttpRequest("POST", f"{self.url}/sms", {"X-Ref": message.step_key}, body)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        try:
            told = json.loads(response.body)
        except ValueError:
            return Unknown(UNREADABLE)
        if "code" in told:
            return Rejected(told["code"], kind=OutcomeClass.FAILED_PERMANENT)
        return Accepted(told["id"])


class Plain(FakeGateway):
    """Answers with the reference it was given; `reply` replaces its answer."""

    reply: Reply | None = None

    def answer(self, request: Received) -> Reply:
        return self.reply or Reply(200, json.dumps({"id": request.headers["x-ref"]}).encode())


@pytest.fixture
def gateway() -> Iterator[Plain]:
    with Plain() as one:
        yield one


Send = Callable[..., list[SubmitResult]]


@pytest.fixture(params=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Return what hands messages over, one after the other on one provider, sync and async."""

    def deadline(within: float) -> timedelta:
        return timedelta(seconds=within)

    def sync(
        url: str, settings: HttpSettings = LINE, within: float = 5, count: int = 1
    ) -> list[SubmitResult]:
        with http_provider(PlainCodec(url), settings, clock=FrozenClock(AT)) as provider:
            return [
                provider.submit(message(step_key=f"s-{number}"), AT + deadline(within))
                for number in range(count)
            ]

    async def awaited(url: str, settings: HttpSettings, within: float, count: int) -> list[SubmitResult]:
        async with async_http_provider(PlainCodec(url), settings, clock=FrozenClock(AT)) as provider:
            return [
                await provider.submit(message(step_key=f"s-{number}"), AT + deadline(within))
                for number in range(count)
            ]

    def run(url: str, settings: HttpSettings = LINE, within: float = 5, count: int = 1) -> list[SubmitResult]:
        return asyncio.run(awaited(url, settings, within, count))

    return sync if request.param == "sync" else run


def not_sent(code: str) -> Rejected:
    return Rejected(code, True, OutcomeClass.FAILED_RETRYABLE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_a_message_that_was_taken_is_accepted(gateway: Plain, send: Send) -> None:
    assert send(gateway.url) == [Accepted("s-0")]
    assert [one.path for one in gateway.received] == ["/sms"]


def test_a_refused_connection_sent_nothing(send: Send) -> None:
    assert send(f"http://127.0.0.1:{free_port()}") == [not_sent("connect_failed")]


def test_a_name_that_does_not_resolve_sent_nothing(send: Send) -> None:
    assert send("http://gateway.invalid") == [not_sent("connect_failed")]


def test_a_listener_that_never_takes_the_line_sent_nothing(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        filling = []
        for _ in range(4):  # fill the queue of the listener, so that the next connect is not answered
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            filling.append(one)
        assert send(f"http://127.0.0.1:{address[1]}", within=0.2) == [not_sent("connect_timeout")]
        for one in filling:
            one.close()


def test_a_certificate_nobody_trusts_sent_nothing(send: Send) -> None:
    with Plain(tls=True) as gateway:
        assert send(gateway.url) == [not_sent("tls_failed")]
        assert not gateway.received
        assert send(gateway.url, HttpSettings(ca_file=gateway.ca_file)) == [Accepted("s-0")]


def test_a_handshake_with_what_is_no_tls_sent_nothing(send: Send) -> None:
    def greet() -> None:
        line, _ = plain.accept()
        with line:
            line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            line.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as plain:
        greeting = threading.Thread(target=greet)
        greeting.start()
        assert send(f"https://127.0.0.1:{plain.getsockname()[1]}") == [not_sent("tls_failed")]
        greeting.join()


def test_a_handshake_that_is_never_answered_sent_nothing(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        assert send(url, within=0.2) == [not_sent("tls_timeout")]


def test_a_deadline_that_has_passed_sends_nothing(gateway: Plain, send: Send) -> None:
    assert send(gateway.url, within=-1) == [not_sent("deadline_passed")]
    assert not gateway.connections


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault.RESET_UNREAD, "lost_connection"),
        (Fault.RESET_READ, "lost_connection"),
        (Fault.CLOSE, "lost_connection"),
        (Fault.CUT, "lost_connection"),
        (Fault.NOT_HTTP, "lost_connection"),
        (Fault.DROP, "timeout"),
        (Fault.DRIP, "timeout"),
        (Fault.HUGE, "answer_too_long"),
        (Fault.SERVER_ERROR, "http_503"),
        (Fault.REDIRECT, "http_302"),
        (Fault.BAD_JSON, "unreadable_answer"),
        (Fault.BAD_CHARSET, "unreadable_answer"),
    ],
)
def test_after_the_first_byte_nobody_knows(gateway: Plain, send: Send, fault: Fault, cause: str) -> None:
    gateway.fail(fault)
    within = 0.4 if cause == "timeout" else 5
    began = time.monotonic()
    assert send(gateway.url, within=within) == [Unknown(cause)]
    assert time.monotonic() - began < within + 1  # a dripping gateway holds nobody beyond the deadline
    # Never a second request, neither to the same address nor to where it was sent on.
    assert gateway.connections == 1
    assert len(gateway.received) == (fault is not Fault.RESET_UNREAD)


def test_a_late_answer_within_the_deadline_counts(gateway: Plain, send: Send) -> None:
    gateway.fail(Fault.LATE)
    assert send(gateway.url) == [Accepted("s-0")]


@pytest.mark.parametrize("reuse", [False, True])
def test_an_answer_sent_twice_is_never_taken_for_the_next_ones(
    gateway: Plain, send: Send, reuse: bool
) -> None:
    gateway.fail(Fault.TWICE, Fault.TWICE)
    settings = evolve(LINE, reuse=reuse)
    assert send(gateway.url, settings, count=3) == [Accepted("s-0"), Accepted("s-1"), Accepted("s-2")]
    assert len(gateway.received) == 3


def test_connections_are_kept_only_where_asked(gateway: Plain, send: Send) -> None:
    send(gateway.url, count=3)
    assert gateway.connections == 3
    send(gateway.url, evolve(LINE, reuse=True), count=3)
    assert gateway.connections == 4


def test_a_kept_connection_that_dies_under_the_request_is_unknown(send: Send) -> None:
    """The peer closes just as the request is written: no write fails here, so nobody may say "not sent"."""
    served: list[bytes] = []

    def whole(line: socket.socket) -> bytes:
        told = b""
        while not told.endswith(b"}"):
            told += line.recv(65536)
        return told

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            served.append(whole(line))
            line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"id": "a1"}')
            served.append(whole(line))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        results = send(url, evolve(LINE, reuse=True), count=2)
        thread.join()
    assert results == [Accepted("a1"), Unknown("lost_connection")]
    assert served[1]  # it had been read


def test_a_kept_connection_the_peer_had_closed_is_not_used(gateway: Plain, send: Send) -> None:
    """A stale connection is seen before the write, and a new one taken: nothing is lost, nothing sent twice."""
    gateway.fail(Fault.TWICE)  # its second answer makes the kept connection unfit as well
    assert send(gateway.url, evolve(LINE, reuse=True), count=2) == [Accepted("s-0"), Accepted("s-1")]
    assert gateway.connections == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "auth_error"), (403, "auth_error"), (429, "rate_limited")]
)
def test_a_status_speaks_where_the_codec_cannot_read(
    gateway: Plain, send: Send, status: int, kind: str
) -> None:
    gateway.reply = Reply(status, b"<html>", headers={"Retry-After": "7"})
    [result] = send(gateway.url)
    wait = timedelta(seconds=7) if status == 429 else None
    assert result == Rejected(f"http_{status}", True, OutcomeClass(kind), wait)


def test_a_readable_code_speaks_before_the_status(gateway: Plain, send: Send) -> None:
    gateway.reply = Reply(500, b'{"code": "E-7"}')
    assert send(gateway.url) == [Rejected("E-7", kind=OutcomeClass.FAILED_PERMANENT)]


def test_an_answer_without_what_it_must_hold_is_unknown(gateway: Plain, send: Send) -> None:
    gateway.reply = Reply(200, b"{}")  # the codec raises KeyError
    assert send(gateway.url) == [Unknown(UNREADABLE)]


def test_a_proxy_that_refuses_sent_nothing(gateway: Plain, send: Send) -> None:
    gateway.reply = Reply(407)
    settings = HttpSettings(proxy=gateway.url)
    assert send("https://gateway.example", settings) == [not_sent("connect_failed")]
    assert [one.method for one in gateway.received] == ["CONNECT"]


def test_a_plain_address_is_refused_before_a_byte_leaves(gateway: Plain, send: Send) -> None:
    with pytest.raises(ConfigurationError, match="private_line=True"):
        send(gateway.url, HttpSettings())
    assert not gateway.connections


def test_a_channel_that_is_not_taken_is_refused_aloud(gateway: Plain) -> None:
    with (
        http_provider(PlainCodec(gateway.url), LINE, clock=FrozenClock(AT)) as provider,
        pytest.raises(UnsupportedByProvider),
    ):
        provider.submit(message(channel=Channel.PUSH), AT + timedelta(seconds=5))
    assert not gateway.connections


def test_a_busy_pool_sends_nothing(gateway: Plain) -> None:
    gateway.fail(Fault.DROP)
    settings = evolve(LINE, connections=1)

    async def both() -> list[SubmitResult]:
        async with AsyncHttpProvider(PlainCodec(gateway.url), settings, clock=FrozenClock(AT)) as provider:
            both = await asyncio.gather(
                provider.submit(message(step_key="s-0"), AT + timedelta(seconds=0.4)),
                provider.submit(message(step_key="s-1"), AT + timedelta(seconds=0.15)),
            )
            return list(both)

    assert asyncio.run(both()) == [Unknown("timeout"), not_sent("no_connection")]
    assert len(gateway.received) == 1


def test_no_log_is_told_what_a_gateway_answers(
    gateway: Plain, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.reply = Reply(302, headers={"Location": "/sms?to=canary-number"})
    with caplog.at_level("DEBUG"):
        send(gateway.url)
    assert "canary" not in caplog.text
    assert "httpcore.http11" not in caplog.text


def test_what_it_is_told_and_what_it_holds_is_not_shown() -> None:
    settings = HttpSettings(proxy="http://user:canary-secret@127.0.0.1:3128", private_line=True)
    provider = HttpProvider(PlainCodec("http://127.0.0.1:1"), settings)
    assert "canary" not in repr(provider)
    assert provider.private_line

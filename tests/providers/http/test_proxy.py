"""Through a proxy: what speaks to the proxy carries nothing of a message, and TLS ends at the gateway, not before."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta

import pytest
from attrs import frozen

from loansms.clock import FrozenClock
from loansms.model import Accepted, Channel, Message, OutcomeClass, Rejected, SubmitResult
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http import HttpSettings, async_http_provider, http_provider
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Received, Reply

SOON = AT + timedelta(seconds=5)


@frozen
class BodyCodec:
    url: str
    name: str = "body"
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        return HttpRequest("POST", f"{self.url}/sms", body=message.step_key.encode())

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        return Accepted(response.body.decode())


class Echo(FakeGateway):
    def answer(self, request: Received) -> Reply:
        return Reply(200, request.body)


class Tunnel:
    """A proxy that takes CONNECT and copies bytes; `heads` are what it was asked, ``seen`` what passed."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.seen = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:pass-1@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        with ExitStack() as lines:
            lines.enter_context(client)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head)
            host, _, port = head.split()[1].decode().partition(":")
            far = lines.enter_context(socket.create_connection((host, int(port))))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._copy, args=(far, client))
            back.start()
            self._copy(client, far)
            back.join()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while told := source.recv(65536):
                self.seen += told
                sink.sendall(told)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def tunnel() -> Iterator[Tunnel]:
    one = Tunnel()
    yield one
    one.close()


def test_a_message_through_a_tunnel(tunnel: Tunnel) -> None:
    with Echo(tls=True) as gateway:
        settings = HttpSettings(proxy=tunnel.url, ca_file=gateway.ca_file)
        with http_provider(BodyCodec(gateway.url), settings, clock=FrozenClock(AT)) as provider:
            assert provider.submit(message(), SOON) == Accepted("step-1")

        async def awaited() -> SubmitResult:
            async with async_http_provider(BodyCodec(gateway.url), settings, clock=FrozenClock(AT)) as other:
                return await other.submit(message(), SOON)

        assert asyncio.run(awaited()) == Accepted("step-1")
        assert len(gateway.received) == 2
    assert all(head.startswith(b"CONNECT 127.0.0.1:") for head in tunnel.heads)
    assert all(b"Basic dXNlcjpwYXNzLTE=" in head for head in tunnel.heads)
    assert b"step-1" not in tunnel.seen


def test_a_gateway_nobody_trusts_behind_a_tunnel_is_sent_nothing(tunnel: Tunnel) -> None:
    with Echo(tls=True) as gateway:
        settings = HttpSettings(proxy=tunnel.url)
        with http_provider(BodyCodec(gateway.url), settings, clock=FrozenClock(AT)) as provider:
            refused = Rejected("tls_failed", True, OutcomeClass.FAILED_RETRYABLE)
            assert provider.submit(message(), SOON) == refused
        assert not gateway.received


def test_a_plain_gateway_behind_a_proxy_is_asked_by_its_whole_address() -> None:
    with Echo() as proxy:
        settings = HttpSettings(proxy=proxy.url, private_line=True)
        with http_provider(BodyCodec("http://inside.example"), settings, clock=FrozenClock(AT)) as provider:
            assert provider.submit(message(), SOON) == Accepted("step-1")
        assert [one.target for one in proxy.received] == ["http://inside.example/sms"]

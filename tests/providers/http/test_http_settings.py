"""Whom a provider trusts: nobody switches verification off, not even after the provider was built."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError
from loansms.model import Accepted, Channel, Message, SubmitResult
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http import HttpSettings, http_provider
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway, Received, Reply


class Any200(FakeGateway):
    def answer(self, request: Received) -> Reply:
        return Reply(200)


class OneCodec:
    name = "one"
    channels = frozenset({Channel.SMS})

    def __init__(self, url: str) -> None:
        self.url = url

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        return HttpRequest("GET", self.url)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        return Accepted("1")


def blind() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def nameless() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    return context


@pytest.mark.parametrize("context", [blind(), nameless(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)])
def test_a_context_that_does_not_verify_is_refused(context: ssl.SSLContext) -> None:
    with pytest.raises(ConfigurationError, match="verify"):
        HttpSettings(ssl_context=context)


def test_a_context_that_stops_verifying_later_connects_nowhere() -> None:
    with Any200(tls=True) as gateway:
        context = ssl.create_default_context(cafile=gateway.ca_file)
        with http_provider(
            OneCodec(gateway.url), HttpSettings(ssl_context=context), clock=FrozenClock(AT)
        ) as provider:
            assert provider.submit(message(), AT + timedelta(seconds=5)) == Accepted("1")
            context.check_hostname = False
            with pytest.raises(ConfigurationError, match="verify"):
                provider.submit(message(), AT + timedelta(seconds=5))
        assert len(gateway.received) == 1


def test_a_file_without_certificates_is_refused_when_the_provider_is_built(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError, match="ca_file"):
            http_provider(OneCodec("https://gateway.example"), HttpSettings(ca_file=str(path)))


@pytest.mark.parametrize(
    "settings",
    [{"proxy": "socks5://127.0.0.1:1"}, {"proxy": "127.0.0.1:3128"}, {"connections": 0}, {"answer_limit": 0}],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="HttpSettings"):
        HttpSettings(**settings)


@pytest.mark.parametrize("url", ["ftp://gateway.example", "gateway.example/sms", "file:///etc/passwd", ""])
def test_an_address_of_another_kind_is_refused_even_on_a_private_line(url: str) -> None:
    with (
        http_provider(OneCodec(url), HttpSettings(private_line=True), clock=FrozenClock(AT)) as provider,
        pytest.raises(ConfigurationError, match="https"),
    ):
        provider.submit(message(), AT + timedelta(seconds=5))


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts go where the lender's settings say, whatever a machine's environment holds."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Any200(tls=True) as gateway, http_provider(
        OneCodec(gateway.url), HttpSettings(ca_file=gateway.ca_file), clock=FrozenClock(AT)
    ) as provider:  # fmt: skip
        assert provider.submit(message(), AT + timedelta(seconds=5)) == Accepted("1")

"""The suite that ships to authors of codecs holds for the plainest codec there is, and catches one that lies."""

from __future__ import annotations

import json

import pytest
from attrs import field, frozen

from loansms.model import Accepted, Channel, Message, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.codec import Codec, HttpRequest, HttpResponse
from loansms.providers.http import UNREADABLE
from loansms.testing.codec_suite import CodecSuite
from loansms.testing.gateway import FakeGateway, Received, Reply


@frozen
class TokenCodec:
    url: str
    token: Secret[str] = field(repr=False)
    name: str = "token"
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def build_request(self, message: Message, *, now: object, nonce: str) -> HttpRequest:
        body = json.dumps({"to": message.to.e164, "text": message.text.reveal(), "ref": message.step_key})
        headers = {"Authorization": f"Bearer {self.token.reveal()}"}
        return HttpRequest("POST", f"{self.url}/send", headers, body.encode())

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        try:
            told = json.loads(response.body)
        except (ValueError, RecursionError):
            return Unknown(UNREADABLE)
        match told:
            case {"id": str(given)} if given:
                return Accepted(given)
            case {"error": str(code)}:
                return Rejected(code, kind=OutcomeClass.FAILED_PERMANENT)
            case _:
                return Unknown(UNREADABLE)


class FakeToken(FakeGateway):
    def answer(self, request: Received) -> Reply:
        if request.headers.get("authorization") != "Bearer canary-token":
            return Reply(401)
        return Reply(200, json.dumps({"id": f"gw-{len(self.received)}"}).encode())


class TestTokenCodec(CodecSuite):
    def make_gateway(self) -> FakeGateway:
        return FakeToken()

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return TokenCodec(gateway.url, Secret("canary-token"))

    def secrets(self) -> list[str]:
        return ["canary-token"]


def test_a_codec_with_the_wrong_key_fails_the_suite() -> None:
    class Wrong(TestTokenCodec):
        def make_codec(self, gateway: FakeGateway) -> Codec:
            return TokenCodec(gateway.url, Secret("another"))

    with pytest.raises(AssertionError, match="http_401"):
        Wrong().test_every_message_is_taken_once()


def test_a_codec_that_calls_nonsense_a_refusal_fails_the_suite() -> None:
    @frozen
    class Hasty(TokenCodec):
        def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
            read = super().parse_response(message, response)
            return Rejected("nonsense") if isinstance(read, Unknown) else read

    class Wrong(TestTokenCodec):
        def make_codec(self, gateway: FakeGateway) -> Codec:
            return Hasty(gateway.url, Secret("canary-token"))

    with pytest.raises(AssertionError):
        Wrong().test_answers_that_make_no_sense_are_unknown()

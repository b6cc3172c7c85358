"""The shipped declarations against gateways that check every signature in code of their own, sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from loansms.clock import FrozenClock
from loansms.model import Accepted, Message, OutcomeClass, Rejected, SubmitResult
from loansms.privacy import Secret
from loansms.providers.base import SupportsBatch
from loansms.providers.codec import Callback, Codec
from loansms.providers.declared import DeclaredCodec
from loansms.providers.http import HttpSettings, async_http_provider, http_provider
from loansms.testing.codec_suite import CodecSuite
from loansms.testing.declared_gateways import (
    CALLBACK,
    GATEWAYS,
    DeclaredGateway,
    FakeAwsEum,
    FakeHuawei,
    FakeHuaweiAksk,
    FakeJpush,
    FakeMas,
    FakeVolcengine,
    FakeVonage,
    FakeYunpian,
    signed_form,
)
from loansms.testing.examples import AT, message
from loansms.testing.gateway import FakeGateway

LINE = HttpSettings(private_line=True)
SOON = AT + timedelta(seconds=30)
FORM = {"content-type": "application/x-www-form-urlencoded"}
SLOTS = {"amount": Secret("100.00"), "due_on": Secret("9月27日")}


def sendable(count: int = 3, **changes: object) -> list[Message]:
    return [
        message(
            message_id=f"m-{one}", step_key=f"s-{one}", slots=SLOTS, text=Secret(f"canary-{one}"), **changes
        )
        for one in range(count)
    ]


class OfDeclared(CodecSuite):
    kind: type[DeclaredGateway]

    def make_gateway(self) -> DeclaredGateway:
        return self.kind()

    def make_codec(self, gateway: FakeGateway) -> Codec:
        assert isinstance(gateway, DeclaredGateway)
        return gateway.codec()

    def messages(self, codec: Codec) -> Sequence[Message]:
        return sendable(3, channel=min(codec.channels))

    def secrets(self) -> Sequence[str]:
        return tuple(self.kind.secrets.values())


class TestYunpian(OfDeclared):
    kind = FakeYunpian

    def callbacks(self) -> Sequence[Callback]:
        told = [
            {
                "sid": 1,
                "uid": "s-1",
                "mobile": "13800138000",
                "report_status": "SUCCESS",
                "user_receive_time": "2026-09-24 10:00:09",
            }
        ]
        body = urlencode({"sms_status": json.dumps(told)}).encode()
        return [Callback(method="POST", url=f"https://host.example/in/{CALLBACK}", headers=FORM, body=body)]


class TestVolcengine(OfDeclared):
    kind = FakeVolcengine


class TestHuawei(OfDeclared):
    kind = FakeHuawei


class TestHuaweiAksk(OfDeclared):
    kind = FakeHuaweiAksk


class TestVonage(OfDeclared):
    kind = FakeVonage

    def callbacks(self) -> Sequence[Callback]:
        told = signed_form(
            {
                "messageId": "0A01",
                "msisdn": "8613800138000",
                "status": "delivered",
                "message-timestamp": "2026-09-24 02:00:09",
                "timestamp": str(int(AT.timestamp())),
            }
        )
        return [
            Callback(
                method="POST", url="https://host.example/in", headers=FORM, body=urlencode(told).encode()
            )
        ]


class TestMas(OfDeclared):
    kind = FakeMas


@pytest.mark.parametrize("kind", [FakeAwsEum, FakeJpush], ids=lambda one: one.declared)
def test_awaited_and_not_awaited_are_believed_alike(kind: type[DeclaredGateway]) -> None:
    with kind() as gateway:
        codec = gateway.codec()
        (one,) = sendable(1, channel=min(codec.channels))
        plain = http_provider(codec, LINE, clock=FrozenClock(AT)).submit(one, SOON)
        awaited = asyncio.run(async_http_provider(codec, LINE, clock=FrozenClock(AT)).submit(one, SOON))
    assert isinstance(plain, Accepted)
    assert isinstance(awaited, Accepted)


@pytest.mark.parametrize("kind", GATEWAYS, ids=lambda one: one.declared)
def test_a_wrong_secret_is_a_fault_of_access_that_a_breaker_sees(kind: type[DeclaredGateway]) -> None:
    wrong = {name: Secret("mistyped-at-length") for name in kind.secrets}
    with kind() as gateway:
        codec = DeclaredCodec.load(
            kind.declared,
            {"url": gateway.url, **kind.settings},
            wrong,
            templates={"reminder.due_in_3": "T-1"},
            private_line=True,
        )
        (one,) = sendable(1, channel=min(codec.channels))
        answer = http_provider(codec, LINE, clock=FrozenClock(AT)).submit(one, SOON)
    assert isinstance(answer, Rejected)
    assert answer.kind is OutcomeClass.AUTH_ERROR


@pytest.mark.parametrize(
    "kind", [FakeYunpian, FakeVolcengine, FakeHuawei, FakeHuaweiAksk], ids=lambda one: one.declared
)
def test_a_batch_is_answered_message_by_message(kind: type[DeclaredGateway]) -> None:
    with kind() as gateway:
        provider = http_provider(gateway.codec(), LINE, clock=FrozenClock(AT))
        assert isinstance(provider, SupportsBatch)
        numbers = [f"1740000000{one}" for one in range(4)]
        sent = [_to(one, number) for one, number in zip(sendable(4), numbers, strict=True)]
        answers: Sequence[SubmitResult] = provider.submit_many([*sent, sent[0]], SOON)
        ids = {one.provider_message_id for one in answers if isinstance(one, Accepted)}
        # The fifth is to the first one's number: it must not share a call with it.
        assert len(gateway.received) == 2
    assert all(isinstance(one, Accepted) for one in answers)
    assert len(ids) >= 4


def _to(one: Message, number: str) -> Message:
    return message(
        message_id=one.message_id,
        step_key=one.step_key,
        slots=one.slots,
        text=Secret("one text for all"),
        to=type(one.to).parse(number, region="CN"),
    )

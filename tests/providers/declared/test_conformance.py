"""The shipped declarations against gateways that check every signature in code of their own, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from loansms.clock import FrozenClock
from loansms.model import Accepted, Message, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers import Provider
from loansms.providers.base import SupportsBatch
from loansms.providers.declared import DeclaredCodec
from loansms.providers.http import HttpSettings, async_http_provider, http_provider
from loansms.testing import ProviderSuite
from loansms.testing.declared_gateways import (
    GATEWAYS,
    DeclaredGateway,
    FakeHuawei,
    FakeHuaweiAksk,
    FakeMas,
    FakeVolcengine,
    FakeVonage,
    FakeYunpian,
)
from loansms.testing.examples import AT, message
from loansms.testing.gateway import Fault

LINE = HttpSettings(private_line=True)
SOON = AT + timedelta(seconds=30)
SLOTS = {"amount": Secret("100.00"), "due_on": Secret("9月27日")}


def sendable(count: int = 3, **changes: object) -> list[Message]:
    return [
        message(
            message_id=f"m-{one}", step_key=f"s-{one}", slots=SLOTS, text=Secret(f"canary-{one}"), **changes
        )
        for one in range(count)
    ]


class OfDeclared(ProviderSuite):
    kind: type[DeclaredGateway]

    @pytest.fixture(autouse=True)
    def _gateway(self) -> Iterator[None]:
        with self.kind() as self.gateway:
            yield

    def make_provider(self) -> Provider:
        return http_provider(self.gateway.codec(), LINE, clock=FrozenClock(AT))

    def messages(self, provider: Provider) -> Sequence[Message]:
        return sendable(6, channel=min(provider.channels))


class TestYunpian(OfDeclared):
    kind = FakeYunpian


class TestVolcengine(OfDeclared):
    kind = FakeVolcengine


class TestHuawei(OfDeclared):
    kind = FakeHuawei


class TestHuaweiAksk(OfDeclared):
    kind = FakeHuaweiAksk


class TestVonage(OfDeclared):
    kind = FakeVonage


class TestMas(OfDeclared):
    kind = FakeMas


@pytest.mark.parametrize("kind", GATEWAYS, ids=lambda one: one.declared)
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
    wrong = {name: Secret("mistyped") for name in kind.secrets}
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
    ("fault", "told"),
    [
        (Fault.BAD_JSON, "unreadable_answer"),
        (Fault.BAD_CHARSET, "unreadable_answer"),
        (Fault.SERVER_ERROR, "http_503"),
        (Fault.CUT, "lost_connection"),
        (Fault.CLOSE, "lost_connection"),
    ],
)
@pytest.mark.parametrize(
    "kind", [FakeYunpian, FakeVolcengine, FakeHuawei, FakeVonage], ids=lambda one: one.declared
)
def test_what_cannot_be_read_is_known_by_nobody(kind: type[DeclaredGateway], fault: Fault, told: str) -> None:
    with kind() as gateway:
        gateway.fail(fault)
        (one,) = sendable(1)
        assert http_provider(gateway.codec(), LINE, clock=FrozenClock(AT)).submit(one, SOON) == Unknown(told)


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

"""The FastAPI example over a fake gateway: a code is asked for, typed and spent once; receipts and refusals come in."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import frozen
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from loansms import AsyncOtpService, Lender, PhoneNumber
from loansms.clock import FrozenClock
from loansms.planning import debtor_key, tenant_of
from loansms.privacy import KeyRing, Secret
from loansms.providers.aio import AsyncSandboxProvider
from loansms.providers.twilio import TwilioCodec
from loansms.services import AsyncIntakeService
from loansms.stores import AsyncMemoryStore, Claimed, Suppressed
from loansms.testing.examples import AT, claim
from loansms.testing.fake_twilio import FakeTwilio

HOSTS = Path(__file__).resolve().parents[2] / "examples" / "hosts"
KEYS = KeyRing({"k1": bytes(range(32))}, current="k1", index={"i1": bytes(range(32, 64))})
PHONE = PhoneNumber.parse("17400000001", region="CN")
LOGIN = {"Authorization": "Bearer session-1"}


@frozen
class Http:
    """Speaks to the service as a client would, without a socket."""

    app: FastAPI

    def post(self, path: str, **asked: Any) -> Response:
        async def once() -> Response:
            async with AsyncClient(
                transport=ASGITransport(self.app), base_url="https://sms.example"
            ) as client:
                return await client.post(path, **asked)

        return asyncio.run(once())


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"hosts_{name}", HOSTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def parts() -> tuple[Http, AsyncSandboxProvider, AsyncMemoryStore, FakeTwilio]:
    # The codec's address is where the gateway calls: a signature covers it.
    example, fake, clock = load("fastapi_service"), FakeTwilio(), FrozenClock(AT)
    store, provider, lender = (
        AsyncMemoryStore(clock=clock),
        AsyncSandboxProvider(clock=clock),
        Lender.example(),
    )
    customer = example.Customer("B-1", PHONE)
    app = example.create(
        otp=AsyncOtpService(store=store, provider=provider, keys=KEYS, lender=lender, clock=clock),
        intake=AsyncIntakeService(store=store, lender=lender),
        codec=TwilioCodec(
            account_sid=fake.account_sid,
            auth_token=Secret(fake.token),
            sender="+12025550100",
            status_callback="https://sms.example/gateway/",
        ),
        customer_of={"session-1": customer}.get,
        borrower_of={PHONE: "B-1"}.get,
        public_url="https://sms.example",
    )
    return Http(app), provider, store, fake


def test_a_code_is_asked_for_typed_and_spent_once(
    parts: tuple[Http, AsyncSandboxProvider, AsyncMemoryStore, FakeTwilio],
) -> None:
    http, provider, _, _ = parts
    asked = http.post("/codes", json={"action": "early_repayment"}, headers=LOGIN)
    assert asked.status_code == 201
    assert asked.json()["sent_to"] == "174****0001"
    [message] = provider.outbox
    typed = message.text[3:9]
    assert typed not in asked.text
    place = f"/codes/{asked.json()['challenge_id']}"
    assert (
        http.post(place, json={"action": "login", "code": typed}, headers=LOGIN).json()["accepted"] is False
    )
    checked = http.post(place, json={"action": "early_repayment", "code": typed}, headers=LOGIN).json()
    assert checked["accepted"]
    paid = [
        http.post("/early-repayments", params={"grant": checked["grant"]}, headers=LOGIN) for _ in range(2)
    ]
    assert [one.status_code for one in paid] == [200, 403]


def test_strangers_unknown_acts_and_haste_are_refused(
    parts: tuple[Http, AsyncSandboxProvider, AsyncMemoryStore, FakeTwilio],
) -> None:
    http = parts[0]
    assert http.post("/codes", json={"action": "login"}).status_code == 401
    assert http.post("/codes", json={"action": "wire_everything"}, headers=LOGIN).status_code == 422
    told = [http.post("/codes", json={"action": "login"}, headers=LOGIN).status_code for _ in range(2)]
    assert told == [201, 429]


def test_the_gateway_is_believed_only_when_it_signs(
    parts: tuple[Http, AsyncSandboxProvider, AsyncMemoryStore, FakeTwilio],
) -> None:
    http, _, store, fake = parts
    debtor = debtor_key(tenant_of(Lender.example()), "B-1")
    stop = fake.reply("https://sms.example/gateway/", PHONE.e164, "退订")
    for forged, status in ((True, 403), (False, 200)):
        headers = {**stop.headers, "X-Twilio-Signature": "AAAA"} if forged else dict(stop.headers)
        assert http.post("/gateway/", content=stop.body, headers=headers).status_code == status
        [answer] = asyncio.run(store.claim([claim(step_key=f"after-{status}", debtor=debtor, at=AT)]))
        assert isinstance(answer, Claimed if forged else Suppressed)

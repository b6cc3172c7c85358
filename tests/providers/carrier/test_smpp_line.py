"""An SMPP line beside a message centre with faults: every message ends final or unknown, and handsets are heard."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.providers.carrier.lines import LINES, letter, settings, soon, until
from tests.providers.carrier.test_acceptance import a_bad_day

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, InboundMessage, Rejected
from loansms.privacy import Secret
from loansms.providers.carrier import AsyncCarrierLine
from loansms.providers.smpp.dialect import SmppDialect
from loansms.providers.smpp.writing import SmppWriting
from loansms.testing.fake_smsc import PASSWORD, SYSTEM_ID, FakeSmsc
from loansms.testing.gateway_faults import Faults


def smpp(**changes: Any) -> SmppDialect:
    named: dict[str, Any] = {"system_id": SYSTEM_ID, "password": Secret(PASSWORD), "source": "10690000"}
    return SmppDialect(**{**named, **changes})


def test_messages_survive_a_bad_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LINES, "smpp3.4", (lambda faults: FakeSmsc(faults=faults), smpp, {}))
    counts = a_bad_day("smpp3.4", 150)
    assert counts["Accepted"] > 75
    assert counts["Unknown"] > 0


@pytest.mark.parametrize(("long", "frames"), [("udh", 3), ("sar", 3), ("payload", 1)])
def test_a_long_message_is_taken_and_reported_as_one(long: Any, frames: int) -> None:
    async def drive(centre: FakeSmsc) -> tuple[object, list[DeliveryReceipt]]:
        told: list[DeliveryReceipt] = []
        async with AsyncCarrierLine(smpp(writing=SmppWriting(long=long)), settings(centre)) as line:
            answer = await line.submit(letter(long=True), soon())

            async def more() -> None:
                while not told or told[-1].status is not DeliveryStatus.DELIVERED:
                    told.extend(await line.receipts(soon()))
                    await asyncio.sleep(0.005)

            await asyncio.wait_for(more(), 5)
        return answer, told

    with FakeSmsc() as centre:
        answer, told = asyncio.run(drive(centre))
    assert isinstance(answer, Accepted)
    assert len(centre.record.taken) == frames
    assert [one.step_key for one in told] == ["s-0"]


def test_what_a_handset_says_is_heard_once_bound() -> None:
    async def drive(centre: FakeSmsc) -> InboundMessage:
        heard: list[InboundMessage] = []
        async with AsyncCarrierLine(smpp(), settings(centre)) as line:
            await line.open()
            await until(lambda: line.state.ready)
            centre.reply("14155550100", "退订")

            async def more() -> None:
                while not heard:
                    heard.extend(await line.inbound(soon()))
                    await asyncio.sleep(0.005)

            await asyncio.wait_for(more(), 5)
        return heard[0]

    with FakeSmsc() as centre:
        reply = asyncio.run(drive(centre))
    assert reply.text.reveal() == "退订"
    assert reply.phone is not None
    assert reply.phone.e164 == "+14155550100"


def test_a_wrong_password_is_said_and_nothing_is_sent() -> None:
    async def drive(centre: FakeSmsc) -> object:
        async with AsyncCarrierLine(smpp(password=Secret("wrong")), settings(centre)) as line:
            return await line.submit(letter(), soon(1))

    with FakeSmsc() as centre:
        assert isinstance(asyncio.run(drive(centre)), Rejected)
    assert centre.record.taken == []


def test_what_is_too_fast_is_handed_over_again() -> None:
    async def drive(centre: FakeSmsc) -> list[object]:
        async with AsyncCarrierLine(smpp(), settings(centre)) as line:
            return [await line.submit(letter(number), soon()) for number in range(8)]

    with FakeSmsc(faults=Faults(throttled=0.5, seed=3)) as centre:
        answers = asyncio.run(drive(centre))
    assert all(isinstance(one, Accepted) for one in answers)
    assert centre.record.throttled
    assert centre.record.taken_twice() == []


def test_an_idle_line_is_tested_and_stays() -> None:
    async def drive(centre: FakeSmsc) -> object:
        async with AsyncCarrierLine(smpp(), settings(centre, idle=timedelta(milliseconds=20))) as line:
            await line.submit(letter(), soon())
            await until(lambda: centre.record.tests)
            return await line.submit(letter(1), soon())

    with FakeSmsc() as centre:
        assert isinstance(asyncio.run(drive(centre)), Accepted)
    assert centre.record.connections == 1
    assert centre.record.farewells == 1

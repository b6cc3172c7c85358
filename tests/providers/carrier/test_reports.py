"""Reports and replies reach the lender once, and a gateway is told "taken" only when they have."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from tests.providers.carrier.lines import cmpp, letter, settings, soon, until

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, InboundMessage
from loansms.providers.carrier.session import AsyncCarrierLine
from loansms.testing.fake_ismg import FakeIsmg
from loansms.testing.gateway_faults import Faults

ODD = Faults(seed=2, early=0.4, reported_twice=0.6, elsewhere=0.5, shuffled=True, answered_twice=0.3)


async def _sent(line: AsyncCarrierLine, count: int) -> None:
    answers = await asyncio.gather(*(line.submit(letter(n, long=n % 4 == 0), soon()) for n in range(count)))
    assert all(isinstance(one, Accepted) for one in answers)


def test_overtaken_repeated_and_misdirected_reports_make_one_receipt_a_message() -> None:
    async def drive() -> None:
        async with AsyncCarrierLine(cmpp(), settings(gateway, connections=2)) as line:
            await _sent(line, 16)
            await until(lambda: line.state.held == 16)
            told = await line.receipts(soon())
            assert {one.step_key for one in told} == {f"s-{n}" for n in range(16)}
            assert {one.status for one in told} == {DeliveryStatus.DELIVERED}

    with FakeIsmg(faults=ODD) as gateway:
        asyncio.run(drive())


def test_a_report_that_could_not_be_kept_is_brought_again(caplog: pytest.LogCaptureFixture) -> None:
    kept: list[Any] = []
    refused: list[Any] = []

    async def keep(report: DeliveryReceipt | InboundMessage) -> None:
        if len(refused) < 3:
            refused.append(report)
            raise OSError("the disk is full of 13800138000")
        kept.append(report)

    async def drive() -> None:
        async with AsyncCarrierLine(cmpp(), settings(gateway), on_report=keep) as line:
            await _sent(line, 3)
            gateway.reply("17400000001", "好的")
            await until(lambda: len(kept) == 4)
            await asyncio.sleep(0.01)

    caplog.set_level(logging.WARNING, "loansms")
    with FakeIsmg() as gateway:
        asyncio.run(drive())
    assert sorted(one.step_key for one in kept if isinstance(one, DeliveryReceipt)) == ["s-0", "s-1", "s-2"]
    assert [one.text.reveal() for one in kept if isinstance(one, InboundMessage)] == ["好的"]
    assert gateway.record.reports_again == 3
    assert "OSError" in caplog.text
    assert "disk" not in caplog.text


def test_a_line_that_holds_enough_asks_the_gateway_to_wait() -> None:
    async def drive() -> None:
        async with AsyncCarrierLine(cmpp(), settings(gateway, held=2)) as line:
            await asyncio.gather(*(line.submit(letter(n), soon()) for n in range(6)))
            await until(lambda: gateway.record.reports_again >= 4)
            told: list[DeliveryReceipt] = []
            while len(told) < 6:
                assert line.state.held <= 2
                told += await line.receipts(soon())
                await asyncio.sleep(0.01)
            assert {one.step_key for one in told} == {f"s-{n}" for n in range(6)}

    with FakeIsmg() as gateway:
        asyncio.run(drive())


def test_a_reply_brought_twice_is_handed_out_once_and_shows_no_words() -> None:
    async def drive() -> None:
        async with AsyncCarrierLine(cmpp(), settings(gateway)) as line:
            await until(lambda: line.state.ready)
            gateway.reply("17400000001", "退订")
            await until(lambda: line.state.held)
            # The same one again, as after an answer that was lost.
            gateway._replies = 0
            gateway.reply("17400000001", "退订")
            await until(lambda: gateway.record.reports_taken == 2)
            (reply,) = await line.inbound(soon())
            assert reply.text.reveal() == "退订"
            assert "退订" not in repr(reply)
            assert reply.phone == letter(1).to
            assert await line.inbound(soon()) == []

    with FakeIsmg() as gateway:
        asyncio.run(drive())


def test_reports_outlive_the_connection_their_message_went_by() -> None:
    async def drive() -> None:
        async with AsyncCarrierLine(cmpp(), settings(gateway)) as line:
            await _sent(line, 4)
            gateway.reset()
            await until(lambda: line.state.connected == 2)
            await until(lambda: line.state.held == 4)

    with FakeIsmg(answer_after=0.02) as gateway:
        asyncio.run(drive())

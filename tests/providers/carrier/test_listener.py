"""A gateway that brings reports to our own port is believed only after it has logged in."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from tests.providers.carrier.lines import OURS, letter, ms, settings, sgip, soon, until

from loansms.model import Accepted, DeliveryStatus
from loansms.privacy import Secret
from loansms.providers.carrier import AsyncCarrierLine, Listening
from loansms.providers.sgip import pdu
from loansms.testing.fake_ismg import CALLER, CALLER_SECRET, FakeIsmg

ID = "b2d1e49f3714a5a000000001"


def on_a_line(gateway: FakeIsmg, drive: Any, **changes: Any) -> None:
    async def run() -> None:
        told = settings(gateway, **{"listening": OURS, **changes})
        async with AsyncCarrierLine(sgip(), told) as line:
            await drive(line)

    asyncio.run(run())


async def said(port: int, *pdus: pdu.Pdu) -> bytes:
    """Connect, say `pdus`, and return everything that is answered until the line is closed or silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(pdu.encode(one) for one in pdus))
    answered = b""
    try:
        async with asyncio.timeout(0.1):
            while data := await reader.read(4096):
                answered += data
    except TimeoutError:
        answered += b"..."
    finally:
        writer.close()
    return answered


def test_receipts_and_replies_come_to_our_own_port() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        assert line.listening_port
        answer = await line.submit(letter(3, long=True), soon())
        assert isinstance(answer, Accepted)
        gateway.bring_to("127.0.0.1", line.listening_port)
        gateway.reply("8617400000003", "好的")
        await until(lambda: line.state.held == 2)
        (receipt,) = await line.receipts(soon())
        (reply,) = await line.inbound(soon())
        assert (receipt.step_key, receipt.status) == ("s-3", DeliveryStatus.DELIVERED)
        assert (reply.text.reveal(), reply.phone) == ("好的", letter(3).to)

    with FakeIsmg("sgip1.2") as gateway:
        on_a_line(gateway, drive)


REPORT = pdu.Report(submit_sequence=ID, user_number="8617400000001", state=0, sequence=ID)
RIGHT = pdu.Bind(login_type=2, login_name=CALLER, login_password=CALLER_SECRET, sequence=ID)


@pytest.mark.parametrize(
    ("said_first", "answer"),
    [
        ((), b""),
        ((pdu.Bind(login_type=2, login_name=CALLER, login_password="wrong", sequence=ID),), b"\1"),
        ((pdu.Bind(login_type=2, login_name="else", login_password=CALLER_SECRET, sequence=ID),), b"\1"),
    ],
)
def test_what_a_stranger_reports_is_not_believed(said_first: tuple[pdu.Pdu, ...], answer: bytes) -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answered = await said(line.listening_port or 0, *said_first, REPORT)
        assert answered[20:21] == answer
        assert len(answered) <= 29
        assert line.state.held == 0

    with FakeIsmg("sgip1.2") as gateway:
        on_a_line(gateway, drive)


def test_who_has_logged_in_is_believed_and_answered() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answered = await said(line.listening_port or 0, RIGHT, REPORT)
        assert len(answered) == 2 * 29 + 3
        assert line.state.held == 1

    with FakeIsmg("sgip1.2") as gateway:
        on_a_line(gateway, drive)


def test_only_agreed_addresses_are_heard_at_all() -> None:
    elsewhere = Listening(
        host="127.0.0.1",
        port=0,
        name=CALLER,
        secret=Secret(CALLER_SECRET),
        from_addresses=frozenset({"192.0.2.1"}),
    )

    async def drive(line: AsyncCarrierLine) -> None:
        with contextlib.suppress(ConnectionResetError):
            assert await said(line.listening_port or 0, RIGHT, REPORT) == b""
        assert line.state.held == 0

    with FakeIsmg("sgip1.2") as gateway:
        on_a_line(gateway, drive, listening=elsewhere)


def test_an_idle_line_without_a_test_is_let_go_and_comes_back_when_it_is_wanted() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        assert isinstance(await line.submit(letter(1), soon()), Accepted)
        await until(lambda: gateway.record.farewells == 1)
        await asyncio.sleep(0.05)
        assert (line.state.connected, line.state.ready) == (1, 0)
        assert isinstance(await line.submit(letter(2), soon()), Accepted)
        assert line.state.connected == 2

    with FakeIsmg("sgip1.2") as gateway:
        on_a_line(gateway, drive, idle=ms(20))

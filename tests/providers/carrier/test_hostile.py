"""A gateway that talks nonsense, hangs up or hangs: the line goes on, and nothing spins."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from tests.providers.carrier.lines import cmpp, letter, ms, soon, until

from loansms.model import Rejected, Unknown
from loansms.privacy import Secret
from loansms.providers.carrier import AsyncCarrierLine, LineSettings
from loansms.providers.carrier.dialect import Dialect, Event
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.dialect import CmppDialect
from loansms.providers.taxonomy import may_pass
from loansms.testing.fake_ismg import SECRET, SOURCE

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LET_IN = pdu.encode(pdu.ConnectResp(status=0, sequence_id=1), pdu.V30)


class Gateway:
    """A server that does as it is told with every connection, in the test's own loop."""

    def __init__(
        self, behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> None:
        self.connections = 0
        self._behave = behave

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._behave(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def drive(
        self,
        use: Callable[[AsyncCarrierLine], Awaitable[None]],
        dialect: Dialect | None = None,
        **changes: object,
    ) -> None:
        server = await asyncio.start_server(self.met, "127.0.0.1", 0)
        quick = {"first_pause": ms(10), "most_pause": ms(20), "closing": ms(20), "private_line": True}
        told = LineSettings(host="127.0.0.1", port=server.sockets[0].getsockname()[1], **{**quick, **changes})
        async with AsyncCarrierLine(dialect or cmpp(), told) as line:
            await use(line)
        # asyncio loses the socket of a connection that is being accepted while its server closes.
        await asyncio.sleep(0.005)
        server.close()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("let_in", [True, False])
def test_nonsense_ends_the_connection_and_is_met_with_pauses(seed: int, let_in: bool) -> None:
    chance = Random(seed)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write((LET_IN if let_in else b"") + chance.randbytes(chance.randint(1, 400)))
        await writer.drain()
        await asyncio.sleep(0.005)

    gateway = Gateway(behave)

    async def use(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(), soon(0.06))
        assert isinstance(answer, Rejected | Unknown)

    asyncio.run(gateway.drive(use))
    # Ten to twenty milliseconds apart: a line that spins would have been back a hundred times.
    assert 1 <= gateway.connections <= 8


def test_a_gateway_that_leaves_is_answered_and_what_it_owed_is_unknown() -> None:
    answered: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(LET_IN)
        await reader.read(400)
        writer.write(pdu.encode(pdu.Terminate(sequence_id=9), pdu.V30))
        answered.append(await reader.read())

    async def use(line: AsyncCarrierLine) -> None:
        assert await line.submit(letter(), soon()) == Unknown("line_lost")
        await until(lambda: answered)

    asyncio.run(
        Gateway(behave).drive(use, most_pause=timedelta(seconds=30), first_pause=timedelta(seconds=20))
    )
    assert answered == [pdu.encode(pdu.TerminateResp(sequence_id=9), pdu.V30)]


def test_a_gateway_that_owes_answers_and_says_nothing_is_given_up_before_it_would_be_idle() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(LET_IN)
        while await reader.read(400):
            pass

    gateway = Gateway(behave)

    async def use(line: AsyncCarrierLine) -> None:
        assert await line.submit(letter(), soon()) == Unknown("no_answer")
        under_way = [asyncio.create_task(line.submit(letter(n), soon(0.5))) for n in range(3)]
        await until(lambda: gateway.connections == 2, 3)
        await asyncio.gather(*under_way)

    asyncio.run(gateway.drive(use, answer=ms(80), tries=1, idle=timedelta(minutes=3)))


def test_a_flood_of_tests_is_answered_and_does_not_grow() -> None:
    flood = b"".join(pdu.encode(pdu.ActiveTest(sequence_id=n), pdu.V30) for n in range(3000))
    answered = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        await reader.readexactly(39)
        writer.write(LET_IN + flood)
        while data := await reader.read(65536):
            answered += len(data)

    async def use(line: AsyncCarrierLine) -> None:
        await until(lambda: answered >= 3000 * 13)
        assert line.state.ready == 1

    asyncio.run(Gateway(behave).drive(use))


def test_a_line_that_is_never_let_in_is_left_and_tried_again() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(39)
        await reader.read(1)

    gateway = Gateway(behave)

    async def use(line: AsyncCarrierLine) -> None:
        await until(lambda: gateway.connections == 2)
        assert line.state.ready == 0

    asyncio.run(gateway.drive(use, answer=ms(30)))


def test_a_gateway_that_asks_and_never_reads_is_read_no_further() -> None:
    flood = b"".join(pdu.encode(pdu.ActiveTest(sequence_id=n), pdu.V30) for n in range(20_000))
    stopped = asyncio.Event()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(LET_IN)
        writer.transport.pause_reading()
        plain = writer.get_extra_info("socket")
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            plain.setsockopt(socket.SOL_SOCKET, buffer, 65536)
        for _ in range(200):
            writer.write(flood)
            try:
                async with asyncio.timeout(0.1):
                    await writer.drain()
            except TimeoutError:
                stopped.set()
                return

    async def use(line: AsyncCarrierLine) -> None:
        # What the sockets hold, and no more: twelve megabytes were on offer.
        async with asyncio.timeout(5):
            await stopped.wait()
        assert line.state.connected == 1

    asyncio.run(Gateway(behave).drive(use))


def test_a_gateway_that_sends_no_more_is_left_at_once_and_opened_anew() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(LET_IN)
        # The submit; then one half of the connection is closed, and the other kept.
        await reader.read(400)
        writer.write_eof()
        await reader.read(400)

    gateway = Gateway(behave)

    async def use(line: AsyncCarrierLine) -> None:
        assert await line.submit(letter(), soon()) == Unknown("line_lost")
        await until(lambda: gateway.connections == 2)

    asyncio.run(gateway.drive(use))


class _Broken(CmppDialect):
    """A dialect with a fault of its own."""

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        raise RuntimeError("a fault of ours")


def test_a_fault_of_ours_is_no_slow_line_but_is_raised_to_who_submits() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(LET_IN)
        await reader.read(400)

    async def use(line: AsyncCarrierLine) -> None:
        async def submit_until_told() -> None:
            while isinstance(await line.submit(letter(), soon(0.05)), Rejected):
                pass

        with pytest.raises(RuntimeError, match="a fault of ours"):
            await asyncio.wait_for(submit_until_told(), 5)

    broken = _Broken(source_addr=SOURCE, secret=Secret(SECRET), src_id="10690000")
    asyncio.run(Gateway(behave).drive(use, broken))


@pytest.mark.parametrize(
    ("status", "again"), [(1, False), (2, False), (3, False), (4, True), (5, True), (99, True)]
)
def test_only_a_login_refused_for_our_own_fault_waits_the_longest_pause(status: int, again: bool) -> None:
    refused = pdu.encode(pdu.ConnectResp(status=status, sequence_id=1), pdu.V30)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(39)
        writer.write(refused)
        await reader.read(1)

    gateway = Gateway(behave)

    async def use(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(), soon())
        assert isinstance(answer, Rejected)
        assert answer.code == f"login_{status}"
        if again:
            await until(lambda: gateway.connections == 3)
        else:
            await asyncio.sleep(0.06)
            assert gateway.connections == 1

    asyncio.run(gateway.drive(use, first_pause=ms(4), most_pause=timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("table", "full", "wrong"),
    [
        ("sgip_error", "2", "1"),
        ("smgp_status", "2", "21"),
        ("smpp_command_status", "0x00000005", "0x0000000E"),
    ],
)
def test_a_gateway_that_is_full_may_let_us_in_soon_and_a_wrong_secret_will_not(
    table: str, full: str, wrong: str
) -> None:
    assert may_pass(table, full)
    assert not may_pass(table, wrong)

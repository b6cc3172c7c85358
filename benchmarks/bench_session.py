"""One CMPP session over loopback, 32 submits unanswered at a time, beside two floors of the same run.

The first floor is a bare echo: the same frames over the same kind of streams, nothing in them understood. The second is the
fake gateway driven as fast as it goes: frames written beforehand, 32 at a time, answers counted by their octets. Gateway and
client have a process each, as they would: in one, the interpreter's lock would make each wait for the other's work. Printed
beside the ratios: messages a second on this machine.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from loansms.clock import SystemClock
from loansms.model import Accepted, Message
from loansms.privacy import Secret
from loansms.providers.carrier.session import AsyncCarrierLine
from loansms.providers.carrier.settings import LineSettings
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.dialect import CmppDialect
from loansms.testing.examples import message
from loansms.testing.fake_ismg import SECRET, SOURCE, FakeIsmg
from loansms.testing.gateway_faults import Faults

COUNT = 4000
WINDOW = 32
ROUNDS = 3
# Seconds to a gateway in another city and back: here the window is what bounds a line.
DISTANT = 0.03
# The gateway reports on nothing here: what is measured is submits and their answers.
QUIET = Faults(dropped=1.0)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def dialect() -> CmppDialect:
    return CmppDialect(source_addr=SOURCE, secret=Secret(SECRET), src_id="10690000")


def book() -> list[Message]:
    return [
        message(message_id=f"m-{number}", step_key=f"s-{number}", text=Secret(f"您的第{number}期账单已出"))
        for number in range(COUNT)
    ]


def frames(first: int) -> list[bytes]:
    """The SUBMIT of every message, numbered from `first`."""
    line, now = dialect(), SystemClock().now()
    return [
        line.submits(one, now=now, sequences=[first + place])[0].frame for place, one in enumerate(book())
    ]


async def session(port: int, count: int = COUNT) -> float:
    told = LineSettings(host="127.0.0.1", port=port, private_line=True, window=WINDOW)
    deadline = SystemClock().now() + timedelta(minutes=5)
    waiting = iter(book()[:count])
    async with AsyncCarrierLine(dialect(), told) as line:
        await line.submit(message(), deadline)

        async def hand_over() -> None:
            for one in waiting:
                if not isinstance(await line.submit(one, deadline), Accepted):
                    raise AssertionError("the gateway took a message less than it was given")

        started = time.perf_counter()
        await asyncio.gather(*(hand_over() for _ in range(2 * WINDOW)))
        return count / (time.perf_counter() - started)


async def batch(port: int, count: int = COUNT) -> float:
    """The same from one caller."""
    told = LineSettings(host="127.0.0.1", port=port, private_line=True, window=WINDOW)
    deadline = SystemClock().now() + timedelta(minutes=5)
    async with AsyncCarrierLine(dialect(), told) as line:
        await line.submit(message(), deadline)
        messages = book()[:count]
        started = time.perf_counter()
        answers = await line.submit_many(messages, deadline)
        rate = count / (time.perf_counter() - started)
        if not all(isinstance(one, Accepted) for one in answers):
            raise AssertionError("the gateway took a message less than it was given")
        return rate


async def distant_batch(port: int) -> float:
    return await batch(port, COUNT // 4)


async def distant_session(port: int) -> float:
    return await session(port, COUNT // 4)


async def pipelined(streams: Streams, sent: Sequence[bytes], answer: int) -> float:
    """Write frames so that 32 are unanswered, reading nothing of the answers but their length."""
    reader, writer = streams
    started, unanswered, read = time.perf_counter(), 0, 0
    for frame in sent:
        writer.write(frame)
        unanswered += 1
        while unanswered >= WINDOW:
            await writer.drain()
            read += len(await reader.read(65536))
            unanswered -= read // answer
            read %= answer
    while unanswered:
        read += len(await reader.read(65536))
        unanswered -= read // answer
        read %= answer
    return len(sent) / (time.perf_counter() - started)


async def raw(port: int, count: int = COUNT) -> float:
    """Draw from the gateway what a bare client draws that keeps 32 unanswered: its full rate."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(dialect().login(now=SystemClock().now(), sequence=1))
    await reader.readexactly(33)
    rate = await pipelined(
        (reader, writer), frames(2)[:count], len(pdu.encode(pdu.SubmitResp(msg_id=1, result=0), pdu.V30))
    )
    writer.close()
    return rate


async def distant_raw(port: int) -> float:
    return await raw(port, COUNT // 4)


async def echo(port: int) -> float:
    streams = await asyncio.open_connection("127.0.0.1", port)
    rate = await pipelined(streams, frames(2), 24)
    streams[1].close()
    return rate


def echoed(drive: Callable[[int], Awaitable[float]]) -> float:
    """Drive against a server, in a thread of its own, that answers every frame with as many octets as SUBMIT_RESP has."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(4)
                await reader.readexactly(int.from_bytes(head, "big") - 4)
                writer.write(bytes(24))
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    async def opened() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(opened(), loop).result()
    try:
        return asyncio.run(_of(drive, server.sockets[0].getsockname()[1]))
    finally:
        loop.call_soon_threadsafe(server.close)
        time.sleep(0.05)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def serve(answer_after: float) -> None:
    """Be the gateway until nobody holds our input any more."""
    with FakeIsmg(faults=QUIET, answer_after=answer_after) as gateway:
        print(gateway.port, flush=True)
        sys.stdin.read()


def faked(drive: Callable[[int], Awaitable[float]], answer_after: float = 0.0) -> float:
    with subprocess.Popen(
        [sys.executable, __file__, str(answer_after)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as gateway:
        if gateway.stdin is None or gateway.stdout is None:
            raise AssertionError("the gateway has no pipes")
        rate = asyncio.run(_of(drive, int(gateway.stdout.readline())))
        gateway.stdin.close()
    return rate


async def _of(drive: Callable[[int], Awaitable[float]], port: int) -> float:
    return await drive(port)


def run() -> list[tuple[str, float, str]]:
    told: list[tuple[Any, ...]] = [
        (
            faked(session),
            faked(batch),
            faked(raw),
            echoed(echo),
            faked(distant_session, DISTANT),
            faked(distant_batch, DISTANT),
            faked(distant_raw, DISTANT),
        )
        for _ in range(ROUNDS)
    ]
    ours, together, gateway, floor, distant, distant_together, far = (
        median(column) for column in zip(*told, strict=True)
    )
    print(
        f"  a session {ours:,.0f}/s, a batch {together:,.0f}/s, "
        f"the gateway alone {gateway:,.0f}/s, a bare echo {floor:,.0f}/s"
    )
    away, near = "a gateway that answers after 30 ms", "a gateway that answers at once"
    theirs = "gateway's full rate, drawn by a bare client"
    return [
        (f"{away}, a caller a message", distant / far, f"that {theirs}"),
        (f"{away}, one batch", distant_together / far, f"that {theirs}"),
        (f"{away}, one batch", distant_together * DISTANT / WINDOW, "what a window of 32 allows at most"),
        (f"{near}, a caller a message", ours / gateway, f"that {theirs}"),
        (f"{near}, one batch", together / gateway, f"that {theirs}"),
        (f"{near}, one batch", together / floor, "a bare loopback echo of the same frames"),
    ]


if __name__ == "__main__":
    serve(float(sys.argv[1]))

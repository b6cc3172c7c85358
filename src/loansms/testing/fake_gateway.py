"""A carrier's gateway on loopback: real TCP, an event loop in a thread of its own, faults on demand, a full record.

Use it as a context: ``port`` is where it listens, ``record`` what it really took. It asks for nothing and reaches nobody.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Hashable
from random import Random
from typing import Self

from attrs import define, field

from loansms.testing.gateway_faults import Faults, GatewayRecord, TakenSegment
from loansms.testing.gateway_wire import (
    FarewellHeard,
    Heard,
    LoginHeard,
    ReportAnswered,
    SubmitHeard,
    TestHeard,
    Wire,
)

# How long reports gather before they go out, so that there is something to shuffle.
_GATHER = 0.002
# How long a report is not brought again that the other side could not keep.
_AGAIN = 0.02
_ROUNDS = 100
# A reset rather than an orderly end: RST.
_NO_LINGER = struct.pack("ii", 1, 0)


@define(eq=False)
class _Connection:
    number: int
    writer: asyncio.StreamWriter
    let_in: bool = False
    unanswered: int = 0
    leaving: list[bytes] = field(factory=list[bytes])
    reports: dict[Hashable, _Report] = field(factory=dict[Hashable, "_Report"])

    def write(self, frame: bytes) -> None:
        if not self.leaving:
            asyncio.get_running_loop().call_soon(self.flush)
        self.leaving.append(frame)

    def flush(self) -> None:
        if self.leaving and not self.writer.is_closing():
            self.writer.write(b"".join(self.leaving))
        self.leaving.clear()

    def close(self) -> None:
        self.flush()
        self.writer.close()


@define(eq=False)
class _Report:
    """A report (`taken`) or a reply (its number, phone and words) that is still to be brought."""

    taken: TakenSegment | None
    reply: tuple[int, str, str] = (0, "", "")
    at: _Connection | None = None


class FakeGateway:
    """A gateway that speaks `wire`; ``answer_after`` seconds pass before an answer."""

    def __init__(
        self,
        wire: Wire,
        *,
        faults: Faults | None = None,
        answer_after: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.record: GatewayRecord = GatewayRecord()
        self.faults: Faults = faults or Faults()
        self.port: int = 0
        self._wire = wire
        # Where a protocol logs in to its client, its reports go there and nowhere else.
        self._calls = bool(wire.login(0))
        self._client: tuple[str, int] | None = None
        self._tls = tls
        self._answer_after = answer_after
        self._random = Random(self.faults.seed)  # noqa: S311 (faults that can be repeated)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake gateway", daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: list[_Connection] = []
        self._caller: asyncio.Task[None] | None = None
        self._waiting: list[_Report] = []
        self._gathering = False
        self._calling = False
        self._sequence = 0
        self._frames = 0
        self._replies = 0

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, *_fault: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def reply(self, phone: str, text: str) -> None:
        """Bring a reply from a handset."""
        self._replies += 1
        report = _Report(None, (self._replies, phone, text))
        self._loop.call_soon_threadsafe(self._bring, report)

    def bring_to(self, host: str, port: int) -> None:
        """Bring reports and replies to a client's own port, for the protocol that does (SGIP)."""
        self._client = (host, port)
        self._loop.call_soon_threadsafe(self._gather)

    def reset(self) -> None:
        """Reset every connection now."""
        for one in list(self._connections):
            self._loop.call_soon_threadsafe(self._reset, one)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        # asyncio loses the socket of a connection that is being accepted while its server closes.
        await asyncio.sleep(_GATHER)
        if self._server is not None:
            self._server.close()
        # What is just being accepted becomes a connection first, and is ended then: its socket is nobody's until it does.
        for _ in range(_ROUNDS):
            for one in list(self._connections):
                one.writer.transport.abort()
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            if not rest:
                break
            await asyncio.wait(rest, timeout=_AGAIN)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.record.connections += 1
        await self._attend(_Connection(self.record.connections, writer), reader)

    async def _attend(self, one: _Connection, reader: asyncio.StreamReader) -> None:
        self._connections.append(one)
        buffer = bytearray()
        try:
            while data := await reader.read(65536):
                buffer += data
                for heard in self._wire.heard(buffer):
                    self._meet(one, heard)
                await one.writer.drain()
        except (OSError, ValueError):
            one.writer.transport.abort()
        finally:
            self._connections.remove(one)
            one.close()
            for report in one.reports.values():
                self._bring(report)

    def _meet(self, one: _Connection, heard: Heard) -> None:
        match heard:
            case LoginHeard(right=right):
                one.let_in = right and not self.faults.login_refused
                self.record.logins += one.let_in
                self.record.refused_logins += not one.let_in
                one.write(self._wire.let_in(heard, not one.let_in))
                self._gather()
            case TestHeard():
                self.record.tests += 1
                if not self.faults.deaf:
                    one.write(self._wire.told(heard))
            case SubmitHeard() if one.let_in and not one.writer.is_closing():
                self._submitted(one, heard)
            case FarewellHeard() if not self.faults.deaf:
                self.record.farewells += 1
                one.write(self._wire.told(heard))
                one.close()
            case ReportAnswered(sequence=sequence, taken=taken):
                self._report_answered(one.reports.pop(sequence, None), taken)
            case _:
                return

    def _submitted(self, one: _Connection, heard: SubmitHeard) -> None:
        told, record = self.faults, self.record
        self._frames += 1
        one.unanswered += 1
        record.most_unanswered = max(record.most_unanswered, one.unanswered)
        if self._chance(told.reset_before) or (told.reset_every and self._frames % told.reset_every == 0):
            record.lost.append(heard)
            self._reset(one)
        elif self._chance(told.throttled):
            record.throttled.append(heard)
            self._answer(one, self._wire.turned_down(heard, True))
        elif self._chance(told.refused) or heard.place[0] == told.refused_part > 0 < heard.place[1] - 1:
            record.refused.append(heard)
            self._answer(one, self._wire.turned_down(heard, False))
        else:
            self._take(one, heard)

    def _take(self, one: _Connection, heard: SubmitHeard) -> None:
        told = self.faults
        taken = TakenSegment(
            len(self.record.taken) + 1,
            one.number,
            heard,
            not self._chance(told.undelivered),
            self._chance(told.dropped),
        )
        self.record.taken.append(taken)
        report = _Report(taken, at=None if self._chance(told.elsewhere) else one)
        answer = self._wire.took(heard, taken.part)
        if self._chance(told.early) and not taken.dropped:
            self._send(report, one)
        elif not taken.dropped:
            self._loop.call_later(self._answer_after, self._bring, report)
        if self._chance(told.reset_after):
            self._reset(one)
        elif self._chance(told.cut):
            one.write(answer[: len(answer) // 2])
            one.close()
        elif self._chance(told.garbled):
            one.write(b"\xff\xff\xff\xff" + answer[4:])
        elif told.deaf or self._chance(told.mute):
            return
        else:
            self._answer(one, answer, told.late_by if self._chance(told.late) else 0.0)
            if self._chance(told.answered_twice):
                self._answer(one, answer)

    def _answer(self, one: _Connection, frame: bytes, late: float = 0.0) -> None:
        def write() -> None:
            one.unanswered -= 1
            one.write(frame)

        if self._answer_after or late:
            self._loop.call_later(self._answer_after + late, write)
        else:
            write()

    def _bring(self, report: _Report) -> None:
        """Put a report with those that are to go out, and again where it must come twice."""
        self._waiting.append(report)
        if report.taken and self._chance(self.faults.reported_twice):
            self._waiting.append(report)
        self._gather()

    def _gather(self) -> None:
        if self._waiting and not self._gathering:
            self._gathering = True
            self._loop.call_later(_GATHER, self._deliver)

    def _deliver(self) -> None:
        self._gathering = False
        if self._calls and not any(one.number < 0 for one in self._connections):
            self._call()
            return
        going, self._waiting = self._waiting, []
        if self.faults.shuffled:
            self._random.shuffle(going)
        there = [one for one in self._connections if self._brings(one)]
        for report in going:
            if not there:
                self._waiting.append(report)
            else:
                own = report.at if report.at in there else None
                self._send(report, own or self._random.choice(there))

    def _brings(self, one: _Connection) -> bool:
        return one.let_in and not one.writer.is_closing() and (one.number < 0) == self._calls

    def _send(self, report: _Report, one: _Connection) -> None:
        if not self._brings(one):
            self._bring(report)
            return
        self._sequence += 1
        if report.taken is None:
            number, phone, text = report.reply
            pairing, frame = self._wire.reply(phone, text, number, self._sequence)
        else:
            taken = report.taken
            self.record.reported[taken.part] += 1
            pairing, frame = self._wire.report(taken.part, taken.segment, taken.delivered, self._sequence)
        one.reports[pairing] = report
        one.write(frame)

    def _report_answered(self, report: _Report | None, taken: bool) -> None:
        self.record.reports_taken += taken
        self.record.reports_again += not taken
        if report is not None and not taken:
            self._loop.call_later(_AGAIN, self._bring, report)

    def _call(self) -> None:
        """Open the connection that brings reports, and log in there."""
        if self._calling or self._client is None:
            return
        self._calling = True

        async def call(host: str, port: int) -> None:
            try:
                reader, writer = await asyncio.open_connection(host, port)
            except OSError:
                self._calling = False
                self._loop.call_later(_AGAIN, self._gather)
                return
            self._calling = False
            one = _Connection(-1 - self.record.connections, writer, let_in=True)
            one.write(self._wire.login(self._next()))
            self._gather()
            await self._attend(one, reader)

        self._caller = self._loop.create_task(call(*self._client))

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _reset(self, one: _Connection) -> None:
        self.record.resets += 1
        plain = one.writer.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        one.writer.transport.abort()

    def _chance(self, share: float) -> bool:
        return bool(share) and self._random.random() < share

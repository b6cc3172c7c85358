"""The fake message centre speaks SMPP 3.4 to anybody: here to octets written by hand."""

from __future__ import annotations

import socket
import struct

from loansms.testing.fake_smsc import PASSWORD, SYSTEM_ID, FakeSmsc
from loansms.testing.gateway_faults import Faults

BIND = f"{SYSTEM_ID}\0{PASSWORD}\0".encode() + b"\0\x34\0\0\0"
SUBMIT = b"\0\1\110690000\0\1\18617400000001\0\0\0\0\0\0\1\0\x08\0\x04" + "您好".encode("utf-16-be")


def frame(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def answer(line: socket.socket) -> tuple[int, int, int, bytes]:
    length, command, status, sequence = struct.unpack(">IIII", line.recv(16, socket.MSG_WAITALL))
    return command, status, sequence, line.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""


def test_a_message_is_taken_reported_and_recorded() -> None:
    with FakeSmsc() as centre, socket.create_connection(("127.0.0.1", centre.port), 5) as line:
        line.sendall(frame(0x9, 1, BIND))
        assert answer(line) == (0x80000009, 0, 1, b"fake-smsc\0")
        line.sendall(frame(0x15, 2) + frame(0x4, 3, SUBMIT))
        assert answer(line) == (0x80000015, 0, 2, b"")
        assert answer(line) == (0x80000004, 0, 3, b"fake-1\0")
        command, status, sequence, body = answer(line)
        assert (command, status) == (0x5, 0)
        assert b"id:fake-1 sub:001 dlvrd:001" in body
        assert b"\x00\x1e\x00\x07fake-1\0" in body
        line.sendall(frame(0x80000005, sequence, b"\0") + frame(0x6, 4))
        assert answer(line) == (0x80000006, 0, 4, b"")
    (taken,) = centre.record.taken
    assert (taken.segment.phone, taken.segment.content) == ("8617400000001", "您好".encode("utf-16-be"))
    assert (centre.record.reports_taken, centre.record.farewells) == (1, 1)


def test_a_wrong_password_and_too_fast_are_said_in_its_own_codes() -> None:
    with FakeSmsc(faults=Faults(throttled=1.0)) as centre:
        with socket.create_connection(("127.0.0.1", centre.port), 5) as line:
            line.sendall(frame(0x2, 1, BIND.replace(PASSWORD.encode(), b"wrong")))
            assert answer(line) == (0x80000002, 0xE, 1, b"")
        with socket.create_connection(("127.0.0.1", centre.port), 5) as line:
            line.sendall(frame(0x9, 1, BIND) + frame(0x4, 2, SUBMIT))
            assert answer(line)[1] == 0
            assert answer(line) == (0x80000004, 0x58, 2, b"")
    assert centre.record.taken == []

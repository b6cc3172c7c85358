"""The PDUs of SGIP 1.2, both ways: what we send, and what a gateway (SMG) sends.

Source: China Unicom, the SGIP document (it calls itself 1.1; the sizes are those of 1.2 in use). A sequence number is twelve
octets (node, MMDDHHMMSS, counter), shown as their 24 hexadecimal digits: an answer is paired by it, and the report of a
message quotes that of its SUBMIT.

>>> encode(Unbind(sequence=sequenced(3000099999, "0924100000", 1))).hex()
'0000001400000002b2d1e49f3714a5a000000001'
"""

from __future__ import annotations

import struct
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from loansms.providers.carrier.layout import (
    CONTENT,
    COUNT,
    HEX,
    LENGTH,
    RESERVE,
    TEXT,
    TEXTS,
    UINT,
    Layout,
    Misfit,
    Rows,
)

# Length, command, sequence number of twelve octets.
HEADER: Final = struct.Struct(">II12s")
RESPONSE: Final = 0x80000000
# Who asks, when (MMDDHHMMSS), and a counter.
SEQUENCE: Final = struct.Struct(">III")
# The command of a SUBMIT_RESP, and the octets of an answer.
SUBMIT_RESP: Final = (0x3 | RESPONSE).to_bytes(4, "big")
ANSWER: Final = 29

_NONE: Final = "00" * 12


@frozen(kw_only=True, slots=False)
class Bind:
    """A login; `login_type` 1 is ours to the gateway, 2 the gateway's to our listener. The password travels in plain text."""

    login_type: int = 1
    login_name: str
    login_password: str = field(repr=False)
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class BindResp:
    """The answer to a login; `result` 0 lets in."""

    result: int
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class Submit:
    """One segment to one or more numbers; 21 zeros as `charge_number`: the sender pays."""

    sp_number: str
    charge_number: str = field(default="0" * 21, repr=False)
    user_number: tuple[str, ...] = field(repr=False)
    corp_id: str
    service_type: str = ""
    fee_type: int = 1
    fee_value: str = "0"
    given_value: str = "0"
    agent_flag: int = 0
    morelate_to_mt_flag: int = 2
    priority: int = 0
    expire_time: str = ""
    schedule_time: str = ""
    report_flag: int = 1
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 8
    message_type: int = 0
    message_content: bytes = field(repr=False)
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class SubmitResp:
    """The answer to a segment."""

    result: int
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class Deliver:
    """A reply."""

    user_number: str = field(repr=False)
    sp_number: str
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 0
    message_content: bytes = field(repr=False)
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class DeliverResp:
    """The answer to a reply."""

    result: int
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class Report:
    """The report of the SUBMIT with `submit_sequence`; `state` 0 delivered, 1 waiting, 2 failed with `error_code`."""

    submit_sequence: str
    report_type: int = 0
    user_number: str = field(repr=False)
    state: int
    error_code: int = 0
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class ReportResp:
    """The answer to a report."""

    result: int
    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class Unbind:
    """Ends a session in order."""

    sequence: str = _NONE


@frozen(kw_only=True, slots=False)
class UnbindResp:
    """The end is agreed."""

    sequence: str = _NONE


Pdu: TypeAlias = (
    Bind | BindResp | Submit | SubmitResp | Deliver | DeliverResp | Report | ReportResp | Unbind | UnbindResp
)  # fmt: skip

_EIGHT: Final = ("reserve", 8, RESERVE)
_ANSWER: Rows = [("result", 1, UINT), _EIGHT]
# (command, PDU, its rows)
_TABLE: Final[list[tuple[int, type[Any], Rows]]] = [
    (0x1, Bind, [("login_type", 1, UINT), ("login_name", 16, TEXT), ("login_password", 16, TEXT), _EIGHT]),
    (0x1 | RESPONSE, BindResp, _ANSWER),
    (0x2, Unbind, []),
    (0x2 | RESPONSE, UnbindResp, []),
    (0x3, Submit, [
        ("sp_number", 21, TEXT), ("charge_number", 21, TEXT), ("user_number", 1, COUNT), ("user_number", 21, TEXTS),
        ("corp_id", 5, TEXT), ("service_type", 10, TEXT), ("fee_type", 1, UINT), ("fee_value", 6, TEXT),
        ("given_value", 6, TEXT), ("agent_flag", 1, UINT), ("morelate_to_mt_flag", 1, UINT), ("priority", 1, UINT),
        ("expire_time", 16, TEXT), ("schedule_time", 16, TEXT), ("report_flag", 1, UINT), ("tp_pid", 1, UINT),
        ("tp_udhi", 1, UINT), ("message_coding", 1, UINT), ("message_type", 1, UINT), ("message_content", 4, LENGTH),
        ("message_content", 0, CONTENT), _EIGHT,
    ]),
    (0x3 | RESPONSE, SubmitResp, _ANSWER),
    (0x4, Deliver, [
        ("user_number", 21, TEXT), ("sp_number", 21, TEXT), ("tp_pid", 1, UINT), ("tp_udhi", 1, UINT),
        ("message_coding", 1, UINT), ("message_content", 4, LENGTH), ("message_content", 0, CONTENT), _EIGHT,
    ]),
    (0x4 | RESPONSE, DeliverResp, _ANSWER),
    (0x5, Report, [
        ("submit_sequence", 12, HEX), ("report_type", 1, UINT), ("user_number", 21, TEXT), ("state", 1, UINT),
        ("error_code", 1, UINT), _EIGHT,
    ]),
    (0x5 | RESPONSE, ReportResp, _ANSWER),
]  # fmt: skip
_SEQUENCE: Final = ("sequence", 12, HEX)
# What a line sets: no number of a handset among it.
_STANDING: Final = ("corp_id", "message_type")
_LAYOUTS: Final[dict[int, Layout[Any]]] = {
    command: Layout(kind, [_SEQUENCE, *rows], command, standing=_STANDING if kind is Submit else None)
    for command, kind, rows in _TABLE
}
_COMMANDS: Final[dict[type[Any], int]] = {kind: command for command, kind, _ in _TABLE}


class UnknownCommand(ValueError):
    """A command that is not among these."""


def sequenced(node: int, stamp: str, counter: int) -> str:
    """Return the sequence number of `node` at `stamp` (MMDDHHMMSS).

    >>> sequenced(3000099999, "0924100000", 1)
    'b2d1e49f3714a5a000000001'
    """
    return SEQUENCE.pack(node, int(stamp), counter & 0xFFFFFFFF).hex()


def moment_of(sequence: str) -> str:
    """Return the MMDDHHMMSS in a sequence number: when its sender made it.

    >>> moment_of("b2d1e49f3714a5a000000001")
    '0924100000'
    """
    return f"{int(sequence[8:16], 16):010d}"


def encode(pdu: Pdu) -> bytes:
    """Return the frame of `pdu`. Raise Misfit, which quotes nothing, for a field that does not fit."""
    return _LAYOUTS[_COMMANDS[type(pdu)]].write(pdu)


def decode(frame: bytes) -> Pdu:
    """Return what a whole `frame` says. Raise UnknownCommand, or Misfit where the frame has no such size."""
    if len(frame) < HEADER.size:
        raise Misfit("frame: shorter than its header")
    length, command, _ = HEADER.unpack_from(frame)
    if length != len(frame):
        raise Misfit("frame: its length is not what it says")
    layout = _LAYOUTS.get(command)
    if layout is None:
        raise UnknownCommand(f"SGIP: no command 0x{command:x}")
    return cast("Pdu", layout.read(frame))


def refused(frame: bytes, result: int) -> bytes:
    """Return the answer to a whole `frame` that is no PDU of these: every answer of SGIP is alike. b"" to an answer."""
    _, command, sequence = HEADER.unpack_from(frame)
    if command & RESPONSE:
        return b""
    return HEADER.pack(HEADER.size + 9, command | RESPONSE, sequence) + bytes((result,)) + bytes(8)

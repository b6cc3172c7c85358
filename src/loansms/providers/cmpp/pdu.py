"""The PDUs of CMPP 2.0 and 3.0, both ways: what we send, and what a gateway sends.

Source: China Mobile QB-GF-028-2003 (CMPP 3.0.0); the sizes of 2.0 are those of gateways in use. The two differ in the sizes
of a few fields, and not every gateway answers in the version it was asked in, so what does not fit the one is read as the
other.

>>> encode(ActiveTest(sequence_id=1), V30).hex()
'0000000c0000000800000001'
>>> decode(encode(SubmitResp(sequence_id=7, msg_id=5, result=8), V20), V30)
SubmitResp(msg_id=5, result=8, sequence_id=7)
"""

from __future__ import annotations

import struct
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from loansms.providers.carrier.layout import (
    CONTENT,
    COUNT,
    LENGTH,
    OCTETS,
    RESERVE,
    TEXT,
    TEXTS,
    UINT,
    Layout,
    Misfit,
    Rows,
)

V20: Final = 0x20
V30: Final = 0x30

DELIVER: Final = 0x5

# Total_Length, Command_Id, Sequence_Id.
HEADER: Final = struct.Struct(">III")
RESPONSE: Final = 0x80000000
SUBMIT_RESP: Final = 0x4 | RESPONSE
# Octets of a number; and a SUBMIT_RESP past its header.
NUMBER: Final = {V20: 21, V30: 32}
TAKEN: Final = {V20: struct.Struct(">12xQB"), V30: struct.Struct(">12xQI")}


@frozen(kw_only=True, slots=False)
class Connect:
    """A login; `timestamp` is the integer of MMDDHHMMSS."""

    source_addr: str
    authenticator_source: bytes = field(repr=False)
    version: int
    timestamp: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class ConnectResp:
    """The answer to a login; `status` 0 lets in."""

    status: int
    authenticator_ismg: bytes = field(default=bytes(16), repr=False)
    version: int = V30
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Submit:
    """One segment to one or more numbers; the terminal types and `link_id` travel in 3.0 alone."""

    msg_id: int = 0
    pk_total: int = 1
    pk_number: int = 1
    registered_delivery: int = 1
    msg_level: int = 0
    service_id: str = ""
    fee_user_type: int = 2
    fee_terminal_id: str = field(default="", repr=False)
    fee_terminal_type: int = 0
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 8
    msg_src: str = ""
    fee_type: str = "01"
    fee_code: str = "0"
    valid_time: str = ""
    at_time: str = ""
    src_id: str = ""
    dest_terminal_id: tuple[str, ...] = field(repr=False)
    dest_terminal_type: int = 0
    msg_content: bytes = field(repr=False)
    link_id: str = ""
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class SubmitResp:
    """The answer to a segment; its reports quote `msg_id`."""

    msg_id: int
    result: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Deliver:
    """A reply, or with `registered_delivery` 1 a report, whose content is a `Report`."""

    msg_id: int
    dest_id: str
    service_id: str = ""
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 0
    src_terminal_id: str = field(repr=False)
    src_terminal_type: int = 0
    registered_delivery: int = 0
    msg_content: bytes = field(repr=False)
    link_id: str = ""
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class DeliverResp:
    """The answer to a reply or report."""

    msg_id: int
    result: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Report:
    """What a `Deliver` with `registered_delivery` 1 holds; the times are YYMMDDHHMM."""

    msg_id: int
    stat: str
    submit_time: str
    done_time: str
    dest_terminal_id: str = field(repr=False)
    smsc_sequence: int = 0


@frozen(kw_only=True, slots=False)
class Query:
    """Asks for the counts of a day; `query_type` 0 all, 1 those of the service `query_code`."""

    time: str
    query_type: int = 0
    query_code: str = ""
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class QueryResp:
    """The counts of a day: messages out (total, users, done, waiting, failed) and in (done, waiting, failed)."""

    time: str
    query_type: int = 0
    query_code: str = ""
    mt_tl_msg: int = 0
    mt_tl_usr: int = 0
    mt_scs: int = 0
    mt_wt: int = 0
    mt_fl: int = 0
    mo_scs: int = 0
    mo_wt: int = 0
    mo_fl: int = 0
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Cancel:
    """Takes back a message that has not gone out yet."""

    msg_id: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class CancelResp:
    """0: taken back; 1: not."""

    success_id: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class ActiveTest:
    """Asks whether the line is alive."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class ActiveTestResp:
    """It is."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Terminate:
    """Ends a session in order."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class TerminateResp:
    """The end is agreed."""

    sequence_id: int = 0


Pdu: TypeAlias = (
    Connect | ConnectResp | Submit | SubmitResp | Deliver | DeliverResp | Query | QueryResp | Cancel
    | CancelResp | ActiveTest | ActiveTestResp | Terminate | TerminateResp
)  # fmt: skip


def _submit(number: int, kind: Rows, kinds: Rows, tail: Rows) -> Rows:
    return [
        ("msg_id", 8, UINT), ("pk_total", 1, UINT), ("pk_number", 1, UINT), ("registered_delivery", 1, UINT),
        ("msg_level", 1, UINT), ("service_id", 10, TEXT), ("fee_user_type", 1, UINT),
        ("fee_terminal_id", number, TEXT), *kind, ("tp_pid", 1, UINT), ("tp_udhi", 1, UINT),
        ("msg_fmt", 1, UINT), ("msg_src", 6, TEXT), ("fee_type", 2, TEXT), ("fee_code", 6, TEXT),
        ("valid_time", 17, TEXT), ("at_time", 17, TEXT), ("src_id", 21, TEXT), ("dest_terminal_id", 1, COUNT),
        ("dest_terminal_id", number, TEXTS), *kinds, ("msg_content", 1, LENGTH), ("msg_content", 0, CONTENT),
        *tail,
    ]  # fmt: skip


def _deliver(number: int, kind: Rows, tail: Rows) -> Rows:
    return [
        ("msg_id", 8, UINT), ("dest_id", 21, TEXT), ("service_id", 10, TEXT), ("tp_pid", 1, UINT),
        ("tp_udhi", 1, UINT), ("msg_fmt", 1, UINT), ("src_terminal_id", number, TEXT), *kind,
        ("registered_delivery", 1, UINT), ("msg_content", 1, LENGTH), ("msg_content", 0, CONTENT), *tail,
    ]  # fmt: skip


def _report(number: int) -> Rows:
    return [
        ("msg_id", 8, UINT), ("stat", 7, TEXT), ("submit_time", 10, TEXT), ("done_time", 10, TEXT),
        ("dest_terminal_id", number, TEXT), ("smsc_sequence", 4, UINT),
    ]  # fmt: skip


def _answer(size: int) -> Rows:
    return [("msg_id", 8, UINT), ("result", size, UINT)]


_SEQUENCE: Final = ("sequence_id", 4, UINT)
_CONNECT: Rows = [
    ("source_addr", 6, TEXT), ("authenticator_source", 16, OCTETS), ("version", 1, UINT), ("timestamp", 4, UINT),
]  # fmt: skip
_QUERY: Rows = [("time", 8, TEXT), ("query_type", 1, UINT), ("query_code", 10, TEXT)]
_COUNTS: Rows = [
    (name, 4, UINT)
    for name in ("mt_tl_msg", "mt_tl_usr", "mt_scs", "mt_wt", "mt_fl", "mo_scs", "mo_wt", "mo_fl")
]


def _connect_resp(size: int) -> Rows:
    return [("status", size, UINT), ("authenticator_ismg", 16, OCTETS), ("version", 1, UINT)]


_LINK: Rows = [("link_id", 20, TEXT)]
_EIGHT: Rows = [("reserve", 8, RESERVE)]

# (command, PDU, its rows in 2.0, its rows in 3.0)
_TABLE: Final[list[tuple[int, type[Any], Rows, Rows]]] = [
    (0x1, Connect, _CONNECT, _CONNECT),
    (0x1 | RESPONSE, ConnectResp, _connect_resp(1), _connect_resp(4)),
    (0x2, Terminate, [], []),
    (0x2 | RESPONSE, TerminateResp, [], []),
    (
        0x4, Submit, _submit(21, [], [], _EIGHT),
        _submit(32, [("fee_terminal_type", 1, UINT)], [("dest_terminal_type", 1, UINT)], _LINK),
    ),
    (0x4 | RESPONSE, SubmitResp, _answer(1), _answer(4)),
    (0x5, Deliver, _deliver(21, [], _EIGHT), _deliver(32, [("src_terminal_type", 1, UINT)], _LINK)),
    (0x5 | RESPONSE, DeliverResp, _answer(1), _answer(4)),
    (0x6, Query, [*_QUERY, *_EIGHT], [*_QUERY, *_EIGHT]),
    (0x6 | RESPONSE, QueryResp, [*_QUERY, *_COUNTS], [*_QUERY, *_COUNTS]),
    (0x7, Cancel, [("msg_id", 8, UINT)], [("msg_id", 8, UINT)]),
    (0x7 | RESPONSE, CancelResp, [("success_id", 1, UINT)], [("success_id", 4, UINT)]),
    (0x8, ActiveTest, [], []),
    (0x8 | RESPONSE, ActiveTestResp, [("reserved", 1, RESERVE)], [("reserved", 1, RESERVE)]),
]  # fmt: skip


# What a line sets, or a gateway says of itself: no number of a handset among it.
_STANDING: Final[dict[type[Any], tuple[str, str]]] = {
    Submit: ("tp_pid", "src_id"),
    Deliver: ("dest_id", "msg_fmt"),
}


def _layouts(version: int) -> dict[int, tuple[Layout[Any], ...]]:
    """Return for each command the layout of `version`, and behind it what else is read."""
    made: dict[int, tuple[Layout[Any], ...]] = {}
    for command, kind, second, third in _TABLE:
        standing = _STANDING.get(kind)
        two, three = (
            Layout(kind, [_SEQUENCE, *rows], command, standing=standing) for rows in (second, third)
        )
        made[command] = (three, two) if version >= V30 else (two, three)
    # Gateways are seen to answer a test of the line without the reserved octet.
    made[0x8 | RESPONSE] += (Layout(ActiveTestResp, [_SEQUENCE], 0x8 | RESPONSE),)
    return made


_TWO: Final = _layouts(V20)
_THREE: Final = _layouts(V30)
_WRITE_TWO: Final[dict[type[Any], Layout[Any]]] = {kind: _TWO[command][0] for command, kind, _, _ in _TABLE}
_WRITE_THREE: Final[dict[type[Any], Layout[Any]]] = {
    kind: _THREE[command][0] for command, kind, _, _ in _TABLE
}
_REPORTS: Final = {60: Layout(Report, _report(21)), 71: Layout(Report, _report(32))}


class UnknownCommand(ValueError):
    """A command that CMPP does not have."""


def encode(pdu: Pdu, version: int) -> bytes:
    """Return the frame of `pdu`. Raise Misfit, which quotes nothing, for a field that does not fit."""
    return (_WRITE_THREE if version >= V30 else _WRITE_TWO)[type(pdu)].write(pdu)


def decode(frame: bytes, version: int) -> Pdu:
    """Return what a whole `frame` says, read as `version` or, where it does not fit, as the other.

    Raise UnknownCommand, or Misfit where the frame has no such size.
    """
    return decoded(frame, version)[0]


def decoded(frame: bytes, version: int) -> tuple[Pdu, int]:
    """Return what a whole `frame` says, as `decode` does, and the version whose sizes it has."""
    if len(frame) < HEADER.size:
        raise Misfit("frame: shorter than its header")
    length, command, _ = HEADER.unpack_from(frame)
    if length != len(frame):
        raise Misfit("frame: its length is not what it says")
    # 2.1 (0x21) has the sizes of 2.0.
    layouts = (_THREE if version >= V30 else _TWO).get(command)
    if layouts is None:
        raise UnknownCommand(f"CMPP: no command 0x{command:x}")
    found: Pdu | None = layouts[0].read_fitting(frame)
    if found is not None:
        return found, version
    for layout, spoken in zip(layouts[1:], (V20 + V30 - version, version), strict=False):
        found = layout.read_fitting(frame)
        if found is not None:
            return found, spoken
    raise Misfit(f"{layouts[0].name}: {len(frame)} octets fit no layout of it")


def moment_of(msg_id: int) -> str:
    """Return the MMDDHHMMSS that the gateway put into a Msg_Id: its upper 26 bits (4, 5, 5, 6 and 6 of them).

    >>> moment_of(0b1001_11000_10001_011110_000101 << 38)
    '0924173005'
    """
    sizes, left, told = (6, 6, 5, 5, 4), msg_id >> 38, list[str]()
    for size in sizes:
        told.append(f"{left & ((1 << size) - 1):02d}")
        left >>= size
    return "".join(reversed(told))


def write_report(report: Report, version: int) -> bytes:
    """Return the content of the `Deliver` that brings `report`: 60 octets in 2.0, 71 in 3.0."""
    return _REPORTS[71 if version >= V30 else 60].write(report)


def read_report(content: bytes) -> Report:
    """Return the report in the content of a `Deliver`, by its length; raise Misfit for any other length."""
    layout = _REPORTS.get(len(content))
    if layout is None:
        raise Misfit(f"Report: {len(content)} octets, expected 60 or 71")
    return layout.read(content)

"""The PDUs of SMGP 3.0, both ways: what we send, and what a gateway sends.

Source: China Telecom SMGP 3.0.3. A message's id is ten octets of BCD (gateway, MMDDHHMM, sequence), shown as their twenty
hexadecimal digits: they are no text, in a report's text neither.

>>> encode(ActiveTest(sequence_id=1)).hex()
'0000000c0000000400000001'
>>> decode(encode(SubmitResp(msg_id="00100109240958000001", status=0, sequence_id=7)))
SubmitResp(msg_id='00100109240958000001', status=0, sequence_id=7)
"""

from __future__ import annotations

import re
import struct
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from loansms.providers.carrier.layout import (
    CONTENT,
    COUNT,
    HEX,
    LENGTH,
    OCTETS,
    RESERVE,
    TEXT,
    TEXTS,
    TLVS,
    UINT,
    Layout,
    Misfit,
    Rows,
)

V30: Final = 0x30
DELIVER: Final = 0x3

# PacketLength, RequestID, SequenceID.
HEADER: Final = struct.Struct(">III")
RESPONSE: Final = 0x80000000
SUBMIT_RESP: Final = 0x2 | RESPONSE
# A SUBMIT_RESP past its header.
TAKEN: Final = struct.Struct(">12x10sI")

# Tags of the optional parameters that a segment or a reply has.
TP_UDHI: Final = 0x2
PK_TOTAL: Final = 0x9
PK_NUMBER: Final = 0xA

Tlvs: TypeAlias = tuple[tuple[int, bytes], ...]


@frozen(kw_only=True, slots=False)
class Login:
    """A login; `timestamp` is the integer of MMDDHHMMSS, `login_mode` 0 sends, 1 receives, 2 does both."""

    client_id: str
    authenticator_client: bytes = field(repr=False)
    login_mode: int = 2
    timestamp: int
    version: int = V30
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class LoginResp:
    """The answer to a login; `status` 0 lets in."""

    status: int
    authenticator_server: bytes = field(default=bytes(16), repr=False)
    server_version: int = V30
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Submit:
    """One segment to one or more numbers."""

    msg_type: int = 6
    need_report: int = 1
    priority: int = 0
    service_id: str = ""
    fee_type: str = "00"
    fee_code: str = "000000"
    fixed_fee: str = "000000"
    msg_format: int = 8
    valid_time: str = ""
    at_time: str = ""
    src_term_id: str = ""
    charge_term_id: str = field(default="", repr=False)
    dest_term_id: tuple[str, ...] = field(repr=False)
    msg_content: bytes = field(repr=False)
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class SubmitResp:
    """The answer to a segment; its report quotes `msg_id`."""

    msg_id: str
    status: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Deliver:
    """A reply, or with `is_report` 1 a report, whose content is a `Report`; `recv_time` is YYYYMMDDHHMMSS."""

    msg_id: str
    is_report: int = 0
    msg_format: int = 0
    recv_time: str = ""
    src_term_id: str = field(repr=False)
    dest_term_id: str
    msg_content: bytes = field(repr=False)
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class DeliverResp:
    """The answer to a reply or report."""

    msg_id: str
    status: int
    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Report:
    """What a `Deliver` with `is_report` 1 holds; the times are YYMMDDHHMM."""

    msg_id: str
    sub: str = "001"
    dlvrd: str = "001"
    submit_date: str
    done_date: str
    stat: str
    err: str = "000"


@frozen(kw_only=True, slots=False)
class ActiveTest:
    """Asks whether the line is alive."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class ActiveTestResp:
    """It is."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class Exit:
    """Ends a session in order."""

    sequence_id: int = 0


@frozen(kw_only=True, slots=False)
class ExitResp:
    """The end is agreed."""

    sequence_id: int = 0


Pdu: TypeAlias = (
    Login | LoginResp | Submit | SubmitResp | Deliver | DeliverResp | ActiveTest | ActiveTestResp | Exit | ExitResp
)  # fmt: skip

_ANSWER: Rows = [("msg_id", 10, HEX), ("status", 4, UINT)]
# (request, PDU, its rows)
_TABLE: Final[list[tuple[int, type[Any], Rows]]] = [
    (0x1, Login, [
        ("client_id", 8, TEXT), ("authenticator_client", 16, OCTETS), ("login_mode", 1, UINT),
        ("timestamp", 4, UINT), ("version", 1, UINT),
    ]),
    (0x1 | RESPONSE, LoginResp, [
        ("status", 4, UINT), ("authenticator_server", 16, OCTETS), ("server_version", 1, UINT),
    ]),
    (0x2, Submit, [
        ("msg_type", 1, UINT), ("need_report", 1, UINT), ("priority", 1, UINT), ("service_id", 10, TEXT),
        ("fee_type", 2, TEXT), ("fee_code", 6, TEXT), ("fixed_fee", 6, TEXT), ("msg_format", 1, UINT),
        ("valid_time", 17, TEXT), ("at_time", 17, TEXT), ("src_term_id", 21, TEXT), ("charge_term_id", 21, TEXT),
        ("dest_term_id", 1, COUNT), ("dest_term_id", 21, TEXTS), ("msg_content", 1, LENGTH),
        ("msg_content", 0, CONTENT), ("reserve", 8, RESERVE), ("tlvs", 0, TLVS),
    ]),
    (0x2 | RESPONSE, SubmitResp, _ANSWER),
    (0x3, Deliver, [
        ("msg_id", 10, HEX), ("is_report", 1, UINT), ("msg_format", 1, UINT), ("recv_time", 14, TEXT),
        ("src_term_id", 21, TEXT), ("dest_term_id", 21, TEXT), ("msg_content", 1, LENGTH),
        ("msg_content", 0, CONTENT), ("reserve", 8, RESERVE), ("tlvs", 0, TLVS),
    ]),
    (0x3 | RESPONSE, DeliverResp, _ANSWER),
    (0x4, ActiveTest, []),
    (0x4 | RESPONSE, ActiveTestResp, []),
    (0x6, Exit, []),
    (0x6 | RESPONSE, ExitResp, []),
]  # fmt: skip
_SEQUENCE: Final = ("sequence_id", 4, UINT)
# What a line sets: no number of a handset among it.
_STANDING: Final = ("msg_type", "src_term_id")
_LAYOUTS: Final[dict[int, Layout[Any]]] = {
    command: Layout(kind, [_SEQUENCE, *rows], command, standing=_STANDING if kind is Submit else None)
    for command, kind, rows in _TABLE
}
_COMMANDS: Final[dict[type[Any], int]] = {kind: command for command, kind, _ in _TABLE}

# Gateways differ in capitals, in "_" for the blank and in widths; the id is ten octets of any value, or their twenty digits.
_REPORT: Final = re.compile(
    rb"id:(?P<raw>[0-9a-f]{20}(?= sub:)|.{10}) sub:(?P<sub>[^ ]{1,3}) dlvrd:(?P<dlvrd>[^ ]{1,3})"
    rb" submit[ _]date:(?P<submit>\d{10,12}) done[ _]date:(?P<done>\d{10,12})"
    rb" stat:(?P<stat>.{0,7}?) *err:(?P<err>[^ ]{1,3})",
    re.IGNORECASE | re.DOTALL,
)


class UnknownCommand(ValueError):
    """A request that SMGP does not have, or that nothing here asks for."""


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
        raise UnknownCommand(f"SMGP: no request 0x{command:x}")
    return cast("Pdu", layout.read(frame))


def tlv(pdu: Submit | Deliver, tag: int) -> int:
    """Return the number in the optional parameter `tag`, 0 where there is none."""
    return next((int.from_bytes(value, "big") for one, value in pdu.tlvs if one == tag), 0)


def write_report(report: Report) -> bytes:
    """Return the content of the `Deliver` that brings `report`; its text part is left empty."""
    told = (
        f" sub:{report.sub} dlvrd:{report.dlvrd} Submit date:{report.submit_date} done date:{report.done_date}"
        f" stat:{report.stat:7} err:{report.err} Text:"
    )
    return b"id:" + bytes.fromhex(report.msg_id) + told.encode("latin-1") + b"000".ljust(20)


def read_report(content: bytes) -> Report:
    """Return the report in the content of a `Deliver`; raise Misfit where there is none."""
    found = _REPORT.search(content)
    if found is None:
        raise Misfit("Report: expected id, sub, dlvrd, dates, stat and err")
    raw = found["raw"]
    words = {
        name: found[name].decode("latin-1") for name in ("sub", "dlvrd", "submit", "done", "stat", "err")
    }
    return Report(
        msg_id=raw.decode("ascii").lower() if len(raw) == 20 else raw.hex(),
        sub=words["sub"],
        dlvrd=words["dlvrd"],
        submit_date=words["submit"],
        done_date=words["done"],
        stat=words["stat"].strip("\0 "),
        err=words["err"],
    )

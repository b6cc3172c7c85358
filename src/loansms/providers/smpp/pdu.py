"""The PDUs of SMPP 3.4, both ways: what we send, and what a message centre sends.

Source: SMPP Protocol Specification v3.4 issue 1.2, sections 4 and 5. Answers that refuse come without a body; what some
centres add behind the fields of an answer is passed over.

>>> encode(EnquireLink(sequence_number=1)).hex()
'00000010000000150000000000000001'
>>> decode(encode(SubmitSmResp(sequence_number=7, command_status=0x58)))
SubmitSmResp(message_id='', sequence_number=7, command_status=88)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from loansms.providers.carrier.layout import Misfit
from loansms.providers.smpp.layout import CONTENT, CSTRING, TAIL, TLVS, UINT, Layout, Rows, Tlvs

DELIVER_SM: Final = 0x5

# command_length, command_id, command_status, sequence_number.
HEADER: Final = struct.Struct(">IIII")
RESPONSE: Final = 0x80000000
SUBMIT_SM_RESP: Final = 0x4 | RESPONSE

# Section 5.3.2: the tags that are used here.
RECEIPTED_MESSAGE_ID: Final = 0x001E
SAR_MSG_REF_NUM: Final = 0x020C
SAR_TOTAL_SEGMENTS: Final = 0x020E
SAR_SEGMENT_SEQNUM: Final = 0x020F
NETWORK_ERROR_CODE: Final = 0x0423
MESSAGE_PAYLOAD: Final = 0x0424
MESSAGE_STATE: Final = 0x0427


@frozen(kw_only=True, slots=False)
class _Bind:
    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class BindReceiver(_Bind):
    """A login to receive alone."""


@frozen(kw_only=True, slots=False)
class BindTransmitter(_Bind):
    """A login to send alone."""


@frozen(kw_only=True, slots=False)
class BindTransceiver(_Bind):
    """A login to send and receive."""


@frozen(kw_only=True, slots=False)
class _BindResp:
    system_id: str = ""
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class BindReceiverResp(_BindResp):
    """The answer to a login; `command_status` 0 lets in."""


@frozen(kw_only=True, slots=False)
class BindTransmitterResp(_BindResp):
    """The answer to a login; `command_status` 0 lets in."""


@frozen(kw_only=True, slots=False)
class BindTransceiverResp(_BindResp):
    """The answer to a login; `command_status` 0 lets in."""


@frozen(kw_only=True, slots=False)
class _Short:
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = field(default="", repr=False)
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = field(default="", repr=False)
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = field(default=b"", repr=False)
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class SubmitSm(_Short):
    """One segment to one number."""


@frozen(kw_only=True, slots=False)
class DeliverSm(_Short):
    """A reply, or with `esm_class` 0x04 a receipt."""


@frozen(kw_only=True, slots=False)
class _IdResp:
    message_id: str = ""
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class SubmitSmResp(_IdResp):
    """The answer to a segment; its receipts quote `message_id`, perhaps in other digits."""


@frozen(kw_only=True, slots=False)
class DeliverSmResp(_IdResp):
    """The answer to a reply or receipt; `message_id` is empty."""


@frozen(kw_only=True, slots=False)
class QuerySm:
    """Asks what became of a message."""

    message_id: str
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = field(default="", repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class QuerySmResp:
    """What became of it; `final_date` is empty while nothing final did."""

    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class AlertNotification:
    """A handset can be reached again; nobody answers it."""

    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = field(default="", repr=False)
    esme_addr_ton: int = 0
    esme_addr_npi: int = 0
    esme_addr: str = field(default="", repr=False)
    tlvs: Tlvs = field(default=(), repr=False)
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class _Bare:
    sequence_number: int = 0
    command_status: int = 0


@frozen(kw_only=True, slots=False)
class EnquireLink(_Bare):
    """Asks whether the line is alive."""


@frozen(kw_only=True, slots=False)
class EnquireLinkResp(_Bare):
    """It is."""


@frozen(kw_only=True, slots=False)
class Unbind(_Bare):
    """Ends a session in order."""


@frozen(kw_only=True, slots=False)
class UnbindResp(_Bare):
    """The end is agreed."""


@frozen(kw_only=True, slots=False)
class GenericNack(_Bare):
    """What was sent is not understood; `command_status` says why."""


Bind: TypeAlias = BindReceiver | BindTransmitter | BindTransceiver
BindResp: TypeAlias = BindReceiverResp | BindTransmitterResp | BindTransceiverResp
Pdu: TypeAlias = (
    Bind | BindResp | SubmitSm | SubmitSmResp | DeliverSm | DeliverSmResp | QuerySm | QuerySmResp
    | AlertNotification | EnquireLink | EnquireLinkResp | Unbind | UnbindResp | GenericNack
)  # fmt: skip

_BIND: Final[Rows] = [
    ("system_id", 16, CSTRING), ("password", 9, CSTRING), ("system_type", 13, CSTRING),
    ("interface_version", 1, UINT), ("addr_ton", 1, UINT), ("addr_npi", 1, UINT),
    ("address_range", 41, CSTRING),
]  # fmt: skip
_BIND_RESP: Final[Rows] = [("system_id", 16, CSTRING), ("tlvs", 0, TAIL)]
_SHORT: Final[Rows] = [
    ("service_type", 6, CSTRING), ("source_addr_ton", 1, UINT), ("source_addr_npi", 1, UINT),
    ("source_addr", 21, CSTRING), ("dest_addr_ton", 1, UINT), ("dest_addr_npi", 1, UINT),
    ("destination_addr", 21, CSTRING), ("esm_class", 1, UINT), ("protocol_id", 1, UINT),
    ("priority_flag", 1, UINT), ("schedule_delivery_time", 17, CSTRING), ("validity_period", 17, CSTRING),
    ("registered_delivery", 1, UINT), ("replace_if_present_flag", 1, UINT), ("data_coding", 1, UINT),
    ("sm_default_msg_id", 1, UINT), ("short_message", 254, CONTENT), ("tlvs", 0, TLVS),
]  # fmt: skip
# A reply must not be lost because what stands behind it is broken.
_DELIVER: Final[Rows] = [*_SHORT[:-1], ("tlvs", 0, TAIL)]
_ID_RESP: Final[Rows] = [("message_id", 65, CSTRING), ("tlvs", 0, TAIL)]
_QUERY: Final[Rows] = [
    ("message_id", 65, CSTRING), ("source_addr_ton", 1, UINT), ("source_addr_npi", 1, UINT),
    ("source_addr", 21, CSTRING),
]  # fmt: skip
_QUERY_RESP: Final[Rows] = [
    ("message_id", 65, CSTRING), ("final_date", 17, CSTRING), ("message_state", 1, UINT),
    ("error_code", 1, UINT), ("tlvs", 0, TAIL),
]  # fmt: skip
_ALERT: Final[Rows] = [
    ("source_addr_ton", 1, UINT), ("source_addr_npi", 1, UINT), ("source_addr", 65, CSTRING),
    ("esme_addr_ton", 1, UINT), ("esme_addr_npi", 1, UINT), ("esme_addr", 65, CSTRING), ("tlvs", 0, TLVS),
]  # fmt: skip

# (command_id, PDU, its rows; none: a header alone)
_TABLE: Final[list[tuple[int, type[Any], Rows]]] = [
    (0x1, BindReceiver, _BIND),
    (0x1 | RESPONSE, BindReceiverResp, _BIND_RESP),
    (0x2, BindTransmitter, _BIND),
    (0x2 | RESPONSE, BindTransmitterResp, _BIND_RESP),
    (0x3, QuerySm, _QUERY),
    (0x3 | RESPONSE, QuerySmResp, _QUERY_RESP),
    (0x4, SubmitSm, _SHORT),
    (0x4 | RESPONSE, SubmitSmResp, _ID_RESP),
    (DELIVER_SM, DeliverSm, _DELIVER),
    (DELIVER_SM | RESPONSE, DeliverSmResp, _ID_RESP),
    (0x6, Unbind, []),
    (0x6 | RESPONSE, UnbindResp, []),
    (0x9, BindTransceiver, _BIND),
    (0x9 | RESPONSE, BindTransceiverResp, _BIND_RESP),
    (0x15, EnquireLink, []),
    (0x15 | RESPONSE, EnquireLinkResp, []),
    (0x102, AlertNotification, _ALERT),
    (0x0 | RESPONSE, GenericNack, []),
]
# Sections 4.1 and 4.4.2: without a body where command_status is not 0.
_BARE_REFUSALS: Final = {command | RESPONSE for command in (0x1, 0x2, 0x4, 0x9)}
# What a line sets, or a centre says of itself: no number of a handset among it.
_STANDING: Final[dict[type[Any], Sequence[tuple[str, str]]]] = {
    SubmitSm: [("service_type", "dest_addr_npi"), ("esm_class", "sm_default_msg_id")],
    DeliverSm: [("esm_class", "sm_default_msg_id")],
}
_COMMANDS: Final[dict[type[Any], tuple[int, Layout[Any] | None]]] = {
    kind: (command, Layout(kind, rows, _STANDING.get(kind, ())) if rows else None)
    for command, kind, rows in _TABLE
}
_KINDS: Final[dict[int, tuple[type[Any], Layout[Any] | None]]] = {
    command: (kind, layout) for kind, (command, layout) in _COMMANDS.items()
}


class UnknownCommand(ValueError):
    """A command that is not read here."""


def encode(pdu: Pdu) -> bytes:
    """Return the frame of `pdu`; an answer that refuses has no body. Raise Misfit for a field that does not fit."""
    command, layout = _COMMANDS[type(pdu)]
    refuses = pdu.command_status and command in _BARE_REFUSALS
    body = b"" if layout is None or refuses else layout.write(pdu)
    return HEADER.pack(HEADER.size + len(body), command, pdu.command_status, pdu.sequence_number) + body


def decode(frame: bytes) -> Pdu:
    """Return what a whole `frame` says; raise UnknownCommand, or Misfit where its octets fit no such PDU."""
    if len(frame) < HEADER.size:
        raise Misfit("frame: shorter than its header")
    length, command, status, sequence = HEADER.unpack_from(frame)
    if length != len(frame):
        raise Misfit("frame: its length is not what it says")
    found = _KINDS.get(command)
    if found is None:
        raise UnknownCommand(f"SMPP: no command 0x{command:x}")
    kind, layout = found
    # What a centre puts behind a refusal or a header alone says nothing.
    if layout is None or (command & RESPONSE and (status or length == HEADER.size)):
        return cast("Pdu", kind(sequence_number=sequence, command_status=status))
    told = layout.fields(frame, HEADER.size)
    told["sequence_number"], told["command_status"] = sequence, status
    made: Pdu = layout.made(told)
    return made

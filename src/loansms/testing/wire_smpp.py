"""SMPP 3.4 as a message centre (SMSC) speaks it, read and written here by itself: an oracle beside the dialect's own PDUs.

Source: SMPP 3.4 issue 1.2, sections 4 and 5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable, Sequence

from loansms.testing.gateway_wire import (
    FarewellHeard,
    Heard,
    LoginHeard,
    OtherHeard,
    ReportAnswered,
    SubmitHeard,
    TestHeard,
    frames,
    number,
    unheaded,
)

_HEADER = struct.Struct(">IIII")
_RESPONSE = 0x80000000
_BINDS = {0x1, 0x2, 0x9}
_SUBMIT, _DELIVER, _UNBIND, _ENQUIRE = 0x4, 0x5, 0x6, 0x15
_PAYLOAD, _SAR_TOTAL, _SAR_INDEX = 0x0424, 0x020E, 0x020F
_RECEIPTED, _STATE = 0x001E, 0x0427
# command_status: ok, wrong password, too fast, wrong destination.
_OK, _PASSWORD, _THROTTLED, _DESTINATION = 0x0, 0xE, 0x58, 0xB


class SmppWire:
    """The centre's side of SMPP."""

    def __init__(self, source: str, secret: str) -> None:
        self._source = source
        self._secret = secret
        self._binds: dict[Hashable, int] = {}

    def heard(self, buffer: bytearray) -> Sequence[Heard]:
        """Take whole frames."""
        return [self._heard(frame) for frame in frames(buffer, _HEADER.size, 70_000)]

    def let_in(self, login: LoginHeard, refused: bool) -> bytes:
        """The answer to a bind, of the kind that was asked for."""
        command = self._binds.pop(login.sequence, 0x9)
        status, body = (_PASSWORD, b"") if refused else (_OK, b"fake-smsc\0")
        return _frame(command | _RESPONSE, status, number(login.sequence), body)

    def took(self, submit: SubmitHeard, part: int) -> bytes:
        """submit_sm_resp with a message_id."""
        return _frame(_SUBMIT | _RESPONSE, _OK, number(submit.sequence), _id(part) + b"\0")

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """submit_sm_resp without one."""
        status = _THROTTLED if throttled else _DESTINATION
        return _frame(_SUBMIT | _RESPONSE, status, number(submit.sequence), b"")

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """enquire_link_resp or unbind_resp."""
        command = _ENQUIRE if isinstance(heard, TestHeard) else _UNBIND
        return _frame(command | _RESPONSE, _OK, number(heard.sequence), b"")

    def report(
        self, part: int, submit: SubmitHeard, delivered: bool, sequence: int
    ) -> tuple[Hashable, bytes]:
        """deliver_sm with a receipt, in its text and in its TLVs."""
        words = (
            f"id:{_id(part).decode()} sub:001 dlvrd:{int(delivered):03d} submit date:2609241000"
            f" done date:2609241001 stat:{'DELIVRD' if delivered else 'UNDELIV'} err:{0 if delivered else 1:03d} text:"
        )
        tlvs = _tlv(_RECEIPTED, _id(part) + b"\0") + _tlv(_STATE, bytes((2 if delivered else 5,)))
        return sequence, _deliver(submit.phone, 0x04, 0, words.encode(), sequence, tlvs)

    def reply(self, phone: str, text: str, count: int, sequence: int) -> tuple[Hashable, bytes]:  # noqa: ARG002
        """deliver_sm with what a handset wrote."""
        return sequence, _deliver(phone, 0, 8, text.encode("utf-16-be"), sequence, b"")

    def login(self, sequence: int) -> bytes:  # noqa: ARG002
        """None: receipts come on the client's own connections."""
        return b""

    def _heard(self, frame: bytes) -> Heard:
        _, command, status, sequence = _HEADER.unpack_from(frame)
        fields = _Fields(frame, _HEADER.size)
        if command in _BINDS:
            self._binds[sequence] = command
            return LoginHeard(sequence, (fields.text(), fields.text()) == (self._source, self._secret))
        if command == _SUBMIT:
            return _submitted(sequence, fields)
        if command == _ENQUIRE:
            return TestHeard(sequence)
        if command == _UNBIND:
            return FarewellHeard(sequence)
        if command == _DELIVER | _RESPONSE:
            return ReportAnswered(sequence, status == _OK)
        return OtherHeard(sequence)


class _Fields:
    """Reads one field after the other; ValueError where there is none left."""

    def __init__(self, frame: bytes, at: int) -> None:
        self._frame = frame
        self._at = at

    def text(self) -> str:
        end = self._frame.index(b"\0", self._at)
        found, self._at = self._frame[self._at : end].decode("latin-1"), end + 1
        return found

    def octets(self, count: int) -> bytes:
        found = self._frame[self._at : self._at + count]
        if len(found) < count:
            raise ValueError("a field is cut off")
        self._at += count
        return found

    def octet(self) -> int:
        return self.octets(1)[0]

    def tlvs(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self._at < len(self._frame):
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found


def _submitted(sequence: int, fields: _Fields) -> SubmitHeard:
    fields.text()
    fields.octets(2)
    fields.text()
    fields.octets(2)
    phone = fields.text()
    esm_class = fields.octet()
    fields.octets(2)
    fields.text()
    fields.text()
    fields.octets(4)
    content = fields.octets(fields.octet())
    tlvs = fields.tlvs()
    place, content = unheaded(tlvs.get(_PAYLOAD, content), bool(esm_class & 0x40))
    if _SAR_INDEX in tlvs:
        place = (tlvs[_SAR_INDEX][0], tlvs[_SAR_TOTAL][0])
    return SubmitHeard(sequence, phone, content, place)


def _deliver(phone: str, esm_class: int, coding: int, words: bytes, sequence: int, tlvs: bytes) -> bytes:
    body = b"\0" + b"\1\1" + phone.encode() + b"\0" + b"\0\0" + b"10690000\0"
    body += bytes((esm_class, 0, 0)) + b"\0\0" + bytes((0, 0, coding, 0, len(words))) + words + tlvs
    return _frame(_DELIVER, _OK, sequence, body)


def _frame(command: int, status: int, sequence: int, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def _tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def _id(part: int) -> bytes:
    return b"fake-%d" % part

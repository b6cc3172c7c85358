"""The gateways of the mainland carriers, faked on loopback: CMPP 2.0 and 3.0.

>>> with FakeIsmg(protocol="cmpp3") as gateway:
...     gateway.port > 0, gateway.record.taken
(True, [])
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Hashable, Sequence

from loansms.errors import CallerError
from loansms.providers.cmpp import pdu
from loansms.testing.fake_gateway import FakeGateway
from loansms.testing.gateway_faults import Faults
from loansms.testing.gateway_wire import (
    FarewellHeard,
    Heard,
    LoginHeard,
    OtherHeard,
    ReportAnswered,
    SubmitHeard,
    TestHeard,
    Wire,
)

SOURCE = "900001"
SECRET = "example-secret"  # noqa: S105 (what the fake and its client agree on)
# The upper 26 bits of a Msg_Id are a moment: 24 September, 10:00:00.
_MOMENT = (9 << 60) | (24 << 55) | (10 << 50)
_SUBMITTED, _DONE = "2609241000", "2609241001"


def frames(buffer: bytearray, shortest: int, longest: int = 4096) -> list[bytes]:
    """Take whole frames off `buffer` the plain way; raise ValueError for a length that no frame has."""
    taken: list[bytes] = []
    while len(buffer) >= 4:
        length = int.from_bytes(buffer[:4], "big")
        if not shortest <= length <= longest:
            raise ValueError("a frame of impossible length")
        if len(buffer) < length:
            break
        taken.append(bytes(buffer[:length]))
        del buffer[:length]
    return taken


def unheaded(content: bytes, udhi: bool) -> tuple[tuple[int, int], bytes]:
    """Return which of how many parts `content` is, and its octets without the header."""
    if udhi and len(content) >= 6:
        return (content[5], content[4]), content[content[0] + 1 :]
    return (1, 1), content


class CmppWire:
    """CMPP as the gateway speaks it; the client's proof is reckoned here by itself."""

    def __init__(self, version: int, source: str = SOURCE, secret: str = SECRET) -> None:
        self._version = version
        self._source = source
        self._secret = secret

    def heard(self, buffer: bytearray) -> Sequence[Heard]:
        """Take whole frames."""
        return [self._heard(pdu.decode(frame, self._version)) for frame in frames(buffer, 12)]

    def let_in(self, login: LoginHeard, refused: bool) -> bytes:
        """CONNECT_RESP."""
        return self._frame(
            pdu.ConnectResp(
                status=3 if refused else 0, version=self._version, sequence_id=_number(login.sequence)
            )
        )

    def took(self, submit: SubmitHeard, part: int) -> bytes:
        """SUBMIT_RESP with a Msg_Id."""
        return self._frame(
            pdu.SubmitResp(msg_id=_MOMENT | part, result=0, sequence_id=_number(submit.sequence))
        )

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """SUBMIT_RESP: 8 too fast, 13 the number."""
        return self._frame(
            pdu.SubmitResp(msg_id=0, result=8 if throttled else 13, sequence_id=_number(submit.sequence))
        )

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """ACTIVE_TEST_RESP or TERMINATE_RESP."""
        number = _number(heard.sequence)
        if isinstance(heard, TestHeard):
            return self._frame(pdu.ActiveTestResp(sequence_id=number))
        return self._frame(pdu.TerminateResp(sequence_id=number))

    def report(
        self, part: int, submit: SubmitHeard, delivered: bool, sequence: int
    ) -> tuple[Hashable, bytes]:
        """DELIVER with a report."""
        report = pdu.Report(
            msg_id=_MOMENT | part,
            stat="DELIVRD" if delivered else "UNDELIV",
            submit_time=_SUBMITTED,
            done_time=_DONE,
            dest_terminal_id=submit.phone,
        )
        return sequence, self._frame(
            pdu.Deliver(
                msg_id=_MOMENT | (1 << 22) | sequence,
                dest_id="10690000",
                src_terminal_id=submit.phone,
                registered_delivery=1,
                msg_content=pdu.write_report(report, self._version),
                sequence_id=sequence,
            )
        )

    def reply(self, phone: str, text: str, number: int, sequence: int) -> tuple[Hashable, bytes]:
        """DELIVER with what a handset wrote."""
        return sequence, self._frame(
            pdu.Deliver(
                msg_id=_MOMENT | (1 << 23) | number,
                dest_id="10690000",
                src_terminal_id=phone,
                msg_fmt=8,
                msg_content=text.encode("utf-16-be"),
                sequence_id=sequence,
            )
        )

    def login(self, sequence: int) -> bytes:  # noqa: ARG002
        """None: reports come on the client's own connections."""
        return b""

    def _heard(self, one: pdu.Pdu) -> Heard:
        match one:
            case pdu.Connect():
                plain = self._source.encode() + bytes(9) + self._secret.encode() + b"%010d" % one.timestamp
                proof = hashlib.md5(plain, usedforsecurity=False).digest()
                right = one.source_addr == self._source and one.authenticator_source == proof
                return LoginHeard(one.sequence_id, right)
            case pdu.Submit():
                place, content = unheaded(one.msg_content, bool(one.tp_udhi))
                return SubmitHeard(one.sequence_id, one.dest_terminal_id[0], content, place)
            case pdu.ActiveTest():
                return TestHeard(one.sequence_id)
            case pdu.Terminate():
                return FarewellHeard(one.sequence_id)
            case pdu.DeliverResp(result=result):
                return ReportAnswered(one.sequence_id, result == 0)
            case _:
                return OtherHeard(one.sequence_id)

    def _frame(self, one: pdu.Pdu) -> bytes:
        return pdu.encode(one, self._version)


class FakeIsmg(FakeGateway):
    """A gateway of China Mobile; its client logs in as ``SOURCE`` with ``SECRET``. `protocol` is "cmpp2" or "cmpp3"."""

    def __init__(
        self,
        protocol: str = "cmpp3",
        *,
        faults: Faults | None = None,
        answer_after: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(_wire(protocol), faults=faults, answer_after=answer_after, tls=tls)


def _wire(protocol: str) -> Wire:
    if protocol == "cmpp2":
        return CmppWire(pdu.V20)
    if protocol == "cmpp3":
        return CmppWire(pdu.V30)
    raise CallerError(
        f"fake gateway: no protocol {protocol!r}; expected cmpp2 or cmpp3",
        f"模拟网关：没有协议 {protocol!r}，应为 cmpp2 或 cmpp3",
    )


def _number(sequence: Hashable) -> int:
    return sequence if isinstance(sequence, int) else 0

"""CMPP 2.0 and 3.0 as a gateway speaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence

from loansms.providers.cmpp import pdu
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

# The upper 26 bits of a Msg_Id are a moment: 24 September, 10:00:00.
_MOMENT = (9 << 60) | (24 << 55) | (10 << 50)
_SUBMITTED, _DONE = "2609241000", "2609241001"


class CmppWire:
    """CMPP as the gateway speaks it; the client's proof is reckoned here by itself."""

    def __init__(self, version: int, source: str, secret: str) -> None:
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
                status=3 if refused else 0, version=self._version, sequence_id=number(login.sequence)
            )
        )

    def took(self, submit: SubmitHeard, part: int) -> bytes:
        """SUBMIT_RESP with a Msg_Id."""
        return self._frame(
            pdu.SubmitResp(msg_id=_MOMENT | part, result=0, sequence_id=number(submit.sequence))
        )

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """SUBMIT_RESP: 8 too fast, 13 the number."""
        return self._frame(
            pdu.SubmitResp(msg_id=0, result=8 if throttled else 13, sequence_id=number(submit.sequence))
        )

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """ACTIVE_TEST_RESP or TERMINATE_RESP."""
        answered = number(heard.sequence)
        if isinstance(heard, TestHeard):
            return self._frame(pdu.ActiveTestResp(sequence_id=answered))
        return self._frame(pdu.TerminateResp(sequence_id=answered))

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

    def reply(self, phone: str, text: str, count: int, sequence: int) -> tuple[Hashable, bytes]:
        """DELIVER with what a handset wrote."""
        return sequence, self._frame(
            pdu.Deliver(
                msg_id=_MOMENT | (1 << 23) | count,
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

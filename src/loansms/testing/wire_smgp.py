"""SMGP 3.0 as a gateway speaks it; the client's proof is reckoned here by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence

from loansms.providers.smgp import pdu
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

_SUBMITTED, _DONE, _HEARD = "2609241000", "2609241001", "20260924100200"


class SmgpWire:
    """The gateway's side of SMGP."""

    def __init__(self, source: str, secret: str) -> None:
        self._source = source
        self._secret = secret

    def heard(self, buffer: bytearray) -> Sequence[Heard]:
        """Take whole frames."""
        return [self._heard(pdu.decode(frame)) for frame in frames(buffer, 12)]

    def let_in(self, login: LoginHeard, refused: bool) -> bytes:
        """LOGIN_RESP."""
        return pdu.encode(pdu.LoginResp(status=21 if refused else 0, sequence_id=number(login.sequence)))

    def took(self, submit: SubmitHeard, part: int) -> bytes:
        """SUBMIT_RESP with a MsgID."""
        return pdu.encode(pdu.SubmitResp(msg_id=_id(part), status=0, sequence_id=number(submit.sequence)))

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """SUBMIT_RESP: 1 busy, 47 the number."""
        status = 1 if throttled else 47
        return pdu.encode(
            pdu.SubmitResp(msg_id="00" * 10, status=status, sequence_id=number(submit.sequence))
        )

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """ACTIVE_TEST_RESP or EXIT_RESP."""
        if isinstance(heard, TestHeard):
            return pdu.encode(pdu.ActiveTestResp(sequence_id=number(heard.sequence)))
        return pdu.encode(pdu.ExitResp(sequence_id=number(heard.sequence)))

    def report(
        self, part: int, submit: SubmitHeard, delivered: bool, sequence: int
    ) -> tuple[Hashable, bytes]:
        """DELIVER with a report."""
        report = pdu.Report(
            msg_id=_id(part),
            submit_date=_SUBMITTED,
            done_date=_DONE,
            stat="DELIVRD" if delivered else "UNDELIV",
            err="000" if delivered else "001",
        )
        return sequence, pdu.encode(
            pdu.Deliver(
                msg_id=_id(900_000 + sequence),
                is_report=1,
                recv_time=_HEARD,
                src_term_id=submit.phone,
                dest_term_id="10690000",
                msg_content=pdu.write_report(report),
                sequence_id=sequence,
            )
        )

    def reply(self, phone: str, text: str, count: int, sequence: int) -> tuple[Hashable, bytes]:
        """DELIVER with what a handset wrote."""
        return sequence, pdu.encode(
            pdu.Deliver(
                msg_id=_id(800_000 + count),
                msg_format=8,
                recv_time=_HEARD,
                src_term_id=phone,
                dest_term_id="10690000",
                msg_content=text.encode("utf-16-be"),
                sequence_id=sequence,
            )
        )

    def login(self, sequence: int) -> bytes:  # noqa: ARG002
        """None: reports come on the client's own connections."""
        return b""

    def _heard(self, one: pdu.Pdu) -> Heard:
        match one:
            case pdu.Login():
                plain = self._source.encode() + bytes(7) + self._secret.encode() + b"%010d" % one.timestamp
                proof = hashlib.md5(plain, usedforsecurity=False).digest()
                right = one.client_id == self._source and one.authenticator_client == proof
                return LoginHeard(one.sequence_id, right)
            case pdu.Submit():
                place, content = unheaded(one.msg_content, bool(pdu.tlv(one, pdu.TP_UDHI)))
                return SubmitHeard(one.sequence_id, one.dest_term_id[0], content, place)
            case pdu.ActiveTest():
                return TestHeard(one.sequence_id)
            case pdu.Exit():
                return FarewellHeard(one.sequence_id)
            case pdu.DeliverResp(status=status):
                return ReportAnswered(one.sequence_id, status == 0)
            case _:
                return OtherHeard(one.sequence_id)


def _id(part: int) -> str:
    """A MsgID in BCD: gateway 001001, 24 September 10:00, and a number."""
    return f"00100109241000{part % 1_000_000:06d}"

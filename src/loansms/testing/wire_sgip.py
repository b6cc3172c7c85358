"""SGIP 1.2 as a gateway (SMG) speaks it: reports and replies go to the client's own port, on a connection of the gateway's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from loansms.providers.sgip import pdu
from loansms.testing.gateway_wire import (
    FarewellHeard,
    Heard,
    LoginHeard,
    OtherHeard,
    ReportAnswered,
    SubmitHeard,
    TestHeard,
    frames,
    unheaded,
)

_NODE, _STAMP = 10, "0924100100"


class SgipWire:
    """The gateway's side of SGIP; `name` and `password` are what it logs in to the client with."""

    def __init__(self, source: str, secret: str, name: str, password: str) -> None:
        self._source = source
        self._secret = secret
        self._name = name
        self._password = password

    def heard(self, buffer: bytearray) -> Sequence[Heard]:
        """Take whole frames."""
        return [self._heard(pdu.decode(frame)) for frame in frames(buffer, 20)]

    def let_in(self, login: LoginHeard, refused: bool) -> bytes:
        """BIND_RESP."""
        return pdu.encode(pdu.BindResp(result=int(refused), sequence=str(login.sequence)))

    def took(self, submit: SubmitHeard, part: int) -> bytes:  # noqa: ARG002
        """SUBMIT_RESP: the sequence number is the id."""
        return pdu.encode(pdu.SubmitResp(result=0, sequence=str(submit.sequence)))

    def turned_down(self, submit: SubmitHeard, throttled: bool) -> bytes:
        """SUBMIT_RESP: 11 the node is busy, 6 the number."""
        return pdu.encode(pdu.SubmitResp(result=11 if throttled else 6, sequence=str(submit.sequence)))

    def told(self, heard: TestHeard | FarewellHeard) -> bytes:
        """UNBIND_RESP."""
        return pdu.encode(pdu.UnbindResp(sequence=str(heard.sequence)))

    def report(
        self,
        part: int,  # noqa: ARG002
        submit: SubmitHeard,
        delivered: bool,
        sequence: int,
    ) -> tuple[Hashable, bytes]:
        """REPORT on the SUBMIT with this sequence number."""
        own = pdu.sequenced(_NODE, _STAMP, sequence)
        return own, pdu.encode(
            pdu.Report(
                submit_sequence=str(submit.sequence),
                user_number=submit.phone,
                state=0 if delivered else 2,
                error_code=0 if delivered else 25,
                sequence=own,
            )
        )

    def reply(self, phone: str, text: str, count: int, sequence: int) -> tuple[Hashable, bytes]:  # noqa: ARG002
        """DELIVER with what a handset wrote; brought again it has the same number."""
        own = pdu.sequenced(_NODE + 1, _STAMP, count)
        return own, pdu.encode(
            pdu.Deliver(
                user_number=phone,
                sp_number="10690000",
                message_coding=8,
                message_content=text.encode("utf-16-be"),
                sequence=own,
            )
        )

    def login(self, sequence: int) -> bytes:
        """BIND to the client's port."""
        return pdu.encode(
            pdu.Bind(
                login_type=2,
                login_name=self._name,
                login_password=self._password,
                sequence=pdu.sequenced(_NODE, _STAMP, sequence),
            )
        )

    def _heard(self, one: pdu.Pdu) -> Heard:
        match one:
            case pdu.Bind(login_name=name, login_password=password):
                return LoginHeard(one.sequence, (name, password) == (self._source, self._secret))
            case pdu.Submit():
                place, content = unheaded(one.message_content, bool(one.tp_udhi))
                return SubmitHeard(one.sequence, one.user_number[0], content, place)
            case pdu.Unbind():
                return FarewellHeard(one.sequence)
            case pdu.ReportResp(result=result) | pdu.DeliverResp(result=result):
                return ReportAnswered(one.sequence, result == 0)
            case _:
                return OtherHeard(one.sequence)

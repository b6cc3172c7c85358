"""A line of SGIP 1.2 as a session sees it: the connection that submits, and the listener the gateway logs in to.

Reports and replies come on a connection that the gateway opens to our port: the same dialect reads both. A report quotes the
sequence number of its SUBMIT, which is therefore the id of a segment (24 hexadecimal digits). There is no test of the line.

>>> line = SgipDialect(login_name="lender", secret=Secret("888888"), node=3000099999, corp_id="99999", sp_number="10690000")
>>> line
SgipDialect(name='sgip1.2', login_name='lender', sp_number='10690000')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Final

from attrs import Factory, field, frozen
from attrs.validators import and_, ge, instance_of, le

from loansms.errors import ConfigurationError
from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Message, OutcomeClass
from loansms.privacy import Secret
from loansms.providers.carrier.assembly import Assembly, Heard
from loansms.providers.carrier.china_time import stamp, stamped, yearless
from loansms.providers.carrier.dialect import (
    Alive,
    Asked,
    Event,
    LoginAnswered,
    Reported,
    Submit,
    SubmitAnswered,
    Unreadable,
)
from loansms.providers.carrier.dialled import dialled, number_of
from loansms.providers.carrier.framing import take_frames
from loansms.providers.carrier.layout import Misfit
from loansms.providers.carrier.stencil import KEPT, Stencil
from loansms.providers.carrier.writing import Writing
from loansms.providers.sgip import pdu
from loansms.providers.taxonomy import meaning, refusal

# The standard says two kilobytes, which a SUBMIT to its 100 numbers is longer than.
LONGEST: Final = 4096

# Result: 1 name or password, 4 the kind of login, 5 the format of a parameter, 7 the command, 11 the node is busy.
_NOT_LET_IN: Final = 1
_LOGIN_TYPE: Final = 4
_FORMAT: Final = 5
_COMMAND: Final = 7
_BUSY: Final = 11
_WINDOW: Final = 32
_FROM_GATEWAY: Final = 2

_STATES: Final = {
    0: DeliveryStatus.DELIVERED,
    1: DeliveryStatus.ACCEPTED,
    2: DeliveryStatus.UNDELIVERED,
}


@frozen(kw_only=True, repr=False)
class SgipDialect:
    """The settings of a line.

    ``login_name`` and `secret` log in to the gateway (what it logs in to our listener with is the session's). `node` is our
    number in the network, ``corp_id`` that of the company, ``sp_number`` the access number that handsets show. `codes` are the
    gateway's own meanings of ErrorCode and win over the table. Raise ConfigurationError for a setting that has no place.
    """

    login_name: str = field(validator=instance_of(str))
    secret: Secret[str] = field(validator=instance_of(Secret))
    node: int = field(validator=and_(instance_of(int), ge(0), le(0xFFFFFFFF)))
    corp_id: str
    sp_number: str
    service_type: str = ""
    fee_type: int = 1
    fee_value: str = "0"
    priority: int = 0
    writing: Writing = field(factory=Writing)
    codes: Mapping[str, OutcomeClass] = field(factory=dict[str, OutcomeClass])
    _replies: Assembly = field(factory=Assembly, init=False, eq=False)
    # The frame of a segment, for each header or none and each coding.
    _stencil: Callable[[int, int], Stencil] = field(
        default=Factory(lambda line: lru_cache(KEPT)(line._cut), takes_self=True), init=False, eq=False
    )

    def __attrs_post_init__(self) -> None:
        try:
            self._segment(0, 8, "8613800138000", b"")
            pdu.encode(pdu.Bind(login_name=self.login_name, login_password=self.secret.reveal()))
        except Misfit as misfit:
            raise ConfigurationError(f"sgip line: {misfit}", f"SGIP 线路：字段不合规范（{misfit}）") from None
        if not self.login_name:
            raise ConfigurationError("sgip line: expected a login_name", "SGIP 线路：缺少 login_name")

    def __repr__(self) -> str:
        return (
            f"SgipDialect(name={self.name!r}, login_name={self.login_name!r}, sp_number={self.sp_number!r})"
        )

    @property
    def name(self) -> str:
        """``sgip1.2``."""
        return "sgip1.2"

    @property
    def login_table(self) -> str:
        """The codes of the answer to a login."""
        return "sgip_error"

    @property
    def window(self) -> int:
        """32."""
        return _WINDOW

    def login(self, *, now: datetime, sequence: int) -> bytes:
        """Return BIND; the password travels in plain text."""
        return pdu.encode(
            pdu.Bind(
                login_name=self.login_name,
                login_password=self.secret.reveal(),
                sequence=self._sequence(now, sequence),
            )
        )

    def submits(self, message: Message, *, now: datetime, sequences: Sequence[int]) -> Sequence[Submit]:
        """Return a SUBMIT for each segment. Raise ValueError, which quotes nothing, for a text of more than 255 or `sequences`."""
        written = self.writing.segments(message, reference=sequences[0], most=len(sequences))
        # A number without 86 is refused by the standard.
        number, total = dialled(message.to, country_code=True), len(written.contents)
        stencil = self._stencil(int(total > 1), written.msg_fmt)
        at = stamped(now)
        made: list[Submit] = []
        for content in written.contents:
            sequence = pdu.SEQUENCE.pack(self.node, at, sequences[len(made)] & 0xFFFFFFFF)
            made.append(Submit(sequence.hex(), stencil.frame(sequence, number, content)))
        return made

    def test(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return b"": SGIP has none, an idle connection is closed and opened again."""
        return b""

    def farewell(self, *, now: datetime, sequence: int) -> bytes:
        """Return UNBIND."""
        return pdu.encode(pdu.Unbind(sequence=self._sequence(now, sequence)))

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        """Take whole frames and say what they mean; a reply that waited too long for its parts is told here too."""
        frames = take_frames(buffer, shortest=pdu.HEADER.size, longest=LONGEST)
        events = [self._event(frame, now) for frame in frames]
        return events + [Reported(None, reply, b"") for reply in self._replies.overdue(now)]

    def _sequence(self, now: datetime, counter: int) -> str:
        return pdu.sequenced(self.node, stamp(now), counter)

    def _segment(self, tp_udhi: int, message_coding: int, number: str, message_content: bytes) -> bytes:
        return pdu.encode(
            pdu.Submit(
                sp_number=self.sp_number,
                user_number=(number,),
                corp_id=self.corp_id,
                service_type=self.service_type,
                fee_type=self.fee_type,
                fee_value=self.fee_value,
                priority=self.priority,
                tp_udhi=tp_udhi,
                message_coding=message_coding,
                message_content=message_content,
            )
        )

    def _cut(self, tp_udhi: int, message_coding: int) -> Stencil:
        return Stencil.cut(
            partial(self._segment, tp_udhi, message_coding), width=21, sequence=8, octets=12, measure=4
        )

    def _event(self, frame: bytes, now: datetime) -> Event:
        sequence = frame[8:20].hex()
        # Nearly all that comes in: it is read in one go.
        if frame[4:8] == pdu.SUBMIT_RESP and len(frame) == pdu.ANSWER and not frame[20]:
            return SubmitAnswered(sequence, Accepted(sequence))
        try:
            one = pdu.decode(frame)
        except pdu.UnknownCommand as unknown:
            return Unreadable(str(unknown), sequence, pdu.refused(frame, _COMMAND))
        except Misfit as misfit:
            return Unreadable(str(misfit), sequence, pdu.refused(frame, _FORMAT))
        match one:
            case pdu.Report():
                taken, again = (
                    pdu.encode(pdu.ReportResp(result=result, sequence=sequence)) for result in (0, _BUSY)
                )
                return Reported(sequence, self._receipt(one, frame, now), taken, again)
            case pdu.Deliver():
                return self._delivered(one, frame, now)
            case pdu.Bind():
                return _login(one, frame)
            case pdu.Unbind():
                return Asked(pdu.encode(pdu.UnbindResp(sequence=sequence)), closes=True)
            case _:
                return _answered(one, frame)

    def _delivered(self, one: pdu.Deliver, frame: bytes, now: datetime) -> Event:
        taken, again = (
            pdu.encode(pdu.DeliverResp(result=result, sequence=one.sequence)) for result in (0, _BUSY)
        )
        reply = self._replies.hear(
            Heard(
                source=one.user_number,
                access_code=one.sp_number,
                id=one.sequence,
                at=yearless(pdu.moment_of(one.sequence), now) or now,
                msg_fmt=one.message_coding,
                udhi=bool(one.tp_udhi & 1),
                content=one.message_content,
                raw=frame,
            ),
            now,
        )
        return Asked(taken) if reply is None else Reported(one.sequence, reply, taken, again)

    def _receipt(self, one: pdu.Report, frame: bytes, now: datetime) -> DeliveryReceipt:
        kind = meaning("sgip_report_state", str(one.state)).kind
        failed = _STATES.get(one.state) is DeliveryStatus.UNDELIVERED
        if failed and one.error_code:
            why = meaning("sgip_error", str(one.error_code), self.codes)
            kind = why.kind if why.known else kind
        return DeliveryReceipt(
            provider_message_id=one.submit_sequence,
            step_key=None,
            status=_STATES.get(one.state, DeliveryStatus.UNKNOWN),
            at=yearless(pdu.moment_of(one.sequence), now) or now,
            raw_code=f"{one.state}:{one.error_code}" if failed else str(one.state),
            kind=kind,
            phone=number_of(one.user_number),
            raw=Secret(frame.hex()),
        )


def _login(one: pdu.Bind, frame: bytes) -> Event:
    if one.login_type != _FROM_GATEWAY:
        return Unreadable("SGIP: not a gateway's login", one.sequence, pdu.refused(frame, _LOGIN_TYPE))
    let_in, refused = (
        pdu.encode(pdu.BindResp(result=result, sequence=one.sequence)) for result in (0, _NOT_LET_IN)
    )
    return Asked(let_in, login=(one.login_name, one.login_password), refusal=refused)


def _answered(one: pdu.Pdu, frame: bytes) -> Event:
    match one:
        case pdu.SubmitResp(result=0):
            return SubmitAnswered(one.sequence, Accepted(one.sequence))
        case pdu.SubmitResp(result=result):
            return SubmitAnswered(one.sequence, refusal("sgip_error", str(result)), result == _BUSY)
        case pdu.BindResp(result=result):
            return LoginAnswered(str(result), result != 0)
        case pdu.UnbindResp():
            return Alive(closes=True)
        case _:
            return Unreadable(
                f"SGIP: nobody asked for {type(one).__name__}", one.sequence, pdu.refused(frame, _COMMAND)
            )

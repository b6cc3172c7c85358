"""A line of CMPP 2.0 or 3.0 as a session sees it.

One number a SUBMIT, so that each has its own fate. Reports quote the Msg_Id, which is shown as its decimal number. What a
gateway answers in the sizes of the other version is understood, and answered in them.

>>> from datetime import UTC
>>> line = CmppDialect(source_addr="900001", secret=Secret("888888"), src_id="10690000")
>>> line
CmppDialect(name='cmpp3', source_addr='900001', src_id='10690000')
>>> now = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
>>> len(line.login(now=now, sequence=1))
39
>>> line.read(bytearray(pdu.encode(pdu.SubmitResp(msg_id=77, result=0, sequence_id=2), pdu.V30)), now=now)
[SubmitAnswered(sequence=2, result=Accepted(provider_message_id='77'), throttled=False)]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from attrs import Factory, evolve, field, frozen
from attrs.validators import in_, instance_of

from loansms.errors import ConfigurationError
from loansms.model import Accepted, DeliveryReceipt, Message, OutcomeClass
from loansms.privacy import Secret
from loansms.providers.carrier.assembly import Assembly, Heard
from loansms.providers.carrier.china_time import minute, stamp, yearless
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
from loansms.providers.carrier.stat import told
from loansms.providers.carrier.stencil import KEPT, Stencil
from loansms.providers.carrier.writing import Writing
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.pdu import V20, V30
from loansms.providers.signing import cmpp_authenticator
from loansms.providers.taxonomy import refusal

# The longest that either version has: a SUBMIT of 3.0 to 100 numbers is 3,623 octets.
LONGEST: Final = 4096

# DELIVER_RESP, Result: 4 a wrong length, 8 too fast ("not taken, bring it again later").
_WRONG_LENGTH: Final = 4
_TOO_FAST: Final = 8
_OTHER_VERSION: Final = (
    "the gateway answers in the sizes of the other version: set version to the one it speaks"
)
# QB-GF-028-2003: submits unanswered.
_WINDOW: Final = 16


def _segment(line: CmppDialect) -> pdu.Submit:
    return pdu.Submit(
        service_id=line.service_id,
        fee_user_type=line.fee_user_type,
        msg_src=line.msg_src or line.source_addr,
        fee_type=line.fee_type,
        fee_code=line.fee_code,
        src_id=line.src_id,
        dest_terminal_id=("13800138000",),
        msg_content=b"",
    )


@frozen(kw_only=True, repr=False)
class CmppDialect:
    """The settings of a line.

    ``source_addr`` is the number of the service provider (six characters) and `secret` what it shares with the gateway,
    ``src_id`` the access number that handsets show. ``country_code`` puts 86 before the recipients' numbers. `codes` are the
    gateway's own meanings of report codes and win over the table. Raise ConfigurationError for a setting that has no place.
    """

    source_addr: str = field(validator=instance_of(str))
    secret: Secret[str] = field(validator=instance_of(Secret))
    src_id: str
    version: int = field(default=V30, validator=in_((V20, V30)))
    service_id: str = ""
    msg_src: str = ""
    fee_user_type: int = 2
    fee_type: str = "01"
    fee_code: str = "0"
    country_code: bool = False
    writing: Writing = field(factory=Writing)
    codes: Mapping[str, OutcomeClass] = field(factory=dict[str, OutcomeClass])
    _replies: Assembly = field(factory=Assembly, init=False, eq=False)
    # What the line sets in every segment; and the frame of it for each total, index and coding.
    _template: pdu.Submit = field(default=Factory(_segment, takes_self=True), init=False, eq=False)
    _stencil: Callable[[int, int, int], Stencil] = field(
        default=Factory(lambda line: lru_cache(KEPT)(line._cut), takes_self=True), init=False, eq=False
    )

    def __attrs_post_init__(self) -> None:
        try:
            pdu.encode(self._template, self.version)
            pdu.encode(
                pdu.Connect(
                    source_addr=self.source_addr, authenticator_source=bytes(16), version=0, timestamp=0
                ),
                V30,
            )
        except Misfit as misfit:
            raise ConfigurationError(f"cmpp line: {misfit}", f"CMPP 线路：字段不合规范（{misfit}）") from None
        if not self.source_addr:
            raise ConfigurationError("cmpp line: expected a source_addr", "CMPP 线路：缺少 source_addr")

    def __repr__(self) -> str:
        return f"CmppDialect(name={self.name!r}, source_addr={self.source_addr!r}, src_id={self.src_id!r})"

    @property
    def name(self) -> str:
        """``cmpp2`` or ``cmpp3``."""
        return "cmpp3" if self.version >= V30 else "cmpp2"

    @property
    def login_table(self) -> str:
        """The codes of the answer to a login."""
        return "cmpp_connect"

    @property
    def window(self) -> int:
        """16."""
        return _WINDOW

    def login(self, *, now: datetime, sequence: int) -> bytes:
        """Return CONNECT at `now`."""
        at = stamp(now)
        proof = cmpp_authenticator(
            source_addr=self.source_addr, shared_secret=self.secret.reveal(), timestamp=at
        )
        return pdu.encode(
            pdu.Connect(
                source_addr=self.source_addr,
                authenticator_source=proof,
                version=self.version,
                timestamp=int(at),
                sequence_id=sequence,
            ),
            self.version,
        )

    def submits(self, message: Message, *, now: datetime, sequences: Sequence[int]) -> Sequence[Submit]:  # noqa: ARG002
        """Return a SUBMIT for each segment. Raise ValueError, which quotes nothing, for a text of more than 255 or `sequences`."""
        written = self.writing.segments(message, reference=sequences[0], most=len(sequences))
        number, total = dialled(message.to, country_code=self.country_code), len(written.contents)
        made: list[Submit] = []
        for content in written.contents:
            sequence = sequences[len(made)]
            stencil = self._stencil(total, len(made) + 1, written.msg_fmt)
            made.append(Submit(sequence, stencil.frame(sequence.to_bytes(4, "big"), number, content)))
        return made

    def test(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return ACTIVE_TEST."""
        return pdu.encode(pdu.ActiveTest(sequence_id=sequence), self.version)

    def farewell(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return TERMINATE."""
        return pdu.encode(pdu.Terminate(sequence_id=sequence), self.version)

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        """Take whole frames and say what they mean; a reply that waited too long for its parts is told here too."""
        frames = take_frames(buffer, shortest=pdu.HEADER.size, longest=LONGEST)
        events = [self._event(frame, now) for frame in frames]
        return events + [Reported(None, reply, b"") for reply in self._replies.overdue(now)]

    def _cut(self, total: int, index: int, msg_fmt: int) -> Stencil:
        def write(number: str, content: bytes) -> bytes:
            segment = evolve(
                self._template,
                pk_total=total,
                pk_number=index,
                tp_udhi=int(total > 1),
                msg_fmt=msg_fmt,
                dest_terminal_id=(number,),
                msg_content=content,
            )
            return pdu.encode(segment, self.version)

        return Stencil.cut(write, width=pdu.NUMBER[self.version], sequence=8)

    def _event(self, frame: bytes, now: datetime) -> Event:
        _, command, sequence = pdu.HEADER.unpack_from(frame)
        # Nearly all that comes in: it is read in one go.
        taken = pdu.TAKEN[self.version]
        if command == pdu.SUBMIT_RESP and len(frame) == taken.size:
            msg_id, result = taken.unpack(frame)
            if not result:
                return SubmitAnswered(sequence, Accepted(str(msg_id)))
        try:
            one, version = pdu.decoded(frame, self.version)
        except pdu.UnknownCommand as unknown:
            return Unreadable(str(unknown), sequence)
        except Misfit as misfit:
            answer = self._answer(frame[12:20], sequence, _WRONG_LENGTH) if command == pdu.DELIVER else b""
            return Unreadable(str(misfit), sequence, answer)
        match one:
            case pdu.Deliver():
                return self._delivered(one, version, frame, now)
            case pdu.ActiveTest():
                return Asked(pdu.encode(pdu.ActiveTestResp(sequence_id=sequence), version))
            case pdu.Terminate():
                return Asked(pdu.encode(pdu.TerminateResp(sequence_id=sequence), version), closes=True)
            case _:
                return self._answered(one, version)

    def _answered(self, one: pdu.Pdu, version: int) -> Event:
        match one:
            case pdu.SubmitResp(msg_id=msg_id, result=0):
                return SubmitAnswered(one.sequence_id, Accepted(str(msg_id)))
            case pdu.SubmitResp(result=result):
                refused = refusal("cmpp_submit", str(result))
                return SubmitAnswered(one.sequence_id, refused, result == _TOO_FAST)
            case pdu.ConnectResp(status=status):
                note = "" if version == self.version else _OTHER_VERSION
                return LoginAnswered(str(status), status != 0, note)
            case pdu.ActiveTestResp():
                return Alive()
            case pdu.TerminateResp():
                return Alive(closes=True)
            case _:
                return Unreadable(f"CMPP: nobody asked for {type(one).__name__}", one.sequence_id)

    def _delivered(self, one: pdu.Deliver, version: int, frame: bytes, now: datetime) -> Event:
        def answer(result: int) -> bytes:
            told = pdu.DeliverResp(msg_id=one.msg_id, result=result, sequence_id=one.sequence_id)
            return pdu.encode(told, version)

        if one.registered_delivery == 1:
            try:
                report = self._receipt(pdu.read_report(one.msg_content), now)
            except Misfit as misfit:
                return Unreadable(str(misfit), one.sequence_id, answer(_WRONG_LENGTH))
            return Reported(one.sequence_id, report, answer(0), answer(_TOO_FAST))
        reply = self._replies.hear(
            Heard(
                source=one.src_terminal_id,
                access_code=one.dest_id,
                id=str(one.msg_id),
                at=yearless(pdu.moment_of(one.msg_id), now) or now,
                msg_fmt=one.msg_fmt,
                udhi=bool(one.tp_udhi & 1),
                content=one.msg_content,
                raw=frame,
            ),
            now,
        )
        if reply is None:
            return Asked(answer(0))
        return Reported(one.sequence_id, reply, answer(0), answer(_TOO_FAST))

    def _receipt(self, report: pdu.Report, now: datetime) -> DeliveryReceipt:
        said = told(report.stat, self.codes)
        return DeliveryReceipt(
            provider_message_id=str(report.msg_id),
            step_key=None,
            status=said.status,
            at=minute(report.done_time, now) or now,
            raw_code=said.code,
            kind=said.kind,
            phone=number_of(report.dest_terminal_id),
            raw=Secret(pdu.write_report(report, V30).hex()),
        )

    def _answer(self, id_: bytes, sequence: int, result: int) -> bytes:
        told = pdu.DeliverResp(msg_id=int.from_bytes(id_, "big"), result=result, sequence_id=sequence)
        return pdu.encode(told, self.version)

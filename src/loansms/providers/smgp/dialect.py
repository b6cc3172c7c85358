"""A line of SMGP 3.0 as a session sees it.

One number a SUBMIT, so that each has its own fate. Reports quote the ten octets of a segment's id, shown as twenty
hexadecimal digits. ACCEPTD settles nothing here either, though this standard reads it as "received".

>>> line = SmgpDialect(client_id="12345678", secret=Secret("888888"), src_term_id="10690000")
>>> line
SmgpDialect(name='smgp3', client_id='12345678', src_term_id='10690000')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Final

from attrs import Factory, field, frozen
from attrs.validators import instance_of

from loansms.errors import ConfigurationError
from loansms.model import Accepted, DeliveryReceipt, Message, OutcomeClass
from loansms.privacy import Secret
from loansms.providers.carrier.assembly import Assembly, Heard
from loansms.providers.carrier.china_time import minute, second, stamp
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
from loansms.providers.carrier.stat import Told, told, word
from loansms.providers.carrier.stencil import KEPT, Stencil
from loansms.providers.carrier.writing import Writing
from loansms.providers.receipt_status import status_of
from loansms.providers.signing import smgp_authenticator
from loansms.providers.smgp import pdu
from loansms.providers.taxonomy import meaning, refusal

# A SUBMIT to 100 numbers with every optional parameter is under three kilobytes.
LONGEST: Final = 4096

# Status: 1 the system is busy, 10 a wrong structure.
_BUSY: Final = 1
_WRONG_STRUCTURE: Final = 10
_WINDOW: Final = 16


@frozen(kw_only=True, repr=False)
class SmgpDialect:
    """The settings of a line.

    ``client_id`` is the name it logs in by (eight characters) and `secret` what it shares with the gateway, ``src_term_id`` the
    access number that handsets show. ``country_code`` puts 86 before the recipients' numbers. `codes` are the gateway's own
    meanings of report codes and win over the table. Raise ConfigurationError for a setting that has no place.
    """

    client_id: str = field(validator=instance_of(str))
    secret: Secret[str] = field(validator=instance_of(Secret))
    src_term_id: str
    service_id: str = ""
    fee_type: str = "00"
    fee_code: str = "000000"
    fixed_fee: str = "000000"
    priority: int = 0
    country_code: bool = False
    writing: Writing = field(factory=Writing)
    codes: Mapping[str, OutcomeClass] = field(factory=dict[str, OutcomeClass])
    _replies: Assembly = field(factory=Assembly, init=False, eq=False)
    # The frame of a segment, for each total, index and coding.
    _stencil: Callable[[int, int, int], Stencil] = field(
        default=Factory(lambda line: lru_cache(KEPT)(line._cut), takes_self=True), init=False, eq=False
    )

    def __attrs_post_init__(self) -> None:
        try:
            self._segment(1, 1, 8, "13800138000", b"")
            pdu.encode(pdu.Login(client_id=self.client_id, authenticator_client=bytes(16), timestamp=0))
        except Misfit as misfit:
            raise ConfigurationError(f"smgp line: {misfit}", f"SMGP 线路：字段不合规范（{misfit}）") from None
        if not self.client_id:
            raise ConfigurationError("smgp line: expected a client_id", "SMGP 线路：缺少 client_id")

    def __repr__(self) -> str:
        return (
            f"SmgpDialect(name={self.name!r}, client_id={self.client_id!r}, src_term_id={self.src_term_id!r})"
        )

    @property
    def name(self) -> str:
        """``smgp3``."""
        return "smgp3"

    @property
    def login_table(self) -> str:
        """The codes of the answer to a login."""
        return "smgp_status"

    @property
    def window(self) -> int:
        """16."""
        return _WINDOW

    def login(self, *, now: datetime, sequence: int) -> bytes:
        """Return LOGIN at `now`, to send and to receive."""
        at = stamp(now)
        proof = smgp_authenticator(
            source_addr=self.client_id, shared_secret=self.secret.reveal(), timestamp=at
        )
        return pdu.encode(
            pdu.Login(
                client_id=self.client_id, authenticator_client=proof, timestamp=int(at), sequence_id=sequence
            )
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
        return pdu.encode(pdu.ActiveTest(sequence_id=sequence))

    def farewell(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return EXIT."""
        return pdu.encode(pdu.Exit(sequence_id=sequence))

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        """Take whole frames and say what they mean; a reply that waited too long for its parts is told here too."""
        frames = take_frames(buffer, shortest=pdu.HEADER.size, longest=LONGEST)
        events = [self._event(frame, now) for frame in frames]
        return events + [Reported(None, reply, b"") for reply in self._replies.overdue(now)]

    def _segment(self, total: int, index: int, msg_format: int, number: str, content: bytes) -> bytes:
        return pdu.encode(
            pdu.Submit(
                priority=self.priority,
                service_id=self.service_id,
                fee_type=self.fee_type,
                fee_code=self.fee_code,
                fixed_fee=self.fixed_fee,
                msg_format=msg_format,
                src_term_id=self.src_term_id,
                dest_term_id=(number,),
                msg_content=content,
                tlvs=_joined(total, index) if total > 1 else (),
            )
        )

    def _cut(self, total: int, index: int, msg_format: int) -> Stencil:
        return Stencil.cut(partial(self._segment, total, index, msg_format), width=21, sequence=8)

    def _event(self, frame: bytes, now: datetime) -> Event:
        _, command, sequence = pdu.HEADER.unpack_from(frame)
        # Nearly all that comes in: it is read in one go.
        if command == pdu.SUBMIT_RESP and len(frame) == pdu.TAKEN.size:
            msg_id, status = pdu.TAKEN.unpack(frame)
            if not status:
                return SubmitAnswered(sequence, Accepted(msg_id.hex()))
        try:
            one = pdu.decode(frame)
        except pdu.UnknownCommand as unknown:
            return Unreadable(str(unknown), sequence)
        except Misfit as misfit:
            known = frame[12:22].ljust(10, b"\0").hex()
            answer = _answer(known, sequence, _WRONG_STRUCTURE) if command == pdu.DELIVER else b""
            return Unreadable(str(misfit), sequence, answer)
        match one:
            case pdu.Deliver():
                return self._delivered(one, frame, now)
            case pdu.ActiveTest():
                return Asked(pdu.encode(pdu.ActiveTestResp(sequence_id=sequence)))
            case pdu.Exit():
                return Asked(pdu.encode(pdu.ExitResp(sequence_id=sequence)), closes=True)
            case _:
                return _answered(one)

    def _delivered(self, one: pdu.Deliver, frame: bytes, now: datetime) -> Event:
        taken, again = (_answer(one.msg_id, one.sequence_id, status) for status in (0, _BUSY))
        if one.is_report == 1:
            try:
                report = self._receipt(one, now)
            except Misfit as misfit:
                return Unreadable(
                    str(misfit), one.sequence_id, _answer(one.msg_id, one.sequence_id, _WRONG_STRUCTURE)
                )
            return Reported(one.sequence_id, report, taken, again)
        reply = self._replies.hear(
            Heard(
                source=one.src_term_id,
                access_code=one.dest_term_id,
                id=one.msg_id,
                at=second(one.recv_time, now) or now,
                msg_fmt=one.msg_format,
                udhi=bool(pdu.tlv(one, pdu.TP_UDHI) & 1),
                content=one.msg_content,
                raw=frame,
            ),
            now,
        )
        return Asked(taken) if reply is None else Reported(one.sequence_id, reply, taken, again)

    def _receipt(self, one: pdu.Deliver, now: datetime) -> DeliveryReceipt:
        report = pdu.read_report(one.msg_content)
        said = self._told(report)
        return DeliveryReceipt(
            provider_message_id=report.msg_id,
            step_key=None,
            status=said.status,
            at=minute(report.done_date, now) or now,
            raw_code=said.code,
            kind=said.kind,
            # The report of a message comes from the handset it went to; gateways are seen to turn the two round.
            phone=number_of(one.src_term_id) or number_of(one.dest_term_id),
            raw=Secret(one.msg_content.hex()),
        )

    def _told(self, report: pdu.Report) -> Told:
        """Return what stat says; where it says only that it failed, err says why."""
        said = told(report.stat, self.codes)
        if report.stat not in {"UNDELIV", "EXPIRED"} or report.err == "000" or report.stat in self.codes:
            return said
        why = meaning("smgp_err", report.err, self.codes)
        code = word(f"{report.stat}:{report.err}")
        if not why.known or why.kind is OutcomeClass.UNKNOWN:
            return Told(code, said.kind, said.status)
        refused = why.kind is OutcomeClass.OPTED_OUT
        return Told(code, why.kind, status_of(why.kind) if refused else said.status)


def _joined(total: int, index: int) -> pdu.Tlvs:
    return (pdu.TP_UDHI, b"\1"), (pdu.PK_TOTAL, bytes((total,))), (pdu.PK_NUMBER, bytes((index,)))


def _answer(msg_id: str, sequence: int, status: int) -> bytes:
    return pdu.encode(pdu.DeliverResp(msg_id=msg_id, status=status, sequence_id=sequence))


def _answered(one: pdu.Pdu) -> Event:
    match one:
        case pdu.SubmitResp(msg_id=msg_id, status=0):
            return SubmitAnswered(one.sequence_id, Accepted(msg_id))
        case pdu.SubmitResp(status=status):
            return SubmitAnswered(one.sequence_id, refusal("smgp_status", str(status)), status == _BUSY)
        case pdu.LoginResp(status=status):
            return LoginAnswered(str(status), status != 0)
        case pdu.ActiveTestResp():
            return Alive()
        case pdu.ExitResp():
            return Alive(closes=True)
        case _:
            return Unreadable(f"SMGP: nobody asked for {type(one).__name__}", one.sequence_id)

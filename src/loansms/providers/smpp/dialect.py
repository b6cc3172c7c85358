"""A line of SMPP 3.4 as a session sees it.

One number a submit_sm, and a receipt asked for each. What a centre leaves to agreement is a setting: how texts are written
(`SmppWriting`), how its ids and receipts are read (`ReceiptReading`), and how its numbers are dialled.

>>> from datetime import UTC
>>> line = SmppDialect(system_id="lender", password=Secret("example1"), source="10690000")
>>> line
SmppDialect(system_id='lender', source='10690000', bind='transceiver')
>>> now = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
>>> line.login(now=now, sequence=1).hex()
'000000250000000900000000000000016c656e646572006578616d706c6531000034000000'
>>> line.read(bytearray(pdu.encode(pdu.SubmitSmResp(message_id="77", sequence_number=2))), now=now)
[SubmitAnswered(sequence=2, result=Accepted(provider_message_id='77'), throttled=False)]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final, Literal, TypeAlias

from attrs import Attribute, Factory, evolve, field, frozen
from attrs.validators import in_, instance_of

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    InboundMessage,
    Message,
    OutcomeClass,
    Purpose,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.carrier.assembly import Assembly, Heard
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
from loansms.providers.carrier.framing import take_frames
from loansms.providers.carrier.layout import Misfit
from loansms.providers.carrier.long_text import Coding, headed, text_of
from loansms.providers.carrier.stencil import KEPT, Stencil
from loansms.providers.carrier.writing import UCS2
from loansms.providers.smpp import pdu
from loansms.providers.smpp.addresses import dialled, number_of, sender
from loansms.providers.smpp.layout import Tlvs
from loansms.providers.smpp.receipts import ReceiptReading, is_told
from loansms.providers.smpp.writing import UDHI, SmppWriting, relative, sar_header
from loansms.providers.taxonomy import refusal

Binding: TypeAlias = Literal["transceiver", "transmitter", "receiver"]

# A payload has 65,535 octets at most; beside it stand the fields and a few parameters.
LONGEST: Final = 70_000
# Section 2.7: so many requests unanswered, where nothing else is agreed.
_WINDOW: Final = 10

_BINDS: Final[dict[Binding, type[pdu.BindTransceiver | pdu.BindTransmitter | pdu.BindReceiver]]] = {
    "transceiver": pdu.BindTransceiver, "transmitter": pdu.BindTransmitter, "receiver": pdu.BindReceiver,
}  # fmt: skip
# Section 5.1.3.
_NO_SUCH_COMMAND: Final = 0x3
_THROTTLED: Final = frozenset({0x14, 0x58})
_AGAIN: Final = 0x64
_NEVER: Final = 0x65
# Section 5.2.12: what a deliver_sm is.
_TYPE: Final = 0x3C
_RECEIPT: Final = 0x04
_ON_THE_WAY: Final = 0x20

# Where the id of a submit_sm_resp begins, and the NUL after the longest.
_ID: Final = pdu.HEADER.size
_LAST: Final = _ID + 65

_LONGEST_VALIDITY: Final = timedelta(days=30)


def _validities(
    _dialect: object, _attribute: Attribute[Mapping[Purpose, timedelta]], told: Mapping[Purpose, timedelta]
) -> None:
    if any(not timedelta(seconds=1) <= one <= _LONGEST_VALIDITY for one in told.values()):
        raise ConfigurationError(
            "smpp line: expected validity of a second to 30 days", "SMPP 线路：有效期应在 1 秒到 30 天之间"
        )


def _submit(line: SmppDialect) -> pdu.SubmitSm:
    ton, npi, source = sender(line.source)
    return pdu.SubmitSm(
        service_type=line.service_type,
        source_addr_ton=ton if line.source_ton is None else line.source_ton,
        source_addr_npi=npi if line.source_npi is None else line.source_npi,
        source_addr=source,
        registered_delivery=1,
    )


@frozen(kw_only=True, repr=False)
class SmppDialect:
    """The settings of a line.

    ``system_id`` and `password` are what it logs in with, ``source`` is what handsets show: letters, a short code or a number
    (``source_ton`` and ``source_npi`` where the centre wants others than these have). ``region`` (ISO code): the country whose
    numbers this centre takes and names nationally; None for international ones alone. ``validity``: how long a message of a
    purpose may wait for its handset; a code is stale soon. `statuses` are the centre's own meanings of command_status, as
    ``0x00000400``, and win over the table. A "receiver" submits nothing. Raise ConfigurationError for a setting that has no
    place in its field.
    """

    system_id: str = field(validator=instance_of(str))
    password: Secret[str] = field(validator=instance_of(Secret))
    source: str
    bind: Binding = field(default="transceiver", validator=in_(tuple(_BINDS)))
    system_type: str = ""
    address_range: str = ""
    service_type: str = ""
    source_ton: int | None = None
    source_npi: int | None = None
    region: str | None = None
    validity: Mapping[Purpose, timedelta] = field(
        factory=lambda: {Purpose.OTP: timedelta(minutes=5)}, validator=_validities
    )
    writing: SmppWriting = field(factory=SmppWriting)
    receipts: ReceiptReading = field(factory=ReceiptReading)
    statuses: Mapping[str, OutcomeClass] = field(factory=dict[str, OutcomeClass])
    _replies: Assembly = field(factory=Assembly, init=False, eq=False)
    # What the line sets in every submit_sm, built once.
    _template: pdu.SubmitSm = field(default=Factory(_submit, takes_self=True), init=False, eq=False)
    # The frame of it for each kind of address, validity, coding and class.
    _stencil: Callable[[int, int, str, int, int], Stencil] = field(
        default=Factory(lambda line: lru_cache(KEPT)(line._cut), takes_self=True), init=False, eq=False
    )

    def __attrs_post_init__(self) -> None:
        try:
            pdu.encode(self._bind(1))
            pdu.encode(self._template)
        except Misfit as misfit:
            raise ConfigurationError(f"smpp line: {misfit}", f"SMPP 线路：字段不合规范（{misfit}）") from None
        if not self.system_id:
            raise ConfigurationError("smpp line: expected a system_id", "SMPP 线路：缺少 system_id")

    def __repr__(self) -> str:
        return f"SmppDialect(system_id={self.system_id!r}, source={self.source!r}, bind={self.bind!r})"

    @property
    def name(self) -> str:
        """``smpp3.4``."""
        return "smpp3.4"

    @property
    def login_table(self) -> str:
        """The codes of the answer to a login."""
        return "smpp_command_status"

    @property
    def window(self) -> int:
        """10, which the standard recommends."""
        return _WINDOW

    def login(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return the bind."""
        return pdu.encode(self._bind(sequence))

    def submits(self, message: Message, *, now: datetime, sequences: Sequence[int]) -> Sequence[Submit]:  # noqa: ARG002
        """Return a submit_sm for each segment.

        Raise ValueError, which quotes nothing, for a text of more than 255 segments, UnsupportedByProvider as a receiver.
        """
        if self.bind == "receiver":
            raise UnsupportedByProvider(
                "smpp line: a receiver submits nothing; bind as transceiver or transmitter",
                "SMPP 线路：receiver 绑定不能提交短信；请改用 transceiver 或 transmitter",
            )
        written = self.writing.written(message, reference=sequences[0])
        ton, npi, digits = dialled(message.to, region=self.region)
        kind = ton, npi, relative(self.validity.get(message.purpose)), written.data_coding
        made: list[Submit] = []
        for one in written.segments:
            sequence = sequences[len(made)]
            if one.tlvs:
                frame = self._segment(*kind, one.esm_class, digits, one.short_message, one.tlvs, sequence)
            else:
                stencil = self._stencil(*kind, one.esm_class)
                frame = stencil.frame(sequence.to_bytes(4, "big"), digits, one.short_message)
            made.append(Submit(sequence, frame))
        return made

    def test(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return enquire_link."""
        return pdu.encode(pdu.EnquireLink(sequence_number=sequence))

    def farewell(self, *, now: datetime, sequence: int) -> bytes:  # noqa: ARG002
        """Return unbind."""
        return pdu.encode(pdu.Unbind(sequence_number=sequence))

    def read(self, buffer: bytearray, *, now: datetime) -> Sequence[Event]:
        """Take whole frames and say what they mean; a reply that waited too long for its parts is told here too."""
        frames = take_frames(buffer, shortest=pdu.HEADER.size, longest=LONGEST)
        events = [self._event(frame, now) for frame in frames]
        return events + [Reported(None, self._named(one), b"") for one in self._replies.overdue(now)]

    def _segment(
        self,
        ton: int,
        npi: int,
        period: str,
        data_coding: int,
        esm_class: int,
        digits: str,
        content: bytes,
        tlvs: Tlvs = (),
        sequence: int = 0,
    ) -> bytes:
        return pdu.encode(
            evolve(
                self._template,
                dest_addr_ton=ton,
                dest_addr_npi=npi,
                destination_addr=digits,
                esm_class=esm_class,
                validity_period=period,
                data_coding=data_coding,
                short_message=content,
                tlvs=tlvs,
                sequence_number=sequence,
            )
        )

    def _cut(self, ton: int, npi: int, period: str, data_coding: int, esm_class: int) -> Stencil:
        write = partial(self._segment, ton, npi, period, data_coding, esm_class)
        return Stencil.cut(write, width=20, padded=False, sequence=12)

    def _bind(self, sequence: int) -> pdu.Bind:
        return _BINDS[self.bind](
            system_id=self.system_id,
            password=self.password.reveal(),
            system_type=self.system_type,
            address_range=self.address_range,
            sequence_number=sequence,
        )

    def _event(self, frame: bytes, now: datetime) -> Event:
        _, command, status, sequence = pdu.HEADER.unpack_from(frame)
        # Nearly all that comes in is an id and the NUL that ends it.
        if command == pdu.SUBMIT_SM_RESP and not status and frame.find(0, _ID) == len(frame) - 1 < _LAST:
            return self._taken(sequence, frame[_ID:-1].decode("latin-1"))
        try:
            one = pdu.decode(frame)
        except pdu.UnknownCommand as unknown:
            # An answer is never answered: two who do not know each other's would go on for ever.
            return Unreadable(str(unknown), sequence, b"" if command & pdu.RESPONSE else _nack(sequence))
        except Misfit as misfit:
            answer = _heard(sequence, _NEVER) if command == pdu.DELIVER_SM else b""
            return Unreadable(str(misfit), sequence, answer)
        if isinstance(one, pdu.DeliverSm):
            return self._delivered(one, frame, now)
        event = self._answered(one) if command & pdu.RESPONSE else _asked(one)
        if event is not None:
            return event
        answer = b"" if command & pdu.RESPONSE else _nack(sequence)
        return Unreadable(f"SMPP: nobody asked for {type(one).__name__}", sequence, answer)

    def _answered(self, one: pdu.Pdu) -> Event | None:
        status = one.command_status
        match one:
            case pdu.SubmitSmResp(command_status=0, message_id=told):
                return self._taken(one.sequence_number, told)
            case pdu.SubmitSmResp() | pdu.GenericNack():
                return SubmitAnswered(one.sequence_number, self._refusal(status), status in _THROTTLED)
            case pdu.BindTransceiverResp() | pdu.BindTransmitterResp() | pdu.BindReceiverResp():
                return LoginAnswered(_code(status), status != 0)
            case pdu.EnquireLinkResp():
                return Alive()
            case pdu.UnbindResp():
                return Alive(closes=True)
            case _:
                return None

    def _taken(self, sequence: int, told: str) -> Event:
        id_ = self.receipts.answered(told)
        # Without one it was taken, but no receipt will ever be found to be its own.
        return SubmitAnswered(sequence, Unknown("no_message_id") if id_ is None else Accepted(id_))

    def _refusal(self, status: int) -> SubmitResult:
        return refusal("smpp_command_status", _code(status), self.statuses)

    def _delivered(self, one: pdu.DeliverSm, frame: bytes, now: datetime) -> Event:
        sequence, kind = one.sequence_number, one.esm_class & _TYPE
        taken, again = _heard(sequence, 0), _heard(sequence, _AGAIN)
        if kind in {_RECEIPT, _ON_THE_WAY} or is_told(one.tlvs):
            try:
                receipt = self._receipt(one, frame, now, final=kind != _ON_THE_WAY)
            except Misfit as misfit:
                return Unreadable(str(misfit), sequence, _heard(sequence, _NEVER))
            return Reported(sequence, receipt, taken, again)
        reply = self._replies.hear(self._heard_of(one, frame, now), now)
        return Asked(taken) if reply is None else Reported(sequence, self._named(reply), taken, again)

    def _receipt(self, one: pdu.DeliverSm, frame: bytes, now: datetime, *, final: bool) -> DeliveryReceipt:
        # Words of ASCII in every alphabet but UCS-2.
        coding = Coding.UCS2 if self.writing.coding(one.data_coding) is Coding.UCS2 else Coding.LATIN1
        said = self.receipts.read(text_of(_content(one), coding), one.tlvs, now, final=final)
        return DeliveryReceipt(
            provider_message_id=said.id,
            step_key=None,
            status=said.status,
            at=said.at,
            raw_code=said.code,
            kind=said.kind,
            phone=number_of(one.source_addr_ton, one.source_addr, region=self.region),
            raw=Secret(frame.hex()),
        )

    def _heard_of(self, one: pdu.DeliverSm, frame: bytes, now: datetime) -> Heard:
        content = _content(one)
        header, body = sar_header(one.tlvs), content
        if one.esm_class & UDHI:
            try:
                body = headed(content)[1]
            except ValueError:
                # The flag was wrong, or the header is: whatever was said, it is read.
                header = header or b""
            else:
                header = content[: len(content) - len(body)]
        said = self.writing.text(one.data_coding, body)
        return Heard(
            source=one.source_addr,
            access_code=one.destination_addr,
            id=_reply_id(one),
            at=now,
            # The parts are joined as UCS-2, whatever they were written in.
            msg_fmt=UCS2,
            udhi=bool(header),
            content=header + said.encode("utf-16-be", "surrogatepass"),
            raw=frame,
        )

    def _named(self, reply: InboundMessage) -> InboundMessage:
        """Return `reply` with the number its first frame names: the type of number is in it."""
        raw = "" if reply.raw is None else reply.raw.reveal().partition(" ")[0]
        one = pdu.decode(bytes.fromhex(raw))
        if not isinstance(one, pdu.DeliverSm):
            return reply
        return evolve(reply, phone=number_of(one.source_addr_ton, one.source_addr, region=self.region))


def _asked(one: pdu.Pdu) -> Event | None:
    match one:
        case pdu.EnquireLink(sequence_number=sequence):
            return Asked(pdu.encode(pdu.EnquireLinkResp(sequence_number=sequence)))
        case pdu.Unbind(sequence_number=sequence):
            return Asked(pdu.encode(pdu.UnbindResp(sequence_number=sequence)), closes=True)
        case pdu.AlertNotification():
            return Alive()
        case _:
            return None


def _content(one: pdu.DeliverSm) -> bytes:
    return one.short_message or dict(one.tlvs).get(pdu.MESSAGE_PAYLOAD, b"")


def _reply_id(one: pdu.DeliverSm) -> str:
    """Return the id some centres give a reply; the standard has none."""
    told = dict(one.tlvs).get(pdu.RECEIPTED_MESSAGE_ID, b"").partition(b"\0")[0]
    return told.decode("latin-1") if len(told) <= 64 else ""


def _heard(sequence: int, status: int) -> bytes:
    return pdu.encode(pdu.DeliverSmResp(sequence_number=sequence, command_status=status))


def _nack(sequence: int) -> bytes:
    return pdu.encode(pdu.GenericNack(sequence_number=sequence, command_status=_NO_SUCH_COMMAND))


def _code(status: int) -> str:
    return f"0x{status:08X}"

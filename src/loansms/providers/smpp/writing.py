"""How texts are written on a line of SMPP: the data coding by what the text holds, and how a long one travels.

>>> from loansms.privacy import Secret
>>> from loansms.testing.examples import message
>>> SmppWriting().written(message(text=Secret("Your code is 123456"), signature=""), reference=1).data_coding
0
>>> long = message(text=Secret("a" * 161), signature="")
>>> [one.esm_class for one in SmppWriting().written(long, reference=1).segments]
[64, 64]
>>> [len(one.tlvs) for one in SmppWriting(long="sar").written(long, reference=1).segments]
[3, 3]
>>> SmppWriting().text(0, b"\\x00 \\x1b\\x65")
'@ €'
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import in_

from loansms.errors import ConfigurationError
from loansms.model import Message
from loansms.providers.carrier.long_text import Coding, headed, parts, text_of, writable
from loansms.providers.smpp.layout import Tlvs
from loansms.providers.smpp.pdu import (
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
)

Long: TypeAlias = Literal["udh", "sar", "payload"]
SignedBy: TypeAlias = Literal["text", "gateway"]

UDHI: Final = 0x40
# Section 5.2.19.
_UCS2: Final = 8
_NAMED: Final = {1: Coding.ASCII, 3: Coding.LATIN1, _UCS2: Coding.UCS2}
_BINARY: Final = {2, 4}


@frozen
class Segment:
    """What differs from one segment of a message to the next."""

    esm_class: int
    short_message: bytes = field(repr=False)
    tlvs: Tlvs = field(default=(), repr=False)


@frozen
class Written:
    """A message's segments, and their data coding."""

    data_coding: int
    segments: Sequence[Segment] = field(repr=False)


def _codings(_writing: object, _attribute: Attribute[tuple[int, ...]], codings: tuple[int, ...]) -> None:
    if not codings or not set(codings) <= {0, *_NAMED}:
        raise ConfigurationError(
            "smpp line: expected codings of 0, 1, 3 and 8", "SMPP 线路：codings 只能取 0、1、3、8"
        )


@frozen(kw_only=True)
class SmppWriting:
    """The settings of a line.

    ``codings``: data codings in the order they are tried; the first that has every character is taken, and UCS-2 (8) where
    none has. ``default``: the alphabet that 0 means at this centre (GSM-7 one septet an octet, Latin-1 or ASCII). ``long``: a
    header in the text ("udh"), the sar_* parameters ("sar"), or one PDU with all of it ("payload"). ``signature`` "text": we
    put it before the text; "gateway": the centre does.
    """

    codings: tuple[int, ...] = field(default=(0, _UCS2), validator=_codings)
    default: Coding = field(default=Coding.GSM7, validator=in_((Coding.GSM7, Coding.LATIN1, Coding.ASCII)))
    long: Long = field(default="udh", validator=in_(("udh", "sar", "payload")))
    signature: SignedBy = field(default="text", validator=in_(("text", "gateway")))

    def written(self, message: Message, *, reference: int) -> Written:
        """Return the segments of `message`; raise ValueError, which quotes nothing, for one of more than 255."""
        name = message.signature.removeprefix("【").removesuffix("】")
        text = message.text.reveal()
        whole = f"【{name}】{text}" if name and self.signature == "text" else text
        number = next((one for one in self.codings if writable(whole, self.coding(one))), _UCS2)
        cut = parts(whole, coding=self.coding(number), reference=reference)
        return Written(number, _segments(cut, reference, self.long))

    def coding(self, data_coding: int) -> Coding:
        """Return the alphabet that a data coding names; what nobody named is read as that of 0."""
        if data_coding in _NAMED:
            return _NAMED[data_coding]
        # 3GPP TS 23.038, 4: the alphabet of a general or a class coding group is in bits 3 and 2.
        grouped = 0x10 <= data_coding < 0x40 or data_coding >= 0xE0
        return Coding.UCS2 if grouped and data_coding & 0x0C == _UCS2 else self.default

    def text(self, data_coding: int, data: bytes) -> str:
        """Return what `data` (without header) says: "" for what is binary, U+FFFD for what cannot be read."""
        binary = data_coding in _BINARY or (data_coding >= 0x10 and data_coding & 0x0C == 0x04)
        return "" if binary else text_of(data, self.coding(data_coding))


def _segments(cut: Sequence[bytes], reference: int, long: Long) -> Sequence[Segment]:
    if len(cut) == 1:
        return [Segment(0, cut[0])]
    if long == "udh":
        return [Segment(UDHI, part) for part in cut]
    bodies = [headed(part)[1] for part in cut]
    if long == "payload":
        return [Segment(0, b"", ((MESSAGE_PAYLOAD, b"".join(bodies)),))]
    return [
        Segment(0, body, _sar(reference & 0xFFFF, len(bodies), index))
        for index, body in enumerate(bodies, start=1)
    ]


def _sar(reference: int, total: int, index: int) -> Tlvs:
    return (
        (SAR_MSG_REF_NUM, reference.to_bytes(2, "big")),
        (SAR_TOTAL_SEGMENTS, bytes((total,))),
        (SAR_SEGMENT_SEQNUM, bytes((index,))),
    )


def sar_header(tlvs: Sequence[tuple[int, bytes]]) -> bytes:
    """Return the user data header that says the same as the sar_* parameters; b"" where they say nothing."""
    told = dict(tlvs)
    place = [told.get(tag, b"") for tag in (SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM)]
    if [len(one) for one in place] != [2, 1, 1]:
        return b""
    # 3GPP TS 23.040, 9.2.3.24.8: a reference of two octets.
    return b"\6\x08\4" + b"".join(place)


@lru_cache
def relative(period: timedelta | None) -> str:
    """Return a period as YYMMDDhhmmss000R (7.1.1.2), so that nobody's clock must be right; "" for the centre's own."""
    if period is None:
        return ""
    minutes, seconds = divmod(int(period.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"0000{days:02d}{hours:02d}{minutes:02d}{seconds:02d}000R"

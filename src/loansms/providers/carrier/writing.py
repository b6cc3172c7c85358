"""How texts are written on a mainland line: the coding, the 【signature】, flash; and how a reply is read.

Everything goes as UCS-2 unless the line asks for GBK: the tariff counts every character alike, and a signature in 【】 is in
no smaller alphabet. What GBK cannot write goes as UCS-2 still.

>>> from loansms.privacy import Secret
>>> from loansms.testing.examples import message
>>> written = Writing().segments(message(text=Secret("您好"), signature="示例"), most=9, reference=1)
>>> written.msg_fmt, written.contents[0].decode("utf-16-be")
(8, '【示例】您好')
>>> Writing(signature="gateway", flash=True).segments(message(), most=9, reference=1).msg_fmt
24
>>> read(8, "退订".encode("utf-16-be"))
'退订'
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from attrs.validators import in_, instance_of

from loansms.errors import ConfigurationError
from loansms.model import Message
from loansms.providers.carrier.long_text import Coding, parts, text_of, writable

SignedBy: TypeAlias = Literal["text", "gateway"]

# Msg_Fmt of CMPP, MessageCoding of SGIP, MsgFormat of SMGP: the same numbers.
UCS2: Final = 8
GBK: Final = 15
# UCS-2 for the screen at once (class 0), as gateways in use take it; the standards say nothing of it.
FLASH: Final = 0x18


@frozen
class Segments:
    """The contents of a message's segments, and the number of their coding."""

    msg_fmt: int
    contents: tuple[bytes, ...] = field(repr=False)


@frozen(kw_only=True)
class Writing:
    """The settings of a line: `coding` (UCS-2 or GBK), `flash`, and who puts the signature before the text.

    ``signature`` "text": we do; "gateway": it does, and its segments may be more than ours. Raise ConfigurationError for
    flash in GBK, which has no number.
    """

    coding: Coding = field(default=Coding.UCS2, validator=in_((Coding.UCS2, Coding.GBK)))
    flash: bool = field(default=False, validator=instance_of(bool))
    signature: SignedBy = field(default="text", validator=in_(("text", "gateway")))

    def __attrs_post_init__(self) -> None:
        if self.flash and self.coding is not Coding.UCS2:
            raise ConfigurationError(
                "carrier line: flash is written in ucs2 only; set coding to ucs2 or flash to false",
                "运营商线路：闪信只支持 ucs2 编码；请改用 ucs2 或关闭闪信",
            )

    def segments(self, message: Message, *, reference: int, most: int) -> Segments:
        """Return the segments of `message`; raise ValueError, which quotes nothing, for one of more than `most` or 255."""
        name = message.signature.removeprefix("【").removesuffix("】")
        text = message.text.reveal()
        whole = f"【{name}】{text}" if name and self.signature == "text" else text
        coding, msg_fmt = self.coding, GBK
        if coding is not Coding.GBK or not writable(whole, coding):
            coding, msg_fmt = Coding.UCS2, FLASH if self.flash else UCS2
        contents = parts(whole, coding=coding, reference=reference)
        if len(contents) > most:
            raise ValueError(f"text: {len(contents)} parts, expected at most {most}; shorten it")
        return Segments(msg_fmt, contents)


def read(msg_fmt: int, data: bytes) -> str:
    """Return what the content of a reply (without header) says; what cannot be read becomes U+FFFD."""
    if msg_fmt == GBK:
        return text_of(data, Coding.GBK)
    # 3GPP TS 23.038, 4: bits 3 and 2 name the alphabet wherever bits 7 and 6 are 0.
    if msg_fmt < 0x40 and msg_fmt & 0x0C == UCS2:
        return text_of(data, Coding.UCS2)
    # Gateways are seen to say 0 of GB text.
    return text_of(data, Coding.ASCII if data.isascii() else Coding.GBK)

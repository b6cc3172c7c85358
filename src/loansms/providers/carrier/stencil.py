"""The frame of a segment with two holes: what a line sets is written once, a message fills in its number and its content.

The encoder of the protocol writes the frame around two marks, and it is cut there: so nothing but the encoder knows the layout,
and what a stencil makes is what the encoder would. Nothing of one person is in a stencil, so it may be kept.

>>> def write(number: str, content: bytes) -> bytes:
...     body = number.encode("latin-1").ljust(8, b"\\0") + bytes((len(content),)) + content
...     return bytes((0, 0, 0, 12 + len(body), 0, 0, 0, 4)) + bytes(4) + body
>>> stencil = Stencil.cut(write, width=8, sequence=8)
>>> stencil.frame((7).to_bytes(4, "big"), "13800", b"hi").hex()
'0000001700000004000000073133383030000000026869'
>>> stencil.frame(bytes(4), "1380013800", b"hi")
Traceback (most recent call last):
loansms.providers.carrier.layout.Misfit: number: 10 characters, expected at most 8
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from loansms.providers.carrier.layout import Misfit

# So many of a line are kept: nearly all that go over it are the only segment of their message.
KEPT: Final = 512
# No setting of a line looks so, and no number or text of a message is ever searched.
_NUMBER, _CONTENT = "\xfe", b"\xfd" * 16


@frozen
class Stencil:
    """A frame cut in pieces: length, `head`, sequence number, `before`, number, `between`, length of the content, content, `after`.

    The number takes ``width`` octets at most, and exactly so many where it is ``padded``; the content is measured in
    ``measure`` octets.
    """

    head: bytes
    before: bytes
    between: bytes
    after: bytes
    width: int
    padded: bool
    measure: int
    _fixed: int = field(repr=False)

    @classmethod
    def cut(
        cls,
        write: Callable[[str, bytes], bytes],
        *,
        width: int,
        padded: bool = True,
        sequence: int,
        octets: int = 4,
        measure: int = 1,
    ) -> Stencil:
        """Cut what ``write`` makes of a number and a content; its sequence number stands at ``sequence`` and has so many `octets`."""
        number = _NUMBER * width
        before, rest = write(number, _CONTENT).split(number.encode("latin-1"))
        between, after = rest.split(_CONTENT)
        head, before, between = before[4:sequence], before[sequence + octets :], between[:-measure]
        fixed = 4 + len(head) + octets + len(before) + len(between) + measure + len(after)
        return cls(head, before, between, after, width, padded, measure, fixed)

    def frame(self, sequence: bytes, number: str, content: bytes) -> bytes:
        """Return the frame; raise Misfit for a number that does not fit."""
        digits = number.encode("latin-1")
        if len(digits) > self.width:
            raise Misfit(f"number: {len(digits)} characters, expected at most {self.width}")
        if self.padded:
            digits = digits.ljust(self.width, b"\0")
        size = len(content)
        return b"".join(
            (
                (self._fixed + len(digits) + size).to_bytes(4, "big"),
                self.head,
                sequence,
                self.before,
                digits,
                self.between,
                size.to_bytes(self.measure, "big"),
                content,
                self.after,
            )
        )

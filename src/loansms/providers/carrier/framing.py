"""Whole frames off a stream: every protocol here begins a frame with its length, four octets, big-endian.

>>> buffer = bytearray.fromhex("0000000c 00000008 00000001 000000")
>>> [frame.hex() for frame in take_frames(buffer, shortest=12, longest=4096)], buffer.hex()
(['0000000c0000000800000001'], '000000')
"""

from __future__ import annotations

import struct
from typing import Final

from loansms.providers.carrier.dialect import WireError

_LENGTH: Final = struct.Struct(">I")


def take_frames(buffer: bytearray, *, shortest: int, longest: int) -> list[bytes]:
    """Take every whole frame off the front of `buffer`; what is left is the beginning of one.

    Raise WireError where the first length is none a frame has. Where such a length stands behind whole frames, these are
    returned and it stays in front for the next call: what they say is not lost with the line.
    """
    taken: list[bytes] = []
    octets, start, end = bytes(buffer), 0, len(buffer)
    while end - start >= 4:
        (length,) = _LENGTH.unpack_from(octets, start)
        if not shortest <= length <= longest:
            if taken:
                break
            raise WireError(f"frame: {length} octets, expected {shortest} to {longest}; close the line")
        if end - start < length:
            break
        taken.append(octets[start : start + length])
        start += length
    del buffer[:start]
    return taken

"""The body of a PDU as a table of (name, size, kind), where texts end with NUL and every number is one octet.

>>> from attrs import frozen
>>> @frozen
... class Hello:
...     name: str
...     number: int
...     words: bytes
...     tlvs: Tlvs = ()
>>> hello = Layout(Hello, [("name", 5, CSTRING), ("number", 1, UINT), ("words", 1, CONTENT), ("tlvs", 0, TLVS)])
>>> hello.write(Hello("ab", 7, b"hi", ((0x1E, b"x"),))).hex()
'61620007026869001e000178'
>>> hello.read(bytes.fromhex("616200 07 026869 001e 0001 78"))
Hello(name='ab', number=7, words=b'hi', tlvs=((30, b'x'),))
>>> hello.read(b"ab")
Traceback (most recent call last):
loansms.providers.carrier.layout.Misfit: Hello.name: no NUL ends it
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar

from loansms.providers.carrier.layout import Misfit, tlvs_of

P = TypeVar("P")


class Kind(Enum):
    """How a field is written."""

    CSTRING = "text that ends with NUL; its size counts the NUL"
    UINT = "an unsigned number of one octet"
    CONTENT = "an octet that says how many follow, and these"
    TLVS = "tag, length, value (two octets, two octets, the value), up to the end"
    TAIL = "as TLVS, but what is none is passed over"


CSTRING, UINT, CONTENT, TLVS, TAIL = Kind
Rows: TypeAlias = Sequence[tuple[str, int, Kind]]
Tlvs: TypeAlias = tuple[tuple[int, bytes], ...]

# A step is a field, or a run of numbers that stand together: (kind, name, most, first value, last value).
_Step: TypeAlias = tuple[Kind, str, int, int, int]
_TAG: Final = struct.Struct(">HH")


class Layout(Generic[P]):
    """The table of one PDU: `kind` makes the value from its fields by name; at least two rows."""

    def __init__(self, kind: Callable[..., P], rows: Rows) -> None:
        self._kind = kind
        self.name = getattr(kind, "__name__", "PDU")
        self._names = [name for name, _, _ in rows]
        self._values: Callable[[P], tuple[Any, ...]] = attrgetter(*self._names)
        self._steps = _steps(self.name, rows)

    def write(self, value: P) -> bytes:
        """Return the octets of `value`; raise Misfit for a field that does not fit."""
        values = self._values(value)
        written: list[bytes] = []
        for kind, name, most, first, last in self._steps:
            if kind is CSTRING:
                written.append(_text(values[first], name, most))
            elif kind is UINT:
                written.append(_numbers(values[first:last], name))
            elif kind is CONTENT:
                content = values[first]
                written += (_numbers((len(content),), name), content)
            elif values[first]:
                written.append(_tlvs(values[first], name))
        return b"".join(written)

    def read(self, octets: bytes, **others: object) -> P:
        """Return the value in `octets`, `others` beside them; raise Misfit for octets that are none."""
        values: list[Any] = []
        at = 0
        for kind, name, most, first, last in self._steps:
            if kind is CSTRING:
                end = octets.find(0, at, at + most)
                if end < 0:
                    raise Misfit(f"{name}: no NUL ends it")
                values.append(octets[at:end].decode("latin-1"))
                at = end + 1
            elif kind is UINT:
                run = octets[at : at + last - first]
                if len(run) < last - first:
                    raise Misfit(f"{name}: cut off")
                values += run
                at += len(run)
            elif kind is CONTENT:
                size = octets[at] if at < len(octets) else 256
                content = octets[at + 1 : at + 1 + size]
                if len(content) != size:
                    raise Misfit(f"{name}: cut off")
                values.append(content)
                at += 1 + size
            else:
                values.append(_rest(octets, at, kind))
                at = len(octets)
        if at != len(octets):
            raise Misfit(f"{self.name}: longer than its layout")
        return self._kind(**dict(zip(self._names, values, strict=True)), **others)


def _steps(pdu: str, rows: Rows) -> list[_Step]:
    steps: list[_Step] = []
    for place, (name, size, kind) in enumerate(rows):
        if kind is UINT and steps and steps[-1][0] is UINT:
            _, before, most, first, _ = steps[-1]
            steps[-1] = (UINT, before, most, first, place + 1)
        else:
            steps.append((kind, f"{pdu}.{name}", size, place, place + 1))
    return steps


def _text(value: str, name: str, most: int) -> bytes:
    try:
        octets = value.encode("latin-1")
    except UnicodeEncodeError:
        raise Misfit(f"{name}: expected Latin-1 characters") from None
    if len(octets) >= most:
        raise Misfit(f"{name}: {len(octets)} characters, expected at most {most - 1}")
    if 0 in octets:
        raise Misfit(f"{name}: expected no NUL")
    return octets + b"\0"


def _numbers(values: Sequence[int], name: str) -> bytes:
    try:
        return bytes(values)
    except ValueError:
        raise Misfit(f"{name}: a number does not fit its octet") from None


def _tlvs(values: Tlvs, name: str) -> bytes:
    try:
        return b"".join([_TAG.pack(tag, len(value)) + value for tag, value in values])
    except struct.error:
        raise Misfit(f"{name}: a tag or a length does not fit its two octets") from None


def _rest(octets: bytes, at: int, kind: Kind) -> Tlvs:
    if at == len(octets):
        return ()
    try:
        return tlvs_of(octets[at:])
    except Misfit:
        if kind is TAIL:
            return ()
        raise

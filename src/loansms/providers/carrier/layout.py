"""The body of a PDU as a table of (name, size, kind), written and read in one go by a compiled struct.

A table says what the standard's does: a field a row, in the order of the wire. The value that holds the fields has the names
of the rows; what is reserved, a count or a length is no field of it.

>>> from attrs import frozen
>>> @frozen
... class Hello:
...     name: str
...     numbers: tuple[str, ...]
...     words: bytes
>>> hello = Layout(Hello, [("name", 4, TEXT), ("numbers", 1, COUNT), ("numbers", 3, TEXTS), ("words", 1, LENGTH),
...     ("words", 0, CONTENT), ("reserve", 2, RESERVE)])
>>> hello.write(Hello("ab", ("1", "22"), b"hi")).hex()
'61620000023100003232000268690000'
>>> hello.read(hello.write(Hello("ab", ("1", "22"), b"hi")))
Hello(name='ab', numbers=('1', '22'), words=b'hi')
>>> hello.read(b"ab")
Traceback (most recent call last):
loansms.providers.carrier.layout.Misfit: Hello: the octets do not fit its layout
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar

P = TypeVar("P")


class Kind(Enum):
    """How a field is written."""

    UINT = "an unsigned number, big-endian"
    TEXT = "text padded with NUL"
    OCTETS = "exactly so many octets"
    HEX = "octets, shown as hexadecimal digits"
    COUNT = "how many texts follow in the row of the same name"
    TEXTS = "so many texts, each padded with NUL"
    LENGTH = "how many octets follow in the row of the same name"
    CONTENT = "so many octets"
    RESERVE = "NUL, never looked at"
    TLVS = "tag, length, value (two octets, two octets, the value), up to the end"


UINT, TEXT, OCTETS, HEX, COUNT, TEXTS, LENGTH, CONTENT, RESERVE, TLVS = Kind
Rows: TypeAlias = Sequence[tuple[str, int, Kind]]

_NUMBERS: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
# Frames are a few kilobytes, so these are the sizes that traffic has, not what somebody could think of.
_KEPT: Final = 512


class Misfit(ValueError):
    """A value has no place in a layout, or octets are not in it; names the PDU and the field, never what they hold."""


class Layout(Generic[P]):
    """The table of one PDU: `kind` makes the value from its fields by name."""

    def __init__(self, kind: Callable[..., P], rows: Rows) -> None:
        self._kind = kind
        self.name = getattr(kind, "__name__", "PDU")
        wired = [row for row in rows if row[2] is not RESERVE]
        self._values = _getter([name for name, _, _ in wired])
        self._writers = [
            (place, found)
            for place, (name, size, kind_) in enumerate(wired)
            if (found := _writer(f"{self.name}.{name}", size, kind_))
        ]
        self._readers = [
            (place, found) for place, (_, size, kind_) in enumerate(wired) if (found := _reader(size, kind_))
        ]
        self._fields = [
            (name, place) for place, (name, _, kind_) in enumerate(wired) if kind_ not in {COUNT, LENGTH}
        ]
        self._shape = _Shape(rows)

    def write(self, value: P) -> bytes:
        """Return the octets of `value`; raise Misfit for a field that does not fit."""
        values = list(self._values(value))
        try:
            for place, writer in self._writers:
                values[place] = writer(values[place])
            return self._shape.fitted(values).pack(*values)
        except struct.error:
            raise Misfit(f"{self.name}: a number does not fit its field") from None

    def fits(self, octets: bytes) -> bool:
        """Whether `octets` have the length this layout gives to what they announce."""
        return self._shape.sizes(octets) is not None

    def read(self, octets: bytes, **others: object) -> P:
        """Return the value in `octets`, `others` beside them; raise Misfit unless they fill the layout exactly."""
        sizes = self._shape.sizes(octets)
        if sizes is None:
            raise Misfit(f"{self.name}: the octets do not fit its layout")
        values = list(self._shape.of(sizes).unpack(octets))
        for place, reader in self._readers:
            values[place] = reader(values[place])
        return self._kind(**{name: values[place] for name, place in self._fields}, **others)


class _Shape:
    """The struct of a layout for each size its texts and its content have had."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[tuple[int, int, int], struct.Struct] = {}
        wired = [kind for _, _, kind in rows if kind is not RESERVE]
        self._count, self._length, self._rest = (
            wired.index(kind) if kind in wired else None for kind in (COUNT, LENGTH, TLVS)
        )
        self._each = next((size for _, size, kind in rows if kind is TEXTS), 0)
        self._count_at = self._offset(COUNT)
        self._length_at = self._offset(LENGTH)
        self._length_size = next((size for _, size, kind in rows if kind is LENGTH), 0)
        self._fixed = sum(size for _, size, kind in rows if kind not in {TEXTS, CONTENT, TLVS})

    def fitted(self, values: Sequence[Any]) -> struct.Struct:
        """Return the struct for values that are to be written."""
        return self.of(
            (
                0 if self._count is None else values[self._count],
                0 if self._length is None else values[self._length],
                0 if self._rest is None else len(values[self._rest]),
            )
        )

    def sizes(self, octets: bytes) -> tuple[int, int, int] | None:
        """Return what `octets` announce (texts, content, rest), or None where they are not as long as that."""
        left = len(octets) - self._fixed
        if left < 0:
            return None
        count = length = 0
        if self._count_at >= 0:
            count = octets[self._count_at]
            left -= count * self._each
            if left < 0:
                return None
        if self._length_at >= 0:
            at = self._length_at + count * self._each
            length = int.from_bytes(octets[at : at + self._length_size], "big")
            left -= length
        if self._rest is not None:
            return (count, length, left) if left >= 0 else None
        return (count, length, 0) if left == 0 else None

    def of(self, sizes: tuple[int, int, int]) -> struct.Struct:
        """Return the struct for these sizes."""
        made = self._kept.get(sizes)
        if made is None:
            made = struct.Struct(self._format(*sizes))
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[sizes] = made
        return made

    def _format(self, count: int, length: int, rest: int) -> str:
        written = [">"]
        for _, size, kind in self._rows:
            if kind in {UINT, COUNT, LENGTH}:
                written.append(_NUMBERS[size])
            elif kind is RESERVE:
                written.append(f"{size}x")
            else:
                sizes = {TEXTS: size * count, CONTENT: length, TLVS: rest}
                written.append(f"{sizes.get(kind, size)}s")
        return "".join(written)

    def _offset(self, wanted: Kind) -> int:
        """Return where the row of `wanted` begins, with no texts before it; -1 where there is none."""
        at = 0
        for _, size, kind in self._rows:
            if kind is wanted:
                return at
            at += 0 if kind is TEXTS else size
        return -1


def tlvs_of(octets: bytes) -> tuple[tuple[int, bytes], ...]:
    """Return the (tag, value) pairs in `octets`; raise Misfit where one is longer than what is left."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(octets):
        if at + 4 > len(octets):
            raise Misfit("TLV: cut off")
        tag, length = struct.unpack_from(">HH", octets, at)
        value = octets[at + 4 : at + 4 + length]
        if len(value) != length:
            raise Misfit("TLV: longer than what is left")
        found.append((tag, value))
        at += 4 + length
    return tuple(found)


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _value: ()
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda value: (one(value),)
    return attrgetter(*names)


def _writer(where: str, size: int, kind: Kind) -> Callable[[Any], Any] | None:
    def text(value: str) -> bytes:
        try:
            octets = value.encode("latin-1")
        except UnicodeEncodeError:
            raise Misfit(f"{where}: expected Latin-1 characters") from None
        if len(octets) > size:
            raise Misfit(f"{where}: {len(octets)} characters, expected at most {size}")
        return octets

    def octets(value: bytes) -> bytes:
        if len(value) != size:
            raise Misfit(f"{where}: {len(value)} octets, expected {size}")
        return value

    def digits(value: str) -> bytes:
        try:
            return octets(bytes.fromhex(value))
        except ValueError:
            raise Misfit(f"{where}: expected {2 * size} hexadecimal digits") from None

    def texts(values: Sequence[str]) -> bytes:
        return b"".join([text(value).ljust(size, b"\0") for value in values])

    def tlvs(values: Sequence[tuple[int, bytes]]) -> bytes:
        return b"".join([struct.pack(">HH", tag, len(value)) + value for tag, value in values])

    writers: dict[Kind, Callable[[Any], Any]] = {
        TEXT: text, OCTETS: octets, HEX: digits, COUNT: len, TEXTS: texts, LENGTH: len, TLVS: tlvs,
    }  # fmt: skip
    return writers.get(kind)


def _reader(size: int, kind: Kind) -> Callable[[Any], Any] | None:
    def text(octets: bytes) -> str:
        return octets.partition(b"\0")[0].decode("latin-1")

    def texts(octets: bytes) -> tuple[str, ...]:
        return tuple([text(octets[at : at + size]) for at in range(0, len(octets), size)])

    readers: dict[Kind, Callable[[Any], Any]] = {TEXT: text, HEX: bytes.hex, TEXTS: texts, TLVS: tlvs_of}
    return readers.get(kind)

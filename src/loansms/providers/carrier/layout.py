"""The body of a PDU as a table of (name, size, kind), written and read in one go by a compiled struct.

A table says what the standard's does: a field a row, in the order of the wire. The value that holds the fields has the names
of the rows; what is reserved, a count or a length is no field of it. Layouts are most of what a line costs, so a value is
made without its initialiser, which would take longer than everything else: its class is an attrs class without slots, and
checks nothing. Most of a submit's fields are those of the line it goes over, the same in every one: rows that are said to
stand are read and written once for each set of values that they have had lately, and taken from memory after that.

>>> from attrs import frozen
>>> @frozen(slots=False)
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
loansms.providers.carrier.layout.Misfit: Hello: 2 octets do not fit its layout
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from operator import itemgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from attrs import fields

from loansms.providers.carrier.standing import Standing

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
    STANDING = "rows of their own that are the same from frame to frame, under the name of the first"


UINT, TEXT, OCTETS, HEX, COUNT, TEXTS, LENGTH, CONTENT, RESERVE, TLVS, STANDING = Kind
Rows: TypeAlias = Sequence[tuple[str, int, Kind]]

_new, _fill = object.__new__, object.__setattr__
_NUMBERS: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
# Frames are a few kilobytes, so these are the sizes that traffic has, not what somebody could think of.
_KEPT: Final = 512


class Misfit(ValueError):
    """A value has no place in a layout, or octets are not in it; names the PDU and the field, never what they hold."""


class Layout(Generic[P]):
    """The table of one PDU: `kind` is its class.

    With a `command` it is a whole frame: its length and the command stand before the first row, four octets each. ``standing``
    names the first and the last of the rows that are the same from frame to frame of a line; their values are remembered,
    so that none of them may be of one person.
    """

    def __init__(
        self,
        kind: type[P],
        rows: Rows,
        command: int | None = None,
        *,
        standing: tuple[str, str] | None = None,
    ) -> None:
        self._kind = kind
        self.name: str = kind.__name__
        # Every field, in an order that is filled without growing; what the wire of this version has no place for stays.
        self._blank = {one.name: one.default for one in fields(cast("type[Any]", kind))}
        self._standing: Standing | None = None
        if standing is not None:
            rows, alike = _apart(rows, standing)
            apart = Layout(kind, alike)
            self._standing = Standing(apart.names, apart.octets, lambda octets: apart.read(octets).__dict__)
        wired = [row for row in rows if row[2] is not RESERVE]
        # A count or a length stands before what it is of, under the same name.
        self.names: list[str] = [name for name, _, _ in wired]
        self._stands = next((place for place, row in enumerate(wired) if row[2] is STANDING), 0)
        self._values = _getter(self.names)
        # Half of the fields of a segment are texts: they are written and read here, without a call for each.
        self._texts = [(place, size) for place, (_, size, kind_) in enumerate(wired) if kind_ is TEXT]
        self._writers = [
            (place, found)
            for place, (name, size, kind_) in enumerate(wired)
            if (found := _writer(f"{self.name}.{name}", size, kind_))
        ]
        # What is counted or measured says how many there are by itself, so that these rows are passed over.
        told = [row for row in wired if row[2] not in {COUNT, LENGTH}]
        self._told_stands = next((place for place, row in enumerate(told) if row[2] is STANDING), 0)
        self._told_texts = [(place, name) for place, (name, _, kind_) in enumerate(told) if kind_ is TEXT]
        self._readers = [
            (place, name, found)
            for place, (name, size, kind_) in enumerate(told)
            if (found := _reader(size, kind_))
        ]
        self._told_as_it_is = [
            (place, name)
            for place, (name, size, kind_) in enumerate(told)
            if kind_ not in {TEXT, STANDING} and _reader(size, kind_) is None
        ]
        self._command = command
        self._shape = _Shape(rows, 0 if command is None else 8)

    def write(self, value: P) -> bytes:
        """Return the octets of `value`; raise Misfit for a field that does not fit."""
        return self.octets(value.__dict__)

    def octets(self, told: Mapping[str, Any]) -> bytes:
        """Return the octets of a value with these fields; raise Misfit for one that does not fit."""
        values = list(self._values(told))
        try:
            if self._standing is not None:
                values[self._stands] = self._standing.octets(told)
            for place, size in self._texts:
                text = values[place]
                if not text:
                    values[place] = b""
                elif len(text) > size:
                    raise Misfit(_too_long(f"{self.name}.{self.names[place]}", text, size))
                else:
                    values[place] = text.encode("latin-1")
            for place, writer in self._writers:
                values[place] = writer(values[place])
            written = self._shape.fitted(values)
            if self._command is None:
                return written.pack(*values)
            return written.pack(written.size, self._command, *values)
        except struct.error:
            raise Misfit(f"{self.name}: a number does not fit its field") from None
        except UnicodeEncodeError:
            raise Misfit(f"{self.name}: expected texts of Latin-1 characters") from None

    def read(self, octets: bytes) -> P:
        """Return the value in `octets`; raise Misfit unless they fill the layout exactly."""
        found = self.read_fitting(octets)
        if found is None:
            raise Misfit(f"{self.name}: {len(octets)} octets do not fit its layout")
        return found

    def read_fitting(self, octets: bytes) -> P | None:
        """Return the value in `octets`, or None where they are not as long as what they announce."""
        shape = self._shape.found(octets)
        if shape is None:
            return None
        values = shape[1].unpack(octets)
        told = (
            self._blank if self._standing is None else self._standing.fields(values[self._told_stands])
        ).copy()
        for place, name in self._told_as_it_is:
            told[name] = values[place]
        for place, name in self._told_texts:
            text = values[place]
            told[name] = text.partition(b"\0")[0].decode("latin-1") if text[0] else ""
        for place, name, reader in self._readers:
            told[name] = reader(values[place])
        made = _new(self._kind)
        _fill(made, "__dict__", told)
        return made


# The structs of a layout whose texts and content have certain sizes: to write it, and to read it past its head.
_Sized: TypeAlias = tuple[struct.Struct, struct.Struct]


class _Shape:
    """The structs of a layout for each size its texts and its content have had; `head` octets stand before its rows."""

    def __init__(self, rows: Rows, head: int) -> None:
        self._rows = rows
        self._head = head
        self._kept: dict[tuple[int, int, int], _Sized] = {}
        wired = [kind for _, _, kind in rows if kind is not RESERVE]
        self._count, self._length, self._rest = (
            wired.index(kind) if kind in wired else None for kind in (COUNT, LENGTH, TLVS)
        )
        self._each = next((size for _, size, kind in rows if kind is TEXTS), 0)
        self._count_at = self._offset(COUNT)
        self._length_at = self._offset(LENGTH)
        self._length_size = next((size for _, size, kind in rows if kind is LENGTH), 0)
        self._fixed = head + sum(size for _, size, kind in rows if kind not in {TEXTS, CONTENT, TLVS})
        # Most answers have one size, whatever they say.
        self._only = self._of(0, 0, 0) if {COUNT, LENGTH, TLVS}.isdisjoint(wired) else None

    def fitted(self, values: list[Any]) -> struct.Struct:
        """Return the struct for values that are to be written, with what is counted among them counted."""
        if self._only is not None:
            return self._only[0]
        count = length = rest = 0
        if (at := self._count) is not None:
            count = values[at] = len(values[at])
        if (at := self._length) is not None:
            length = values[at] = len(values[at])
        if (at := self._rest) is not None:
            rest = len(values[at])
        made = self._kept.get((count, length, rest))
        return (self._of(count, length, rest) if made is None else made)[0]

    def found(self, octets: bytes) -> _Sized | None:
        """Return the structs for `octets`, or None where they are not as long as what they announce."""
        left = len(octets) - self._fixed
        if self._only is not None:
            return None if left else self._only
        count = length = 0
        if left < 0:
            return None
        if self._count_at:
            count = octets[self._count_at]
            left -= count * self._each
            if left < 0:
                return None
        if self._length_at:
            at = self._length_at + count * self._each
            length = (
                octets[at]
                if self._length_size == 1
                else int.from_bytes(octets[at : at + self._length_size], "big")
            )
            left -= length
        if left < 0 or (left and self._rest is None):
            return None
        return self._kept.get((count, length, left)) or self._of(count, length, left)

    def _of(self, count: int, length: int, rest: int) -> _Sized:
        key = (count, length, rest)
        made = self._kept.get(key)
        if made is None:
            head = ("II", f"{self._head}x") if self._head else ("", "")
            written = struct.Struct(f">{head[0]}{self._format(count, length, rest, counted=True)}")
            made = written, struct.Struct(f">{head[1]}{self._format(count, length, rest, counted=False)}")
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = made
        return made

    def _format(self, count: int, length: int, rest: int, *, counted: bool) -> str:
        """Return what a struct is made of; not ``counted``: it passes over counts and lengths, which `found` has read."""
        written: list[str] = []
        for _, size, kind in self._rows:
            if kind is UINT or (counted and kind in {COUNT, LENGTH}):
                written.append(_NUMBERS[size])
            elif kind in {RESERVE, COUNT, LENGTH}:
                written.append(f"{size}x")
            else:
                sizes = {TEXTS: size * count, CONTENT: length, TLVS: rest}
                written.append(f"{sizes.get(kind, size)}s")
        return "".join(written)

    def _offset(self, wanted: Kind) -> int:
        """Return where the row of `wanted` begins, with no texts before it; 0 where there is none (it is never the first)."""
        at = self._head
        for _, size, kind in self._rows:
            if kind is wanted:
                return at
            at += 0 if kind is TEXTS else size
        return 0


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


def _apart(rows: Rows, standing: tuple[str, str]) -> tuple[Rows, Rows]:
    """Return `rows` with one in place of those from the first of ``standing`` to the last, and these."""
    first, last = (next(at for at, row in enumerate(rows) if row[0] == name) for name in standing)
    alike = rows[first : last + 1]
    one = (standing[0], sum(size for _, size, _ in alike), STANDING)
    return [*rows[:first], one, *rows[last + 1 :]], alike


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _fields: ()
    if len(names) == 1:
        return lambda fields: (fields[names[0]],)
    return itemgetter(*names)


def _too_long(where: str, text: str, size: int) -> str:
    return f"{where}: {len(text)} characters, expected at most {size}"


def _writer(where: str, size: int, kind: Kind) -> Callable[[Any], Any] | None:
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
        if len(values) == 1 and len(values[0]) <= size:  # the struct pads it
            return values[0].encode("latin-1")
        for value in values:
            if len(value) > size:
                raise Misfit(_too_long(where, value, size))
        return "".join([value.ljust(size, "\0") for value in values]).encode("latin-1")

    def tlvs(values: Sequence[tuple[int, bytes]]) -> bytes:
        return b"".join([struct.pack(">HH", tag, len(value)) + value for tag, value in values])

    writers: dict[Kind, Callable[[Any], Any]] = {
        OCTETS: octets, HEX: digits, TEXTS: texts, TLVS: tlvs,
    }  # fmt: skip
    return writers.get(kind)


def _reader(size: int, kind: Kind) -> Callable[[Any], Any] | None:
    def texts(octets: bytes) -> tuple[str, ...]:
        if len(octets) == size:
            return (octets.partition(b"\0")[0].decode("latin-1"),)
        return tuple(
            [
                octets[at : at + size].partition(b"\0")[0].decode("latin-1")
                for at in range(0, len(octets), size)
            ]
        )

    readers: dict[Kind, Callable[[Any], Any]] = {HEX: bytes.hex, TEXTS: texts, TLVS: tlvs_of}
    return readers.get(kind)

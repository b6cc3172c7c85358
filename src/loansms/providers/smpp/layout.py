"""The body of a PDU as a table of (name, size, kind), where texts end with NUL and every number is one octet.

As in loansms.providers.carrier.layout, a value is made without its initialiser: its class is an attrs class without slots, and
checks nothing; and rows that are said to stand are remembered.

>>> from attrs import frozen
>>> @frozen(slots=False)
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

import re
import struct
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from attrs import fields, frozen

from loansms.providers.carrier.layout import Misfit, tlvs_of
from loansms.providers.carrier.standing import Standing

P = TypeVar("P")


class Kind(Enum):
    """How a field is written."""

    CSTRING = "text that ends with NUL; its size counts the NUL"
    UINT = "an unsigned number of one octet"
    CONTENT = "an octet that says how many follow, and these"
    TLVS = "tag, length, value (two octets, two octets, the value), up to the end"
    TAIL = "as TLVS, but what is none is passed over"
    STANDING = "texts and numbers that are the same from frame to frame"


CSTRING, UINT, CONTENT, TLVS, TAIL, STANDING = Kind
Rows: TypeAlias = Sequence[tuple[str, int, Kind]]
Tlvs: TypeAlias = tuple[tuple[int, bytes], ...]

# A step is a field, or several that follow one another: (kind, where it is, its names, its size, what is remembered of it).
_Step: TypeAlias = "tuple[Kind, str, tuple[str, ...], int, _Alike | None]"
# A centre may send whatever it likes: so many sets of standing values are remembered, the latest used.
_KEPT: Final = 512
_TAG: Final = struct.Struct(">HH")
_new, _fill = object.__new__, object.__setattr__


class Layout(Generic[P]):
    """The table of one PDU: `kind` is the class of its values.

    ``standing`` names the first and the last of rows that are the same from frame to frame of a line, texts and numbers alone;
    their values are remembered, so that none of them may be of one person.
    """

    def __init__(self, kind: type[P], rows: Rows, standing: Sequence[tuple[str, str]] = ()) -> None:
        self._kind = kind
        self.name: str = kind.__name__
        self._blank = {one.name: one.default for one in fields(cast("type[Any]", kind))}
        self._steps = _steps(kind, rows, standing)
        self._found = _Found(self._steps, self._blank)

    def write(self, value: P) -> bytes:
        """Return the octets of `value`; raise Misfit for a field that does not fit."""
        return self.octets(value.__dict__)

    def octets(self, told: Mapping[str, Any]) -> bytes:
        """Return the octets of a value with these fields; raise Misfit for one that does not fit."""
        written: list[bytes] = []
        for kind, where, names, size, alike in self._steps:
            if alike is not None:
                written.append(alike.standing.octets(told))
            elif kind is CSTRING:
                written.append(_text(told[names[0]], where, size))
            elif kind is UINT:
                written.append(_numbers([told[name] for name in names], where))
            elif kind is CONTENT:
                content = told[names[0]]
                written += (_numbers((len(content),), where), content)
            elif told[names[0]]:
                written.append(_tlvs(told[names[0]], where))
        return b"".join(written)

    def read(self, octets: bytes) -> P:
        """Return the value in `octets`; raise Misfit for octets that are none."""
        return self.made(self.fields(octets, 0))

    def made(self, told: dict[str, Any]) -> P:
        """Return the value of these fields, which are its own from now on."""
        made = _new(self._kind)
        _fill(made, "__dict__", told)
        return made

    def fields(self, octets: bytes, at: int) -> dict[str, Any]:
        """Return the fields in `octets` from `at`; raise Misfit for octets that are none."""
        return self._found.fields(octets, at) or self._step_by_step(octets, at)

    def _step_by_step(self, octets: bytes, at: int) -> dict[str, Any]:
        """Return the fields, or say which of them is wrong."""
        told = self._blank.copy()
        for kind, where, names, size, alike in self._steps:
            if alike is not None:
                end = alike.end(octets, at)
                told |= alike.standing.fields(octets[at:end])
            elif kind is CSTRING:
                end = octets.find(0, at, at + size) + 1
                if not end:
                    raise Misfit(f"{where}: no NUL ends it")
                told[names[0]] = octets[at : end - 1].decode("latin-1")
            elif kind is UINT:
                end = at + size
                if end > len(octets):
                    raise Misfit(f"{where}: cut off")
                told.update(zip(names, octets[at:end], strict=True))
            elif kind is CONTENT:
                end = at + 1 + octets[at] if at < len(octets) else at + 1
                if end > len(octets):
                    raise Misfit(f"{where}: cut off")
                told[names[0]] = octets[at + 1 : end]
            else:
                end = len(octets)
                told[names[0]] = _rest(octets, at, kind)
            at = end
        if at != len(octets):
            raise Misfit(f"{self.name}: longer than its layout")
        return told


class _Found:
    """The fields of a frame found by one pattern, which costs half of what going from field to field does.

    What stands is remembered together. Where nothing is found, the layout goes step by step and says what is wrong.
    """

    def __init__(self, steps: Sequence[_Step], blank: Mapping[str, Any]) -> None:
        self._texts: list[tuple[int, str]] = []
        self._numbers: list[tuple[int, tuple[str, ...]]] = []
        self._content, self._rest, self._tail = "", "", TLVS
        alike: list[tuple[int, _Alike]] = []
        pattern: list[bytes] = []
        for kind, _, names, size, stands in steps:
            place = len(pattern)
            if stands is not None:
                alike.append((place, stands))
                pattern.append(b"(%s)" % stands.pattern)
            elif kind is CSTRING:
                self._texts.append((place, names[0]))
                pattern.append(rb"([^\0]{0,%d})\0" % (size - 1))
            elif kind is UINT:
                self._numbers.append((place, names))
                pattern.append(b"(.{%d})" % size)
            elif kind is CONTENT:
                self._content = names[0]
                pattern.append(b"(.)")
            else:
                self._rest, self._tail = names[0], kind
        self._match = re.compile(b"".join(pattern), re.DOTALL).match
        places = [place for place, _ in alike]
        # What stands is one key: a tuple where there are several.
        self._picked = itemgetter(*places) if places else None
        self._blank = dict(blank)

        @lru_cache(_KEPT)
        def standing(octets: bytes | tuple[bytes, ...]) -> dict[str, Any]:
            told = dict(blank)
            each = (octets,) if isinstance(octets, bytes) else octets
            for (_, one), said in zip(alike, each, strict=True):
                told |= one.standing.fields(said)
            return told

        self._standing = standing

    def fields(self, octets: bytes, at: int) -> dict[str, Any] | None:
        """Return every field of the frame whose body begins `at`, None where the pattern is not all there is."""
        found = self._match(octets, at)
        if found is None:
            return None
        groups = found.groups()
        told = (self._blank if self._picked is None else self._standing(self._picked(groups))).copy()
        for place, name in self._texts:
            told[name] = groups[place].decode("latin-1")
        for place, names in self._numbers:
            told.update(zip(names, groups[place], strict=True))
        end, whole = found.end(), len(octets)
        if self._content:
            begin = end
            end += groups[-1][0]
            if end > whole:
                return None
            told[self._content] = octets[begin:end]
        if end != whole:
            if not self._rest:
                return None
            told[self._rest] = _rest(octets, end, self._tail)
        return told


@frozen
class _Alike:
    """Rows that stand: where they end is seen from the NULs among them, `texts` with how many numbers are before each."""

    where: str
    standing: Standing
    texts: Sequence[tuple[int, int, str]]
    behind: int

    @property
    def pattern(self) -> bytes:
        """What matches these rows."""
        texts = b"".join(rb".{%d}[^\0]{0,%d}\0" % (numbers, size - 1) for numbers, size, _ in self.texts)
        return texts + b".{%d}" % self.behind

    def end(self, octets: bytes, at: int) -> int:
        """Return where these rows end that begin `at`; raise Misfit where they are cut off."""
        for numbers, size, where in self.texts:
            at += numbers
            found = octets.find(0, at, at + size)
            if found < 0:
                raise Misfit(f"{where}: no NUL ends it")
            at = found + 1
        at += self.behind
        if at > len(octets):
            raise Misfit(f"{self.where}: cut off")
        return at


def _alike(kind: type[Any], rows: Rows) -> _Alike:
    names = [name for name, _, _ in rows]
    apart = Layout(kind, rows)

    def read(octets: bytes) -> dict[str, Any]:
        told = apart.read(octets).__dict__
        return {name: told[name] for name in names}

    texts: list[tuple[int, int, str]] = []
    numbers = 0
    for name, size, row in rows:
        if row is CSTRING:
            texts.append((numbers, size, f"{apart.name}.{name}"))
        numbers = 0 if row is CSTRING else numbers + 1
    return _Alike(f"{apart.name}.{names[0]}", Standing(names, apart.octets, read), texts, numbers)


def _steps(kind: type[Any], rows: Rows, standing: Sequence[tuple[str, str]]) -> list[_Step]:
    steps: list[_Step] = []
    lasts = dict(standing)
    alike: list[tuple[str, int, Kind]] = []
    last = ""
    for name, size, row in rows:
        where = f"{kind.__name__}.{name}"
        last = last or lasts.get(name, "")
        if last:
            alike.append((name, size, row))
            if name == last:
                steps.append((STANDING, where, (), 0, _alike(kind, alike)))
                alike, last = [], ""
        elif row is UINT and steps and steps[-1][0] is UINT:
            _, before, names, most, _ = steps[-1]
            steps[-1] = (UINT, before, (*names, name), most + 1, None)
        else:
            steps.append((row, where, (name,), size, None))
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

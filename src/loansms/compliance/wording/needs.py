"""Which literal words a pattern cannot match without: what a quick look at a text may ask for first.

A pattern such as ``泼(?:红)?油漆`` can only match where 泼油漆 or 泼红油漆 stands, so a text without either
need not be searched. The reading is one-sided: it may ask for too little, never for too much. It knows the
part of the syntax of `re` that the lexicon is written in (no flags inside a pattern).

>>> sorted(needs(r"泼(?:红)?油漆"))
['泼油漆', '泼红油漆']
>>> sorted(needs(r"\\bpay (?:now|today)\\b.{0,8}!?"))
['pay now', 'pay today']
>>> needs(r".{0,4}") is None
True
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

_MOST: Final = 64  # words kept for one stretch of a pattern; a stretch with more ends and a new one begins
_LONG: Final = 3  # a longer word does not tell texts apart better
_COMMON: Final = frozenset(
    "你您我他她们的了是不有在到会要将就都也已给把被和与让您人 abcdefghijklmnopqrstuvwxyz,!"
)
_QUANTIFIER: Final = re.compile(r"(?:([?*+])|\{(\d*)(,?)(\d*)\})[?+]?")
_GROUP: Final = re.compile(r"\((?:\?(?::|P<\w+>|(<?[=!])))?")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CLASS: Final = re.compile(r"\[(\^?)(\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}

Words = frozenset[str]
_NOTHING: Final[Words] = frozenset({""})


@frozen
class Part:
    """Part of a pattern: `whole` = every text it matches, if few; `need` = words of which a match has one."""

    whole: Words | None
    need: Words | None

    @property
    def asked(self) -> Words | None:
        """The words of which a match has one, None where it may have none."""
        if self.whole is None:
            return self.need
        return None if "" in self.whole else self.whole


_ANY: Final = Part(None, None)
_EMPTY: Final = Part(_NOTHING, None)


def needs(pattern: str) -> Words | None:
    """Return words of which every match of `pattern` holds at least one, None where none can be named."""
    part, end = _alternatives(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"pattern is not read past character {end}")
    return part.asked


def _worth(words: Words) -> tuple[int, int]:
    shortest = min(0 if one in _COMMON else min(len(one), _LONG) for one in words)
    return shortest, -len(words)


def _better(one: Words | None, other: Words | None) -> Words | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other, key=_worth)


def _alternatives(pattern: str, at: int) -> tuple[Part, int]:
    part, at = _sequence(pattern, at)
    parts = [part]
    while at < len(pattern) and pattern[at] == "|":
        part, at = _sequence(pattern, at + 1)
        parts.append(part)
    if len(parts) == 1:
        return part, at
    wholes = [one.whole for one in parts if one.whole is not None]
    if len(wholes) == len(parts):
        return Part(frozenset[str]().union(*wholes), None), at
    asked = [one.asked for one in parts]
    named = [one for one in asked if one is not None]
    return Part(None, frozenset[str]().union(*named) if len(named) == len(asked) else None), at


def _sequence(pattern: str, at: int) -> tuple[Part, int]:
    stretch: Words = _NOTHING
    need: Words | None = None
    unbroken = True
    while at < len(pattern) and pattern[at] not in "|)":
        part, at = _repeated(pattern, at)
        if part.whole is not None and len(stretch) * len(part.whole) <= _MOST:
            stretch = frozenset(one + other for one in stretch for other in part.whole)
            continue
        unbroken = False
        need = _better(need, Part(stretch, None).asked)
        stretch = _NOTHING if part.whole is None else part.whole
        need = _better(need, part.need)
    return (Part(stretch, None) if unbroken else Part(None, _better(need, Part(stretch, None).asked))), at


def _repeated(pattern: str, at: int) -> tuple[Part, int]:
    part, at = _atom(pattern, at)
    while found := _QUANTIFIER.match(pattern, at):
        if found[1] is None and not (found[2] or found[4]):
            break
        at = found.end()
        least = {"?": "0", "*": "0", "+": "1"}.get(found[1] or "", found[2] or "0")
        once = found[1] == "?" or (found[2], found[4]) == ("0", "1")
        if int(least) == 0:
            part = Part(part.whole | _NOTHING, None) if once and part.whole is not None else _ANY
        elif (found[1], found[2], found[3]) != (None, "1", ""):
            part = Part(None, part.asked)
    return part, at


def _atom(pattern: str, at: int) -> tuple[Part, int]:
    char = pattern[at]
    if char == "(":
        return _group(pattern, at)
    if char == "[":
        return _class(pattern, at)
    if char == "\\":
        found = _ESCAPE.match(pattern, at)
        if found is None:
            raise ValueError(f"pattern ends in a backslash, character {at}")
        return _escaped(found), found.end()
    if char in "^$":
        return _EMPTY, at + 1
    return (_ANY if char == "." else Part(frozenset({char}), None)), at + 1


def _group(pattern: str, at: int) -> tuple[Part, int]:
    opened = _GROUP.match(pattern, at)
    if opened is None or pattern.startswith("?", opened.end()):
        raise ValueError(f"a group of an unknown kind, character {at}")
    part, end = _alternatives(pattern, opened.end())
    if not pattern.startswith(")", end):
        raise ValueError(f"a group is not closed, character {at}")
    return (part if opened[1] is None else _EMPTY), end + 1


def _class(pattern: str, at: int) -> tuple[Part, int]:
    found = _CLASS.match(pattern, at)
    if found is None:
        raise ValueError(f"a set is not closed, character {at}")
    plain = not found[1] and "\\" not in found[2] and "-" not in found[2]
    return (Part(frozenset(found[2]), None) if plain else _ANY), found.end()


def _escaped(found: re.Match[str]) -> Part:
    code = found[1] or found[2]
    if code:
        return Part(frozenset({chr(int(code, 16))}), None)
    char = found[3]
    if char in "bBAZ":
        return _EMPTY
    if char in _CONTROL:
        return Part(frozenset({_CONTROL[char]}), None)
    return _ANY if char.isalnum() else Part(frozenset({char}), None)

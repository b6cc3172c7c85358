"""The words in braces that a declaration may hold: a closed set, read once, filled for every request.

A text that is one placeholder and nothing else takes the value as it is (a list stays a list), so that JSON keeps its
kinds; everywhere else values are written into the text. `{{` and `}}` are plain braces.

>>> Words.parse("tel:{phone_digits}").fill(lambda one: "8613800138000")
'tel:8613800138000'
>>> Words.parse("{slots:values}").fill(lambda one: ["100.00", "3"])
['100.00', '3']
>>> Words.parse("{phonne}")
Traceback (most recent call last):
ValueError: unknown placeholder {phonne}; did you mean {phone}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeAlias, cast

from attrs import frozen

from loansms.providers.declared.moments import TimeFormat

# Name and what may follow the colon: a set of words, "name" for a name of the file's, "time" for a format, () for nothing.
PHONES: Final = {
    "phone": "the number as +8613800138000",
    "phone_digits": "the number without +, as 8613800138000",
    "phone_national": "the number as dialled at home, 13800138000",
    "phone_country": "its country's calling code, 86",
}
OF_MESSAGE: Final = {
    **PHONES,
    "text": "the text without signature",
    "text_signed": "the text behind its 【signature】; the text alone where the message has none",
    "signature": "the signature without brackets",
    "step_key": "our reference, which a receipt should carry back",
    "message_id": "the id of the message",
    "recipient_id": "who it is to the gateway: what `address_of` gave, else the borrower's id",
    "template": "our template",
    "template_code": "the gateway's code of it, from [templates]",
    "locale": "the language, zh-CN",
    "purpose": "why it is sent, repayment_reminder",
}
WITH_DETAIL: Final = {
    "slots": "the values of the template: an object; `:json` its text, `:values` a list, `:values_json` its text, "
    "`:wrapped` {name: {value: …}}, `:form` #name#=value pairs of a form",
    "slot": "one value, `{slot:amount}`",
    "timestamp": "the time of signing, `{timestamp:FORMAT}` or `{timestamp:FORMAT@ZONE}`, UTC without a zone",
    "setting": "a value of [settings]",
    "secret": "a value of [secrets]",
    "field": "a field of the body as it is sent; in `over` of a digest alone",
    "fields": "all fields as k=v&k=v by name, `{fields:sorted}`, or without the empty ones, `{fields:filled}`; "
    "in `over` of a digest alone",
    "submitted_on": "the day of the submit, `{submitted_on:FORMAT}`; in [lookup] alone",
}
PLAIN: Final = {
    "nonce": "a word never used before",
    "body": "the body as it is sent; in `over` of a digest alone",
    "provider_message_id": "the gateway's id of the message; in [lookup] alone",
}
MEANINGS: Final = {**OF_MESSAGE, **WITH_DETAIL, **PLAIN}
SLOT_FORMS: Final = ("", "json", "values", "values_json", "wrapped", "form")
FIELD_FORMS: Final = ("sorted", "filled")

_PIECE = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?::([^{}]*))?\}|[{}]")
_NAME = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


@frozen
class Placeholder:
    """One word in braces, what stood behind its colon, and the format where it is a time."""

    name: str
    detail: str = ""
    time: TimeFormat | None = None

    def __str__(self) -> str:
        return f"{{{self.name}:{self.detail}}}" if self.detail else f"{{{self.name}}}"


Values: TypeAlias = Callable[[Placeholder], object]


@frozen
class Words:
    """A text with placeholders."""

    parts: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> Words:
        """Read a text; raise ValueError for a placeholder that does not exist."""
        parts: list[str | Placeholder] = []
        at = 0
        for found in _PIECE.finditer(text):
            parts.append(text[at : found.start()])
            at = found.end()
            if found[0] in {"{{", "}}"}:
                parts.append(found[0][0])
            elif found[1] is None:
                raise ValueError("a lone brace; write {{ or }} for a brace, {phone} for a placeholder")
            else:
                parts.append(_placeholder(found[1], found[2] or ""))
        parts.append(text[at:])
        return cls(tuple(one for one in parts if one != ""))

    @property
    def placeholders(self) -> Iterator[Placeholder]:
        """The placeholders in it."""
        return (one for one in self.parts if isinstance(one, Placeholder))

    def fill(self, values: Values) -> object:
        """Return the text with its values, or the one value it is."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Placeholder):
            return values(self.parts[0])
        return self.text(values)

    def text(self, values: Values) -> str:
        """Return the text with its values."""
        return "".join(one if isinstance(one, str) else str(values(one)) for one in self.parts)


def _placeholder(name: str, detail: str) -> Placeholder:
    if name not in MEANINGS:
        near = get_close_matches(name, MEANINGS, 1)
        raise ValueError(
            f"unknown placeholder {{{name}}}; "
            + (f"did you mean {{{near[0]}}}" if near else f"expected one of {', '.join(sorted(MEANINGS))}")
        )
    if name in {"timestamp", "submitted_on"}:
        pattern, _, zone = detail.partition("@")
        return Placeholder(name, detail, TimeFormat.parse(pattern, zone or "UTC"))
    forms = {"slots": SLOT_FORMS, "fields": FIELD_FORMS}.get(name)
    if forms is not None:
        good = detail in forms
        expected = ", ".join(f"{{{name}:{one}}}" for one in forms if one)
    elif name in WITH_DETAIL:
        good = bool(_NAME.fullmatch(detail))
        expected = f"{{{name}:NAME}}"
    else:
        good, expected = not detail, f"{{{name}}}"
    if not good:
        raise ValueError(f"placeholder {{{name}:{detail}}}: expected {expected}")
    return Placeholder(name, detail)


@frozen
class Tree:
    """Values in values, as JSON has them, whose texts may hold placeholders."""

    content: object

    @classmethod
    def parse(cls, told: object) -> Tree:
        """Read texts, numbers, booleans, lists and tables; ValueError for anything else."""
        return cls(_read(told))

    @property
    def words(self) -> Iterator[Words]:
        """Every text in it."""
        return _texts(self.content)

    def fill(self, values: Values) -> object:
        """Return it with the values in place."""
        return _filled(self.content, values)


def _read(told: object) -> object:
    match told:
        case str():
            return Words.parse(told)
        case bool() | int() | float():
            return told
        case list():
            return [_read(one) for one in cast("list[object]", told)]
        case dict():
            return {name: _read(one) for name, one in cast("dict[str, object]", told).items()}
        case _:
            raise ValueError("expected text, a number, true, false, a list or a table")


def _texts(content: object) -> Iterator[Words]:
    if isinstance(content, Words):
        yield content
    elif isinstance(content, Mapping):
        for one in cast("Mapping[str, object]", content).values():
            yield from _texts(one)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for one in cast("Sequence[object]", content):
            yield from _texts(one)


def _filled(content: object, values: Values) -> object:
    match content:
        case Words():
            return content.fill(values)
        case dict():
            return {name: _filled(one, values) for name, one in cast("dict[str, object]", content).items()}
        case list():
            return [_filled(one, values) for one in cast("list[object]", content)]
        case _:
            return content

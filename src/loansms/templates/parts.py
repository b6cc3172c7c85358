"""A template's text taken apart once: fixed words and slot names in turn, so that rendering only joins.

>>> parse("Paid {amount}. {{thanks}}")
(Fixed(text='Paid '), Gap(name='amount'), Fixed(text='. {thanks}'))
>>> parse("Paid {amount")
Traceback (most recent call last):
loansms.errors.CallerError: a brace at character 6 is not closed; write {{ for a brace itself
"""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import frozen

from loansms.errors import CallerError

_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}|[{}]|[^{}]+")


@frozen
class Fixed:
    """Words that never change."""

    text: str


@frozen
class Gap:
    """The place of a slot."""

    name: str


Part = Fixed | Gap


@lru_cache(1024)
def parse(text: str) -> tuple[Part, ...]:
    """Return the parts of `text`; raise ValueError naming the character at which a brace stands alone."""
    parts: list[Part] = []
    for token in _TOKEN.finditer(text):
        if token[1]:
            parts.append(Gap(token[1]))
            continue
        words = token[0]
        if words in {"{", "}"}:
            at = token.start() + 1
            raise CallerError(
                f"a brace at character {at} is not closed; write {{{{ for a brace itself"
                if words == "{"
                else f"a brace at character {at} was not opened; write }}}} for a brace itself",
                f"第 {at} 个字符处的花括号不成对；花括号本身请写作 {{{{ 或 }}}}",
            )
        words = {"{{": "{", "}}": "}"}.get(words, words)
        last = parts[-1] if parts else None
        if isinstance(last, Fixed):
            parts[-1] = Fixed(last.text + words)
        else:
            parts.append(Fixed(words))
    return tuple(parts)


def names(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the slot names in order of first use."""
    return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, Gap)))

"""Values as SQL text: PyMySQL's escaping, asked only where something is to be escaped, and once for a repeated word.

A batch writes a thousand rows of the same few words; PyMySQL takes half of such a claim's time to look at each anew.

>>> asked = []
>>> literals = Literals(lambda value: asked.append(value) or "?")
>>> literals.row(("due", 7, None, "due", "it's", b"\\x00")), asked
("( 'due', 7, NULL, 'due', ?, ? )", ["it's", b'\\x00'])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

# What PyMySQL escapes in a text, whatever the SQL mode.
_special = re.compile("[\\0\\n\\r\\x1a\"'\\\\]").search


class Literals:
    """The values of one batch as SQL text; ``escaped`` is the connection's own way with a value."""

    __slots__ = ("_escaped", "_known")

    def __init__(self, escaped: Callable[[Any], str]) -> None:
        self._escaped = escaped
        self._known: dict[str, str] = {}

    def row(self, values: Sequence[Any]) -> str:
        """Return the values of one row in brackets."""
        known = self._known
        said: list[str] = []
        for value in values:
            # By the exact type: what merely behaves like text is PyMySQL's to judge.
            if type(value) is str:
                text = known.get(value)
                if text is None:
                    text = known[value] = self._escaped(value) if _special(value) else f"'{value}'"
                said.append(text)
            elif value is None:
                said.append("NULL")
            elif type(value) is int:
                said.append(str(value))
            else:
                said.append(self._escaped(value))
        return f"( {', '.join(said)} )"

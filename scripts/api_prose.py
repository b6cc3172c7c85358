"""Turn a docstring of this project, plain prose with sessions and drawings, into reStructuredText.

Docstrings are written to be read in an editor: one or two backticks for what is code, four spaces for a drawing,
`>>>` for a session, nothing else. Sphinx reads more into them (`*`, a trailing `_`, `|`), so that is escaped here.

>>> rest("Five * a_ day, `b_`.\\n\\n    a -> b\\n\\n>>> 1")
['Five \\\\* a\\\\_ day, ``b_``.', '', '::', '', '    a -> b', '', '>>> 1', '']
"""

from __future__ import annotations

import re
from typing import Final

_CODE: Final = re.compile(r"(``.+?``|(?<![`\w])`[^`]+`)", re.DOTALL)
_SPECIAL: Final = re.compile(r"((?<!^)\*|\*(?! )|[|\\]|(?<=\w)_(?!\w))", re.MULTILINE)
_ITEM: Final = re.compile(r"^ *[-*] ")


def rest(docstring: str) -> list[str]:
    """Return the lines of `docstring`, which is already dedented, for Sphinx."""
    lines: list[str] = []
    for block in _blocks(docstring.strip("\n").splitlines()):
        lines += [*_shown(block), ""]
    return lines


def _blocks(lines: list[str]) -> list[list[str]]:
    """Split at blank lines, and before the first prompt of a session."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            blocks.append([])
            continue
        if line.lstrip().startswith(">>>") and blocks[-1] and not _is_session(blocks[-1]):
            blocks.append([])
        blocks[-1].append(line)
    return [block for block in blocks if block]


def _is_session(block: list[str]) -> bool:
    return block[0].lstrip().startswith(">>>")


def _shown(block: list[str]) -> list[str]:
    if _is_session(block):
        return [line.removeprefix(_margin(block)) for line in block]
    if block[0].startswith("    "):
        return ["::", "", *block]
    return _prose(block)


def _margin(block: list[str]) -> str:
    return " " * (len(block[0]) - len(block[0].lstrip()))


def _prose(block: list[str]) -> list[str]:
    """Escape what is not code, and give a list the blank line before it that Sphinx wants."""
    parts = _CODE.split("\n".join(block))
    text = "".join(
        f"``{part.strip('`')}``" if place % 2 else _SPECIAL.sub(r"\\\1", part)
        for place, part in enumerate(parts)
    )
    lines: list[str] = []
    for line in text.splitlines():
        if _ITEM.match(line) and lines and not any(_ITEM.match(one) for one in lines):
            lines.append("")
        lines.append(line)
    return lines

"""What the site needs beside Sphinx: which files it reads, its sides from docs/index.md, its docstrings as prose.

`docs/index.md` is the entry for people who read it where the code is hosted, and stays plain Markdown. Its sections
and links are also the table of contents of the site, so a page that is not linked there is a fault of the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import api_names
import api_pages
from api_prose import rest
from docutils import nodes
from pygments.lexers.data import JsonLexer
from pygments.lexers.special import TextLexer
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

LEXERS: Final = {"csv": TextLexer, "txt": TextLexer, "jsonl": JsonLexer}
INDEX: Final = "docs/index"
API: Final = "docs/reference/api"
_SECTION: Final = re.compile(r"^###? (.+)$", re.MULTILINE)
_PAGE: Final = re.compile(r"\]\((?!https?:)([^)#]+)\.md(?:#[^)]*)?\)")


def left_alone(root: Path) -> list[str]:
    """Return everything beside the pages: the source folder is the whole repository."""
    return [one.name for one in root.iterdir() if one.name != "docs" and one.suffix != ".md"] + ["docs/_*"]


def contents(index: str) -> str:
    """Return the hidden tables of contents that a page of sections with links amounts to.

    >>> print(contents("## Learn\\n- [First](tutorials/first.md#top), [again](tutorials/first.md)"))
    <BLANKLINE>
    ```{toctree}
    :hidden:
    :caption: Learn
    <BLANKLINE>
    tutorials/first
    ```
    <BLANKLINE>
    """
    titles = _SECTION.split(index)[1:]
    return "".join(
        _toctree(title, list(dict.fromkeys(_PAGE.findall(text))))
        for title, text in zip(titles[::2], titles[1::2], strict=True)
    )


def _toctree(caption: str, pages: list[str]) -> str:
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n" if pages else ""


def _read(_app: Sphinx, name: str, source: list[str]) -> None:
    if name == INDEX:
        source[0] += contents(source[0])
    if name == API:
        source[0] += "\n```{toctree}\n:glob:\n:hidden:\n\napi/*\n```\n"


def _docstring(_app: Sphinx, _what: str, _name: str, _one: object, _options: object, lines: list[str]) -> None:
    lines[:] = rest("\n".join(lines))


def _found(
    _app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.Node | None:
    """Lead a type in a signature to the name under which it is documented; one of ours that is not public is text."""
    target = node.get("reftarget", "")
    return shown if target.startswith("loansms.") else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Join the build."""
    app.connect("builder-inited", lambda _app: api_pages.write())
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("missing-reference", _found)
    for language, lexer in LEXERS.items():
        app.add_lexer(language, lexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

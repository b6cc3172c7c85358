"""What the site needs beside Sphinx: which files it reads, its sides from docs/index.md, its docstrings as prose.

`docs/index.md` is the entry for people who read it where the code is hosted, and stays plain Markdown. Its sections
and links are also the table of contents of the site, so a page that is not linked there is a fault of the build.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, Final

import api_names
import api_pages
import attrs
from api_prose import rest
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

Element = Any
"""A node of the tree; docutils tells no types."""

# What the highlighter knows them as; other tools read the names the pages give.
_LANGUAGES: Final = {"csv": "text", "txt": "text", "jsonl": "json"}
INDEX: Final = "docs/index"
API: Final = "docs/reference/api"
_SECTION: Final = re.compile(r"^(###?) (.+)$", re.MULTILINE)
_FIELD_DEFAULT: Final = re.compile(r"attr_dict\['(\w+)'\]\.default")
_FENCE: Final = re.compile(r"^```(\w+)", re.MULTILINE)
_EMPTY_END: Final = re.compile(r"\n\n```\n")
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
    found: list[str] = []
    above = ""
    marks, titles, texts = (_SECTION.split(index)[start::3] for start in (1, 2, 3))
    for mark, title, text in zip(marks, titles, texts, strict=True):
        above = title if mark == "##" else above
        caption = title if mark == "##" else f"{above}: {title[0].lower()}{title[1:]}"
        pages = "\n".join(dict.fromkeys(_PAGE.findall(text)))
        if pages:
            found.append(f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n")
    return "".join(found)


def shown(text: str) -> str:
    """Return a page as the site shows it: without the empty line that the test of a session needs at its end.

    >>> shown("```csv a.csv\\na,b\\n```\\n```python\\n>>> 1\\n1\\n\\n```\\n")
    '```text a.csv\\na,b\\n```\\n```python\\n>>> 1\\n1\\n```\\n'
    """
    text = _FENCE.sub(lambda found: f"```{_LANGUAGES.get(found[1], found[1])}", text)
    return _EMPTY_END.sub("\n```\n", text)


def _read(_app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = shown(source[0])
    if name == INDEX:
        source[0] += contents(source[0])
    if name == API:
        source[0] += "\n```{toctree}\n:glob:\n:hidden:\n\napi/*\n```\n"


def _signature(
    _app: Sphinx, _what: str, _name: str, one: object, _options: object, said: str | None, returns: str | None
) -> tuple[str | None, str | None] | None:
    """Show the default of an attrs field as its value; one that is made anew for each is an ellipsis."""
    if said is None or not (inspect.isclass(one) and attrs.has(one)):
        return None
    defaults = {field.name: _default(field.default) for field in attrs.fields(one)}
    said = _FIELD_DEFAULT.sub(lambda found: defaults[found[1]], said)
    return said.replace("= NOTHING", "= ..."), returns


def _default(value: object) -> str:
    text = repr(value)
    return "..." if " at 0x" in text or text.startswith("Factory(") else text


def _docstring(
    _app: Sphinx, _what: str, _name: str, _one: object, _options: object, lines: list[str]
) -> None:
    lines[:] = rest("\n".join(lines))


def _lead(_app: Sphinx, tree: Element) -> None:
    """Lead each type in a signature to its one entry; what has none, ours or another's, stands there as plain text.

    Sphinx would search all names for each of them, twice as long as everything else, and nothing of others can be
    reached from here: no build asks the network.
    """
    entries = api_names.entries()
    for node in list(tree.findall(pending_xref)):
        if node.get("refdomain") != "py":
            continue
        home = entries.get(node["reftarget"])
        if home is None:
            # Where a short and a long form lie ready, the short one, as everywhere.
            short = [one for one in node.children if getattr(one, "tagname", "") == "pending_xref_condition"]
            node.replace_self(short[0].children if short else node.children)
        else:
            node["reftarget"], node["refspecific"] = home, False


def setup(app: Sphinx) -> dict[str, Any]:
    """Join the build."""
    app.connect("builder-inited", lambda _app: api_pages.write())
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    app.connect("doctree-read", _lead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

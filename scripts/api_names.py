"""Which names of loansms are public, and where each is documented.

Public is: what a module lists in `__all__`, what it offers lazily (`import X as X` beside the list), every name of
the two grounds that have no list (`errors`, `clock`), and what a page of the documentation or the README imports
from any other module. Nothing here is a list kept by hand, so nothing new can be left out of one.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import loansms

ROOT: Final = Path(__file__).resolve().parent.parent
GROUNDS: Final = ("loansms.clock", "loansms.errors")
_PYTHON_BLOCK: Final = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def public() -> dict[str, tuple[str, ...]]:
    """Return each public module's public names, in the order of their module."""
    found: dict[str, set[str]] = {}
    for name in _modules():
        listed: tuple[str, ...] = getattr(import_module(name), "__all__", ())
        if listed:
            found[name] = {*listed, *_lazy(name)}
    for name in GROUNDS:
        found[name] = set(_own(name))
    for module, name in _imported_by_pages():
        if name not in found.get(module, ()):
            found.setdefault(module, set()).add(name)
    return {module: tuple(sorted(names)) for module, names in sorted(found.items()) if names}


@cache
def homes() -> dict[str, str]:
    """Return for every public `module.name` the one under which it is documented.

    A class or function that several modules offer is at home in the room it was written in, under the shortest name;
    constants have no memory of theirs, and are at home wherever they are offered.
    """
    offered: dict[int, list[str]] = {}
    for module, names in public().items():
        for name in names:
            offered.setdefault(id(thing(module, name)), []).append(f"{module}.{name}")
    found: dict[str, str] = {}
    for paths in offered.values():
        one = thing(*paths[0].rsplit(".", 1))
        for path in paths:
            found[path] = min(paths, key=lambda at: _distance(at, one)) if _is_written(one) else path
    return found


@cache
def entries() -> dict[str, str]:
    """Return, for each name by which code may call a public thing, the name under which it is documented."""
    found = dict(homes())
    for home in set(homes().values()):
        one = thing(*home.rsplit(".", 1))
        if _is_written(one):
            found[f"{one.__module__}.{getattr(one, '__qualname__', '')}"] = home
    return found


def thing(module: str, name: str) -> object:
    """Return the object that is `name` in `module`."""
    found: object = getattr(import_module(module), name)
    return found


def origin(module: str, name: str) -> tuple[str, str]:
    """Return the module that defines `name`, which `module` offers, and what it is called there."""
    one = thing(module, name)
    if _is_written(one):
        return str(one.__module__), name
    return _assigned_in(module, name)


def _is_written(one: object) -> bool:
    return inspect.isclass(one) or inspect.isroutine(one)


def _distance(path: str, one: object) -> tuple[bool, bool, int, str]:
    module = path.rsplit(".", 1)[0]
    return (
        not f"{one.__module__}.".startswith(f"{module}."),
        module == "loansms",
        path.count("."),
        path,
    )


def _modules() -> Iterator[str]:
    """Yield the modules with a list, by their sources: importing all the others takes seconds."""
    home = Path(loansms.__file__).parent
    for path in sorted(home.rglob("*.py")):
        if "\n__all__" in path.read_text(encoding="utf-8"):
            inside = path.relative_to(home.parent).with_suffix("")
            yield ".".join(inside.parent.parts if inside.name == "__init__" else inside.parts)


@cache
def _tree(module: str) -> ast.Module:
    source = inspect.getsourcefile(import_module(module))
    return ast.parse(Path(source or "").read_text(encoding="utf-8"))


def _lazy(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom):
            yield from (one.name for one in node.names if one.name == one.asname)


def _own(module: str) -> Iterator[str]:
    for node in _tree(module).body:
        name = node.name if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else "_"
        if not name.startswith("_"):
            yield name


def _assigned_in(module: str, name: str) -> tuple[str, str]:
    """Follow a constant's imports, those for type checkers alone too, down to the module that assigns it."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                if (one.asname or one.name) == name:
                    return _assigned_in(node.module, one.name)
    return module, name


def _imported_by_pages() -> Iterator[tuple[str, str]]:
    pages = [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in sorted(pages):
        for block in _PYTHON_BLOCK.findall(page.read_text(encoding="utf-8")):
            yield from _imported_by(block)


def _imported_by(block: str) -> Iterator[tuple[str, str]]:
    """Read the imports of one block, which is plain code or a session with prompts."""
    lines = re.sub(r"^(>>> |\.\.\. )", "", block, flags=re.MULTILINE)
    for found in re.finditer(r"^\s*from (loansms[\w.]*) import (\([^)]*\)|.*)$", lines, re.MULTILINE):
        for part in found[2].strip("()").split("#")[0].split(","):
            name = part.strip().split(" ")[0]
            if not name or isinstance(thing(found[1], name), ModuleType):
                continue
            yield found[1], name

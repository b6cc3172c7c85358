"""Write the reference of the API, docs/reference/api/, from the public names; `docs/conf.py` calls it.

A page a room, a section a module that offers names, under it a part a source file: what the file says of itself (its sources, its example),
then its names. A name of several modules is documented at its home, and linked from the others. The pages are made
at every build and never committed. `--check FOLDER` asks a built site whether it documents every public name.
"""

from __future__ import annotations

import ast
import inspect
import shutil
import sys
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Final

import api_names
from api_prose import rest
from sphinx.util.inventory import InventoryFile

PAGES: Final = api_names.ROOT / "docs" / "reference" / "api"
LONGEST_VALUE: Final = 160  # characters; a longer value says nothing in a line


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    rooms: dict[str, list[str]] = {}
    for module in api_names.public():
        rooms.setdefault(".".join(module.split(".")[:2]), []).append(module)
    return {
        f"{room}.rst": "\n".join(_module(one, one == room) for one in modules)
        for room, modules in rooms.items()
    }


def write() -> None:
    """Make the folder anew; a page that stays the same keeps its time."""
    made = pages()
    PAGES.mkdir(parents=True, exist_ok=True)
    for old in PAGES.iterdir():
        if old.name not in made:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name, text in made.items():
        path = PAGES / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def left_out(inventory: Path) -> list[str]:
    """Return each public name that a built site's inventory does not have."""
    known = InventoryFile.loads(inventory.read_bytes(), uri="")
    objects = {name for kind in known.data if kind.startswith("py:") for name in known.data[kind]}
    return sorted(set(api_names.homes().values()) - objects)


def _module(module: str, is_room: bool) -> str:
    names, homes = api_names.public()[module], api_names.homes()
    here = [name for name in names if homes[f"{module}.{name}"] == f"{module}.{name}"]
    parts = [
        _heading(module, "=" if is_room else "-"),
        *_docstring(module),
        "",
        f".. py:module:: {module}",
        "",
    ]
    # The awaited face of a file is written from the same words: both stand in one section.
    sources = {name: api_names.origin(module, name)[0].replace("._async.", "._sync.") for name in here}
    for source in sorted(set(sources.values())):
        written = [one for one in here if sources[one] == source]
        parts += _section(module, source, written, "-" if is_room else "^")
    away = [name for name in names if name not in here]
    if away:
        parts += ["Also offered here:", ""]
        parts += [f"- :py:obj:`{name} <{homes[f'{module}.{name}']}>`" for name in away]
    return "\n".join(parts) + "\n"


def _section(module: str, source: str, names: list[str], line: str) -> Iterator[str]:
    if source != module:
        yield _heading(source.rsplit(".", 1)[1].lstrip("_").replace("_", " ").capitalize(), line)
        yield from _docstring(source)
    for name in names:
        yield from _entry(module, name)


def _heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}\n"


def _docstring(module: str) -> list[str]:
    return rest(inspect.getdoc(import_module(module)) or "")


def _entry(module: str, name: str) -> Iterator[str]:
    one = api_names.thing(module, name)
    if inspect.isclass(one):
        yield f".. autoclass:: {module}.{name}"
        yield "   :members:"
        if issubclass(one, Enum) or getattr(one, "_is_protocol", False):
            yield "   :undoc-members:"
        if not issubclass(one, Enum):
            yield f"   :inherited-members: {_outside(one)}"
    elif inspect.isroutine(one):
        yield f".. autofunction:: {module}.{name}"
    else:
        yield from _constant(module, name, one)
    yield ""


def _outside(one: type) -> str:
    """Name the bases of `one` whose members are not ours to tell."""
    return ", ".join(base.__name__ for base in one.__mro__ if not base.__module__.startswith("loansms"))


def _constant(module: str, name: str, one: object) -> Iterator[str]:
    # By its short name: the page has said which module this is.
    value = " ".join(repr(one).split())
    yield f".. py:data:: {name}"
    if len(value) <= LONGEST_VALUE and " at 0x" not in value:
        yield f"   :value: {value}"
    yield ""
    yield from (f"   {line}".rstrip() for line in rest(said_of(module, name)))


def said_of(module: str, name: str) -> str:
    """Return what `name` says of itself, "" for nothing: a docstring of its own, or the string below its assignment.

    What a base class or an instance's type says is not said of it, nor is the line that a named tuple gets for free.
    """
    one = api_names.thing(module, name)
    if inspect.isclass(one) or inspect.isroutine(one):
        own = str(vars(one).get("__doc__") or "") if inspect.isclass(one) else one.__doc__ or ""
        return "" if own.startswith(f"{one.__name__}(") else inspect.cleandoc(own)
    written, called = api_names.origin(module, name)
    source = Path(inspect.getsourcefile(import_module(written)) or "")
    for node, after in pairwise(ast.parse(source.read_text(encoding="utf-8")).body):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        is_it = any(isinstance(target, ast.Name) and target.id == called for target in targets)
        if is_it and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    return ""


def silent() -> list[str]:
    """Return each public name that says nothing of itself."""
    return sorted(path for path in set(api_names.homes().values()) if not said_of(*path.rsplit(".", 1)))


def main(folder: Path) -> int:
    """Say which public names the built site in `folder` does not document."""
    faults = [f"not in the reference: {name}" for name in left_out(folder / "objects.inv")]
    faults += [f"says nothing of itself: {name}" for name in silent()]
    print("\n".join(faults) or _counted())
    return 1 if faults else 0


def _counted() -> str:
    modules = api_names.public()
    return f"reference: {len(set(api_names.homes().values()))} public names of {len(modules)} modules"


if __name__ == "__main__":
    if sys.argv[1:2] != ["--check"]:
        sys.exit("usage: api_pages.py --check SITE")
    sys.exit(main(Path(sys.argv[2])))

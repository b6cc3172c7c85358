"""Write the public surface, tests/packaging/surface.txt: every public name with its signature, sorted.

Public is what a package or module lists in `__all__`, and what the modules of `OPEN` define without a leading
underscore; the command line's modules are not. A name that several modules show is told under the shortest of its
paths; the others point at it. `--check` fails when the file is not what this script would write: a change of the
surface is then seen, and goes into CHANGELOG.md (docs/reference/deprecation.md).
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from difflib import unified_diff
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_origin

import attrs

import loansms

KEPT: Final = Path(__file__).resolve().parent.parent / "tests" / "packaging" / "surface.txt"
INTRO: Final = "# The public surface, written by `python scripts/surface.py`; docs/reference/deprecation.md says what it promises.\n"
# Modules without `__all__` whose names are public: what the pages and the contract of the project import from them.
OPEN: Final = (
    "clock", "errors", "compliance.context", "compliance.facts", "insights.best_hour", "insights.bill_terms",
    "model.examples", "model.loan", "otp.admission", "otp.autofill", "otp.number_change", "otp.standards", "otp.step_up",
    "otp.totp", "policy.audience", "policy.columns", "portfolio.batch", "portfolio.batch_facts", "portfolio.book_run",
    "portfolio.spark", "portfolio.stream", "providers.base", "providers.callback_apps", "providers.callbacks",
    "providers.calling_name", "providers.calling_name_sandbox", "providers.cases", "providers.cmpp.dialect", "providers.codec",
    "providers.email", "providers.routing.route", "providers.sgip.dialect", "providers.smgp.dialect", "providers.smpp.dialect",
    "providers.wire.kept_templates", "services.celery", "services.otel", "stores.decide", "testing.codec_suite",
    "testing.examples", "testing.fake_cloud_calls", "testing.fake_clouds", "testing.fake_ismg", "testing.fake_smsc",
    "testing.fake_twilio", "testing.gateway", "text.segments",
)  # fmt: skip
# Stores of servers are shown by the room and are not in its `__all__`: a star import must not need an extra.
BESIDE: Final = {
    "loansms.stores": ("AsyncMysqlStore", "AsyncPostgresStore", "AsyncRedisStore", "MysqlStore", "PostgresStore", "RedisStore")
}  # fmt: skip
PLAIN: Final = (bool, int, float, str, bytes, Decimal, date, timedelta, type(None))


def modules() -> Iterator[ModuleType]:
    """Yield every module that may show public names: none behind an underscore, none of the command line."""
    yield loansms
    for found in pkgutil.walk_packages(loansms.__path__, "loansms."):
        parts = found.name.split(".")
        if parts[1] != "cli" and not any(part.startswith("_") for part in parts):
            yield importlib.import_module(found.name)


def shown_by(module: ModuleType) -> tuple[str, ...]:
    """Return the public names of one module."""
    listed: tuple[str, ...] = tuple(vars(module).get("__all__", ()))
    if not listed and module.__name__.removeprefix("loansms.") in OPEN:
        listed = tuple(
            name
            for name, value in list(vars(module).items())
            if not name.startswith("_") and _is_of(module, name, value)
        )
    return listed + BESIDE.get(module.__name__, ())


def _is_of(module: ModuleType, name: str, value: object) -> bool:
    if inspect.isclass(value):
        return value.__module__ == module.__name__
    if callable(value) and inspect.isfunction(within := inspect.unwrap(value)):
        return within.__globals__ is vars(module)
    return name.isupper() and name in module.__annotations__


def lines() -> Iterator[str]:
    """Yield a line for every public name, and for every public member of a class."""
    paths: dict[str, object] = {
        f"{module.__name__}.{name}": getattr(module, name)
        for module in modules()
        for name in shown_by(module)
    }
    homes: dict[int, str] = {}
    for path in sorted(paths, key=lambda one: (one.count("."), one)):
        if inspect.isclass(paths[path]) or inspect.isfunction(paths[path]):
            homes.setdefault(id(paths[path]), path)
    for path, value in paths.items():
        home = homes.get(id(value), path)
        if home != path:
            yield f"{path} -> {home}"
        elif inspect.isclass(value):
            yield from _class(path, value, homes)
        elif callable(value) and inspect.isfunction(inspect.unwrap(value)):
            yield f"{path}{_signature(value)}"
        elif get_origin(value):
            yield f"{path} = {_told(value)}"
        else:
            yield f"{path}: {_kind(value)}"


def _class(path: str, shown: type, homes: Mapping[int, str]) -> Iterator[str]:
    if issubclass(shown, Enum):
        yield f"{path} = {' | '.join(shown.__members__)}"
    else:
        bases = [base.__name__ for base in shown.__bases__ if base.__module__.startswith("loansms")]
        yield f"class {path}{_signature(shown)}{' is ' + ', '.join(bases) if bases else ''}"
    given = _signature(shown)
    fields = {one.name: _told(one.type) for one in (attrs.fields(shown) if attrs.has(shown) else ())}
    for name, kind in fields.items():  # an attribute that the line above already shows is not told again
        if not name.startswith("_") and not re.search(rf"[( ]{name}: {re.escape(kind)}(,|\)| =)", given):
            yield f"{path}.{name}: {kind}"
    for name, value in _members(shown, homes).items():
        member = inspect.unwrap(value) if callable(value) else value
        if isinstance(value, property):
            yield (
                f"{path}.{name}: {_told(inspect.signature(value.fget).return_annotation)}"
                if value.fget
                else path
            )
        elif isinstance(value, classmethod | staticmethod):
            yield f"{path}.{name}{_signature(value.__func__, skip=isinstance(value, classmethod))}"
        elif inspect.isfunction(member):
            yield f"{path}.{name}{_signature(member, skip=True)}"
        elif name not in fields and not issubclass(shown, Enum):
            yield f"{path}.{name}: {_told(shown.__annotations__.get(name, _kind(value)))}"


def _members(shown: type, homes: Mapping[int, str]) -> Mapping[str, object]:
    """Return the public members a class has of its own or from a base that has no public name itself."""
    found: dict[str, object] = {}
    for one in reversed(shown.__mro__):
        if one is shown or (one.__module__.startswith("loansms") and id(one) not in homes):
            noted = () if attrs.has(one) else inspect.get_annotations(one)
            found |= dict.fromkeys(set(noted) - set(found)) | vars(one)
    hidden = {name for name, value in found.items() if name.startswith("_") or _is_slot(value)}
    return {
        name: value
        for name, value in found.items()
        if name not in hidden and not (issubclass(shown, Enum) and name in shown.__members__)
    }


def _is_slot(value: object) -> bool:
    return inspect.ismemberdescriptor(value) or inspect.isgetsetdescriptor(value)


def _signature(value: Any, *, skip: bool = False) -> str:
    """Return the parameters and the result of a callable; a default that is no plain value is `...`."""
    try:
        said = inspect.signature(value)
    except ValueError:  # an exception's or a builtin's own
        return "(...)"
    given = list(said.parameters.values())[1 if skip else 0 :]
    fields = attrs.fields(value) if inspect.isclass(value) and attrs.has(value) else ()
    typed = {one.alias: one.type for one in fields}
    parts: list[str] = []
    starred = False
    for number, one in enumerate(given):
        if one.kind is one.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred = starred or one.kind in {one.KEYWORD_ONLY, one.VAR_POSITIONAL}
        mark = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        kind = (
            typed.get(one.name) if one.annotation is one.empty else one.annotation
        )  # a converter hides the type
        noted = "" if kind is None else f": {_told(kind)}"
        default = "" if one.default is one.empty else f" = {_default(one.default)}"
        parts.append(f"{mark}{one.name}{noted}{default}")
        following = [later.kind for later in given[number + 1 : number + 2]]
        if one.kind is one.POSITIONAL_ONLY and one.POSITIONAL_ONLY not in following:
            parts.append("/")
    back = "" if said.return_annotation in {said.empty, None} else f" -> {_told(said.return_annotation)}"
    awaited = " awaited" if inspect.iscoroutinefunction(value) else ""
    return f"({', '.join(parts)}){'' if inspect.isclass(value) else back + awaited}"


def _told(annotation: object) -> str:
    said = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return (
        re.sub(r"\b(?:typing|collections\.abc|datetime|loansms(?:\.\w+)*)\.(?=[A-Z_a-z])", "", said) or "..."
    )


def _default(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    whole = isinstance(value, PLAIN) or (
        isinstance(value, tuple) and all(isinstance(one, PLAIN) for one in value)
    )
    return repr(value) if whole else "..."


def _kind(value: object) -> str:
    return "module" if isinstance(value, ModuleType) else type(value).__name__


def page() -> str:
    """Return the whole file."""
    return INTRO + "".join(f"{line}\n" for line in sorted(set(lines()), key=_place))


def _place(line: str) -> str:
    return line.removeprefix("class ")


def main(check: bool) -> int:
    written = page()
    if not check:
        KEPT.write_text(written, encoding="utf-8")
        return 0
    kept = KEPT.read_text(encoding="utf-8") if KEPT.exists() else ""
    if kept == written:
        print(f"surface: {written.count(chr(10)) - 1} public lines as kept")
        return 0
    changed = unified_diff(kept.splitlines(), written.splitlines(), "kept", "now", n=0, lineterm="")
    print("\n".join(changed))
    print(
        "surface: changed; run `python scripts/surface.py`, and say it in CHANGELOG.md (docs/reference/deprecation.md)"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))

"""A declaration from TOML: strict, one line of what is wrong, by file and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import cattrs
from attrs import evolve

from loansms.errors import ConfigurationError
from loansms.files import converter, structure
from loansms.providers.declared.content import Declaration
from loansms.providers.declared.content_auth import AUTHS, Auth
from loansms.providers.declared.content_guard import GUARDS, Guard
from loansms.providers.declared.paths import Path, Paths
from loansms.providers.declared.placeholders import Tree, Words
from loansms.providers.wire.kept_templates import KeptTemplates

T = TypeVar("T")


def read(content: Mapping[str, Any], source: str) -> Declaration:
    """Return the declaration `content` holds; raise ConfigurationError naming `source` and every wrong key."""
    rest = dict(content)
    kept = rest.pop("templates", {})
    told = structure(rest, Declaration, source, using=_converter())
    if not isinstance(kept, Mapping):
        raise ConfigurationError(f"{source}: templates: expected a table", f"{source}：templates 应为表")
    return evolve(told, templates=templates_of(cast("Mapping[str, object]", kept), f"{source}: templates"))


def templates_of(told: Mapping[str, object], where: str) -> KeptTemplates:
    """Return the templates of a declared gateway; a card is refused: no declaration sends one."""
    kept = KeptTemplates.of(told, where)
    for (name, _), one in kept.templates.items():
        if one.card:
            raise ConfigurationError(
                f"{where}: {name}: card: expected none; a declared gateway sends no cards",
                f"{where}：{name}：card：不应填写，声明式通道不发送卡片短信",
            )
    return kept


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise ValueError("expected text in quotes")
    return told


def _path(told: object, _kind: object) -> Path:
    return Path.parse(_text(told))


def _paths(told: object, _kind: object) -> Paths:
    if isinstance(told, list):
        return Paths.parse([_text(one) for one in cast("list[object]", told)])
    return Paths.parse(_text(told))


def _words(told: object, _kind: object) -> Words:
    return Words.parse(_text(told))


def _tree(told: object, _kind: object) -> Tree:
    return Tree.parse(told)


def _by_kind(made: cattrs.Converter, kinds: Mapping[str, type[T]]) -> Callable[[object, object], T]:
    """Read a table whose `kind` says which of `kinds` it is."""

    def hook(told: object, _kind: object) -> T:
        rest = dict(cast("Mapping[str, object]", told)) if isinstance(told, Mapping) else {}
        named = rest.pop("kind", None)
        if not isinstance(named, str) or named not in kinds:
            raise ValueError(f"expected a table whose kind is one of {', '.join(kinds)}")
        return made.structure(rest, kinds[named])

    return hook


@cache
def _converter() -> cattrs.Converter:
    made = converter()
    made.register_structure_hook(Path, _path)
    made.register_structure_hook(Paths, _paths)
    made.register_structure_hook(Words, _words)
    made.register_structure_hook(Tree, _tree)
    made.register_structure_hook_func(lambda kind: kind is Auth, _by_kind(made, AUTHS))
    made.register_structure_hook_func(lambda kind: kind is Guard, _by_kind(made, GUARDS))
    return made

"""Read a folder of templates: the only file of this room that touches the disk.

A folder holds, each optional: ``slots.toml`` (the vocabulary), ``templates.toml`` (what holds for a template
in every language), ``frames.toml``, ``education.toml``, ``content.toml`` (the content standards), ``approvals.toml``
(who released which version of a text), and a folder for each locale with the texts, as ``[kind] name = "text"``.
Errors name the file, the template id and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import field, frozen

from loansms.errors import TemplateError
from loansms.files import converter, read_toml, structure
from loansms.templates.approval import FILE as APPROVALS
from loansms.templates.approval import Approval
from loansms.templates.approval_rows import approvals_of
from loansms.templates.content import Standards, standards_of
from loansms.templates.formats import formats
from loansms.templates.frame import Frame
from loansms.templates.slots import Slot, SlotKind, Writing
from loansms.templates.template import KINDS, Declaration


@frozen(kw_only=True)
class Text:
    """The words of one template in one language, and the file they stand in."""

    words: str = field(repr=False)
    source: str


@frozen(kw_only=True)
class Folder:
    """What a folder holds; texts and approvals by (id, locale)."""

    slots: Mapping[str, Slot] = field(factory=dict[str, Slot])
    declarations: Mapping[str, Declaration] = field(factory=dict[str, Declaration])
    frames: Mapping[str, Frame] = field(factory=dict[str, Frame])
    education: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    texts: Mapping[tuple[str, str], Text] = field(factory=dict[tuple[str, str], Text])
    standards: Standards = field(factory=Standards)
    approvals: Mapping[tuple[str, str], Approval] = field(factory=dict[tuple[str, str], Approval])

    def over(self, below: Folder) -> Folder:
        """Return this folder laid over `below`: what both hold, this one decides.

        An approval of `below` holds for its own text only, not for the one that takes its place here.
        """
        kept = {key: one for key, one in below.approvals.items() if key not in self.texts}
        return Folder(
            slots={**below.slots, **self.slots},
            declarations={**below.declarations, **self.declarations},
            frames={**below.frames, **self.frames},
            education={**below.education, **self.education},
            texts={**below.texts, **self.texts},
            standards=self.standards.over(below.standards),
            approvals={**kept, **self.approvals},
        )


def builtin_folder() -> Folder:
    """Return the templates that ship with the package."""
    with resources.as_file(resources.files("loansms.templates") / "data") as folder:
        return read_folder(folder)


def read_folder(folder: Path) -> Folder:
    """Return what `folder` holds; raise TemplateError for the first thing that cannot be read."""
    if not folder.is_dir():
        raise TemplateError(
            f"{folder.name}: expected a folder of templates", f"{folder.name}：应为模板文件夹"
        )
    locales = sorted(inner for inner in folder.iterdir() if inner.is_dir() and any(inner.glob("*.toml")))
    if not locales and not any(folder.glob("*.toml")):
        raise TemplateError(
            f"{folder.name}: no .toml file; expected templates.toml and a folder for each locale such as zh-CN",
            f"{folder.name}：没有 .toml 文件；应有 templates.toml 及 zh-CN 等语言文件夹",
        )
    texts: dict[tuple[str, str], Text] = {}
    for inner in locales:
        _known_locale(inner)
        for path in sorted(inner.glob("*.toml")):
            _texts_of(path, inner.name, texts)
    return Folder(
        slots=_slots(folder / "slots.toml"),
        declarations=_declarations(folder / "templates.toml"),
        frames=_each(folder / "frames.toml", Frame),
        education=_education(folder / "education.toml"),
        texts=texts,
        standards=_standards(folder / "content.toml"),
        approvals=_approvals(folder / APPROVALS),
    )


def _known_locale(folder: Path) -> None:
    try:
        formats(folder.name)
    except TemplateError as wrong:
        raise TemplateError(f"{folder.name}: {wrong}", f"{folder.name}：{wrong.zh}") from None


def _read(path: Path, source: str) -> dict[str, Any]:
    try:
        return read_toml(path, TemplateError)
    except TemplateError as wrong:
        told, zh = (text.replace(path.name, source, 1) for text in (str(wrong), wrong.zh))
        raise TemplateError(told, zh) from None


def _each(path: Path, into: type[Any], *, named: bool = False) -> dict[str, Any]:
    """Return the tables of one file as `into`, by their keys; `named` passes the key as `name`."""
    if not path.exists():
        return {}
    found: dict[str, Any] = {}
    strict = converter()
    for key, table in _read(path, path.name).items():
        _is_table(path.name, key, table)
        content = {**table, "name": key} if named else table
        found[key] = structure(content, into, f"{path.name} {key}", TemplateError, strict)
    return found


def _slots(path: Path) -> dict[str, Slot]:
    found: dict[str, Slot] = _each(path, Slot, named=True)
    for name, slot in found.items():
        if slot.kind is SlotKind.CHOICE and not slot.choices:
            raise TemplateError(
                f"{path.name} {name}: a choice lists its words; write them under [{name}.choices]",
                f"{path.name} {name}：choice 须在 [{name}.choices] 下列出选项",
            )
        try:
            for locale in slot.samples:
                slot.written(slot.sample(locale, phone=""), Writing(formats("en")))
        except (ValueError, ArithmeticError):
            raise TemplateError(
                f"{path.name} {name}: samples: expected values that fit kind {slot.kind} and max_length",
                f"{path.name} {name}：samples：示例值应符合类型 {slot.kind} 和 max_length",
            ) from None
    return found


def _declarations(path: Path) -> dict[str, Declaration]:
    if not path.exists():
        return {}
    found: dict[str, Declaration] = {}
    strict = converter()
    for kind, tables in _read(path, path.name).items():
        _is_kind(path.name, kind, tables)
        for name, table in tables.items():
            _is_table(path.name, f"{kind}.{name}", table)
            found[f"{kind}.{name}"] = structure(
                table, Declaration, f"{path.name} {kind}.{name}", TemplateError, strict
            )
    return found


def _texts_of(path: Path, locale: str, texts: dict[tuple[str, str], Text]) -> None:
    source = f"{locale}/{path.name}"
    for kind, named in _read(path, source).items():
        _is_kind(source, kind, named)
        for name, words in named.items():
            key = (f"{kind}.{name}", locale)
            if not isinstance(words, str) or not words.strip():
                raise TemplateError(f"{source} {key[0]}: expected text", f"{source} {key[0]}：应为文本")
            if key in texts:
                raise TemplateError(
                    f"{source} {key[0]}: stands in {texts[key].source} already; keep one",
                    f"{source} {key[0]}：已在 {texts[key].source} 中定义，请只保留一处",
                )
            texts[key] = Text(words=words.strip(), source=source)


def _education(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.exists():
        return {}
    content = _read(path, path.name)
    return {
        key: structure(table, _Lines, f"{path.name} {key}", TemplateError).lines
        for key, table in content.items()
    }


def _standards(path: Path) -> Standards:
    return standards_of(_read(path, path.name), path.name) if path.exists() else Standards()


def _approvals(path: Path) -> dict[tuple[str, str], Approval]:
    return approvals_of(_read(path, path.name), path.name) if path.exists() else {}


@frozen
class _Lines:
    lines: tuple[str, ...]


def _is_table(source: str, key: str, value: object) -> None:
    if not isinstance(value, dict):
        raise TemplateError(f"{source} {key}: expected a table [{key}]", f"{source} {key}：应为表 [{key}]")


def _is_kind(source: str, key: str, value: object) -> None:
    if key not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise TemplateError(
            f"{source} {key}: expected a kind of template: {kinds}", f"{source} {key}：应为模板类别：{kinds}"
        )
    _is_table(source, key, value)

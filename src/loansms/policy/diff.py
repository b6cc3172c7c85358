"""What changes between two policies, stage by stage and step by step, in words a manager reads.

>>> old = Stage(name="early", from_dpd=1, to_dpd=7)
>>> new = Stage(name="early", from_dpd=1, to_dpd=10)
>>> change = compare([old], [], [new], [])[0]
>>> change.told(), change.told("zh-CN")
('stage "early" changed: to_dpd 7 -> 10', '阶段“early”已修改：to_dpd 7 → 10')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import cast

import attrs
from attrs import frozen

from loansms.policy.stages import Stage, Step


class ChangeKind(StrEnum):
    """What happened to a stage or step."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


_KIND_ZH = {ChangeKind.ADDED: "已新增", ChangeKind.REMOVED: "已删除", ChangeKind.CHANGED: "已修改"}
_NOUN_ZH = {"stage": "阶段", "step": "步骤"}


@frozen
class FieldChange:
    """One field of a changed stage or step; values as text, "-" where nothing stood."""

    name: str
    before: str
    after: str


@frozen(kw_only=True)
class Change:
    """A stage or step (`noun`) that was added, removed or changed; `fields` only for a changed one."""

    kind: ChangeKind
    noun: str
    name: str
    summary: str = ""
    fields: tuple[FieldChange, ...] = ()

    def told(self, lang: str = "en") -> str:
        """Return one line in `lang` (en or zh-CN)."""
        if lang.startswith("zh"):
            detail = (
                "，".join(f"{one.name} {one.before} → {one.after}" for one in self.fields) or self.summary
            )
            return f"{_NOUN_ZH[self.noun]}“{self.name}”{_KIND_ZH[self.kind]}：{detail}"
        detail = ", ".join(f"{one.name} {one.before} -> {one.after}" for one in self.fields) or self.summary
        return f'{self.noun} "{self.name}" {self.kind}: {detail}'


def compare(
    stages: Sequence[Stage], steps: Sequence[Step], new_stages: Sequence[Stage], new_steps: Sequence[Step]
) -> tuple[Change, ...]:
    """Return the changes that turn the first stages and steps into the new ones, by name."""
    return (
        *_changes("stage", {one.name: one for one in stages}, {one.name: one for one in new_stages}),
        *_changes("step", {one.id: one for one in steps}, {one.id: one for one in new_steps}),
    )


def _changes(
    noun: str, before: Mapping[str, Stage | Step], after: Mapping[str, Stage | Step]
) -> Iterable[Change]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            yield Change(kind=ChangeKind.ADDED, noun=noun, name=name, summary=_summary(new))
        elif new is None and old is not None:
            yield Change(kind=ChangeKind.REMOVED, noun=noun, name=name, summary=_summary(old))
        elif old is not None and new is not None and old != new:
            yield Change(kind=ChangeKind.CHANGED, noun=noun, name=name, fields=_fields(old, new))


def _fields(old: Stage | Step, new: Stage | Step) -> tuple[FieldChange, ...]:
    names = [one.name for one in attrs.fields(type(new))]
    pairs = [(name, _text(getattr(old, name)), _text(getattr(new, name))) for name in names]
    return tuple(FieldChange(name, before, after) for name, before, after in pairs if before != after)


def _summary(one: Stage | Step) -> str:
    if isinstance(one, Step):
        return f"day {one.day}, {one.template}"
    return f"days {_text(one.from_dpd)} to {_text(one.to_dpd)}, {one.tone}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(cast("tuple[str, ...]", value))
    if isinstance(value, Enum):
        return str(value.value)
    return "-" if value is None or value == "" else str(value)

"""What changes between two policies, part by part, in words a manager reads.

>>> old = Content(stages=[Stage(name="early", from_dpd=1, to_dpd=7)])
>>> new = Content(stages=[Stage(name="early", from_dpd=1, to_dpd=10)])
>>> change = compare(old, new)[0]
>>> change.told(), change.told("zh-CN")
('stage "early" changed: last day from 7 to 10', '阶段“early”已修改：截止天数由 7 改为 10')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import attrs
from attrs import frozen

from loansms.model import RecipientRole
from loansms.policy.arms import Experiment
from loansms.policy.columns import Kind
from loansms.policy.diff_words import LABELS, said
from loansms.policy.stages import Stage, Step


class ChangeKind(StrEnum):
    """What happened to a part of a policy between two versions: it came, it went, or its fields differ."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


_KIND_ZH = {ChangeKind.ADDED: "已新增", ChangeKind.REMOVED: "已删除", ChangeKind.CHANGED: "已修改"}
_NOUN_ZH = {"stage": "阶段", "step": "步骤", "experiment": "实验", "column": "列", "policy": "策略"}
# Names say which part it is; which option brought a step does not change what it says.
_NO_CHANGE = frozenset({"name", "id", "option"})


@frozen
class FieldChange:
    """One field of a changed part; values as words, in English and in Chinese."""

    name: str
    before: str
    after: str
    before_zh: str = ""
    after_zh: str = ""


@frozen(kw_only=True)
class Change:
    """A part (`noun`: stage, step, experiment, column, policy) that was added, removed or changed.

    ``fields`` only for a changed one; ``summary`` says what an added or a removed one is.
    """

    kind: ChangeKind
    noun: str
    name: str
    summary: str = ""
    summary_zh: str = ""
    fields: tuple[FieldChange, ...] = ()

    def told(self, lang: str = "en") -> str:
        """Return one line in `lang` (en or zh-CN)."""
        if lang.startswith("zh"):
            told = (f"{LABELS[one.name][1]}由 {one.before_zh} 改为 {one.after_zh}" for one in self.fields)
            return f"{_NOUN_ZH[self.noun]}“{self.name}”{_KIND_ZH[self.kind]}：{'；'.join(told) or self.summary_zh}"
        told = (f"{LABELS[one.name][0]} from {one.before} to {one.after}" for one in self.fields)
        return f'{self.noun} "{self.name}" {self.kind}: {"; ".join(told) or self.summary}'


@frozen(kw_only=True)
class Content:
    """The parts of a policy that can change, as far as a comparison reads them."""

    name: str = ""
    stages: Sequence[Stage] = ()
    steps: Sequence[Step] = ()
    columns: Mapping[str, Kind] = attrs.field(factory=dict[str, Kind])
    experiments: Sequence[Experiment] = ()
    promise_grace_days: int = 0
    joined: Mapping[str, str] = attrs.field(factory=dict[str, str])


def compare(old: Content, new: Content) -> tuple[Change, ...]:
    """Return the changes that turn `old` into `new`, part by part and by name; their own names may differ."""
    return (
        *_changes("stage", _by_name(old.stages), _by_name(new.stages)),
        *_changes("step", _by_name(old.steps), _by_name(new.steps)),
        *_changes("experiment", _by_name(old.experiments), _by_name(new.experiments)),
        *_changes("column", _kinds(old.columns), _kinds(new.columns)),
        *_changes("policy", {new.name: _beside(old)}, {new.name: _beside(new)}),
    )


Fields = Mapping[str, object]


def _by_name(parts: Iterable[Stage | Step | Experiment]) -> dict[str, Fields]:
    return {one.id if isinstance(one, Step) else one.name: _fields(one) for one in parts}


def _fields(one: Stage | Step | Experiment) -> Fields:
    names = [field.name for field in attrs.fields(type(one)) if field.name not in _NO_CHANGE]
    return {name: getattr(one, name) for name in names}


def _kinds(columns: Mapping[str, Kind]) -> dict[str, Fields]:
    return {name: {"kind": kind} for name, kind in columns.items()}


def _beside(content: Content) -> Fields:
    return {"promise_grace_days": content.promise_grace_days, "joined": content.joined}


def _changes(noun: str, before: Mapping[str, Fields], after: Mapping[str, Fields]) -> Iterable[Change]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED
            en, zh = _summary(noun, new or old or {})
            yield Change(kind=kind, noun=noun, name=name, summary=en, summary_zh=zh)
        elif old != new:
            yield Change(kind=ChangeKind.CHANGED, noun=noun, name=name, fields=_changed(old, new))


def _changed(old: Fields, new: Fields) -> tuple[FieldChange, ...]:
    found: list[FieldChange] = []
    for name, value in new.items():
        if value != old[name]:
            before, after = said(name, old[name]), said(name, value)
            found.append(FieldChange(name, before[0], after[0], before[1], after[1]))
    return tuple(found)


def _summary(noun: str, one: Fields) -> tuple[str, str]:
    told = {name: said(name, value) for name, value in one.items()}
    if noun == "stage":
        (low, low_zh), (high, high_zh), (tone, tone_zh) = told["from_dpd"], told["to_dpd"], told["tone"]
        return f"days {low} to {high}, {tone}", f"第 {low_zh} 至 {high_zh} 天，{tone_zh}"
    if noun == "experiment":
        return told["arms"]
    if noun == "column":
        return told["kind"]
    parts = [(f"day {told['day'][0]}", f"第 {told['day'][1]} 天"), told["template"]]
    if one["recipient"] is not RecipientRole.BORROWER:
        parts.append((f"to the {told['recipient'][0]}", f"发送给 {told['recipient'][1]}"))
    if one["audience"]:
        parts.append((f"for {told['audience'][0]}", f"适用于 {told['audience'][1]}"))
    return ", ".join(en for en, _ in parts), "，".join(zh for _, zh in parts)

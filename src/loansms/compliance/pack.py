"""A rule pack: the rules in force for one jurisdiction on one day, versioned by their content.

>>> pack = RulePack.load("CN", on=date(2026, 9, 25))
>>> pack.jurisdiction, pack.version.startswith("CN "), len(pack.rules) > 20
('CN', True, True)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

from attrs import field, frozen

from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.table import check_of
from loansms.compliance.files import digest, packaged_names, packaged_pack, read_pack
from loansms.compliance.rule import Rule
from loansms.errors import PackError
from loansms.files import converter, structure
from loansms.model import Channel, Purpose

_READER: Final = converter()


@frozen
class Head:
    """The head of a pack file: its name, whose debts it is for, and the shipped rules it takes in."""

    name: str
    jurisdiction: str
    include: tuple[str, ...] = ()


@frozen
class BoundRule:
    """A rule with its check read and ready."""

    rule: Rule
    check: Check


@frozen(kw_only=True, eq=False)
class RulePack:
    """The rules of one jurisdiction in force on `on` (all dates when None); `version` pins the content.

    A pack is itself and no other: compare versions, not packs.
    """

    jurisdiction: str
    version: str
    rules: tuple[Rule, ...]
    on: date | None = None
    bound: tuple[BoundRule, ...] = field(repr=False)
    index: Mapping[tuple[Purpose, Channel], tuple[BoundRule, ...]] = field(repr=False)

    @classmethod
    def load(cls, name: str | Path, on: date | None = None) -> RulePack:
        """Return a shipped pack ("CN", "US") or a user's TOML file, with the rules in force on `on`.

        The pack of a state ("US-MA") is its country's: a rule of that pack says which states it binds.
        Raise PackError naming file, rule and key: an unknown check, a loose type or a doubled id.
        """
        country = name.split("-", maxsplit=1)[0] if isinstance(name, str) else ""
        if country in packaged_names() and not Path(name).suffix:
            return _shipped(country, on)
        source, content = read_pack(name)
        return cls.read(source, content, on)

    @classmethod
    def read(cls, source: str, content: Mapping[str, Any], on: date | None = None) -> RulePack:
        """Return a pack from content already parsed; `source` names it in errors."""
        head = structure({k: v for k, v in content.items() if k != "rules"}, Head, source, PackError)
        raw = list(_rules_of(source, content))
        for name in head.include:
            raw += _rules_of(name, _included(name, source))
        rules = tuple(_rule(one, source, at) for at, one in enumerate(raw, 1))
        _check_ids(rules, source)
        bound = tuple(BoundRule(one, check_of(one.check, f"{source}: {one.id}")) for one in rules)
        chosen = tuple(one for one in bound if on is None or one.rule.in_force(on))
        return cls(
            jurisdiction=head.jurisdiction,
            version=f"{head.name} {digest(json.dumps(raw, sort_keys=True, default=str))}",
            rules=tuple(one.rule for one in chosen),
            on=on,
            bound=chosen,
            index={
                (purpose, channel): tuple(one for one in chosen if one.rule.applies.covers(purpose, channel))
                for purpose in Purpose
                for channel in Channel
            },
        )

    def for_kind(self, purpose: Purpose, channel: Channel) -> tuple[BoundRule, ...]:
        """Return the rules that look at messages of this purpose on this channel."""
        return self.index[purpose, channel]


@lru_cache(maxsize=256)
def _shipped(name: str, on: date | None) -> RulePack:
    """Return a shipped pack; it is frozen, so one reading serves all who ask for that day."""
    return RulePack.read(*read_pack(name), on)


def _included(name: str, source: str) -> Mapping[str, Any]:
    try:
        return packaged_pack(name)
    except FileNotFoundError:
        raise PackError(
            f"{source}: include: expected the name of a shipped rule file such as general",
            f"{source}：include 应为随附规则文件名，如 general",
        ) from None


def _rules_of(source: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    rules = content.get("rules")
    listed = cast("list[object]", rules) if isinstance(rules, list) else [None]
    if not all(isinstance(one, dict) for one in listed):
        raise PackError(
            f"{source}: rules: expected one [[rules]] table per rule",
            f"{source}：应以 [[rules]] 逐条列出规则",
        )
    return [dict(cast("dict[str, Any]", one)) for one in listed]


def _rule(raw: Mapping[str, Any], source: str, at: int) -> Rule:
    where = f"{source}: {raw.get('id') or f'rule {at}'}"
    rule = structure(raw, Rule, where, PackError, _READER)
    if not (rule.citation and rule.message_en and rule.message_zh):
        raise PackError(f"{where}: expected a citation and both messages", f"{where}：须有出处及中英文说明")
    return rule


def _check_ids(rules: tuple[Rule, ...], source: str) -> None:
    for one in rules:
        for other in rules:
            if one is not other and one.id == other.id and _overlap(one, other):
                raise PackError(
                    f"{source}: {one.id}: two rules of this id are in force at once",
                    f"{source}：{one.id}：同一编号的两条规则生效期重叠",
                )


def _overlap(one: Rule, other: Rule) -> bool:
    first, last = max(date.min, one.effective_from or date.min), one.effective_to or date.max
    return (other.effective_from or date.min) <= last and first <= (other.effective_to or date.max)

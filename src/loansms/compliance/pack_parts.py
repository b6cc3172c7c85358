"""Put a pack together from its file and the parts it takes in: its rules, each once, none in doubt.

A lender's own file may take in a shipped pack and replace house rules of it by a rule of the same id: the
numbers there are the lender's own choice. A rule of law, standard, carrier or provider is never replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, cast

from attrs import frozen

from loansms.compliance.files import packaged_pack
from loansms.compliance.rule import ANY, Authority, Rule
from loansms.errors import PackError
from loansms.files import converter, structure

_READER: Final = converter()


@frozen
class Head:
    """The head of a pack file: its name, whose debts it is for, and the shipped rules it takes in.

    ``countries`` are further country codes it serves, ``unreviewed`` says that no lawyer of the country has
    read it, ``reviewed_by`` who has, where the file takes in a pack nobody had read. ``confirmed`` names the recalled rules that the lender's own counsel has checked, each with who
    and when.
    """

    name: str
    jurisdiction: str
    include: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    unreviewed: bool = False
    confirmed: Mapping[str, str] = {}
    reviewed_by: str = ""


def read_head(source: str, content: Mapping[str, Any]) -> Head:
    """Return the head of a pack's content; raise PackError naming file and key."""
    head = structure({k: v for k, v in content.items() if k != "rules"}, Head, source, PackError)
    if not head.name.strip() or not head.jurisdiction.strip():
        raise PackError(
            f"{source}: name and jurisdiction: expected both", f"{source}：name 与 jurisdiction 均须填写"
        )
    return head


def read_rules(source: str, content: Mapping[str, Any], head: Head) -> tuple[Rule, ...]:
    """Return all rules of a pack, its own and those taken in; raise PackError for a doubled or wrong one."""
    own = tuple(_rule(one, source, at) for at, one in enumerate(_listed(source, content), 1))
    if not own and not head.include:
        raise _not_listed(source)
    taken = _taken(head.include, source)
    replaced = {one.id for one in own}
    for one in taken:
        if one.id in replaced:
            _refuse_replacing(one, own, source)
    rules = (*own, *(one for one in taken if one.id not in replaced))
    _check_ids(rules, source)
    for one in rules:
        _refuse_elsewhere(one, head, source)
    return rules


def nobody_read(head: Head) -> bool:
    """Return whether no lawyer has read the pack: its own word, or that of a pack it takes in."""
    taken = any(packaged_pack(name).get("unreviewed") is True for name in head.include)
    return head.unreviewed or (taken and not head.reviewed_by.strip())


def _refuse_elsewhere(rule: Rule, head: Head, source: str) -> None:
    """Refuse a rule of another place: it would bind nobody, and nobody would be told."""
    if rule.jurisdiction == ANY or rule.jurisdiction.partition("-")[0] == head.jurisdiction:
        return
    raise PackError(
        f"{source}: {rule.id}: a rule of {rule.jurisdiction} in a pack of {head.jurisdiction} would bind nobody; "
        f'write jurisdiction = "{rule.jurisdiction}" and name your country under countries, or load both packs',
        f"{source}：{rule.id}：{rule.jurisdiction} 的规则在 {head.jurisdiction} 的规则包中不会生效；"
        f'请写 jurisdiction = "{rule.jurisdiction}" 并在 countries 中列出本国，或分别加载两个规则包',
    )


def read_confirmed(source: str, head: Head, rules: tuple[Rule, ...]) -> Mapping[str, str]:
    """Return who confirmed which recalled rule; raise PackError for an id that is none of the pack's."""
    strange = sorted(set(head.confirmed) - {one.id for one in rules})
    if strange or not all(str(by).strip() for by in head.confirmed.values()):
        told = ", ".join(strange) or "empty"
        raise PackError(
            f"{source}: confirmed: expected ids of rules in this pack, each with who checked it and when ({told})",
            f"{source}：confirmed 应为本规则包内的规则编号及核实人、日期（{told}）",
        )
    return head.confirmed


def _taken(names: tuple[str, ...], source: str) -> tuple[Rule, ...]:
    """Return the rules of the parts named and of what those take in, each part once."""
    found: dict[str, tuple[Rule, ...]] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        content = _included(name, source)
        found[name] = tuple(_rule(one, name, at) for at, one in enumerate(_listed(name, content), 1))
        waiting += content.get("include", [])
    return tuple(rule for rules in found.values() for rule in rules)


def _included(name: str, source: str) -> Mapping[str, Any]:
    try:
        return packaged_pack(name)
    except FileNotFoundError:
        raise PackError(
            f"{source}: include: expected the name of a shipped pack or part, such as CN or general",
            f"{source}：include 应为随附规则包或其组成部分的名称，如 CN 或 general",
        ) from None


def _listed(source: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    rules: object = content.get("rules", [])
    listed = cast("list[object]", rules) if isinstance(rules, list) else [None]
    if not all(isinstance(one, dict) for one in listed):
        raise _not_listed(source)
    return [dict(cast("dict[str, Any]", one)) for one in listed]


def _not_listed(source: str) -> PackError:
    return PackError(
        f"{source}: rules: expected one [[rules]] table per rule", f"{source}：应以 [[rules]] 逐条列出规则"
    )


def _rule(raw: Mapping[str, Any], source: str, at: int) -> Rule:
    where = f"{source}: {raw.get('id') or f'rule {at}'}"
    rule = structure(raw, Rule, where, PackError, _READER)
    if not (rule.citation and rule.message_en and rule.message_zh):
        raise PackError(f"{where}: expected a citation and both messages", f"{where}：须有出处及中英文说明")
    return rule


def _refuse_replacing(shipped: Rule, own: tuple[Rule, ...], source: str) -> None:
    mine = [one for one in own if one.id == shipped.id]
    if all(one.effective_from is not None for one in mine) and shipped.effective_from is None:
        raise PackError(
            f"{source}: {shipped.id}: ours would be gone before yours begins; leave effective_from out, or write the "
            "old numbers with effective_to beside it",
            f"{source}：{shipped.id}：自定规则生效前将无此规则；请去掉 effective_from，或同时写明旧规则及其 effective_to",
        )
    if shipped.authority is not Authority.HOUSE or any(one.authority is not Authority.HOUSE for one in mine):
        raise PackError(
            f"{source}: {shipped.id}: only a house rule may be replaced, and only by a house rule",
            f"{source}：{shipped.id}：仅机构自定规则可被替换，且只能替换为机构自定规则",
        )


def _check_ids(rules: tuple[Rule, ...], source: str) -> None:
    by_id: dict[str, list[Rule]] = {}
    for one in rules:
        if any(_overlap(one, other) for other in by_id.setdefault(one.id, [])):
            raise PackError(
                f"{source}: {one.id}: two rules of this id are in force at once; set effective_to",
                f"{source}：{one.id}：同一编号的两条规则生效期重叠，请填写 effective_to",
            )
        by_id[one.id].append(one)


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.effective_from or date.min) <= (other.effective_to or date.max) and (
        other.effective_from or date.min
    ) <= (one.effective_to or date.max)

"""`loansms check-pack`: a rule pack as a lawyer reads it, and whether it is fit for production."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from attrs import asdict, frozen

from loansms.cli import choices
from loansms.cli.pack_state import LAYERS, Change, PackState, pack_state, rule_record, state_record
from loansms.cli.rule_labels import label
from loansms.cli.rule_words import applies, dates, in_full, in_words, mark
from loansms.cli.session import Session
from loansms.compliance import Rule, RulePack
from loansms.compliance.diff import FieldChange, PackDiff, diff_packs
from loansms.errors import CallerError, PackError


@frozen(kw_only=True)
class PackRequest:
    """What was asked of a pack; `on` is a date as text, `diff` the pack it is held against."""

    name: str
    on: str | None = None
    strict: bool = False
    diff: str | None = None
    rule: str | None = None
    json: bool = False


def check_pack(session: Session, asked: PackRequest) -> bool:
    """Show a pack, one rule of it, or what it changes in another; return whether `strict` lets it pass."""
    on = choices.day(asked.on, session.clock)
    every, in_force = RulePack.load(asked.name), RulePack.load(asked.name, on=on)
    state = pack_state(every, on)
    changed = _compared(RulePack.load(asked.diff, on=on), in_force) if asked.diff else None
    shown = _named(every, state, asked.rule) if asked.rule else state.rules
    refusal = _refusal(in_force) if asked.strict else None
    if asked.json:
        session.json(_record(every, state, shown, changed, asked.strict, refusal))
    elif asked.rule:
        _show_rules(session, every, state, shown)
    elif changed:
        _show_diff(session, every, changed)
    else:
        _show_state(session, every, state)
        _show_layers(session, every, state)
    if refusal and not asked.json:
        session.say(refusal.told(session.lang))
    return refusal is None


@frozen
class _Compared:
    against: str
    found: PackDiff


def _compared(before: RulePack, after: RulePack) -> _Compared:
    return _Compared(before.version, diff_packs(before, after))


def _refusal(pack: RulePack) -> PackError | None:
    try:
        pack.refuse_unverified()
    except PackError as refused:
        return refused
    return None


def _named(every: RulePack, state: PackState, rule_id: str) -> tuple[Rule, ...]:
    """Return the rule of that id that is in force, else all of that id the file has."""
    found = [one for one in every.rules if one.id == rule_id]
    if not found:
        near = ", ".join(get_close_matches(rule_id.upper(), [one.id for one in every.rules], n=3))
        raise CallerError(
            f"--rule: {every.version} has no rule of this id; {f'did you mean {near}' if near else 'see them all without --rule'}",
            f"--rule：{every.version} 中没有该编号的规则；{f'是否想用 {near}' if near else '去掉 --rule 可查看全部'}",
        )
    return tuple(one for one in found if one.in_force(state.on)) or tuple(found)


def _record(
    every: RulePack,
    state: PackState,
    shown: Iterable[Rule],
    changed: _Compared | None,
    strict: bool,
    refusal: PackError | None,
) -> dict[str, Any]:
    return {
        "command": "check-pack",
        "version": every.version,
        "jurisdiction": every.jurisdiction,
        "countries": sorted(every.countries),
        "on": state.on,
        "unreviewed": every.unreviewed,
        "strict": strict,
        "refusal": {"message": str(refusal), "message_zh": refusal.zh} if refusal else None,
        **state_record(state),
        "rules": [rule_record(one, every.confirmed) for one in shown],
        "diff": {"against": changed.against, **asdict(changed.found)} if changed else None,
    }


def _show_state(session: Session, every: RulePack, state: PackState) -> None:
    session.say(
        session.tell(
            "pack.title",
            version=every.version,
            countries=", ".join(sorted(every.countries)),
            on=state.on.isoformat(),
            count=str(len(state.rules)),
        )
    )
    for counts in (state.authority, state.severity):
        session.say(f"  {_counts(session, counts)}")
    marks = {name: count for name, count in state.marks.items() if name != "none"}
    session.say(f"  {_counts(session, marks)}")
    if every.unreviewed:
        session.say(session.tell("pack.unreviewed", jurisdiction=every.jurisdiction))
    if state.recalled:
        session.say(session.tell("pack.recalled", count=str(len(state.recalled))))
    for key, ids in (("unconfirmed", state.unconfirmed), ("pending", state.pending)):
        if ids:
            session.say(session.tell(f"pack.{key}", count=str(len(ids)), rules=", ".join(ids)))
    if every.confirmed:
        told = "; ".join(f"{rule_id}: {by}" for rule_id, by in every.confirmed.items())
        session.say(session.tell("pack.confirmed", rules=told))
    for key, changes in (
        ("starting", state.starting), ("expiring", state.expiring), ("superseded", state.superseded)
    ):  # fmt: skip
        if changes:
            session.say(
                session.tell(f"pack.{key}", rules="; ".join(_change(session, one) for one in changes))
            )


def _counts(session: Session, counts: Mapping[str, int]) -> str:
    told = (f"{label(name, session.lang)} {count}" for name, count in counts.items() if count)
    return session.tell("between").join(told)


def _change(session: Session, one: Change) -> str:
    day = one.on.isoformat()
    return session.tell("pack.by", rule=one.rule_id, by=one.by, on=day) if one.by else f"{one.rule_id} {day}"


def _show_layers(session: Session, every: RulePack, state: PackState) -> None:
    lang = session.lang
    heads = ("rule", "authority", "severity", "applies", "check", "dates", "mark", "citation")
    for layer in LAYERS:
        rules = state.layer(layer)
        if not rules:
            continue
        session.say(session.tell(f"layer.{layer}", count=str(len(rules))))
        rows = [
            [
                one.id,
                label(one.authority.value, lang),
                label("pending" if one.pending else one.severity.value, lang),
                applies(one, lang),
                label(one.check.type, lang),
                dates(one, lang),
                mark(one, every.confirmed),
                one.citation,
            ]
            for one in rules
        ]
        session.table([session.tell(f"rule.{name}") for name in heads], rows)


def _show_rules(session: Session, every: RulePack, state: PackState, rules: Iterable[Rule]) -> None:
    for one in rules:
        key = "rule.title" if one.in_force(state.on) else "rule.title_not"
        session.say(session.tell(key, rule=one.id, version=every.version, on=state.on.isoformat()))
        heads = [session.tell("rule.field"), session.tell("rule.says")]
        session.table(heads, [list(row) for row in in_full(one, every.confirmed, session.lang)])


def _show_diff(session: Session, every: RulePack, changed: _Compared) -> None:
    found = changed.found
    names = {"before": changed.against, "after": every.version}
    if found.same:
        session.say(session.tell("diff.same", **names))
        return
    session.say(session.tell("diff.title", **names))
    for key, ids in (("diff.added", found.added), ("diff.removed", found.removed)):
        if ids:
            session.say(session.tell(key, count=str(len(ids)), rules=", ".join(ids)))
    rows = [row for one in found.changed for row in _changes(session, one)]
    if rows:
        session.table([session.tell(f"diff.{name}") for name in ("rule", "field", "before", "after")], rows)


def _changes(session: Session, one: FieldChange) -> Iterable[list[str]]:
    """Yield a line for the field, or for each place in it that differs where it is a table."""
    before, after = _places(one.name, one.before), _places(one.name, one.after)
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            leaf = name.rpartition(".")[2]
            yield [one.rule_id, name, in_words(leaf, old, session.lang), in_words(leaf, new, session.lang)]


def _places(name: str, value: object) -> dict[str, object]:
    """Return each place of a table by its path, and anything else as the one place it is."""
    if not isinstance(value, Mapping):
        return {name: value}
    table = cast("Mapping[str, object]", value)
    return {path: leaf for key, one in table.items() for path, leaf in _places(f"{name}.{key}", one).items()}

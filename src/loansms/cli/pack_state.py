"""What stands in a pack and what a lawyer has to look at: counts, marks, and what changes soon.

>>> from loansms.compliance import RulePack
>>> state = pack_state(RulePack.load("CN"), date(2026, 11, 22))
>>> [(one.rule_id, one.on.isoformat()) for one in state.expiring]
[('CN-CAL-2026', '2026-12-31')]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from attrs import asdict, frozen

from loansms.compliance import Authority, Rule, RulePack, Severity
from loansms.compliance.pack import RECALLED

SOON: Final = timedelta(days=90)
MARKS: Final = ("V1", "V2", RECALLED)

# The layers of a pack, the strongest first; those of `Authority`, law and regulation together.
LAYERS: Final[Mapping[str, frozenset[Authority]]] = {
    "law": frozenset({Authority.LAW, Authority.REGULATION}),
    **{one.value: frozenset({one}) for one in Authority if one not in {Authority.LAW, Authority.REGULATION}},
}


@frozen
class Change:
    """A rule that starts, ends or gives way on a day; `by` names the rule that takes its place."""

    rule_id: str
    on: date
    by: str = ""


@frozen(kw_only=True)
class PackState:
    """The rules in force on `on`, how many of each kind, and what is open.

    ``recalled`` are all rules in force marked R, ``unconfirmed`` those of them nobody has checked, ``pending``
    those that are announced and only warn. ``starting``, ``expiring`` and ``superseded`` change by `SOON`.
    """

    on: date
    rules: tuple[Rule, ...]
    authority: Mapping[str, int]
    severity: Mapping[str, int]
    marks: Mapping[str, int]
    recalled: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    pending: tuple[str, ...]
    starting: tuple[Change, ...]
    expiring: tuple[Change, ...]
    superseded: tuple[Change, ...]

    def layer(self, name: str) -> tuple[Rule, ...]:
        """Return the rules of one of `LAYERS`, in the order of their authority and id."""
        rank = list(Authority)
        found = (one for one in self.rules if one.authority in LAYERS[name])
        return tuple(sorted(found, key=lambda one: (rank.index(one.authority), one.id)))


def pack_state(every: RulePack, on: date) -> PackState:
    """Return the state on a day of a pack loaded with the rules of all dates."""
    rules = tuple(one for one in every.rules if one.in_force(on))
    recalled = tuple(one.id for one in rules if one.verified == RECALLED)
    until = on + SOON
    return PackState(
        on=on,
        rules=rules,
        authority=_counted((one.authority.value for one in rules), [one.value for one in Authority]),
        severity=_counted((one.severity.value for one in rules), [one.value for one in Severity]),
        marks=_counted((one.verified or "none" for one in rules), (*MARKS, "none")),
        recalled=recalled,
        unconfirmed=tuple(one for one in recalled if one not in every.confirmed),
        pending=tuple(one.id for one in rules if one.pending),
        starting=tuple(
            Change(one.id, one.effective_from)
            for one in every.rules
            if one.effective_from is not None and on < one.effective_from <= until
        ),
        expiring=tuple(
            Change(one.id, one.effective_to)
            for one in rules
            if one.effective_to is not None and one.effective_to <= until
        ),
        superseded=tuple(
            Change(old.id, one.effective_from or on, one.id)
            for old in rules
            for one in every.rules
            if one.supersedes == old.id and one.id != old.id and (one.effective_from or on) <= until
        ),
    )


def rule_record(rule: Rule, confirmed: Mapping[str, str]) -> dict[str, Any]:
    """Return a rule as plain data: its fields as the pack file names them, and what became of its mark."""
    return {
        **asdict(rule),
        "confirmed": confirmed.get(rule.id),
        "pending": rule.pending,
    }


def state_record(state: PackState) -> dict[str, Any]:
    """Return what `PackState` counts and lists as plain data, without the rules."""
    return {
        "counts": {
            "rules": len(state.rules),
            "authority": state.authority,
            "severity": state.severity,
            "verified": state.marks,
        },
        "recalled": state.recalled,
        "unconfirmed": state.unconfirmed,
        "pending": state.pending,
        **{
            name: [asdict(one) for one in changes]
            for name, changes in (
                ("starting", state.starting),
                ("expiring", state.expiring),
                ("superseded", state.superseded),
            )
        },
    }


def _counted(found: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    count = Counter(found)
    return {name: count[name] for name in (*names, *sorted(count.keys() - set(names)))}

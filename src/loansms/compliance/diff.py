"""What changed between two packs, rule by rule and field by field, for the lawyer who signs the new one.

>>> from datetime import date
>>> from loansms.compliance.pack import RulePack
>>> before = RulePack.load("CN", on=date(2026, 4, 30))
>>> after = RulePack.load("CN", on=date(2026, 5, 1))
>>> "CN-SMS-01" in diff_packs(before, after).added
True
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, frozen

from loansms.compliance.pack import RulePack


@frozen
class FieldChange:
    """One field of one rule that differs; `before` and `after` are plain data."""

    rule_id: str
    name: str
    before: Any
    after: Any


@frozen
class PackDiff:
    """Rule ids added and removed, and every field that changed in a rule both packs have."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[FieldChange, ...]

    @property
    def same(self) -> bool:
        """Whether the two packs hold the same rules."""
        return not (self.added or self.removed or self.changed)


def diff_packs(before: RulePack, after: RulePack) -> PackDiff:
    """Return what `after` adds to, drops from and changes in `before`."""
    old, new = _fields(before), _fields(after)
    both = sorted(old.keys() & new.keys())
    return PackDiff(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(
            FieldChange(rule_id, name, old[rule_id][name], new[rule_id][name])
            for rule_id in both
            for name in old[rule_id]
            if old[rule_id][name] != new[rule_id][name]
        ),
    )


def _fields(pack: RulePack) -> Mapping[str, Mapping[str, Any]]:
    """Return each rule's fields; of two that share an id at different times, the later stands for it."""
    return {one.id: asdict(one) for one in pack.rules}

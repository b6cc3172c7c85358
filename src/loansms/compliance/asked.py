"""The rules that look at one kind of message, by what wakes them.

Most rules of a pack hang on something few messages have; in these groups they cost nothing until it is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from loansms.compliance.pack import BoundRule


@frozen
class Asked:
    """`always` is asked of every message, the rest when it has a text, a finding, a flag up, one of `facts`."""

    always: tuple[BoundRule, ...]
    on_text: tuple[BoundRule, ...]
    on_findings: tuple[BoundRule, ...]
    on_flags: tuple[BoundRule, ...]
    on_facts: tuple[BoundRule, ...]
    facts: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[BoundRule]) -> Asked:
        """Return the rules sorted by what wakes them, each kind in the order given."""
        every = tuple(rules)
        sleeping = [(one, one.wakes) for one in every if one.wakes is not None]
        on_facts = tuple(one for one, wakes in sleeping if not (wakes.text or wakes.findings or wakes.flags))
        return cls(
            always=tuple(one for one in every if one.wakes is None),
            on_text=tuple(one for one, wakes in sleeping if wakes.text),
            on_findings=tuple(one for one, wakes in sleeping if wakes.findings),
            on_flags=tuple(one for one, wakes in sleeping if wakes.flags),
            on_facts=on_facts,
            facts=frozenset[str]().union(*(one.wakes.facts for one in on_facts if one.wakes)),
        )

"""A policy: stages and steps as data, asked for the step of one account, checked, and compared.

>>> plain = Policy.preset("cn-consumer")
>>> more = Policy.preset("cn-consumer", options=("3-2-1",))
>>> [step.id for step in plain.steps][:3]
['t-7', 't-3', 't-0']
>>> [change.told() for change in plain.diff(more)]
['step "t-1" added: day -1, reminder.due_in_1', 'step "t-2" added: day -2, reminder.due_in_2']
>>> plain.version == more.version
False
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from attrs import field, frozen

from loansms.model import Account, History, Hold
from loansms.policy import check, diff, due
from loansms.policy.faults import find_faults, refuse
from loansms.policy.files import PolicyContent, read_policy, read_preset
from loansms.policy.ladder import Ladder
from loansms.policy.pinning import version
from loansms.policy.stages import Stage, Step


@frozen(kw_only=True)
class Policy:
    """Stages and steps without faults; built from a file, a preset or in code.

    Raise PolicyError for stages that leave gaps or overlap and for steps that cannot be.
    """

    name: str
    stages: tuple[Stage, ...] = field(converter=tuple[Stage, ...])
    steps: tuple[Step, ...] = field(converter=tuple[Step, ...])

    def __attrs_post_init__(self) -> None:
        refuse(self.name, find_faults(self.stages, self.steps))

    @classmethod
    def preset(cls, name: str, options: Iterable[str] = ()) -> Self:
        """Return a shipped policy ("cn-consumer", "us-first-party") with the chosen `options`."""
        return cls._of(read_preset(name, options))

    @classmethod
    def load(cls, path: str | Path, options: Iterable[str] = ()) -> Self:
        """Return the policy in a TOML file; raise PolicyError naming file, key and what was expected."""
        return cls._of(read_policy(path, options))

    @classmethod
    def named(cls, policy: Self | str | Path, options: Iterable[str] = ()) -> Self:
        """Return the policy itself, the file at a path or a name that ends in .toml, or the preset so named."""
        if isinstance(policy, cls):
            return policy
        if isinstance(policy, Path) or str(policy).endswith(".toml"):
            return cls.load(str(policy), options)
        return cls.preset(str(policy), options)

    @classmethod
    def _of(cls, content: PolicyContent) -> Self:
        return cls(name=content.name, stages=content.stages, steps=content.steps)

    @cached_property
    def version(self) -> str:
        """The name and a digest of the content: what a running case is pinned to."""
        return version(self.name, self.stages, self.steps)

    @cached_property
    def ladder(self) -> Ladder:
        """The steps in the order of their days."""
        return Ladder(self.stages, self.steps)

    def next_step(
        self, account: Account, history: History, holds: Iterable[Hold], now: datetime
    ) -> due.StepDue | due.NothingDue:
        """Return the one step due for `account` at `now` (aware), or why there is none.

        `history` tells which steps were done or had to wait, `holds` what stops the ladder beside the
        promise the account itself may state. Dates are the borrower's own, where they most likely are.
        """
        return due.next_step(self.ladder, self.version, account, history, holds, now)

    def check(
        self,
        catalogue: check.CatalogueLike | None = None,
        packs: Sequence[check.PackLike] = (),
        languages: Sequence[str] = (),
    ) -> list[check.Finding]:
        """Return what would go wrong with this policy, the gravest first; an empty list is a clean policy.

        `languages` are those the book needs. What a pack allows hangs on the account and the hour: it is
        judged when an account is planned, and each pack given here is answered by a note that says so.
        """
        return check.find(self.ladder, catalogue, packs, languages)

    def diff(self, other: Self) -> tuple[diff.Change, ...]:
        """Return what changes for a lender who goes from this policy to `other`."""
        return diff.compare(self.stages, self.steps, other.stages, other.steps)

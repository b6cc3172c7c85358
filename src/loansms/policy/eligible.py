"""Which steps of a policy are for an account: by audience, by arm of an experiment, by recipient.

The answers of all audiences to one account are few different ones over a whole book, so each of them keeps its ladder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from attrs import field, frozen

from loansms.model import Account, RecipientRole
from loansms.policy.arms import Experiment
from loansms.policy.audience import Audience
from loansms.policy.ladder import Ladder
from loansms.policy.stages import Stage, Step

Answers = tuple[bool, ...]


@frozen
class Tracks:
    """The steps that are for one account: a ladder for each recipient, and what stands beside the ladders."""

    ladders: Mapping[RecipientRole, Ladder]
    beside: tuple[Step, ...]


@frozen
class Eligible:
    """The steps of a policy with their audiences compiled."""

    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    audiences: Mapping[str, Audience]
    experiments: Mapping[str, Experiment]
    _tracks: dict[tuple[Answers, tuple[str, ...]], Tracks] = field(
        factory=dict[tuple[Answers, tuple[str, ...]], Tracks], init=False, repr=False, eq=False
    )

    @cached_property
    def asked(self) -> tuple[Audience, ...]:
        """The audiences, each once, in the order in which answers to them are given."""
        return tuple(self.audiences.values())

    @cached_property
    def named(self) -> tuple[Experiment, ...]:
        """The experiments, in the order in which arms are given."""
        return tuple(self.experiments.values())

    def of(self, account: Account, today: date) -> Tracks:
        """Return the steps for `account` on the reader's date `today`."""
        borrower_id = account.borrower.borrower_id
        return self.given(
            tuple(one.holds(account, today) for one in self.asked),
            tuple(one.arm(borrower_id) for one in self.named),
        )

    def given(self, answers: Answers, arms: tuple[str, ...] = ()) -> Tracks:
        """Return the steps for an account of which the audiences say `answers`, in those arms."""
        key = (answers, arms)
        found = self._tracks.get(key)
        if found is None:
            found = self._tracks[key] = self._built(answers, arms)
        return found

    def _built(self, answers: Answers, arms: tuple[str, ...]) -> Tracks:
        held = {one.text for one, answer in zip(self.asked, answers, strict=True) if answer}
        arm = {one.name: mine for one, mine in zip(self.named, arms, strict=True)}
        theirs = [step for step in self.steps if _is_for(step, held, arm)]
        roles = {step.recipient for step in self.steps} | {RecipientRole.BORROWER}
        ladders = {role: Ladder(self.stages, _ladder_of(theirs, role)) for role in sorted(roles)}
        return Tracks(ladders, tuple(step for step in theirs if step.dated or step.obligatory))


def _is_for(step: Step, held: set[str], arm: Mapping[str, str]) -> bool:
    if step.audience and step.audience not in held:
        return False
    if not step.experiment:
        return True
    mine = arm[step.experiment]
    return mine != "" and step.arm in ("", mine)


def _ladder_of(steps: Sequence[Step], role: RecipientRole) -> list[Step]:
    return [step for step in steps if step.recipient is role and not (step.dated or step.obligatory)]

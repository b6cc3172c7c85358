"""A policy as its check reads it: every step with the accounts and the days on which it can be heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import inf

from attrs import field, frozen

from loansms.model import RecipientRole
from loansms.policy.arms import Experiment
from loansms.policy.audience import Audience
from loansms.policy.check_demand import Demand, Span, days_of, demand
from loansms.policy.ladder import repeated
from loansms.policy.stages import Anchor, Stage, Step


@frozen
class Said:
    """A step of the ladder on one of its days: `number` 1 for the first, more for each time it is said again."""

    step: Step
    number: int
    day: int
    heard: Span

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands; of two, the later is heard."""
        name = self.step.id if self.number == 1 else f"{self.step.id}.{self.number}"
        return self.day, self.step.priority, name


@frozen
class Subject:
    """The parts of a policy without faults, and what its audiences demand."""

    stages: tuple[Stage, ...] = field(converter=tuple[Stage, ...])
    steps: tuple[Step, ...] = field(converter=tuple[Step, ...])
    audiences: Mapping[str, Audience] = field(factory=dict[str, Audience])
    experiments: Sequence[Experiment] = ()
    joined: Mapping[str, str] = field(factory=dict[str, str])

    @cached_property
    def demands(self) -> Mapping[str, Demand | None]:
        """What each audience demands; no audience demands nothing."""
        return {"": Demand(), **{text: demand(one.tree) for text, one in self.audiences.items()}}

    @cached_property
    def by_stage(self) -> Mapping[str, Stage]:
        """The stages by name."""
        return {stage.name: stage for stage in self.stages}

    @cached_property
    def recipients(self) -> tuple[RecipientRole, ...]:
        """Whom some step speaks to, the borrower first."""
        return tuple(role for role in RecipientRole if any(step.recipient is role for step in self.steps))

    def days(self, step: Step) -> Span:
        """Return the days past due on which `step` itself stands, whoever it is for."""
        if step.obligatory:
            return Span(step.day, step.day + step.deadline_days)
        if step.anchor != Anchor.DUE_ON:
            return Span()
        ends = [self.by_stage[step.stage].to_dpd, step.until]
        if step.day <= 0:
            ends += [step.day + step.carry_days, 0]
        return Span(step.day, min((end for end in ends if end is not None), default=inf))

    def heard(self, step: Step) -> Span:
        """Return the days past due on which `step` has anybody to speak to; an empty span for none."""
        return self.days(step).meet(days_of(self.demands[step.audience]))

    def said(self, role: RecipientRole) -> list[Said]:
        """Return the steps of one recipient's ladder, each time they are said, in order."""
        found = [
            Said(step, number, one.day, self.heard(step).meet(Span(low=one.day)))
            for step in self.steps
            if step.recipient is role and step.on_ladder and not self.nobody(step)
            for number, one in enumerate(repeated(step, self.by_stage[step.stage]), start=1)
        ]
        return sorted((one for one in found if not one.heard.empty), key=lambda one: one.order)

    def nobody(self, step: Step) -> bool:
        """Return whether no account can ever be one `step` is for."""
        return self.heard(step).empty or self.arm_is_empty(step)

    def arm_is_empty(self, step: Step) -> bool:
        """Return whether the arm a step names gets no borrower."""
        return bool(step.arm) and self._experiment(step).arms[step.arm] == 0

    def wider(self, step: Step, other: Step) -> bool:
        """Return whether `step` is for everybody `other` is for."""
        mine, theirs = self.demands[step.audience], self.demands[other.audience]
        if mine is None or theirs is None or not (step.audience == other.audience or mine.covers(theirs)):
            return False
        return self.whole(step) or (step.experiment == other.experiment and step.arm in ("", other.arm))

    def whole(self, step: Step) -> bool:
        """Return whether the arm of a step takes in every borrower."""
        if not step.experiment:
            return True
        experiment = self._experiment(step)
        shares = [weight for arm, weight in experiment.arms.items() if not step.arm or arm == step.arm]
        return sum(shares) == sum(experiment.arms.values()) + experiment.holdout

    def together(self, step: Step, other: Step) -> bool:
        """Return whether one loan may be one for both, on whatever days."""
        mine, theirs = self.demands[step.audience], self.demands[other.audience]
        if mine is None or theirs is None or mine.lasting.meet(theirs.lasting) is None:
            return False
        return step.experiment != other.experiment or step.arm == other.arm or "" in (step.arm, other.arm)

    def crowds(self, role: RecipientRole) -> Iterator[tuple[Step, ...]]:
        """Yield sets of steps that one loan may have all of, around each step in turn.

        Steps with days of their own that nobody can foresee (a promise, a birthday) are left out.
        """
        counted = [
            step
            for step in self.steps
            if step.recipient is role and step.anchor == Anchor.DUE_ON and not self.nobody(step)
        ]
        seen: set[tuple[Step, ...]] = set()
        for seed in counted:
            crowd = [seed]
            for step in counted:
                if step is not seed and all(self.together(step, one) for one in crowd):
                    crowd.append(step)
            key = tuple(sorted(crowd, key=lambda step: (step.day, step.id)))
            if key not in seen:
                seen.add(key)
                yield key

    def _experiment(self, step: Step) -> Experiment:
        return next(one for one in self.experiments if one.name == step.experiment)

"""The steps in the order of their days, and which of them a given day past due belongs to.

Of the steps up to a day the latest alone can speak: nothing older comes back. A reminder belongs to its own
day (and, once it had to wait, to its carry days); an overdue step stays due until the eve of the next one, so
that a step missed on a weekend is caught up. No step outlives its stage: no earlier stage returns.

>>> from loansms.model import Channel, Purpose
>>> from loansms.policy.stages import Stage, Step
>>> def step(day: int) -> Step:
...     return Step(id=f"day-{day}", day=day, stage="early", template="collection.early", priority=1,
...                 purpose=Purpose.COLLECTION, channels=(Channel.SMS,))
>>> ladder = Ladder((Stage(name="early", from_dpd=1, to_dpd=7),), (step(1), step(4)))
>>> [(rung.step.id, rung.last) for rung in ladder.rungs]
[('day-1', 3), ('day-4', 7)]
>>> ladder.at(3).step.id, ladder.at(0), ladder.at(9)
('day-1', None, None)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import zip_longest

from attrs import evolve, field, frozen

from loansms.policy.stages import Anchor, Stage, Step


@frozen
class Rung:
    """A step with its stage and the last day past due on which it may still speak."""

    step: Step
    stage: Stage
    last: int | None

    @property
    def is_reminder(self) -> bool:
        """Whether it speaks on or before the due date."""
        return self.step.day <= 0


@frozen
class Ladder:
    """Stages and steps without faults (see `loansms.policy.faults`), ready to be asked about a day."""

    stages: tuple[Stage, ...] = field(converter=tuple[Stage, ...])
    steps: tuple[Step, ...] = field(converter=tuple[Step, ...])

    def at(self, dpd: int) -> Rung | None:
        """Return the only step that could speak on that day, or None."""
        place = bisect_right(self._days, dpd)
        if not place:
            return None
        rung = self.rungs[place - 1]
        outlived = rung.last is not None and dpd > rung.last
        return None if outlived else rung

    def after(self, dpd: int) -> Rung | None:
        """Return the next step that begins later than that day, or None at the end of the ladder."""
        place = bisect_right(self._days, dpd)
        return self.rungs[place] if place < len(self.rungs) else None

    def stage_on(self, dpd: int) -> Stage | None:
        """Return the stage of that day; None outside all stages."""
        return next((stage for stage in self.stages if stage.holds(dpd)), None)

    @cached_property
    def promise(self) -> Step | None:
        """The step for the day of a promise to pay, where the policy has one; of several the last by priority and id."""
        promises = (step for step in self.steps if step.anchor is Anchor.PROMISE)
        return max(promises, key=lambda step: (step.priority, step.id), default=None)

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """The steps that count from the due date, by day; of two on one day the last, here, is heard."""
        by_name = {stage.name: stage for stage in self.stages}
        counted = [
            said for step in self.steps if step.on_ladder for said in repeated(step, by_name[step.stage])
        ]
        order = sorted(counted, key=lambda step: (step.day, step.priority, step.id))
        return tuple(
            Rung(step, by_name[step.stage], _last(step, by_name[step.stage], following))
            for step, following in zip_longest(order, order[1:])
        )

    @cached_property
    def first_overdue(self) -> Rung | None:
        """The first step that speaks of an overdue debt."""
        return next((rung for rung in self.rungs if not rung.is_reminder), None)

    @cached_property
    def _days(self) -> tuple[int, ...]:
        return tuple(rung.step.day for rung in self.rungs)


def repeated(step: Step, stage: Stage) -> Iterator[Step]:
    """Yield `step` for each day on which it is said: the second time under its id and ".2", and so on.

    >>> from loansms.model import Channel, Purpose
    >>> weekly = Step(id="w", day=8, repeat=7, stage="mid", template="collection.middle", priority=1,
    ...               purpose=Purpose.COLLECTION, channels=(Channel.SMS,))
    >>> [(one.id, one.day) for one in repeated(weekly, Stage(name="mid", from_dpd=8, to_dpd=30))]
    [('w', 8), ('w.2', 15), ('w.3', 22), ('w.4', 29)]
    """
    ends = [end for end in (stage.to_dpd, step.until) if end is not None]
    if not step.repeat or not ends:
        yield step
        return
    for number, day in enumerate(range(step.day, min(ends) + 1, step.repeat), start=1):
        yield evolve(step, id=step.id if number == 1 else f"{step.id}.{number}", day=day, repeat=0)


def _last(step: Step, stage: Stage, following: Step | None) -> int | None:
    ends = [stage.to_dpd, step.until, following.day - 1 if following else None]
    if step.day <= 0:
        # A reminder says that the date is still to come: it never outlives the due date.
        ends += [step.day + step.carry_days, 0]
    return min((end for end in ends if end is not None), default=None)

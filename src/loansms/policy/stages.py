"""The two nouns of a policy: a dunning stage (which days, which tone) and a step (what is said on which day).

Days are days past due: 0 on the due date, negative before it, always counted from the DUE date.

>>> early = Stage(name="early", from_dpd=1, to_dpd=7, tone=Tone.FRIENDLY)
>>> early.holds(7), early.holds(8)
(True, False)
>>> Stage(name="late", from_dpd=31).holds(4000)
True
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from loansms.model import Channel, Purpose


class Tone(StrEnum):
    """How a stage speaks, the mildest first."""

    PLAIN = "plain"
    FRIENDLY = "friendly"
    FORMAL = "formal"
    FIRM = "firm"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return list(Tone).index(self)


class Anchor(StrEnum):
    """The date of the account from which a step's day is counted."""

    DUE_ON = "due_on"
    PROMISE = "promise_to_pay_until"


@frozen(kw_only=True)
class Stage:
    """A stretch of days past due, both ends inclusive; an end that is None is open.

    ``label`` and ``label_zh`` are what people read in reasons and reports; the name where they are empty.
    """

    name: str
    from_dpd: int | None = None
    to_dpd: int | None = None
    tone: Tone = Tone.PLAIN
    label: str = ""
    label_zh: str = ""

    def holds(self, dpd: int) -> bool:
        """Return whether that day lies in this stage."""
        return (self.from_dpd is None or self.from_dpd <= dpd) and (self.to_dpd is None or dpd <= self.to_dpd)


@frozen(kw_only=True)
class Step:
    """One thing said (or one case handed over) on one day.

    ``day`` counts from the anchor. ``stage`` must hold that day; a step anchored on a promise has none, since
    a promise can fall on any day. ``channels`` are in order of preference. Of a debtor's due steps the higher
    ``priority`` speaks. ``carry_days``: how long a reminder that had to wait may still go. ``until``: the last
    day past due on which a missed overdue step is caught up, where it is earlier than the next step's eve.
    ``option``: the step is there only when that option was chosen.
    """

    id: str
    day: int
    template: str
    purpose: Purpose
    channels: tuple[Channel, ...] = field(converter=tuple[Channel, ...])
    priority: int
    stage: str = ""
    carry_days: int = 0
    until: int | None = None
    option: str | None = None
    anchor: Anchor = Anchor.DUE_ON


def in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Return the stages by their first day; an open start comes first."""
    return sorted(stages, key=lambda stage: (stage.from_dpd is not None, stage.from_dpd or 0))

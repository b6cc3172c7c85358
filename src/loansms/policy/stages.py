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
from datetime import date
from enum import StrEnum

from attrs import field, frozen

from loansms.model import Channel, Purpose, RecipientRole


class Tone(StrEnum):
    """How a stage speaks, the mildest first; the proof of a policy warns of a stage that speaks more mildly than the one before."""

    PLAIN = "plain"
    FRIENDLY = "friendly"
    FORMAL = "formal"
    FIRM = "firm"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return list(Tone).index(self)


class Anchor(StrEnum):
    """The date from which a step's day is counted; any date column of the book may stand here too."""

    DUE_ON = "due_on"
    PROMISE = "promise_to_pay_until"
    CALENDAR = "calendar"


class Every(StrEnum):
    """How often the day of a step comes round again."""

    MONTH = "month"
    YEAR = "year"


class Outcome(StrEnum):
    """What a message met with, as far as the step after it asks."""

    UNDELIVERED = "undelivered"
    UNREAD = "unread"
    NO_REPLY = "no_reply"


class SendAt(StrEnum):
    """At what hour a step that may go now goes, other than at once."""

    BEST_HOUR = "best_hour"


def _anchor(value: str) -> str:
    return Anchor(value) if value in set(Anchor) else value


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
class Hop:
    """Where a step goes on when a message met with `when` for `after_hours`: to its next channel, or to `channel`."""

    when: Outcome
    after_hours: int = 0
    channel: Channel | None = None


@frozen(kw_only=True)
class Step:
    """One thing said (or one case handed over) on one day.

    ``day`` counts from the anchor. ``stage`` must hold that day; a step anchored elsewhere than on the due date has
    none, since its day can fall anywhere. ``channels`` are in order of preference, all at once where ``together``;
    ``then`` says what moves a message on to the next. Of a debtor's due steps the higher ``priority`` speaks.
    ``carry_days``: how long a message that had to wait may still go. ``until``: the last day past due on which a missed
    overdue step is caught up, where it is earlier than the next step's eve. ``repeat``: the days after which an overdue
    step is said again, as long as its stage lasts. ``option``: the step is there only when that option was chosen.

    ``recipient`` is whom it speaks to, ``audience`` which accounts it is for (`loansms.policy.audience`, all where
    empty), ``experiment`` and ``arm`` who of them. ``on`` is the date of a calendar step; ``every`` brings the day of
    any anchor but the due date round again. An ``obligatory`` step is a duty: it keeps out of the ladder, is due for
    ``deadline_days`` and must reach the recipient by then. ``send_at`` lets a step wait, within what is lawful that day,
    for the hour that the lender's own column of that name suggests for the borrower.
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
    anchor: str = field(default=Anchor.DUE_ON, converter=_anchor)
    recipient: RecipientRole = RecipientRole.BORROWER
    audience: str = ""
    experiment: str = ""
    arm: str = ""
    on: date | None = None
    every: Every | None = None
    repeat: int = 0
    obligatory: bool = False
    deadline_days: int = 0
    together: bool = False
    then: tuple[Hop, ...] = ()
    send_at: SendAt | None = None

    @property
    def on_ladder(self) -> bool:
        """Whether it is one of the steps of which only the latest speaks."""
        return self.anchor == Anchor.DUE_ON and not self.obligatory

    @property
    def dated(self) -> bool:
        """Whether it stands on a date of its own, apart from what is due."""
        return self.anchor not in (Anchor.DUE_ON, Anchor.PROMISE)


def in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Return the stages by their first day; an open start comes first."""
    return sorted(stages, key=lambda stage: (stage.from_dpd is not None, stage.from_dpd or 0))

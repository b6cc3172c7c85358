"""What a check is given and what it answers: a case in, hits out.

A hit stops the message for good (`BLOCK`), names the hours in which it may go (`HOURS`), or is only shown
(`WARN`). What a hit does is the check's own nature; severity "warn" and status "pending" turn any into WARN.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from typing import Final, Protocol

from attrs import frozen

from loansms.calendars import WorkCalendar, ZonedWindow
from loansms.compliance.checks.flags import flags
from loansms.compliance.context import Context
from loansms.compliance.rule import Rule
from loansms.compliance.wording.clauses import Reading, read
from loansms.compliance.wording.plain import Plain, plain
from loansms.compliance.wording.review import Review, review_reading
from loansms.model import Reason, Sendable

_PROVED: Final = Review()


class Effect(IntEnum):
    """What a hit does, the strictest first."""

    BLOCK = 0
    HOURS = 1
    WARN = 2


@frozen(kw_only=True)
class Case:
    """One message with everything known around it, at one moment."""

    message: Sendable
    context: Context
    now: datetime
    calendar: WorkCalendar

    @cached_property
    def reading(self) -> Reading | None:
        """The text in its plain form, cut into sentences; None without a text."""
        return None if self.message.text is None else read(self.message.text.reveal())

    @cached_property
    def words(self) -> Plain | Reading | None:
        """The text in its plain form, for rules that ask for no sentences: words proved before are not cut up."""
        if self.message.text is None or not self.message.reviewed:
            return self.reading
        return plain(self.message.text.reveal())

    @cached_property
    def review(self) -> Review | None:
        """What the review found in the text, nothing where its words were proved before; None without a text."""
        message, context = self.message, self.context
        if message.text is None or message.reviewed:
            return None if message.text is None else _PROVED
        if self.reading is None:
            return None
        facts = {"jurisdiction": context.jurisdiction, **context.facts}
        found = review_reading(
            self.reading, message.locale or "zh", message.purpose, facts, message.recipient
        )
        # The words of a template were read by the people who approved them.
        return found.cleared if message.template_version else found

    @cached_property
    def flags(self) -> frozenset[str]:
        """Every suppression that is up for this message."""
        return flags(self.context, self.message.channel)

    def zones(self, rule: Rule) -> tuple[str, ...]:
        """Return the zones in which a rule reads the clock: its own, or all the recipient may be in."""
        return rule.zones or self.context.zones


@frozen(kw_only=True)
class Hit:
    """One rule's answer."""

    effect: Effect
    reason: Reason
    retry_at: datetime | None = None
    window: ZonedWindow | None = None

    def softened(self) -> Hit:
        """Return the same hit as a warning."""
        return Hit(effect=Effect.WARN, reason=self.reason, window=self.window)


class Check(Protocol):
    """The parameters of one check type, read strictly, and how they are judged."""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return what this rule says of the case; nothing when it is content."""
        ...


def blocked(
    rule: Rule, code: str, detail: str = "", detail_zh: str = "", retry_at: datetime | None = None
) -> Hit:
    """Return a hit that stops the message, with the rule as its reason."""
    return Hit(effect=Effect.BLOCK, reason=rule.reason(code, detail, detail_zh), retry_at=retry_at)

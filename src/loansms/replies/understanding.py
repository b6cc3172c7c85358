"""What was understood of a reply: its intent, and every finding with the rule that made it. No word of the text is kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from loansms.replies.intent import Doubt, Intent, Scope

# Below this a reply goes to a person: half of what a weak cue finds is something else.
SURE = 0.7
"""The least confidence, of 1, at which a reply is acted on without a person."""


@frozen(kw_only=True)
class Finding:
    """One thing a reply says: the ``rule`` that found it, where (``span`` in the text as given), and how sure that is.

    A promise also names the day (``on``) and ``amount`` it resolved to; ``reason`` says why one of them stayed None.
    ``scope`` is told by an opt-out whose words say how far it goes.
    """

    intent: Intent
    rule: str
    span: tuple[int, int]
    confidence: float
    on: date | None = None
    amount: Decimal | None = field(default=None, repr=False)
    reason: str = ""
    scope: Scope | None = None


@frozen
class Understanding:
    """The meaning of a reply.

    ``confidence`` runs from 0 to 1; ``span`` bounds the words that decided, None where none did. ``promise_on`` and
    ``promise_amount`` (in the currency of the loan) are what a promise resolved to. ``all`` holds every finding, the deciding one
    first. ``scope`` is how far an opt-out goes. ``doubts`` are the reasons to show the reply to a person; ``unread``
    counts the characters beyond what is read.
    """

    intent: Intent
    confidence: float
    span: tuple[int, int] | None = None
    promise_on: date | None = None
    promise_amount: Decimal | None = field(default=None, repr=False)
    all: tuple[Finding, ...] = ()
    scope: Scope | None = None
    doubts: tuple[Doubt, ...] = ()
    unread: int = 0

    @property
    def to_person(self) -> bool:
        """Whether a person should read the reply, besides what is done at once."""
        return self.intent is Intent.UNCLEAR or self.confidence < SURE or bool(self.doubts)

    def found(self, *intents: Intent) -> tuple[Finding, ...]:
        """Return the findings of these intents."""
        return tuple(one for one in self.all if one.intent in intents)

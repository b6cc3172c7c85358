"""A plan two people signed: what is not in it is not sent, whatever is due.

It allows and never orders: each of its steps is still planned anew, asked of every rule and claimed.

>>> from datetime import UTC, datetime
>>> at = datetime(2026, 9, 24, 2, tzinfo=UTC)
>>> step = PlannedStep(loan_id="L-1", borrower_id="B-1", recipient="borrower", step="t-3", channel="sms", template="reminder.due_in_3")
>>> SignedPlan(digest="0" * 64, signed_by=("desk-1", "DESK-1"), steps={step: at})
Traceback (most recent call last):
loansms.errors.CallerError: plan: expected two different people to have signed it
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, field, frozen

from loansms.errors import CallerError
from loansms.model import Reason
from loansms.planning import PlanDecision, PlanRow

# Over a night's sleep and a morning's signatures, and shorter than any period after which a step comes round again.
GOOD_FOR: Final = timedelta(hours=36)

NOT_IN_PLAN: Final = Reason(
    "not_in_plan",
    "house",
    "The signed-off plan has no such message for this time; it waits for a plan that has.",
    severity="defer",
    message_zh="签批的计划中没有此时应发的该消息，须待列入签批计划后再发送。",
)


@frozen(kw_only=True)
class PlannedStep:
    """What a signature is about: one message to one reader by one channel, in the words of one template."""

    loan_id: str
    borrower_id: str
    recipient: str
    step: str
    channel: str
    template: str

    @classmethod
    def of(cls, row: PlanRow) -> PlannedStep:
        """Return the step of a planned row."""
        return cls(
            loan_id=row.loan_id,
            borrower_id=row.borrower_id,
            recipient=row.recipient.value,
            step=row.step,
            channel=row.channel.value if row.channel else "",
            template=row.template,
        )


def signer(name: str) -> str:
    """Return a name as two spellings of it compare.

    >>> signer(" Desk－1 ") == signer("desk-1")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


@frozen(kw_only=True)
class SignedPlan:
    """The steps of a plan file with when each was to go, the file's SHA-256, and who signed.

    ``spoken_for`` are steps of loans for which another loan's message speaks: they go with it, not alone. Raise
    CallerError for fewer than two different signers.
    """

    digest: str
    signed_by: tuple[str, ...]
    steps: Mapping[PlannedStep, datetime] = field(repr=False)
    spoken_for: Collection[PlannedStep] = field(default=frozenset[PlannedStep](), repr=False)

    def __attrs_post_init__(self) -> None:
        if len({signer(one) for one in self.signed_by} - {""}) < 2:
            raise CallerError(
                "plan: expected two different people to have signed it",
                "plan：计划须由两个不同的人签批",
            )

    def has(self, row: PlanRow, at: datetime) -> bool:
        """Return whether `row` was signed off to go `at`, and every loan it speaks for with it."""
        planned = self.steps.get(PlannedStep.of(row))
        if planned is None or at >= planned + GOOD_FOR:
            return False
        told = (PlannedStep.of(one) for one in row.joined)
        return all(one in self.spoken_for or one in self.steps for one in told)

    def passes(self, row: PlanRow, at: datetime) -> PlanRow:
        """Return `row`, held back where it would be sent and is not signed off."""
        if row.decision is not PlanDecision.SEND or self.has(row, at):
            return row
        return evolve(row, decision=PlanDecision.DEFER, reasons=(NOT_IN_PLAN, *row.why), limits=())

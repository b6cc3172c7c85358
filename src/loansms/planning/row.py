"""What is planned for one row of the book: the decision, its words, its time and every reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from attrs import field, frozen

from loansms.compliance import Context
from loansms.model import (
    Account,
    Attachment,
    Borrower,
    CapLimit,
    Card,
    Channel,
    Confirmation,
    Consent,
    Preferences,
    Purpose,
    Reason,
    RecipientRole,
    StepMark,
)
from loansms.privacy import Secret


class PlanDecision(StrEnum):
    """What the plan says of a row, the strongest first: the first that applies is the row's."""

    REJECT = "reject"
    NONE = "none"
    DENY = "deny"
    DEFER = "defer"
    SEND = "send"


@frozen(kw_only=True)
class PlanRow:
    """One planned row; `reasons` is never empty, its first entry is the row's reason.

    ``tenant`` is whose ledger counts it. ``send_at`` is the planned instant (aware, in the recipient's zone)
    of a sent or deferred row, ``last_on`` the last day on which the step may speak, ``retry_at`` when a denied
    row's cap frees. ``text`` is there for sent and deferred rows; ``template_version`` is that of its words, ``proved`` says that its words need no review
    (`loansms.planning.proof`), ``slots`` are the values written into them. ``why`` says why the step is due,
    ``competes`` whether it is a message that uses up the debtor's one a day, ``limits`` the caps the store
    enforces in the claim; ``borrower`` is the reader (a guarantor stands there too), ``account`` and ``context`` are what it
    was decided on. ``obligatory`` marks a duty, which no cap of the lender's own keeps back. ``joined`` are the rows of
    other loans, as each would have been sent, for which this one speaks; ``hop`` is the place of `channel` among the
    step's channels, 0 for the first; ``confirms`` the stop which this message may follow, ``wishes``
    those of its reader that it heeds. ``attachments`` and ``card`` go with
    the text of an event; ``agreement`` is the record by which its reader is served by this channel.
    """

    loan_id: str
    borrower_id: str
    decision: PlanDecision
    reasons: tuple[Reason, ...]
    tenant: str = ""
    recipient: RecipientRole = RecipientRole.BORROWER
    stage: str = ""
    step: str = ""
    due_on: date | None = None
    last_on: date | None = None
    purpose: Purpose | None = None
    channel: Channel | None = None
    hop: int = 0
    template: str = ""
    template_version: str = ""
    locale: str = ""
    priority: int = 0
    days_past_due: int | None = None
    send_at: datetime | None = None
    retry_at: datetime | None = None
    text: Secret[str] | None = None
    signature: str = ""
    segments: int | None = None
    proved: bool = False
    slots: Secret[Mapping[str, str]] | None = field(default=None, repr=False, eq=False)
    limits: tuple[CapLimit, ...] = field(default=(), repr=False)
    competes: bool = True
    obligatory: bool = False
    joined: tuple[PlanRow, ...] = field(default=(), repr=False)
    why: tuple[Reason, ...] = ()
    confirms: Confirmation | None = None
    wishes: Preferences | None = field(default=None, repr=False)
    borrower: Borrower | None = field(default=None, repr=False)
    account: Account | None = field(default=None, repr=False)
    context: Context | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    card: Card | None = field(default=None, repr=False)
    agreement: Consent | None = field(default=None, repr=False)

    @property
    def reason(self) -> str:
        """The first reason's code."""
        return self.reasons[0].code

    @property
    def competes_now(self) -> bool:
        """Whether it is a message that goes now and uses up the debtor's one a day."""
        return self.decision is PlanDecision.SEND and self.competes

    @property
    def offers(self) -> bool:
        """Whether it is an offer that would be made, now or later."""
        return self.purpose is Purpose.MARKETING and self.decision in (PlanDecision.SEND, PlanDecision.DEFER)

    @property
    def mark(self) -> StepMark:
        """The step as the debtor's history names it."""
        return StepMark(self.loan_id, self.step, self.due_on)


ALREADY_DONE = Reason(
    "already_done",
    "house",
    "It was carried out before and is not done again.",
    message_zh="此前已执行，不再重复。",
)
"""Why a step that was carried out before is not planned again."""

UNKNOWN_OUTCOME = Reason(
    "unknown_outcome",
    "house",
    "It was handed to the provider and nobody knows yet whether it was sent; it is not sent again.",
    message_zh="已提交通道但结果未知，不会自动重发。",
)
"""Why a step whose fate nobody knows is not planned again: a receipt, a look-up or a person settles it first."""

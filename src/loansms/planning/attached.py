"""What goes with a message besides its text: read like the text, and a served document only to whom it was agreed with.

That agreement is a record in the ledger (a consent with the scope ``service_address`` that names the channel), never a
bare word of the host's: the fact `service_address_agreed` is taken from it, and the evidence of the message names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from loansms.compliance import review_text
from loansms.model import Attachment, Channel, Consent, ConsentRecord, ConsentScope, History, Lender, Reason
from loansms.model.consent import consents_in_force
from loansms.model.message import Purpose
from loansms.planning.row import PlanDecision, PlanRow

NOT_AGREED: Final = Reason(
    "service_address_not_agreed",
    # A notice by data message takes effect when it enters the system its addressee named.
    "民法典 art. 137",
    "A legal notice goes only by a channel for which the ledger holds the agreement on service, of the day the notice names.",
    severity="block",
    verified="R",
    message_zh="账本中没有与通知所载日期一致、约定以该渠道送达的记录，不得发送法律通知。",
)
_LINKS: Final = Reason(
    "card_link_not_listed",
    "house",
    "A button of the card leads elsewhere than to a host of the lender's link_allowlist.",
    severity="block",
    message_zh="卡片按钮的链接不在机构档案 link_allowlist 之内。",
)


def agreement_of(history: History, purpose: Purpose, channel: Channel, now: datetime) -> Consent | None:
    """Return the latest agreement in force at `now` that messages of `purpose` are served by `channel`; None without one."""
    records: tuple[ConsentRecord, ...] = (*history.consents, *history.revocations)
    found = consents_in_force(records, purpose, channel, now, scope=ConsentScope.SERVICE_ADDRESS)
    return next((one for one in reversed(found) if channel in one.channels), None)


def with_attached(row: PlanRow, lender: Lender) -> PlanRow:
    """Return the worded `row`, or the row denied for a file or a card that may not go with it."""
    if not row.attachments and row.card is None:
        return row
    reasons = tuple(_faults(row, lender))
    if not reasons:
        return row
    return evolve(
        row,
        decision=PlanDecision.DENY,
        reasons=(*reasons, *row.why),
        text=None,
        segments=None,
        send_at=None,
    )


def _faults(row: PlanRow, lender: Lender) -> Iterator[Reason]:
    facts: Mapping[str, Any] = row.context.facts if row.context else {}
    if any(not _may_be_served(one, row, facts) for one in row.attachments):
        yield NOT_AGREED
    for one in row.attachments:
        if one.words.reveal():
            yield from _unlawful("\n".join(one.words.reveal()), one.locale or row.locale, row, facts)
    if row.card is not None:
        if not row.card.stays_with(lender):
            yield _LINKS
        said = [row.card.title.reveal(), *(one.label for one in row.card.buttons)]
        yield from _unlawful("\n".join(said), row.locale, row, facts)


def _may_be_served(one: Attachment, row: PlanRow, facts: Mapping[str, Any]) -> bool:
    if one.agreed_on is None:
        return True
    agreed = row.agreement
    if agreed is None or row.borrower is None or facts.get("service_address_agreed") is not True:
        return False
    return row.borrower.local_date(agreed.at) == one.agreed_on


def _unlawful(text: str, locale: str, row: PlanRow, facts: Mapping[str, Any]) -> Iterator[Reason]:
    purpose = row.purpose or Purpose.COLLECTION
    for found in review_text(text, locale, purpose, facts, row.recipient).cleared.findings:
        yield Reason(
            f"attached_{found.family}",
            found.citation or "house",
            f"In what goes with the message: {found.message}",
            rule_id=found.rule_id,
            severity="block",
            verified=found.verified,
            message_zh=f"随附内容：{found.message_zh or found.message}",
        )

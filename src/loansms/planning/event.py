"""The plan for one event notice (application received, disbursed, debit failed ...): no loan row is needed.

The event's id is its dedupe key; the words go through the same gate as a step of the ladder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.errors import TemplateError
from loansms.model import (
    Attachment,
    Borrower,
    Card,
    Channel,
    Confirmation,
    History,
    Lender,
    Purpose,
    Reason,
    RecipientRole,
)
from loansms.planning.attached import agreement_of, with_attached
from loansms.planning.decide import decide
from loansms.planning.gate import borrower_context
from loansms.planning.keys import tenant_of
from loansms.planning.row import ALREADY_DONE, UNKNOWN_OUTCOME, PlanDecision, PlanRow
from loansms.planning.wording import word
from loansms.templates import Catalogue

EVENT_STAGE = "event"
_CONFIRMS = "one_confirmation_of_opt_out"  # the exception of the rules on refused mediums


@frozen(kw_only=True)
class Event:
    """Something that happened and is to be told, once.

    ``values`` fill the template's slots; ``facts`` prove its claims; ``purpose`` defaults to the template's;
    ``lender_id`` says who speaks where there are several. ``attachments`` go with it by a provider that carries files,
    ``card`` is what a card shows in place of its text. ``confirms`` is the stop it may follow, once: the packs are asked as if
    that stop were not, and the claim lets nothing else through it.
    """

    event_id: str
    template: str
    borrower: Borrower
    values: Mapping[str, Any] = field(repr=False)
    purpose: Purpose | None = None
    loan_id: str | None = None
    lender_id: str | None = None
    channel: Channel = Channel.SMS
    recipient: RecipientRole = RecipientRole.BORROWER
    facts: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    confirms: Confirmation | None = None
    attachments: tuple[Attachment, ...] = field(default=(), repr=False, converter=tuple[Attachment, ...])
    card: Card | None = field(default=None, repr=False)


def plan_event(
    event: Event,
    *,
    catalogue: Catalogue,
    packs: Sequence[RulePack],
    lender: Lender,
    now: datetime,
    history: History | None = None,
    provider: str = "sandbox",
    overrides: Overrides | None = None,
    approved_only: bool = False,
) -> PlanRow:
    """Return the row planned for `event` at `now`; a done event is ``none`` with reason ``already_done``.

    `approved_only` denies a template that is not approved.
    Raise TemplateError for a template id the catalogue does not know.

    >>> from loansms.model.examples import borrower
    >>> catalogue, lender = Catalogue.builtin(), Lender.example("CN")
    >>> paid = catalogue.get("notice.payment_received", locale="zh-CN")
    >>> event = Event(event_id="paid-1", template=paid.id, borrower=borrower(), values=paid.samples())
    >>> now = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    >>> row = plan_event(event, catalogue=catalogue, packs=[RulePack.load("CN")], lender=lender, now=now)
    >>> row.decision.value, row.step, row.purpose.value
    ('send', 'paid-1', 'transaction_notice')
    """
    history = history or History()
    locale = catalogue.resolve_locale(event.template, event.borrower.language)
    template = catalogue.get(event.template, locale=locale)
    purpose = event.purpose or template.purpose
    if purpose is not template.purpose:
        raise TemplateError(
            f"{event.template}: purpose: expected {template.purpose.value} as in templates.toml, got {purpose.value}",
            f"{event.template}：purpose：应与 templates.toml 一致，为 {template.purpose.value}，实际为 {purpose.value}",
        )
    happened = Reason(
        "event", "house", f"Event notice {event.template}.", message_zh=f"事件通知 {event.template}。"
    )
    agreement = agreement_of(history, purpose, event.channel, now)
    agreed = {} if agreement is None else {"service_address_agreed": True}
    row = PlanRow(
        loan_id=event.loan_id or "",
        borrower_id=event.borrower.borrower_id,
        decision=PlanDecision.NONE,
        reasons=(happened,),
        tenant=tenant_of(lender),
        why=(happened,),
        recipient=event.recipient,
        stage=EVENT_STAGE,
        step=event.event_id,
        purpose=purpose,
        channel=event.channel,
        template=event.template,
        locale=locale,
        borrower=event.borrower,
        confirms=event.confirms,
        attachments=event.attachments,
        card=event.card,
        agreement=agreement if any(one.agreed_on for one in event.attachments) else None,
        context=borrower_context(
            event.borrower,
            lender=lender,
            provider=provider,
            history=evolve(history, opted_out=False) if event.confirms else history,
            loan_id=event.loan_id,
            facts={**agreed, **event.facts, **({_CONFIRMS: True} if event.confirms else {})},
            overrides=overrides,
        ),
    )
    if row.mark in history.done:
        known = UNKNOWN_OUTCOME if row.mark in history.unknown else ALREADY_DONE
        return evolve(row, reasons=(known, happened))
    today = event.borrower.local_date(now)
    row = word(row, catalogue, lambda _template: event.values, lender, today, approved_only=approved_only)
    if row.text is not None:
        row = with_attached(row, lender)
    return row if row.text is None else decide(row, packs, now)

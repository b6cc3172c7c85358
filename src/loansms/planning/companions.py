"""A step on a channel of its own: its words there, and the set of channels that go out together.

A companion set is one message in several places: it goes where its leader, the first channel, goes. No shipped pack says
that such a set is one contact, so each of its messages counts, those before it in the set included.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import evolve

from loansms.compliance import RulePack
from loansms.errors import TemplateError
from loansms.model import Channel, Contact, History, Lender, Reason
from loansms.planning.decide import decide
from loansms.planning.row import PlanDecision, PlanRow
from loansms.planning.values import account_values
from loansms.planning.wording import word
from loansms.templates import Catalogue

_WITHOUT: Final = Reason(
    "set_goes_without",
    "house",
    "The rest of its set goes now; this channel may not, and is not made up for later.",
    message_zh="同组其他渠道现在发送；该渠道目前不可发送，之后也不补发。",
)


def worded(
    row: PlanRow,
    catalogue: Catalogue,
    lender: Lender,
    history: History,
    now: datetime,
    *,
    approved_only: bool = False,
) -> PlanRow:
    """Return `row`, which has its account and its reader, with the words of its template or the reason for none."""
    account, reader = row.account, row.borrower
    if account is None or reader is None:
        raise ValueError("row: expected a step of an account with its reader")
    return word(
        row,
        catalogue,
        lambda template: account_values(template.slots, account, history, now, template.locale),
        lender,
        reader.local_date(now),
        approved_only=approved_only,
    )


def on_channel(row: PlanRow, channel: Channel, hop: int, catalogue: Catalogue) -> PlanRow:
    """Return `row` as its step goes by `channel`, the one at place `hop` of its channels; its words are still to come.

    A template named after the step's and the channel (``collection.early_voice``) speaks there, where the catalogue
    has one for that channel and purpose; else the step's own.
    """
    language = row.borrower.language if row.borrower else ""
    return evolve(
        row,
        decision=PlanDecision.NONE,
        reasons=row.why,
        channel=channel,
        hop=hop,
        template=(template := _template(row, channel, catalogue, language)),
        locale=catalogue.resolve_locale(template, language),
        text=None,
        segments=None,
        send_at=None,
        retry_at=None,
        limits=(),
    )


def companions(
    leader: PlanRow,
    channels: Sequence[Channel],
    *,
    catalogue: Catalogue,
    lender: Lender,
    packs: Sequence[RulePack],
    history: History,
    now: datetime,
    approved_only: bool = False,
) -> list[PlanRow]:
    """Return the rows that go out together with `leader`, the row of the first of `channels`."""
    rows: list[PlanRow] = []
    said: list[Contact] = [_contact(leader, now)] if leader.decision is PlanDecision.SEND else []
    for hop, channel in enumerate(channels[1:], start=1):
        row = evolve(on_channel(leader, channel, hop, catalogue), competes=False)
        if row.context is None or not said:
            rows.append(follow(row, leader))
            continue
        contacts = (*row.context.past_contacts, *said)
        row = evolve(row, context=evolve(row.context, past_contacts=contacts))
        row = worded(row, catalogue, lender, history, now, approved_only=approved_only)
        if row.text is not None:
            row = decide(row, packs, now)
        if row.decision is PlanDecision.DEFER:
            row = evolve(_silent(row), decision=PlanDecision.NONE, reasons=(_WITHOUT, *row.reasons))
        if row.decision is PlanDecision.SEND:
            said.append(_contact(row, now))
        rows.append(row)
    return rows


def follow(row: PlanRow, leader: PlanRow) -> PlanRow:
    """Return a companion as its `leader` stands, which does not go now: the same decision for the same reasons."""
    return evolve(
        _silent(row),
        decision=leader.decision if leader.decision is not PlanDecision.DEFER else PlanDecision.NONE,
        reasons=leader.reasons,
    )


def _silent(row: PlanRow) -> PlanRow:
    return evolve(row, text=None, segments=None, send_at=None, limits=())


def _template(row: PlanRow, channel: Channel, catalogue: Catalogue, language: str) -> str:
    own = f"{row.template}_{channel.value}"
    try:
        found = catalogue.get(own, locale=catalogue.resolve_locale(own, language))
    except TemplateError:
        return row.template
    fits = found.channel is channel and found.purpose is row.purpose and found.recipient is row.recipient
    return own if fits else row.template


def _contact(row: PlanRow, now: datetime) -> Contact:
    if row.channel is None:
        raise ValueError("row: expected a message with its channel")
    return Contact(channel=row.channel, at=now, purpose=row.purpose, loan_id=row.loan_id)

"""What comes back from the world: receipts, replies, consents, contacts made elsewhere. It enters as facts.

An opt-out or a revocation is in the ledger before this returns, so it acts on the very next claim.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from loansms.errors import CallerError
from loansms.model import (
    Channel,
    Consent,
    Contact,
    ContactKind,
    DeliveryReceipt,
    Hold,
    InboundMessage,
    Lender,
    Payment,
    Preferences,
    Revocation,
)
from loansms.model.disposition import EFFECTS, Disposition
from loansms.planning import debtor_key, tenant_of
from loansms.providers import AsyncSupportsInbound, AsyncSupportsReceipts
from loansms.replies import asks_to_stop
from loansms.services.intake.follow_up import UNSPOKEN, FollowUp, follow_up_id
from loansms.services.intake.taken import Disposed, Taken
from loansms.services.keeping._async.keeper import AsyncKeeper
from loansms.services.replies._async.service import AsyncReplyService
from loansms.services.replies.rules import STOPPED
from loansms.services.sending._async.outreach import AsyncOutreachService
from loansms.services.sending.report import RunRow
from loansms.stores import OPTED_OUT, AsyncContactLedger


class AsyncIntakeService:
    """Writes what came back into the ledger of one lender group; call it as often as news arrives.

    With `replies` every reply is taken in whole (`ReplyService.take`); without, a word that asks to stop is obeyed.
    `outreach` sends the summaries that follow calls.
    """

    def __init__(
        self,
        *,
        store: AsyncContactLedger,
        lender: Lender,
        keeper: AsyncKeeper | None = None,
        replies: AsyncReplyService | None = None,
        outreach: AsyncOutreachService | None = None,
    ) -> None:
        self._store = store
        self._tenant = tenant_of(lender)
        self._keeper = keeper
        self._replies = replies
        self._outreach = outreach

    async def collect(self, provider: object, *, now: datetime) -> Taken:
        """Fetch and record every receipt and reply the provider holds up to `now`, where it can be asked."""
        statuses: Counter[str] = Counter()
        stops = replies = unmatched = unattributed = 0
        # Replies first: a stop that is lost weighs more than a receipt, should the store fail between.
        if isinstance(provider, AsyncSupportsInbound):
            for message in await provider.inbound(now):
                replies += 1
                if self._replies is None:
                    unattributed += message.borrower_id is None
                    stops += await self.reply(message)
                else:
                    taken = await self._replies.take(message, now=now)
                    unattributed += not taken.borrowers
                    stops += taken.opted_out and bool(taken.borrowers)
        if isinstance(provider, AsyncSupportsReceipts):
            for receipt in await provider.receipts(now):
                unmatched += not await self.receipt(receipt)
                statuses[receipt.status.value] += 1
        return Taken(
            receipts=dict(statuses),
            replies=replies,
            opted_out=stops,
            unmatched=unmatched,
            unattributed=unattributed,
        )

    async def receipt(self, receipt: DeliveryReceipt) -> bool:
        """Record one delivery receipt; False when it belongs to no attempt.

        With the `keeper` of the service that sent, a receipt that names a number must name the one it went to: what
        nobody signed is not believed by its id alone.
        """
        numbers = self._keeper.tags(receipt.phone) if self._keeper and receipt.phone else ()
        return await self._store.record_receipt(receipt, numbers)

    async def reply(self, message: InboundMessage) -> bool:
        """Record one reply; a word that asks to stop is obeyed at once. Return whether it was one."""
        if self._replies is not None:
            return (await self._replies.take(message)).opted_out
        if message.borrower_id is None:
            return False
        debtor = debtor_key(self._tenant, message.borrower_id)
        heard = Contact(channel=Channel.SMS, at=message.received_at, kind=ContactKind.INBOUND_MESSAGE)
        source = f"reply|{message.borrower_id}|{message.received_at.isoformat()}"
        await self._store.record_contact(debtor, heard, source)
        stop = asks_to_stop(message.text.reveal())
        if stop:
            await self._store.suppress(debtor, OPTED_OUT, message.received_at, purposes=STOPPED)
        return stop

    async def record_contact(self, borrower_id: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere (a call, an agency's text), once per `source_id`."""
        return await self._store.record_contact(debtor_key(self._tenant, borrower_id), contact, source_id)

    async def record_payment(self, borrower_id: str, payment: Payment, source_id: str) -> bool:
        """Keep a payment, once per `source_id` (the id of the booking): what was planned before it is not sent."""
        return await self._store.record_payment(debtor_key(self._tenant, borrower_id), payment, source_id)

    async def record_hold(self, borrower_id: str, hold: Hold, source_id: str, *, at: datetime) -> bool:
        """Keep what stops the ladder, once per `source_id`: the next plan and the next claim know it."""
        return await self._store.record_hold(debtor_key(self._tenant, borrower_id), hold, at, source_id)

    async def record_preferences(
        self, borrower_id: str, wanted: Preferences, source_id: str, *, at: datetime
    ) -> bool:
        """Keep how a borrower wants to be written to, once per `source_id`: the next plan heeds it, the latest word on each wish."""
        debtor = debtor_key(self._tenant, borrower_id)
        return await self._store.record_preferences(debtor, wanted, at, source_id)

    async def record_disposition(
        self,
        borrower_id: str,
        disposition: Disposition,
        source_id: str,
        *,
        follow_up: FollowUp | None = None,
        now: datetime | None = None,
    ) -> Disposed:
        """Take in how a person's call ended, once per `source_id`: it counts as a contact, and stops what it stops.

        A promise stops everything that asks for money until its day is over; a dispute, hardship, complaint or wrong person
        until somebody releases it (`store.release(debtor, "call_dispute", at, by)`). `follow_up` is the summary to send then,
        once per `source_id` too, through the gate of `outreach`: told again after a crash, what was cut short is finished.
        Nothing follows a call that did not reach the borrower. Raise CallerError for a summary to somebody else than
        `borrower_id`, or without `outreach`; nothing is recorded then.
        """
        sender = self._outreach
        if follow_up is not None and (sender is None or follow_up.borrower.borrower_id != borrower_id):
            raise CallerError(
                "follow_up: expected a summary to the borrower of the call, and IntakeService(..., outreach=...)",
                "follow_up：应为发给该通话借款人本人的摘要，且须设置 IntakeService(..., outreach=...)",
            )
        debtor = debtor_key(self._tenant, borrower_id)
        effect = EFFECTS[disposition.result]
        # The stop first: a stop that is lost weighs more than a contact, should the store fail between. So a call told
        # again after somebody released it stops anew: on the safe side, and to be released again.
        if effect.stops is not None:
            code = f"call_{disposition.result}"
            await self._store.suppress(
                debtor, code, disposition.at, disposition.stops_until, purposes=effect.stops
            )
        call = Contact(
            channel=Channel.VOICE,
            at=disposition.at,
            kind=effect.kind,
            purpose=disposition.purpose,
            loan_id=disposition.loan_id,
        )
        counted = await self._store.record_contact(debtor, call, source_id)
        told: RunRow | None = None
        if follow_up is not None and sender is not None and disposition.result not in UNSPOKEN:
            told = await sender.notify(
                follow_up.template,
                borrower=follow_up.borrower,
                values=follow_up.values,
                event_id=follow_up_id(source_id),
                loan_id=disposition.loan_id,
                lender_id=follow_up.lender_id,
                channel=follow_up.channel,
                facts=follow_up.facts,
                now=now,
            )
        return Disposed(counted=counted, stopped=effect.stops is not None, follow_up=told)

    async def record_consent(self, borrower_id: str, consent: Consent, source_id: str) -> bool:
        """Keep what a borrower agreed to, once per `source_id` (the id of the form or the call).

        It answers earlier revocations of the same; an opt-out by reply stands until it is released.
        """
        return await self._store.record_consent(debtor_key(self._tenant, borrower_id), consent, source_id)

    async def revoke_consent(self, borrower_id: str, revocation: Revocation, source_id: str) -> bool:
        """Keep what a borrower took back, once per `source_id`; it stops even what is already planned."""
        return await self._store.revoke_consent(debtor_key(self._tenant, borrower_id), revocation, source_id)

"""Answers to replies: by template, through the gate, only of loans the core system knows, only to the borrower's own number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from loansms.model import Account, Confirmation, InboundMessage, Lender
from loansms.planning import debtor_key, tenant_of
from loansms.planning.gate import calendar_of
from loansms.replies import CaseKind
from loansms.services.replies.reading import Reading
from loansms.services.replies.record import case_id
from loansms.services.replies.rules import ReplyRules
from loansms.services.replies.taken import ANSWERED
from loansms.services.replies.trail import REPLY_STEP
from loansms.services.replies.values import Known, facts_for, values_for
from loansms.services.sending._async.outreach import AsyncOutreachService
from loansms.services.sending.facts import AsyncFactSource, checked_facts
from loansms.services.sending.report import Outcome


class AsyncReplyAnswers:
    """Answers through `outreach`, with the accounts of `facts`; without facts it answers nothing."""

    def __init__(
        self,
        *,
        lender: Lender,
        outreach: AsyncOutreachService,
        facts: AsyncFactSource | None,
        rules: ReplyRules,
    ) -> None:
        self._lender = lender
        self._outreach = outreach
        self._facts = facts
        self._rules = rules

    async def answer(
        self,
        reply: str,
        message: InboundMessage,
        debtor: str,
        reading: Reading,
        *,
        late: bool,
        at: datetime,
        confirms: Confirmation | None = None,
    ) -> tuple[str, Outcome | None, str]:
        """Answer by template through the gate; return the template, its outcome, and why nothing went."""
        if reading.plan.template is None or reading.says_nothing_else:
            return "", None, "no_answer"
        if late:
            return reading.plan.template, None, "too_late"
        if reading.answered is not None and not reading.answered.to_borrower:
            return reading.plan.template, None, "not_the_borrower"
        accounts = await self._accounts(debtor, reading)
        if accounts:
            reading = reading.among([one.loan_id for one in accounts])
        plan, template = reading.plan, reading.plan.template or ""
        if not accounts:
            return template, None, "no_facts"
        phones = {one.borrower.phone for one in accounts}
        if message.phone is not None and phones != {message.phone}:
            return template, None, "another_number"
        catalogue = self._outreach.setup.catalogue
        if template not in catalogue.ids():
            return template, None, "no_template"
        account = accounts[0] if len(accounts) == 1 else None
        borrower = accounts[0].borrower
        known = self._known(reply, reading, account, len(accounts), borrower.local_date(at), plan.cases)
        slots = catalogue.get(template, catalogue.resolve_locale(template, borrower.language)).slots
        values = values_for(slots, known)
        if values is None:
            return template, None, "unknown_values"
        row = await self._outreach.notify(
            template,
            borrower=borrower,
            values=values,
            event_id=f"{REPLY_STEP}{reply}",
            loan_id=account.loan_id if account else None,
            lender_id=accounts[0].lender_id,
            facts={**facts_for(known), "reply_to": message.received_at},
            confirms=confirms,
            now=at,
        )
        return template, row.outcome, "" if row.outcome in ANSWERED else row.row.reason

    def _known(
        self,
        reply: str,
        reading: Reading,
        account: Account | None,
        loans: int,
        on: date,
        cases: Sequence[CaseKind],
    ) -> Known:
        due = None
        if cases:
            calendar = calendar_of(self._lender, self._outreach.setup.overrides)
            due = self._rules.case[cases[0]].due(reading.received.date(), calendar)
        return Known(
            on=on,
            account=account,
            loans=loans,
            promise_on=reading.understanding.promise_on,
            received_on=reading.received.date(),
            case_id=case_id(reply, cases[0]) if cases else "",
            reply_by=due,
        )

    async def _accounts(self, debtor: str, reading: Reading) -> list[Account]:
        """Return today's accounts of the loans a reply may be about, of this borrower alone."""
        loans = list(reading.context.loan_ids)
        if self._facts is None or not loans:
            return []
        current = checked_facts(await self._facts.current(loans))
        mine = [current[one] for one in loans if one in current]
        return [
            one
            for one in mine
            if one.borrower.borrower_id == debtor.removeprefix(debtor_key(tenant_of(self._lender), ""))
        ]

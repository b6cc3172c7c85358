"""The cases replies open: each once, with its owner and its day, in the journal and in the host's queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loansms.calendars import Overrides
from loansms.model import InboundMessage, Lender, Purpose
from loansms.planning import debtor_key, tenant_of
from loansms.planning.gate import calendar_of
from loansms.providers.cases import AsyncCaseQueue, Case
from loansms.replies import CaseKind
from loansms.services.replies.reading import Reading
from loansms.services.replies.record import case_id, case_record
from loansms.services.replies.rules import ReplyRules
from loansms.services.replies.trail import Trail
from loansms.stores import AsyncFullLedger


class AsyncReplyCases:
    """Opens cases in a ledger and, where there is one, in a queue."""

    def __init__(
        self,
        *,
        store: AsyncFullLedger,
        lender: Lender,
        queue: AsyncCaseQueue | None,
        rules: ReplyRules,
        overrides: Overrides,
    ) -> None:
        self._store = store
        self._lender = lender
        self._queue = queue
        self._rules = rules
        self._overrides = overrides

    async def open(
        self,
        reply: str,
        message: InboundMessage,
        debtor: str,
        kinds: Sequence[CaseKind],
        reading: Reading,
        trail: Trail,
        at: datetime,
    ) -> list[CaseKind]:
        """Open the cases that are not open yet; return all of these kinds."""
        for kind in kinds:
            case = case_id(reply, kind)
            known = trail.cases.get(case)
            if known is not None and (self._queue is None or known.get("queued") is True):
                continue
            whose = self._rules.case[kind]
            due = whose.due(reading.received.date(), calendar_of(self._lender, self._overrides))
            answered, loans = reading.answered, reading.context.loan_ids
            queued: bool | None = None
            if self._queue is not None:
                queued = await self._queue.open(
                    Case(
                        case_id=case,
                        step_key=answered.step_key if answered else "",
                        borrower_id=debtor.removeprefix(debtor_key(tenant_of(self._lender), "")),
                        loan_id=loans[0] if len(loans) == 1 else None,
                        reason=f"reply.{kind.value}",
                        purpose=answered.purpose if answered else Purpose.TRANSACTION_NOTICE,
                        history=message.text,
                        opened_at=at,
                        owner=whose.owner,
                        answer_by=due,
                    )
                )
            told = case_record(
                case, debtor, at, kind=kind, owner=whose.owner, answer_by=due, reply=reply, queued=queued
            )
            await self._store.append([told])
        return list(kinds)

"""An agency's file of a day into the ledger: each row once, by its source id; bad rows are told and stop nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from loansms.errors import BadRow, StoreError
from loansms.model import (
    Consent,
    Contact,
    Hold,
    Lender,
    Payment,
    RecordKind,
    Revocation,
)
from loansms.planning import debtor_key, tenant_of
from loansms.portfolio import Reject
from loansms.services.intake._async.service import AsyncIntakeService
from loansms.services.intake.agency_file import News, Release, read_news
from loansms.services.intake.taken import AgencyTaken
from loansms.stores import AsyncFullLedger


class AsyncAgencyIntake:
    """Takes the files of one agency for one lender group.

    `agency` names it in every source id, so that two agencies may count alike; `by` is the staff id under which holds
    are released (None: a file releases nothing). Raise StoreError for a store without a journal.
    """

    def __init__(
        self, *, store: AsyncFullLedger, lender: Lender, agency: str = "", by: str | None = None
    ) -> None:
        if not store.guarantees().journal:
            raise StoreError(
                "store: taking an agency's file needs a store that keeps a journal (MemoryStore, SqliteStore, PostgresStore)",
                "store：接收委外机构文件需要带有日志的存储（MemoryStore、SqliteStore、PostgresStore）",
            )
        self._store = store
        self._tenant = tenant_of(lender)
        self._intake = AsyncIntakeService(store=store, lender=lender)
        self._agency = agency
        self._by = by

    async def take(self, path: Path, *, now: datetime, encoding: str = "utf-8") -> AgencyTaken:
        """Record every usable row, in the order of the file; the same file again changes nothing.

        One exception is on the safe side: a call's outcome told again after somebody released its stop stops anew.
        Raise UnreadableBook for a file that is no table of these columns, StoreError when the ledger fails: take the
        file again then.
        """
        new = known = 0
        rejects: list[Reject] = []
        for line, row in list(read_news(path, now, encoding)):
            if isinstance(row, Reject):
                rejects.append(row)
                continue
            try:
                if await self._record(row):
                    new += 1
                else:
                    known += 1
            except BadRow as bad:
                rejects.append(Reject(line, bad.column, bad.reason, bad.reason_zh))
        return AgencyTaken(new=new, known=known, rejects=tuple(rejects))

    async def _record(self, told: News) -> bool:
        who = told.borrower_id
        source = f"{self._agency}:{told.source_id}" if self._agency else told.source_id
        match told.fact:
            case Contact() as made:
                return await self._intake.record_contact(who, made, source)
            case Payment() as paid:
                return await self._intake.record_payment(who, paid, source)
            case Hold() as hold:
                return await self._intake.record_hold(who, hold, source, at=told.at)
            case Consent() as given:
                return await self._intake.record_consent(who, given, source)
            case Revocation() as taken:
                return await self._intake.revoke_consent(who, taken, source)
            case Release() as release:
                return await self._release(who, release, told.at)
            case ended:
                return (await self._intake.record_disposition(who, ended, source)).counted

    async def _release(self, borrower_id: str, release: Release, at: datetime) -> bool:
        if self._by is None:
            raise BadRow(
                "kind",
                "a release needs a person who answers for it (--by)",
                "解除暂停须指明负责人（--by）",
            )
        debtor = debtor_key(self._tenant, borrower_id)
        # Releases have no source id: a file taken again must not end a hold that was recorded after it.
        async for entry in self._store.entries(debtor=debtor):
            record = entry.record
            same = record.kind is RecordKind.HELD and record.data.get("hold") == release.kind.value
            if same and record.at > at and release.loan_id in (None, record.loan_id):
                raise BadRow(
                    "at",
                    "a hold of this kind was recorded later; release that one at the desk",
                    "此后又登记了同类暂停，须由工作人员解除",
                )
        return bool(await self._store.release_holds(debtor, release.kind, at, self._by, release.loan_id))

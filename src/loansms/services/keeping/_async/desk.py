"""What people do with the ledger: look, read, settle, stop, release, erase; each by role, each on record.

Everything shown by default is masked. A plain value is read by somebody who may, for a reason, and the reading is
written down before the value is returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from loansms.errors import CallerError, StoreError
from loansms.model import HoldKind, Json, Lender, PhoneNumber, Record, RecordKind
from loansms.planning import debtor_key, tenant_of
from loansms.privacy import Secret
from loansms.services.keeping._async.keeper import AsyncKeeper
from loansms.services.keeping.access import Actor, Role
from loansms.services.keeping.erasure import ERASURE_ASKED, Erased, KeptUntil
from loansms.services.keeping.kept import Plain, PlainFile, files_of
from loansms.services.keeping.timeline import Timeline, TimelineLine
from loansms.stores import AsyncFullLedger, Stop, StopScope

_DELETED: Final = "the words were never kept, or their period is over"

# The records that say by which digest the words of a step, or of a reply, are known.
_WORDS: Final = (RecordKind.CLAIMED, RecordKind.REPLY)


class AsyncDesk:
    """A lender's people at the ledger; `keeper` is that of the service that sent."""

    def __init__(self, *, store: AsyncFullLedger, lender: Lender, keeper: AsyncKeeper | None = None) -> None:
        told = store.guarantees()
        if not (told.journal and told.vault):
            raise StoreError(
                "store: a desk needs a store that keeps a journal and a vault (MemoryStore, SqliteStore, PostgresStore)",
                "store：工作台需要带有日志与保险库的存储（MemoryStore、SqliteStore、PostgresStore）",
            )
        self._store = store
        self._keeper = keeper
        self._tenant = tenant_of(lender)

    async def timeline(self, borrower_id: str) -> list[TimelineLine]:
        """Return what happened with a borrower, oldest first, every value masked."""
        told = Timeline()
        async for entry in self._store.entries(debtor=self._debtor(borrower_id)):
            told.add(entry)
        return told.lines

    async def read(
        self, borrower_id: str, step_key: str, *, by: Actor, why: str, at: datetime
    ) -> Plain | None:
        """Return a message in the clear, None when it is gone; needs READ_PLAIN and a reason, and is on record."""
        by.must(Role.READ_PLAIN)
        if not why.strip():
            raise CallerError(
                "why: expected the reason for reading a plain message", "why：须说明查看明文的理由"
            )
        debtor = self._debtor(borrower_id)
        digest = await self._digest(debtor, step_key)
        if digest is None:
            return None
        await self._tell(RecordKind.READ, at, debtor, by, step_key=step_key, what="message", why=why)
        said = await self._sealed().opened(debtor, step_key, at)
        if said is None:
            return None
        return Plain(said, await self._sealed().digest(debtor, said.text.reveal(), at) == digest)

    async def read_file(
        self, borrower_id: str, step_key: str, name: str, *, by: Actor, why: str, at: datetime
    ) -> PlainFile | None:
        """Return a file that went with a message, byte for byte; None when it is gone. As `read` for whom, and on record."""
        by.must(Role.READ_PLAIN)
        if not why.strip():
            raise CallerError("why: expected the reason for reading a file", "why：须说明查看文件的理由")
        debtor = self._debtor(borrower_id)
        listed: list[Mapping[str, Json]] = []
        async for entry in self._store.entries(debtor=debtor):
            if entry.record.step_key == step_key and entry.record.kind is RecordKind.CLAIMED:
                listed = files_of(entry.record)
        place = next((place for place, one in enumerate(listed) if one["name"] == name), None)
        if place is None:
            return None
        await self._tell(RecordKind.READ, at, debtor, by, step_key=step_key, what="file", name=name, why=why)
        content = await self._sealed().opened_file(debtor, step_key, place, at)
        if content is None:
            return None
        proved = sha256(content).hexdigest() == listed[place]["sha256"]
        return PlainFile(name, str(listed[place]["type"]), Secret(content), proved)

    async def find(self, phone: PhoneNumber, *, by: Actor, why: str, at: datetime) -> list[str]:
        """Return the borrowers of this lender a number was written to; needs READ_PLAIN, and is on record."""
        by.must(Role.READ_PLAIN)
        found = await self._sealed().find(phone)
        await self._tell(RecordKind.READ, at, "", by, what="number", why=why)
        head = self._debtor("")
        return sorted(one.removeprefix(head) for one in found if one.startswith(head))

    async def resolve(self, step_key: str, *, sent: bool, by: Actor, at: datetime) -> bool:
        """Settle an unknown; needs RESOLVE_UNKNOWNS. Not sent = the step may be claimed anew."""
        by.must(Role.RESOLVE_UNKNOWNS)
        return await self._store.resolve(step_key, sent, by.id, at)

    async def stop(
        self, scope: StopScope, value: str = "", *, by: Actor, why: str = "", at: datetime
    ) -> bool:
        """Put the brakes on: every worker obeys before its next claim. Needs BRAKES."""
        by.must(Role.BRAKES)
        return await self._store.stop(Stop(scope=scope, value=value, at=at, by=by.id, why=why))

    async def resume(self, scope: StopScope, value: str = "", *, by: Actor, at: datetime) -> bool:
        """Take the brakes off; needs BRAKES."""
        by.must(Role.BRAKES)
        return await self._store.resume(scope, value, at, by.id)

    async def release(self, borrower_id: str, code: str, *, by: Actor, at: datetime) -> bool:
        """Take a suppression back; needs RELEASE. A request for erasure is not taken back this way."""
        by.must(Role.RELEASE)
        if code == ERASURE_ASKED:
            raise CallerError(
                "code: expected a suppression, but a request for erasure stands until it is carried out",
                "code：应为可解除的停发，删除请求在执行前持续有效",
            )
        return await self._store.release(self._debtor(borrower_id), code, at, by.id)

    async def release_hold(
        self, borrower_id: str, kind: HoldKind, *, by: Actor, at: datetime, loan_id: str | None = None
    ) -> int:
        """Release a borrower's holds of one kind; needs RELEASE. Return how many."""
        by.must(Role.RELEASE)
        return await self._store.release_holds(self._debtor(borrower_id), kind, at, by.id, loan_id)

    async def ask_erasure(self, borrower_id: str, *, by: Actor, at: datetime) -> Erased | KeptUntil:
        """Take a person's request to be forgotten: carried out now, or dated; needs ERASE.

        Until the period of the last record ends nothing is used but stored. Call it again then: it shreds.
        """
        by.must(Role.ERASE)
        debtor = self._debtor(borrower_id)
        ends = [one.keep_until for one in await self._store.sealed(debtor) if one.keep_until is not None]
        last = max(ends, default=at)
        await self._store.suppress(debtor, ERASURE_ASKED, at)
        if last > at:
            await self._tell(RecordKind.ERASURE_ASKED, at, debtor, by, kept_until=last.isoformat())
            return KeptUntil(last)
        gone = await self._store.shred(debtor, at, by.id)
        if self._keeper is not None:
            self._keeper.forget(debtor)
        return Erased(gone)

    async def sweep(self, *, by: Actor, at: datetime) -> int:
        """Delete every sealed message whose period is over, on record; needs ERASE. Return how many."""
        by.must(Role.ERASE)
        return await self._store.sweep_sealed(at, at, by.id)

    async def _digest(self, debtor: str, step_key: str) -> str | None:
        """Return the digest the journal has of a step's words, the last one claimed; None for no such step."""
        found: str | None = None
        async for entry in self._store.entries(debtor=debtor):
            if entry.record.step_key == step_key and entry.record.kind in _WORDS:
                found = str(entry.record.data.get("digest", ""))
        return found

    async def _tell(
        self, kind: RecordKind, at: datetime, debtor: str, by: Actor, step_key: str = "", **data: str
    ) -> None:
        record = Record(kind=kind, at=at, debtor=debtor, step_key=step_key, data={"by": by.id, **data})
        await self._store.append([record])

    def _sealed(self) -> AsyncKeeper:
        if self._keeper is None:
            raise CallerError(
                f"keeper: expected the keeper that sealed the messages; without one, {_DELETED}",
                "keeper：查看明文需要当时用于加密的 keeper",
            )
        return self._keeper

    def _debtor(self, borrower_id: str) -> str:
        return debtor_key(self._tenant, borrower_id)

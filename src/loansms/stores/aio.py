"""Ledger and codes awaited: SQLite's verbs on one thread of their own, memory's answered at once.

A cancelled task does not undo a claim that was already on its way: the step then stays attempting until its
lease ends, and is told as unknown, never sent twice; nor does it undo the counting of a wrong code.

>>> import asyncio
>>> from loansms.testing.examples import claim
>>> answers = asyncio.run(AsyncMemoryStore().claim([claim()]))
>>> type(answers[0]).__name__
'Claimed'
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import ParamSpec, Protocol, Self, TypeVar

from loansms.clock import Clock, Entropy
from loansms.model import Consent, Contact, DeliveryReceipt, History, Purpose, Revocation, SubmitResult
from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, NewChallenge
from loansms.stores.base import ContactLedger
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
)
from loansms.stores.codes import AsyncGrants, CodeStore, Grants, Opening
from loansms.stores.memory import LEASE_FOR, MemoryStore
from loansms.stores.sqlite import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")

_PAGE = 500  # attempts a trip to the thread


class Runner(Protocol):
    """How a synchronous verb is run from a coroutine."""

    def __call__(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...  # noqa: D102


class AsyncLedger:
    """Any synchronous ledger with its verbs awaited through `run`."""

    def __init__(self, ledger: ContactLedger, run: Runner) -> None:
        self._ledger = ledger
        self._run = run

    def guarantees(self) -> Guarantees:
        """Say what this store promises."""
        return self._ledger.guarantees()

    async def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order and commit all of them before returning."""
        return await self._run(self._ledger.claim, claims)

    async def finish(self, step_key: str, token: str, result: SubmitResult, at: datetime) -> bool:
        """Record how a claimed attempt ended; False when `token` no longer holds it or it was settled."""
        return await self._run(self._ledger.finish, step_key, token, result, at)

    async def expire_leases(self) -> int:
        """Turn attempts whose holder was silent past its lease into UNKNOWN; return how many."""
        return await self._run(self._ledger.expire_leases)

    async def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        """Return the history of each debtor: contacts from `since` on, steps of all time."""
        return await self._run(self._ledger.histories, debtors, since)

    async def record_contact(self, debtor: str, contact: Contact, source_id: str) -> bool:
        """Count a contact made elsewhere, once per `source_id`; False when it was there before."""
        return await self._run(self._ledger.record_contact, debtor, contact, source_id)

    async def defer(self, waiting: Sequence[Deferral]) -> None:
        """Note due steps that have to wait, as (debtor, mark, until)."""
        await self._run(self._ledger.defer, waiting)

    async def suppress(
        self,
        debtor: str,
        code: str,
        at: datetime,
        until: datetime | None = None,
        purposes: frozenset[Purpose] | None = None,
    ) -> None:
        """Stop messages of `purposes` (None = all) to a debtor; the same code again replaces the entry."""
        await self._run(self._ledger.suppress, debtor, code, at, until, purposes)

    async def release(self, debtor: str, code: str, at: datetime, by: str) -> bool:
        """Take a suppression back, audited with who did; False when there was none."""
        return await self._run(self._ledger.release, debtor, code, at, by)

    async def record_consent(self, debtor: str, consent: Consent, source_id: str) -> bool:
        """Keep a consent, once per `source_id`; False when there was one of that id before."""
        return await self._run(self._ledger.record_consent, debtor, consent, source_id)

    async def revoke_consent(self, debtor: str, revocation: Revocation, source_id: str) -> bool:
        """Keep a revocation, once per `source_id`; the next claim is answered by it."""
        return await self._run(self._ledger.revoke_consent, debtor, revocation, source_id)

    async def record_receipt(self, receipt: DeliveryReceipt) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        return await self._run(self._ledger.record_receipt, receipt)

    async def resolve(self, step_key: str, sent: bool, by: str, at: datetime) -> bool:
        """Settle an unknown by a person's decision, audited; not sent = the step may be claimed anew."""
        return await self._run(self._ledger.resolve, step_key, sent, by, at)

    async def attempts(
        self, state: AttemptState | None = None, since: datetime | None = None
    ) -> AsyncIterator[AttemptRecord]:
        """Yield the attempts of `state` (None = all) made at `since` or later, ordered by step key."""
        records = self._ledger.attempts(state, since)
        while page := await self._run(lambda: list(islice(records, _PAGE))):
            for record in page:
                yield record

    async def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        return await self._run(self._ledger.audit_trail)


class AsyncCodes:
    """Any synchronous store of codes with its verbs awaited through `run`."""

    def __init__(self, codes: CodeStore, run: Runner) -> None:
        self._codes = codes
        self._run_code = run

    async def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing."""
        return await self._run_code(self._codes.open_challenge, new, buckets, limits, now)

    async def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        return await self._run_code(self._codes.load_challenge, challenge_id)

    async def resend_challenge(
        self,
        challenge_id: str,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        *,
        left: int,
        taken: bool = True,
        now: int | None = None,
    ) -> Opening:
        """Admit one more send of an open challenge and charge every bucket, or change nothing."""
        verb = self._codes.resend_challenge
        return await self._run_code(verb, challenge_id, buckets, limits, left=left, taken=taken, now=now)

    async def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        return await self._run_code(self._codes.take_send, challenge_id, send, now)

    async def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        return await self._run_code(self._codes.refund_send, challenge_id, send, buckets)

    async def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act."""
        return await self._run_code(self._codes.check_code, challenge_id, attempt, limits, now)

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        return await self._run_code(self._codes.redeem_grant, challenge_id, grant, now)

    async def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records."""
        return await self._run_code(self._codes.forget_codes, now)


async def _at_once(verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return verb(*args, **kwargs)


class _AtOnce:
    """Grants redeemed in the thread of the caller."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        return self._grants.redeem_grant(challenge_id, grant, now)


class AsyncMemoryStore(AsyncLedger, AsyncCodes):
    """MemoryStore, awaited; it never waits, so no thread is needed."""

    def __init__(
        self, *, clock: Clock | None = None, entropy: Entropy | None = None, lease_for: timedelta = LEASE_FOR
    ) -> None:
        store = MemoryStore(clock=clock, entropy=entropy, lease_for=lease_for)
        AsyncLedger.__init__(self, store, _at_once)
        AsyncCodes.__init__(self, store, _at_once)


class AsyncSqliteStore(AsyncLedger, AsyncCodes):
    """SqliteStore, awaited: every verb runs on one dedicated thread, so the loop never waits for a disk."""

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
        busy_for: timedelta = timedelta(seconds=30),
    ) -> None:
        self._store = SqliteStore(path, clock=clock, entropy=entropy, lease_for=lease_for, busy_for=busy_for)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loansms-ledger")
        AsyncLedger.__init__(self, self._store, self._on_thread)
        AsyncCodes.__init__(self, self._store, self._on_thread)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_fault: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Finish what was begun, close the file and end the thread."""
        await self._on_thread(self._store.close)
        self._thread.shutdown()

    def redeem_in(self, conn: sqlite3.Connection) -> AsyncGrants:
        """Return where grants are redeemed in the host's transaction, as `SqliteStore.redeem_in`.

        It runs in the thread of the caller, to whom the connection belongs: two short statements.
        """
        return _AtOnce(self._store.redeem_in(conn))

    async def _on_thread(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled task must not take back an ending that waits for its turn on the thread.
        return await asyncio.shield(loop.run_in_executor(self._thread, lambda: verb(*args, **kwargs)))

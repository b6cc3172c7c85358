"""Any synchronous store with its verbs awaited, through whatever runs them: a thread, or at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import ParamSpec, Protocol, TypeVar

from loansms.model import (
    Consent,
    Contact,
    DeliveryReceipt,
    Entry,
    History,
    Hold,
    HoldKind,
    Leaf,
    Payment,
    Preferences,
    Purpose,
    Record,
    Revocation,
    Seal,
    SubmitResult,
)
from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, NewChallenge
from loansms.stores.base import ContactLedger, Keeping
from loansms.stores.brakes import Stop, StopScope
from loansms.stores.claims import (
    AttemptRecord,
    AttemptState,
    AuditEntry,
    Claim,
    ClaimResult,
    Deferral,
    Guarantees,
)
from loansms.stores.codes import CodeStore, Opening
from loansms.stores.queue import Job, TakenJob
from loansms.stores.vault import SealedField, Shredded, SubjectKey

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

    async def record_preferences(
        self, debtor: str, wanted: Preferences, at: datetime, source_id: str
    ) -> bool:
        """Keep how a debtor wants to be written to, once per `source_id`."""
        return await self._run(self._ledger.record_preferences, debtor, wanted, at, source_id)

    async def record_receipt(self, receipt: DeliveryReceipt, numbers: Sequence[str] = ()) -> bool:
        """Note a delivery receipt; any word but "unknown" settles an unknown."""
        return await self._run(self._ledger.record_receipt, receipt, numbers)

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

    async def segment_ids(self, since: datetime | None = None) -> dict[str, str]:
        """Return the ids of segments (`Accepted.parts`) of attempts made at `since` or later, each with its message's id."""
        return await self._run(self._ledger.segment_ids, since)

    async def audit_trail(self) -> list[AuditEntry]:
        """Return every audited decision, oldest first."""
        return await self._run(self._ledger.audit_trail)

    async def record_hold(self, debtor: str, hold: Hold, at: datetime, source_id: str) -> bool:
        """Keep what stops the ladder, once per `source_id`."""
        return await self._run(self._ledger.record_hold, debtor, hold, at, source_id)

    async def release_holds(
        self, debtor: str, kind: HoldKind, at: datetime, by: str, loan_id: str | None = None
    ) -> int:
        """Release the debtor's holds of `kind`, audited; return how many."""
        return await self._run(self._ledger.release_holds, debtor, kind, at, by, loan_id)

    async def record_payment(self, debtor: str, payment: Payment, source_id: str) -> bool:
        """Keep a payment, once per `source_id`."""
        return await self._run(self._ledger.record_payment, debtor, payment, source_id)

    async def stop(self, stop: Stop) -> bool:
        """Put the brakes on; False when they were on."""
        return await self._run(self._ledger.stop, stop)

    async def resume(self, scope: StopScope, value: str, at: datetime, by: str) -> bool:
        """Take the brakes off, audited; False when they were not on."""
        return await self._run(self._ledger.resume, scope, value, at, by)

    async def stops(self) -> list[Stop]:
        """Return what is stopped."""
        return await self._run(self._ledger.stops)


class AsyncKept:
    """Any synchronous journal, vault and queue with its verbs awaited through `run`."""

    def __init__(self, kept: Keeping, run: Runner) -> None:
        self._kept = kept
        self._run_kept = run

    async def append(self, records: Sequence[Record]) -> None:
        """Write down what no other verb does."""
        await self._run_kept(self._kept.append, records)

    async def unsealed(self, most: int) -> list[Entry]:
        """Return up to `most` entries that no seal covers."""
        return await self._run_kept(self._kept.unsealed, most)

    async def seal(self, leaves: Sequence[Leaf], seal: Seal) -> bool:
        """Keep a batch's places and its seal; False when another sealer was first."""
        return await self._run_kept(self._kept.seal, leaves, seal)

    async def seals(self) -> list[Seal]:
        """Return every seal, the smallest first."""
        return await self._run_kept(self._kept.seals)

    async def cursor(self, reader: str) -> int:
        """Return the place up to which `reader` has read."""
        return await self._run_kept(self._kept.cursor, reader)

    async def move_cursor(self, reader: str, start: int, end: int) -> bool:
        """Note that `reader` has read from `start` up to `end`."""
        return await self._run_kept(self._kept.move_cursor, reader, start, end)

    async def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        """Return the wrapped keys of those subjects that have one."""
        return await self._run_kept(self._kept.subject_keys, subjects)

    async def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]:
        """Keep the keys of subjects that have none; return the key each subject has now."""
        return await self._run_kept(self._kept.add_subject_keys, keys)

    async def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool:
        """Replace `old` by `new`; False when the key is not `old` any more."""
        return await self._run_kept(self._kept.rewrap_subject_key, old, new)

    async def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]:
        """Return up to `most` keys of subjects after `subject`."""
        return await self._run_kept(self._kept.subject_keys_after, subject, most)

    async def keep_sealed(
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Keep sealed fields, and `tags` for the look-up."""
        await self._run_kept(self._kept.keep_sealed, fields, tags)

    async def sealed(self, subject: str, row: str | None = None) -> list[SealedField]:
        """Return a subject's sealed fields, of one row or of all."""
        return await self._run_kept(self._kept.sealed, subject, row)

    async def find_subjects(self, tags: Sequence[str]) -> set[str]:
        """Return the subjects any of the tags stands for."""
        return await self._run_kept(self._kept.find_subjects, tags)

    async def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Delete a subject's key, fields and tags, told in the journal."""
        return await self._run_kept(self._kept.shred, subject, at, by)

    async def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int:
        """Delete fields whose period ended; return how many."""
        return await self._run_kept(self._kept.sweep_sealed, until, at, by)

    async def put_jobs(self, jobs: Sequence[Job]) -> int:
        """Add jobs; return how many are new."""
        return await self._run_kept(self._kept.put_jobs, jobs)

    async def take_jobs(self, most: int, at: datetime, lease_for: timedelta) -> list[TakenJob]:
        """Take up to `most` jobs that may go now."""
        return await self._run_kept(self._kept.take_jobs, most, at, lease_for)

    async def end_jobs(self, taken: Sequence[TakenJob]) -> int:
        """Remove jobs that are done with; return how many."""
        return await self._run_kept(self._kept.end_jobs, taken)

    async def give_back_jobs(self, taken: Sequence[TakenJob], not_before: datetime) -> int:
        """Put jobs back for a later moment."""
        return await self._run_kept(self._kept.give_back_jobs, taken, not_before)

    async def oldest_job(self) -> datetime | None:
        """Return since when the job that waits longest may go, None when there is no job."""
        return await self._run_kept(self._kept.oldest_job)

    async def count_jobs(self) -> int:
        """Return how many jobs wait or are in a worker's hands."""
        return await self._run_kept(self._kept.count_jobs)

    async def entries(
        self, *, debtor: str | None = None, loan_id: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[Entry]:
        """Yield all entries, or those of a debtor or a loan, or told of `since` or later, by rising number."""
        async for one in self._paged(self._kept.entries(debtor=debtor, loan_id=loan_id, since=since)):
            yield one

    async def leaves(self, start: int = 0, most: int | None = None) -> AsyncIterator[tuple[Leaf, Entry]]:
        """Yield sealed entries from place `start` on, each with its leaf."""
        async for one in self._paged(self._kept.leaves(start, most)):
            yield one

    async def _paged(self, told: Iterator[T]) -> AsyncIterator[T]:
        while page := await self._run_kept(lambda: list(islice(told, _PAGE))):
            for one in page:
                yield one


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

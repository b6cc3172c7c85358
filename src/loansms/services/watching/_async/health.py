"""The figures by which a person on duty sees whether sending is well: what is unknown, stuck, waiting, unsealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from loansms.clock import require_aware
from loansms.services.watching.vitals import Vitals
from loansms.stores import AsyncContactLedger, AsyncJobQueue, AttemptState
from loansms.stores.journal import AsyncJournal

UNSEALED_UP_TO = 1000
"""How many unsealed entries are counted at most: what matters is whether the sealer keeps up."""


class AsyncWatched(AsyncContactLedger, AsyncJournal, AsyncJobQueue, Protocol):
    """A store with all that is looked at."""


async def health(store: AsyncWatched, now: datetime) -> Vitals:
    """Return the figures of `store` at `now`; nothing is changed.

    ``unknown`` and ``silent`` are counted by going through those attempts: cheap while they are few, as they must be.
    """
    require_aware(now)
    guarantees = store.guarantees()
    unknown = 0
    async for _ in store.attempts(AttemptState.UNKNOWN):
        unknown += 1
    silent = 0
    oldest: datetime | None = None
    async for one in store.attempts(AttemptState.ATTEMPTING):
        if one.at + guarantees.lease_for <= now:
            silent += 1
            oldest = min(oldest or one.at, one.at)
    waits = await store.oldest_job() if guarantees.queue else None
    return Vitals(
        at=now,
        unknown=unknown,
        silent=silent,
        silent_for=now - oldest if oldest else timedelta(0),
        jobs=await store.count_jobs() if guarantees.queue else 0,
        job_late=max(now - waits, timedelta(0)) if waits else timedelta(0),
        unsealed=len(await store.unsealed(UNSEALED_UP_TO)) if guarantees.journal else 0,
        stops=len(await store.stops()),
    )

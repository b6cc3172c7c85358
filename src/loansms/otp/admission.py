"""Rolling counts: whether one more code may be sent, over many buckets at once, all or nothing.

A bucket keeps a log of when it was used, so a limit holds in *every* window, not only in clock windows, and the
moment it frees is known. (A GCRA with a burst of the limit would admit up to twice the limit in one window.) A
bucket with a large limit rounds times up to a slot, which bounds its log and only ever counts longer, never less.

A guard bucket also learns which codes were verified, and limits what was sent and never verified: the sign of
pumping. Times are whole microseconds since 1970 UTC.

>>> minute = Limit(1, 60_000_000)
>>> bucket = Bucket("phone", "b-1", (minute, Limit(5, 3_600_000_000)))
>>> log = added((), bucket, now=0)
>>> full_until(log, bucket, now=1), full_until(log, bucket, now=60_000_000)
(60000000, None)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from attrs import Factory, field, frozen

Entry = tuple[int, int, int]
"""When (microseconds, rounded up to the slot), how many were sent, how many of them were verified."""

Log = tuple[Entry, ...]
"""The uses of a bucket, oldest first."""


@frozen
class Limit:
    """At most `count` in any window of `window` microseconds."""

    count: int
    window: int


@frozen
class Guard:
    """What makes a bucket count the unverified: more than the limit's count, and more than `percent` of the verified.

    ``shadow`` only tells what would have been refused.
    """

    percent: int
    shadow: bool = False


def _longest(bucket: Bucket) -> int:
    longest = 0
    for limit in bucket.limits:
        longest = max(longest, limit.window)
    return longest


@frozen
class Bucket:
    """One thing that is counted: `name` says what kind, `id` is its blind key in the store.

    ``slot`` is the resolution in microseconds (0 = exact). ``keeps`` is how long an entry matters: the longest
    window.
    """

    name: str
    id: str
    limits: tuple[Limit, ...]
    slot: int = 0
    guard: Guard | None = None
    keeps: int = field(init=False, eq=False, repr=False, default=Factory(_longest, takes_self=True))


@frozen
class Shadow:
    """A guard in shadow mode would have refused: which bucket, how many unverified, how many were allowed."""

    name: str
    unverified: int
    allowed: int


@frozen
class Room:
    """Every bucket has room; `shadows` are the guards that would have refused."""

    shadows: tuple[Shadow, ...] = ()


@frozen
class NoRoom:
    """The bucket `name` is full until `retry_at`; of several, the last to free."""

    name: str
    retry_at: int


_NOTHING_REFUSED = Room()


def kept(log: Log, bucket: Bucket, now: int) -> Log:
    """Return the entries that still matter; one from the future (a clock stepped back) still counts."""
    return _after(log, now - bucket.keeps) if log else log


def _after(log: Log, since: int) -> Log:
    """Return the entries later than `since`."""
    if log[0][0] > since:
        return log
    return log[bisect_right(log, since, key=_when) :]


def _when(entry: Entry) -> int:
    return entry[0]


def added(log: Log, bucket: Bucket, now: int, sent: int = 1, verified: int = 0) -> Log:
    """Return `log` with uses noted at `now`; negative `sent` takes back what was noted at that very time."""
    at = slot_of(bucket.slot, now) if bucket.slot else now
    still = kept(log, bucket, now) if log else log
    # Nearly every use is the newest of its log, so it is put at the end, or into the slot that ends it.
    if sent >= 0:
        if not still or still[-1][0] < at:
            return (*still, (at, sent, verified)) if sent or verified else still
        last, count, proved = still[-1]
        if last == at:
            return (*still[:-1], (at, count + sent, proved + verified))
    entries = {when: (count, proved) for when, count, proved in still}
    count, proved = entries.get(at, (0, 0))
    entries[at] = (max(count + sent, 0), proved + verified)
    return tuple([(when, *entries[when]) for when in sorted(entries) if entries[when] != (0, 0)])


def slot_of(slot: int, at: int) -> int:
    """Return `at`, rounded up to the next multiple of `slot`."""
    return at if slot == 0 else -(-at // slot) * slot


def full_until(log: Log, bucket: Bucket, now: int) -> int | None:
    """Return when `bucket` has room again, None when it has room now."""
    if not log:
        return None
    latest: int | None = None
    guard = bucket.guard
    total = log[0][1] if len(log) == 1 else sum([entry[1] for entry in log])
    for limit in bucket.limits:
        since = now - limit.window
        if total < limit.count or log[-1][0] <= since:
            continue
        window = _after(log, since)
        allowed = limit.count if guard is None else _allowed(window, limit, guard)
        excess = sum([entry[1] for entry in window]) - allowed + 1
        if excess > 0:
            until = _leaves(window, excess) + limit.window
            if latest is None or until > latest:
                latest = until
    return latest


def _leaves(window: Sequence[Entry], excess: int) -> int:
    """Return the time of the entry with which `excess` uses, counted from the oldest, are gone."""
    for at, sent, _ in window:
        excess -= sent
        if excess <= 0:
            return at
    raise AssertionError("a limit admits at least one")


def decide(buckets: Sequence[Bucket], logs: Sequence[Log], now: int) -> Room | NoRoom:
    """Return whether every bucket has room at `now`, given its log."""
    full: NoRoom | None = None
    shadows: list[Shadow] = []
    for bucket, log in zip(buckets, logs, strict=True):
        until = full_until(log, bucket, now) if log else None
        if until is None:
            continue
        if bucket.guard is not None and bucket.guard.shadow:
            shadows.append(_shadow(log, bucket, bucket.guard, now))
        elif full is None or until > full.retry_at:
            full = NoRoom(bucket.name, until)
    if full is not None:
        return full
    return Room(tuple(shadows)) if shadows else _NOTHING_REFUSED


def _allowed(window: Sequence[Entry], limit: Limit, guard: Guard) -> int:
    verified = sum([entry[2] for entry in window])
    return verified + max(limit.count, verified * guard.percent // 100)


def _shadow(log: Log, bucket: Bucket, guard: Guard, now: int) -> Shadow:
    """Return the first limit that is full."""
    for limit in bucket.limits:
        window = _after(log, now - limit.window)
        verified = sum([entry[2] for entry in window])
        allowed = _allowed(window, limit, guard)
        sent = sum([entry[1] for entry in window])
        if sent >= allowed:
            return Shadow(bucket.name, sent - verified, allowed - verified)
    raise AssertionError("a bucket that is not full casts no shadow")

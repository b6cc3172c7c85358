"""Codes in one process's memory: the reference for every other store of codes."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from attrs import evolve

from loansms.clock import Clock
from loansms.otp.admission import Bucket, Log, NoRoom, added, decide
from loansms.otp.budget import DAY, Budget, FailureLimits
from loansms.otp.challenge import (
    Attempt,
    Challenge,
    Checked,
    Closed,
    NewChallenge,
    State,
    check,
    closed,
    locked,
    redeems,
    refunded,
    refunds,
    resent,
    takes,
)
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Opening, Sent
from loansms.stores.rows import micros

_SWEEP = 1024  # openings between two sweeps: their cost is lost among them
_EMPTY = Budget()


class MemoryCodes:
    """The code verbs of MemoryStore; safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._code_clock = clock
        self._code_lock = threading.Lock()
        self._challenges: dict[str, Challenge] = {}
        self._budgets: dict[str, Budget] = {}
        self._budgets_end: dict[str, int] = {}
        self._logs: dict[str, Log] = {}
        self._logs_end: dict[str, int] = {}
        self._opened = 0

    def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing."""
        with self._code_lock:
            at = self._at(now)
            if new.id in self._challenges:
                return Closed.EXISTS
            budgets = self._budgets_of(new.budgets)
            until = locked(budgets, limits, at, new.device, new.device != "")
            if until is not None:
                return LockedOut(until)
            answer = self._charge(buckets, at)
            if isinstance(answer, Sent):
                challenge = new.opened(at)
                self._challenges[new.id] = challenge
                answer = Sent(at=at, expires_at=challenge.expires_at, shadows=answer.shadows)
                issued = [one.issued(new.line, new.id, challenge.expires_at, at) for one in budgets]
                self._keep(new.budgets, issued, limits, at)
                self._opened += 1
                if self._opened % _SWEEP == 0:
                    self._forget(at)
            return answer

    def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        return self._challenges.get(challenge_id)

    def resend_challenge(
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
        with self._code_lock:
            at = self._at(now)
            challenge = self._challenges.get(challenge_id)
            if challenge is None:
                return Closed.UNKNOWN
            budgets = self._budgets_of(challenge.budgets)
            until = locked(budgets, limits, at, challenge.device, challenge.device != "")
            if until is not None:
                return LockedOut(until)
            dead = closed(challenge, budgets, at)
            if dead is not None:
                return dead
            if challenge.expires_at - at < left:
                return Closed.ENDING
            answer = self._charge(buckets, at)
            if isinstance(answer, Sent):
                again = resent(challenge, at, taken)
                self._challenges[challenge_id] = again
                answer = Sent(at=at, expires_at=again.expires_at, send=again.sends, shadows=answer.shadows)
            return answer

    def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not takes(challenge, send, self._at(now)):
                return False
            self._challenges[challenge_id] = evolve(challenge, taken=send)
            return True

    def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not refunds(challenge, send):
                return False
            after = self._challenges[challenge_id] = refunded(challenge, send)
            if after.state is State.VOID:
                for key, budget in zip(after.budgets, self._budgets_of(after.budgets), strict=True):
                    self._budgets[key] = budget.recalled(after.line, after.id)
            for bucket in buckets:
                log = self._logs.get(bucket.id, ())
                self._logs[bucket.id] = added(log, bucket, challenge.sent_at, sent=-1)
            return True

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act."""
        with self._code_lock:
            at = self._at(now)
            challenge = self._challenges.get(challenge_id)
            if challenge is None:
                return Checked(kind=VerdictKind.UNKNOWN, at=at)
            budgets = self._budgets_of(challenge.budgets)
            answer, after, changed = check(challenge, budgets, attempt, limits, at)
            if after is not challenge:
                self._challenges[challenge_id] = after
                for bucket in after.guards:
                    log = self._logs.get(bucket.id, ())
                    self._log(bucket, added(log, bucket, at, sent=0, verified=1), at)
            self._keep(challenge.budgets, changed, limits, at)
            return answer

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not redeems(challenge, grant, self._at(now)):
                return False
            self._challenges[challenge_id] = evolve(challenge, redeemed=True)
            return True

    def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records."""
        with self._code_lock:
            return self._forget(self._at(now))

    def _at(self, now: int | None) -> int:
        return micros(self._code_clock.now()) if now is None else now

    def _budgets_of(self, keys: Sequence[str]) -> list[Budget]:
        return [self._budgets.get(key, _EMPTY) for key in keys]

    def _keep(self, keys: Sequence[str], budgets: Sequence[Budget], limits: FailureLimits, at: int) -> None:
        for key, budget in zip(keys, budgets, strict=True):
            self._budgets[key] = budget
            self._budgets_end[key] = at + max(DAY, limits.known_for)

    def _charge(self, buckets: Sequence[Bucket], at: int) -> Sent | NoRoom:
        logs = [self._logs.get(bucket.id, ()) for bucket in buckets]
        answer = decide(buckets, logs, at)
        if isinstance(answer, NoRoom):
            return answer
        for bucket, log in zip(buckets, logs, strict=True):
            self._log(bucket, added(log, bucket, at), at)
        return Sent(at=at, expires_at=at, shadows=answer.shadows)

    def _log(self, bucket: Bucket, log: Log, at: int) -> None:
        self._logs[bucket.id] = log
        self._logs_end[bucket.id] = at + bucket.slot + bucket.keeps

    def _forget(self, at: int) -> int:
        old = [one.id for one in self._challenges.values() if forgets_at(one) <= at]
        for key in old:
            del self._challenges[key]
        return len(old) + _drop(self._budgets, self._budgets_end, at) + _drop(self._logs, self._logs_end, at)


def forgets_at(challenge: Challenge) -> int:
    """Return when a challenge may be forgotten: a day after it and its grant have expired."""
    return max(challenge.expires_at, challenge.grant_expires_at) + DAY


def _drop(values: dict[str, Log] | dict[str, Budget], ends: dict[str, int], at: int) -> int:
    old = [key for key, end in ends.items() if end <= at]
    for key in old:
        del ends[key]
        values.pop(key, None)
    return len(old)

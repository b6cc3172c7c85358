"""Codes in one process's memory: the reference for every other store of codes."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from attrs import define

from loansms.clock import Clock
from loansms.otp.admission import Bucket, Log, NoRoom, Shadow, added, decide
from loansms.otp.budget import DAY, Budget, FailureLimits
from loansms.otp.challenge import (
    Attempt,
    Challenge,
    Checked,
    Closed,
    NewChallenge,
    State,
    barred,
    judge,
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

_COMPARED = frozenset({VerdictKind.ACCEPTED, VerdictKind.WRONG})
_SWEEP = 1024  # the fewest openings between two sweeps
_NO_BUDGET = (Budget(), 0)
_NO_LOG: tuple[Log, int] = ((), 0)


@define(eq=False, repr=False)
class _Kept:
    """A challenge as this store keeps it, changed in place.

    A frozen value of seventeen fields, built anew at every step, would cost more than the step.
    """

    id: str
    budgets: tuple[str, ...]
    tag: bytes
    sealed: bytes
    device: str
    line: str
    guards: tuple[Bucket, ...]
    issued_at: int
    expires_at: int
    sent_at: int
    taken: int
    state: State = State.OPEN
    sends: int = 1
    refunded: int = 0
    grant: bytes = b""
    grant_expires_at: int = 0
    redeemed: bool = False

    def shown(self) -> Challenge:
        """Return the value everybody else sees."""
        return Challenge(
            id=self.id,
            budgets=self.budgets,
            tag=self.tag,
            sealed=self.sealed,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
            device=self.device,
            line=self.line,
            guards=self.guards,
            state=self.state,
            sends=self.sends,
            sent_at=self.sent_at,
            taken=self.taken,
            refunded=self.refunded,
            grant=self.grant,
            grant_expires_at=self.grant_expires_at,
            redeemed=self.redeemed,
        )

    def becomes(self, after: Challenge) -> None:
        """Take over what a send or a refund changed."""
        self.state, self.sends, self.sent_at = after.state, after.sends, after.sent_at
        self.taken, self.refunded = after.taken, after.refunded


def _kept(new: NewChallenge, at: int) -> _Kept:
    return _Kept(
        new.id,
        new.budgets,
        new.tag,
        new.sealed,
        new.device,
        new.line,
        new.guards,
        issued_at=at,
        expires_at=at + new.lives,
        sent_at=at,
        taken=int(new.taken),
    )


class MemoryCodes:
    """The code verbs of MemoryStore; safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._code_clock = clock
        self._code_lock = threading.Lock()
        self._challenges: dict[str, _Kept] = {}
        # Beside each value, when it may be forgotten.
        self._budgets: dict[str, tuple[Budget, int]] = {}
        self._logs: dict[str, tuple[Log, int]] = {}
        self._to_sweep = _SWEEP

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
            shadows = self._charge(buckets, at)
            if isinstance(shadows, NoRoom):
                return shadows
            challenge = self._challenges[new.id] = _kept(new, at)
            issued = [one.issued(new.line, new.id, challenge.expires_at, at) for one in budgets]
            self._keep(new.budgets, issued, limits, at)
            self._sweep(at)
            return Sent(at=at, expires_at=challenge.expires_at, shadows=shadows)

    def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            return None if challenge is None else challenge.shown()

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
            why = barred(challenge, budgets, limits, at, left)
            if why is not None:
                return why if isinstance(why, Closed) else LockedOut(why)
            shadows = self._charge(buckets, at)
            if isinstance(shadows, NoRoom):
                return shadows
            challenge.becomes(resent(challenge.shown(), at, taken))
            return Sent(at=at, expires_at=challenge.expires_at, send=challenge.sends, shadows=shadows)

    def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not takes(challenge, send, self._at(now)):
                return False
            challenge.taken = send
            return True

    def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not refunds(challenge, send):
                return False
            challenge.becomes(refunded(challenge.shown(), send))
            for bucket in buckets:
                if bucket.id in self._logs:
                    log, end = self._logs[bucket.id]
                    self._logs[bucket.id] = (added(log, bucket, challenge.sent_at, sent=-1), end)
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
            answer, after = judge(challenge, self._budgets_of(challenge.budgets), attempt, limits, at)
            if answer.kind is VerdictKind.ACCEPTED:
                challenge.state = State.USED
                challenge.grant = attempt.grant
                challenge.grant_expires_at = at + attempt.grant_lives
                for bucket in challenge.guards:
                    log, before = self._logs.get(bucket.id, _NO_LOG)
                    log = added(log, bucket, at, sent=0, verified=1)
                    self._logs[bucket.id] = (log, max(before, at + bucket.slot + bucket.keeps))
            if answer.kind in _COMPARED:
                self._keep(challenge.budgets, after, limits, at)
            return answer

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        with self._code_lock:
            challenge = self._challenges.get(challenge_id)
            if challenge is None or not redeems(challenge, grant, self._at(now)):
                return False
            challenge.redeemed = True
            return True

    def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records."""
        with self._code_lock:
            return self._forget(self._at(now))

    def _at(self, now: int | None) -> int:
        return micros(self._code_clock.now()) if now is None else now

    def _budgets_of(self, keys: Sequence[str]) -> list[Budget]:
        return [self._budgets.get(key, _NO_BUDGET)[0] for key in keys]

    def _keep(self, keys: Sequence[str], budgets: Sequence[Budget], limits: FailureLimits, at: int) -> None:
        kept, end = self._budgets, at + max(DAY, limits.known_for)
        for key, budget in zip(keys, budgets, strict=True):
            kept[key] = (budget, max(end, kept.get(key, _NO_BUDGET)[1]))

    def _charge(self, buckets: Sequence[Bucket], at: int) -> tuple[Shadow, ...] | NoRoom:
        logs = self._logs
        found = [logs.get(bucket.id, _NO_LOG) for bucket in buckets]
        answer = decide(buckets, [log for log, _ in found], at)
        if isinstance(answer, NoRoom):
            return answer
        for bucket, (log, before) in zip(buckets, found, strict=True):
            logs[bucket.id] = (added(log, bucket, at), max(before, at + bucket.slot + bucket.keeps))
        return answer.shadows

    def _sweep(self, at: int) -> None:
        """Forget what has expired, so rarely that the cost of an opening does not grow with what is kept."""
        self._to_sweep -= 1
        if self._to_sweep == 0:
            self._forget(at)
            self._to_sweep = max(_SWEEP, len(self._challenges))

    def _forget(self, at: int) -> int:
        old = [key for key, one in self._challenges.items() if forgets_at(one) <= at]
        for key in old:
            del self._challenges[key]
        return len(old) + _drop(self._budgets, at) + _drop(self._logs, at)


def forgets_at(challenge: Challenge | _Kept) -> int:
    """Return when a challenge may be forgotten: a day after it and its grant have expired."""
    return max(challenge.expires_at, challenge.grant_expires_at) + DAY


def _drop(values: dict[str, tuple[Log, int]] | dict[str, tuple[Budget, int]], at: int) -> int:
    old = [key for key, (_, end) in values.items() if end <= at]
    for key in old:
        del values[key]
    return len(old)

"""A store of codes that is slow and obviously right: it keeps all that happened and counts it anew each time.

It shares the values of the store's seam with the library and none of its rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from attrs import define, field

from loansms.otp.admission import Bucket, NoRoom, Shadow
from loansms.otp.budget import DAY, FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, Closed, NewChallenge, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Opening, Sent


@define
class Code:
    """One challenge and what happened to it."""

    new: NewChallenge
    opened: int
    sends: list[int]
    taken: list[int]
    refunds: list[int] = field(factory=list[int])
    used: int | None = None
    void: bool = False
    grant: bytes = b""
    grant_ends: int = 0
    redeemed: bool = False

    @property
    def ends(self) -> int:
        return self.opened + self.new.lives

    def lives_at(self, now: int) -> bool:
        return self.opened <= now < self.ends

    @property
    def record(self) -> Challenge:
        return Challenge(
            id=self.new.id,
            budgets=self.new.budgets,
            tag=self.new.tag,
            sealed=self.new.sealed,
            issued_at=self.opened,
            expires_at=self.ends,
            device=self.new.device,
            line=self.new.line,
            guards=self.new.guards,
            state=State.VOID if self.void else State.OPEN if self.used is None else State.USED,
            sends=len(self.sends),
            sent_at=self.sends[-1],
            taken=max(self.taken, default=0),
            refunded=max(self.refunds, default=0),
            grant=self.grant,
            grant_expires_at=self.grant_ends,
            redeemed=self.redeemed,
        )


class NaiveCodes:
    """Lists of what happened, and nothing else."""

    def __init__(self, limits: FailureLimits) -> None:
        self.limits = limits
        self.codes: dict[str, Code] = {}
        self.failed: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.proved: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.newest: dict[str, dict[str, list[Code]]] = defaultdict(dict)
        self.uses: dict[str, list[int]] = defaultdict(list)
        self.verified: dict[str, list[int]] = defaultdict(list)

    def open(self, new: NewChallenge, buckets: Sequence[Bucket], now: int) -> Opening:
        if new.id in self.codes:
            return Closed.EXISTS
        until = self.locked(new.budgets, now, new.device, own=True)
        if until is not None:
            return LockedOut(until)
        answer = self.charge(buckets, now)
        if isinstance(answer, NoRoom):
            return answer
        code = self.codes[new.id] = Code(new, now, [now], [1] if new.taken else [])
        for budget in new.budgets:
            lines = self.newest[budget]
            for line in [
                one for one, on in lines.items() if one != new.line and max(c.ends for c in on) <= now
            ]:
                del lines[line]
            lines.setdefault(new.line, []).append(code)
        return Sent(at=now, expires_at=code.ends, shadows=answer)

    def resend(self, one: str, buckets: Sequence[Bucket], left: int, taken: bool, now: int) -> Opening:
        code = self.codes.get(one)
        if code is None:
            return Closed.UNKNOWN
        until = self.locked(code.new.budgets, now, code.new.device, own=True)
        if until is not None:
            return LockedOut(until)
        if code.used is not None or code.void:
            return Closed.USED
        if self.superseded(code):
            return Closed.SUPERSEDED
        if not code.lives_at(now):
            return Closed.EXPIRED
        if code.ends - now < left:
            return Closed.ENDING
        answer = self.charge(buckets, now)
        if isinstance(answer, NoRoom):
            return answer
        code.sends.append(now)
        if taken:
            code.taken.append(len(code.sends))
        return Sent(at=now, expires_at=code.ends, send=len(code.sends), shadows=answer)

    def take(self, one: str, send: int, now: int) -> bool:
        code = self.codes.get(one)
        if code is None or code.used is not None or code.void or not code.lives_at(now):
            return False
        if not 1 <= send <= len(code.sends) or any(done >= send for done in (*code.taken, *code.refunds)):
            return False
        code.taken.append(send)
        return True

    def refund(self, one: str, send: int, buckets: Sequence[Bucket]) -> bool:
        code = self.codes.get(one)
        if code is None or send != len(code.sends) or send in code.refunds:
            return False
        code.refunds.append(send)
        if send == 1 and code.used is None:
            code.void = True
        for bucket in buckets:
            at = rounded(bucket, code.sends[-1])
            if at in self.uses[bucket.id]:
                self.uses[bucket.id].remove(at)
        return True

    def check(self, one: str, attempt: Attempt, now: int) -> Checked:
        code = self.codes.get(one)
        if code is None:
            return Checked(kind=VerdictKind.UNKNOWN, at=now)
        own = attempt.device == code.new.device
        until = self.locked(code.new.budgets, now, attempt.device, own=own)
        if until is not None:
            return Checked(kind=VerdictKind.LOCKED, at=now, retry_at=until)
        if code.used is not None or code.void or self.superseded(code):
            return Checked(kind=VerdictKind.SUPERSEDED, at=now)
        if not code.lives_at(now):
            return Checked(kind=VerdictKind.EXPIRED, at=now)
        right = attempt.tag == code.new.tag
        for budget in code.new.budgets:
            (self.proved if right else self.failed)[budget].append((now, attempt.device))
        if not right:
            return Checked(kind=VerdictKind.WRONG, at=now)
        code.used, code.grant, code.grant_ends = now, attempt.grant, now + attempt.grant_lives
        for bucket in code.new.guards:
            self.drop_old(bucket, now)
            self.verified[bucket.id].append(rounded(bucket, now))
        return Checked(kind=VerdictKind.ACCEPTED, at=now)

    def redeem(self, one: str, grant: bytes, now: int) -> bool:
        code = self.codes.get(one)
        if code is None or code.used is None or code.redeemed or now >= code.grant_ends:
            return False
        code.redeemed = grant != b"" and code.grant == grant
        return code.redeemed

    def superseded(self, code: Code) -> bool:
        """Whether under any budget the last that was opened on its line is another."""
        lasts = [self.newest[budget].get(code.new.line, [code])[-1] for budget in code.new.budgets]
        return any(last is not code for last in lasts)

    def locked(self, budgets: Sequence[str], now: int, device: str, *, own: bool) -> int | None:
        latest = max([self.opens(budget, now, device, own) for budget in budgets], default=now)
        return latest if latest > now else None

    def opens(self, budget: str, now: int, device: str, own: bool) -> int:
        """Return the first time from now on at which one more attempt is compared, if nothing else happens."""
        limits, failed = self.limits, self.failed[budget]
        cleared = self.proved[budget][-1][0] if self.proved[budget] else 0
        known = device in self.known(budget, now)

        def compared(at: int) -> bool:
            day = [by for when, by in failed if when > at - DAY]
            window = [when for when, _ in failed if when > at - limits.window and when > cleared]
            if len(day) >= (limits.ceiling if known else limits.ceiling - limits.reserve):
                return False
            lane = device != "" and (known or own) and day.count(device) < limits.lane
            return lane or len(window) < limits.failures

        times = sorted({now, *[when + span for when, _ in failed for span in (limits.window, DAY)]})
        return next(at for at in times if at >= now and compared(at))

    def known(self, budget: str, now: int) -> set[str]:
        kept: list[tuple[int, str]] = []
        for at, device in self.proved[budget]:
            if device:
                others = [one for one in kept if one[1] != device and one[0] > at - self.limits.known_for]
                kept = sorted([*others, (at, device)])[-self.limits.known :]
        return {device for at, device in kept if at > now - self.limits.known_for}

    def charge(self, buckets: Sequence[Bucket], now: int) -> NoRoom | tuple[Shadow, ...]:
        shadows: list[Shadow] = []
        full: list[NoRoom] = []
        for bucket in buckets:
            until = self.frees(bucket, now)
            if until <= now:
                continue
            if bucket.guard is not None and bucket.guard.shadow:
                shadows.append(self.shadow(bucket, now))
            else:
                full.append(NoRoom(bucket.name, until))
        if full:
            return max(full, key=lambda one: one.retry_at)
        for bucket in buckets:
            self.drop_old(bucket, now)
            self.uses[bucket.id].append(rounded(bucket, now))
        return tuple(shadows)

    def frees(self, bucket: Bucket, now: int) -> int:
        """Return the first time from now on at which every limit has room, with what is verified now."""
        uses = self.uses[bucket.id]
        latest = now
        for limit in bucket.limits:
            allowed = self.allowed(bucket, limit.count, limit.window, now)
            times = sorted({now, *[when + limit.window for when in uses]})
            room = (at for at in times if at >= now and since(uses, at - limit.window) < allowed)
            latest = max(latest, next(room))
        return latest

    def allowed(self, bucket: Bucket, count: int, window: int, now: int) -> int:
        verified = since(self.verified[bucket.id], now - window)
        if bucket.guard is None:
            return count
        return verified + max(count, verified * bucket.guard.percent // 100)

    def shadow(self, bucket: Bucket, now: int) -> Shadow:
        for limit in bucket.limits:
            uses = since(self.uses[bucket.id], now - limit.window)
            verified = since(self.verified[bucket.id], now - limit.window)
            allowed = self.allowed(bucket, limit.count, limit.window, now)
            if uses >= allowed:
                return Shadow(bucket.name, uses - verified, allowed - verified)
        raise AssertionError("no limit is full")

    def drop_old(self, bucket: Bucket, now: int) -> None:
        """What has left the longest window is gone for good, though the clock may step back."""
        edge = now - max(limit.window for limit in bucket.limits)
        for kept in (self.uses, self.verified):
            kept[bucket.id] = [at for at in kept[bucket.id] if at > edge]


def rounded(bucket: Bucket, at: int) -> int:
    return at if not bucket.slot else (at + bucket.slot - 1) // bucket.slot * bucket.slot


def since(times: Sequence[int], edge: int) -> int:
    return len([at for at in times if at > edge])

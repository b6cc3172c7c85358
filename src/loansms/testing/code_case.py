"""What every check of a store of codes stands on: a fresh store a test, on a clock that stands still.

Every verb is told the time, so that a store with a server's clock passes the same checks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from loansms.clock import Clock, FrozenClock
from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import CodeStore, LockedOut, Opening, Sent
from loansms.stores.rows import micros
from loansms.testing.code_examples import CODE, GRANT, LIMITS, MINUTE, RIGHT, WRONG, new
from loansms.testing.examples import AT


class Desk:
    """The verbs of a store, each at the time of `clock`, with the examples where nothing else is said."""

    def __init__(self, store: CodeStore, clock: FrozenClock, limits: FailureLimits = LIMITS) -> None:
        self.store = store
        self.clock = clock
        self.limits = limits

    @property
    def now(self) -> int:
        """The time the clock stands at, in microseconds."""
        return micros(self.clock.now())

    def wait(self, microseconds: int) -> None:
        """Move the clock; back, when `microseconds` is negative."""
        self.clock.move(timedelta(microseconds=microseconds))

    def open(self, challenge_id: str = CODE, *buckets: Bucket, **changes: object) -> Opening:
        """Open an example challenge, charged to `buckets`."""
        return self.store.open_challenge(new(challenge_id, **changes), buckets, self.limits, self.now)

    def resend(
        self, challenge_id: str = CODE, *buckets: Bucket, left: int = 0, taken: bool = True
    ) -> Opening:
        """Ask for one more send."""
        return self.store.resend_challenge(
            challenge_id, buckets, self.limits, left=left, taken=taken, now=self.now
        )

    def take(self, send: int, challenge_id: str = CODE) -> bool:
        """Take a send to the provider."""
        return self.store.take_send(challenge_id, send, self.now)

    def check(
        self,
        tag: bytes = RIGHT,
        challenge_id: str = CODE,
        *,
        device: str = "",
        grant: bytes = GRANT,
        grant_lives: int = MINUTE,
    ) -> Checked:
        """Check what was typed."""
        attempt = Attempt(tag=tag, device=device, grant=grant, grant_lives=grant_lives)
        return self.store.check_code(challenge_id, attempt, self.limits, self.now)

    def kind(self, tag: bytes = RIGHT, challenge_id: str = CODE, *, device: str = "") -> VerdictKind:
        """Check what was typed and return the kind of the answer."""
        return self.check(tag, challenge_id, device=device).kind

    def guess(self, times: int, challenge_id: str = CODE, *, device: str = "") -> list[VerdictKind]:
        """Guess wrong, so many times."""
        return [self.kind(WRONG, challenge_id, device=device) for _ in range(times)]

    def redeem(self, grant: bytes = GRANT, challenge_id: str = CODE) -> bool:
        """Redeem a grant."""
        return self.store.redeem_grant(challenge_id, grant, self.now)

    def load(self, challenge_id: str = CODE) -> Challenge:
        """Return a challenge that must be there."""
        found = self.store.load_challenge(challenge_id)
        assert found is not None, "the challenge is not kept"
        return found


class CodeCase(ABC):
    """Base of the checks; `make_store` is all an author of a store writes.

    ``own_expiry``: the store lets records go by its own clock, and `forget_codes` returns 0.
    """

    own_expiry = False

    @abstractmethod
    def make_store(self, clock: Clock) -> CodeStore:
        """Return an empty store of codes; where it has no clock of its own it reads `clock`."""

    def close_store(self, store: CodeStore) -> None:
        """Close a store that `make_store` made; by default its `close()`, where it has one."""
        close = getattr(store, "close", None)
        if close is not None:
            close()

    @contextmanager
    def opened(self, limits: FailureLimits = LIMITS) -> Generator[Desk]:
        """Yield a fresh store behind a desk, closed afterwards."""
        clock = FrozenClock(AT)
        store = self.make_store(clock)
        try:
            yield Desk(store, clock, limits)
        finally:
            self.close_store(store)


def sent(answer: Opening) -> Sent:
    """Return an opening that must have been admitted."""
    assert isinstance(answer, Sent), f"expected Sent, got {answer!r}"
    return answer


def locked_until(answer: Opening) -> int:
    """Return when an opening that must have met a lock may be asked again."""
    assert isinstance(answer, LockedOut), f"expected LockedOut, got {answer!r}"
    return answer.retry_at

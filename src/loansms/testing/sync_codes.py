"""An awaited store of codes driven from synchronous code: how the conformance suite runs over async stores.

>>> from loansms.stores import AsyncMemoryStore
>>> with SyncCodes(AsyncMemoryStore()) as codes:
...     codes.redeem_grant("v1.k1.none", b"tag")
False
"""

from __future__ import annotations

from collections.abc import Sequence

from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, NewChallenge
from loansms.stores import Guarantees
from loansms.stores.codes import AsyncCodeStore, Opening
from loansms.testing.waiting import Waiting


class SyncCodes(Waiting):
    """Runs each verb of `codes` on an event loop in a thread of its own, and waits for it."""

    def __init__(self, codes: AsyncCodeStore) -> None:
        self._codes = codes
        super().__init__(codes)

    def guarantees(self) -> Guarantees:
        """Say what the store promises."""
        return self._codes.guarantees()

    def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Await `open_challenge`."""
        return self._wait(self._codes.open_challenge(new, buckets, limits, now))

    def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Await `load_challenge`."""
        return self._wait(self._codes.load_challenge(challenge_id))

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
        """Await `resend_challenge`."""
        return self._wait(
            self._codes.resend_challenge(challenge_id, buckets, limits, left=left, taken=taken, now=now)
        )

    def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Await `take_send`."""
        return self._wait(self._codes.take_send(challenge_id, send, now))

    def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Await `refund_send`."""
        return self._wait(self._codes.refund_send(challenge_id, send, buckets))

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Await `check_code`."""
        return self._wait(self._codes.check_code(challenge_id, attempt, limits, now))

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Await `redeem_grant`."""
        return self._wait(self._codes.redeem_grant(challenge_id, grant, now))

    def forget_codes(self, now: int | None = None) -> int:
        """Await `forget_codes`."""
        return self._wait(self._codes.forget_codes(now))

"""An awaited store of codes driven from synchronous code: how the conformance suite runs over async stores.

>>> from loansms.stores import AsyncMemoryStore
>>> with SyncCodes(AsyncMemoryStore()) as codes:
...     codes.redeem_grant("v1.k1.none", b"tag")
False
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, Self, TypeVar

from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, NewChallenge
from loansms.stores import Guarantees
from loansms.stores.codes import AsyncCodeStore, Opening

T = TypeVar("T")


class SyncCodes:
    """Runs each verb of `codes` on an event loop in a thread of its own, and waits for it."""

    def __init__(self, codes: AsyncCodeStore) -> None:
        self._codes = codes
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, where it can be closed, and end the loop."""
        close = getattr(self._codes, "close", None)
        if close is not None:
            self._wait(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

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

    def _wait(self, verb: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(verb, self._loop).result()

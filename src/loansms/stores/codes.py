"""The store of codes: what it must be able to do, each verb one whole atomic operation.

A store sees tags, blind ids and sealed records, never a code or a phone. Every verb takes `now` in whole
microseconds since 1970 UTC, or None: then the store's own clock decides (the server's, where there is one).
The buckets of one call are all different. The rules are `loansms.otp.challenge`, `.budget` and `.admission`; a
host's own store proves itself with `loansms.testing.CodeSuite`.

>>> from loansms.stores import MemoryStore
>>> store: CodeStore = MemoryStore()
>>> store.redeem_grant("v1.k1.none", b"tag")
False
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from loansms.otp.admission import Bucket, NoRoom, Shadow
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, Closed, NewChallenge
from loansms.stores.claims import Guarantees


@frozen(kw_only=True)
class Sent:
    """A send is admitted: every bucket was charged at `at`; it is number `send` of its challenge."""

    at: int
    expires_at: int
    send: int = 1
    shadows: tuple[Shadow, ...] = ()


@frozen
class LockedOut:
    """The failure budget is used up until `retry_at`; nothing was charged."""

    retry_at: int


Opening = Sent | NoRoom | LockedOut | Closed
"""The answer to opening or resending a challenge: admitted, or why not."""


class Grants(Protocol):
    """Where grants are redeemed: a store of codes, or one bound to the host's own transaction."""

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        ...


class CodeStore(Grants, Protocol):
    """Challenges, failure budgets and admission buckets of one lender group."""

    def guarantees(self) -> Guarantees:
        """Say what this store promises."""
        ...

    def open_challenge(
        self,
        new: NewChallenge,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        now: int | None = None,
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing.

        Asked in this order: an id that is there already is Closed.EXISTS; a locked budget is LockedOut (asked
        for the device of `new`, as its own); a full bucket is NoRoom. The new challenge supersedes the others
        of its line.
        """
        ...

    def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        ...

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
        """Admit one more send of an open challenge and charge every bucket, or change nothing.

        Asked in this order: unknown, locked (for the challenge's own device), closed, fewer than `left`
        microseconds to live (Closed.ENDING), a full bucket.
        """
        ...

    def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        ...

    def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once. A first send voids its challenge.

        Each bucket loses one use at the time of that send. What a void challenge superseded stays superseded.
        """
        ...

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act (`loansms.otp.challenge.check`).

        A right code is told to the guard buckets of the challenge (verified + 1 at this time).
        """
        ...

    def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records; a store with its own expiry returns 0.

        A challenge is kept for a day after it and its grant have expired; a budget for the longest time its
        devices are known; a bucket for its longest window.
        """
        ...


class AsyncGrants(Protocol):
    """`Grants`, awaited: the same verb, argument and answer."""

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool: ...  # noqa: D102


class AsyncCodeStore(AsyncGrants, Protocol):
    """`CodeStore`, awaited: the same verbs, arguments and answers."""

    def guarantees(self) -> Guarantees: ...  # noqa: D102

    async def open_challenge(  # noqa: D102
        self,
        new: NewChallenge,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        now: int | None = None,
    ) -> Opening: ...

    async def load_challenge(self, challenge_id: str) -> Challenge | None: ...  # noqa: D102

    async def resend_challenge(  # noqa: D102
        self,
        challenge_id: str,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        *,
        left: int,
        taken: bool = True,
        now: int | None = None,
    ) -> Opening: ...

    async def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool: ...  # noqa: D102

    async def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool: ...  # noqa: D102

    async def check_code(  # noqa: D102
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked: ...

    async def forget_codes(self, now: int | None = None) -> int: ...  # noqa: D102

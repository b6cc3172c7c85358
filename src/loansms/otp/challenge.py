"""One code's life as a table: what a check, a resend, a refund and a redemption do, in every state.

This is the reference every store follows: memory and SQLite run it, Redis and PostgreSQL say the same in Lua
and SQL, and one conformance suite compares them. Nothing here knows a code: it sees the tag of what was typed.

    open ── right tag ──► used ── grant ──► redeemed        open ── never sent ──► void

A check asks, in this order: is it known? is the budget locked? used, void or superseded? expired? does the tag
match? Only the last question is an attempt, and it is counted whatever its answer.

>>> Challenge(id="c", budgets=("b",), tag=b"t", sealed=b"", issued_at=0, expires_at=10).state
<State.OPEN: 'open'>
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from attrs import evolve, field, frozen

from loansms.otp.admission import Bucket
from loansms.otp.budget import Budget, FailureLimits
from loansms.otp.verdict import VerdictKind


class State(StrEnum):
    """Where a challenge stands."""

    OPEN = "open"
    USED = "used"
    VOID = "void"


class Standing(Protocol):
    """What the rules read of a challenge; a `Challenge` has it, and a store's own record may."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def tag(self) -> bytes: ...  # noqa: D102
    @property
    def issued_at(self) -> int: ...  # noqa: D102
    @property
    def expires_at(self) -> int: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def sends(self) -> int: ...  # noqa: D102
    @property
    def taken(self) -> int: ...  # noqa: D102
    @property
    def refunded(self) -> int: ...  # noqa: D102
    @property
    def grant(self) -> bytes: ...  # noqa: D102
    @property
    def grant_expires_at(self) -> int: ...  # noqa: D102
    @property
    def redeemed(self) -> bool: ...  # noqa: D102


@frozen(kw_only=True)
class Challenge:
    """What a store keeps of one code; times in microseconds.

    ``budgets``: blind ids of the budgets it is charged to (one per index key). ``tag``: keyed digest of what
    the right code would be. ``sealed``: the encrypted request, for a resend. ``device``: blind id of the device
    that asked, "" for none. ``line``: within it the newest challenge supersedes the others. ``sends``: how many
    were admitted, ``taken`` how many went to a provider, ``refunded`` the last that certainly did not.
    ``guards``: the guard buckets to tell of a right code.
    """

    id: str
    budgets: tuple[str, ...]
    tag: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    issued_at: int
    expires_at: int
    device: str = ""
    line: str = ""
    guards: tuple[Bucket, ...] = ()
    state: State = State.OPEN
    sends: int = 1
    sent_at: int = 0
    taken: int = 0
    refunded: int = 0
    grant: bytes = field(default=b"", repr=False)
    grant_expires_at: int = 0
    redeemed: bool = False


@frozen(kw_only=True)
class NewChallenge:
    """A challenge to be opened; the store adds the time. ``lives`` in microseconds.

    ``taken``: the caller sends it at once, so no queue may.
    """

    id: str
    budgets: tuple[str, ...]
    tag: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    lives: int
    device: str = ""
    line: str = ""
    guards: tuple[Bucket, ...] = ()
    taken: bool = True

    def opened(self, now: int) -> Challenge:
        """Return the challenge as it is kept from `now` on."""
        return Challenge(
            id=self.id,
            budgets=self.budgets,
            tag=self.tag,
            sealed=self.sealed,
            issued_at=now,
            expires_at=now + self.lives,
            device=self.device,
            line=self.line,
            guards=self.guards,
            sent_at=now,
            taken=int(self.taken),
        )


@frozen(kw_only=True)
class Attempt:
    """What was typed, as a store sees it: its tag (b"" when it cannot be a code), and the grant for a right one.

    ``grant``: tag of the grant that is handed out if this is right, good for ``grant_lives`` microseconds.
    """

    tag: bytes = field(repr=False)
    device: str = ""
    grant: bytes = field(default=b"", repr=False)
    grant_lives: int = 0


@frozen(kw_only=True)
class Checked:
    """The answer to an attempt at `at`; `retry_at` on LOCKED."""

    kind: VerdictKind
    at: int
    retry_at: int | None = None


class Closed(StrEnum):
    """Why a challenge cannot be opened or sent again."""

    EXISTS = "exists"
    UNKNOWN = "unknown"
    USED = "used"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    ENDING = "ending"


def locked(budgets: Sequence[Budget], limits: FailureLimits, now: int, device: str, own: bool) -> int | None:
    """Return when the last of `budgets` opens again, None when all are open."""
    latest: int | None = None
    for budget in budgets:
        until = budget.locked_until(limits, now, device, own)
        if until is not None and (latest is None or until > latest):
            latest = until
    return latest


def check(
    challenge: Challenge, budgets: Sequence[Budget], attempt: Attempt, limits: FailureLimits, now: int
) -> tuple[Checked, Challenge, list[Budget]]:
    """Return the answer to `attempt`, and the challenge and budgets after it."""
    answer, after = judge(challenge, budgets, attempt, limits, now)
    if answer.kind is not VerdictKind.ACCEPTED:
        return answer, challenge, after
    used = evolve(
        challenge, state=State.USED, grant=attempt.grant, grant_expires_at=now + attempt.grant_lives
    )
    return answer, used, after


def judge(
    challenge: Standing, budgets: Sequence[Budget], attempt: Attempt, limits: FailureLimits, now: int
) -> tuple[Checked, list[Budget]]:
    """Return the answer to `attempt` and the budgets after it, for a store that changes its record in place."""
    device = attempt.device
    own = device != "" and device == challenge.device
    until = locked(budgets, limits, now, device, own)
    if until is not None:
        return Checked(kind=VerdictKind.LOCKED, at=now, retry_at=until), list(budgets)
    dead = closed(challenge, budgets, now)
    if dead is not None:
        return Checked(kind=_VERDICT[dead], at=now), list(budgets)
    if not hmac.compare_digest(attempt.tag, challenge.tag):
        return Checked(kind=VerdictKind.WRONG, at=now), [
            budget.failed(limits, now, device) for budget in budgets
        ]
    return Checked(kind=VerdictKind.ACCEPTED, at=now), [
        budget.passed(limits, now, device) for budget in budgets
    ]


def closed(challenge: Standing, budgets: Sequence[Budget], now: int) -> Closed | None:
    """Return why `challenge` can be neither checked nor sent again, None while it is open.

    Before its own issue it counts as expired: a clock that stepped back must not lengthen a code's life.
    """
    if challenge.state is not State.OPEN:
        return Closed.USED
    for budget in budgets:
        if budget.superseded(challenge.line, challenge.id):
            return Closed.SUPERSEDED
    if not challenge.issued_at <= now < challenge.expires_at:
        return Closed.EXPIRED
    return None


def barred(
    challenge: Standing, budgets: Sequence[Budget], limits: FailureLimits, now: int, left: int
) -> int | Closed | None:
    """Return why `challenge` is not sent again: locked until a time, or closed; None when it may be.

    Asked for the device that asked for it; fewer than `left` microseconds to live are ENDING.
    """
    until = locked(budgets, limits, now, challenge.device, challenge.device != "")
    if until is not None:
        return until
    dead = closed(challenge, budgets, now)
    return Closed.ENDING if dead is None and challenge.expires_at - now < left else dead


def resent(challenge: Challenge, now: int, taken: bool) -> Challenge:
    """Return `challenge` with one more send admitted."""
    sends = challenge.sends + 1
    return evolve(challenge, sends=sends, sent_at=now, taken=sends if taken else challenge.taken)


def takes(challenge: Standing, send: int, now: int) -> bool:
    """Return whether send number `send` may go to a provider now: once, in order, unrefunded, while the code lives."""
    fresh = challenge.state is State.OPEN and challenge.issued_at <= now < challenge.expires_at
    return fresh and max(challenge.taken, challenge.refunded) < send <= challenge.sends


def refunds(challenge: Standing, send: int) -> bool:
    """Return whether send number `send`, which certainly did not go out, may be given back: the last one, once."""
    return challenge.refunded < send == challenge.sends


def refunded(challenge: Challenge, send: int) -> Challenge:
    """Return `challenge` with `send` given back; one that was never sent at all is void.

    What a void one superseded barred superseded: its buckets have room again, so the borrower may ask anew at once.
    """
    never = send == 1 and challenge.state is State.OPEN
    return evolve(challenge, refunded=send, state=State.VOID if never else challenge.state)


def redeems(challenge: Standing, grant: bytes, now: int) -> bool:
    """Return whether `grant` may be redeemed now."""
    return (
        challenge.state is State.USED
        and not challenge.redeemed
        and challenge.grant != b""
        and hmac.compare_digest(challenge.grant, grant)
        and now < challenge.grant_expires_at
    )


_VERDICT = {
    Closed.USED: VerdictKind.SUPERSEDED,
    Closed.SUPERSEDED: VerdictKind.SUPERSEDED,
    Closed.EXPIRED: VerdictKind.EXPIRED,
}
